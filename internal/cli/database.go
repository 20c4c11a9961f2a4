package cli

import (
	"context"

	"github.com/spf13/cobra"
)

const databaseInitHelp = `Make the tables of an office in a PostgreSQL database, those of River among them, or
bring them up to date. May be run again at any time, and by several at once.

  createdb flexybatch
  export FLEXYBATCH_DATABASE=postgres://flexybatch@localhost/flexybatch
  flexybatch database init

The database must keep what it has confirmed: synchronous_commit and fsync are on.`

const databaseRestoredHelp = `Say that the database was restored from a copy of its files, which it does not show
by itself. From then on, each reference of a batch that is not at its end is looked
up before it is sent: what the copy has lost may have been paid. A dump that was
restored, a replica that took over and a restore to a point in time are noticed
without this command.

  flexybatch database restored`

func newDatabase(w machine) *cobra.Command {
	cmd := showsHelp(&cobra.Command{Use: "database", Short: "Look after an office's database"})
	cmd.AddCommand(newDatabaseInit(w), newDatabaseRestored(w))
	return cmd
}

func newDatabaseInit(w machine) *cobra.Command {
	var o officeFlags
	cmd := takesNothing(&cobra.Command{
		Use: "init", Short: "Make the tables, or bring them up to date", Long: databaseInitHelp,
		RunE: func(cmd *cobra.Command, _ []string) error { return runDatabaseInit(cmd.Context(), w, &o) },
	})
	o.addDatabase(cmd)
	return cmd
}

func runDatabaseInit(ctx context.Context, w machine, o *officeFlags) error {
	d, err := o.connect(ctx, w)
	if err != nil {
		return err
	}
	defer d.Close()
	before, after, err := d.Init(ctx)
	if err != nil {
		return officeError(err)
	}
	if before == after {
		w.words.Fprintf(w.stderr, "The tables are up to date (version %d).\n", after)
	} else {
		w.words.Fprintf(w.stderr, "The tables are made (version %d).\n", after)
	}
	return nil
}

func newDatabaseRestored(w machine) *cobra.Command {
	var o officeFlags
	cmd := takesNothing(&cobra.Command{
		Use: "restored", Short: "Say that the database was restored: references are looked up before they are sent", Long: databaseRestoredHelp,
		RunE: func(cmd *cobra.Command, _ []string) error {
			d, err := o.open(cmd.Context(), w)
			if err != nil {
				return err
			}
			defer d.Close()
			return officeError(d.Restored(cmd.Context()))
		},
	})
	o.addDatabase(cmd)
	return cmd
}
