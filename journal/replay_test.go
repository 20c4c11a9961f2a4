package journal_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"flexybatch/journal"
	"flexybatch/journal/journaltest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// object draws a JSON object, in one of the ways to write it on a line.
var object = rapid.Custom(func(t *rapid.T) []byte {
	leaf := rapid.OneOf(rapid.Just[any](nil), rapid.String().AsAny(), rapid.Int64().AsAny(), rapid.Bool().AsAny())
	m := rapid.MapOf(rapid.String(), rapid.OneOf(leaf, rapid.SliceOf(leaf).AsAny(), rapid.MapOf(rapid.String(), leaf).AsAny())).Draw(t, "object")
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	space := rapid.SampledFrom([]string{"", " ", "\t "}).Draw(t, "space")
	return slices.Concat(b[:1], []byte(space), b[1:])
})

// instant draws a time that the format can hold, in some time zone.
var instant = rapid.Custom(func(t *rapid.T) time.Time {
	zone := time.FixedZone("", rapid.IntRange(-12*3600, 14*3600).Draw(t, "zone"))
	return time.UnixMilli(rapid.Int64Range(0, 253_000_000_000_000).Draw(t, "ms")).In(zone)
})

// What was appended is read back with the same bytes and times and in the same
// order, whatever the records are and however often the journal was closed in
// between.
func TestReplayGivesBackWhatWasAppended(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		disk := journaltest.NewDisk()
		var want []string
		for range rapid.IntRange(1, 4).Draw(rt, "sessions") {
			var got []string
			j, cut, err := journal.Open(disk.Process("p"), name, func(e journal.Entry) error {
				got = append(got, e.At.Format(time.RFC3339Nano)+" "+string(e.Record))
				return nil
			})
			if err != nil || cut != nil {
				rt.Fatalf("open: %v, cut %v", err, cut)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				rt.Fatalf("appended (-), replayed (+):\n%s", diff)
			}
			for range rapid.IntRange(0, 4).Draw(rt, "groups") {
				when, group := instant.Draw(rt, "at"), rapid.SliceOfN(object, 0, 4).Draw(rt, "records")
				if err := j.Append(when, group...); err != nil {
					rt.Fatal(err)
				}
				for _, r := range group {
					want = append(want, when.UTC().Format(time.RFC3339Nano)+" "+string(r))
				}
			}
			if err := j.Close(); err != nil {
				rt.Fatal(err)
			}
		}
		content, err := disk.ReadFile(name)
		if err != nil {
			rt.Fatal(err)
		}
		for _, line := range lines(content) {
			if !json.Valid(line) {
				rt.Fatalf("not a JSON object a line: %q", line)
			}
		}
	})
}

// When many goroutines append, the records of each are all there, in its own order,
// and the records of one call stand together.
func TestReplayOfManyGoroutines(t *testing.T) {
	disk := journaltest.NewDisk()
	const goroutines, calls = 16, 25
	for range 2 {
		j, _, _ := open(t, disk.Process("p"))
		var wg sync.WaitGroup
		for g := range goroutines {
			wg.Go(func() {
				for c := range calls {
					if err := j.Append(at, rec(g*1000+2*c), rec(g*1000+2*c+1)); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		must(t, j.Close())
	}
	j, records, _ := open(t, disk.Process("p"))
	must(t, j.Close())
	if len(records) != 2*goroutines*calls*2 {
		t.Fatalf("%d records", len(records))
	}
	next := map[int]int{}
	for i := 0; i < len(records); i += 2 {
		var a, b struct{ Row int }
		must(t, json.Unmarshal([]byte(records[i]), &a), json.Unmarshal([]byte(records[i+1]), &b))
		g := a.Row / 1000
		if a.Row%1000 != next[g]%(2*calls) || b.Row != a.Row+1 {
			t.Fatalf("record %d is row %d, followed by %d; goroutine %d was at %d", i, a.Row, b.Row, g, next[g])
		}
		next[g] += 2
	}
}

// A record that could not be read back is refused, and does no harm.
func TestAppendRefusesWhatItCouldNotGiveBack(t *testing.T) {
	disk := journaltest.NewDisk()
	j, _, _ := open(t, disk.Process("p"))
	must(t, j.Append(at, rec(1)))
	for what, c := range map[string]struct {
		record string
		want   error
	}{
		"nothing":        {"", journal.ErrNotLine},
		"two lines":      {"{\n}", journal.ErrNotLine},
		"line behind":    {"{}\n", journal.ErrNotLine},
		"no JSON":        {`{"a":}`, journal.ErrNotLine},
		"forged closing": {`{}},{"x":{}`, journal.ErrNotLine},
		"too long":       {`{"a":"` + strings.Repeat("x", journal.MaxRecord) + `"}`, journal.ErrTooLong},
	} {
		if err := j.Append(at, rec(2), []byte(c.record)); !errors.Is(err, c.want) {
			t.Errorf("%s: error %v, want %v", what, err, c.want)
		}
	}
	must(t, j.Append(at, rec(3)), j.Close())
	_, records, _ := open(t, disk.Process("p"))
	if diff := cmp.Diff([]string{string(rec(1)), string(rec(3))}, records); diff != "" {
		t.Error(diff)
	}
}
