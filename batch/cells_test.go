package batch_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"flexybatch/batch"
)

// Texts that were joined come out again, from every function that joins them.
func TestCellsComeOutAsTheyWentIn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p batch.CellPacker
		text := rapid.OneOf(rapid.String(), rapid.StringN(100, 400, -1), rapid.SampledFrom([]string{"", ";", "a;b", "\x00"}))
		rows := rapid.SliceOf(rapid.SliceOf(text)).Draw(t, "rows")
		packed := make([]batch.Cells, len(rows))
		for i, r := range rows {
			packed[i] = p.Pack(r)
		}
		for i, r := range rows {
			made := map[string]batch.Cells{"packed": packed[i], "joined": batch.CellsOf(r...)}
			if len(r) > 0 && !strings.Contains(strings.Join(r, ""), ";") {
				made["cut"] = batch.CutCells(strings.Join(r, ";"), ';')
			}
			for how, c := range made {
				if got := c.List(); !slices.Equal(got, r) || !c.Equal(batch.CellsOf(r...)) {
					t.Fatalf("%q, %s, came out as %q", r, how, got)
				}
				if got := c.At(len(r)); got != "" {
					t.Fatalf("behind the last is %q", got)
				}
			}
		}
	})
}

// Joined must differ for rows with different texts, because it is a key.
func TestJoinedCells(t *testing.T) {
	seen := map[string]string{}
	for _, texts := range [][]string{{}, {"", ""}, {"a", "b"}, {"ab"}, {"a;b"}, {"a", "", "b"}, {"a", "b", ""}, {"\ufffd"}, {"a\ufffdb"}} {
		key := batch.CellsOf(texts...).Joined()
		if before, taken := seen[key]; taken {
			t.Errorf("%q and %s have one key", texts, before)
		}
		seen[key] = fmt.Sprintf("%q", texts)
	}
	if got := batch.CellsOf("a\xffb", "c").List(); !slices.Equal(got, []string{"a\ufffdb", "c"}) {
		t.Errorf("a byte that is no text came out as %q", got)
	}
}

// The cells of a row take little memory beyond their texts.
func TestCellsTakeNoMoreRoomThanTheySay(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	kept := make([]batch.Cells, 10_000)
	for i := range kept {
		kept[i] = batch.CellsOf(fmt.Sprintf("%06d", i), "0550000001", "PREPAID_OOREDOO", "500")
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if each := int64(after.HeapAlloc-before.HeapAlloc) / int64(len(kept)); each > 200 {
		t.Errorf("the cells of a row take %d bytes", each)
	}
	runtime.KeepAlive(kept)
}
