package outfile

import (
	"flexybatch/internal/lang"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// Kind says what a file holds.
type Kind string

// The kinds of files that this program writes. The names stand in the seals of
// workbooks, so they must stay as they are.
const (
	Report          Kind = "report"         // the results workbook
	CheckWorkbook   Kind = "check"          // the workbook of validate
	Reconciliation  Kind = "reconciliation" // the workbook of reconcile
	Resend          Kind = "resend"         // the input workbook that resend writes
	Template        Kind = "template"       // the blank input workbook
	ReportCSV       Kind = "report-csv"
	ReportJSON      Kind = "report-json" // also NDJSON
	ReportHTML      Kind = "report-html" // the page for paper
	CheckCSV        Kind = "check-csv"
	CheckJSON       Kind = "check-json"
	Metrics         Kind = "metrics"
	Events          Kind = "events"
	Log             Kind = "log"
	Store           Kind = "store" // the books of a simulated provider
	ApprovalRequest Kind = "approval-request"
	Key             Kind = "key"
)

// Other contents that a file may have.
const (
	nothing  Kind = "nothing" // there is no such file
	empty    Kind = "empty"
	books    Kind = "journal"
	foreign  Kind = "foreign"  // this program did not write it
	unsealed Kind = "unsealed" // a workbook that this program wrote and another one has saved
)

// Message says in words what a file of this kind is.
func (k Kind) Message() lang.Message {
	switch k {
	case Report:
		return lang.Msg("a report")
	case CheckWorkbook:
		return lang.Msg("the check of a payroll")
	case Reconciliation:
		return lang.Msg("a reconciliation")
	case Resend:
		return lang.Msg("rows to be paid again")
	case Template:
		return lang.Msg("a blank payroll")
	case ReportCSV:
		return lang.Msg("a report in CSV")
	case ReportJSON:
		return lang.Msg("a report in JSON")
	case ReportHTML:
		return lang.Msg("a report as a page")
	case CheckCSV:
		return lang.Msg("the check of a payroll in CSV")
	case CheckJSON:
		return lang.Msg("the check of a payroll in JSON")
	case Metrics:
		return lang.Msg("metrics")
	case Events:
		return lang.Msg("the events of a batch")
	case Log:
		return lang.Msg("a log")
	case Store:
		return lang.Msg("the books of a simulator")
	case ApprovalRequest:
		return lang.Msg("an approval request")
	case Key:
		return lang.Msg("a key")
	case books:
		return lang.Msg("a journal")
	}
	return lang.Message{}
}

// String returns the kind in English words.
func (k Kind) String() string { return k.Message().String() }

// workbook tells whether files of this kind are workbooks.
func (k Kind) workbook() bool {
	return slices.Contains([]Kind{Report, CheckWorkbook, Reconciliation, Resend, Template}, k)
}

// neverReplaced tells whether a file of this kind is only ever written where there is
// no file yet.
func (k Kind) neverReplaced() bool { return k == Template || k == Key }

// appended tells whether files of this kind are added to, and so need not be ordinary
// files.
func (k Kind) appended() bool { return k == Log || k == Events || k == Store }

// mode returns who may read a file of this kind. Metrics are read by a collector that
// runs as another user.
func (k Kind) mode() fs.FileMode {
	if k == Metrics {
		return 0o644
	}
	return 0o600
}

// suffix returns what the name of a workbook must end in, and for other kinds nothing.
func (k Kind) suffix() string {
	if k.workbook() {
		return ".xlsx"
	}
	return ""
}

// fits tells whether a file of this name may hold this kind. A program that opens the
// file goes by its name.
func (k Kind) fits(path string) bool {
	ext := strings.ToLower(filepath.Ext(path))
	switch {
	case k.workbook():
		return ext == k.suffix()
	case slices.Contains([]string{".xlsx", ".xlsm", ".xls", ".ods"}, ext):
		return false
	case k == ReportHTML:
		return ext == ".html" || ext == ".htm"
	case k == ReportCSV || k == CheckCSV:
		return ext != ".json" && ext != ".ndjson" && ext != ".jsonl"
	case k == ReportJSON || k == CheckJSON:
		return ext != ".csv" && ext != ".tsv"
	}
	return true
}

// reserved tells whether only journals, the files beside them, and the books of a
// simulator have names like this, and files of this kind do not.
func (k Kind) reserved(path string) bool {
	name := strings.ToLower(filepath.Base(path))
	return strings.HasSuffix(name, ".journal") || strings.Contains(name, ".journal.") || strings.HasSuffix(name, ".simulator") && k != Store
}
