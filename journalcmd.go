package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"flexybatch/batch"
	"flexybatch/journal"
)

const verifyHelp = `Check a journal's checksums and hash chain, and that the story it tells is one
that the money rules allow. Names the first bad line. Changes nothing.

  flexybatch journal verify payroll.xlsx
  flexybatch journal verify payroll.journal`

func newJournal(w world) *cobra.Command {
	cmd := &cobra.Command{Use: "journal", Short: "Look after a batch's journal", Args: noFile,
		RunE: func(cmd *cobra.Command, args []string) error { return cmd.Help() }}
	var p place
	verify := &cobra.Command{
		Use: "verify FILE", Short: "Check a journal's checksums and hash chain", Long: verifyHelp, Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := p.resolve(args[0]); err != nil {
				return err
			}
			return verifyJournal(w, &p)
		},
	}
	p.flags(verify)
	cmd.AddCommand(verify, newShow(w))
	return cmd
}

func verifyJournal(w world, p *place) error {
	path := p.journal()
	if err := p.found(); err != nil {
		path = p.file // a journal so damaged that it is not known as one
	}
	l, info, err := batch.ReadLedger(journal.Disk{}, path)
	var corrupt *journal.Corrupt
	switch {
	case errors.As(err, &corrupt):
		return failf(exitNothing, "%s: line %d (byte %d) is bad: %s\nAll %d lines before it are whole", path, corrupt.Line, corrupt.Offset, corrupt.Reason, corrupt.Line-1)
	case err != nil:
		return failf(exitNothing, "%s: %w", path, err)
	case info.Torn != nil:
		return failf(exitNothing, "%s: line %d (byte %d) is bad: %s\nIt is in the last write, which was never finished: a torn tail, as a crash leaves it. %d lines before it are whole; the next run cuts the tail off and keeps it beside the journal",
			path, info.Torn.Line, info.Torn.Offset, info.Torn.Reason, info.Lines)
	}
	first, last := l.Span()
	_, err = fmt.Fprintf(w.stdout, "%s is whole: %d records in %d lines, %s to %s\nhead %s (line %d)\n", path, info.Records, info.Lines,
		first.Local().Format("2006-01-02 15:04:05"), last.Local().Format("2006-01-02 15:04:05"), info.Head, info.Lines)
	return err
}
