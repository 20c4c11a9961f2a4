package app

import (
	"os"
	"time"

	"flexybatch/batch"
	"flexybatch/report"
)

// Status is where a batch stands.
type Status struct {
	Summary report.Summary
	Tally   batch.Tally
	Running *Running // nil: nobody runs it now
	Other   error    // an *OtherBatch, if the journal is another batch's than it is named after
}

// Outcome is that of the batch.
func (s *Status) Outcome() Outcome { return OutcomeOfTally(s.Tally) }

// Status reads where a batch stands. It asks nothing of the provider, changes
// nothing, and works while another process runs the batch.
func (a *App) Status(p Place) (*Status, error) {
	at, l, _, err := readBooks(p)
	if err != nil {
		return nil, err
	}
	s := &Status{Summary: report.Summarize(l), Tally: l.Tally(), Other: at.Own()}
	s.Summary.Journal = at.Journal()
	if holder := at.holder(); holder != "" {
		s.Running = running(holder, l, time.Now())
	}
	if _, err := os.Stat(at.Results()); err == nil {
		s.Summary.Report = at.Results()
	}
	return s, nil
}
