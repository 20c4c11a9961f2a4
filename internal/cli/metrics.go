package cli

import (
	"maps"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"flexybatch/batch"
)

// often is how often the metrics are written while a batch is under way:
// Prometheus asks once a minute, by default.
const often = 15 * time.Second

// writeMetrics writes how the batch stands to --metrics-file, in Prometheus's
// text format, for the textfile collector of node_exporter: at the beginning,
// now and then, and at the end. The file is readable by everybody, as that needs
// it, and is replaced whole. Names and labels are stable. progress is the engine's;
// code is the exit code, where the run has ended.
func (r *runner) writeMetrics(progress batch.Progress, code *int) error {
	if !r.measured {
		return nil
	}
	all := prometheus.NewRegistry()
	put := func(name, label, help string, values map[string]float64) {
		labels := []string{label}
		if label == "" {
			labels = nil
		}
		g := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "flexybatch_" + name, Help: help, ConstLabels: prometheus.Labels{"batch": r.name}}, labels)
		all.MustRegister(g)
		for _, k := range slices.Sorted(maps.Keys(values)) {
			g.WithLabelValues([]string{k}[:len(labels)]...).Set(values[k])
		}
	}
	one := func(name, help string, value float64) { put(name, "", help, map[string]float64{"": value}) }
	seconds := func(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

	now, ended, exit := time.Now(), 0.0, -1
	if code != nil {
		ended, exit = seconds(now), *code
	}
	one("run_start_time_seconds", "When the last run of the batch began.", seconds(r.started))
	one("run_end_time_seconds", "When the last run of the batch ended; 0 while it works.", ended)
	one("run_exit_code", "Exit code of the last run; -1 while it works.", float64(exit))
	one("run_seen_time_seconds", "When these figures were written.", seconds(now))
	one("run_sends", "Sends that left in the last run.", float64(progress.Sent))
	one("in_flight", "Sends under way, from the intent to the answer that is on disk.", float64(progress.InFlight))
	one("budget_calls_per_minute", "API calls that may be made in a minute, as the provider lets them; 0 for no limit.", progress.Rate)
	if r.provider != nil {
		one("run_api_calls", "API calls of the last run.", float64(r.provider.Calls()))
	}
	if r.books != nil && r.books.Sealed() {
		t := r.books.Tally()
		states := map[string]float64{}
		for _, s := range batch.States {
			states[s.String()] = float64(t.Of(s))
		}
		put("rows", "state", "Rows of the batch, by state.", states)
		put("dinars", "kind", "Dinars of the batch: requested (face value), cost (by the catalogue), charged and refunded (by the provider).", map[string]float64{
			"requested": dinars(t.Requested), "cost": dinars(t.Cost), "charged": dinars(t.Charged), "refunded": dinars(t.Refunded)})
		for _, n := range slices.Backward(r.books.Notes()) {
			if n.Balance != nil {
				one("balance_dinars", "What the account held when it was last asked.", dinars(*n.Balance))
				break
			}
		}
	}
	return prometheus.WriteToTextfile(r.metricsFile, all)
}

// measure writes the metrics now and then while the engine works, until the
// function it returns is called.
func (r *runner) measure(e *batch.Engine) (stop func()) {
	if !r.measured {
		return func() {}
	}
	told, before := false, r.result.Sent
	return every(often, func() {
		p := e.Progress()
		p.Sent += before
		if err := r.writeMetrics(p, nil); err != nil && !told {
			told = true
			r.say("Note: --metrics-file cannot be written: %v.\n", err)
		}
	})
}

// dinars is a sum as Prometheus has all numbers.
func dinars(c batch.Centimes) float64 { return float64(c) / 100 }

// every calls f again and again, in a goroutine of its own, until the function
// it returns is called.
func every(d time.Duration, f func()) (stop func()) {
	end, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		tick := time.NewTicker(d)
		defer tick.Stop()
		for {
			select {
			case <-end:
				return
			case <-tick.C:
				f()
			}
		}
	}()
	return func() {
		close(end)
		<-gone
	}
}
