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
	s := allRefused(t)
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

// A file of resend was begun and stopped before its first send, and the rows were
// mended and paid in the original then. Run again as it is, it is
// refused; as a correction, it pays the others.
func TestResumeOfWhatTheOriginalPaid(t *testing.T) {
	s := allRefused(t)
	original := s.file
	resent, err := s.job.Resend(t.Context(), app.ResendOptions{Place: s.place()})
	if err != nil {
		t.Fatal(err)
	}
	s.file = resent.Path
	s.job.Observer = &witness{refuses: "began"}
	_ = s.refused()
	s.job.Observer = nil

	s.file = original
	s.write("payroll.csv", "F0,0610000000,PREPAID_MOBILIS,100", "F1,0610000001,PREPAID_MOBILIS,101")
	s.run(app.Problems, func(o *app.RunOptions) { o.Amend = true })
	s.once(2)

	s.file = resent.Path
	var changed *app.FileChanged
	if err := s.refused(); !errors.As(err, &changed) {
		t.Errorf("%v", err)
	}
	s.run(app.Problems, func(o *app.RunOptions) { o.Amend = true })
	s.once(4)
	paid := map[string]bool{}
	for _, o := range s.sim.Orders() {
		if paid[o.Phone] {
			t.Errorf("%s was paid twice", o.Phone)
		}
		paid[o.Phone] = true
	}
}

// allRefused is a payroll of which the provider refused every row, which it does no
// more.
func allRefused(t *testing.T) *site {
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
	return s
}
