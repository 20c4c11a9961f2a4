package simulator_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"flexybatch/batch/oneclick/simulator"
)

func TestServeEndsWithItsContext(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	sim := open(t, simulator.Config{Faults: only(simulator.FaultNoAnswer)})
	served := make(chan error, 1)
	go func() { served <- sim.Serve(ctx, l) }()
	a := api{t, sim, "http://" + l.Addr().String(), simulator.DefaultKey, &http.Client{Transport: &http.Transport{}}}
	a.get("/v3/ping").want(t, 200, "")
	answered := make(chan error, 1)
	go func() {
		_, err := a.try("POST", "/v3/mobile/send", order("PREPAID_DJEZZY", "0770000003", 500, "a"))
		answered <- err
	}()
	for sim.Balance() == simulator.DefaultBalance { // until the send waits for its answer
		a.get("/v3/ping")
	}
	cancel()
	if err := <-answered; err == nil {
		t.Error("what is never answered was answered")
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
	if _, err := net.Dial("tcp", l.Addr().String()); err == nil {
		t.Error("somebody still listens")
	}
	a.client.CloseIdleConnections()
}

func TestServeFinishesWhatIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := open(t, simulator.Config{Faults: only(simulator.FaultSlow), Slow: time.Hour})
		network := simulator.NewMemory()
		ctx, cancel := context.WithCancel(t.Context())
		served := make(chan error, 1)
		go func() { served <- sim.Serve(ctx, network) }()
		a := api{t, sim, "http://simulator", simulator.DefaultKey, &http.Client{Transport: &http.Transport{DialContext: network.DialContext}}}
		answer := make(chan reply, 1)
		go func() { answer <- a.send("PREPAID_DJEZZY", "0770000003", 500, "a") }()
		synctest.Wait()
		cancel() // the pause is cut short, the answer is not
		(<-answer).want(t, 200, "")
		if err := <-served; err != nil {
			t.Error(err)
		}
		a.client.CloseIdleConnections()
	})
}

func TestServeTellsABrokenListener(t *testing.T) {
	network := simulator.NewMemory()
	if err := network.Close(); err != nil {
		t.Fatal(err)
	}
	if err := open(t, simulator.Config{}).Serve(t.Context(), network); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}

func TestMemoryIsAListener(t *testing.T) {
	m := simulator.NewMemory()
	accepted := make(chan net.Conn, 1)
	go func() {
		c, err := m.Accept()
		if err != nil {
			t.Error(err)
		}
		accepted <- c
	}()
	c, err := m.DialContext(t.Context(), "tcp", "anywhere:80")
	if err != nil {
		t.Fatal(err)
	}
	theirs := <-accepted
	go func() { _, _ = c.Write([]byte("x")) }()
	if _, err := theirs.Read(make([]byte, 1)); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.DialContext(ctx, "tcp", "anywhere:80"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := errors.Join(m.Close(), m.Close(), c.Close(), theirs.Close()); err != nil {
		t.Error(err)
	}
	if _, err := m.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
	if _, err := m.DialContext(t.Context(), "tcp", "anywhere:80"); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}
