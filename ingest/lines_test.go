package ingest

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzLines holds lines to encoding/csv: the same records, on the same lines,
// and damage where it finds damage.
func FuzzLines(f *testing.F) {
	for _, s := range []string{
		"", "\n", "a", "a;b\n", "a;b\r\n\r\n;\n", "a\r", "a\r\r\n", "\r", "a;\"b\"\n\n\"c\nd\";e\nf;g", "\"a\r\nb\"\r\n\nc;\"\"\"\"\n",
		"a\"b\n", "\"a\"b\n", "a;\"b", "\"a\n\n", ";;;\n;\"\";\n", "a\n\"b\n\"\"\nc\";d\ne\"\n", strings.Repeat("é;", 3000) + "\"\n\"\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var got, want []string
		lines := newLines(text, ';', Limits{RecordBytes: 1 << 30}.OrDefault())
		l, errGot := lines.record()
		for ; errGot == nil; l, errGot = lines.record() {
			got = append(got, fmt.Sprintf("%d %q", l.number, l.cells))
			for _, c := range l.cells {
				if !l.multiline && strings.Contains(c, "\n") {
					t.Fatalf("%q is said to be on one line", c)
				}
			}
		}
		r := csv.NewReader(strings.NewReader(text))
		r.Comma, r.FieldsPerRecord = ';', -1
		cells, errWant := r.Read()
		for ; errWant == nil; cells, errWant = r.Read() {
			number, _ := r.FieldPos(0)
			want = append(want, fmt.Sprintf("%d %q", number, cells))
		}
		if d := cmp.Diff(want, got); d != "" || (errGot == io.EOF) != (errWant == io.EOF) {
			t.Fatalf("encoding/csv (-, %v), we (+, %v):\n%s", errWant, errGot, d)
		}
	})
}

// A record is refused at the limit, whether a quote keeps it open or not, and a
// long text without end costs no more than that.
func TestRecordLimit(t *testing.T) {
	const limit = 1 << 16
	for name, long := range map[string]string{
		"plain":           strings.Repeat("x", limit),
		"quote, one line": `"` + strings.Repeat("x", 64<<20),
		"quote, lines":    `"` + strings.Repeat("x\n", 32<<20),
	} {
		lines := newLines("a\n"+long, ';', Limits{RecordBytes: limit}.OrDefault())
		if _, err := lines.record(); err != nil {
			t.Fatal(err)
		}
		_, err := lines.record()
		if name == "plain" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		wantError(t, err, ErrDamaged, "row 2", "64 KiB", "--limit record-bytes=")
	}
	_, err := newLines(strings.Repeat("x", limit+1)+"\n", ';', Limits{RecordBytes: limit}.OrDefault()).record()
	wantError(t, err, ErrDamaged, "row 1", "64 KiB", "--limit record-bytes=")
}
