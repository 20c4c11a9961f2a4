package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"flexybatch/batch"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/settings"
	"flexybatch/journal"
)

const showHelp = `Tell the story of a row, in plain words, as the journal has it: when it was
planned, sent, answered and looked up, and what state that left it in. Several
rows are told one after the other. Changes nothing.

  flexybatch journal show --row 12 payroll.xlsx
  flexybatch journal show --phone 0550000001 payroll.xlsx
  flexybatch journal show --ref october-6xzwocyq5zayeupsleod payroll.journal`

// showOptions is what journal show was asked for.
type showOptions struct {
	machine
	place      placeFlags
	row        int
	ref, phone string
}

func newShow(w machine) *cobra.Command {
	o := &showOptions{machine: w}
	cmd := takesFile(&cobra.Command{
		Use: "show FILE", Short: "Tell the story of a row", Long: showHelp,
		RunE: func(_ *cobra.Command, args []string) error { return runShow(o, args[0]) },
	}, "journal")
	o.place.add(cmd)
	f := cmd.Flags()
	f.Var(settings.NewWhole(&o.row, 0), "row", "the line of the file, or the row of the sheet")
	f.StringVar(&o.ref, "ref", "", "the row's reference")
	f.StringVar(&o.phone, "phone", "", "every row of this phone")
	return cmd
}

func runShow(o *showOptions, file string) error {
	at, err := o.place.of(file).Locate()
	if err != nil {
		return err
	}
	phone, known := batch.RepairPhone(o.phone)
	if o.phone != "" && !known {
		return usagef("--phone %q is no phone", o.phone)
	}
	if o.row == 0 && o.ref == "" && o.phone == "" {
		return usagef("which row? Give --row N, --ref R or --phone P")
	}
	if err := at.Begun(); err != nil {
		return err
	}
	o.otherBatch(at.Own())
	rows, told, err := o.histories(at, phone)
	if err != nil {
		return err
	}
	for i, key := range rows {
		if i > 0 {
			fmt.Fprintln(o.stdout)
		}
		if err := (teller{o.words}).row(o.stdout, told[key]); err != nil {
			return nothingf("writing the story: %w", err)
		}
	}
	return nil
}

// histories are the events of each row that was asked for, in the order in which
// the rows first come. Rows are sent side by side: each one's events are put
// together first.
func (o *showOptions) histories(at *app.Location, phone batch.Phone) (rows []string, told map[string][]batch.HistoryEvent, err error) {
	about := func(r *batch.RowRecord) bool {
		return (o.row == 0 || r.Number == o.row) && (o.ref == "" || string(r.Ref) == o.ref) && (o.phone == "" || r.Phone == phone)
	}
	told = map[string][]batch.HistoryEvent{}
	err = batch.ReadHistory(journal.Disk{}, at.Journal(), about, func(e batch.HistoryEvent) error {
		key := keyOf(e)
		if told[key] == nil {
			rows = append(rows, key)
		}
		told[key] = append(told[key], e)
		return nil
	})
	if err != nil {
		return nil, nil, &app.JournalError{Journal: at.Journal(), Err: err}
	}
	if len(rows) == 0 {
		return nil, nil, nothingf("%s has no such row", at.Journal())
	}
	return rows, told, nil
}

// keyOf is what an event's row is known by; invalid rows have no reference.
func keyOf(e batch.HistoryEvent) string {
	r := e.Record
	switch {
	case r.Intent != nil:
		return string(r.Intent.Ref)
	case r.Answer != nil:
		return string(r.Answer.Ref)
	case r.Look != nil:
		return string(r.Look.Ref)
	case r.Row.Ref != "":
		return string(r.Row.Ref)
	}
	return fmt.Sprint("row ", e.Number)
}

// teller tells stories in one language.
type teller struct{ *lang.Printer }

