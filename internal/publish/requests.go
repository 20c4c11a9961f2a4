package publish

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	dto "github.com/prometheus/client_model/go"
)

// Requests are the figures of a server: how many requests were answered how, and how
// long that took, and how logins ended. Names and labels are stable.
type Requests struct {
	registry *prometheus.Registry
	answered *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	logins   *prometheus.CounterVec
}

// NewRequests makes figures that begin at nought.
func NewRequests() *Requests {
	r := &Requests{registry: prometheus.NewRegistry()}
	put := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "flexybatch_" + name, Help: help}, labels)
	}
	r.answered = put("http_requests_total", "Requests that were answered, by method, pattern of the address, and status.", "method", "pattern", "status")
	r.logins = put("logins_total", "Tries to log in, by how they ended.", "outcome")
	one := func(name, help string, labels ...string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "flexybatch_" + name, Help: help, Buckets: []float64{.005, .025, .1, .5, 2.5, 10}}, labels)
	}
	r.seconds = one("http_request_seconds", "How long requests took, by method.", "method")
	r.registry.MustRegister(r.answered, r.seconds, r.logins)
	return r
}

// methods are those that have a label of their own; a client may send any word.
var methods = map[string]bool{http.MethodGet: true, http.MethodPost: true, http.MethodHead: true}

// Answered counts a request.
func (r *Requests) Answered(method, pattern string, status int, took time.Duration) {
	if !methods[method] {
		method = "other"
	}
	r.answered.WithLabelValues(method, pattern, strconv.Itoa(status)).Inc()
	r.seconds.WithLabelValues(method).Observe(took.Seconds())
}

// LoggedIn counts a try to log in.
func (r *Requests) LoggedIn(outcome string) { r.logins.WithLabelValues(outcome).Inc() }

// Handler serves the figures in Prometheus's format, with those of the batches that are
// under way.
func (r *Requests) Handler(batches func() []Figures) http.Handler {
	all := prometheus.GathererFunc(func() ([]*dto.MetricFamily, error) {
		from := prometheus.Gatherers{r.registry}
		for _, f := range batches() {
			from = append(from, f.registry())
		}
		return from.Gather()
	})
	return promhttp.HandlerFor(all, promhttp.HandlerOpts{})
}
