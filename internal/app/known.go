package app

import (
	"flexybatch/batch"
	"flexybatch/journal"
)

// Known is what the journal of a batch tells. It is as old as the reading.
type Known struct {
	Ledger *batch.Ledger
	At     *Location
	Info   journal.Info
}

// ReadKnown reads the journal of a batch, without locking or changing it. It works
// while another process runs the batch.
func ReadKnown(p Place) (*Known, error) {
	at, l, info, err := readBooks(p)
	if err != nil {
		return nil, err
	}
	return &Known{Ledger: l, At: at, Info: info}, nil
}
