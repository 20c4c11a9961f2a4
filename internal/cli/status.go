package cli

import (
	"os"

	"github.com/spf13/cobra"

	"flexybatch/batch"
	"flexybatch/journal"
	"flexybatch/report"
)

const statusHelp = `Where a batch stands, read from its journal; nothing is asked of the provider and
nothing is changed. Works while another process runs the batch.

  flexybatch status payroll.xlsx
  flexybatch status --json payroll.xlsx`

func newStatus(w world) *cobra.Command {
	var p place
	var t talk
	cmd := &cobra.Command{
		Use: "status FILE", Short: "Where a batch stands", Long: statusHelp, Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			t.resolve(w)
			l, err := p.ledger(args[0])
			if err != nil {
				return err
			}
			s := report.Summarize(l)
			s.Journal = p.journal()
			if _, err := os.Stat(p.results()); err == nil {
				s.Report = p.results()
			}
			if err := t.summary(w, s, l.Tally()); err != nil {
				return failf(exitNothing, "writing the status: %w", err)
			}
			return exitWith(codeOf(l.Tally()))
		},
	}
	p.flags(cmd)
	t.flags(cmd)
	return cmd
}

// ledger reads the batch that a file belongs to, changing nothing.
func (p *place) ledger(file string) (*batch.Ledger, error) {
	l, _, err := p.read(file)
	return l, err
}

// read is ledger, and tells of the journal what was read.
func (p *place) read(file string) (*batch.Ledger, journal.Info, error) {
	if err := p.resolve(file); err != nil {
		return nil, journal.Info{}, err
	}
	if err := p.found(); err != nil {
		return nil, journal.Info{}, err
	}
	l, info, err := batch.ReadLedger(journal.Disk{}, p.journal())
	if err != nil {
		return nil, info, failf(exitNothing, "%w", explainJournal(err, p.journal()))
	}
	if !l.Sealed() {
		return nil, info, failf(exitNothing, "%s holds no plan: nothing was ever sent from it", p.journal())
	}
	if p.isJournal {
		p.name = l.Batch().Name
	}
	return l, info, nil
}
