package exposition_test

import (
	"bytes"
	"math"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	. "flexybatch/internal/exposition"
)

// The figures are those that Prometheus's own library writes, byte for byte.
func TestWriteAsTheLibraryDoes(t *testing.T) {
	const odd = "a \"quoted\" \\ and\nbroken value"
	registry := prometheus.NewRegistry()
	gauge := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "b_rows", Help: "Rows \\ by\nstate.", ConstLabels: prometheus.Labels{"batch": "july"}}, []string{"state"})
	counter := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "c_total", Help: "Requests."}, []string{"method", "status"})
	seconds := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "a_seconds", Help: "Time.", Buckets: []float64{.005, .1, 2.5}}, []string{"method"})
	registry.MustRegister(gauge, counter, seconds)

	rows := Family{Name: "b_rows", Help: "Rows \\ by\nstate.", Type: Gauge}
	for state, v := range map[string]float64{"unsent": 0, odd: 1e21, "paid": -1.25, "x": math.Inf(1), "y": 1764484800.123, "z": math.NaN()} {
		gauge.WithLabelValues(state).Set(v)
		rows.Samples = append(rows.Samples, Sample{Labels: Labels{"batch": "july", "state": state}, Value: v})
	}
	total := Family{Name: "c_total", Help: "Requests.", Type: Counter}
	for i, status := range []string{"404", "200"} {
		counter.WithLabelValues("GET", status).Add(float64(i + 1))
		total.Samples = append(total.Samples, Sample{Labels: Labels{"status": status, "method": "GET"}, Value: float64(i + 1)})
	}
	took := Distribution{Bounds: []float64{.005, .1, 2.5}}
	for _, v := range []float64{.001, .005, .006, .1, 2, 7} {
		seconds.WithLabelValues("GET").Observe(v)
		took.Add(v)
	}
	times := Family{Name: "a_seconds", Help: "Time.", Type: Histogram, Samples: took.Samples(Labels{"method": "GET"})}

	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var want, got bytes.Buffer
	for _, f := range families {
		if _, err := expfmt.MetricFamilyToText(&want, f); err != nil {
			t.Fatal(err)
		}
	}
	if err := Write(&got, []Family{total, rows, {Name: "empty", Type: Gauge}, times}); err != nil {
		t.Fatal(err)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	if _, err := parser.TextToMetricFamilies(bytes.NewReader(got.Bytes())); err != nil {
		t.Errorf("it cannot be read: %v", err)
	}
	if got.String() != want.String() {
		t.Errorf("written:\n%s\nthe library writes:\n%s", got.String(), want.String())
	}
}

// Figures of several batches have one head and stand below it together.
func TestWriteJoins(t *testing.T) {
	rows := func(batch string) Family {
		return Family{Name: "rows", Help: "Rows.", Type: Gauge, Samples: []Sample{{Labels: Labels{"batch": batch}, Value: 1}}}
	}
	var got bytes.Buffer
	if err := Write(&got, []Family{rows("june"), {Name: "other", Help: "O.", Type: Gauge, Samples: []Sample{{Value: 2}}}, rows("july")}); err != nil {
		t.Fatal(err)
	}
	const want = "# HELP other O.\n# TYPE other gauge\nother 2\n# HELP rows Rows.\n# TYPE rows gauge\nrows{batch=\"june\"} 1\nrows{batch=\"july\"} 1\n"
	if got.String() != want {
		t.Errorf("written:\n%s", got.String())
	}
}
