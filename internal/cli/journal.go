package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"flexybatch/batch"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/journal"
)

const verifyHelp = `Prove a journal whole: every line's checksum, the chain that ties each line to all
before it, and that the story it tells is one that the money rules allow (no answer
without its intent, no second send without a check, nothing that changes a final
row). Names the first bad line, else prints the head: the link of the last line,
which stands for all of them. It is in the report too, on the sheets Summary and
Journal. Where people have approved the batch, their signatures are verified too,
those of passkeys and those of key files, from the journal alone; whose key it is,
the fingerprint tells. Changes nothing.

  flexybatch journal verify payroll.xlsx
  flexybatch journal verify payroll.journal`

func newJournal(w machine) *cobra.Command {
	cmd := showsHelp(&cobra.Command{Use: "journal", Short: "Look after a batch's journal"})
	cmd.AddCommand(newVerify(w), newShow(w), newExport(w), newImport(w))
	return cmd
}

func newVerify(w machine) *cobra.Command {
	var place placeFlags
	cmd := takesFile(&cobra.Command{
		Use: "verify FILE", Short: "Check a journal's checksums and hash chain", Long: verifyHelp,
		RunE: func(cmd *cobra.Command, args []string) error {
			place, end, err := place.opened(cmd.Context(), w, args[0])
			if err != nil {
				return err
			}
			defer end()
			return runVerify(w, place)
		},
	}, "journal")
	place.add(cmd)
	return cmd
}

func runVerify(w machine, place app.Place) error {
	at, err := place.Locate()
	if err != nil {
		return err
	}
	path := at.Journal()
	if err := at.Begun(); err != nil {
		path = at.File // a journal so damaged that it is not known as one
	}
	info, err := journal.Read(at.Storage(), path, func(journal.Entry) error { return nil })
	if err := wholeJournal(path, info, err); err != nil {
		return err
	}
	l, info, err := batch.ReadLedger(at.Storage(), path)
	if errors.Is(err, batch.ErrRecord) {
		return nothingf("%s: %w\nThe lines are whole and in their order, and this one tells what the money rules do not allow, or what only a later version of flexybatch knows", path, err)
	}
	if err := wholeJournal(path, info, err); err != nil {
		return err
	}
	rows, sends := 0, 0
	l.Each(func(s *batch.RowStatus) bool {
		rows++
		sends += s.Attempts
		return true
	})
	w.otherBatch(at.Own())
	signed, err := approvalsOf(path, l)
	if err != nil {
		return err
	}
	first, last := l.Span()
	_, err = w.words.Fprintf(w.page, "%s is whole: %s records in %s lines, %s to %s\nchecksums and chain hold; every record is one that the money rules allow (rows %s, sends %s)\nhead %s (line %d)\n",
		path, lang.Number(int(info.Records)), lang.Number(int(info.Lines)), lang.Second(first), lang.Second(last), lang.Number(rows), lang.Number(sends), info.Head, info.Lines)
	if err != nil {
		return err
	}
	return w.tellSigned(signed)
}

// wholeJournal says what is wrong with a journal's lines; nil where nothing is.
func wholeJournal(path string, info journal.Info, err error) error {
	var corrupt *journal.Corrupt
	switch {
	case errors.As(err, &corrupt):
		return nothingf("%s: line %d (byte %d) is bad: %s\nAll %d lines before it are whole", path, corrupt.Line, corrupt.Offset, corrupt.Reason, corrupt.Line-1)
	case err != nil:
		return nothingf("%s: %w", path, err)
	case info.Torn != nil:
		return nothingf("%s: line %d (byte %d) is bad: %s\nIt is in the last write, which was never finished: a torn tail, as a crash leaves it. %d lines before it are whole; the next run cuts the tail off and keeps it beside the journal",
			path, info.Torn.Line, info.Torn.Offset, info.Torn.Reason, info.Lines)
	}
	return nil
}
