package register

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"time"
	"unicode/utf8"

	"flexybatch/batch"
)

// line is a line of the file. Readers skip fields that they do not know.
type line struct {
	At       time.Time `json:"at"`
	Journal  string    `json:"journal"`
	Bytes    []byte    `json:"journal_bytes,omitempty"` // the path, where it is not UTF-8
	ID       string    `json:"id,omitempty"`            // of the journal
	Batch    string    `json:"batch"`
	Host     string    `json:"host"`
	Username string    `json:"username"`
	Type     string    `json:"type"`
	SHA256   string    `json:"sha256"`
}

// newLine returns the line of an entry.
func newLine(e Entry, at time.Time) line {
	path := resolved(e.Journal)
	l := line{
		At: at.UTC().Truncate(time.Second), Journal: path, ID: journalID(path), Batch: e.Batch,
		Host: e.Account.Host, Username: e.Account.Username, Type: e.Account.Type, SHA256: e.SHA256,
	}
	if !utf8.ValidString(path) {
		l.Bytes = []byte(path)
	}
	return l
}

// parse reads a line; ok is false for what no Note has written.
func parse(text []byte) (l line, ok bool) {
	if err := json.Unmarshal(text, &l); err != nil {
		return l, false
	}
	if l.Bytes != nil {
		l.Journal = string(l.Bytes)
	}
	return l, filepath.IsAbs(l.Journal) && !l.At.IsZero() && l.Type != batch.Simulated
}

// key is what lines about one journal have in common.
func (l *line) key() string {
	if l.ID != "" {
		return "id " + l.ID
	}
	return "path " + l.Journal
}

// entry returns what the line says.
func (l *line) entry() Entry {
	return Entry{
		Journal: l.Journal, Batch: l.Batch, SHA256: l.SHA256, id: l.ID,
		Account: batch.Account{Host: l.Host, Username: l.Username, Type: l.Type},
	}
}

// resolved returns a path without links, as far as it exists.
func resolved(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}

// journalID returns the random id in a journal's first line (package journal), and
// "" if there is none to be read.
func journalID(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }() // it was only read
	first, err := bufio.NewReader(io.LimitReader(f, 4<<10)).ReadBytes('\n')
	if err != nil {
		return ""
	}
	var head struct {
		Journal string `json:"journal"`
		ID      string `json:"id"`
	}
	if json.Unmarshal(first, &head) != nil || head.Journal == "" {
		return ""
	}
	return head.ID
}