// row tells the events of one row.
func (t teller) row(out io.Writer, events []batch.HistoryEvent) error {
	for i, e := range events {
		if r := e.Record.Row; r != nil && i == 0 {
			phone, plan := t.or(string(r.Phone), "no phone"), t.or(r.Plan, "no plan")
			if r.Ref == "" {
				t.Fprintf(out, "Row %d: %s, %s, %d dinars\n", r.Number, phone, plan, r.Amount)
			} else {
				t.Fprintf(out, "Row %d: %s, %s, %d dinars, reference %s\n", r.Number, phone, plan, r.Amount, r.Ref)
			}
		}
		fmt.Fprintf(out, "  %s  %s\n", e.At.Local().Format("2006-01-02 15:04:05.000"), t.event(e, i > 0))
	}
	_, err := t.Fprintf(out, "  It is %s.\n", t.Title(events[len(events)-1].State.String()))
	return err
}

// or is a text, or words for one that is not there.
func (t teller) or(s, none string) string {
	if s == "" {
		return t.Text(none)
	}
	return s
}

// event says what happened.
func (t teller) event(e batch.HistoryEvent, again bool) string {
	switch r := e.Record; {
	case r.Row != nil && e.State == batch.Invalid:
		var why []string
		for _, p := range r.Row.Problems {
			why = append(why, p.String())
		}
		return t.Sprintf("planned as invalid, never to be sent: %s", strings.Join(why, "; "))
	case r.Row != nil && again:
		return t.Sprintf("planned again, from a corrected file, as row %d: %s, %s, %d dinars", e.Number, r.Row.Phone, r.Row.Plan, r.Row.Amount)
	case r.Row != nil:
		return t.Sprintf("planned; it will cost %s DZD", r.Row.Cost)
	case r.Intent != nil:
		return t.Sprintf("about to be sent (attempt %d)", r.Intent.Attempt)
	case r.Answer != nil:
		return t.answer(r.Answer, e.State)
	}
	return t.look(e.Record.Look, e.State)
}

func (t teller) answer(a *batch.AnswerRecord, state batch.State) string {
	if a.Result == batch.Accepted {
		if a.Balance != nil {
			return t.Sprintf("the provider accepted it as top-up %s; the balance is then %s DZD", a.TopupID, *a.Balance)
		}
		return t.Sprintf("the provider accepted it as top-up %s", a.TopupID)
	}
	said := strings.TrimSpace(t.Say(lang.Msg("%s %s", a.Code, a.Message)))
	if a.Status > 0 {
		said = strings.TrimSpace(fmt.Sprintf("HTTP %d %s", a.Status, said))
	}
	said = t.or(said, "no answer")
	switch state {
	case batch.Unsent:
		return t.Sprintf("it was not processed, and may be sent again (%s: %s)", a.Result, said)
	case batch.Rejected:
		return t.Sprintf("the provider refused it and charged nothing (%s: %s)", a.Result, said)
	}
	return t.Sprintf("the answer leaves open whether it was charged (%s: %s)", a.Result, said)
}

func (t teller) look(l *batch.LookRecord, state batch.State) string {
	where := t.Sprintf("asked by its id")
	switch l.By {
	case "ref":
		where = t.Sprintf("asked by its reference")
	case "list":
		where = t.Sprintf("seen in the provider's list")
	}
	switch {
	case !l.Foreign.IsZero():
		return t.Sprintf("%s: the order is another one than this row's (%s)", where, l.Foreign)
	case l.Nameless:
		return t.Sprintf("%s: the provider showed an order and did not say whose it is, so it proves nothing", where)
	case !l.Found && !l.Conflict.IsZero():
		return t.Say(lang.Msg("%s: %s", where, l.Conflict))
	case !l.Conflict.IsZero():
		return t.Sprintf("%s: the provider holds the reference for another order: %s", where, l.Conflict)
	case l.Clear && state == batch.Rejected:
		return t.Sprintf("%s: the provider has no such order, so its refusal is believed", where)
	case l.Clear:
		return t.Sprintf("%s: the provider has no such order; the send before is over and charged nothing, so it may be sent again", where)
	case !l.Found:
		return t.Sprintf("%s: the provider has no such order, but it is too soon to trust that", where)
	case l.Charged != nil:
		return strings.TrimSpace(t.Sprintf("%s: %s, charged %s DZD %s", where, l.Status, *l.Charged, l.Message))
	}
	return strings.TrimSpace(fmt.Sprintf("%s: %s %s", where, l.Status, l.Message))
}
