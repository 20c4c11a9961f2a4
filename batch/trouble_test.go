package batch_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"flexybatch/batch"
	"flexybatch/batch/oneclick"
	"flexybatch/batch/oneclick/simulator"
)

// A row that is answered 500 each time, and that no check finds, is sent a few
// times and no more, after pauses that grow; and the run ends when the time to wait
// is over, counted from the first send of the last row.
func TestARowIsSentAFewTimesOnly(t *testing.T) {
	for _, c := range []struct {
		name              string
		grace, wait, over time.Duration // the run must be over after so long
		least, most       int           // sends of the row
	}{
		{"a short wait", 10 * time.Second, 20 * time.Second, 30 * time.Second, 2, 2},
		{"a short grace period", 10 * time.Second, time.Hour, 10 * time.Minute, 5, 5},
		{"as it is by default", 2 * time.Minute, 10 * time.Minute, 11 * time.Minute, 4, 5},
		{"no wait", 2 * time.Minute, 0, time.Minute, 1, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			var mu sync.Mutex
			var sends []time.Time
			unlucky := ""
			front := func(w http.ResponseWriter, r *http.Request, nth int, next http.Handler) bool {
				if r.URL.Path != sendPath || refOf(r) != unlucky {
					return false
				}
				mu.Lock()
				defer mu.Unlock()
				sends = append(sends, time.Now())
				return say(w, 500, trouble)
			}
			behind(t, simulator.Config{}, scripted(front), func(w *world) {
				rows := makeRows(20)
				batch.Assign("october", rows, w.plans, batch.Limits{})
				unlucky = string(rows[3].Ref)
				begun := time.Now()
				_, tally := w.run(rows, func(e *batch.Engine) { e.ResendAfter, e.Wait, e.Rate = c.grace, c.wait, 0 })
				if took := time.Since(begun); took > c.over {
					t.Errorf("the run took %s", took)
				}
				if c.wait > 0 && tally.Of(batch.Fulfilled) != 19 {
					t.Errorf("%v", tally.States)
				}
				if len(sends) < c.least || len(sends) > c.most {
					t.Errorf("it was sent %d times, want %d to %d", len(sends), c.least, c.most)
				}
				for i := 2; i < len(sends); i++ {
					if before, after := sends[i-1].Sub(sends[i-2]), sends[i].Sub(sends[i-1]); after <= before {
						t.Errorf("the pauses do not grow: %s, then %s", before, after)
					}
				}
			})
		})
	}
}

// unplugged is a network that is down at times.
type unplugged struct {
	*simulator.Memory
	mu    sync.Mutex
	down  func() error // what a dial comes to while the network is down; nil: it works
	dials []time.Time  // while it was down
}

func (u *unplugged) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.down != nil {
		u.dials = append(u.dials, time.Now())
		return nil, u.down()
	}
	return u.Memory.DialContext(ctx, network, address)
}

// The network goes down in mid-run. The run tries again after pauses that grow, and
// goes on when the network is back; if it does not come back, the run stops and
// says so, after a while and a bounded number of tries.
func TestTheNetworkGoesDown(t *testing.T) {
	for name, back := range map[string]time.Duration{"for two minutes": 2 * time.Minute, "for ever": 0} {
		t.Run(name, func(t *testing.T) { unplug(t, back) })
	}
}

// unplug takes the network down in mid-run, until it is back; 0 means for ever.
func unplug(t *testing.T, back time.Duration) {
	t.Helper()
	inVirtualTime(t, simulator.Config{}, func(w *world) {
		u := &unplugged{Memory: simulator.NewMemory()}
		server := &http.Server{Handler: w.sim}
		server.SetKeepAlivesEnabled(false)
		served := make(chan error, 1)
		go func() { served <- server.Serve(u.Memory) }()
		client, err := oneclick.New(oneclick.Config{
			BaseURL: "http://localhost", Key: oneclick.NewKey(simulator.DefaultKey), Connections: 16, Dial: u.DialContext,
		})
		if err != nil {
			t.Fatal(err)
		}
		rows := makeRows(300)
		b := w.books(rows)
		e := w.engine(b)
		e.Provider, e.Rate, e.Log = client, 0, slog.New(slog.DiscardHandler)
		sent := 0
		b.Watch(func(c batch.Change) {
			if c.Row.State != batch.Pending {
				return
			}
			if sent++; sent == 100 {
				u.mu.Lock()
				u.down = func() error { return &net.OpError{Op: "dial", Err: errors.New("network is unreachable")} }
				u.mu.Unlock()
				if back > 0 {
					time.AfterFunc(back, func() { u.mu.Lock(); u.down = nil; u.mu.Unlock() })
				}
			}
		})
		begun := time.Now()
		res, err := e.Run(w.t.Context(), w.t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n := len(u.dials); n == 0 || n > 80 {
			t.Fatalf("%d tries", n)
		}
		within := 0
		for _, at := range u.dials {
			if at.Sub(u.dials[0]) < time.Second {
				within++
			}
		}
		if within > 10 {
			t.Errorf("%d tries within a second", within)
		}
		t.Logf("%d tries (%d in the first second) in %s, %v", len(u.dials), within, time.Since(begun), res.Stopped)
		switch tally := b.Tally(); {
		case back > 0 && (tally.Of(batch.Fulfilled) != 300 || res.Stopped != nil):
			t.Errorf("%v, stopped by %v", tally.States, res.Stopped)
		case back == 0 && (!errors.Is(res.Stopped, batch.ErrTrouble) || tally.Of(batch.Unsent) < 150):
			t.Errorf("%v, stopped by %v", tally.States, res.Stopped)
		case back == 0 && time.Since(begun) < 2*time.Minute:
			t.Errorf("it gave up after %s", time.Since(begun))
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		client.Close()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		<-served
	})
}

// Every answer is cut off in mid-run, as when a proxy restarts: the sends do not go
// on at full speed into it.
func TestConnectionsAreReset(t *testing.T) {
	var mu sync.Mutex
	var resets []time.Time
	sends := 0
	front := func(w http.ResponseWriter, r *http.Request, nth int, next http.Handler) bool {
		mu.Lock()
		if r.URL.Path == sendPath {
			sends++
		}
		cut := sends > 100 && (len(resets) == 0 || time.Since(resets[0]) < time.Minute)
		if cut {
			resets = append(resets, time.Now())
		}
		mu.Unlock()
		if cut {
			panic(http.ErrAbortHandler)
		}
		return false
	}
	behind(t, simulator.Config{Latency: 10 * time.Millisecond}, scripted(front), func(w *world) {
		rows := makeRows(300)
		res, tally := w.run(rows, func(e *batch.Engine) { e.Rate = 0 })
		if tally.Of(batch.Fulfilled) != 300 || res.Stopped != nil {
			t.Errorf("%v, stopped by %v", tally.States, res.Stopped)
		}
		if n := len(resets); n > 35 {
			t.Errorf("%d calls in a minute in which every connection was reset", n)
		}
		t.Logf("%d calls were cut off", len(resets))
	})
}
