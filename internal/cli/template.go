package cli

import (
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"flexybatch/batch"
	"flexybatch/report"
)

const templateHelp = `A blank input workbook: the phone column as text, the plans as a drop-down,
amounts held to their plan's range, and instructions. A file that exists is
left alone.

  flexybatch template --simulate                      payroll.xlsx, with the simulator's plans
  flexybatch template paie-2026-11.xlsx --lang fr     with the account's own plans, in French
  flexybatch template --plans plans.json --lang ar`

func newTemplate(w world) *cobra.Command {
	var a account
	var t talk
	var c catalogue
	cmd := &cobra.Command{
		Use: "template [FILE]", Short: "A blank input workbook", Long: templateHelp, Args: atMostOneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			t.resolve(w)
			file := "payroll.xlsx"
			if len(args) == 1 {
				file = args[0]
			}
			plans, err := c.plans(cmd.Context(), w, &a)
			if err != nil {
				return err
			}
			return writeTemplate(&t, file, plans)
		},
	}
	a.flags(cmd)
	t.flags(cmd)
	c.flags(cmd)
	return cmd
}

func writeTemplate(t *talk, file string, plans batch.Catalogue) error {
	if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
		return failf(exitNothing, "%s exists already, and may hold somebody's work: name another file", file)
	}
	err := report.WriteFile(file, func(out io.Writer) error { return report.Template(out, plans, t.world.words) })
	if err != nil {
		return failf(exitNothing, "%w", err)
	}
	t.say("Template: %s\nFill it in, then: flexybatch validate %s\n", file, quoted(file))
	return nil
}
