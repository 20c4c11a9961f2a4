package report

import (
	"slices"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// Group is the rows of a check that break the same rule in the same column, or that
// have the same warning.
type Group struct {
	Code     batch.Code
	Column   string // the column's name in the file; empty where the whole row is meant
	Warning  bool   // the rows are valid
	Count    int
	Kind     lang.Message // what they have in common
	Remedy   lang.Message // what to do about all of them
	Examples []Example    // the first of them, in the rows' order
}

// Example is one row of a group.
type Example struct {
	Row     int    // the line of the file, or the row of the sheet
	Who     string // the row's id and name, as far as it has them; empty where Message says it
	Value   string // what the file holds there
	Message lang.Message
}

// Line says the row, whose it is, what the file holds, and what is wrong with it.
func (e Example) Line() lang.Message {
	switch {
	case e.Who != "" && e.Value != "":
		return lang.Msg("row %d, %s, %q: %s", e.Row, e.Who, e.Value, e.Message)
	case e.Who != "":
		return lang.Msg("row %d, %s: %s", e.Row, e.Who, e.Message)
	case e.Value != "":
		return lang.Msg("row %d, %q: %s", e.Row, e.Value, e.Message)
	}
	return lang.Msg("row %d: %s", e.Row, e.Message)
}

// Groups returns what is wrong with rows and then what to know of others, each with
// at most so many examples. The largest group comes first.
func (c *Check) Groups(examples int) []Group {
	var groups []Group
	who := c.people()
	for _, g := range batch.GroupProblems(c.Rows, examples) {
		words := ruleWordsOf(g.Code)
		group := Group{Code: g.Code, Column: g.Column, Count: g.Count, Kind: words.kind, Remedy: words.remedy}
		for _, p := range g.Examples {
			group.Examples = append(group.Examples, Example{p.Row, who(p.Row), p.Problem.Value, lang.Msg("%s", p.Problem.Message)})
		}
		groups = append(groups, group)
	}
	return append(groups, c.warningGroups(examples, who)...)
}

// warningGroups are those of warnings.
func (c *Check) warningGroups(examples int, who func(row int) string) (groups []Group) {
	at := map[batch.Code]int{}
	add := func(code batch.Code, e Example) {
		i, known := at[code]
		if !known {
			i = len(groups)
			words := ruleWordsOf(code)
			at[code], groups = i, append(groups, Group{Code: code, Warning: true, Kind: words.kind, Remedy: words.remedy})
		}
		g := &groups[i]
		if g.Count++; len(g.Examples) < examples {
			g.Examples = append(g.Examples, e)
		}
	}
	for _, w := range c.Warnings {
		add(w.Code, Example{Row: w.Row, Who: who(w.Row), Message: lang.Msg("%s", w.Message)})
	}
	for _, f := range c.Unusual {
		add(f.Code, Example{Row: f.Row, Message: UnusualAmount(f)})
	}
	slices.SortStableFunc(groups, func(a, b Group) int { return b.Count - a.Count })
	return groups
}

// people returns who a row of the file is: its id and its name.
func (c *Check) people() func(row int) string {
	names := batch.NameColumns(c.Header)
	return func(row int) string {
		i, found := slices.BinarySearchFunc(c.Rows, row, func(r batch.Row, row int) int { return r.Number - row })
		if !found {
			return ""
		}
		return Whose(batch.NameIn(c.Rows[i].Cells, names), c.Rows[i].Topup.ID)
	}
}
