package app

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// Paid is what looks paid already in the rows of a run.
type Paid struct {
	Before []batch.EarlierPayment // rows of which the batch's lineage may have paid the person; they are not sent
	Others []batch.EarlierPayment // rows that look paid by other batches, or as the provider's list shows
	Held   int                    // rows that an earlier run paid, whose books are lost; they are not sent
	Again  bool                   // the operator chose to pay these rows again
	Unread error                  // why the provider's list could not be read; nil: it was, or need not be
}

// paid is what looks paid already.
func (p *payroll) paid(again int) Paid {
	return Paid{Before: p.findings.PaidBefore, Others: p.elsewhere.others, Held: len(p.elsewhere.held), Again: again > 0, Unread: p.elsewhere.unread}
}

// refusesElsewhere tells whether so many rows look paid elsewhere that a person must
// have their number said: the file is likely the same payroll under another name. It
// is half of the rows, or of as many as the provider's list was read for. A key that
// moves no money is told, and not refused.
func (j *job) refusesElsewhere() bool {
	e := &j.rows.elsewhere
	if len(e.others) == 0 || j.provider.whose.Type != batch.Production {
		return false
	}
	shown := j.rows.totals.Valid - len(e.held)
	if most := recentPages * pageSize; len(e.orders) >= most { // the list was read no further
		shown = min(shown, most)
	}
	return e.same || 2*len(e.others) >= shown
}

// checkPayAgain makes sure that rows which look paid already are paid again only if
// a person named their exact number, and said why (money rule 14). ask says whether
// the person can be asked.
func (j *job) checkPayAgain(ctx context.Context, ask bool) error {
	before, others := len(j.rows.findings.PaidBefore), len(j.rows.elsewhere.others)
	given, refuses := j.options.PayAgain, j.refusesElsewhere()
	switch {
	case given == 0 && !refuses:
		return nil
	case given == 0 && !ask:
		return nil // a rehearsal tells, and refuses nothing
	case given == 0 && j.options.Yes:
		return j.paidElsewhere()
	case given == 0:
		err := j.app.ask(ctx, Question{About: AboutPaidElsewhere, Rows: others, Account: j.provider.whose.Type})
		if _, nobody := errors.AsType[*NobodyToAsk](err); nobody {
			return j.paidElsewhere()
		}
		if err != nil {
			return refusef("nothing was sent: %w", err)
		}
		given = others
	case !ask && j.rows.elsewhere.unread != nil && given > before+others:
		// How many they are is known to whoever reads the provider's list before the sending.
	case given != before+others && (given != before || refuses):
		return &PayAgainNumber{Given: given, Before: before, Others: others}
	}
	j.options.PayAgain = given
	if ask {
		if err := j.needReason(ctx); err != nil {
			return err
		}
	}
	if before > 0 && given >= before {
		if err := j.readAgain(ctx); err != nil {
			return err
		}
	}
	if given > before {
		j.rows.markAgain()
	}
	return nil
}

// markAgain marks the rows that were paid elsewhere: the operator means to pay them
// once more.
func (p *payroll) markAgain() {
	paid := map[int]batch.Ref{}
	for _, e := range p.elsewhere.others {
		paid[e.Row] = cmp.Or(e.Payment.Ref, batch.Ref(e.Payment.TopupID))
	}
	for i := range p.file.Rows {
		if ref := paid[p.file.Rows[i].Number]; ref != "" {
			p.file.Rows[i].Remark(func(m *batch.Remarks) { m.Again = ref })
		}
	}
}

// needReason makes sure that a reason for paying again is on record.
func (j *job) needReason(ctx context.Context) error {
	if j.options.Reason != "" {
		return nil
	}
	if j.options.Yes || j.app.Confirm == nil {
		return &NoReason{}
	}
	answer, err := j.app.Confirm.Confirm(ctx, Question{About: AboutReason, Rows: j.options.PayAgain, Account: j.provider.whose.Type})
	if err != nil {
		return nothing(err)
	}
	if j.options.Reason = strings.TrimSpace(answer.Text); j.options.Reason == "" {
		return &NoReason{}
	}
	return nil
}

// readAgain reads the file once more, with the rows valid that look paid already.
func (j *job) readAgain(ctx context.Context) error {
	in, err := j.readFile(ctx, j.rows.plans, true)
	if err != nil {
		return err
	}
	j.rows.file, j.rows.findings = in, in.Findings
	if known := j.books.known; j.books.begun() {
		known.Compare(in.Rows)
	}
	return j.rows.total(j.options.Reading.Limits)
}

// noteOverrides writes down which warnings the operator overrode, who that was, and
// why.
func (j *job) noteOverrides() error {
	o := j.options
	for _, w := range []struct {
		warning string
		rows    int
		on      bool
	}{
		{"pay-again", o.PayAgain, o.PayAgain > 0},
		{"any-operator", 0, o.Reading.Rules.AnyOperator && o.Reason != ""},
		{"allow-duplicates", 0, o.Reading.Limits.AllowDuplicates && o.Reason != ""},
	} {
		if !w.on {
			continue
		}
		if err := j.noteOverride(w.warning, w.rows); err != nil {
			return refusef("%w; nothing was sent", err)
		}
	}
	return nil
}

