package register

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"flexybatch/batch"
	"flexybatch/journal"
)

// noterEnv makes this test binary note that many batches in the folder instead.
const noterEnv = "FLEXYBATCH_TEST_REGISTER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(noterEnv); dir != "" {
		if err := noteMany(dir, fmt.Sprint("process ", os.Getpid())); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

const manyNotes = 200

// noteMany notes batches of one name, each at another path.
func noteMany(dir, name string) error {
	r, err := Open(dir)
	for i := 0; err == nil && i < manyNotes; i++ {
		err = r.Note(Entry{Journal: filepath.Join(dir, fmt.Sprint(name, i)), Batch: name, Account: acme})
	}
	return err
}

var acme = batch.Account{Host: "api.oneclickdz.com", Username: "acme", Type: batch.Production}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T) *Register {
	t.Helper()
	r, err := Open(filepath.Join(t.TempDir(), "state", "flexybatch"))
	must(t, err)
	return r
}

// begun begins a batch of one row, and notes it.
func begun(t *testing.T, r *Register, path string, account batch.Account) Entry {
	t.Helper()
	books, err := batch.OpenBooks(journal.Disk{}, path)
	must(t, err)
	name := strings.TrimSuffix(filepath.Base(path), ".journal")
	row := batch.Row{Number: 2, Topup: batch.Topup{Phone: "0660000001", Plan: "P", Amount: 100}, Ref: batch.Ref(name)}
	must(t, books.Begin(batch.BatchRecord{Name: name, SHA256: "ab", Account: account}, []batch.Row{row}))
	must(t, books.Close())
	e := Entry{Journal: path, Batch: name, Account: account, SHA256: "ab"}
	must(t, r.Note(e))
	return e
}

func entries(t *testing.T, r *Register) []Entry {
	t.Helper()
	list, damaged, err := r.Entries(t.Context())
	must(t, err)
	if damaged > 0 {
		t.Errorf("%d lines are damaged", damaged)
	}
	return list
}

// names lists the batches, with a question mark where the journal is missing.
func names(list []Entry) (all []string) {
	for _, e := range list {
		if e.Missing {
			e.Batch += "?"
		}
		all = append(all, e.Batch)
	}
	return all
}

func TestNewestFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, dir := open(t), t.TempDir()
		if list := entries(t, r); list != nil {
			t.Errorf("%v", list)
		}
		start := time.Now().UTC()
		september := begun(t, r, filepath.Join(dir, "september.journal"), acme)
		time.Sleep(time.Hour)
		begun(t, r, filepath.Join(dir, "october.journal"), acme)
		time.Sleep(time.Hour)
		september.SHA256 = "cd" // its file was corrected
		must(t, r.Note(september))
		list := entries(t, r)
		if got := names(list); !slices.Equal(got, []string{"october", "september"}) {
			t.Fatalf("%q", got)
		}
		last := list[1]
		if last.Journal != resolved(september.Journal) || last.SHA256 != "cd" || last.Account != acme ||
			!last.FirstSeen.Equal(start) || !last.LastRun.Equal(start.Add(2*time.Hour)) {
			t.Errorf("%+v", last)
		}
	})
}

func TestSimulatedRunsAreNotEntered(t *testing.T) {
	r := open(t)
	simulated := acme
	simulated.Type = batch.Simulated
	begun(t, r, filepath.Join(t.TempDir(), "a.journal"), simulated)
	if list := entries(t, r); list != nil {
		t.Errorf("%v", list)
	}
	if _, err := os.Stat(filepath.Dir(r.path)); !os.IsNotExist(err) {
		t.Error("opening the register, or a simulated run, made its folder")
	}
}

func TestOnlyTheOwnerMayRead(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("files have access lists here")
	}
	r := open(t)
	begun(t, r, filepath.Join(t.TempDir(), "a.journal"), acme)
	for path, want := range map[string]os.FileMode{r.path: 0o600, filepath.Dir(r.path): 0o700} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has the mode %v: %v", path, info.Mode(), err)
		}
	}
}

