package simulator

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"
)

// lastCalls is how long Serve waits for the calls under way when it ends.
const lastCalls = 5 * time.Second

// Serve answers calls on a listener until ctx is done. Then it finishes the calls
// under way, closes the listener and returns nil. Any other end is an error.
func (s *Simulator) Serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 10 * time.Second,
		// A fault that waits for the client to leave must end with ctx.
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
