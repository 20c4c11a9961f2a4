package cli

import (
	"github.com/spf13/cobra"
)

const settleHelp = `Ask again about rows whose outcome is open (pending, unknown), and write the
report anew. Sends nothing. The provider settles an UNKNOWN_ERROR within 24
hours, so a daily settle finishes a batch:

  flexybatch settle payroll.xlsx
  flexybatch settle --wait 0 --json payroll.xlsx      look once; from cron`

// newSettle is a run that only looks.
func newSettle(w world) *cobra.Command {
	r := &runner{world: w, settle: true}
	cmd := &cobra.Command{
		Use: "settle FILE", Short: "Ask again about open outcomes; sends nothing", Long: settleHelp, Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error { return r.run(cmd, args[0]) },
	}
	r.place.flags(cmd)
	r.lookFlags(cmd)
	r.account.flags(cmd)
	r.talk.flags(cmd)
	r.outlets.flags(cmd)
	cmd.Flags().StringVar(&r.out, "out", "", "the results workbook (default NAME.results.xlsx in the state folder)")
	return cmd
}