// Journals are moved, archived, replaced, copied and reached by links.
func TestWhereJournalsAre(t *testing.T) {
	r, dir := open(t), t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name+".journal") }
	e := begun(t, r, path("moved"), acme)
	must(t, os.Rename(path("moved"), path("elsewhere")))
	if got := names(entries(t, r)); !slices.Equal(got, []string{"moved?"}) {
		t.Errorf("moved: %q", got)
	}
	e.Journal = path("elsewhere")
	must(t, r.Note(e))
	if list := entries(t, r); len(list) != 1 || list[0].Missing || list[0].Journal != resolved(path("elsewhere")) {
		t.Errorf("run again where it is now: %+v", list)
	}
	must(t, os.Rename(path("elsewhere"), path("moved")))
	if list := entries(t, r); len(list) != 1 || list[0].Missing || list[0].Journal != resolved(path("moved")) {
		t.Errorf("moved back: %+v", list)
	}

	// Next month's journal has the path of this month's, which was archived.
	begun(t, r, path("payroll"), acme)
	must(t, os.Rename(path("payroll"), filepath.Join(dir, "payroll-october")))
	begun(t, r, path("payroll"), acme)
	if got := names(entries(t, r)); !slices.Equal(got, []string{"payroll", "payroll?", "moved"}) {
		t.Errorf("replaced: %q", got)
	}

	link := path("link")
	if err := os.Symlink(path("payroll"), link); err != nil {
		t.Logf("no links here: %v", err)
		return
	}
	must(t, r.Note(Entry{Journal: link, Batch: "payroll", Account: acme}))
	if list := entries(t, r); len(list) != 3 || list[0].Journal != resolved(path("payroll")) {
		t.Errorf("by a link: %+v", list)
	}
}

func TestPathsAreAnyBytes(t *testing.T) {
	r, dir := open(t), t.TempDir()
	path := filepath.Join(dir, "pay\xe9 \"1\"\n.journal")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Skipf("not here: %v", err)
	}
	must(t, r.Note(Entry{Journal: path, Batch: "b", Account: acme}))
	if list := entries(t, r); len(list) != 1 || list[0].Journal != resolved(path) || list[0].Missing {
		t.Errorf("%+v", list)
	}
}

// Damaged lines cost themselves and no others, and a torn last line does not spoil
// the next.
func TestDamagedLines(t *testing.T) {
	r, dir := open(t), t.TempDir()
	begun(t, r, filepath.Join(dir, "a.journal"), acme)
	good, err := os.ReadFile(r.path)
	must(t, err)
	rest := `{"at":"2026-11-01T00:00:00Z","journal":`
	damage := []string{
		"not a line", "{}", "null", "[]", rest + `"relative/path"}`, rest + `7}`, rest + `"/x","at":7}`, string(good[:len(good)/2]),
		strings.Repeat("x", 3*maxLine), "\x00\x00\x00", rest + `"/x","type":"SIMULATED"}`,
	}
	text := strings.Join(damage, "\n") + "\n\n\r\n" + string(good)
	must(t, os.WriteFile(r.path, []byte(text), 0o600))
	list, damaged, err := r.Entries(t.Context())
	must(t, err)
	if damaged != len(damage) || !slices.Equal(names(list), []string{"a"}) {
		t.Errorf("%d of %d lines are damaged, and %v are left", damaged, len(damage), names(list))
	}

	for cut := range good {
		must(t, os.WriteFile(r.path, append(bytes.Clone(good), good[:cut]...), 0o600))
		begun(t, r, filepath.Join(dir, fmt.Sprint("b", cut, ".journal")), acme)
		list, damaged, err := r.Entries(t.Context())
		must(t, err)
		if cut == len(good)-1 && damaged == 0 { // all but the line break
			damaged = 1
		}
		if len(list) != 2 || list[1].Batch != "a" || damaged != min(cut, 1) {
			t.Fatalf("cut at byte %d: %v, %d damaged", cut, names(list), damaged)
		}
	}
}

