package app_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"flexybatch/batch/oneclick/simulator"
	"flexybatch/internal/app"
)

// Rows that a batch's own books call rejected were paid by a copy of it in another
// folder, under the same refs. The file of resend is held against that.
func TestResendOfWhatACopyPaid(t *testing.T) {
	config := simulator.Config{
		Keys: []simulator.Key{{Key: simulator.DefaultKey, Type: simulator.Production}}, Store: filepath.Join(t.TempDir(), "provider"), Speed: 500,
		Faults: map[simulator.Fault]float64{simulator.FaultRefuse: 1},
	}
	s := newSite(t, config, 4)
	s.run(app.Problems)
	if err := s.sim.Close(); err != nil {
		t.Fatal(err)
	}
	config.Faults = nil
	var err error
	if s.sim, err = simulator.New(config); err != nil {
		t.Fatal(err)
	}
	original, folder := s.file, t.TempDir()
	content, err := os.ReadFile(original)
	if err != nil {
		t.Fatal(err)
	}
	s.file = filepath.Join(folder, "payroll.csv")
	s.put(s.file, string(content))
	s.run(app.Done)

	resent, err := s.job.Resend(t.Context(), app.ResendOptions{Place: app.Place{File: original}})
	if err != nil {
		t.Fatal(err)
	}
	s.file = resent.Path
	refusal := s.refused()
	var elsewhere *app.PaidElsewhere
	if !errors.As(refusal, &elsewhere) {
		t.Errorf("%v", refusal)
	}
	s.once(4)
}
