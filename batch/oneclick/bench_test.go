package oneclick_test

import (
	"encoding/json"
	"strings"
	"testing"

	"flexybatch/batch"
)

// A send over a loopback socket, client and server in one process.
func BenchmarkSend(b *testing.B) {
	c := serve(b, say(200, golden(b, "send")))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Send(b.Context(), order); err != nil {
			b.Fatal(err)
		}
	}
}

// A page of a hundred top-ups.
func BenchmarkList(b *testing.B) {
	var check struct{ Data json.RawMessage }
	if err := json.Unmarshal([]byte(golden(b, "check_pending")), &check); err != nil {
		b.Fatal(err)
	}
	items := strings.Repeat(string(check.Data)+",", 99) + string(check.Data)
	c := serve(b, say(200, `{"success":true,"data":{"items":[`+items+`]}}`))
	b.ReportAllocs()
	for b.Loop() {
		p, err := c.List(b.Context(), batch.ListQuery{Page: 1, PageSize: 100})
		if err != nil || len(p.Items) != 100 {
			b.Fatal(len(p.Items), err)
		}
	}
}
