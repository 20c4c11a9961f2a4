//go:build linux

package officetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Server is a PostgreSQL server of its own.
type Server struct {
	dir string // of its files and its socket
	bin string // of PostgreSQL's programs

	mu   sync.Mutex
	cmd  *exec.Cmd // nil: it does not run
	gone chan struct{}

	databases int
}

// Required tells whether tests must not be skipped for want of PostgreSQL.
func Required() bool { return os.Getenv("POSTGRES_REQUIRED") != "" }

// programs is the folder of the newest PostgreSQL's programs; empty: there is none.
func programs() string {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // the pattern is right
	if len(found) == 0 {
		return ""
	}
	slices.Sort(found)
	return filepath.Dir(found[len(found)-1])
}

// Start makes a server for a test that kills it. The test is skipped where there is no
// PostgreSQL, unless POSTGRES_REQUIRED is set.
func Start(t testing.TB) *Server {
	t.Helper()
	need(t)
	s, err := start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.remove(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// need skips the test where there is no PostgreSQL.
func need(t testing.TB) {
	t.Helper()
	switch {
	case programs() != "":
	case Required():
		t.Fatal("there is no PostgreSQL, and POSTGRES_REQUIRED is set")
	default:
		t.Skip("SKIPPED FOR WANT OF POSTGRESQL: apt-get install postgresql")
	}
}

// start makes a server and starts it.
func start() (s *Server, err error) {
	s = &Server{bin: programs()}
	if s.dir, err = os.MkdirTemp("", "pg"); err != nil {
		return nil, err
	}
	if err = s.init(); err == nil {
		err = s.Begin()
	}
	if err != nil {
		return nil, errors.Join(err, s.remove())
	}
	return s, nil
}

// remove ends the server, and removes its files.
func (s *Server) remove() error {
	s.Kill()
	return os.RemoveAll(s.dir)
}

// Shared is a server that the tests of a package have together. It is started when it
// is needed first; Main ends it.
type Shared struct {
	once   sync.Once
	server *Server
	err    error
}

// Database makes a new, empty database on the server and returns its address.
func (s *Shared) Database(t testing.TB) string {
	t.Helper()
	need(t)
	s.once.Do(func() { s.server, s.err = start() })
	if s.err != nil {
		t.Fatal(s.err)
	}
	return s.server.Database(t)
}

// Main runs the tests of a package, and ends the server. Its result is for os.Exit.
func (s *Shared) Main(m *testing.M) int {
	code := m.Run()
	if s.server != nil {
		if err := s.server.remove(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	return code
}

// init makes the server's files.
func (s *Server) init() error {
	if as := unprivileged(); as != nil {
		if err := os.Chown(s.dir, int(as.Uid), int(as.Gid)); err != nil {
			return err
		}
	}
	out, err := s.program("initdb", "-D", s.data(), "-U", "flexybatch", "-A", "trust", "-k", "-N", "--locale=C.UTF-8", "-E", "UTF8").CombinedOutput()
	if err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return nil
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

// program is one of PostgreSQL's programs. It refuses to be run by root.
func (s *Server) program(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir = s.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: unprivileged(), Pdeathsig: syscall.SIGQUIT}
	return cmd
}

// unprivileged is the user postgres, for a test that is run by root.
func unprivileged() *syscall.Credential {
	if os.Getuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil
	}
	uid, _ := strconv.ParseUint(u.Uid, 10, 32) // numbers, on Linux
	gid, _ := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

// Begin starts the server, and waits until it answers.
func (s *Server) Begin() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	gone, started := make(chan struct{}), make(chan error, 1)
	cmd := s.program("postgres", "-D", s.data(), "-k", s.dir, "-c", "listen_addresses=", "-c", "shared_buffers=32MB", "-c", "max_connections=60")
	go func() { // the kernel ends the server with the thread that has started it
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(gone)
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // it was killed, mostly
		}
	}()
	if err := <-started; err != nil {
		return err
	}
	s.cmd, s.gone = cmd, gone
	return s.await(30 * time.Second)
}

// await waits until the server answers.
func (s *Server) await(patience time.Duration) error {
	deadline := time.Now().Add(patience)
	for {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		conn, err := pgx.Connect(ctx, s.Address("postgres"))
		if err == nil {
			err = conn.Close(ctx)
		}
		cancel()
		if err == nil || time.Now().After(deadline) {
			return err
		}
		select {
		case <-s.gone:
			return fmt.Errorf("the server ended: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Kill kills the server and all its processes, as a crash of the machine does. What it
// has confirmed is on disk.
func (s *Server) Kill() { s.end(syscall.SIGKILL) }

// Stop stops the server at once ("immediate"), without a checkpoint.
func (s *Server) Stop() { s.end(syscall.SIGQUIT) }

func (s *Server) end(how syscall.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil {
		return
	}
	backends := children(s.cmd.Process.Pid)
	_ = s.cmd.Process.Signal(how) // it may have ended
	if how == syscall.SIGKILL {   // which lets its backends go on
		for _, pid := range backends {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
	<-s.gone
	s.cmd = nil
}

// children are the processes that a process has started.
func children(pid int) (list []int) {
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid)) // the pattern is right
	for _, task := range tasks {
		b, _ := os.ReadFile(task) // it may have ended
		for _, word := range strings.Fields(string(b)) {
			if child, err := strconv.Atoi(word); err == nil {
				list = append(list, child)
			}
		}
	}
	return list
}

// Dir is the folder of the server's socket.
func (s *Server) Dir() string { return s.dir }

// Address is that of a database of the server.
func (s *Server) Address(database string) string {
	return fmt.Sprintf("postgres://flexybatch@/%s?host=%s", database, s.dir)
}

// Database makes a new, empty database and returns its address.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	s.mu.Lock()
	s.databases++
	name := fmt.Sprintf("office%d", s.databases)
	s.mu.Unlock()
	Exec(t, s.Address("postgres"), "create database "+name)
	return s.Address(name)
}

// Dump is a database as pg_dump writes it.
func (s *Server) Dump(t testing.TB, address string) []byte {
	t.Helper()
	dump, err := s.program("pg_dump", address).Output()
	if err != nil {
		t.Fatalf("pg_dump: %v", err)
	}
	return dump
}

// Restore makes a new database of a dump, and returns its address.
func (s *Server) Restore(t testing.TB, dump []byte) string {
	t.Helper()
	address := s.Database(t)
	cmd := s.program("psql", "-q", "-v", "ON_ERROR_STOP=1", address)
	cmd.Stdin = bytes.NewReader(dump)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("psql: %v\n%s", err, out)
	}
	return address
}

// Save copies the files of the server, which must not run.
func (s *Server) Save(t testing.TB) { s.copy(t, s.data(), s.data()+".saved") }

// PutBack puts the files that were saved in the place of the server's, which must not
// run.
func (s *Server) PutBack(t testing.TB) { s.copy(t, s.data()+".saved", s.data()) }

func (s *Server) copy(t testing.TB, from, to string) {
	t.Helper()
	if err := os.RemoveAll(to); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("cp", "-a", from, to).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// Exec executes a statement in a database.
func Exec(t testing.TB, address, sql string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, address)
	if err == nil {
		_, err = conn.Exec(ctx, sql)
		_ = conn.Close(ctx)
	}
	if err != nil {
		t.Fatal(err)
	}
}
