package journal_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"flexybatch/journal"
	"flexybatch/journal/journaltest"

	"go.uber.org/goleak"
)

// holderEnv is a variable with a path. It makes this test binary hold the journal
// of that path open in place of running tests.
const holderEnv = "FLEXYBATCH_TEST_HOLD_JOURNAL"

func TestMain(m *testing.M) {
	if path := os.Getenv(holderEnv); path != "" {
		os.Exit(hold(path))
	}
	goleak.VerifyTestMain(m)
}

// hold opens the journal, says so, and keeps it open until its input ends.
func hold(path string) int {
	j, _, err := journal.Open(journal.Disk{}, path, func(journal.Entry) error { return nil })
	if err == nil {
		err = j.Append(at, rec(1))
	}
	fmt.Println("holding:", err)
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil || j == nil {
		return 1
	}
	return 0
}

// holder starts another process that holds the journal, and waits until it does.
// The process holds the journal until the input that is returned is closed.
func holder(t *testing.T, path string) (*exec.Cmd, io.Closer) {
	t.Helper()
	exe, err := os.Executable()
	must(t, err)
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), holderEnv+"="+path)
	in, err := cmd.StdinPipe()
	must(t, err)
	out, err := cmd.StdoutPipe()
	must(t, err, cmd.Start())
	said, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || said != "holding: <nil>\n" {
		t.Fatalf("the holder said %q, %v", said, err)
	}
	return cmd, in
}

// A journal that another process has open is refused, with the holder's name, and
// can be read. When the holder is killed, the journal is free.
func TestOneProcessAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "june.journal")
	cmd, in := holder(t, path)
	_, _, err := journal.Open(journal.Disk{}, path, collect(new([]string)))
	locked, ok := errors.AsType[*journal.Locked](err)
	if !ok || !strings.Contains(locked.Holder, fmt.Sprintf("process %d on ", cmd.Process.Pid)) {
		t.Errorf("a second process got: %v", err)
	}
	info, err := journal.Read(journal.Disk{}, path, collect(new([]string)))
	if err != nil || info.Records != 1 {
		t.Errorf("reading meanwhile: %+v, %v", info, err)
	}

	must(t, cmd.Process.Kill())
	if err := cmd.Wait(); err == nil {
		t.Error("the holder outlived SIGKILL")
	}
	in.Close() // Wait may have closed it
	var records []string
	j, cut, err := journal.Open(journal.Disk{}, path, collect(&records))
	if err != nil || cut != nil || len(records) != 1 {
		t.Fatalf("after the holder's death: %q, cut %v, %v", records, cut, err)
	}
	must(t, j.Append(at, rec(2)), j.Close())

	cmd, in = holder(t, path) // and the other way round: Close releases it
	must(t, in.Close(), cmd.Wait())
}

// A journal has people's phone numbers in it: only its owner may read it.
func TestFileModes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no such modes there")
	}
	path := filepath.Join(t.TempDir(), "june.journal")
	j, _, err := journal.Open(journal.Disk{}, path, collect(new([]string)))
	must(t, err, j.Append(at, rec(1)))
	mode(t, path+".lock")
	must(t, j.Close())
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	must(t, err)
	_, err = f.WriteString(`{"crc":"torn`)
	must(t, err, f.Close())
	j, cut, err := journal.Open(journal.Disk{}, path, collect(new([]string)))
	must(t, err, j.Close())
	mode(t, path)
	mode(t, cut.Kept)
}

// mode fails the test unless only its owner may read and write the file.
func mode(t *testing.T, file string) {
	t.Helper()
	info, err := os.Stat(file)
	must(t, err)
	if info.Mode() != 0o600 {
		t.Errorf("%s has mode %v, want -rw-------", filepath.Base(file), info.Mode())
	}
}

