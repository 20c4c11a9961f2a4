package office

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/http"
	"time"

	"flexybatch/batch"
	"flexybatch/internal/exposition"
)

// Serve answers questions about the worker's health until ctx is done: /healthz while
// the process lives, /readyz while it could work, and /metrics for Prometheus. It tells
// no phone, no name and no key, and asks nobody who they are: listen where monitoring
// can reach it, and nobody else.
func (w *Worker) Serve(ctx context.Context, l net.Listener) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(rw http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprintln(rw, "alive") })
	mux.HandleFunc("GET /readyz", func(rw http.ResponseWriter, _ *http.Request) {
		if !w.ready() {
			rw.WriteHeader(http.StatusServiceUnavailable)
			_, _ = fmt.Fprintln(rw, "waiting")
			return
		}
		_, _ = fmt.Fprintln(rw, "ready")
	})
	mux.HandleFunc("GET /metrics", w.serveMetrics)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 10 * time.Second, MaxHeaderBytes: 16 << 10}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	err := server.Serve(l)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// readyFor is how long ago the database may have answered.
const readyFor = 15 * time.Second

// ready tells whether the worker could work now.
func (w *Worker) ready() bool {
	heard := time.Unix(w.figures.heard.Load(), 0)
	return (w.drain == nil || w.drain.Err() == nil) && time.Since(heard) < readyFor
}

// serveMetrics writes the figures in Prometheus's text format.
func (w *Worker) serveMetrics(rw http.ResponseWriter, r *http.Request) {
	rw.Header().Set("Content-Type", exposition.ContentType)
	_ = exposition.Write(rw, w.families(r.Context())) // else whoever asked has gone
}

// metrics collects figures of one account.
type metrics struct {
	labels   exposition.Labels
	families []exposition.Family
}

// put adds a figure, with a value for each value of its label.
func (m *metrics) put(name, help, label string, values map[string]float64) {
	family := exposition.Family{Name: "flexybatch_" + name, Help: help, Type: exposition.Gauge}
	for value, n := range values {
		labels := maps.Clone(m.labels)
		labels[label] = value
		family.Samples = append(family.Samples, exposition.Sample{Labels: labels, Value: n})
	}
	m.families = append(m.families, family)
}

// one adds a figure.
func (m *metrics) one(name, help string, value float64) {
	m.families = append(m.families, exposition.Family{Name: "flexybatch_" + name, Help: help, Type: exposition.Gauge,
		Samples: []exposition.Sample{{Labels: m.labels, Value: value}}})
}

// families are the worker's figures as Prometheus has them. Names and labels are stable.
func (w *Worker) families(ctx context.Context) []exposition.Family {
	m := metrics{labels: exposition.Labels{"account": w.Whose.Username, "host": w.Whose.Host}}
	m.one("worker_ready", "Whether the worker could work now.", truth(w.ready()))
	m.one("worker_takeovers", "Leases that the worker has claimed.", float64(w.figures.takeovers.Load()))
	m.one("worker_leases_lost", "Leases that the worker has lost, and not given back.", float64(w.figures.lost.Load()))
	m.one("worker_batches", "Batches that the worker has driven.", float64(w.figures.batches.Load()))
	m.one("worker_database_seen_time_seconds", "When the database answered last.", float64(w.figures.heard.Load()))
	w.mu.Lock()
	o := w.owner
	w.mu.Unlock()
	m.one("worker_owns", "Whether the worker owns the account.", truth(o != nil))
	if o != nil {
		m.ownerFigures(o)
	}
	if states, stopped, err := w.Database.states(ctx, w.account); err == nil {
		m.put("batches", "Batches of the account, by state.", "state", states)
		m.one("account_stopped", "Whether nothing is sent until a person resumes it.", truth(stopped))
	}
	return m.families
}

// ownerFigures adds the figures of the batch that is being driven.
func (m *metrics) ownerFigures(o *owner) {
	m.one("worker_epoch", "The epoch under which the worker owns the account.", float64(o.lease.epoch))
	m.one("worker_lease_sure", "Whether the lease is surely the worker's.", truth(o.lease.Sure() == nil))
	_, work := o.driving.look()
	if work == nil {
		return
	}
	t, p := work.Tally(), work.Progress()
	rows := map[string]float64{}
	for _, s := range batch.States {
		rows[s.String()] = float64(t.Of(s))
	}
	m.put("rows", "Rows of the batch that is being driven, by state.", "state", rows)
	m.one("in_flight", "Sends under way, from the intent to the answer that is written down.", float64(p.InFlight))
	m.one("budget_calls_per_minute", "API calls that may be made in a minute; 0 for no limit.", p.Rate)
	m.one("run_sends", "Sends that left in this run.", float64(p.Requests))
}

// states counts the account's batches.
func (d *Database) states(ctx context.Context, account int64) (states map[string]float64, stopped bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	if err := d.pool.QueryRow(ctx, "select stopped <> '' from account where id = $1", account).Scan(&stopped); err != nil {
		return nil, false, err
	}
	states = map[string]float64{}
	for _, s := range []string{Waiting, Running, Held, Paused, Stopped, Refused, Open, Done, Cancelled} {
		states[s] = 0
	}
	rows, err := d.pool.Query(ctx, "select state, count(*) from batch where account = $1 group by state", account)
	if err != nil {
		return nil, false, err
	}
	defer rows.Close()
	for rows.Next() {
		var state string
		var n float64
		if err := rows.Scan(&state, &n); err != nil {
			return nil, false, err
		}
		states[state] = n
	}
	return states, stopped, rows.Err()
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
