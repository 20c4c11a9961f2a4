package cli

import (
	"context"

	"github.com/spf13/cobra"
)

const statusHelp = `Where a batch stands, read from its journal; nothing is asked of the provider and
nothing is changed. Works while another process runs the batch.

  flexybatch status payroll.xlsx
  flexybatch status --json payroll.xlsx`

func newStatus(w machine) *cobra.Command {
	var place placeFlags
	o := &output{machine: w}
	cmd := takesFile(&cobra.Command{
		Use: "status FILE", Short: "Where a batch stands", Long: statusHelp,
		RunE: func(cmd *cobra.Command, args []string) error { return runStatus(cmd.Context(), o, &place, args[0]) },
	}, inputFiles()...)
	place.add(cmd)
	o.add(cmd)
	return cmd
}

func runStatus(ctx context.Context, o *output, place *placeFlags, file string) error {
	at, end, err := place.opened(ctx, o.machine, file)
	if err != nil {
		return err
	}
	defer end()
	s, err := o.app(nil).Status(at)
	if err != nil {
		return err
	}
	o.otherBatch(s.Other)
	if err := o.summary(s.Summary, s.Tally); err != nil {
		return err
	}
	if o.json || o.quiet {
		return ends(s.Outcome())
	}
	for _, step := range (followUp{at, s.Summary.Simulated}).steps(s.Tally, false) {
		if _, err := o.words.Fprintf(o.page, "%s\n", step); err != nil { // it is a part of what was asked for
			return nothingf("writing the result: %w", err)
		}
	}
	return ends(s.Outcome())
}
