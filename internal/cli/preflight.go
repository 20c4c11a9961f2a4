package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"flexybatch/batch"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/terminal"
	"flexybatch/report"
)

// pageHeight is how many lines the preflight should take with its question: as many as
// the smallest screen has that is met today. What has no room is counted; a warning and
// its remedy are told whole, if it takes a line or two more.
const pageHeight = 24

// preflightPage is what the preflight says, a line after the other, each with its
// end.
type preflightPage struct {
	words *lang.Printer
	width int // of the screen; 0: there is none
	lines []string
	marks map[int]bool // lines that want attention
	more  bool         // some of what there is to know has no room
}

func (l *preflightPage) say(format string, args ...any) {
	l.lines = append(l.lines, l.words.Sprintf(format, args...))
}

func (l *preflightPage) warn(format string, args ...any) {
	l.marks[len(l.lines)] = true
	l.say(format, args...)
}

// height is how many lines of the screen it takes.
func (l *preflightPage) height() (n int) {
	if l.width == 0 {
		return len(l.lines)
	}
	for _, line := range l.lines {
		n += strings.Count(terminal.Wrap(line, l.width), "\n")
	}
	return n
}

// preflightView shows what is about to happen.
type preflightView struct{ machine }

// show shows it on one page.
func (v preflightView) show(p *app.Preflight) {
	l := v.pageOf(p, 8, 3, len(p.First))
	for _, size := range [][3]int{{8, 3, 1}, {8, 3, 0}, {4, 1, 0}, {4, 0, 0}} {
		if l.height() >= pageHeight {
			l = v.pageOf(p, size[0], size[1], size[2])
		}
	}
	for i, line := range l.lines {
		if l.marks[i] {
			line = terminal.Paint(v.stderr, terminal.Yellow, line)
		}
		fmt.Fprint(v.stderr, line)
	}
}

// page writes the preflight, with at most so many plans and so many examples of
// what is wrong. What stands against a payment itself has one at least.
func (v preflightView) page(p *app.Preflight, plans, examples int) *preflightPage {
	return v.pageOf(p, plans, examples, 0)
}

// pageOf writes the same with so many of the first rows.
func (v preflightView) pageOf(p *app.Preflight, plans, examples, first int) *preflightPage {
	l := &preflightPage{words: v.words, marks: map[int]bool{}}
	if screen, ok := v.stderr.(*terminal.Console); ok {
		l.width = screen.Width()
	}
	l.say("Batch %s, account %s (%s)\n", p.Batch, p.Account.Username, p.Account.Type)
	l.counts(p)
	if a := p.Approval; a != nil {
		l.say("  approved by %s (needed: %d), request %s\n", strings.Join(a.Approvers, ", "), a.Required, app.ShortDigest(a.Digest))
	}
	l.table(p.ToSend, plans)
	l.first(p, first)
	if n := p.ToSend.Unpriced; n > 0 {
		l.say("  The catalogue gives no price for the plan of %s; counted at face value.\n", lang.Count(n, "%d row", "%d rows"))
	}
	l.findings(p, examples)
	l.paid(p, max(1, examples))
	l.compared(p, max(1, examples))
	if l.more {
		l.say("  All of it: flexybatch validate %s\n", quoted(p.File))
	}
	l.funds(p)
	return l
}

// counts is how many rows there are, and how many of them are left to send.
func (l *preflightPage) counts(p *app.Preflight) {
	if p.All.Rows == 0 {
		return
	}
	l.say("  %s: %s valid, %s invalid\n", lang.Count(p.All.Rows, "%d row", "%d rows"), lang.Number(p.All.Valid), lang.Number(p.All.Invalid))
	if sent := p.All.Valid - p.ToSend.Valid; sent > 0 {
		l.say("  %s in the books already; %s left to send\n", lang.Count(sent, "%d row is", "%d rows are"), lang.Count(p.ToSend.Valid, "%d row is", "%d rows are"))
	}
}

// findings are what people should have seen, each kind with its first few.
func (l *preflightPage) findings(p *app.Preflight, examples int) {
	l.invalid(p, examples)
	if n := p.ToSend.Hidden; n > 0 {
		l.warn("  Attention: %s hidden or struck through in the sheet and would be paid.\n", lang.Count(n, "%d valid row is", "%d valid rows are"))
	}
	l.suspicious(p, examples)
	l.neighbours(p.Findings.Neighbours, p.All.Valid, examples)
	if n := p.Findings.Aside; n > 0 {
		l.say("  %s\n", lang.Count(n, "%d line of the file is set aside as no payment.", "%d lines of the file are set aside as no payments."))
	}
	notes := p.Findings.Notes
	shown := min(examples, len(notes))
	for _, note := range notes[:shown] {
		l.say("  %s\n", note)
	}
	if more := len(notes) - shown; more > 0 {
		l.more = true
		l.say("  %s\n", lang.Count(more, "%d more remark on the file.", "%d more remarks on the file."))
	}
}

// compared is what changed since the last batch, and the amounts that look like a
// slip.
func (l *preflightPage) compared(p *app.Preflight, examples int) {
	if c := p.Compared.Changes; c != nil {
		l.say("  %s\n", c.Message())
	}
	found := p.Compared.Unusual
	if len(found) > 0 {
		l.attention(lang.Count(len(found), "Attention: %d amount is unusual.", "Attention: %d amounts are unusual."))
	}
	l.more = l.more || len(found) > examples
	for _, f := range found[:min(examples, len(found))] {
		l.say("  row %d: %s\n", f.Row, report.UnusualAmount(f))
	}
}

