package outfile_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"flexybatch/internal/outfile"
	"flexybatch/journal"
)

// must fails the test at the first error.
func must(t testing.TB, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// workbook makes a workbook with a seal.
func workbook(w io.Writer, kind outfile.Kind, batch string) (err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := f.SetCellStr("Sheet1", "A1", "0550000001"); err != nil {
		return err
	}
	f.SetZipWriter(func(io.Writer) excelize.ZipWriter {
		return outfile.NewSealedZip(w, outfile.Seal{Kind: kind, Batch: batch})
	})
	_, err = f.WriteToBuffer()
	return err
}

// text returns the content of a file of a kind, as the program writes it.
func text(t testing.TB, kind outfile.Kind) []byte {
	t.Helper()
	var b bytes.Buffer
	switch kind {
	case outfile.Report, outfile.CheckWorkbook, outfile.Reconciliation, outfile.Resend, outfile.Template:
		must(t, workbook(&b, kind, "paie"))
	case outfile.CheckCSV:
		must(t, outfile.SealCSV(&b, func(w io.Writer, title string) error {
			_, err := fmt.Fprintf(w, "\ufeffflexybatch: what to mend,Phone,%s\n,0550000001,\n", title)
			return err
		}))
	default:
		b.WriteString(map[outfile.Kind]string{
			outfile.ReportCSV:       "\ufeffrow,ref,phone,plan,amount,cost,id,state,topup_id\n2,paie-1,0550000001,PREPAID,100,98.00,,fulfilled,\n",
			outfile.ReportJSON:      `{"summary":{"batch":"paie"},"rows":[]}`,
			outfile.ReportHTML:      "<!DOCTYPE html>\n<html lang=\"fr\" dir=\"ltr\">\n<head>\n<meta name=\"generator\" content=\"flexybatch\">\n",
			outfile.CheckJSON:       `{"file":"paie \"1\".csv","rows":{"total":1,"valid":1,"invalid":0}}`,
			outfile.Metrics:         "# HELP flexybatch_balance_dinars What the account held.\n",
			outfile.Events:          `{"seq":1,"time":"2026-11-29T19:37:51.881Z","batch":"paie"}` + "\n",
			outfile.Log:             "time=2026-11-29T19:37:51.882Z level=INFO msg=sent batch=paie\n",
			outfile.Store:           `{"at":1795981071881000000,"deposit":100000000}` + "\n",
			outfile.ApprovalRequest: `{"flexybatch_plan":1,` + "\n" + `"digest":"67"}`,
			outfile.Key:             "-----BEGIN OPENSSH PRIVATE KEY-----\n",
		}[kind])
	}
	if b.Len() == 0 {
		t.Fatalf("no content for %s", kind)
	}
	return b.Bytes()
}

// name returns a name that fits a kind.
func name(kind outfile.Kind) string {
	switch kind {
	case outfile.Report, outfile.CheckWorkbook, outfile.Reconciliation, outfile.Resend, outfile.Template:
		return "a.xlsx"
	case outfile.ReportHTML:
		return "a.html"
	}
	return "a.out"
}

// kinds are all kinds of targets.
var kinds = []outfile.Kind{
	outfile.Report, outfile.CheckWorkbook, outfile.Reconciliation, outfile.Resend, outfile.Template, outfile.ReportCSV, outfile.ReportJSON, outfile.ReportHTML,
	outfile.CheckCSV, outfile.CheckJSON, outfile.Metrics, outfile.Events, outfile.Log, outfile.Store, outfile.ApprovalRequest, outfile.Key,
}

// write is Write of a target that moves nothing aside.
func write(t outfile.Target, content func(io.Writer) error) error {
	kept, err := outfile.Write(t, content)
	if kept != "" {
		panic("moved aside: " + kept)
	}
	return err
}

// folder is a folder with a payroll and its journal.
type folder struct {
	t   *testing.T
	dir string
}

func newFolder(t *testing.T) folder {
	t.Helper()
	f := folder{t, t.TempDir()}
	f.write("paie.csv", []byte("phone;plan;amount\n0550000001;PREPAID;100\n"))
	j, _, err := journal.Open(journal.Disk{}, f.path("paie.journal"), func(journal.Entry) error { return nil })
	must(t, err, j.Append(time.Now(), []byte(`{"batch":{"name":"paie"}}`)), j.Close())
	return f
}

func (f folder) path(name string) string { return filepath.Join(f.dir, name) }

func (f folder) write(name string, content []byte) {
	f.t.Helper()
	must(f.t, os.WriteFile(f.path(name), content, 0o600))
}

// inputs are what a command about the payroll reads.
func (f folder) inputs() []outfile.Input {
	return []outfile.Input{{Path: f.path("paie.csv"), Role: outfile.Payroll}, {Path: f.path("paie.journal"), Role: outfile.Journal}}
}

// content returns all files with what they hold.
func (f folder) content() map[string]string {
	f.t.Helper()
	all := map[string]string{}
	must(f.t, filepath.WalkDir(f.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		all[path] = string(b)
		return err
	}))
	return all
}

