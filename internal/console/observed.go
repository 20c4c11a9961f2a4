package console

import (
	"crypto/rand"
	"log/slog"
	"net/http"
	"time"
)

// newID is the id of a request.
func newID() string { return rand.Text()[:16] }

// answering is a response that remembers its status.
type answering struct {
	http.ResponseWriter
	status  int
	pattern string // of the address; empty: it has none
}

// WriteHeader writes the status.
func (a *answering) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write writes some of the body.
func (a *answering) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return a.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController, which flushes the live view.
func (a *answering) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// watch begins to watch a request, and returns what ends that.
func (o *officeServer) watch(r *http.Request, v *visit, out *answering) (done func()) {
	began := time.Now()
	return func() {
		took := time.Since(began)
		o.figures.Answered(r.Method, out.pattern, out.status, took)
		if o.Log == nil {
			return
		}
		o.Log.LogAttrs(r.Context(), slog.LevelInfo, "request",
			slog.String("id", v.id), slog.String("method", r.Method), slog.String("pattern", out.pattern), slog.Int("status", out.status),
			slog.Int64("ms", took.Milliseconds()), slog.String("person", v.person.Name), slog.String("client", v.client.String()))
	}
}

// logged writes the access log of a console of one person, and tells that of an office
// the pattern of the address. Neither has a value of the address, so that nothing of a
// person stands in it.
func (k *Console) logged(next http.Handler) http.Handler {
	if k.office == nil && k.config.Quiet == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r)
		if out, ok := w.(*answering); ok {
			out.pattern = r.Pattern
		}
		if k.config.Quiet != nil {
			k.config.Quiet.Info("request", "method", r.Method, "pattern", r.Pattern)
		}
	})
}
