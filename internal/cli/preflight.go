package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"flexybatch/batch"
	"flexybatch/ingest"
	"flexybatch/internal/lang"
	"flexybatch/internal/terminal"
	"flexybatch/report"
)

// ahead is what a run is about to do.
type ahead struct {
	balance batch.Centimes
	left    batch.Totals // the rows that are still to be sent
	canary  batch.Totals // those of them that go first; none without --canary
	short   int          // the row at which the balance runs out; 0: it does not
	in      *ingest.Input
}

// ahead adds up what is to be sent. in is the file, where it was read.
func (r *runner) ahead(balance batch.Centimes, in *ingest.Input) ahead {
	a := ahead{balance: balance, in: in, left: batch.Total(r.unsent(in), r.plans)}
	for row := range r.unsent(in) {
		if balance -= row.Cost; balance < 0 {
			a.short = row.Number
			break
		}
	}
	if r.canary > 0 {
		first := canary(r.planned(in), r.plans, r.canary)
		a.canary = batch.Total(func(yield func(*batch.Row) bool) {
			for row := range r.unsent(in) {
				if first[row.Ref] && !yield(row) {
					return
				}
			}
		}, r.plans)
	}
	return a
}

// planned are the rows of the plan: those of the file, or of the books.
func (r *runner) planned(in *ingest.Input) iter.Seq[*batch.Row] {
	if in != nil {
		return batch.Rows(in.Rows)
	}
	return r.known.Rows()
}

// unsent are the valid rows of the plan that are still to be sent.
func (r *runner) unsent(in *ingest.Input) iter.Seq[*batch.Row] {
	return func(yield func(*batch.Row) bool) {
		if in == nil {
			r.known.Each(func(s *batch.RowStatus) bool { return s.State != batch.Unsent || s.Gone || yield(&s.Row) })
			return
		}
		for row := range batch.Rows(in.Rows) {
			if !row.Valid() {
				continue
			}
			if r.known != nil {
				if s, known := r.known.Row(row.Ref); known && s.State != batch.Unsent {
					continue
				}
			}
			if !yield(row) {
				return
			}
		}
	}
}

// page is how many lines the preflight may take with its question: as many as
// the smallest screen has that is met today.
const page = 24

// leaf is what the preflight says, a line after the other, each with its end.
type leaf struct {
	words *lang.Printer
	width int // of the screen; 0: there is none
	lines []string
	marks map[int]bool // lines that want attention
}

func (l *leaf) say(format string, args ...any) {
	l.lines = append(l.lines, l.words.Sprintf(format, args...))
}

func (l *leaf) warn(format string, args ...any) {
	l.marks[len(l.lines)] = true
	l.say(format, args...)
}

// cite says something of one line that is of use too where its end is missing. A
// sum is nothing of that kind.
func (l *leaf) cite(format string, args ...any) {
	l.say(format, args...)
	if last := &l.lines[len(l.lines)-1]; l.width > 0 {
		*last = terminal.Clip(strings.TrimSuffix(*last, "\n"), l.width-1) + "\n"
	}
}

// height is how many lines of the screen it takes.
func (l *leaf) height() (n int) {
	for _, line := range l.lines {
		if n++; l.width > 0 {
			n += max(0, terminal.Columns(line)-1) / l.width
		}
	}
	return n
}

// preflight shows what is about to happen, on one page.
func (r *runner) preflight(a ahead) {
	if r.quiet {
		return
	}
	l := r.leaf(a, 8, 3)
	if l.height() >= page {
		l = r.leaf(a, 4, 1)
	}
	for i, line := range l.lines {
		if l.marks[i] {
			line = terminal.Paint(r.stderr, terminal.Yellow, line)
		}
		fmt.Fprint(r.stderr, line)
	}
}

