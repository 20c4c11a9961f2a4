//go:build linux

package cli

import (
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

// valve is a way to a server that can be shut: silently, as a network does that loses
// all packets, or with refusals, as one does whose server has gone.
type valve struct {
	network, server string // where it leads
	listen          func(address string) (net.Listener, error)

	mu     sync.Mutex
	l      net.Listener
	silent chan struct{} // closed while what arrives is passed on
	shut   bool          // nothing listens
	conns  []net.Conn
	served sync.WaitGroup
}

// newValve opens a way to a server. listen makes the listener at its beginning.
func newValve(t *testing.T, listen func(address string) (net.Listener, error), address, network, server string) *valve {
	t.Helper()
	v := &valve{network: network, server: server, listen: listen, silent: make(chan struct{})}
	close(v.silent)
	v.begin(t, address)
	t.Cleanup(func() {
		v.open(t)
		v.refuse()
		v.served.Wait()
	})
	return v
}

// onLoopback listens as all others do.
func onLoopback(address string) (net.Listener, error) { return net.Listen("tcp", address) }

// address is where the way begins.
func (v *valve) address() string { return v.l.Addr().String() }

func (v *valve) begin(t *testing.T, address string) {
	l, err := v.listen(address)
	if err != nil {
		t.Fatal(err)
	}
	v.l, v.shut = l, false
	v.served.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			v.served.Go(func() { v.connect(c) })
		}
	})
}

// connect leads one connection to the server.
func (v *valve) connect(c net.Conn) {
	defer c.Close()
	<-v.way()
	s, err := net.Dial(v.network, v.server)
	if err != nil {
		return
	}
	defer s.Close()
	v.mu.Lock()
	v.conns = append(v.conns, c, s)
	v.mu.Unlock()
	v.served.Go(func() { v.pass(s, c) })
	v.pass(c, s)
}

// pass passes on what arrives, until one side ends.
func (v *valve) pass(to io.WriteCloser, from io.ReadCloser) {
	defer to.Close()
	defer from.Close()
	b := make([]byte, 32<<10)
	for {
		n, err := from.Read(b)
		if n > 0 {
			<-v.way()
			if _, err := to.Write(b[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// way is closed while what arrives is passed on.
func (v *valve) way() chan struct{} {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.silent
}

// silence stops passing anything on; connections stay, and new ones are accepted.
func (v *valve) silence() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.silent = make(chan struct{})
}

// refuse ends all connections, and refuses new ones.
func (v *valve) refuse() {
	v.mu.Lock()
	defer v.mu.Unlock()
	_ = v.l.Close() // it may be closed
	v.shut = true
	for _, c := range v.conns {
		_ = c.Close() // it may be closed
	}
	v.conns = nil
}

// open lets everything through again, also what was held back.
func (v *valve) open(t *testing.T) {
	v.mu.Lock()
	defer v.mu.Unlock()
	select {
	case <-v.silent:
	default:
		close(v.silent)
	}
	if v.shut {
		v.begin(t, v.l.Addr().String())
	}
}

// network is a network of its own, as a machine has that is shut off from the others. What
// a process in it reaches, it reaches through the valves in it.
type network struct{ asked chan func() }

// newNetwork makes a network. The test is skipped where that is not allowed.
func newNetwork(t *testing.T) *network {
	t.Helper()
	r, made, ended := &network{asked: make(chan func())}, make(chan error), make(chan struct{})
	go func() {
		defer close(ended)
		runtime.LockOSThread()
		back, err := alone()
		made <- err
		if err == nil {
			for f := range r.asked {
				f()
			}
		}
		// A thread that ended would take with it the processes that other tests have
		// started from it: the kernel kills them (Pdeathsig).
		if back() == nil {
			runtime.UnlockOSThread()
		}
	}()
	if err := <-made; err != nil {
		t.Skipf("SKIPPED FOR WANT OF A NETWORK OF ITS OWN: %v", err)
	}
	t.Cleanup(func() { close(r.asked); <-ended })
	return r
}

// alone takes the thread into a network in which there is a loopback and nothing else.
// What it returns takes it back.
func alone() (back func() error, err error) {
	was, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		return func() error { return nil }, err
	}
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return was.Close, err
	}
	return func() error { return errors.Join(unix.Setns(int(was.Fd()), unix.CLONE_NEWNET), was.Close()) }, loopback()
}

// loopback brings the network's loopback up.
func loopback() error {
	s, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err != nil {
		return err
	}
	defer unix.Close(s)
	up, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	up.SetUint16(unix.IFF_UP)
	return unix.IoctlIfreq(s, unix.SIOCSIFFLAGS, up)
}

// do does something in the network, such as to start a process, which then is in it.
func (r *network) do(f func() error) (err error) {
	done := make(chan struct{})
	r.asked <- func() { defer close(done); err = f() }
	<-done
	return err
}

// listen listens in the network.
func (r *network) listen(address string) (l net.Listener, err error) {
	return l, r.do(func() error { l, err = net.Listen("tcp", address); return err })
}
