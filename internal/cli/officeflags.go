package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/office"
)

// databaseVariable is the environment variable of --database, whose value may hold a
// password: it is no setting, so that nothing shows it.
const databaseVariable = "FLEXYBATCH_DATABASE"

// officeFlags say which office a command is about.
type officeFlags struct{ database, account string }

func (o *officeFlags) add(cmd *cobra.Command) {
	o.addDatabase(cmd)
	cmd.Flags().StringVar(&o.account, "account", "", "with --database: the account, USERNAME or USERNAME@HOST (default the only one)")
	complete(cmd, "account", words())
}

// addDatabase is add for a command that is about no account.
func (o *officeFlags) addDatabase(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.database, "database", "", "the office's PostgreSQL database, such as postgres://USER@HOST/NAME, in the place of a folder (the variable FLEXYBATCH_DATABASE, which shows no password to others)")
	complete(cmd, "database", words())
}

// address is the database's address; empty: none was given.
func (o *officeFlags) address(w machine) string {
	if o.database != "" {
		return o.database
	}
	return w.getenv(databaseVariable)
}

// open opens the office's database, and makes sure that its tables are those of this
// program.
func (o *officeFlags) open(ctx context.Context, w machine) (*office.Database, error) {
	d, err := o.connect(ctx, w)
	if err != nil {
		return nil, err
	}
	if err := d.Check(ctx); err != nil {
		d.Close()
		return nil, officeError(err)
	}
	return d, nil
}

// connect opens the database, whatever is in it.
func (o *officeFlags) connect(ctx context.Context, w machine) (*office.Database, error) {
	address := o.address(w)
	if address == "" {
		return nil, usagef("which database? Give --database ADDRESS or the variable %s", databaseVariable)
	}
	d, err := office.Connect(ctx, address)
	if err != nil {
		return nil, officeError(err)
	}
	return d, nil
}

// openAccount opens the database, and finds the account that is meant.
func (o *officeFlags) openAccount(ctx context.Context, w machine) (*office.Database, *office.Account, error) {
	d, err := o.open(ctx, w)
	if err != nil {
		return nil, nil, err
	}
	a, err := d.Account(ctx, o.account)
	if err != nil {
		d.Close()
		return nil, nil, officeError(err)
	}
	return d, a, nil
}

// officeError gives an error of package office its outcome.
func officeError(err error) error {
	var bad *office.BadAddress
	var which *office.WhichAccount
	var lease *office.BadLease
	switch _, ours := app.OutcomeOf(err); {
	case err == nil, ours:
		return err
	case errors.As(err, &bad), errors.As(err, &which), errors.As(err, &lease):
		return app.Failed(app.Usage, err)
	}
	return app.Failed(app.Nothing, err)
}

// opened is the place of the batch that a file belongs to: in files, or in an office's
// database. What it returns closes the database.
func (p *placeFlags) opened(ctx context.Context, w machine, file string) (place app.Place, end func(), err error) {
	place, end = p.of(file), func() {}
	at, err := place.Locate()
	if err != nil {
		return place, end, err
	}
	if at.IsJournal || p.office.address(w) == "" { // a journal that was exported is a file like any other
		useLargePages(at.Journal(), 640) // a row, an intent, an answer and a look
		return place, end, nil
	}
	d, a, err := p.office.openAccount(ctx, w)
	if err != nil {
		return place, end, err
	}
	place.Storage = d.Storage(a.ID)
	return place, d.Close, nil
}

// filesOnly refuses a command that an office's workers do.
func (p *placeFlags) filesOnly(w machine, instead lang.Message) error {
	if p.office.address(w) == "" {
		return nil
	}
	return usagef("with --database (or %s) an office's workers do the sending: %s", databaseVariable, instead)
}

// owned is opened for a command that writes to the journal: the office's account must
// have no owner, and is owned by the command until end is called.
func (p *placeFlags) owned(ctx context.Context, w machine, file string) (place app.Place, end func(), err error) {
	place, end = p.of(file), func() {}
	if p.office.address(w) == "" {
		return place, end, nil
	}
	d, a, err := p.office.openAccount(ctx, w)
	if err != nil {
		return place, end, err
	}
	s, release, err := d.Borrow(ctx, a.ID, person())
	if err != nil {
		d.Close()
		return place, end, officeError(err)
	}
	place.Storage = s
	return place, func() { release(); d.Close() }, nil
}
