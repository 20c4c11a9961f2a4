package cli

import (
	"context"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"flexybatch/internal/office"
)

const batchesHelp = `The batches of an office, the newest first: state, wish, owner and rows.

  flexybatch batches
  flexybatch batches --json

States: waiting, running, held (after a canary), paused, stopped, refused, open
(outcomes are open), done, cancelled. flexybatch resume NAME lets one go on that is
held, paused, stopped, refused or cancelled.`

func newBatches(w machine) *cobra.Command {
	var o officeFlags
	var asJSON bool
	cmd := takesNothing(&cobra.Command{
		Use: "batches", Short: "The batches of an office", Long: batchesHelp,
		RunE: func(cmd *cobra.Command, _ []string) error { return runBatches(cmd.Context(), w, &o, asJSON) },
	})
	o.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "as a JSON list on stdout")
	return cmd
}

func runBatches(ctx context.Context, w machine, o *officeFlags, asJSON bool) error {
	d, err := o.open(ctx, w)
	if err != nil {
		return err
	}
	defer d.Close()
	var account int64
	if o.account != "" {
		a, err := d.Account(ctx, o.account)
		if err != nil {
			return officeError(err)
		}
		account = a.ID
	}
	list, err := d.Batches(ctx, account)
	if err != nil {
		return officeError(err)
	}
	out := output{machine: w}
	if asJSON {
		if list == nil {
			list = []office.Batch{}
		}
		return out.print(list)
	}
	return w.batches(list)
}

// batches prints them as a table.
func (w machine) batches(list []office.Batch) error {
	tab := tabwriter.NewWriter(w.stdout, 0, 0, 2, ' ', 0)
	for _, b := range list {
		rows := fmt.Sprintf("%d/%d", b.Rows["fulfilled"], b.Rows["total"])
		w.words.Fprintf(tab, "%s\t%s\t%s\t%s\t%s\t%s\n", b.Name, b.Account, office.StateTitle(b.State), office.WishTitle(b.Wish), rows, b.Owner)
	}
	if err := tab.Flush(); err != nil {
		return nothingf("writing the result: %w", err)
	}
	told := map[string]bool{}
	for _, b := range list {
		if b.Note != "" {
			w.words.Fprintf(w.stdout, "%s: %s\n", b.Name, b.NoteIn(w.words.Language()))
		}
		if b.LooksPaid != nil && *b.LooksPaid > 0 {
			w.words.Fprintf(w.stdout, "If these people are to be paid once more: flexybatch submit --amend --pay-again %d --reason TEXT FILE\n", *b.LooksPaid)
		}
		if b.Stopped != "" && !told[b.Account] {
			told[b.Account] = true
			w.words.Fprintf(w.stdout, "Nothing of the account %s is sent: %s. flexybatch resume NAME lets it go on.\n", b.Account, b.StoppedIn(w.words.Language()))
		}
	}
	return nil
}
