package journal_test

import (
	"bytes"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"flexybatch/journal"
	"flexybatch/journal/journaltest"

	"github.com/google/go-cmp/cmp"
)

// lineOf counts lines from 1, as editors do.
func lineOf(content []byte, offset int) uint64 {
	return uint64(1 + bytes.Count(content[:offset], []byte("\n")))
}

// A journal that was cut at any byte opens with the whole groups before the cut,
// keeps the rest in a file beside it, and can be appended to.
func TestCutAtEveryByte(t *testing.T) {
	for what, shape := range shapes {
		t.Run(what, func(t *testing.T) {
			content, records := writtenAs(t, shape, 1, 3, 2, 0, 1)
			ends := map[int64]int{0: 0} // end of a group → records up to it
			for b, n := lines(content), 0; len(b) > 0; b = b[1:] {
				n += recordsIn(b[0])
				if bytes.Contains(b[0], []byte(`,"commit":`)) {
					ends[int64(len(content)-len(bytes.Join(b[1:], nil)))] = n
				}
			}
			for size := range len(content) + 1 {
				wholeSize, whole := int64(0), 0
				for end, n := range ends {
					if end <= int64(size) && end >= wholeSize {
						wholeSize, whole = end, n
					}
				}
				disk := journaltest.NewDisk()
				disk.WriteFile(name, content[:size])
				j, got, cut := open(t, disk.Process("p"))
				if !slices.Equal(got, records[:whole]) {
					t.Fatalf("cut at %d: %d records, want %d", size, len(got), whole)
				}
				tail := content[wholeSize:size]
				switch {
				case (cut != nil) != (len(tail) > 0):
					t.Fatalf("cut at %d: Cut is %v, %d bytes stand behind the last whole group", size, cut, len(tail))
				case cut != nil:
					kept, err := disk.ReadFile(cut.Kept)
					must(t, err)
					if !bytes.Equal(kept, tail) || !bytes.Equal(cut.Text, tail) || cut.Bytes != int64(len(tail)) {
						t.Fatalf("cut at %d: kept %q, told %q, want %q", size, kept, cut.Text, tail)
					}
					first := bytes.LastIndexByte(content[:size], '\n') + 1 // of the broken line
					if first == size {
						first = int(wholeSize) // all lines are whole: it is the group that is not
					}
					if cut.Offset != int64(first) || cut.Line != lineOf(content, first) {
						t.Fatalf("cut at %d: line %d (byte %d) is named, want line %d (byte %d)", size, cut.Line, cut.Offset, lineOf(content, first), first)
					}
				}
				must(t, j.Append(at, rec(99)), j.Close())
				_, got, cut = open(t, disk.Process("p"))
				if want := append(records[:whole:whole], string(rec(99))); !slices.Equal(got, want) || cut != nil {
					t.Fatalf("cut at %d, and one more appended: %d records, want %d; cut %v", size, len(got), len(want), cut)
				}
			}
		})
	}
}

// A byte that was changed, in any of several ways, is found and its line reported.
// Only in the last group may the change be taken for a torn tail. Open leaves a
// corrupt journal as it is.
func TestEveryByteChanged(t *testing.T) {
	for what, shape := range shapes {
		t.Run(what, func(t *testing.T) {
			content, records := writtenAs(t, shape, 1, 2)
			lastGroup := uint64(len(lines(content))) // the empty group of Close is one line
			for offset := range content {
				for _, mask := range []byte{0x01, 0x20, 0x80, content[offset], content[offset] ^ '\n'} {
					if mask == 0 {
						continue
					}
					bad := bytes.Clone(content)
					bad[offset] ^= mask
					line := lineOf(content, offset)
					got, info, err := read(bad)
					corrupt, ok := errors.AsType[*journal.Corrupt](err)
					switch {
					case ok && corrupt.Line == line:
						leftAlone(t, bad)
					case err == nil && line == lastGroup && info.Torn != nil && info.Torn.Line == line && slices.Equal(got, records):
					default:
						t.Fatalf("byte %d (line %d) ^ %#x: %d records, %+v, error %v", offset, line, mask, len(got), info.Torn, err)
					}
				}
			}
		})
	}
}

// leftAlone fails the test unless Open refuses the journal and changes nothing.
func leftAlone(t *testing.T, content []byte) {
	t.Helper()
	disk := journaltest.NewDisk()
	disk.WriteFile(name, content)
	p := disk.Process("p")
	j, _, err := journal.Open(p, name, collect(new([]string)))
	if err == nil {
		t.Fatal("a corrupt journal was opened", j.Close())
	}
	after, readErr := disk.ReadFile(name)
	if readErr != nil || !bytes.Equal(after, content) || len(disk.Names()) != 1 {
		t.Fatalf("Open refused (%v) and yet changed the disk: %v", err, disk.Names())
	}
	f, err := p.OpenFile(name, os.O_RDWR, 0)
	must(t, err)
	if err := f.Lock(); err != nil {
		t.Fatalf("Open refused and kept the lock: %v", err)
	}
}

