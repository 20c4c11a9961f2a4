package outfile_test

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"runtime"
	"testing"

	"github.com/xuri/excelize/v2"

	"flexybatch/internal/outfile"
)

// resave changes a cell of a workbook and saves it, as a person does.
func resave(t *testing.T, path string) {
	t.Helper()
	book, err := excelize.OpenFile(path)
	must(t, err)
	must(t, book.SetCellStr("Sheet1", "B1", "looked at"), book.Save(), book.Close())
}

// A workbook that somebody changed is moved aside, byte for byte, to the next free
// name; one that is as it was written is replaced.
func TestChangedWorkbookIsMovedAside(t *testing.T) {
	f := newFolder(t)
	target := outfile.Target{Path: f.path("paie.results.xlsx"), Kind: outfile.Report, Batch: "paie", Aside: outfile.Changed}
	put := func(want string) {
		t.Helper()
		was := f.content()[target.Path]
		must(t, outfile.Check([]outfile.Target{target}, f.inputs()))
		kept, err := outfile.Write(target, func(w io.Writer) error { return workbook(w, outfile.Report, "paie") })
		must(t, err)
		if want != "" {
			want = f.path(want)
		}
		if kept != want || kept != "" && f.content()[kept] != was {
			t.Errorf("it was moved to %q, want %q, with its content: %t", kept, want, f.content()[kept] == was)
		}
	}
	put("")
	put("") // as it was written
	resave(t, target.Path)
	put("paie.results.kept-1.xlsx")
	put("")
	f.write("paie.results.kept-2.xlsx", []byte("somebody's own"))
	resave(t, target.Path)
	put("paie.results.kept-3.xlsx")
	if got := f.content()[f.path("paie.results.kept-2.xlsx")]; got != "somebody's own" {
		t.Errorf("a file in the way holds %q", got)
	}
}

// A workbook that another program saved without a trace of this one is moved aside
// only where the target says so. Nothing else is ever moved.
func TestWhatIsMovedAside(t *testing.T) {
	f := newFolder(t)
	target := outfile.Target{Path: f.path("paie.results.xlsx"), Kind: outfile.Report, Batch: "paie"}
	bare := excelize.NewFile()
	must(t, bare.SaveAs(target.Path), bare.Close())
	target.Aside = outfile.Changed
	f.refused(target, outfile.NotOurs)
	target.Aside = outfile.Workbook
	kept, err := outfile.Write(target, func(w io.Writer) error { return workbook(w, outfile.Report, "paie") })
	if must(t, err); kept != f.path("paie.results.kept-1.xlsx") {
		t.Errorf("it was moved to %q", kept)
	}
	f.write("paie.results.xlsx", []byte("a text"))
	f.refused(target, outfile.NotOurs)
	f.write("paie.results.xlsx", text(t, outfile.CheckWorkbook))
	f.refused(target, outfile.HoldsOther)
	f.write("paie.results.xlsx", text(t, outfile.Report))
	target.Batch = "oct"
	f.refused(target, outfile.OfOtherBatch)
	if runtime.GOOS == "windows" {
		return // links need a privilege there
	}
	must(t, os.Remove(target.Path), os.Symlink("paie.journal", target.Path))
	f.refused(target, outfile.ReservedName)
}

// A workbook is moved aside only when there is something to take its place.
func TestNothingIsMovedAsideInVain(t *testing.T) {
	f := newFolder(t)
	target := outfile.Target{Path: f.path("paie.results.xlsx"), Kind: outfile.Report, Batch: "paie", Aside: outfile.Changed}
	f.write("paie.results.xlsx", text(t, outfile.Report))
	resave(t, target.Path)
	before := f.content()
	full := errors.New("the disk is full")
	if kept, err := outfile.Write(target, func(io.Writer) error { return full }); kept != "" || !errors.Is(err, full) {
		t.Errorf("kept %q, %v", kept, err)
	}
	if !maps.Equal(before, f.content()) {
		t.Error("the folder changed")
	}
}

// What is added to may be a stream of the process, whatever it is redirected to, and
// only metrics can be read by everybody.
func TestStreamsAndModes(t *testing.T) {
	f := newFolder(t)
	if runtime.GOOS == "linux" {
		file, err := os.OpenFile(f.path("paie.csv"), os.O_WRONLY|os.O_APPEND, 0)
		must(t, err)
		defer func() { must(t, file.Close()) }()
		stream := fmt.Sprintf("/proc/self/fd/%d", file.Fd())
		must(t, outfile.Check([]outfile.Target{{Path: stream, Kind: outfile.Log}}, nil))
		f.refused(outfile.Target{Path: stream, Kind: outfile.Metrics}, outfile.NotOurs)
	}
	for _, kind := range []outfile.Kind{outfile.Metrics, outfile.Report} {
		target := outfile.Target{Path: f.path(string(kind) + ".xlsx"), Kind: kind}
		if kind == outfile.Metrics {
			target.Path = f.path("a.prom")
		}
		f.allowed(target)
		info, err := os.Stat(target.Path)
		must(t, err)
		if want := os.FileMode(0o600); runtime.GOOS != "windows" && (info.Mode().Perm() == want) == (kind == outfile.Metrics) {
			t.Errorf("%s has mode %v", kind, info.Mode())
		}
	}
}
