package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"flexybatch/batch"
	"flexybatch/journal"
	"flexybatch/report"
)

const resendHelp = `Write the rows of a batch that are provably unpaid (rejected, refunded, invalid) to
a new input file, NAME-r1.xlsx, with the reason and the operator's offers beside
each. It is a batch of its own: mend it and run it, twice if need be, and each row
is paid once. Rows of which nobody is sure are left out and listed on a second
sheet. Asks nothing of the provider and sends nothing.

  flexybatch resend payroll.xlsx
  flexybatch run payroll-r1.xlsx
  flexybatch resend payroll-r1.xlsx                       what failed again: payroll-r2.xlsx
  flexybatch resend --out extra.xlsx payroll.xlsx         what came to its end after payroll-r1 was run

Exit codes: 0 written, or nothing to write; 4 the same, and rows are left out whose
end is not known yet; 1 nothing could be done.`

// resender is one resend.
type resender struct {
	place
	talk
}

func newResend(w world) *cobra.Command {
	var r resender
	cmd := &cobra.Command{
		Use: "resend FILE", Short: "A new input file of the rows that are provably unpaid", Long: resendHelp, Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			r.talk.resolve(w)
			return r.run(args[0])
		},
	}
	r.place.flags(cmd)
	r.talk.flags(cmd)
	cmd.Flags().StringVar(&r.out, "out", "", "the new file, whose name is that of the new batch (default NAME-r1.xlsx beside FILE)")
	return cmd
}

// run sorts the rows and writes the new file.
func (r *resender) run(file string) error {
	l, err := r.ledger(file)
	if err != nil {
		return err
	}
	next := filepath.Join(filepath.Dir(file), nextName(r.name)+".xlsx")
	path := next
	if r.out != "" {
		path = r.out
	}
	to, err := r.target(path)
	if err != nil {
		return err
	}
	rows := report.NewResend(l)
	if path != next {
		if err := r.notTwice(rows, next); err != nil {
			return err
		}
	}
	if len(rows.Rows) == 0 {
		path = ""
	} else if err := report.WriteFile(path, func(w io.Writer) error { return rows.Workbook(w, r.world.words) }); err != nil {
		return failf(exitNothing, "writing the new file: %w", err)
	}
	if err := r.tell(rows, l.Batch(), to, path, next); err != nil {
		return failf(exitNothing, "writing the result: %w", err)
	}
	if rows.Open > 0 {
		return exitWith(exitOpen)
	}
	return nil
}

var resent = regexp.MustCompile(`^(.*)-r([0-9]{1,6})$`)

// nextName is the name of the batch that pays anew: NAME-r1, then NAME-r2. It
// follows from the name alone, so that the same rows never get two.
func nextName(name string) string {
	if m := resent.FindStringSubmatch(name); m != nil {
		if n, err := strconv.Atoi(m[2]); err == nil {
			return fmt.Sprintf("%s-r%d", m[1], n+1)
		}
	}
	return name + "-r1"
}

// target is the batch that a new file will be: the file must not be this batch's
// own, and the batch must not have been sent from yet.
func (r *resender) target(path string) (*place, error) {
	if filepath.Ext(path) != ".xlsx" {
		return nil, failf(exitUsage, "--out %q: the new file is a workbook; give a name that ends in .xlsx", path)
	}
	to := &place{state: r.state}
	if err := to.resolve(path); err != nil {
		return nil, err
	}
	if to.name == r.name {
		return nil, failf(exitUsage, "--out %q: a batch of that name is the one that the rows come from, and it pays none of them again; give another name", path)
	}
	switch _, sent, err := r.sent(to); {
	case err != nil:
		return nil, err
	case sent:
		return nil, failf(exitNothing, "the batch %s was already run (%s), and its file stays as it is.\nWhat failed in it again: flexybatch resend %s\nWhat came to its end in %s since: flexybatch resend --out NAME.xlsx %s",
			to.name, to.journal(), quoted(path), r.name, quoted(r.file))
	}
	return to, nil
}

