package publish

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"flexybatch/internal/exposition"
)

// Requests are the figures of a server: how many requests were answered how, and how
// long that took, and how logins ended. Names and labels are stable.
type Requests struct {
	mu       sync.Mutex
	answered map[answer]int
	seconds  map[string]*exposition.Distribution // by method
	logins   map[string]int                      // by outcome
}

// answer is how a request was answered.
type answer struct {
	method, pattern string
	status          int
}

// NewRequests makes figures that begin at nought.
func NewRequests() *Requests {
	return &Requests{answered: map[answer]int{}, seconds: map[string]*exposition.Distribution{}, logins: map[string]int{}}
}

// methods are those that have a label of their own; a client may send any word.
var methods = map[string]bool{http.MethodGet: true, http.MethodPost: true, http.MethodHead: true}

// Answered counts a request.
func (r *Requests) Answered(method, pattern string, status int, took time.Duration) {
	if !methods[method] {
		method = "other"
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answered[answer{method, pattern, status}]++
	if r.seconds[method] == nil {
		r.seconds[method] = &exposition.Distribution{Bounds: []float64{.005, .025, .1, .5, 2.5, 10}}
	}
	r.seconds[method].Add(took.Seconds())
}

// LoggedIn counts a try to log in.
func (r *Requests) LoggedIn(outcome string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.logins[outcome]++
}

// Handler serves the figures in Prometheus's format, with those of the batches that are
// under way.
func (r *Requests) Handler(batches func() []Figures) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		all := r.families()
		for _, f := range batches() {
			all = append(all, f.families()...)
		}
		w.Header().Set("Content-Type", exposition.ContentType)
		_ = exposition.Write(w, all) // else whoever asked has gone
	})
}

// families are the figures as Prometheus has them.
func (r *Requests) families() []exposition.Family {
	answered := exposition.Family{Name: "flexybatch_http_requests_total", Type: exposition.Counter,
		Help: "Requests that were answered, by method, pattern of the address, and status."}
	seconds := exposition.Family{Name: "flexybatch_http_request_seconds", Type: exposition.Histogram, Help: "How long requests took, by method."}
	logins := exposition.Family{Name: "flexybatch_logins_total", Type: exposition.Counter, Help: "Tries to log in, by how they ended."}
	r.mu.Lock()
	defer r.mu.Unlock()
	for a, n := range r.answered {
		labels := exposition.Labels{"method": a.method, "pattern": a.pattern, "status": strconv.Itoa(a.status)}
		answered.Samples = append(answered.Samples, exposition.Sample{Labels: labels, Value: float64(n)})
	}
	for method, took := range r.seconds {
		seconds.Samples = append(seconds.Samples, took.Samples(exposition.Labels{"method": method})...)
	}
	for outcome, n := range r.logins {
		logins.Samples = append(logins.Samples, exposition.Sample{Labels: exposition.Labels{"outcome": outcome}, Value: float64(n)})
	}
	return []exposition.Family{answered, seconds, logins}
}