// refused fails the test unless the target is refused for this reason, by Check and by
// Write, and nothing was changed.
func (f folder) refused(target outfile.Target, want outfile.Reason) {
	f.t.Helper()
	before := f.content()
	for how, err := range map[string]error{
		"Check": outfile.Check([]outfile.Target{target}, nil),
		"Write": write(target, func(io.Writer) error { f.t.Error("Write began to write"); return nil }),
	} {
		r, ok := errors.AsType[*outfile.Refused](err)
		if !ok || r.Reason != want || !strings.Contains(r.Error(), target.Path) {
			f.t.Errorf("%s of %s to %s: %v, want %q", how, target.Kind, filepath.Base(target.Path), err, want)
		}
	}
	if !maps.Equal(before, f.content()) {
		f.t.Errorf("%s to %s was refused, and the folder changed", target.Kind, filepath.Base(target.Path))
	}
}

// allowed fails the test unless the target passes Check, which changes nothing, and can
// be written.
func (f folder) allowed(target outfile.Target) {
	f.t.Helper()
	before := f.content()
	if err := outfile.Check([]outfile.Target{target}, f.inputs()); err != nil {
		f.t.Errorf("%s to %s: %v", target.Kind, filepath.Base(target.Path), err)
	}
	if !maps.Equal(before, f.content()) {
		f.t.Errorf("%s to %s: Check changed the folder", target.Kind, filepath.Base(target.Path))
	}
	content := text(f.t, target.Kind)
	must(f.t, write(target, func(w io.Writer) error { _, err := w.Write(content); return err }))
	if got := f.content()[target.Path]; got != string(content) {
		f.t.Errorf("%s: wrote %d bytes, and %d are there", target.Kind, len(content), len(got))
	}
}

// No output replaces a journal, by whatever name or link it is reached, nor takes the
// name of one.
func TestJournalIsNeverReplaced(t *testing.T) {
	f := newFolder(t)
	soft := runtime.GOOS != "windows" // links need a privilege there
	b, err := os.ReadFile(f.path("paie.journal"))
	must(t, err)
	for _, ext := range []string{".xlsx", ".txt", ".html"} {
		must(t, os.Link(f.path("paie.journal"), f.path("hard"+ext)))
		if soft {
			must(t, os.Symlink("paie.journal", f.path("soft"+ext)))
		}
		f.write("renamed"+ext, b)
	}
	for _, kind := range kinds {
		target := func(name string) outfile.Target { return outfile.Target{Path: f.path(name), Kind: kind, Batch: "paie"} }
		for _, name := range []string{"paie.journal", "oct.journal", "OCT.Journal", "paie.journal.lock", "paie.journal.cut-100-1"} {
			f.refused(target(name), outfile.ReservedName)
		}
		if kind != outfile.Store {
			f.refused(target("paie.simulator"), outfile.ReservedName)
		}
		ext := filepath.Ext(strings.Replace(name(kind), ".out", ".txt", 1))
		f.refused(target("hard"+ext), outfile.HoldsOther)
		f.refused(target("renamed"+ext), outfile.HoldsOther)
		if soft {
			f.refused(target("soft"+ext), outfile.ReservedName)
		}
	}
}