// Many processes and goroutines note at once, and no line is lost or torn.
func TestProcessesAtOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	r := open(t)
	dir := filepath.Dir(r.path)
	const processes, goroutines = 3, 2
	self, err := os.Executable()
	must(t, err)
	var all sync.WaitGroup
	for range processes {
		all.Go(func() {
			cmd := exec.Command(self)
			cmd.Env = append(os.Environ(), noterEnv+"="+dir)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	for i := range goroutines {
		all.Go(func() {
			if err := noteMany(dir, fmt.Sprint("goroutine ", i, " ")); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := len(entries(t, r)); n != (processes+goroutines)*manyNotes {
		t.Errorf("%d of %d notes are in the register", n, (processes+goroutines)*manyNotes)
	}
}

func TestPrevious(t *testing.T) {
	r, dir := open(t), t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name+".journal") }
	previous := func(current string, fits func(Entry, batch.BatchRecord) bool) string {
		t.Helper()
		e, ok, err := r.Previous(t.Context(), acme, path(current), fits)
		must(t, err)
		if ok != (e.Journal != "") {
			t.Errorf("%t: %+v", ok, e)
		}
		return e.Batch
	}
	if got := previous("november", nil); got != "" {
		t.Errorf("there is %q before the first", got)
	}
	sandbox, other := acme, acme
	sandbox.Type, other.Username = batch.Sandbox, "other"
	begun(t, r, path("september"), acme)
	october := begun(t, r, path("october"), acme)
	begun(t, r, path("october-r1"), acme)
	begun(t, r, path("trial"), sandbox)
	begun(t, r, path("others"), other)
	begun(t, r, path("archived"), acme)
	must(t, os.Remove(path("archived")))
	begun(t, r, path("ruined"), acme)
	b, err := os.ReadFile(path("ruined"))
	must(t, err)
	second := bytes.IndexByte(b, '\n') + 1
	must(t, os.WriteFile(path("ruined"), append(b[:second:second], "nonsense\n"...), 0o600))
	must(t, r.Note(october)) // it is settled once more

	whole := func(_ Entry, head batch.BatchRecord) bool { return !strings.HasSuffix(head.Name, "-r1") }
	for _, x := range []struct {
		current string
		fits    func(Entry, batch.BatchRecord) bool
		want    string
	}{
		{"november", nil, "october-r1"}, {"november", whole, "october"}, {"october", whole, "september"}, {"september", whole, ""},
		{"october-r1", nil, "october"},
	} {
		if got := previous(x.current, x.fits); got != x.want {
			t.Errorf("before %s there is %q, want %q", x.current, got, x.want)
		}
	}
}

func TestCancelled(t *testing.T) {
	r := open(t)
	begun(t, r, filepath.Join(t.TempDir(), "a.journal"), acme)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := r.Entries(ctx); err == nil {
		t.Error("it went on")
	}
	if _, _, err := r.Previous(ctx, acme, "x", nil); err == nil {
		t.Error("it went on")
	}
}

func TestFolder(t *testing.T) {
	absolute, err := filepath.Abs("state")
	must(t, err)
	for _, x := range []struct {
		goos, variable, value, want string
	}{
		{"linux", "HOME", "/home/amel", "/home/amel/.local/state/flexybatch"},
		{"linux", "XDG_STATE_HOME", absolute, absolute + "/flexybatch"},
		{"linux", "XDG_STATE_HOME", "relative", ""},
		{"linux", "", "", ""},
		{"freebsd", "HOME", "/home/amel", "/home/amel/.local/state/flexybatch"},
		{"darwin", "HOME", "/Users/amel", "/Users/amel/Library/Application Support/flexybatch"},
		{"darwin", "", "", ""},
		{"windows", "LocalAppData", "/Users/amel/AppData/Local", "/Users/amel/AppData/Local/flexybatch"},
		{"windows", "HOME", "/Users/amel", ""},
	} {
		getenv := func(v string) string {
			if v == x.variable {
				return x.value
			}
			return ""
		}
		got, err := folder(x.goos, getenv, func() (string, error) {
			if home := getenv("HOME"); home != "" {
				return home + "/Library/Application Support", nil
			}
			return "", errors.New("no home")
		})
		if filepath.ToSlash(got) != filepath.ToSlash(x.want) || (err == nil) != (x.want != "") {
			t.Errorf("%s, %s=%s: %q, %v", x.goos, x.variable, x.value, got, err)
		}
	}
}

// Whatever the file holds, reading it ends, and a line that is noted afterwards is
// found.
func FuzzEntries(f *testing.F) {
	f.Add([]byte(`{"at":"2026-11-01T00:00:00Z","journal":"/x/a.journal","batch":"a","host":"h","username":"u","type":"PRODUCTION","sha256":"ab"}` + "\n"))
	f.Add([]byte(`{"at":"2026-11-01T00:00:00Z","journal":"/x","id":"00"`))
	f.Add([]byte("\n\n{}\nnull\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		r := open(t)
		must(t, os.MkdirAll(filepath.Dir(r.path), 0o700))
		must(t, os.WriteFile(r.path, text, 0o600))
		before, damaged, err := r.Entries(t.Context())
		must(t, err)
		if lines := bytes.Count(text, []byte{'\n'}); len(before)+damaged > lines {
			t.Fatalf("%d entries and %d damaged lines of %d", len(before), damaged, lines)
		}
		own := filepath.Join(t.TempDir(), "own.journal")
		must(t, r.Note(Entry{Journal: own, Batch: "own", Account: acme}))
		after, _, err := r.Entries(t.Context())
		must(t, err)
		if !slices.ContainsFunc(after, func(e Entry) bool { return e.Journal == resolved(own) && e.Batch == "own" }) {
			t.Fatalf("the noted batch is not among %v", names(after))
		}
	})
}