// neighbours are other batches that have rows of this one.
func (l *preflightPage) neighbours(list []app.Neighbour, valid, most int) {
	for i, n := range list {
		switch {
		case i == most:
			l.warn("  … and %s more.\n", lang.Count(len(list)-i, "%d batch", "%d batches"))
			return
		case n.Err != nil:
			l.attention(lang.Msg("The batch %s beside it cannot be read (%v): whether it has rows of this one is not known.", n.Name, n.Err))
		default:
			l.attention(lang.Msg("Attention: %s of %s also in %s (same phone, plan and amount), last touched %s.",
				lang.Number(n.Shared), lang.Count(valid, "%d row was", "%d rows were"), n.Name, n.Last))
		}
	}
}

// attention says something that wants attention.
func (l *preflightPage) attention(m lang.Message) {
	l.marks[len(l.lines)] = true
	l.say("  %s\n", m)
}

// funds is what is sent, what it leaves on the account, and how long it takes.
func (l *preflightPage) funds(p *app.Preflight) {
	l.say("  to send: %s for %s DA; balance %s DA, then %s\n", lang.Number(p.ToSend.Valid), p.ToSend.Cost, p.Funds.Before, p.Funds.After)
	if p.Funds.ShortAt > 0 {
		l.warn("  Attention: the balance will run out at row %d. What is not paid stays unsent, and the same command sends it later.\n", p.Funds.ShortAt)
	}
	if p.Funds.Thin {
		l.warn("  Attention: that leaves less than a twentieth of the cost on the account; the provider advises to keep a little more than a batch costs.\n")
	}
	if p.Rate > 0 && p.ToSend.Valid > 0 {
		d := time.Duration(float64(p.ToSend.Valid) / p.Rate * float64(time.Minute))
		l.say("  at %.0f calls a minute this takes about %s, until about %s\n", p.Rate, terminal.Rounded(d), lang.Clock(time.Now().Add(d)))
	}
}

// table is the rows to send by operator and plan, the plans with the most rows
// where there are too many, and their sum.
func (l *preflightPage) table(t batch.Totals, most int) {
	shown, rest := slices.Clone(t.Plans), batch.PlanTotal{}
	if len(shown) > most {
		slices.SortStableFunc(shown, func(a, b batch.PlanTotal) int { return cmp.Compare(b.Rows, a.Rows) })
		for _, p := range shown[most-1:] {
			rest.Rows, rest.Requested, rest.Cost = rest.Rows+p.Rows, rest.Requested+p.Requested, rest.Cost+p.Cost
		}
		shown = shown[:most-1]
	}
	slices.SortStableFunc(shown, func(a, b batch.PlanTotal) int { return strings.Compare(a.Plan.Operator, b.Plan.Operator) })
	for _, p := range shown {
		l.say("  %-8s %-16s rows %6s, dinars %12s, cost %12s\n", p.Plan.Operator, p.Plan.Code, lang.Number(p.Rows), p.Requested, p.Cost)
	}
	if rest.Rows > 0 {
		l.say("  and %-3d more plans         rows %6s, dinars %12s, cost %12s\n", len(t.Plans)-len(shown), lang.Number(rest.Rows), rest.Requested, rest.Cost)
	}
	if len(t.Plans) > 1 {
		l.say("  together                  rows %6s, dinars %12s, cost %12s\n", lang.Number(t.Valid), t.Requested, t.Cost)
	}
}

// first are the first rows that are to be sent: who gets what.
func (l *preflightPage) first(p *app.Preflight, most int) {
	for i := range p.First[:min(most, len(p.First))] {
		row := &p.First[i]
		l.say("  %s\n", lang.Msg("such as %s: %s, %s, %d dinars", rowOf(row.Number, p.Who(row)), row.Topup.Phone, row.Topup.Plan, row.Topup.Amount))
	}
}

// rowOf names a row, and whose it is where that is known.
func rowOf(number int, who string) lang.Message {
	if who == "" {
		return lang.Msg("row %d", number)
	}
	return lang.Msg("row %d, %s", number, who)
}

// invalid is what is wrong with the first few invalid rows.
func (l *preflightPage) invalid(p *app.Preflight, most int) {
	shown := 0
	for row := range p.Findings.Rows {
		for _, problem := range row.Problems() {
			if problem.Code == batch.PaidBefore {
				continue // these have lines of their own
			}
			if shown++; shown <= most {
				l.say("  %s: %s\n", rowOf(row.Number, p.Who(row)), problem)
			}
		}
	}
	if shown > most {
		l.say("  … and %s more problems.\n", lang.Number(shown-most))
		l.more = true
	}
}

// suspicious is how many valid rows people should have seen before money moves,
// and the first few.
func (l *preflightPage) suspicious(p *app.Preflight, most int) {
	warnings := p.Findings.Warnings
	if len(warnings) > 0 {
		l.warn("  Attention: %s a phone of a row above.\n", lang.Count(len(warnings), "%d row has", "%d rows have"))
	}
	l.more = l.more || len(warnings) > most
	shown := warnings[:min(most, len(warnings))]
	who := map[int]string{}
	for _, w := range shown {
		who[w.Row] = ""
	}
	for row := range p.Findings.Rows {
		if _, is := who[row.Number]; is {
			who[row.Number] = p.Who(row)
		}
	}
	for _, w := range shown {
		l.say("  %s: %s\n", rowOf(w.Row, who[w.Row]), w.Message)
	}
}
