package journal_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"flexybatch/journal"
	"flexybatch/journal/journaltest"
)

// Records of the same millisecond share a line, until it is a few thousand bytes
// long. A record that looks like two, and a long one, stand alone.
func TestRecordsShareLines(t *testing.T) {
	long := []byte(`{"a":"` + strings.Repeat("x", 5000) + `"}`)
	many := make([][]byte, 1000)
	for i := range many {
		many[i] = rec(i)
	}
	for what, c := range map[string]struct {
		times   []time.Duration // of calls, after at
		records [][]byte        // of each call
		want    []int           // records on each line that has any
	}{
		"one":             {[]time.Duration{0}, [][]byte{rec(1)}, []int{1}},
		"one time":        {[]time.Duration{0}, [][]byte{rec(1), rec(2), rec(3)}, []int{3}},
		"several groups":  {[]time.Duration{0, 0}, [][]byte{rec(1), rec(2)}, []int{2, 2}},
		"alone between":   {[]time.Duration{0}, [][]byte{rec(1), rec(2), alone(3), rec(4), rec(5)}, []int{2, 1, 2}},
		"all of them":     {[]time.Duration{0}, [][]byte{alone(1), alone(2)}, []int{1, 1}},
		"a long one":      {[]time.Duration{0}, [][]byte{rec(1), rec(2), long, rec(3)}, []int{2, 1, 1}},
		"a long one last": {[]time.Duration{0}, [][]byte{rec(1), long}, []int{1, 1}},
	} {
		disk := journaltest.NewDisk()
		j, _, _ := open(t, disk.Process("p"))
		for _, d := range c.times {
			must(t, j.Append(at.Add(d), c.records...))
		}
		must(t, j.Close())
		content, err := disk.ReadFile(name)
		must(t, err)
		var got []int
		for _, line := range lines(content) {
			if n := recordsIn(line); n > 0 {
				got = append(got, n)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: records on each line: %v, want %v\n%s", what, got, c.want, content)
		}
	}
	disk := journaltest.NewDisk()
	j, _, _ := open(t, disk.Process("p"))
	must(t, j.Append(at, many...), j.Close())
	content, err := disk.ReadFile(name)
	must(t, err)
	for i, line := range lines(content) {
		if len(line) > 5000 {
			t.Errorf("line %d has %d bytes", i+1, len(line))
		}
	}
}

// Records of several calls share a line if they are of the same millisecond, and
// each keeps its own time if not.
func TestCallsShareLines(t *testing.T) {
	disk := journaltest.NewDisk()
	j, _, _ := open(t, disk.Process("p"))
	blocked, release := make(chan struct{}), make(chan struct{})
	disk.Hook = func(op journaltest.Op) error {
		if op.Kind == journaltest.OpSync {
			close(blocked)
			<-release
		}
		return nil
	}
	first := make(chan error)
	go func() { first <- j.Append(at, rec(0)) }()
	<-blocked
	disk.Hook = nil
	times := []time.Duration{0, 400 * time.Microsecond, time.Millisecond, 0} // the clock may go back
	rest := make(chan error)
	for i, d := range times {
		go func() { rest <- j.Append(at.Add(d), rec(1+i)) }()
	}
	close(release)
	must(t, <-first)
	for range times {
		must(t, <-rest)
	}
	must(t, j.Close())
	got := map[string]time.Time{}
	_, err := journal.Read(disk.Process("q"), name, func(e journal.Entry) error {
		got[string(e.Record)] = e.At
		return nil
	})
	must(t, err)
	for i, d := range times {
		if want := at.Add(d).Truncate(time.Millisecond); !got[string(rec(1+i))].Equal(want) {
			t.Errorf("record %d is of %v, want %v", 1+i, got[string(rec(1+i))], want)
		}
	}
}

// A line of several records that is whole, and whose records are not set apart as
// this program does it, is no line of a journal.
func TestPackedLinesForm(t *testing.T) {
	content, _ := writtenAs(t, rec, 3)
	head := lines(content)[0]
	link := string(head[bytes.Index(head, []byte(`"link":"`))+8:][:32])
	for form, ok := range map[string]bool{
		"\"recs\":[{},\t{},\t{}]}":    true,
		"\"recs\":[{}]}":              true,
		"\"recs\":[]}":                false,
		"\"recs\":[{}\t,{}]}":         false,
		"\"recs\":[{},\t{}}":          false,
		"\"recs\":[\t{}]}":            false,
		"\"recs\":{},\t{}]}":          false,
		"\"recs\":[{},\t{}],\"a\":0}": false,
	} {
		line := seal(link, `"n":1,"group":1,"at":"2026-06-25T09:00:00.000Z",`+form)
		after := strings.Index(line, `"link":"`) + 8
		records, info, err := read([]byte(string(head) + line + seal(line[after:after+32], `"n":2,"group":1,"at":"2026-06-25T09:00:00.000Z","commit":`+string('0'+rune(recordsIn([]byte(line))))+`}`)))
		corrupt, damaged := errors.AsType[*journal.Corrupt](err)
		switch {
		case ok && (err != nil || info.Torn != nil || len(records) != recordsIn([]byte(line))):
			t.Errorf("%s: %q, %+v, %v", form, records, info, err)
		case !ok && (!damaged || corrupt.Line != 2) && (info.Torn == nil || info.Torn.Line != 2):
			t.Errorf("%s: %q, %+v, %v", form, records, info, err)
		}
	}
}

// An error about a record is returned when it is the record's turn: those before it
// on the same line are taken in, and those behind it are not.
func TestRefusedWithinALine(t *testing.T) {
	content, records := writtenAs(t, rec, 4)
	disk := journaltest.NewDisk()
	disk.WriteFile(name, content)
	refusal := errors.New("no such ref")
	for at := range records {
		var taken []string
		refuse := func(e journal.Entry) error {
			if string(e.Record) == records[at] {
				return refusal
			}
			return nil
		}
		take := journal.Fold[struct{}]{
			Decoder: func() journal.Decoder[struct{}] { return decodeWith(refuse) },
			Take:    func(e journal.Entry, _ struct{}) error { taken = append(taken, string(e.Record)); return nil },
		}
		if _, err := journal.ReadFold(disk.Process("p"), name, take); !errors.Is(err, refusal) || !slices.Equal(taken, records[:at]) {
			t.Errorf("record %d cannot be decoded: %v, and %q were taken", at, err, taken)
		}
		taken = nil
		_, err := journal.Read(disk.Process("p"), name, func(e journal.Entry) error {
			if err := refuse(e); err != nil {
				return err
			}
			taken = append(taken, string(e.Record))
			return nil
		})
		if !errors.Is(err, refusal) || !slices.Equal(taken, records[:at]) {
			t.Errorf("record %d is refused: %v, and %q were taken", at, err, taken)
		}
	}
}

// decodeWith is a decoder that only checks.
type decodeWith func(journal.Entry) error

func (d decodeWith) Decode(e journal.Entry) (struct{}, error) { return struct{}{}, d(e) }
func (decodeWith) Reset()                                     {}
