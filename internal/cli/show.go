package cli

import (
	"fmt"
	"io"

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
			t.Fprintf(out, "%s\n", headline(r))
		}
		t.Fprintf(out, "  %s  %s\n", lang.Exact(e.At), happened(e, i > 0))
	}
	_, err := t.Fprintf(out, "  It is %s.\n", lang.Title(events[len(events)-1].State.String()))
	return err
}

// headline is whom a row pays.
func headline(r *batch.RowRecord) lang.Message {
	phone, plan := lang.Msg("no phone"), lang.Msg("no plan")
	if r.Phone != "" {
		phone = lang.Msg("%s", r.Phone)
	}
	if r.Plan != "" {
		plan = lang.Msg("%s", r.Plan)
	}
	if r.Ref == "" {
		return lang.Msg("Row %d: %s, %s, %d dinars", r.Number, phone, plan, r.Amount)
	}
	return lang.Msg("Row %d: %s, %s, %d dinars, reference %s", r.Number, phone, plan, r.Amount, r.Ref)
}

// happened says what an event is.
func happened(e batch.HistoryEvent, again bool) lang.Message {
	switch r := e.Record; {
	case r.Row != nil && e.State == batch.Invalid:
		return lang.Msg("planned as invalid, never to be sent: %s", r.Row.Problems)
	case r.Row != nil && again:
		return lang.Msg("planned again, from a corrected file, as row %d: %s, %s, %d dinars", e.Number, r.Row.Phone, r.Row.Plan, r.Row.Amount)
	case r.Row != nil:
		return lang.Msg("planned; it will cost %s DA", r.Row.Cost)
	case r.Intent != nil:
		return lang.Msg("about to be sent (attempt %d)", r.Intent.Attempt)
	case r.Answer != nil:
		return answered(r.Answer, e.State)
	}
	return looked(e.Record.Look, e.State)
}

// answered says what the provider answered, and what follows from it.
func answered(a *batch.AnswerRecord, state batch.State) lang.Message {
	if a.Result == batch.Accepted {
		if a.Balance != nil {
			return lang.Msg("the provider accepted it as top-up %s; the balance is then %s DA", a.TopupID, *a.Balance)
		}
		return lang.Msg("the provider accepted it as top-up %s", a.TopupID)
	}
	switch said := saidBy(a); state {
	case batch.Unsent:
		return lang.Msg("it was not processed, and may be sent again (%s: %s)", a.Result, said)
	case batch.Rejected:
		return lang.Msg("the provider refused it and charged nothing (%s: %s)", a.Result, said)
	default:
		return lang.Msg("the answer leaves open whether it was charged (%s: %s)", a.Result, said)
	}
}

// saidBy is an answer in the provider's words, as far as there are any.
func saidBy(a *batch.AnswerRecord) lang.Message {
	words := lang.Msg("%s", a.Message)
	if a.Code != "" {
		words = lang.Msg("%s %s", a.Code, words)
	}
	switch {
	case a.Status > 0:
		return lang.Msg("HTTP %d %s", a.Status, words)
	case words.String() == "":
		return lang.Msg("no answer")
	}
	return words
}

// looked says what was found when a row was asked about.
func looked(l *batch.LookRecord, state batch.State) lang.Message {
	where := lang.Msg("asked by its id")
	switch l.By {
	case "ref":
		where = lang.Msg("asked by its reference")
	case "list":
		where = lang.Msg("seen in the provider's list")
	}
	return lang.Msg("%s: %s", where, found(l, state))
}

func found(l *batch.LookRecord, state batch.State) lang.Message {
	switch {
	case !l.Foreign.IsZero():
		return lang.Msg("the order is another one than this row's (%s)", l.Foreign)
	case l.Nameless:
		return lang.Msg("the provider showed an order and did not say whose it is, so it proves nothing")
	case !l.Found && !l.Conflict.IsZero():
		return lang.Msg("%s", l.Conflict)
	case !l.Conflict.IsZero():
		return lang.Msg("the provider holds the reference for another order: %s", l.Conflict)
	case l.Clear && state == batch.Rejected:
		return lang.Msg("the provider has no such order, so its refusal is believed")
	case l.Clear:
		return lang.Msg("the provider has no such order; the send before is over and charged nothing, so it may be sent again")
	case !l.Found:
		return lang.Msg("the provider has no such order, but it is too soon to trust that")
	case l.Charged != nil && l.Message != "":
		return lang.Msg("%s, charged %s DA (%s)", l.Status, *l.Charged, l.Message)
	case l.Charged != nil:
		return lang.Msg("%s, charged %s DA", l.Status, *l.Charged)
	case l.Message != "":
		return lang.Msg("%s (%s)", l.Status, l.Message)
	}
	return lang.Msg("%s", l.Status)
}