// leaf writes the preflight, with at most so many plans and so many examples of
// what is wrong.
func (r *runner) leaf(a ahead, plans, examples int) *leaf {
	l := &leaf{words: r.words, marks: map[int]bool{}}
	if screen, ok := r.stderr.(*terminal.Console); ok {
		l.width = screen.Width()
	}
	l.say("Batch %s, account %s (%s)\n", r.name, r.whose.Username, r.whose.Type)
	if t := r.totals; t.Rows > 0 {
		l.say("  %s: %d valid, %d invalid\n", count(t.Rows, "row", "rows"), t.Valid, t.Invalid)
		if sent := t.Valid - a.left.Valid; sent > 0 {
			l.say("  %s in the books already; %s left to send\n", count(sent, "row is", "rows are"), count(a.left.Valid, "row is", "rows are"))
		}
	}
	if r.approved != nil {
		l.say("  approved by %s (needed: %d), plan %s\n", r.names(), r.required, shortDigest(r.approved.Digest))
	}
	l.table(a.left, plans)
	if a.left.Unpriced > 0 {
		l.say("  The catalogue gives no price for the plan of %s; counted at face value.\n", count(a.left.Unpriced, "row", "rows"))
	}
	l.invalid(r.planned(a.in), examples, quoted(r.file))
	if a.left.Hidden > 0 {
		l.warn("  Attention: %s hidden in the sheet and would be paid.\n", count(a.left.Hidden, "valid row is", "valid rows are"))
	}
	if a.in != nil {
		l.suspicious(batch.Warnings(a.in.Rows), examples, quoted(r.file))
		for i, note := range r.shared {
			if i == examples {
				l.warn("  … and %s more.\n", count(len(r.shared)-i, "batch", "batches"))
				break
			}
			l.marks[len(l.lines)] = true
			l.cite("  %s\n", note)
		}
		for _, note := range a.in.Notes[:min(examples, len(a.in.Notes))] {
			l.cite("  %s\n", note)
		}
	}
	l.say("  to send: %d for %s DZD; balance %s DZD, then %s\n", a.left.Valid, a.left.Cost, a.balance, a.balance-a.left.Cost)
	if a.short > 0 {
		l.warn("  Attention: the balance will run out at row %d. What is not paid stays unsent, and the same command sends it later.\n", a.short)
	}
	if r.rate.Number > 0 && a.left.Valid > 0 {
		d := time.Duration(float64(a.left.Valid) / r.rate.Number * float64(time.Minute))
		l.say("  at %.0f calls a minute this takes about %s, until about %s\n", r.rate.Number, terminal.Rounded(d), time.Now().Add(d).Format("15:04"))
	}
	return l
}

// table is the rows to send by operator and plan, the plans with the most rows
// where there are too many, and their sum.
func (l *leaf) table(t batch.Totals, most int) {
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
		l.say("  %-9s %-16s rows %6d, dinars %11s, cost %11s\n", p.Plan.Operator, p.Plan.Code, p.Rows, p.Requested, p.Cost)
	}
	if rest.Rows > 0 {
		l.say("  and %-3d more plans          rows %6d, dinars %11s, cost %11s\n", len(t.Plans)-len(shown), rest.Rows, rest.Requested, rest.Cost)
	}
	if len(t.Plans) > 1 {
		l.say("  together                   rows %6d, dinars %11s, cost %11s\n", t.Valid, t.Requested, t.Cost)
	}
}

// invalid is what is wrong with the first few invalid rows.
func (l *leaf) invalid(rows iter.Seq[*batch.Row], most int, file string) {
	shown := 0
	for row := range rows {
		for _, p := range row.Problems() {
			if shown++; shown <= most {
				l.cite("  row %d: %s\n", row.Number, p)
			}
		}
	}
	if shown > most {
		l.say("  … and %d more problems; all of them: flexybatch validate %s\n", shown-most, file)
	}
}

// suspicious is how many valid rows people should have seen before money moves,
// and the first few.
func (l *leaf) suspicious(warnings []batch.Warning, most int, file string) {
	if len(warnings) > 0 {
		l.warn("  Attention: %s a phone of a row above; all of them: flexybatch validate %s\n", count(len(warnings), "row has", "rows have"), file)
	}
	for _, w := range warnings[:min(most, len(warnings))] {
		l.cite("  row %d: %s\n", w.Row, w.Message)
	}
}

// rehearsal is what a dry run prints with --json: what validate prints, and what
// a run would send.
type rehearsal struct {
	report.Validation
	Batch   string        `json:"batch"`
	Account batch.Account `json:"account"`
	ToSend  struct {
		Rows      int            `json:"rows"`
		Requested batch.Centimes `json:"requested"`
		Cost      batch.Centimes `json:"cost"`
	} `json:"to_send"`
	Balance struct {
		Before batch.Centimes `json:"before"`
		After  batch.Centimes `json:"after"`
	} `json:"balance"`
	EndsAt int `json:"balance_ends_at_row"` // 0: it does not
}

// rehearsed ends a dry run, with the exit code that validate would give.
func (r *runner) rehearsed(a ahead) error {
	if r.json {
		check := &report.Check{File: r.file, Totals: r.totals}
		if a.in != nil {
			check.Rows, check.Warnings, check.File = a.in.Rows, batch.Warnings(a.in.Rows), a.in.File
		} else {
			for row := range r.planned(nil) {
				check.Rows = append(check.Rows, *row)
			}
			check.File = r.known.Batch().File
		}
		out := rehearsal{Validation: check.Validation(), Batch: r.name, Account: r.whose, EndsAt: a.short}
		out.ToSend.Rows, out.ToSend.Requested, out.ToSend.Cost = a.left.Valid, a.left.Requested, a.left.Cost
		out.Balance.Before, out.Balance.After = a.balance, a.balance-a.left.Cost
		if err := json.NewEncoder(r.stdout).Encode(out); err != nil {
			return failf(exitNothing, "writing the result: %w", err)
		}
	}
	r.say("A dry run: nothing was sent and nothing was written.\n")
	if r.totals.Invalid > 0 {
		return exitWith(exitProblems)
	}
	return nil
}
