package cli

import (
	"context"

	"github.com/spf13/cobra"

	"flexybatch/internal/app"
	"flexybatch/internal/lang"
)

const settleHelp = `Ask again about rows whose outcome is open (pending, unknown), and write the
report anew. Sends nothing. The provider settles an UNKNOWN_ERROR within 24
hours, so a daily settle finishes a batch:

  flexybatch settle payroll.xlsx
  flexybatch settle --wait 0 --json payroll.xlsx      look once; from cron`

// settleOptions is what settle was asked for.
type settleOptions struct {
	place   placeFlags
	look    lookFlags
	account accountFlags
	output  output
	publish publishFlags
	out     string
}

func newSettle(w machine) *cobra.Command {
	o := &settleOptions{output: output{machine: w}}
	cmd := takesFile(&cobra.Command{
		Use: "settle FILE", Short: "Ask again about open outcomes; sends nothing", Long: settleHelp,
		RunE: func(cmd *cobra.Command, args []string) error { return runSettle(cmd, o, args[0]) },
	}, inputFiles()...)
	o.place.add(cmd)
	o.look.add(cmd)
	o.account.add(cmd)
	o.output.add(cmd)
	o.output.addProgress(cmd)
	o.publish.add(cmd)
	addOut(cmd, &o.out)
	return cmd
}

func runSettle(cmd *cobra.Command, o *settleOptions, file string) error {
	if o.place.office.address(o.output.machine) != "" {
		return settleOffice(cmd.Context(), o, file)
	}
	pace, err := o.look.pace(cmd)
	if err != nil {
		return err
	}
	if err := o.output.checkProgress(); err != nil {
		return err
	}
	options := app.SettleOptions{Place: o.place.of(file), Account: o.account.account(), Pace: pace, Results: o.out}
	t := &task{output: &o.output, account: &o.account, publish: &o.publish}
	return t.do(cmd.Context(), options.Place, func(job *app.App, abort, drain context.Context) (*app.RunResult, error) {
		return job.Settle(abort, drain, options)
	})
}

// settleOffice asks an office's workers to ask again now.
func settleOffice(ctx context.Context, o *settleOptions, file string) error {
	d, a, err := o.place.office.openAccount(ctx, o.output.machine)
	if err != nil {
		return err
	}
	defer d.Close()
	name := batchNamed(file)
	if err := d.Settle(ctx, a.ID, name, person()); err != nil {
		return officeError(err)
	}
	o.output.note(lang.Msg("The office's workers ask about the open rows of batch %s again. See flexybatch status.", name))
	return nil
}
