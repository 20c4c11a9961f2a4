package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"flexybatch/batch"
	"flexybatch/internal/lang"
	"flexybatch/journal"
	"flexybatch/report"
)

// All words of the program to its user about a batch stand in this file. Rules:
// what is said goes to stderr, what was asked for (the summary) to stdout; every
// message says what it is about and what to do next; states and codes are the
// words of the report.

// talk is how much is said, and how.
type talk struct {
	json, quiet       bool
	logLevel, logFile string
	logFormat         string
	world             world
}

func (t *talk) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&t.json, "json", false, "the summary as one JSON object on stdout; everything else goes to stderr")
	f.BoolVar(&t.quiet, "quiet", false, "say nothing but errors and what was asked for")
	f.StringVar(&t.logLevel, "log-level", "", "debug, info, warn or error (default warn; with --log-file info)")
	f.StringVar(&t.logFile, "log-file", "", "append the log to this file")
	f.StringVar(&t.logFormat, "log-format", "text", "what a line of the log is: text or json")
}

func (t *talk) resolve(w world) { t.world = w }

// say tells the user something that was not asked for.
func (t *talk) say(format string, args ...any) {
	if !t.quiet {
		t.world.words.Fprintf(t.world.stderr, format, args...)
	}
}

// count is a number with its noun.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// summary prints what became of the batch.
func (t *talk) summary(w world, s report.Summary, tally batch.Tally) error {
	if t.json {
		return json.NewEncoder(w.stdout).Encode(s)
	}
	if t.quiet {
		return nil
	}
	w.words.Fprintf(w.stdout, "Batch %s: %s", s.Batch, count(tally.Total, "row", "rows"))
	var parts []string
	for _, state := range batch.States {
		if n := tally.Of(state); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, w.words.Title(state.String())))
		}
	}
	w.words.Fprintf(w.stdout, " (%s)\n", strings.Join(parts, ", "))
	w.words.Fprintf(w.stdout, "  requested %s DZD, cost %s, charged %s, refunded %s\n", tally.Requested, tally.Cost, tally.Charged, tally.Refunded)
	w.words.Fprintf(w.stdout, "  sent now: %d, with %s in %s\n", s.SentNow, count(s.APICalls, "API call", "API calls"),
		time.Duration(s.DurationS*float64(time.Second)).Round(100*time.Millisecond))
	if s.Report != "" {
		w.words.Fprintf(w.stdout, "  report:  %s\n", s.Report)
	}
	_, err := w.words.Fprintf(w.stdout, "  journal: %s\n", s.Journal)
	return err
}

// explain says why the run ended before its end, and what to do.
func (r *runner) explain() {
	t := r.books.Tally()
	again := "run the same command again"
	switch stopped := r.result.Stopped; {
	case stopped == nil && r.result.Drained:
		r.say("Interrupted, in good order. To go on, %s.\n", again)
	case errors.Is(stopped, batch.ErrNoBalance):
		r.say("Sending stopped: %v.\n%s not sent. Put money on the account, then %s.\n", stopped, count(t.Of(batch.Unsent), "row was", "rows were"), again)
	case errors.Is(stopped, batch.ErrDenied):
		r.say("Sending stopped: %v.\nMend the key or its allowed addresses first, then %s; trying with a bad key gets this address blocked.\n", stopped, again)
	case stopped != nil:
		r.say("Sending stopped: %v.\nThe trouble is not in the rows. When the provider is well again, %s.\n", stopped, again)
	}
	if n := t.Open(); n > 0 {
		r.say("The outcome of %s is still open. Ask again later (the provider may take 24 hours): flexybatch settle %s\n", count(n, "row", "rows"), quoted(r.file))
	}
	if n := t.Of(batch.Conflict); n > 0 {
		r.say("%s in conflict: the provider holds the reference for another order. Look at the report; a person must decide.\n", count(n, "row is", "rows are"))
	}
}

func quoted(file string) string { return lang.Quote(file) }

// notTheSame says that the file is not the one that the journal is about.
func notTheSame(b batch.BatchRecord, d batch.Difference) string {
	var s strings.Builder
	fmt.Fprintf(&s, "batch %q was begun with other rows (file %s): %s. Nothing was sent.\n", b.Name, b.File, differences(d))
	for _, line := range d.Detail {
		s.WriteString("  " + line + "\n")
	}
	s.WriteString("If the file was corrected: --amend sends what is new and leaves the rest alone.\nIf it is another payroll: give it a name of its own with --batch NAME.")
	return s.String()
}

// differences puts a Difference in words.
func differences(d batch.Difference) string {
	var parts []string
	tell := func(n int, counted string) {
		if n > 0 {
			parts = append(parts, counted)
		}
	}
	tell(d.New, count(d.New, "row is new", "rows are new"))
	tell(d.Gone, count(d.Gone, "row is gone", "rows are gone"))
	tell(d.Changed, count(d.Changed, "row not sent yet asks for something else", "rows not sent yet ask for something else"))
	tell(d.Refused, count(d.Refused, "row asks for something else under an id that was sent (id.changed)", "rows ask for something else under ids that were sent (id.changed)"))
	tell(d.Invalid, count(d.Invalid, "invalid row differs", "invalid rows differ"))
	return strings.Join(parts, ", ")
}

// explainJournal adds what to do to an error about a journal.
func explainJournal(err error, path string) error {
	var locked *journal.Locked
	var corrupt *journal.Corrupt
	switch {
	case errors.As(err, &locked):
		return fmt.Errorf("this batch is being run by %s; wait until it has ended, or look with: flexybatch status", locked.Holder)
	case errors.As(err, &corrupt):
		return fmt.Errorf("%s: %w\nNothing was touched and nothing was sent. Restore the journal from a copy, or ask for help with: flexybatch journal verify", path, corrupt)
	case errors.Is(err, batch.ErrRecord):
		return fmt.Errorf("%s: %w\nNothing was touched and nothing was sent. Was it written by a later version of flexybatch?", path, err)
	}
	return fmt.Errorf("%s: %w", path, err)
}
