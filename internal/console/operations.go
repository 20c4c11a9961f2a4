package console

import (
	"context"
	"net/http"
	"time"

	"flexybatch/internal/publish"
)

// Operations is what the machines of an office ask: whether the console lives, whether
// it is ready for work, and its figures. It is served at an address of its own, where no
// person comes, and knows no login.
func (k *Console) Operations() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", k.ready)
	mux.Handle("GET /metrics", k.office.figures.Handler(k.figures))
	return mux
}

// readyPatience is how long the store may take to answer before the console is not
// ready.
const readyPatience = 2 * time.Second

// ready tells whether people can work: the store of people answers, the folder can be
// read, and the console is not about to end.
func (k *Console) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyPatience)
	defer cancel()
	_, err := k.office.People.People(ctx)
	if err == nil {
		_, err = k.config.Folder.Batches()
	}
	switch {
	case k.draining.Load():
		http.Error(w, "ending", http.StatusServiceUnavailable)
	case err != nil:
		k.log().Error("not ready", "error", err)
		http.Error(w, "not ready", http.StatusServiceUnavailable)
	default:
		_, _ = w.Write([]byte("ready\n"))
	}
}

// figures are those of the batches that are under way.
func (k *Console) figures() (list []publish.Figures) {
	for _, r := range k.runs.active() {
		s := r.look()
		list = append(list, publish.Figures{
			Batch: s.Batch, Started: s.Started, ExitCode: -1, Sent: s.Progress.Requests, InFlight: s.Progress.InFlight, Ledger: r.ledger(),
		})
	}
	return list
}
