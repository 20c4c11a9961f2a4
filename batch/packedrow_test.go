package batch

import (
	"math"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// A row that looks like nearly all rows is packed; every other one is kept as a whole.
// Either way it comes back exactly as it was, after each change of it, whatever other
// rows there are.
func TestPackedRowsComeBackAsTheyWere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, want := newRowSet(), []RowStatus{}
		for range rapid.IntRange(1, 8).Draw(t, "rows") {
			s := drawRow(t)
			want = append(want, s)
			rows.add(&s)
		}
		for range rapid.IntRange(0, 8).Draw(t, "changes") {
			at := rapid.IntRange(0, len(want)-1).Draw(t, "at")
			s := drawRow(t)
			if rapid.Bool().Draw(t, "of the file") {
				rows.replace(position(at), &s)
			} else {
				remarks := s.Remarks
				s.Row = want[at].Row
				s.Remarks = remarks
				rows.update(position(at), &s)
			}
			want[at] = s
		}
		at := 0
		rows.each(func(s *RowStatus) bool {
			want[at].at = position(at)
			if d := cmp.Diff(want[at], *s, cmp.AllowUnexported(RowStatus{}, Cells{}, Message{}), cmp.Comparer(sameCells)); d != "" {
				t.Fatalf("row %d came back otherwise:\n%s", at, d)
			}
			if got := rows.phone(position(at)); got != s.Topup.Phone {
				t.Fatalf("the phone of row %d is %q", at, got)
			}
			at++
			return true
		})
		if at != len(want) {
			t.Fatalf("%d rows came back, of %d", at, len(want))
		}
	})
}

// sameCells compares cells to the byte.
func sameCells(a, b Cells) bool { return a.text == b.text && a.separator == b.separator }

// drawRow draws a row, usual or not in each of its fields.
func drawRow(t *rapid.T) RowStatus {
	text := rapid.SampledFrom([]string{"", "0660000001,PREPAID_MOBILIS,500,E1", "a;b", "\xff\xff", "E1", strings.Repeat("x", 70_000), strings.Repeat("y", math.MaxUint16)}).Draw(t, "cells")
	id := rapid.SampledFrom([]string{"", "E1", "e1", strings.Repeat("i", 300)}).Draw(t, "id")
	number := rapid.SampledFrom([]int{0, 1, 2, 500, math.MaxUint32, math.MaxUint32 + 1, -1, math.MaxInt})
	times := rapid.SampledFrom([]moment{0, 0, 1_800_000_000_000, 1_800_000_000_001, 1_800_000_000_000 + math.MaxUint32, 1, -1, math.MinInt64, math.MaxInt64})
	s := RowStatus{
		Row: Row{
			Number: number.Draw(t, "number"), Cells: CutCells(text, rapid.Byte().Draw(t, "separator")),
			Topup: Topup{
				Phone:  Phone(rapid.SampledFrom([]string{"", "0660000001", "0770000002", strings.Repeat("0", 256)}).Draw(t, "phone")),
				Plan:   rapid.SampledFrom([]string{"", "PREPAID_MOBILIS", "GMOBILIS", "odd"}).Draw(t, "plan"),
				Amount: Dinars(number.Draw(t, "amount")), ID: id,
			},
			Ref:  rapid.SampledFrom([]Ref{"", "october-r", "october-abcdefghijklmnopqrst", "november-abcdefghijklmnopqrst", "october-abcdefghijklmnopqr01", "october-22222222222222222222", "october-aaaaaaaaaaaaaaaaaaaa", "october-77777777777777777777", "abcdefghijklmnopqrst"}).Draw(t, "ref"),
			Cost: Centimes(number.Draw(t, "cost")),
		},
		State: State(rapid.IntRange(0, len(stateNames)-1).Draw(t, "state")), Gone: rapid.Bool().Draw(t, "gone"),
		flags: rowFlags(rapid.Byte().Draw(t, "flags")), Version: rapid.Uint16().Draw(t, "version"),
		Attempts: rapid.SampledFrom([]int{0, 1, 2, 255, 256, -1}).Draw(t, "attempts"),
		TopupID:  rapid.SampledFrom([]string{"", "0123456789abcdef01234567", "0123456789ABCDEF01234567", "0123456789abcdef0123456", "id1", "ffffffffffffffffffffffff"}).Draw(t, "topup id"),
		Charged:  Centimes(number.Draw(t, "charged")), Refunded: Centimes(number.Draw(t, "refunded")),
		sent: times.Draw(t, "sent"), tried: times.Draw(t, "tried"), settled: times.Draw(t, "settled"),
	}
	if rapid.IntRange(0, 3).Draw(t, "earlier") == 0 {
		s.earlier = times.Draw(t, "earlier run")
	}
	if rapid.Bool().Draw(t, "evidence") {
		s.Evidence = newEvidence("CODE", Literal("no"), "request")
	}
	if rapid.Bool().Draw(t, "remarks") {
		s.Remarks = &Remarks{Written: "660000001", Hidden: true}
	}
	return s
}

// What nearly every row has is packed, and not kept as a whole: a run of a million rows
// depends on it.
func TestUsualRowsArePacked(t *testing.T) {
	if size := unsafe.Sizeof(packedRow{}); size > 80 {
		t.Errorf("a packed row has %d bytes", size)
	}
	rows, refs, now := newRowSet(), newRefs("october"), moment(time.Now().UnixMilli())
	for i, id := range []string{"E1", "E2"} {
		s := RowStatus{Row: Row{Number: i + 2, Cells: CutCells("0660000001,PREPAID_MOBILIS,500,"+id, ','), Ref: refs.byID(id), Cost: 48000,
			Topup: Topup{Phone: "0660000001", Plan: "PREPAID_MOBILIS", Amount: 500, ID: id}}, State: Unsent, Version: 1}
		rows.add(&s)
		s.Attempts, s.State, s.sent, s.tried = 1, Pending, now, now
		s.TopupID, s.Charged = "0123456789abcdef01234567", 48000
		rows.update(position(i), &s)
		s.State, s.settled, s.Refunded = Refunded, now+60_000, s.Charged
		rows.update(position(i), &s)
	}
	if len(rows.rests) > 0 {
		t.Errorf("%d usual rows are not packed", len(rows.rests))
	}
}

// Texts of a large batch fill their blocks, from the first small one to the last, and
// come back.
func TestRowTextsFillTheirBlocks(t *testing.T) {
	var texts rowTexts
	text := func(i int) string { return strings.Repeat(string(rune('a'+i%26)), 20+i%41) }
	var numbers []uint32
	bytes := 0
	for i := range 100_000 {
		number, ok := texts.add(text(i), 0)
		if !ok {
			t.Fatalf("text %d is not taken", i)
		}
		numbers, bytes = append(numbers, number), bytes+len(text(i))
	}
	for i, number := range numbers {
		if got := texts.from(number); !strings.HasPrefix(got, text(i)) {
			t.Fatalf("text %d came back as %.60q", i, got)
		}
	}
	if n, most := len(texts.blocks), bytes/blockSize*101/100+5; n > most {
		t.Errorf("%d bytes take %d blocks, want at most %d", bytes, n, most)
	}
	if _, ok := texts.add(strings.Repeat("x", blockSize+1), 0); ok {
		t.Error("a text is taken that is longer than a block")
	}
}
