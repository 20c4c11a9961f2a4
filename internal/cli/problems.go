package cli

import (
	"fmt"
	"io"

	"flexybatch/internal/lang"
	"flexybatch/report"
)

// Of many rows with the same fault, some are shown.
const (
	fewProblems     = 10 // are all shown
	problemExamples = 3  // of more
)

// tellProblems writes what is wrong with rows, kind by kind, and then what to know of
// others: how many there are, the first few, and what to do about all of them. The
// check has every row.
func tellProblems(out io.Writer, w *lang.Printer, c *report.Check) {
	for _, g := range c.Groups(fewProblems) {
		fmt.Fprintln(out, w.Say(groupTitle(g)))
		shown := some(g.Examples, g.Count)
		for _, e := range shown {
			fmt.Fprintf(out, "  %s\n", w.Say(e.Line()))
		}
		if more := g.Count - len(shown); more > 0 {
			fmt.Fprintf(out, "  %s\n", w.Say(lang.Count(more, "… and %d more, which is in the check", "… and %d more, which are in the check")))
		}
		if !g.Remedy.IsZero() {
			fmt.Fprintf(out, "  %s\n", w.Say(lang.Msg("what to do: %s", g.Remedy)))
		}
	}
}

// groupTitle says what rows have in common, and how many they are.
func groupTitle(g report.Group) lang.Message {
	rows := lang.Count(g.Count, "%d row", "%d rows")
	switch {
	case g.Warning:
		return lang.Msg("warning: %s: %s (%s)", g.Kind, rows, g.Code)
	case g.Column != "":
		return lang.Msg("%s: %s, column %q (%s)", g.Kind, rows, g.Column, g.Code)
	}
	return lang.Msg("%s: %s (%s)", g.Kind, rows, g.Code)
}

// some are those of a list that are shown, where there are n in all.
func some[T any](list []T, n int) []T {
	if n > fewProblems {
		return list[:problemExamples]
	}
	return list
}