// No output replaces what the command reads, by whatever name or link it is reached.
func TestInputIsNeverReplaced(t *testing.T) {
	f := newFolder(t)
	f.write("secret.xlsx", nil) // an empty file could be replaced
	inputs := append(f.inputs(), outfile.Input{Path: f.path("secret.xlsx"), Role: outfile.Secret}, outfile.Input{Path: f.path("later.xlsx"), Role: outfile.Other})
	must(t, os.Link(f.path("paie.csv"), f.path("hard.csv")), os.Mkdir(f.path("sub"), 0o700))
	names := []string{"paie.csv", "hard.csv", "secret.xlsx", "later.xlsx", filepath.Join("sub", "..", "later.xlsx")}
	if runtime.GOOS != "windows" {
		must(t, os.Symlink("paie.csv", f.path("soft.csv")), os.Symlink(f.dir, f.path("folder")))
		names = append(names, "soft.csv", filepath.Join("folder", "paie.csv"), filepath.Join("folder", "later.xlsx"))
	}
	for _, kind := range kinds {
		for _, name := range names {
			err := outfile.Check([]outfile.Target{{Path: f.path(name), Kind: kind}}, inputs)
			if r, ok := errors.AsType[*outfile.Refused](err); !ok || r.Reason != outfile.IsInput {
				t.Errorf("%s to %s: %v", kind, name, err)
			}
		}
		for _, name := range []string{"paie.csv", "hard.csv"} { // Write has no list of inputs
			want := outfile.NotOurs
			if kind == outfile.Template || kind == outfile.Key {
				want = outfile.ExistsAlready
			}
			f.refused(outfile.Target{Path: f.path(name), Kind: kind}, want)
		}
	}
}

// Each kind replaces its own kind, an empty file and no file; never another kind, and
// never a file that this program did not write.
func TestEveryKindOverEveryKind(t *testing.T) {
	for _, kind := range kinds {
		once := kind == outfile.Template || kind == outfile.Key
		for _, held := range kinds {
			f := newFolder(t)
			target := outfile.Target{Path: f.path(name(kind)), Kind: kind, Batch: "paie"}
			f.write(name(kind), text(t, held))
			switch {
			case held == outfile.Key, held == outfile.ApprovalRequest && kind != held:
				f.refused(target, outfile.HoldsOther)
			case once:
				f.refused(target, outfile.ExistsAlready)
			case held == kind:
				f.allowed(target)
			default:
				f.refused(target, outfile.HoldsOther)
			}
		}
		f := newFolder(t)
		target := outfile.Target{Path: f.path(name(kind)), Kind: kind, Batch: "paie"}
		f.allowed(target)
		f.write(name(kind), nil)
		if once {
			f.refused(target, outfile.ExistsAlready)
		} else {
			f.allowed(target)
		}
		for _, content := range map[string]string{
			"a text": "Dear colleagues,\n", "JSON": `{"summary":"mine"}`, "CSV": "row;ref\n1;2\n", "a PDF": "%PDF-1.7\n", "zeros": "\x00\x00\x00\x00",
			"metrics": "# HELP node_load1 Load.\n", "a log": "Nov 29 19:00:00 host sshd[1]: hello\n", "half a workbook": "PK\x03\x04 and no more",
		} {
			f.write(name(kind), []byte(content))
			want := outfile.NotOurs
			if once {
				want = outfile.ExistsAlready
			}
			f.refused(target, want)
		}
	}
}

