package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The CSV report is the same, byte by byte, as it ever was.
func TestCSVGolden(t *testing.T) {
	for name, from := range map[string]Books{"report.csv": ledger(t), "report-corrected.csv": corrected(t)} {
		var b bytes.Buffer
		if err := CSV(&b, from); err != nil {
			t.Fatal(err)
		}
		got := strings.ReplaceAll(b.String(), strings.Repeat("é", 40_000), "é, 40000 times")
		path := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}
