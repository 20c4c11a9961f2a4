package cli

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// payroll writes a CSV file of n valid rows.
func payroll(b *testing.B, dir string, n int) string {
	b.Helper()
	var s strings.Builder
	s.WriteString("id,phone,plan,amount\n")
	for i := range n {
		fmt.Fprintf(&s, "E%06d,06%08d,PREPAID_MOBILIS,%d\n", i, 10_000_000+i, 100+i%900)
	}
	path := filepath.Join(dir, "payroll.csv")
	if err := os.WriteFile(path, []byte(s.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	return path
}

// BenchmarkValidate is the whole of `flexybatch validate`, check workbook
// included, on 100,000 rows.
func BenchmarkValidate(b *testing.B) {
	const rows = 100_000
	file := payroll(b, b.TempDir(), rows)
	for b.Loop() {
		cmd := exec.Command(binary, "validate", "--simulate", "--json", file)
		cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+b.TempDir())
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%.1000s", err, out)
		}
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkRun is the whole of `flexybatch run` on 10,000 rows, every intent and
// answer fsynced, against `flexybatch simulate` in a process of its own.
func BenchmarkRun(b *testing.B) {
	const rows = 10_000
	for _, concurrency := range []string{"8", "64"} {
		b.Run("concurrency="+concurrency, func(b *testing.B) {
			url := simulated(b)
			file := payroll(b, b.TempDir(), rows)
			n := 0
			for b.Loop() {
				n++
				cmd := exec.Command(binary, "run", "--yes", "--quiet", "--rate", "0", "--phone-gap", "0s", "--poll-interval", "20ms",
					"--concurrency", concurrency, "--batch", fmt.Sprintf("batch-%s-%d", concurrency, n), "--base-url", url, file)
				cmd.Env = append(os.Environ(), "ONECLICKDZ_API_KEY=simulator", "XDG_STATE_HOME="+b.TempDir())
				if out, err := cmd.CombinedOutput(); err != nil {
					b.Fatalf("%v\n%.1000s", err, out)
				}
			}
			b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// simulated starts `flexybatch simulate` and returns its address.
func simulated(b *testing.B) string {
	b.Helper()
	cmd := exec.Command(binary, "simulate", "--listen", "127.0.0.1:0", "--speed", "1000", "--balance", "1000000000")
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return regexp.MustCompile(`http://[0-9.:]+`).FindString(line)
}
