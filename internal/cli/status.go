package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/terminal"
)

const statusHelp = `Where a batch stands, read from its journal; nothing is asked of the provider and
nothing is changed. Works while another process runs the batch, and then tells who
does so, since when, and how far it is; else it ends with what to type next.

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
	steps := (followUp{at, s.Summary.Simulated}).steps(s.Tally, false)
	if s.Running != nil {
		steps = underWay(s.Running)
	}
	for _, step := range steps {
		if _, err := o.words.Fprintf(o.page, "%s\n", step); err != nil { // it is a part of what was asked for
			return nothingf("writing the result: %w", err)
		}
	}
	return ends(s.Outcome())
}

// underWay says who runs a batch, and how far it is.
func underWay(r *app.Running) (list []lang.Message) {
	if r.Since.IsZero() {
		list = append(list, lang.Msg("It is being run by %s.", r.By))
	} else {
		list = append(list, lang.Msg("Running since %s, by %s.", lang.Second(r.Since), r.By))
	}
	sent, all, settled := lang.Number(r.Sent), lang.Number(r.Rows), lang.Number(r.Settled)
	switch {
	case r.Sent == r.Rows:
		return append(list, lang.Msg("  %s of %s rows sent, %s settled; it waits for the outcomes of the others.", sent, all, settled))
	case r.Left == 0:
		return append(list, lang.Msg("  %s of %s rows sent, %s settled.", sent, all, settled))
	}
	return append(list, lang.Msg("  %s of %s rows sent, %s settled; all are sent in about %s, at %s.", sent, all, settled,
		terminal.Rounded(r.Left), lang.Clock(time.Now().Add(r.Left))))
}
