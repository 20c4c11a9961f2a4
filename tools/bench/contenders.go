package main

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// flexybatch runs the whole of the main job: validation, sends, outcomes of every
// row, and the results workbook.
func flexybatch(ctx context.Context, s *site) (outcome, error) { return s.flexybatch(ctx, s.dir) }

// flexybatchUnsynced is the same with the journal in memory, where fsync costs
// nothing.
func flexybatchUnsynced(ctx context.Context, s *site) (o outcome, err error) {
	dir, err := os.MkdirTemp(s.unsynced, "flexybatch-bench")
	if err != nil {
		return o, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	return s.flexybatch(ctx, dir)
}

func (s *site) flexybatch(ctx context.Context, state string) (outcome, error) {
	o, out, err := s.finish(ctx, "flexybatch", "run", "--yes", "--json", "--quiet", "--rate", "0", "--phone-gap", "0s",
		"--poll-interval", "1s", "--concurrency", strconv.Itoa(s.concurrency), "--state", state, "--base-url", s.url, s.path("payroll.csv"))
	if err != nil {
		return o, err
	}
	var summary struct {
		Rows  struct{ Fulfilled int }
		Calls int `json:"api_calls"`
	}
	if err := json.Unmarshal([]byte(out), &summary); err != nil {
		return o, err
	}
	if summary.Rows.Fulfilled != s.rows {
		return o, fmt.Errorf("%d rows of %d are fulfilled", summary.Rows.Fulfilled, s.rows)
	}
	o.calls = float64(summary.Calls) / float64(s.rows)
	took, err := sending(filepath.Join(state, "payroll.journal"))
	o.sending = float64(s.rows) / took.Seconds()
	return o, err
}

// sending is the time from the first intent of a journal to its last answer.
func sending(journal string) (time.Duration, error) {
	var first, last time.Time
	err := records(journal, func(record string, at time.Time) {
		if !strings.Contains(record, `{"intent":`) && !strings.Contains(record, `{"answer":`) {
			return
		}
		if first.IsZero() {
			first = at
		}
		last = at
	})
	return last.Sub(first), err
}

// records calls f with each record of a journal and when it was written. A line has one
// record, or several with a tab between each two; f is given what stands before the
// first and behind the last of a line too.
func records(journal string, f func(record string, at time.Time)) error {
	file, err := os.Open(journal)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // it was only read
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if !strings.Contains(lines.Text(), `"rec":`) && !strings.Contains(lines.Text(), `"recs":`) {
			continue
		}
		var l struct{ At time.Time }
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			return err
		}
		for record := range strings.SplitSeq(lines.Text(), "\t") {
			f(record, l.At)
		}
	}
	return lines.Err()
}

// order is the body of one top-up.
func order(row int) string {
	return fmt.Sprintf(`{"plan_code":"PREPAID_DJEZZY","MSSIDN":"%s","amount":500,"ref":"bench-%d"}`, phone(row), row)
}

// vegeta sends the rows as a list of targets, as fast as so many workers can.
func vegeta(ctx context.Context, s *site) (outcome, error) {
	var targets strings.Builder
	for i := range s.rows {
		fmt.Fprintf(&targets, `{"method":"POST","url":"%s/v3/mobile/send","header":{"Content-Type":["application/json"],"X-Access-Token":[%q]},"body":%q}`+"\n",
			s.url, key, base64.StdEncoding.EncodeToString([]byte(order(i))))
	}
	if err := s.write("targets.json", targets.String()); err != nil {
		return outcome{}, err
	}
	workers := strconv.Itoa(s.concurrency)
	o, _, err := s.finish(ctx, "vegeta", "attack", "-rate", "0", "-workers", workers, "-max-workers", workers,
		"-format", "json", "-lazy", "-targets", "targets.json", "-output", "results.bin")
	if err != nil {
		return o, err
	}
	_, out, err := s.finish(ctx, "vegeta", "report", "-type", "json", "results.bin")
	if err != nil {
		return o, err
	}
	var report struct {
		Throughput float64        // good answers a second, the wait for the last one included
		Codes      map[string]int `json:"status_codes"` // 0: the list of targets was found to be at its end
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		return o, err
	}
	delete(report.Codes, "0")
	if len(report.Codes) != 1 || report.Codes["200"] != s.rows {
		return o, fmt.Errorf("answers by status: %v", report.Codes)
	}
	o.sending = report.Throughput
	return o, nil
}

