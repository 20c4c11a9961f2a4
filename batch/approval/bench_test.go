package approval

import (
	"bytes"
	"fmt"
	"testing"

	"flexybatch/batch"
)

// BenchmarkParse reads a request of 100,000 rows.
func BenchmarkParse(b *testing.B) {
	list := make([]batch.Row, 100_000)
	for i := range list {
		list[i] = batch.Row{Number: i + 2, Topup: batch.Topup{Phone: batch.Phone(fmt.Sprintf("06%08d", i)), Plan: "PREPAID_MOBILIS", Amount: batch.Dinars(100 + i%400)}}
	}
	batch.Assign("october", list, plans, batch.Limits{})
	p, err := NewRequest(Request{Batch: "october"}, nil, batch.Rows(list), plans)
	if err != nil {
		b.Fatal(err)
	}
	f, err := NewFile(p)
	if err != nil {
		b.Fatal(err)
	}
	var text bytes.Buffer
	if err := f.Encode(&text); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(text.Bytes()); err != nil {
			b.Fatal(err)
		}
	}
}