// Whole lines in the wrong place are found by the chain, and the first one that does
// not belong there is reported.
func TestLinesMoved(t *testing.T) {
	for what, shape := range shapes {
		t.Run(what, func(t *testing.T) {
			content, _ := writtenAs(t, shape, 1, 3, 2)
			other, _ := writtenAs(t, shape, 1, 3, 2) // same records, same shape, another journal
			l, o := lines(content), lines(other)
			if want := map[string]int{"packed": 8, "alone": 11}[what]; len(l) != want || len(o) != want {
				t.Fatalf("the journals have %d and %d lines", len(l), len(o))
			}
			for at := range l {
				for what, c := range map[string]struct {
					lines [][]byte
					first int // index of the first line that does not belong
				}{
					"removed":             {slices.Delete(slices.Clone(l), at, at+1), at},
					"duplicated":          {slices.Insert(slices.Clone(l), at, l[at]), at + 1},
					"moved to the end":    {append(slices.Delete(slices.Clone(l), at, at+1), l[at]), at},
					"from a like journal": {slices.Replace(slices.Clone(l), at, at+1, o[at]), at},
					"tail of a like one":  {append(slices.Clone(l[:at:at]), o[at:]...), at},
				} {
					bad := bytes.Join(c.lines, nil)
					if bytes.Equal(bad, content) || at == 0 && what == "tail of a like one" || at == len(l)-1 && what == "removed" {
						continue // nothing changed, or a journal in its own right
					}
					first := uint64(c.first + 1)
					if at == 0 && what == "from a like journal" {
						first = 2 // the head of the other journal is whole; the lines behind it are not its own
					}
					_, _, err := read(bad)
					corrupt, ok := errors.AsType[*journal.Corrupt](err)
					if !ok || corrupt.Line != first || corrupt.Offset != int64(len(bytes.Join(c.lines[:first-1], nil))) {
						t.Errorf("line %d %s: %v", at+1, what, err)
					}
					leftAlone(t, bad)
				}
			}
		})
	}
}

// An editor that saves the whole file in its own way breaks every line. That must
// never be taken for a torn tail, or all records would be lost and everything paid
// again.
func TestSavedByAnEditor(t *testing.T) {
	for what, shape := range shapes {
		t.Run(what, func(t *testing.T) {
			content, _ := writtenAs(t, shape, 1, 3, 2)
			text := string(content)
			for what, bad := range map[string]string{
				"CRLF":                strings.ReplaceAll(text, "\n", "\r\n"),
				"old Mac line ends":   strings.ReplaceAll(text, "\n", "\r"),
				"spaces for newlines": strings.ReplaceAll(text, "\n", " "),
				"BOM":                 "\ufeff" + text,
				"indented":            strings.ReplaceAll(text, "\n", "\n  "),
				"trailing spaces":     strings.ReplaceAll(text, "\n", "  \n"),
			} {
				_, _, err := read([]byte(bad))
				if _, ok := errors.AsType[*journal.Corrupt](err); !ok {
					t.Errorf("%s: %v, want Corrupt", what, err)
					continue
				}
				leftAlone(t, []byte(bad))
			}
		})
	}
}

// Files that are not journals, and journals of later versions, are recognised and
// left alone. A file in which nothing was written yet is a journal.
func TestOtherFiles(t *testing.T) {
	for what, c := range map[string]struct {
		content string
		want    error
	}{
		"CSV":               {"phone;plan;amount\n0550000001;PREPAID;100\n", journal.ErrNotJournal},
		"one word":          {"hello", journal.ErrNotJournal},
		"JSON":              {`{"batch":"june"}`, journal.ErrNotJournal},
		"JSON lines":        {"{\"batch\":\"june\"}\n{}\n", journal.ErrNotJournal},
		"workbook":          {"PK\x03\x04\x14\x00\x06\x00", journal.ErrNotJournal},
		"blank line":        {"\n", journal.ErrNotJournal},
		"later version":     {laterVersion, journal.ErrVersion},
		"empty":             {"", nil},
		"zeros":             {strings.Repeat("\x00", 4096), nil},
		"half a first line": {`{"crc":"9a3c`, nil},
	} {
		_, _, err := read([]byte(c.content))
		if !errors.Is(err, c.want) || c.want == nil && err != nil {
			t.Errorf("%s: %v, want %v", what, err, c.want)
		}
		if c.want != nil {
			leftAlone(t, []byte(c.content))
			continue
		}
		disk := journaltest.NewDisk()
		disk.WriteFile(name, []byte(c.content))
		j, records, cut := open(t, disk.Process("p"))
		if len(records) > 0 || (cut != nil) != (c.content != "") {
			t.Errorf("%s: %d records, cut %v", what, len(records), cut)
		}
		must(t, j.Append(at, rec(1)), j.Close())
		_, records, _ = open(t, disk.Process("p"))
		if diff := cmp.Diff([]string{string(rec(1))}, records); diff != "" {
			t.Errorf("%s, then one record: %s", what, diff)
		}
	}
}