// curl sends the rows as transfers of one prepared configuration, so many at once.
func curl(ctx context.Context, s *site) (outcome, error) {
	var config strings.Builder
	for i := range s.rows {
		if i > 0 {
			config.WriteString("next\n")
		}
		fmt.Fprintf(&config, "url = \"%s/v3/mobile/send\"\nheader = \"X-Access-Token: %s\"\nheader = \"Content-Type: application/json\"\ndata = %q\noutput = \"/dev/null\"\nwrite-out = \"%%{http_code}\\n\"\n",
			s.url, key, order(i))
	}
	if err := s.write("curl.conf", config.String()); err != nil {
		return outcome{}, err
	}
	o, out, err := s.finish(ctx, "curl", "--parallel", "--parallel-max", strconv.Itoa(s.concurrency), "--no-progress-meter", "--config", "curl.conf")
	if err != nil {
		return o, err
	}
	if n := strings.Count(out, "200\n"); n != s.rows {
		return o, fmt.Errorf("%d answers of %d were good", n, s.rows)
	}
	o.sending = o.whole // it does nothing else
	return o, nil
}

//go:embed send.js
var script string

// k6 sends the rows of the CSV, shared among so many virtual users.
func k6(ctx context.Context, s *site) (outcome, error) {
	if err := s.write("send.js", script); err != nil {
		return outcome{}, err
	}
	o, _, err := s.finish(ctx, "k6", "run", "--quiet", "--no-usage-report", "--summary-export", "summary.json",
		"--env", "URL="+s.url, "--env", "KEY="+key, "--env", "USERS="+strconv.Itoa(s.concurrency), "--env", "ROWS="+strconv.Itoa(s.rows), "send.js")
	if err != nil {
		return o, err
	}
	var summary struct {
		Metrics struct {
			Requests struct{ Count, Rate float64 } `json:"http_reqs"`
			Failed   struct{ Value float64 }       `json:"http_req_failed"`
		}
	}
	if err := s.read("summary.json", &summary); err != nil {
		return o, err
	}
	if m := summary.Metrics; int(m.Requests.Count) != s.rows || m.Failed.Value != 0 {
		return o, fmt.Errorf("%.0f requests, of which %.3f failed", m.Requests.Count, m.Failed.Value)
	}
	o.sending = summary.Metrics.Requests.Rate
	return o, nil
}

//go:embed collection.json
var collection string

// newman takes the CSV as its iteration data, a row after the other.
func newman(ctx context.Context, s *site) (outcome, error) {
	if err := s.write("collection.json", collection); err != nil {
		return outcome{}, err
	}
	o, _, err := s.finish(ctx, "newman", "run", "collection.json", "--iteration-data", "payroll.csv",
		"--env-var", "url="+s.url, "--env-var", "key="+key, "--reporters", "json", "--reporter-json-export", "newman.json")
	if err != nil {
		return o, err
	}
	var summary struct {
		Run struct {
			Timings struct{ Started, Completed float64 } // milliseconds
			Stats   struct{ Assertions struct{ Total, Failed int } }
		}
	}
	if err := s.read("newman.json", &summary); err != nil {
		return o, err
	}
	if a := summary.Run.Stats.Assertions; a.Total != s.rows || a.Failed != 0 {
		return o, fmt.Errorf("%d answers, of which %d were not good", a.Total, a.Failed)
	}
	o.sending = float64(s.rows) / ((summary.Run.Timings.Completed - summary.Run.Timings.Started) / 1000)
	return o, nil
}

// read takes a JSON file that a program wrote.
func (s *site) read(name string, into any) error {
	b, err := os.ReadFile(s.path(name))
	if err != nil {
		return err
	}
	return json.Unmarshal(b, into)
}