// The file that names the holder is only information: whoever removes or replaces it
// gets no lock by that. A file of that name that is something else is left as it is,
// and so is the file that a link of that name leads to.
func TestHolderFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "june.journal")
	cmd, in := holder(t, path)
	must(t, os.Remove(path+".lock"))
	refused := func(want string) {
		t.Helper()
		_, _, err := journal.Open(journal.Disk{}, path, collect(new([]string)))
		if locked, ok := errors.AsType[*journal.Locked](err); !ok || locked.Holder != want {
			t.Errorf("a second process got: %v", err)
		}
	}
	refused("another process")
	must(t, os.WriteFile(path+".lock", []byte("\x00process 7 on a machine, since yesterday"), 0o600)) // as earlier versions wrote it
	refused("process 7 on a machine, since yesterday")
	must(t, os.WriteFile(path+".lock", []byte("my notes"), 0o600))
	refused("another process")
	must(t, in.Close(), cmd.Wait())

	j, _, err := journal.Open(journal.Disk{}, path, collect(new([]string)))
	must(t, err, j.Close())
	if b, err := os.ReadFile(path + ".lock"); err != nil || string(b) != "my notes" {
		t.Errorf("somebody's file became %q, %v", b, err)
	}
	must(t, os.Remove(path+".lock"))
	if runtime.GOOS == "windows" {
		return // links need a privilege there
	}
	notes := filepath.Join(filepath.Dir(path), "notes")
	must(t, os.WriteFile(notes, nil, 0o600), os.Symlink(notes, path+".lock"))
	j, _, err = journal.Open(journal.Disk{}, path, collect(new([]string)))
	must(t, err, j.Close())
	if b, err := os.ReadFile(notes); err != nil || len(b) > 0 {
		t.Errorf("what a link leads to became %q, %v", b, err)
	}
}

// A process that was killed leaves its name beside the journal. The next one that
// closes the journal removes it.
func TestHolderFileOfADeadProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "june.journal")
	cmd, in := holder(t, path)
	must(t, cmd.Process.Kill())
	_ = cmd.Wait()
	in.Close() // Wait may have closed it
	if _, err := os.Stat(path + ".lock"); err != nil {
		t.Fatal(err)
	}
	j, _, err := journal.Open(journal.Disk{}, path, collect(new([]string)))
	must(t, err, j.Close())
	if _, err := os.Stat(path + ".lock"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("beside a closed journal: %v", err)
	}
}

// Two processes: the lock is on the journal, so a link that leads to it is refused.
func TestOneProcessWhateverTheName(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege there")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "june.journal")
	cmd, in := holder(t, path)
	hard, soft, folder := filepath.Join(dir, "hard.journal"), filepath.Join(dir, "soft.journal"), filepath.Join(dir, "folder")
	must(t, os.Link(path, hard), os.Symlink(path, soft), os.Symlink(dir, folder))
	for _, name := range []string{hard, soft, filepath.Join(folder, "june.journal")} {
		_, _, err := journal.Open(journal.Disk{}, name, collect(new([]string)))
		locked, ok := errors.AsType[*journal.Locked](err)
		if !ok || name != hard && !strings.Contains(locked.Holder, fmt.Sprintf("process %d on ", cmd.Process.Pid)) {
			t.Errorf("%s: %v", filepath.Base(name), err)
		}
	}
	must(t, in.Close(), cmd.Wait())
}

// A torn tail of a journal that is opened through a link is kept beside the journal
// itself.
func TestTailIsKeptBesideTheJournalItself(t *testing.T) {
	content, _ := written(t, 1, 2)
	disk := journaltest.NewDisk()
	disk.WriteFile("real/june.journal", content[:len(content)-300])
	must(t, disk.Symlink("real/june.journal", name))
	disk.Hook = func(op journaltest.Op) error {
		if op.Kind == journaltest.OpSyncDir && op.Name != "real" {
			t.Errorf("the folder %s was synced", op.Name)
		}
		return nil
	}
	j, _, cut := open(t, disk.Process("p"))
	if filepath.ToSlash(filepath.Dir(cut.Kept)) != "real" {
		t.Errorf("the tail is kept in %s", cut.Kept)
	}
	must(t, j.Close())
}

// The error for what cannot be opened is that of the system, and says it once.
func TestOpenError(t *testing.T) {
	dir := t.TempDir()
	must(t, os.Mkdir(filepath.Join(dir, "june.journal"), 0o700))
	_, _, err := journal.Open(journal.Disk{}, filepath.Join(dir, "june.journal"), collect(nil))
	if err == nil || errors.Is(err, os.ErrInvalid) || strings.Contains(err.Error(), "\n") {
		t.Errorf("opening a folder: %v", err)
	}
	if _, err := (journal.Disk{}).OpenFile(filepath.Join(dir, "none"), os.O_RDONLY, 0); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}
