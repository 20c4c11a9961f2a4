package cli

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"

	"flexybatch/batch"
	"flexybatch/internal/lang"
	"flexybatch/report"
)

// Of many problems of one kind, some are shown.
const (
	fewProblems     = 10 // are all shown
	problemExamples = 3  // of more
)

// tellProblems writes what is wrong with rows, in their order, and what to know of
// others. Where many break the same rule, it writes the first few and how many there
// are: the check has them all.
func tellProblems(out io.Writer, w *lang.Printer, c *report.Check) {
	groups := batch.GroupProblems(c.Rows, fewProblems)
	var shown []batch.RowProblem
	for _, g := range groups {
		shown = append(shown, some(g.Examples, g.Count)...)
	}
	slices.SortStableFunc(shown, func(a, b batch.RowProblem) int { return cmp.Compare(a.Row, b.Row) })
	for _, p := range shown {
		fmt.Fprintln(out, w.Say(lang.Msg("row %d: %s", p.Row, p.Problem)))
	}
	for _, g := range groups {
		if g.Count > fewProblems {
			w.Fprintf(out, "%s: %s; those that are not shown are in the check\n", g.Code, lang.Count(g.Count, "%d row", "%d rows"))
		}
	}
	tellWarnings(out, w, c.Warnings)
}

// tellWarnings does the same for warnings.
func tellWarnings(out io.Writer, w *lang.Printer, warnings []batch.Warning) {
	byCode := map[batch.Code][]batch.Warning{}
	for _, warning := range warnings {
		byCode[warning.Code] = append(byCode[warning.Code], warning)
	}
	var shown []batch.Warning
	for _, code := range slices.Sorted(maps.Keys(byCode)) {
		shown = append(shown, some(byCode[code], len(byCode[code]))...)
	}
	slices.SortStableFunc(shown, func(a, b batch.Warning) int { return cmp.Compare(a.Row, b.Row) })
	for _, warning := range shown {
		w.Fprintf(out, "row %d: warning: %s: %s\n", warning.Row, warning.Code, warning.Message)
	}
	for _, code := range slices.Sorted(maps.Keys(byCode)) {
		if n := len(byCode[code]); n > fewProblems {
			w.Fprintf(out, "%s: %s; those that are not shown are in the check\n", code, lang.Count(n, "%d row", "%d rows"))
		}
	}
}

// some are those of a list that are shown, where there are n in all.
func some[T any](list []T, n int) []T {
	if n > fewProblems {
		return list[:problemExamples]
	}
	return list
}
