package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"

	"flexybatch/batch"
	"flexybatch/batch/oneclick/simulator"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/journal"
	"flexybatch/report"
)

// verdict is what a drill comes to.
type verdict struct {
	Held        bool            `json:"held"`
	Rows        int             `json:"rows"`
	Kills       int             `json:"kills"`
	Acts        int             `json:"acts"`   // of people: corrections, copies, resends
	Orders      int             `json:"orders"` // that the provider took
	Charged     batch.Centimes  `json:"charged"`
	Refunded    batch.Centimes  `json:"refunded"`
	Differences []batch.Message `json:"differences"`
	DurationS   float64         `json:"duration_s"`
}

// audit holds the provider's ledger against the journal and the report.
func (d *drill) audit(ctx context.Context) (verdict, error) {
	v, all := verdict{Rows: d.rows + 1, Differences: []batch.Message{}}, d.sim.Orders()
	for file, orders := range d.byFile(all) {
		one, err := d.auditFile(ctx, file, orders)
		if err != nil {
			return verdict{}, err
		}
		v.Orders += one.Orders
		v.Charged += one.Charged
		v.Refunded += one.Refunded
		v.Differences = append(v.Differences, one.Differences...)
	}
	v.Differences = append(v.Differences, paidOnce(d.rows, all)...)
	v.Held = len(v.Differences) == 0
	return v, nil
}

// auditFile is audit for one file and the orders that belong to it.
func (d *drill) auditFile(ctx context.Context, file string, orders []simulator.Order) (verdict, error) {
	l, _, err := batch.ReadLedger(journal.Disk{}, strings.TrimSuffix(file, filepath.Ext(file))+".journal")
	if err != nil {
		return verdict{}, err
	}
	var rows []report.Row
	out, err := d.command(ctx, "report", "--format", "ndjson", file).Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return verdict{}, err
	}
	for s := bufio.NewScanner(bytes.NewReader(out)); s.Scan(); {
		var r report.Row
		if err := json.Unmarshal(s.Bytes(), &r); err != nil {
			return verdict{}, lang.Errorf("reading the report: %w", err)
		}
		rows = append(rows, r)
	}
	return judge(orders, l, rows), nil
}

// judge compares three books: the provider's, the journal's and the report's.
func judge(orders []simulator.Order, l *batch.Ledger, rows []report.Row) verdict {
	t := l.Tally()
	v := verdict{Rows: t.Total, Orders: len(orders), Charged: t.Charged, Refunded: t.Refunded, Differences: []batch.Message{}}
	differ := func(m batch.Message) { v.Differences = append(v.Differences, m) }
	byRef := map[batch.Ref]simulator.Order{}
	var charged, refunded batch.Centimes
	for _, o := range orders {
		if _, twice := byRef[batch.Ref(o.Ref)]; twice {
			differ(batch.Msg("the provider was paid twice for %s", o.Ref))
		}
		byRef[batch.Ref(o.Ref)] = o
		charged += batch.Centimes(o.Charged)
		refunded += batch.Centimes(o.Refunded)
	}
	if len(rows) != t.Total {
		differ(batch.Msg("the report has %d rows, the journal %d", len(rows), t.Total))
	}
	words := map[string]string{"fulfilled": simulator.Fulfilled, "refunded": simulator.Refunded}
	for _, r := range rows {
		o, ordered := byRef[r.Ref]
		delete(byRef, r.Ref)
		s, known := l.Row(r.Ref)
		switch {
		case r.State == "invalid" && !ordered:
		case !known || s.State.String() != r.State:
			differ(batch.Msg("row %d is %s in the report, and not in the journal", r.Row, r.State))
		case words[r.State] == "" || o.Status != words[r.State]:
			differ(batch.Msg("row %d is %s in the report, and %q at the provider", r.Row, r.State, o.Status))
		case o.Phone != string(r.Phone) || o.Amount != int64(r.Amount) || batch.Centimes(o.Charged) != r.Charged || batch.Centimes(o.Refunded) != r.Refunded:
			differ(batch.Msg("row %d: %s got %d dinars for %s at the provider, and %s %d for %s in the report", r.Row, o.Phone, o.Amount, batch.Centimes(o.Charged), r.Phone, r.Amount, r.Charged))
		}
	}
	for ref := range byRef {
		differ(batch.Msg("the provider has an order for %s, which is no row of the report", ref))
	}
	if charged != t.Charged || refunded != t.Refunded {
		differ(batch.Msg("the provider charged %s and refunded %s, the journal says %s and %s", charged, refunded, t.Charged, t.Refunded))
	}
	v.Held = len(v.Differences) == 0
	return v
}

// tell gives the verdict.
func (d *drill) tell(v verdict) error {
	if d.json {
		if err := json.NewEncoder(d.stdout).Encode(v); err != nil {
			return nothingf("writing the verdict: %w", err)
		}
	} else {
		d.words.Fprintf(d.page, "%s, %s, %s at the provider, %s DA charged, %s refunded, in %.1f s.\n",
			lang.Count(v.Rows, "%d row", "%d rows"), lang.Count(v.Kills, "%d kill", "%d kills"), lang.Count(v.Orders, "%d order", "%d orders"), v.Charged, v.Refunded, v.DurationS)
		d.words.Fprintf(d.page, "%s.\n", lang.Count(v.Acts, "%d correction, copy or resend of the file", "%d corrections, copies and resends of the file"))
		for _, difference := range v.Differences {
			d.words.Fprintf(d.page, "  %s\n", difference)
		}
		if v.Held {
			d.words.Fprintf(d.page, "The promise held: every row was charged exactly once, or the report says why not, to the centime.\n")
		} else {
			d.words.Fprintf(d.page, "THE PROMISE DID NOT HOLD. Please report this with the seed.\n")
		}
	}
	if !v.Held {
		return ends(app.Internal)
	}
	return nil
}
