package publish

import (
	"io"
	"slices"
	"time"

	"flexybatch/batch"
	"flexybatch/internal/exposition"
	"flexybatch/internal/lang"
	"flexybatch/internal/outfile"
)

// often is how often the metrics are written while a batch is under way:
// Prometheus asks once a minute, by default.
const often = 15 * time.Second

// Figures are how a run stands. Names and labels of what is made of them are stable.
type Figures struct {
	Batch    string
	Started  time.Time
	Ended    time.Time // zero: it works still
	ExitCode int       // of a run that has ended
	Sent     int       // sends that left in the run
	InFlight int       // sends under way
	Rate     float64   // API calls a minute that the provider lets through; 0: no limit
	Calls    func() int
	Ledger   *batch.Ledger // nil: not known yet
}

// Metrics is the file that --metrics-file names, in Prometheus's text format, for the
// textfile collector of node_exporter. It is readable by everybody, as that needs
// it, and is replaced whole, if it holds nothing else.
type Metrics struct {
	Path string
	Note func(lang.Message) // is told once that the file cannot be written
}

// Target is the file as a target.
func (m Metrics) Target() outfile.Target { return outfile.Target{Path: m.Path, Kind: outfile.Metrics} }

// Write writes figures to the file.
func (m Metrics) Write(f Figures) error {
	families := f.families()
	_, err := outfile.Write(m.Target(), func(w io.Writer) error { return exposition.Write(w, families) })
	return err
}

// Keep writes figures now and then until the function it returns is called.
func (m Metrics) Keep(look func() Figures) (stop func()) {
	end, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		tick := time.NewTicker(often)
		defer tick.Stop()
		for told := false; ; {
			select {
			case <-end:
				return
			case <-tick.C:
			}
			if err := m.Write(look()); err != nil && !told {
				told = true
				m.Note(lang.Msg("Note: --metrics-file cannot be written: %v.", err))
			}
		}
	}()
	return func() {
		close(end)
		<-gone
	}
}

// gauges collects figures of one batch.
type gauges struct {
	batch    string
	families []exposition.Family
}

// put adds a figure. With a label it has a value for each of the label's.
func (g *gauges) put(name, help, label string, values ...labelled) {
	family := exposition.Family{Name: "flexybatch_" + name, Help: help, Type: exposition.Gauge}
	for _, v := range values {
		labels := exposition.Labels{"batch": g.batch}
		if label != "" {
			labels[label] = v.label
		}
		family.Samples = append(family.Samples, exposition.Sample{Labels: labels, Value: v.value})
	}
	g.families = append(g.families, family)
}

// one adds a figure without a label.
func (g *gauges) one(name, help string, value float64) { g.put(name, help, "", labelled{"", value}) }

// labelled is a value of a figure that has several.
type labelled struct {
	label string
	value float64
}

// families are the figures as Prometheus has them.
func (f Figures) families() []exposition.Family {
	g := gauges{batch: f.Batch}
	ended, exit := 0.0, -1
	if !f.Ended.IsZero() {
		ended, exit = seconds(f.Ended), f.ExitCode
	}
	g.one("run_start_time_seconds", "When the last run of the batch began.", seconds(f.Started))
	g.one("run_end_time_seconds", "When the last run of the batch ended; 0 while it works.", ended)
	g.one("run_exit_code", "Exit code of the last run; -1 while it works.", float64(exit))
	g.one("run_seen_time_seconds", "When these figures were written.", seconds(time.Now()))
	g.one("run_sends", "Sends that left in the last run.", float64(f.Sent))
	g.one("in_flight", "Sends under way, from the intent to the answer that is on disk.", float64(f.InFlight))
	g.one("budget_calls_per_minute", "API calls that may be made in a minute, as the provider lets them; 0 for no limit.", f.Rate)
	if f.Calls != nil {
		g.one("run_api_calls", "API calls of the last run.", float64(f.Calls()))
	}
	if f.Ledger != nil && f.Ledger.Sealed() {
		g.rows(f.Ledger)
	}
	return g.families
}

// rows adds what the books tell.
func (g *gauges) rows(l *batch.Ledger) {
	t := l.Tally()
	var states []labelled
	for _, s := range batch.States {
		states = append(states, labelled{s.String(), float64(t.Of(s))})
	}
	g.put("rows", "Rows of the batch, by state.", "state", states...)
	g.put("dinars", "Dinars of the batch: requested (face value), cost (by the catalogue), charged and refunded (by the provider).", "kind",
		labelled{"requested", dinars(t.Requested)}, labelled{"cost", dinars(t.Cost)}, labelled{"charged", dinars(t.Charged)}, labelled{"refunded", dinars(t.Refunded)})
	for _, n := range slices.Backward(l.Notes()) {
		if n.Balance != nil {
			g.one("balance_dinars", "What the account held when it was last asked.", dinars(*n.Balance))
			return
		}
	}
}

// seconds is a time as Prometheus has it.
func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

// dinars is a sum as Prometheus has all numbers.
func dinars(c batch.Centimes) float64 { return float64(c) / 100 }