// sent tells when a batch was begun, and whether anything was sent from it.
func (r *resender) sent(to *place) (begun time.Time, sent bool, err error) {
	if _, err := os.Stat(to.journal()); errors.Is(err, fs.ErrNotExist) {
		return begun, false, nil
	}
	l, _, err := batch.ReadLedger(journal.Disk{}, to.journal())
	if err != nil {
		return begun, false, failf(exitNothing, "%w", explainJournal(err, to.journal()))
	}
	begun, _ = l.Span()
	l.Each(func(s *batch.RowStatus) bool {
		sent = s.Attempts > 0
		return !sent
	})
	return begun, sent, nil
}

// notTwice leaves out of a file of another name what the file of the usual name
// had, if that one was run.
func (r *resender) notTwice(rows *report.Resend, next string) error {
	usual := &place{state: r.state}
	if err := usual.resolve(next); err != nil {
		return err
	}
	begun, sent, err := r.sent(usual)
	if err != nil || !sent {
		return err
	}
	rows.Without(fmt.Sprintf("It may have been paid in the batch %s, which was run after this row had come to its end.", usual.name),
		func(s *batch.RowStatus) bool { return !s.Settled().After(begun) })
	return nil
}

// resendSummary is what --json prints.
type resendSummary struct {
	Batch   string       `json:"batch"`
	Resend  string       `json:"resend"` // the new batch's name
	File    string       `json:"file"`   // empty where there was nothing to write
	Rows    int          `json:"rows"`
	LeftOut []leftOutRow `json:"left_out"`
}

type leftOutRow struct {
	Row   int       `json:"row"`
	Ref   batch.Ref `json:"ref"`
	State string    `json:"state"`
	Why   string    `json:"why"`
}

// tell says what was written, and how it is run.
func (r *resender) tell(rows *report.Resend, b batch.BatchRecord, to *place, path, next string) error {
	if r.json {
		s := resendSummary{Batch: r.name, Resend: to.name, File: path, Rows: len(rows.Rows), LeftOut: []leftOutRow{}}
		for _, l := range rows.Left {
			s.LeftOut = append(s.LeftOut, leftOutRow{l.Number, l.Ref, l.State.String(), l.Why})
		}
		return json.NewEncoder(r.world.stdout).Encode(s)
	}
	if path == "" {
		r.say("No row of batch %s is provably unpaid: there is nothing to resend.\n", r.name)
		if _, err := os.Stat(next); err == nil {
			r.say("Do not run the older %s: what it holds is not for paying any more.\n", filepath.Base(next))
		}
	} else {
		r.say("%s of batch %s to be paid anew: %s\n", count(len(rows.Rows), "row", "rows"), r.name, path)
		r.say("Look at the reasons in it, mend the rows, then: %s\n", runCommand(b.Options, report.ResendSheet(r.world.words), r.state, path))
	}
	if n := len(rows.Left); n > 0 {
		if path == "" {
			r.say("%s left out.\n", count(n, "row is", "rows are"))
		} else {
			r.say("%s left out, listed on the sheet %q.\n", count(n, "row is", "rows are"), r.world.words.Title("Left out"))
		}
	}
	if rows.Open > 0 {
		r.say("The end of %s is not known yet. Finish the batch (run, settle) before more of it is paid anew.\n", count(rows.Open, "row", "rows"))
	}
	return nil
}

// nextMapping is where a further --map begins in a batch's options.
var nextMapping = regexp.MustCompile(`,(phone|plan|amount|id)=`)

// runCommand is how the new file is run: read as the old one was, and of the sheet
// that holds the rows.
func runCommand(options map[string]string, sheet, state, path string) string {
	words := []string{"flexybatch run"}
	for _, flag := range slices.Sorted(maps.Keys(options)) {
		switch value := options[flag]; {
		case flag == "sheet", flag == "encoding": // of the old file
		case flag == "map":
			for one := range strings.SplitSeq(nextMapping.ReplaceAllString(value, "\n$1="), "\n") {
				words = append(words, "--map "+quoted(one))
			}
			words = append(words, "--sheet "+quoted(sheet)) // a column's letter fits any sheet
		case value == "true":
			words = append(words, "--"+flag)
		default:
			words = append(words, "--"+flag+" "+quoted(value))
		}
	}
	if state != filepath.Dir(path) {
		words = append(words, "--state "+quoted(state))
	}
	return strings.Join(append(words, quoted(path)), " ")
}
