package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"flexybatch/batch"
	"flexybatch/journal"
)

const showHelp = `Tell the story of a row, in plain words, as the journal has it: when it was
planned, sent, answered and looked up, and what state that left it in. Several
rows are told one after the other. Changes nothing.

  flexybatch journal show --row 12 payroll.xlsx
  flexybatch journal show --phone 0550000001 payroll.xlsx
  flexybatch journal show --ref october-6xzwocyq5zayeupsleod payroll.journal`

// story is one journal show.
type story struct {
	place
	row        int
	ref, phone string
}

func newShow(w world) *cobra.Command {
	s := &story{}
	cmd := &cobra.Command{
		Use: "show FILE", Short: "Tell the story of a row", Long: showHelp, Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := s.resolve(args[0]); err != nil {
				return err
			}
			return s.show(w.stdout)
		},
	}
	s.flags(cmd)
	cmd.Flags().IntVar(&s.row, "row", 0, "the line of the file, or the row of the sheet")
	cmd.Flags().StringVar(&s.ref, "ref", "", "the row's reference")
	cmd.Flags().StringVar(&s.phone, "phone", "", "every row of this phone")
	return cmd
}

func (s *story) show(out io.Writer) error {
	phone, known := batch.RepairPhone(s.phone)
	if s.phone != "" && !known {
		return failf(exitUsage, "--phone %q is no phone", s.phone)
	}
	if s.row == 0 && s.ref == "" && s.phone == "" {
		return failf(exitUsage, "which row? Give --row N, --ref R or --phone P")
	}
	if err := s.found(); err != nil {
		return err
	}
	about := func(r *batch.RowRecord) bool {
		return (s.row == 0 || r.Number == s.row) && (s.ref == "" || string(r.Ref) == s.ref) && (s.phone == "" || r.Phone == phone)
	}
	// Rows are sent side by side: each one's events are put together first.
	var rows []string
	told := map[string][]batch.Event{}
	err := batch.ReadStory(journal.Disk{}, s.journal(), about, func(e batch.Event) error {
		key := keyOf(e)
		if told[key] == nil {
			rows = append(rows, key)
		}
		told[key] = append(told[key], e)
		return nil
	})
	if err != nil {
		return failf(exitNothing, "%w", explainJournal(err, s.journal()))
	}
	if len(rows) == 0 {
		return failf(exitNothing, "%s has no such row", s.journal())
	}
	for i, key := range rows {
		if i > 0 {
			fmt.Fprintln(out)
		}
		if err := tellRow(out, told[key]); err != nil {
			return failf(exitNothing, "writing the story: %w", err)
		}
	}
	return nil
}

// keyOf is what an event's row is known by; invalid rows have no reference.
func keyOf(e batch.Event) string {
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

// tellRow tells the events of one row.
func tellRow(out io.Writer, events []batch.Event) error {
	for i, e := range events {
		if r := e.Record.Row; r != nil && i == 0 {
			ref := ""
			if r.Ref != "" {
				ref = ", reference " + string(r.Ref)
			}
			fmt.Fprintf(out, "Row %d: %s, %s, %d dinars%s\n", r.Number, orNone(string(r.Phone), "no phone"), orNone(r.Plan, "no plan"), r.Amount, ref)
		}
		fmt.Fprintf(out, "  %s  %s\n", e.At.Local().Format("2006-01-02 15:04:05.000"), inWords(e, i > 0))
	}
	_, err := fmt.Fprintf(out, "  It is %s.\n", events[len(events)-1].State)
	return err
}

func orNone(s, none string) string {
	if s == "" {
		return none
	}
	return s
}

// inWords is what happened.
func inWords(e batch.Event, again bool) string {
	switch r := e.Record; {
	case r.Row != nil && e.State == batch.Invalid:
		var why []string
		for _, p := range r.Row.Problems {
			why = append(why, p.String())
		}
		return "planned as invalid, never to be sent: " + strings.Join(why, "; ")
	case r.Row != nil && again:
		return fmt.Sprintf("planned again, from a corrected file, as row %d: %s, %s, %d dinars", e.Number, r.Row.Phone, r.Row.Plan, r.Row.Amount)
	case r.Row != nil:
		return fmt.Sprintf("planned; it will cost %s DZD", r.Row.Cost)
	case r.Intent != nil:
		return fmt.Sprintf("about to be sent (attempt %d)", r.Intent.Attempt)
	case r.Answer != nil:
		return answerInWords(r.Answer, e.State)
	}
	return lookInWords(e.Record.Look, e.State)
}

func answerInWords(a *batch.AnswerRecord, state batch.State) string {
	if a.Result == batch.Accepted {
		return fmt.Sprintf("the provider accepted it as top-up %s%s", a.TopupID, leaving(a.Balance))
	}
	said := strings.TrimSpace(a.Code + " " + a.Message)
	if a.Status > 0 {
		said = strings.TrimSpace(fmt.Sprintf("HTTP %d %s", a.Status, said))
	}
	what := "the answer leaves open whether it was charged"
	switch state {
	case batch.Unsent:
		what = "it was not processed, and may be sent again"
	case batch.Rejected:
		what = "the provider refused it and charged nothing"
	}
	return fmt.Sprintf("%s (%s: %s)", what, a.Result, orNone(said, "no answer"))
}

func lookInWords(l *batch.LookRecord, state batch.State) string {
	where := map[string]string{"ref": "asked by its reference", "id": "asked by its id", "list": "seen in the provider's list"}[l.By]
	switch {
	case l.Conflict != "":
		return where + ": the provider holds the reference for another order: " + l.Conflict
	case l.Clear:
		return where + ": the provider has no such order; the send before is over and charged nothing, so it may be sent again"
	case !l.Found:
		return where + ": the provider has no such order, but it is too soon to trust that"
	}
	charged := ""
	if l.Charged != nil {
		charged = fmt.Sprintf(", charged %s DZD", *l.Charged)
	}
	return strings.TrimSpace(fmt.Sprintf("%s: %s%s %s", where, l.Status, charged, l.Message))
}

// leaving is the balance after a charge, where the provider told it.
func leaving(balance *batch.Centimes) string {
	if balance == nil {
		return ""
	}
	return fmt.Sprintf("; the balance is then %s DZD", *balance)
}