// A workbook of another program is not replaced, and neither is one of this program
// that another one has saved.
func TestChangedWorkbooks(t *testing.T) {
	for _, kind := range []outfile.Kind{outfile.Report, outfile.CheckWorkbook, outfile.Reconciliation, outfile.Resend} {
		f := newFolder(t)
		target := outfile.Target{Path: f.path("paie-r1.xlsx"), Kind: kind, Batch: "paie"}
		f.allowed(target)
		mended, err := excelize.OpenFile(target.Path)
		must(t, err)
		must(t, mended.SetCellStr("Sheet1", "A1", "0550000002"), mended.Save(), mended.Close())
		f.refused(target, outfile.WasChanged)

		f.write("paie-r1.xlsx", otherDigit(t, text(t, kind)))
		f.refused(target, outfile.WasChanged)

		f.write("paie-r1.xlsx", text(t, kind))
		again, err := excelize.OpenFile(target.Path) // saved by a program that drops what it does not know
		must(t, err)
		again.Pkg.Delete("docProps/flexybatch.xml")
		must(t, again.SetDocProps(&excelize.DocProperties{Creator: "flexybatch", LastModifiedBy: "Amel"}), again.Save(), again.Close())
		f.refused(target, outfile.WasChanged)

		other := excelize.NewFile()
		must(t, other.SaveAs(target.Path), other.Close())
		f.refused(target, outfile.NotOurs)

		f.write("paie-r1.xlsx", text(t, kind)) // of the batch paie
		target.Batch = "oct"
		f.refused(target, outfile.OfOtherBatch)
	}
}

// otherDigit returns the workbook with one digit changed, and every part as long as it
// was.
func otherDigit(t *testing.T, book []byte) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	must(t, err)
	var b bytes.Buffer
	w, changed := zip.NewWriter(&b), false
	for _, part := range r.File {
		from, err := part.Open()
		must(t, err)
		content, err := io.ReadAll(from)
		must(t, err, from.Close())
		changed = changed || bytes.Contains(content, []byte("0550000001"))
		to, err := w.Create(part.Name)
		must(t, err)
		_, err = to.Write(bytes.ReplaceAll(content, []byte("0550000001"), []byte("0550000009")))
		must(t, err)
	}
	if must(t, w.Close()); !changed {
		t.Fatal("the digit is nowhere")
	}
	return b.Bytes()
}

// The batch in a seal may have any name.
func TestBatchNames(t *testing.T) {
	f := newFolder(t)
	for _, batch := range []string{"paie", `"<&>"`, "رواتب نوفمبر", "a\nb", "&amp;", ""} {
		var b bytes.Buffer
		must(t, workbook(&b, outfile.Report, batch))
		f.write("a.xlsx", b.Bytes())
		must(t, outfile.Check([]outfile.Target{{Path: f.path("a.xlsx"), Kind: outfile.Report, Batch: batch}}, nil))
		if batch != "" {
			f.refused(outfile.Target{Path: f.path("a.xlsx"), Kind: outfile.Report, Batch: "another"}, outfile.OfOtherBatch)
		}
		book, err := excelize.OpenFile(f.path("a.xlsx"))
		must(t, err, book.Close())
	}
}

// Every change of a check in CSV is found: a byte changed, added or removed anywhere.
func TestChangedCSV(t *testing.T) {
	f := newFolder(t)
	whole := text(t, outfile.CheckCSV)
	target := outfile.Target{Path: f.path("paie.check.csv"), Kind: outfile.CheckCSV}
	check := func(content []byte) outfile.Reason {
		f.write("paie.check.csv", content)
		r, _ := errors.AsType[*outfile.Refused](outfile.Check([]outfile.Target{target}, nil))
		if r == nil {
			return ""
		}
		return r.Reason
	}
	if got := check(whole); got != "" {
		t.Errorf("as it was written: %s", got)
	}
	start := bytes.IndexByte(whole, ',') // before it, the file would not look like a check
	for i := start; i < len(whole); i++ {
		for what, changed := range map[string][]byte{
			"changed": slices.Concat(whole[:i], []byte{whole[i] ^ 1}, whole[i+1:]),
			"added":   slices.Concat(whole[:i], []byte("0"), whole[i:]),
			"removed": slices.Concat(whole[:i], whole[i+1:]),
		} {
			if got := check(changed); got != outfile.WasChanged {
				t.Errorf("byte %d %s: %q", i, what, got)
			}
		}
	}
	if got := check(bytes.ReplaceAll(whole, []byte(","), []byte(";"))); got != outfile.WasChanged {
		t.Errorf("saved with semicolons: %q", got)
	}
}

