package batch

import (
	"cmp"
	"slices"
)

// ProblemGroup is the rows that break one rule in one column: in a file whose phones
// have all lost their zero, every row does.
type ProblemGroup struct {
	Code     Code
	Column   string // the column's name in the file; empty if the whole row is meant
	Count    int
	Examples []RowProblem // the first of them, in the rows' order
}

// RowProblem is a problem with the row that has it.
type RowProblem struct {
	Row     int // the line of the file, or the row of the sheet
	Problem Problem
}

// GroupProblems returns the problems of rows by rule and column, with at most so many
// examples of each. The largest group comes first.
func GroupProblems(rows []Row, examples int) []ProblemGroup {
	type key struct {
		code   Code
		column string
	}
	at := map[key]int{}
	var groups []ProblemGroup
	for i := range rows {
		for _, p := range rows[i].Problems() {
			k := key{p.Code, p.Column}
			n, known := at[k]
			if !known {
				n = len(groups)
				at[k], groups = n, append(groups, ProblemGroup{Code: p.Code, Column: p.Column})
			}
			g := &groups[n]
			if g.Count++; len(g.Examples) < examples {
				g.Examples = append(g.Examples, RowProblem{rows[i].Number, p})
			}
		}
	}
	slices.SortStableFunc(groups, func(a, b ProblemGroup) int { return cmp.Compare(b.Count, a.Count) })
	return groups
}
