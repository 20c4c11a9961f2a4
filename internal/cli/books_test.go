package cli

import (
	"bytes"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"flexybatch/batch/oneclick/simulator"
	"flexybatch/internal/outfile"
)

// What people do to the books while the program runs. These tests run the built
// binary, as those of e2e_test.go do.

// held is a run whose sends have reached the provider and wait there for their
// answers.
type held struct {
	*site
	cmd          *exec.Cmd
	stdout, errs *bytes.Buffer
}

// hold starts a run of so many rows, and returns when its first send has arrived.
func hold(t *testing.T, rows int) *held {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("files that are open cannot be moved there, and links need a privilege")
	}
	s := newSite(t, simulator.Config{}, rows)
	s.hold = make(chan struct{})
	s.notify.Store(1)
	cmd, out, errs := s.command(append([]string{"run", "--yes", s.file}, append(quick, "--timeout", "5m")...)...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-s.at
	return &held{s, cmd, out, errs}
}

// journal is the path of the journal.
func (h *held) journal() string { return filepath.Join(h.dir, "payroll.journal") }

// release lets the answers go, and returns the exit code of the run.
func (h *held) release() int {
	h.t.Helper()
	close(h.hold)
	return exitCode(h.t, h.cmd.Wait())
}

// ok fails the test at the first error.
func (h *held) ok(errs ...error) {
	h.t.Helper()
	for _, err := range errs {
		if err != nil {
			h.t.Fatal(err)
		}
	}
}

// whole fails the test unless the journal verifies, every order stands in the report,
// and nothing is left beside the journal.
func (h *held) whole() {
	h.t.Helper()
	h.reconcile()
	if cmd, out, errs := h.command("journal", "verify", h.file); exitCode(h.t, cmd.Run()) != exitDone {
		h.t.Errorf("verify: %s%s", out, errs)
	}
	if _, err := os.Stat(h.journal() + ".lock"); !errors.Is(err, fs.ErrNotExist) {
		h.t.Errorf("beside a finished batch: %v", err)
	}
}

// refused fails the test unless another run of the batch is refused.
func (h *held) refused(how string, more ...string) {
	h.t.Helper()
	_, words := h.json(exitNothing, append(append([]string{"run", "--yes", h.file}, quick...), more...)...)
	if !strings.Contains(words, "this batch is being run by") {
		h.t.Errorf("%s: the second process said %q", how, words)
	}
}

// The lock is on the journal: removing the file beside it releases nothing.
func TestLockFileDeletedInTheRun(t *testing.T) {
	t.Parallel()
	h := hold(t, 20)
	if err := os.Remove(h.journal() + ".lock"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	h.refused("the lock file is gone")
	if code := h.release(); code != exitDone {
		t.Errorf("exit %d: %s", code, h.errs)
	}
	h.whole()
}

// One journal has one lock, by whatever links it is reached.
func TestJournalReachedByLinks(t *testing.T) {
	t.Parallel()
	h := hold(t, 20)
	hard, soft, folder := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "folder")
	h.ok(os.Link(h.journal(), filepath.Join(hard, "payroll.journal")),
		os.Symlink(h.journal(), filepath.Join(soft, "payroll.journal")), os.Symlink(h.dir, folder))
	h.refused("a hard link", "--state", hard)
	h.refused("a symbolic link", "--state", soft)
	h.refused("a link to the folder", "--state", folder)
	if code := h.release(); code != exitDone {
		t.Errorf("exit %d: %s", code, h.errs)
	}
	h.whole()
	for _, state := range []string{hard, soft, folder} { // the books are the same there
		if sum, _ := h.run(exitDone, "--state", state); sum.SentNow != 0 || sum.Rows.Fulfilled != 20 {
			t.Errorf("%s: %+v", state, sum)
		}
	}
	h.whole()
}

// A journal that is taken from its place during a run ends the run, which says so
// and what to do. It is never the end of a batch, and when the journal is back, every
// row is paid once.
func TestJournalTakenAway(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		take, back func(h *held, away string) error
	}{
		{"renamed",
			func(h *held, away string) error { return os.Rename(h.journal(), away) },
			func(h *held, away string) error { return os.Rename(away, h.journal()) }},
		{"deleted",
			func(h *held, _ string) error { return os.Remove(h.journal()) },
			func(*held, string) error { return nil }},
		{"replaced by a copy",
			func(h *held, away string) error {
				b, err := os.ReadFile(h.journal())
				return errors.Join(err, os.Rename(h.journal(), away), os.WriteFile(h.journal(), b, 0o600))
			},
			func(h *held, away string) error { return os.Rename(away, h.journal()) }},
		{"replaced, and the copy is kept",
			func(h *held, away string) error {
				b, err := os.ReadFile(h.journal())
				return errors.Join(err, os.Rename(h.journal(), away), os.WriteFile(h.journal(), b, 0o600))
			},
			func(*held, string) error { return nil }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := hold(t, 60)
			away := filepath.Join(t.TempDir(), "away.journal")
			h.ok(c.take(h, away))
			code := h.release()
			if code != exitOpen || !strings.Contains(h.errs.String(), "moved, deleted or replaced") || !strings.Contains(h.errs.String(), h.journal()) {
				t.Errorf("exit %d: %s", code, h.errs)
			}
			if strings.Count(h.errs.String(), "moved, deleted or replaced") != 1 {
				t.Errorf("it is said more than once: %s", h.errs)
			}
			if sent := len(h.sim.Orders()); sent >= 60 {
				t.Errorf("%d rows were sent without books", sent)
			}
			h.ok(c.back(h, away))
			h.untilDone()
			if sent := len(h.sim.Orders()); sent != 60 {
				t.Errorf("%d orders for 60 rows", sent)
			}
			h.whole()
		})
	}
}

