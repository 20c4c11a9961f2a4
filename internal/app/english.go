package app

import (
	"errors"

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
