package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"flexybatch/internal/app"
	"flexybatch/internal/office"
)

const exportHelp = `Write the journal of an office's batch to a file, byte for byte: every other command
reads it as if the batch had been run there. An office that goes on sending the batch
goes on in its own books: settle and report the copy, and run it nowhere.

  flexybatch journal export october --out october.journal
  flexybatch journal verify october.journal`

const importHelp = `Take a batch that was run from files into an office, with its journal and its file. It
is neither run nor settled by this command; the office's workers settle it from then
on, and flexybatch resume sends what is unsent. Keep the file's journal, and run it
nowhere any more.

  flexybatch journal import payroll.xlsx`

func newExport(w machine) *cobra.Command {
	var o officeFlags
	var out string
	cmd := takesFile(&cobra.Command{
		Use: "export NAME", Short: "Write the journal of an office's batch to a file", Long: exportHelp,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runExport(cmd.Context(), w, &o, batchNamed(args[0]), out)
		},
	})
	o.add(cmd)
	cmd.Flags().StringVar(&out, "out", "", "the file (default NAME.journal here)")
	complete(cmd, "out", files())
	return cmd
}

// runExport copies the journal. It replaces no file.
func runExport(ctx context.Context, w machine, o *officeFlags, name, out string) (err error) {
	d, a, err := o.openAccount(ctx, w)
	if err != nil {
		return err
	}
	defer d.Close()
	if out == "" {
		out = name + ".journal"
	}
	from, err := d.Storage(a.ID).OpenFile(name+".journal", os.O_RDONLY, 0)
	if errors.Is(err, os.ErrNotExist) {
		return &app.NeverRun{Journal: name + ".journal"}
	}
	if err != nil {
		return nothingf("opening the journal: %w", err)
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	to, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nothingf("writing the journal: %w", err)
	}
	_, err = io.Copy(to, from)
	if err == nil {
		err = to.Sync()
	}
	if err = errors.Join(err, to.Close()); err != nil {
		return nothingf("writing the journal: %w", err)
	}
	w.words.Fprintf(w.stderr, "Journal: %s\n", out)
	return nil
}

func newImport(w machine) *cobra.Command {
	var place placeFlags
	cmd := takesFile(&cobra.Command{
		Use: "import FILE", Short: "Take a batch that was run from files into an office", Long: importHelp,
		RunE: func(cmd *cobra.Command, args []string) error { return runImport(cmd.Context(), w, &place, args[0]) },
	}, inputFiles()...)
	place.add(cmd)
	return cmd
}

// runImport takes a batch into the office.
func runImport(ctx context.Context, w machine, place *placeFlags, file string) error {
	from := place.of(file)
	at, err := from.Locate()
	if err != nil {
		return err
	}
	if err := errors.Join(at.Begun(), at.Own()); err != nil {
		return err
	}
	if at.IsJournal {
		return usagef("give the file of the batch, and not its journal: the office needs both")
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return nothingf("%w", err)
	}
	d, err := place.office.open(ctx, w)
	if err != nil {
		return err
	}
	defer d.Close()
	err = d.Import(ctx, office.Imported{Name: at.Name, Named: from.Batch != "", File: filepath.Base(file), Content: content, Journal: at.Journal(), By: person()})
	if err != nil {
		return officeError(err)
	}
	w.words.Fprintf(w.stderr, "Batch %s is the office's now. Run it from files no more.\n", at.Name)
	return nil
}
