package cli

import (
	"context"

	"github.com/spf13/cobra"
)

const templateHelp = `A blank input workbook: the phone column as text, the plans as a drop-down,
amounts held to their plan's range, and instructions. A file that exists is
left alone.

  flexybatch template --simulate                      payroll.xlsx, with the simulator's plans
  flexybatch template paie-2026-11.xlsx --lang fr     with the account's own plans, in French
  flexybatch template rawatib-2026-11.xlsx --plans plans.json --lang ar`

// templateOptions is what template was asked for.
type templateOptions struct {
	catalogue catalogueFlags
	output    output
}

func newTemplate(w machine) *cobra.Command {
	o := &templateOptions{output: output{machine: w}}
	cmd := mayTakeFile(&cobra.Command{
		Use: "template [FILE]", Short: "A blank input workbook", Long: templateHelp,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runTemplate(cmd.Context(), o, append(args, "payroll.xlsx")[0])
		},
	}, inputFiles()...)
	o.catalogue.add(cmd)
	o.output.add(cmd)
	return cmd
}

func runTemplate(ctx context.Context, o *templateOptions, file string) error {
	if err := o.output.app(&o.catalogue.account).Template(ctx, file, o.catalogue.catalogue()); err != nil {
		return err
	}
	o.output.say("Template: %s\nFill it in, then: flexybatch validate %s\n", file, quoted(file))
	return nil
}