// A target's name says what it holds, since other programs go by it.
func TestNames(t *testing.T) {
	f := newFolder(t)
	for name, fit := range map[string][]outfile.Kind{
		"x.csv":    {outfile.ReportCSV, outfile.CheckCSV, outfile.Metrics, outfile.Events, outfile.Log, outfile.Store, outfile.ApprovalRequest, outfile.Key},
		"x.json":   {outfile.ReportJSON, outfile.CheckJSON, outfile.Metrics, outfile.Events, outfile.Log, outfile.Store, outfile.ApprovalRequest, outfile.Key},
		"x.html":   {outfile.ReportHTML, outfile.ReportCSV, outfile.CheckCSV, outfile.ReportJSON, outfile.CheckJSON, outfile.Metrics, outfile.Events, outfile.Log, outfile.Store, outfile.ApprovalRequest, outfile.Key},
		"x.XLSX":   {outfile.Report, outfile.CheckWorkbook, outfile.Reconciliation, outfile.Resend, outfile.Template},
		"x.xls":    nil,
		"x.xlsm":   nil,
		"x.ods":    nil,
		"workbook": {outfile.ReportCSV, outfile.CheckCSV, outfile.ReportJSON, outfile.CheckJSON, outfile.Metrics, outfile.Events, outfile.Log, outfile.Store, outfile.ApprovalRequest, outfile.Key},
	} {
		for _, kind := range kinds {
			target := outfile.Target{Path: f.path(name), Kind: kind}
			if slices.Contains(fit, kind) {
				must(t, outfile.Check([]outfile.Target{target}, nil))
			} else {
				f.refused(target, outfile.WrongName)
			}
		}
	}
}

// Where nothing can be written is found before anything is sent.
func TestFolders(t *testing.T) {
	f := newFolder(t)
	must(t, os.Mkdir(f.path("folder"), 0o700), os.Mkdir(f.path("folder.xlsx"), 0o700), os.Mkdir(f.path("closed"), 0o500))
	closed := f.path("closed")
	if os.Geteuid() == 0 {
		closed = "/proc/self" // root may write into every folder but this
	}
	for _, kind := range kinds {
		for _, folder := range []string{"folder", "folder.xlsx", "."} {
			f.refused(outfile.Target{Path: f.path(folder), Kind: kind}, outfile.IsFolder)
		}
		f.refused(outfile.Target{Path: f.path(filepath.Join("none", name(kind))), Kind: kind}, outfile.NoFolder)
		f.refused(outfile.Target{Path: f.path(filepath.Join("paie.csv", name(kind))), Kind: kind}, outfile.NotWritable)
		if runtime.GOOS == "linux" {
			target := outfile.Target{Path: filepath.Join(closed, name(kind)), Kind: kind}
			f.refused(target, outfile.NotWritable)
		}
	}
}

// A file that its owner has protected is left alone.
func TestWriteProtected(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write every file")
	}
	f := newFolder(t)
	target := outfile.Target{Path: f.path("a.xlsx"), Kind: outfile.Report}
	f.allowed(target)
	must(t, os.Chmod(target.Path, 0o400))
	f.refused(target, outfile.NotWritable)
}

// Two targets of one command are two files.
func TestTwoTargets(t *testing.T) {
	f := newFolder(t)
	f.write("a.log", nil)
	must(t, os.Link(f.path("a.log"), f.path("b.log")), os.Mkdir(f.path("sub"), 0o700))
	for _, names := range [][2]string{{"a.log", "a.log"}, {"a.log", "b.log"}, {"new.log", filepath.Join("sub", "..", "new.log")}} {
		err := outfile.Check([]outfile.Target{{Path: f.path(names[0]), Kind: outfile.Log}, {Path: f.path(names[1]), Kind: outfile.Events}}, f.inputs())
		if r, ok := errors.AsType[*outfile.Refused](err); !ok || r.Reason != outfile.IsTwice || r.As != outfile.Log {
			t.Errorf("%q: %v", names, err)
		}
	}
	must(t, outfile.Check([]outfile.Target{{Path: f.path("a.log"), Kind: outfile.Log}, {Path: f.path("c.events"), Kind: outfile.Events}}, f.inputs()))
}