// noteOverride writes down one of them.
func (j *job) noteOverride(warning string, rows int) error {
	text := batch.Literal("--" + warning)
	if rows > 0 {
		text = batch.Msg("%s %d", text, rows)
	}
	if j.options.Reason != "" {
		text = batch.Msg("%s: %s", text, j.options.Reason)
	}
	who := j.app.whoami()
	return j.books.open.Note(batch.NoteRecord{What: batch.NoteOverride, Text: batch.Msg("%s (%s)", text, who),
		Override: &batch.OverrideRecord{Warning: warning, Rows: rows, Who: who, Reason: j.options.Reason}})
}

// paidElsewhere is the refusal of rows that were likely paid under another name.
func (j *job) paidElsewhere() error {
	return &PaidElsewhere{Rows: j.rows.elsewhere.others, Before: len(j.rows.findings.PaidBefore), Valid: j.rows.totals.Valid}
}

// PaidElsewhere says that rows look paid already by other batches, or as the
// provider's list shows, and that nobody named their number.
type PaidElsewhere struct {
	nothingDone
	Rows   []batch.EarlierPayment
	Before int // rows that look paid by the batch's lineage, beside these
	Valid  int // rows
}

// Number is the number of rows that a person must name to pay them again.
func (e *PaidElsewhere) Number() int { return e.Before + len(e.Rows) }

func (e *PaidElsewhere) Error() string { return e.Message().String() }

// Message names the first few of them.
func (e *PaidElsewhere) Message() lang.Message {
	return lang.Msg("%s of %s look paid already under another name:\n%s\nNothing was sent", lang.Number(len(e.Rows)), lang.Count(e.Valid, "%d row", "%d rows"), Earlier(e.Rows, 5))
}

// Earlier says which earlier payments stand against which rows, the first few of
// them.
func Earlier(list []batch.EarlierPayment, most int) lang.Message {
	var lines lang.Message
	for i, e := range list[:min(most, len(list))] {
		line := EarlierPayment(e)
		if i == 0 {
			lines = line
		} else {
			lines = lang.Msg("%s\n%s", lines, line)
		}
	}
	return lines
}

// EarlierPayment says which payment stands against a row.
func EarlierPayment(e batch.EarlierPayment) lang.Message {
	p := e.Payment
	who := string(p.Phone)
	if p.Name != "" {
		who = p.Name + ", " + who
	}
	on := lang.Day(p.At)
	if p.Batch == "" {
		return lang.Msg("  row %d: %s got %d dinars on %s, as the provider's list shows (%s)", e.Row, who, p.Amount, on, lang.Title(p.State.String()))
	}
	if p.State == batch.Unknown || p.State == batch.Unsent {
		return lang.Msg("  row %d: %s was sent %d dinars on %s, in row %d of batch %s, and nobody knows yet whether it was paid", e.Row, who, p.Amount, on, p.Row, p.Batch)
	}
	return lang.Msg("  row %d: %s got %d dinars on %s, in row %d of batch %s (%s)", e.Row, who, p.Amount, on, p.Row, p.Batch, lang.Title(p.State.String()))
}

// PayAgainNumber says that the operator named another number of rows that look paid
// already than there are.
type PayAgainNumber struct {
	nothingDone
	Given, Before, Others int
}

func (e *PayAgainNumber) Error() string { return e.Message().String() }

// Message says the right number.
func (e *PayAgainNumber) Message() lang.Message {
	return lang.Count(e.Before+e.Others, "%d row looks paid already, and %d were named; nothing was sent", "%d rows look paid already, and %d were named; nothing was sent", e.Given)
}

// NoReason says that rows are to be paid again and nobody said why.
type NoReason struct{ wrongUse }

func (e *NoReason) Error() string { return e.Message().String() }

// Message says so.
func (*NoReason) Message() lang.Message {
	return lang.Msg("paying again what looks paid already needs a reason, for the books")
}

// NothingToAmend says that a batch is to be amended that was never begun. The
// correction may have been saved under another name.
type NothingToAmend struct {
	nothingDone
	Name    string
	Journal string      // that there is none
	Batches []Neighbour // that have some of the rows
}

func (e *NothingToAmend) Error() string { return e.Message().String() }

// Message names the batches that have the same rows.
func (e *NothingToAmend) Message() lang.Message {
	m := lang.Msg("there is no batch %q to amend: %s does not exist; nothing was sent", e.Name, e.Journal)
	for _, n := range e.Batches {
		m = lang.Msg("%s\n%s", m, lang.Count(n.Shared, "  %d row is in the batch %s, last touched %s", "  %d rows are in the batch %s, last touched %s", n.Name, n.Last))
	}
	return m
}
