package cli

import (
	"context"
	"os"
	"os/user"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/office"
	"flexybatch/internal/settings"
)

const submitHelp = `Put a batch in line: the office's workers send it, now or at a time. The file is
checked first, against the plans that this program knows; the workers check it again
before they send. A name that is taken is refused, unless the file is a correction
(--amend).

  flexybatch submit payroll.xlsx
  flexybatch submit --at "2026-12-24 09:00" --priority 1 payroll.xlsx
  flexybatch submit --canary 5 payroll.xlsx      five rows first; flexybatch resume sends the rest
  flexybatch batches                             where it stands

To submit a batch is to say that it is to be paid: nobody is asked again, except
where most of its rows look paid elsewhere, and after a canary.`

// submitOptions is what submit was asked for.
type submitOptions struct {
	place    placeFlags
	reading  readingFlags
	paid     paidFlags
	output   output
	approved []string
	at       string
	priority int
	canary   int
	amend    bool
}

func newSubmit(w machine) *cobra.Command {
	o := &submitOptions{output: output{machine: w}}
	cmd := takesFile(&cobra.Command{
		Use: "submit FILE", Short: "Put a batch in line for an office's workers", Long: submitHelp,
		RunE: func(cmd *cobra.Command, args []string) error { return runSubmit(cmd, o, args[0]) },
	}, inputFiles()...)
	o.place.addName(cmd)
	o.reading.add(cmd)
	o.paid.add(cmd)
	o.output.add(cmd)
	f := cmd.Flags()
	f.StringVar(&o.at, "at", "", "when it is to be sent: 2026-12-24 09:00 (this machine's time) or 2026-12-24T09:00:00+01:00 (default now)")
	f.Var(settings.NewWhole(&o.priority, 2), "priority", "1 to 4: of several batches the one with the lowest number goes first")
	f.Var(settings.NewWhole(&o.canary, 0), "canary", "send N rows first, settle them, and wait for flexybatch resume")
	f.BoolVar(&o.amend, "amend", false, "the file was corrected since it was submitted: send what is new")
	f.StringArrayVar(&o.approved, "approved", nil, "the approval request that people have approved; may be given again with copies that others have approved")
	complete(cmd, "approved", files("json"))
	return cmd
}

// submitted is what submit --json prints.
type submitted struct {
	Batch    string    `json:"batch"`
	Account  string    `json:"account"`
	State    string    `json:"state"`
	Due      time.Time `json:"due"`
	Priority int       `json:"priority"`
	Rows     struct {
		Total   int `json:"total"`
		Valid   int `json:"valid"`
		Invalid int `json:"invalid"`
	} `json:"rows"`
}

// runSubmit checks the file and puts it in line.
func runSubmit(cmd *cobra.Command, o *submitOptions, file string) error {
	run, at, err := o.options(cmd, file)
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	d, a, err := o.place.office.openAccount(ctx, o.output.machine)
	if err != nil {
		return err
	}
	defer d.Close()
	run.Place.Storage = d.Storage(a.ID)
	where, err := run.Place.Locate()
	if err != nil {
		return err
	}
	told, err := o.check(ctx, run)
	if err != nil {
		return err
	}
	s, err := o.submission(run, where, file, at)
	if err != nil {
		return err
	}
	s.Account = a.ID
	if o.amend {
		err = d.Amend(ctx, s)
	} else {
		err = d.Submit(ctx, s)
	}
	if err != nil {
		return officeError(err)
	}
	told.Batch, told.Account, told.State, told.Due, told.Priority = s.Name, a.Label(), office.Waiting, at, s.Priority
	return o.tell(told)
}

// options is what the flags say.
func (o *submitOptions) options(cmd *cobra.Command, file string) (r app.RunOptions, at time.Time, err error) {
	r = app.RunOptions{Place: o.place.of(file), Amend: o.amend, Canary: o.canary}
	if err := o.paid.set(cmd, &r); err != nil {
		return r, at, err
	}
	if r.Reading, err = o.reading.reading(cmd); err != nil {
		return r, at, err
	}
	switch {
	case r.Reading.PasswordFile != "":
		return r, at, badFlag("password-file", "an office keeps no passwords: save the workbook without one, then submit it")
	case o.priority < 1 || o.priority > 4:
		return r, at, badFlag("priority", "--priority %d: give a number from 1 to 4", o.priority)
	case o.canary < 1 && cmd.Flags().Changed("canary"):
		return r, at, badFlag("canary", "--canary %d: give the number of rows to send first", o.canary)
	}
	at, err = parseTime(o.at)
	return r, at, err
}

// parseTime understands when a batch is to be sent.
func parseTime(text string) (time.Time, error) {
	if text == "" {
		return time.Now(), nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	for _, form := range []string{"2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02 15:04:05"} {
		if t, err := time.ParseInLocation(form, text, time.Local); err == nil {
			return t, nil
		}
	}
	return time.Time{}, badFlag("at", "--at %q: give a day and a time, such as 2026-12-24 09:00", text)
}

// check reads the file as a worker will, and refuses what no worker would send.
func (o *submitOptions) check(ctx context.Context, r app.RunOptions) (told submitted, err error) {
	job := o.output.machine.app(nil)
	job.Register, job.Uncompared = nil, true
	c, err := job.Inspect(ctx, app.CheckOptions{Place: r.Place, Reading: r.Reading})
	switch {
	case err != nil:
		return told, err
	case c.Refused != nil:
		return told, c.Refused
	case c.Check.Totals.Valid == 0:
		return told, nothingf("no row of %s is valid; see what is wrong with flexybatch validate", filepath.Base(r.Place.File))
	}
	t := c.Check.Totals
	told.Rows.Total, told.Rows.Valid, told.Rows.Invalid = t.Rows, t.Valid, t.Invalid
	return told, nil
}

// submission is what is put in line.
func (o *submitOptions) submission(r app.RunOptions, at *app.Location, file string, due time.Time) (s office.Submission, err error) {
	s = office.Submission{Name: at.Name, File: filepath.Base(file), Options: office.OptionsOf(r), At: due, Priority: o.priority, By: person()}
	if s.Content, err = os.ReadFile(file); err != nil {
		return s, nothingf("%w", err)
	}
	for _, path := range o.approved {
		b, err := os.ReadFile(path)
		if err != nil {
			return s, nothingf("reading the approval request: %w", err)
		}
		s.Requests = append(s.Requests, b)
	}
	return s, nil
}

// person is who runs the program, for the office's books.
func person() string {
	name := "somebody"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	if host, err := os.Hostname(); err == nil {
		name += "@" + host
	}
	return name
}

// tell says what was put in line.
func (o *submitOptions) tell(s submitted) error {
	if o.output.json {
		return o.output.print(s)
	}
	o.output.note(lang.Msg("Batch %s is in line for %s: %s, of which %s. Due %s.", s.Batch, s.Account,
		lang.Count(s.Rows.Total, "%d row", "%d rows"), lang.Count(s.Rows.Invalid, "%d is invalid", "%d are invalid"), lang.Second(s.Due)))
	return nil
}