// Only what is added to may be a device or a pipe.
func TestDevices(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("its devices are not files")
	}
	for _, kind := range kinds {
		err := outfile.Check([]outfile.Target{{Path: os.DevNull, Kind: kind}}, nil)
		r, ok := errors.AsType[*outfile.Refused](err)
		if added := kind == outfile.Log || kind == outfile.Events || kind == outfile.Store; added && err != nil || !added && (!ok || r.Reason != outfile.NotOrdinary) {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

// A target that somebody has changed, or made, while the run was under way is found
// before it is replaced.
func TestWriteLooksAgain(t *testing.T) {
	f := newFolder(t)
	target := outfile.Target{Path: f.path("a.xlsx"), Kind: outfile.Report}
	must(t, outfile.Check([]outfile.Target{target}, f.inputs()))
	err := write(target, func(w io.Writer) error {
		f.write("a.xlsx", []byte("somebody's own"))
		return workbook(w, outfile.Report, "paie")
	})
	if r, ok := errors.AsType[*outfile.Refused](err); !ok || r.Reason != outfile.NotOurs {
		t.Errorf("Write: %v", err)
	}
	if got := f.content(); got[target.Path] != "somebody's own" || len(got) != 3 {
		t.Errorf("the folder holds %d files, and the target %q", len(got), got[target.Path])
	}
}

// A target that is a link stays one: the file that it leads to is replaced.
func TestWriteThroughALink(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege there")
	}
	f := newFolder(t)
	must(t, os.Mkdir(f.path("sub"), 0o700))
	f.write(filepath.Join("sub", "real.xlsx"), nil)
	must(t, os.Symlink(filepath.Join("sub", "real.xlsx"), f.path("a.xlsx")))
	must(t, write(outfile.Target{Path: f.path("a.xlsx"), Kind: outfile.Report}, func(w io.Writer) error { return workbook(w, outfile.Report, "") }))
	info, err := os.Lstat(f.path("a.xlsx"))
	must(t, err)
	real, err := os.Stat(f.path(filepath.Join("sub", "real.xlsx")))
	if must(t, err); info.Mode()&fs.ModeSymlink == 0 || real.Size() == 0 {
		t.Errorf("the link has mode %v, the file %d bytes", info.Mode(), real.Size())
	}
}

// Every refusal says which file it is, what is wrong, and what to do.
func TestWords(t *testing.T) {
	target := outfile.Target{Path: "paie.xlsx", Kind: outfile.Report, Batch: "paie"}
	for _, r := range []outfile.Refused{
		{Reason: outfile.IsInput, Role: outfile.Payroll}, {Reason: outfile.IsTwice, As: outfile.Log}, {Reason: outfile.ReservedName}, {Reason: outfile.WrongName},
		{Reason: outfile.IsFolder}, {Reason: outfile.NoFolder}, {Reason: outfile.NotOrdinary}, {Reason: outfile.HoldsOther, Holds: outfile.Log},
		{Reason: outfile.OfOtherBatch, Of: "oct"}, {Reason: outfile.WasChanged}, {Reason: outfile.NotOurs}, {Reason: outfile.ExistsAlready},
	} {
		r.Target = target
		what, todo, ok := strings.Cut(r.Error(), ": ")
		if !ok || !strings.HasPrefix(what, "paie.xlsx ") || todo == "" || strings.Contains(r.Error(), "  ") {
			t.Errorf("%s: %q", r.Reason, r.Error())
		}
	}
	for _, kind := range kinds {
		if kind.String() == "" {
			t.Errorf("%q has no words", string(kind))
		}
	}
}
