package cli

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch/oneclick/simulator"
)

// A file that comes to stand where the report goes while a run is under way is not
// written over. The run ends as one whose report is missing, and every row is paid once.
func TestReportTargetTakenInTheRun(t *testing.T) {
	t.Parallel()
	h := hold(t, 20)
	results := filepath.Join(h.dir, "payroll.results.xlsx")
	h.ok(os.WriteFile(results, []byte("Dear colleagues,\n"), 0o600))
	if code := h.release(); code != exitOpen {
		t.Errorf("exit %d", code)
	}
	for _, want := range []string{"payroll.results.xlsx was not written by flexybatch", "The journal has everything; mend that, then: flexybatch report"} {
		if !strings.Contains(h.errs.String(), want) {
			t.Errorf("%q is not in %s", want, h.errs)
		}
	}
	if b, err := os.ReadFile(results); err != nil || string(b) != "Dear colleagues,\n" {
		t.Errorf("%q, %v", b, err)
	}
	h.ok(os.Remove(results))
	h.run(exitDone)
	h.whole()
}

// A workbook that comes to stand there is kept.
func TestReportTargetMadeInTheRun(t *testing.T) {
	t.Parallel()
	h := hold(t, 20)
	var mine bytes.Buffer
	book := excelize.NewFile()
	h.ok(book.Write(&mine), book.Close(), os.WriteFile(filepath.Join(h.dir, "payroll.results.xlsx"), mine.Bytes(), 0o600))
	if code := h.release(); code != exitDone || !strings.Contains(h.errs.String(), "payroll.results.kept-1.xlsx") {
		t.Errorf("exit %d: %s", code, h.errs)
	}
	if b, err := os.ReadFile(filepath.Join(h.dir, "payroll.results.kept-1.xlsx")); err != nil || !bytes.Equal(b, mine.Bytes()) {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	h.whole()
}

// A refusal of a real run: nothing is sent, and nothing in the folder changes.
func TestRefusedTargetsSendNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t, simulator.Config{}, 5)
	s.write("letter.xlsx", "Dear colleagues,\n")
	s.write("other.csv", "Dear colleagues,\n")
	s.write("payroll.csv", "Téléphone;Offre;Montant\n0610000000;PREPAID_MOBILIS;100\n")
	before := sums(t, s.dir)
	for _, args := range [][]string{
		{"--out", "payroll.journal"}, {"--out", "payroll.csv"}, {"--out", "other.journal"}, {"--out", "none/a.xlsx"}, {"--out", "letter.xlsx"}, {"--out", "a.csv"}, {"--out", "."},
		{"--log-file", "payroll.journal"}, {"--log-file", "other.journal"}, {"--log-file", "letter.xlsx"}, {"--log-file", "payroll.csv"}, {"--log-file", "none/a.log"},
		{"--metrics-file", "payroll.journal"}, {"--metrics-file", "other.journal"}, {"--metrics-file", "letter.xlsx"}, {"--metrics-file", "payroll.csv"}, {"--metrics-file", "none/a.prom"},
		{"--events", "payroll.journal"}, {"--events", "other.journal"}, {"--events", "letter.xlsx"}, {"--events", "payroll.csv"}, {"--events", "none/a.events"},
		{"--events", "a", "--log-file", "a"}, {"--events", "a", "--metrics-file", "a"}, {"--log-file", "a", "--metrics-file", "./a"},
	} {
		cmd, out, errs := s.command(append([]string{"run", "--yes", "--json", s.file}, args...)...)
		code := exitCode(t, cmd.Run())
		if code != exitNothing && code != exitUsage || out.Len() > 0 || !strings.Contains(errs.String(), "; nothing was sent") {
			t.Errorf("%q: exit %d, %s%s", args, code, out, errs)
		}
		if after := sums(t, s.dir); after != before {
			t.Fatalf("%q changed the folder from\n%s\nto\n%s", args, before, after)
		}
	}
	if n := len(s.sim.Orders()); n != 0 {
		t.Errorf("%d orders", n)
	}
	s.run(exitDone, "--out", "b.xlsx", "--log-file", "b.log", "--events", "b.events", "--metrics-file", "b.prom")
}

// sums lists a folder with the sum of each file.
func sums(t *testing.T, dir string) string {
	t.Helper()
	var list strings.Builder
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&list, "%s %x\n", e.Name(), sha256.Sum256(b))
	}
	return list.String()
}
