package app

import (
	"errors"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// english makes an error of lines that come from below in English: a Printer knows
// them by their form, and says each in its own language.
func english(lines []string) error {
	list := make([]error, len(lines))
	for i, line := range lines {
		list[i] = errors.New(line)
	}
	return errors.Join(list...)
}

// indented is english with each line set in below a message.
func indented(lines []string) error {
	list := make([]error, len(lines))
	for i, line := range lines {
		list[i] = lang.Errorf("  %w", errors.New(line))
	}
	return errors.Join(list...)
}

// lines makes a value of a message of which each stands on a line of its own, set in.
func lines(messages []batch.Message) error {
	list := make([]error, len(messages))
	for i, m := range messages {
		list[i] = lang.Errorf("  %s", m)
	}
	return errors.Join(list...)
}
