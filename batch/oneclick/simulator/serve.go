package simulator

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"
)

// lastCalls is how long Serve waits for calls under way when it is told to end.
const lastCalls = 5 * time.Second

// Serve answers calls on a listener until ctx is done, then finishes what is
// under way, closes the listener and returns nil. Any other end is an error.
func (s *Simulator) Serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 10 * time.Second,
		// Faults that wait for the client to leave must not keep us.
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastCalls)
	defer cancel()
	err := server.Shutdown(patience)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close()
	}
	if served := <-done; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
