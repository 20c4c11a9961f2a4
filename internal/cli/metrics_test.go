package cli

import (
	"errors"
	"os"
	"testing"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// readMetrics reads a file as node_exporter does: names with their labels but
// the batch's, and values. nil: there is none.
func readMetrics(t *testing.T, path string) map[string]float64 {
	t.Helper()
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(f)
	if err != nil {
		t.Fatalf("the metrics cannot be read: %v", err)
	}
	values := map[string]float64{}
	for name, family := range families {
		if family.GetHelp() == "" {
			t.Errorf("%s has no help", name)
		}
		for _, m := range family.Metric {
			full, batch := name, ""
			for _, l := range m.Label {
				if l.GetName() == "batch" {
					batch = l.GetValue()
					continue
				}
				full += "{" + l.GetName() + `="` + l.GetValue() + `"}`
			}
			if batch == "" {
				t.Errorf("%s has no batch", full)
			}
			values[full] = m.GetGauge().GetValue()
		}
	}
	return values
}
