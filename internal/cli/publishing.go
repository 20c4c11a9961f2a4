package cli

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"flexybatch/batch"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/outfile"
	"flexybatch/internal/publish"
)

// publishFlags say what a run tells other programs, beside its exit code and --json.
type publishFlags struct{ events, metricsFile, notifyURL string }

func (p *publishFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&p.events, "events", "", "write each change of a row's state to this file, as a JSON object a line, complete also after a crash; in a folder NAME.events; - for what this run does, on stdout")
	f.StringVar(&p.metricsFile, "metrics-file", "", "write figures for Prometheus to this file; in a folder NAME.prom")
	f.StringVar(&p.notifyURL, "notify-url", "", "post the summary to this address at the end, signed with the secret in FLEXYBATCH_NOTIFY_SECRET")
	complete(cmd, "events", files())
	complete(cmd, "metrics-file", files())
}

// publisher tells other programs of a run. None of it can hold up or fail a batch
// that has begun: money comes first.
type publisher struct {
	output  *output
	to      *publishFlags
	stream  string // the file of the events, or - for stdout; empty: none are told
	events  *publish.Events
	metrics publish.Metrics // without a path: none
	webhook *publish.Webhook
	log     *slog.Logger
	figures *publish.Figures // nil: the batch is not this process's, so far
}

// publisher checks what the flags name, for a batch of that name.
func (p *publishFlags) publisher(o *output, name string, log *slog.Logger) (_ *publisher, err error) {
	to := &publisher{output: o, to: p, log: log, metrics: publish.Metrics{Path: publish.Within(p.metricsFile, name+".prom"), Note: o.note}}
	if to.stream = p.events; p.events != "" && p.events != "-" {
		to.stream = publish.Within(p.events, name+".events")
	}
	if p.events == "-" && o.json {
		return nil, badFlag("events", "--json and --events - both want stdout: give --events a file")
	}
	if p.notifyURL != "" {
		if to.webhook, err = publish.NewWebhook(p.notifyURL, o.getenv(publish.SecretVariable), "flexybatch/"+version); err != nil {
			return nil, badTarget(err)
		}
	}
	return to, nil
}

// targets are the files that are written while the job works.
func (p *publisher) targets() (list []outfile.Target) {
	if p.stream != "" && p.stream != "-" {
		list = append(list, outfile.Target{Path: p.stream, Kind: outfile.Events})
	}
	if p.metrics.Path != "" {
		list = append(list, p.metrics.Target())
	}
	return list
}

// badTarget is the error of something that cannot be published to.
func badTarget(err error) error {
	if _, bad := errors.AsType[*publish.BadTarget](err); bad {
		return app.Failed(app.Usage, err)
	}
	return app.Failed(app.Nothing, err)
}

// ready opens the stream of events, and begins to write the figures of a run.
func (p *publisher) ready(r app.Ready) (err error) {
	if p.stream != "" {
		if p.events, err = publish.OpenEvents(p.stream, p.output.stdout, p.output.note); err != nil {
			return badTarget(err)
		}
	}
	p.figures = &publish.Figures{Batch: r.Batch, Started: r.Started, Ledger: r.Ledger, Calls: r.Calls}
	if p.metrics.Path == "" {
		return nil
	}
	if err := p.metrics.Write(*p.figures); err != nil {
		return lang.Errorf("--metrics-file: %w", err)
	}
	return nil
}

// began begins to tell of the rows of the books that were opened.
func (p *publisher) began(b app.Began) error {
	p.figures.Ledger = b.Books.Ledger
	if p.events == nil {
		return nil
	}
	return p.events.Follow(b.Books, b.Journal)
}

// measure writes the figures now and then while the engine works, until the
// function it returns is called.
func (p *publisher) measure(w app.Work) (stop func()) {
	keep := func() {}
	if p.metrics.Path != "" {
		keep = p.metrics.Keep(func() publish.Figures { return p.working(w.Progress(), w.Sent) })
	}
	return func() {
		keep()
		*p.figures = p.working(w.Progress(), w.Sent)
	}
}

// working is the figures while an engine works, before which so many rows were sent.
func (p *publisher) working(now batch.Progress, before int) publish.Figures {
	f := *p.figures
	f.Sent, f.InFlight, f.Rate = before+now.Requests, now.InFlight, now.Rate
	return f
}

// close ends the stream of events.
func (p *publisher) close() error { return p.events.Close() }

// tell tells how the run ended, with an exit code. result is nil where there is
// nothing to tell of the batch.
func (p *publisher) tell(ctx context.Context, result *app.RunResult, code int) {
	sent := 0
	if result != nil {
		sent = result.Sending.Sent
	}
	p.log.Info("ended", "exit_code", code, "sent_now", sent)
	if p.metrics.Path != "" && p.figures != nil {
		p.figures.Ended, p.figures.ExitCode = time.Now(), code
		if err := p.metrics.Write(*p.figures); err != nil {
			p.metrics.Note(lang.Msg("Note: --metrics-file cannot be written: %v.", err))
		}
	}
	if result != nil && p.webhook != nil {
		p.post(ctx, result)
	}
}

// post posts how the run ended. That it could not is told, and no more.
func (p *publisher) post(ctx context.Context, result *app.RunResult) {
	if err := p.webhook.Post(ctx, result.Summary); err != nil {
		p.log.Warn("notification failed", "why", err)
		p.metrics.Note(lang.Msg("Note: --notify-url could not be told how the batch ended: %v. The batch itself is not concerned.", err))
		return
	}
	p.log.Info("notified")
}
