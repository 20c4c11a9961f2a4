package app

import (
	"cmp"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"flexybatch/batch"
	"flexybatch/batch/approval"
	"flexybatch/ingest"
	"flexybatch/internal/lang"
)

// Place says where a batch lives, as a person says it.
type Place struct {
	File  string // the input file, or the journal itself
	Batch string // the batch's name; empty: the file's stem
	State string // folder of the journal and of what is written; empty: the file's

	Storage Storage // where the journal lies; nil: Disk
}

// Location is where a batch lives, with nothing left open.
type Location struct {
	File      string
	Name      string // the batch's
	State     string
	Named     bool // the batch's name was given, and not made from the file's
	IsJournal bool // File is the journal itself

	stored Storage // nil: Disk
	files  string  // how the names of its files begin, where that is not Name; see spell
}

// Locate finds out what the place leaves open.
func (p Place) Locate() (*Location, error) {
	if err := ingest.CheckPath(p.File); err != nil {
		return nil, nothing(err)
	}
	at := &Location{File: p.File, Name: p.Batch, State: p.State, Named: p.Batch != "", IsJournal: isJournal(p.File), stored: p.Storage}
	if at.Name == "" {
		at.Name = at.stem()
		for strings.HasSuffix(at.Name, checkSuffix) { // a check that was mended is the same payroll
			at.Name = strings.TrimSuffix(at.Name, checkSuffix)
		}
	}
	at.Name = norm.NFC.String(strings.TrimSpace(at.Name))
	if why := badName(at.Name); !why.IsZero() {
		return nil, &BadName{Name: at.Name, Why: why}
	}
	if at.State == "" {
		at.State = filepath.Dir(p.File)
	}
	if at.IsJournal && !at.Named {
		if head, err := batch.ReadHead(at.storage(), at.Journal()); err == nil { // else opening it tells
			at.journalOf(head.Name)
		}
	}
	return at, nil
}

// Journal is the path of the batch's journal.
func (at *Location) Journal() string {
	if at.IsJournal {
		return at.File
	}
	return at.named(".journal")
}

// Results is the path of the results workbook.
func (at *Location) Results() string { return at.named(".results.xlsx") }

// Redacted is the path of the results workbook without the phones.
func (at *Location) Redacted() string { return at.named(".redacted.xlsx") }

// Reconciliation is the path of the reconciliation workbook.
func (at *Location) Reconciliation() string { return at.named(".reconciliation.xlsx") }

// Request is the path of the approval request.
func (at *Location) Request() string { return at.named(approval.Suffix) }

// Simulator is the path of the books of the simulated provider.
func (at *Location) Simulator() string { return at.named(".simulator") }

func (at *Location) named(suffix string) string {
	return filepath.Join(at.State, cmp.Or(at.files, at.Name)+suffix)
}

// checkSuffix ends the stem of a check.
const checkSuffix = ".check"

// Check is the path of the check in a format. It is named after the file rather
// than the batch, so that the check of a mended check does not take its place.
func (at *Location) Check(format string) string {
	stem := at.Name
	if at.stem() != stem && strings.HasSuffix(at.stem(), checkSuffix) {
		stem = at.stem()
	}
	return filepath.Join(at.State, stem+checkSuffix+"."+format)
}

// stem is the file's name without what says its kind.
func (at *Location) stem() string {
	return strings.TrimSuffix(filepath.Base(at.File), filepath.Ext(at.File))
}

// Begun is nil if the batch has a journal, and a *NeverRun error if it has none.
func (at *Location) Begun() error {
	if missing(at.storage(), at.Journal()) {
		return &NeverRun{Journal: at.Journal()}
	}
	return nil
}

// isJournal tells a journal by its first bytes.
func isJournal(file string) bool {
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }() // it was only read
	head := make([]byte, 8)
	n, _ := f.Read(head)
	return string(head[:n]) == `{"crc":"`
}

// badName says what keeps a batch name from being part of a file name on every
// system; nothing where nothing does.
func badName(name string) lang.Message {
	switch {
	case name == "":
		return lang.Msg("is empty")
	case len(name) > 150:
		return lang.Msg("is too long")
	case strings.HasPrefix(name, "."):
		return lang.Msg("begins with a dot")
	case strings.ContainsAny(name, `/\:*?"<>|`):
		return lang.Msg(`holds one of / \ : * ? " < > |`)
	case strings.ContainsFunc(name, unicode.IsControl):
		return lang.Msg("holds an invisible character")
	}
	return lang.Message{}
}

// BadName says that a batch's name cannot be part of a file's.
type BadName struct {
	wrongUse
	Name string
	Why  lang.Message
}

func (e *BadName) Error() string { return e.Message().String() }

// Message says what is wrong with the name.
func (e *BadName) Message() lang.Message { return lang.Msg("the batch name %q %s", e.Name, e.Why) }

// NeverRun says that there is no journal where the batch's should be.
type NeverRun struct {
	nothingDone
	Journal string
}

func (e *NeverRun) Error() string { return e.Message().String() }

// Message names the journal.
func (e *NeverRun) Message() lang.Message {
	return lang.Msg("there is no journal %s: this batch was never run here", e.Journal)
}
