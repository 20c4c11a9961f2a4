package app

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"

	"flexybatch/internal/lang"
	"flexybatch/internal/outfile"
)

// Files are those that a door writes and reads itself beside a task. The task checks
// them together with its own (money rule 17).
type Files struct {
	Written []outfile.Target // log, events, metrics
	Read    []outfile.Input  // the API key
}

// checkTargets returns an error, which wraps a *TargetRefused, if one of the files that
// a task or its door is about to write must not be written. Each task calls it once,
// before it sends or writes anything.
func (a *App) checkTargets(targets []outfile.Target, inputs ...outfile.Input) error {
	return CheckTargets(slices.Concat(a.Files.Written, targets), slices.Concat(a.Files.Read, inputs))
}

// CheckTargets is outfile.Check, for what a door writes on its own account. The error
// says an outcome.
func CheckTargets(targets []outfile.Target, inputs []outfile.Input) error {
	return refusedTarget(outfile.Check(targets, inputs))
}

// write writes a target whole or not at all, and tells where a file of that name was
// moved, if it was.
func (a *App) write(t outfile.Target, write func(io.Writer) error) error {
	kept, err := outfile.Write(t, write)
	if kept != "" {
		a.watcher().Note(lang.Msg("Note: %s was changed after flexybatch had written it. As you left it, it is kept as %s.", t.Path, kept))
	}
	return refusedTarget(err)
}

// resultsTarget is the results workbook at a path; empty: where it goes by itself. It
// can be made again at any time, so what a person has written into it is kept beside
// it, and no settle waits for that person.
func (at *Location) resultsTarget(path string) outfile.Target {
	return at.remade(outfile.Report, path, at.Results())
}

// reconciliationTarget is the reconciliation workbook, as resultsTarget has the other.
func (at *Location) reconciliationTarget(path string) outfile.Target {
	return at.remade(outfile.Reconciliation, path, at.Reconciliation())
}

// remade is a workbook that can be made again. Where it has its usual name, whatever
// workbook has that name was made of it.
func (at *Location) remade(kind outfile.Kind, path, usual string) outfile.Target {
	t := outfile.Target{Path: cmp.Or(path, usual), Kind: kind, Batch: at.Name, Aside: outfile.Changed}
	if t.Path == usual {
		t.Aside = outfile.Workbook
	}
	return t
}

// inputs are the files of a batch that no output replaces.
func (at *Location) inputs(more ...outfile.Input) []outfile.Input {
	if !at.IsJournal {
		more = append(more, outfile.Input{Path: at.File, Role: outfile.Payroll})
	}
	return append(more, outfile.Input{Path: at.Journal(), Role: outfile.Journal})
}

// inputs are the files that a reading takes beside the payroll.
func (r Reading) inputs() []outfile.Input {
	if r.PasswordFile == "" {
		return nil
	}
	return []outfile.Input{{Path: r.PasswordFile, Role: outfile.Secret}}
}

// inputs are the requests and the list of approvers.
func (a Approvals) inputs() (list []outfile.Input) {
	for _, path := range a.Requests {
		list = append(list, outfile.Input{Path: path, Role: outfile.Request})
	}
	if a.Approvers != "" {
		list = append(list, outfile.Input{Path: a.Approvers, Role: outfile.Approvers})
	}
	return list
}

// mayWrite makes sure that the job can write the target, and its door what that writes.
func (j *job) mayWrite(t outfile.Target) error {
	inputs := append(j.options.Reading.inputs(), j.options.Approvals.inputs()...)
	if err := j.app.checkTargets([]outfile.Target{t}, j.at.inputs(inputs...)...); err != nil {
		return sentNothing(err)
	}
	return nil
}

// mayRehearse is mayWrite before anything is written down. A folder that is missing is
// made later.
func (j *job) mayRehearse(t outfile.Target) error {
	if _, err := os.Stat(j.at.State); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return j.mayWrite(t)
}

// sentNothing adds to a refusal that nothing was sent.
func sentNothing(err error) error {
	o, _ := OutcomeOf(err)
	return Failed(o, lang.Errorf("%w; nothing was sent", err))
}

// TargetRefused says that a file is not written, and why. Nothing was changed.
type TargetRefused struct{ *outfile.Refused }

// refusedTarget makes a *TargetRefused of a refusal of package outfile, and returns
// any other error as it is.
func refusedTarget(err error) error {
	if r, ok := errors.AsType[*outfile.Refused](err); ok {
		return &TargetRefused{r}
	}
	return err
}

// Unwrap returns the refusal.
func (e *TargetRefused) Unwrap() error { return e.Refused }

// Outcome is Usage where no change on the disk would help.
func (e *TargetRefused) Outcome() Outcome {
	switch e.Reason {
	case outfile.IsInput, outfile.IsTwice, outfile.ReservedName, outfile.WrongName:
		return Usage
	}
	return Nothing
}
