package journal_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"flexybatch/journal"
	"flexybatch/journal/journaltest"
)

// name is the journal in tests that have a disk of their own.
const name = "pay/june.journal"

var at = time.Date(2026, 6, 25, 9, 0, 0, 123_000_000, time.UTC)

// must fails the test at the first error.
func must(t testing.TB, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// collect returns a function for Open and Read that keeps the records.
func collect(to *[]string) func(journal.Entry) error {
	return func(e journal.Entry) error {
		*to = append(*to, string(e.Record))
		return nil
	}
}

// open opens a journal, and fails the test if it cannot be opened.
func open(t testing.TB, fsys journal.FS) (*journal.Journal, []string, *journal.Cut) {
	t.Helper()
	var records []string
	j, cut, err := journal.Open(fsys, name, collect(&records))
	if err != nil {
		t.Fatal(err)
	}
	return j, records, cut
}

// read reads a journal with that content.
func read(content []byte) (records []string, info journal.Info, err error) {
	disk := journaltest.NewDisk()
	disk.WriteFile(name, content)
	info, err = journal.Read(disk.Process("reader"), name, collect(&records))
	return records, info, err
}

// rec returns the record of that number.
func rec(n int) []byte { return fmt.Appendf(nil, `{"row":%d,"phone":"0550000001"}`, n) }

// alone returns the record of that number, which gets a line of its own.
func alone(n int) []byte { return fmt.Appendf(nil, "{\"row\":%d,\t\"phone\":\"0550000001\"}", n) }

// shapes are the records of which those of one time share a line, and those that
// stand alone.
var shapes = map[string]func(n int) []byte{"packed": rec, "alone": alone}

// written returns the content of a journal with groups of these sizes that was
// closed properly, and its records, each of which has a line of its own.
func written(t testing.TB, sizes ...int) (content []byte, records []string) {
	t.Helper()
	return writtenAs(t, alone, sizes...)
}

// writtenAs is written, with records of another shape.
func writtenAs(t testing.TB, shape func(n int) []byte, sizes ...int) (content []byte, records []string) {
	t.Helper()
	disk := journaltest.NewDisk()
	j, _, _ := open(t, disk.Process("writer"))
	for _, size := range sizes {
		group := make([][]byte, size)
		for i := range group {
			group[i] = shape(len(records))
			records = append(records, string(group[i]))
		}
		must(t, j.Append(at, group...))
	}
	must(t, j.Close())
	content, err := disk.ReadFile(name)
	must(t, err)
	return content, records
}

// recordsIn counts the records of a line.
func recordsIn(line []byte) int {
	switch {
	case bytes.Contains(line, []byte(`,"rec":`)):
		return 1
	case bytes.Contains(line, []byte(`,"recs":[`)):
		return 1 + bytes.Count(line, []byte(",\t"))
	}
	return 0
}

// lines splits a journal into its lines, with their newlines.
func lines(content []byte) [][]byte {
	l := bytes.SplitAfter(content, []byte("\n"))
	return l[:len(l)-1]
}

// tempFile returns the path of a real file with that content.
func tempFile(t testing.TB, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "june.journal")
	must(t, os.WriteFile(path, content, 0o600))
	return path
}
