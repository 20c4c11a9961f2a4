package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"flexybatch/batch"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/settings"
	"flexybatch/report"
)

const showHelp = `Tell the story of a row, in plain words, as the journal has it: when it was
planned, sent, answered and looked up, and what state that left it in. Several
rows are told one after the other. Changes nothing.

  flexybatch journal show --row 12 payroll.xlsx
  flexybatch journal show --phone 0550000001 payroll.xlsx
  flexybatch journal show --ref payroll-cn7jwocy4tc3r57h5ocf payroll.journal`

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
		RunE: func(cmd *cobra.Command, args []string) error { return runShow(cmd.Context(), o, args[0]) },
	}, "journal")
	o.place.add(cmd)
	f := cmd.Flags()
	f.Var(settings.NewWhole(&o.row, 0), "row", "the line of the file, or the row of the sheet")
	f.StringVar(&o.ref, "ref", "", "the row's reference")
	f.StringVar(&o.phone, "phone", "", "every row of this phone")
	return cmd
}

func runShow(ctx context.Context, o *showOptions, file string) error {
	place, end, err := o.place.opened(ctx, o.machine, file)
	if err != nil {
		return err
	}
	defer end()
	at, err := place.Locate()
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
			fmt.Fprintln(o.page)
		}
		if err := (teller{o.words}).row(o.page, told[key]); err != nil {
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
	err = batch.ReadHistory(at.Storage(), at.Journal(), about, func(e batch.HistoryEvent) error {
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
		t.Fprintf(out, "  %s  %s\n", lang.Exact(e.At), report.Happened(e, i > 0))
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
