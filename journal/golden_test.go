package journal_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"slices"
	"strings"
	"testing"

	"flexybatch/journal"
	"flexybatch/journal/journaltest"

	"github.com/google/go-cmp/cmp"
)

// The golden journals were written once, each by the program of its version. They
// have three sessions: the first and the last were closed, the second was killed.
// They must stay readable for ever.
const (
	golden       = "testdata/v1.journal"
	goldenPacked = "testdata/v2.journal" // records of one time share a line
)

var goldenRecords = []string{
	`{"batch":"june"}`,
	`{"row":2,"phone":"0550000001","name":"زينة"}`,
	`{"row":3,"phone":"0660000002","cell":"a \"quoted\"\nline \u2028"}`,
	`{}`,
	`{ "row" : 4 , "phone" : "0770000003" }`,
	`{"settled":true}`,
}

func TestGolden(t *testing.T) {
	for path, c := range map[string]struct {
		records []string
		lines   []uint64 // of the records
		want    journal.Info
	}{
		golden: {goldenRecords, []uint64{2, 3, 5, 8, 9, 11},
			journal.Info{Records: 6, Lines: 13, Groups: 6, Head: "feb771ac1671aa4d8d2bd7b2135ab179", Size: 1772}},
		goldenPacked: {slices.Insert(slices.Clone(goldenRecords), 5, "{\"row\":5,\t\"phone\":\"0560000004\"}"), []uint64{2, 4, 4, 4, 7, 8, 10},
			journal.Info{Records: 7, Lines: 12, Groups: 6, Head: "a36922b8145b8fd3360477154e93d72d", Size: 1693}},
	} {
		t.Run(path, func(t *testing.T) {
			var records []string
			var places []uint64
			info, err := journal.Read(journal.Disk{}, path, func(e journal.Entry) error {
				if !e.At.Equal(at) {
					t.Errorf("record %d was written at %v", len(records), e.At)
				}
				records, places = append(records, string(e.Record)), append(places, e.Line)
				return nil
			})
			must(t, err)
			if diff := cmp.Diff(c.records, records) + cmp.Diff(c.lines, places) + cmp.Diff(c.want, info); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A journal is continued in the version in which it was begun, so that the program
// that began it can still read it.
func TestOldJournalKeepsItsVersion(t *testing.T) {
	for path, packs := range map[string]bool{golden: false, goldenPacked: true} {
		content, err := os.ReadFile(path)
		must(t, err)
		disk := journaltest.NewDisk()
		disk.WriteFile(name, content)
		j, before, _ := open(t, disk.Process("p"))
		must(t, j.Append(at, rec(1), rec(2)), j.Close())
		after, err := disk.ReadFile(name)
		must(t, err)
		added, ok := bytes.CutPrefix(after, content)
		if packed := bytes.Contains(added, []byte(`"recs":`)); !ok || packed != packs {
			t.Errorf("%s: what was there is still there: %t; what was added shares a line: %t", path, ok, packed)
		}
		_, got, cut := open(t, disk.Process("q"))
		if want := append(before, string(rec(1)), string(rec(2))); !slices.Equal(got, want) || cut != nil {
			t.Errorf("%s: %q, cut %v", path, got, cut)
		}
	}
}

// The format is what the package comment says: an auditor who knows only that
// comment finds every checksum and every link as it stands.
func TestFormatAsDocumented(t *testing.T) {
	for _, path := range []string{golden, goldenPacked} {
		asDocumented(t, path)
	}
}

// asDocumented checks a journal's lines against the package comment.
func asDocumented(t *testing.T, path string) {
	content, err := os.ReadFile(path)
	must(t, err)
	before := ""
	for i, line := range strings.SplitAfter(strings.TrimSuffix(string(content), "\n"), "\n") {
		line = strings.TrimSuffix(line, "\n")
		var l struct {
			CRC, Link string
			N         int
		}
		must(t, json.Unmarshal([]byte(line), &l))
		chained := line[strings.Index(line, `"n":`):]
		if l.N != i || seal(before, chained) != line+"\n" {
			t.Errorf("%s: line %d is not as documented:\n%s\n%s", path, i+1, line, seal(before, chained))
		}
		before = l.Link
	}
}

// seal makes a line as the package comment documents it. chained is the line's text
// from "n" to the closing brace, and before is the link of the line before.
func seal(before, chained string) string {
	link := fmt.Sprintf("%x", sha256.Sum256([]byte(before+chained)))[:32]
	covered := `"link":"` + link + `",` + chained
	crc := crc32.Checksum([]byte(covered), crc32.MakeTable(crc32.Castagnoli))
	return fmt.Sprintf("{\"crc\":\"%08x\",%s\n", crc, covered)
}

// laterVersion is the first line of a journal of a later version.
var laterVersion = seal("", `"n":0,"group":1,"at":"2031-01-01T00:00:00.000Z","journal":"flexybatch","version":3,"id":"00","new":{}}`)

// Lines whose checksums and links are right, but whose numbers are not, are damage
// and not a torn tail.
func TestValidChecksumsWrongNumbers(t *testing.T) {
	const head = `"n":0,"group":1,"at":"2026-06-25T09:00:00.000Z","journal":"flexybatch","version":1,"id":"00"}`
	first := seal("", head)
	link := first[strings.Index(first, `"link":"`)+8:][:32]
	for what, second := range map[string]string{
		"skips a line":     `"n":2,"group":1,"at":"2026-06-25T09:00:00.000Z","rec":{}}`,
		"skips a group":    `"n":1,"group":2,"at":"2026-06-25T09:00:00.000Z","rec":{}}`,
		"commits too many": `"n":1,"group":1,"at":"2026-06-25T09:00:00.000Z","commit":7}`,
		"second head":      strings.Replace(head, `"n":0`, `"n":1`, 1),
	} {
		_, _, err := read([]byte(first + seal(link, second)))
		if corrupt, ok := errors.AsType[*journal.Corrupt](err); !ok || corrupt.Line != 2 {
			t.Errorf("%s: %v", what, err)
		}
	}
	good := seal(link, `"n":1,"group":1,"at":"2026-06-25T09:00:00.000Z","commit":0}`)
	if _, info, err := read([]byte(first + good)); err != nil || info.Groups != 1 || info.Torn != nil {
		t.Errorf("the same with the right numbers: %+v, %v", info, err)
	}
	if _, _, err := read(bytes.ToUpper([]byte(first))); !errors.Is(err, journal.ErrNotJournal) {
		t.Errorf("in capitals: %v", err)
	}
}
