package cli

import (
	"context"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"flexybatch/batch"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
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

// resendOptions is what resend was asked for.
type resendOptions struct {
	place  placeFlags
	output output
	out    string
}

func newResend(w machine) *cobra.Command {
	o := &resendOptions{output: output{machine: w}}
	cmd := takesFile(&cobra.Command{
		Use: "resend FILE", Short: "A new input file of the rows that are provably unpaid", Long: resendHelp,
		RunE: func(cmd *cobra.Command, args []string) error { return runResend(cmd.Context(), o, args[0]) },
	}, inputFiles()...)
	o.place.add(cmd)
	o.output.add(cmd)
	cmd.Flags().StringVar(&o.out, "out", "", "the new file, whose name is that of the new batch (default NAME-r1.xlsx beside FILE)")
	complete(cmd, "out", files())
	return cmd
}

func runResend(ctx context.Context, o *resendOptions, file string) error {
	place, end, err := o.place.owned(ctx, o.output.machine, file)
	if err != nil {
		return err
	}
	defer end()
	r, err := o.output.app(nil).Resend(ctx, app.ResendOptions{Place: place, Out: o.out})
	if err != nil {
		return err
	}
	if o.output.json {
		if err := o.output.print(newResendSummary(r)); err != nil {
			return err
		}
	} else {
		o.tell(r)
	}
	return ends(r.Outcome())
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

func newResendSummary(r *app.Resent) resendSummary {
	s := resendSummary{Batch: r.From, Resend: r.Name, File: r.Path, Rows: len(r.Rows.Rows), LeftOut: []leftOutRow{}}
	for _, l := range r.Rows.Left {
		s.LeftOut = append(s.LeftOut, leftOutRow{l.Number, l.Ref, l.State.String(), report.LeftOutReason(l, r.Rows.Batch.File).String()})
	}
	return s
}

// tell says what was written, and how it is run.
func (o *resendOptions) tell(r *app.Resent) {
	say := o.output.say
	if r.Path == "" {
		say("No row of batch %s is provably unpaid: there is nothing to resend.\n", r.From)
		if r.Older != "" {
			say("Do not run the older %s: what it holds is not for paying any more.\n", filepath.Base(r.Older))
		}
	} else {
		say("%s of batch %s to be paid anew: %s\n", lang.Count(len(r.Rows.Rows), "%d row", "%d rows"), r.From, r.Path)
		say("Look at the reasons in it, mend the rows, then: %s\n", runCommand(r.Read, report.ResendSheet(o.output.words), r.State, r.Path))
	}
	left := lang.Count(len(r.Rows.Left), "%d row is", "%d rows are")
	switch {
	case len(r.Rows.Left) == 0:
	case r.Path == "":
		say("%s left out.\n", left)
	default:
		say("%s left out, listed on the sheet %q.\n", left, o.output.words.Title("Left out"))
	}
	if n := r.Rows.Open; n > 0 {
		say("The end of %s is not known yet. Finish the batch (run, settle) before more of it is paid anew.\n", lang.Count(n, "%d row", "%d rows"))
	}
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
