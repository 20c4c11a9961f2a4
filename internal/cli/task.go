package cli

import (
	"context"
	"errors"
	"log/slog"

	"flexybatch/internal/app"
	"flexybatch/internal/lang"
)

// task is a run or a settle, with everything around it: signals, log, what is shown
// and what other programs are told.
type task struct {
	output  *output
	account *accountFlags
	publish *publishFlags // nil: nobody else is told
	sends   bool          // it is a run, and no settle
}

// job is the job, watched at the terminal.
func (t *task) job(log *slog.Logger) *app.App {
	job := t.output.app(t.account)
	job.Log = log
	return job
}

// do does the task on the batch of a place, and tells what came of it.
func (t *task) do(ctx context.Context, p app.Place, work func(job *app.App, abort, drain context.Context) (*app.RunResult, error)) (err error) {
	at, err := p.Locate()
	if err != nil {
		return err
	}
	log, closeLog, err := t.output.logger()
	if err != nil {
		return err
	}
	abort, drain, stop := t.output.signals(ctx)
	defer stop()
	to, err := t.publish.publisher(t.output, at.Name, log.With("batch", at.Name))
	if err != nil {
		return errors.Join(err, closeLog())
	}
	job := t.job(log)
	job.Observer = &watcher{output: t.output, publish: to}
	job.Files.Written = append(job.Files.Written, to.targets()...)
	result, err := work(job, abort, drain)
	if result != nil {
		t.told(result, p)
		if err == nil {
			err = ends(result.Outcome())
		}
	}
	if result != nil || !isRefusedTarget(err) { // else its own files may be those that are not to be written
		to.tell(abort, result, exitOf(err))
	}
	if closed := errors.Join(to.close(), closeLog()); closed != nil {
		err = errors.Join(err, app.Failed(app.Open, closed))
	}
	return err
}

// told tells the result. Whoever cannot read it does not change how the batch ended.
func (t *task) told(r *app.RunResult, p app.Place) {
	o := *t.output
	if t.publish.events == "-" {
		o.stdout, o.page = o.stderr, o.stderr
	}
	o.alreadySent(r, t.sends)
	o.earlierRun(r.Earlier)
	o.held(r.Held)
	if err := o.summary(r.Summary, r.Tally); err != nil {
		o.note(lang.Msg("%v", err))
	}
	o.stopped(r)
	o.next(r.Tally, followUp{p, r.Summary.Simulated}, r.Sending.Stopped != nil || r.Sending.Drained)
}