// A journal that is moved when all rows have been paid, and the run only has its end
// to write down, is told too.
func TestJournalTakenAwayAtLast(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 10)
	journal, away := filepath.Join(s.dir, "payroll.journal"), filepath.Join(t.TempDir(), "away.journal")
	var once sync.Once
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		paid := func(o simulator.Order) bool { return o.Status == "FULFILLED" }
		if orders := s.sim.Orders(); strings.HasSuffix(r.URL.Path, "/balance") && len(orders) == 10 && !slices.ContainsFunc(orders, func(o simulator.Order) bool { return !paid(o) }) {
			once.Do(func() {
				if err := os.Rename(journal, away); err != nil {
					t.Error(err)
				}
			})
		}
		s.ServeHTTP(w, r)
	}))
	t.Cleanup(provider.Close)
	s.env = append(s.env, "ONECLICKDZ_BASE_URL="+provider.URL)
	if _, words := s.run(exitOpen); strings.Count(words, "moved, deleted or replaced") < 1 {
		t.Errorf("it said %q", words)
	}
	if err := os.Rename(away, journal); err != nil {
		t.Fatal(err)
	}
	if sum, _ := s.run(exitDone); sum.SentNow != 0 || sum.Rows.Fulfilled != 10 {
		t.Errorf("with the journal back in its place: %+v", sum)
	}
	s.reconcile()
}

// What the program writes is known by what it holds, so that it can be written again,
// and so that nothing else takes its place.
func TestOwnFilesAreKnown(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 3)
	run := func(args ...string) {
		t.Helper()
		cmd, out, errs := s.command(args...)
		if code := exitCode(t, cmd.Run()); code != exitDone {
			t.Fatalf("flexybatch %s: exit %d\n%s%s", strings.Join(args, " "), code, out, errs)
		}
	}
	simulated := []string{"--simulate", "--batch", "prepared"}
	run(append([]string{"run", "--prepare", s.file}, simulated...)...)
	run(append([]string{"run", "--yes", s.file, "--events", "a.events", "--metrics-file", "a.prom", "--log-file", "a.log"}, quick...)...)
	run(append([]string{"run", "--yes", s.file, "--log-file", "json.log", "--log-format", "json", "--log-level", "debug"}, quick...)...)
	for _, format := range []string{"csv", "json", "ndjson"} {
		run("report", "--format", format, "--out", "a."+format, s.file)
	}
	for _, format := range []string{"xlsx", "csv", "json"} {
		for _, lang := range []string{"en", "fr", "ar"} {
			run("validate", "--format", format, "--lang", lang, "--out", lang+"."+format, s.file)
		}
	}
	run("reconcile", s.file)
	run("template", "--simulate", "blank.xlsx")

	of := map[string]outfile.Kind{
		"payroll.results.xlsx": outfile.Report, "a.csv": outfile.ReportCSV, "a.json": outfile.ReportJSON, "a.ndjson": outfile.ReportJSON,
		"payroll.reconciliation.xlsx": outfile.Reconciliation, "a.events": outfile.Events, "a.prom": outfile.Metrics, "a.log": outfile.Log, "json.log": outfile.Log,
		"prepared.plan.json": outfile.ApprovalRequest, "blank.xlsx": outfile.Template,
	}
	for _, lang := range []string{"en", "fr", "ar"} {
		of[lang+".xlsx"], of[lang+".csv"], of[lang+".json"] = outfile.CheckWorkbook, outfile.CheckCSV, outfile.CheckJSON
	}
	for name, kind := range of {
		err := outfile.Check([]outfile.Target{{Path: filepath.Join(s.dir, name), Kind: kind}}, nil)
		r, ok := errors.AsType[*outfile.Refused](err)
		if kind == outfile.Template && (!ok || r.Reason != outfile.ExistsAlready) || kind != outfile.Template && err != nil {
			t.Errorf("%s is not known as %s: %v", name, kind, err)
		}
		if kind == outfile.ApprovalRequest { // it is told apart whatever is to be written
			kind = outfile.Log
		} else {
			kind = outfile.ApprovalRequest
		}
		err = outfile.Check([]outfile.Target{{Path: filepath.Join(s.dir, name), Kind: kind}}, nil)
		if err == nil {
			t.Errorf("%s would be replaced by %s", name, kind)
		}
	}
}
