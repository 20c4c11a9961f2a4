package main

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"os"
	"strconv"
)

//go:embed benthos.yaml
var stream string

// benthos takes the rows from the CSV and writes the answers to a file. Its own start is
// counted too, since its books do not have the times: a tenth of a second.
func benthos(ctx context.Context, s *site) (outcome, error) {
	if err := s.write("benthos.yaml", stream); err != nil {
		return outcome{}, err
	}
	s.env = []string{"URL=" + s.url, "KEY=" + key, "THREADS=" + strconv.Itoa(s.concurrency)}
	o, _, err := s.finish(ctx, "benthos", "run", "benthos.yaml")
	if err != nil {
		return o, err
	}
	answers, err := os.ReadFile(s.path("answers.jsonl"))
	if err != nil {
		return o, err
	}
	// Where a call fails, benthos passes the order on as if it were the answer.
	lines, good := bytes.Count(answers, []byte("\n")), bytes.Count(answers, []byte(`"success":true`))
	if lines != s.rows || good != s.rows {
		return o, fmt.Errorf("%d answers to %d rows, of which %d were good", lines, s.rows, good)
	}
	o.sending = o.whole
	return o, nil
}
