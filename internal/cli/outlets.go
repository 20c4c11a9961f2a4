package cli

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"flexybatch/batch"
	"flexybatch/internal/lang"
	"flexybatch/internal/publish"
)

// outlets is what a run tells other programs, beside its exit code and --json.
// None of it can hold up or fail a batch that has begun: money comes first.
type outlets struct {
	eventsTo    string
	metricsFile string
	notifyURL   string

	events  *publish.Events
	webhook *publish.Webhook
}

func (o *outlets) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.eventsTo, "events", "", "write each change of a row's state to this file, as a JSON object a line, complete also after a crash; in a folder NAME.events; - for what this run does, on stdout")
	f.StringVar(&o.metricsFile, "metrics-file", "", "write figures for Prometheus to this file; in a folder NAME.prom")
	f.StringVar(&o.notifyURL, "notify-url", "", "post the summary to this address at the end, signed with the secret in FLEXYBATCH_NOTIFY_SECRET")
}

// resolve checks the flags and opens what they name, for a batch of that name.
func (o *outlets) resolve(w world, t *talk, name string) (err error) {
	if o.eventsTo == "-" && t.json {
		return badFlag("events", "--json and --events - both want stdout: give --events a file")
	}
	if o.notifyURL != "" {
		if o.webhook, err = publish.NewWebhook(o.notifyURL, w.getenv(publish.SecretVariable), "flexybatch/"+version); err != nil {
			return failf(codeOfTarget(err), "%w", err)
		}
	}
	o.metricsFile = publish.Within(o.metricsFile, name+".prom")
	if o.eventsTo != "" {
		if o.events, err = publish.OpenEvents(publish.Within(o.eventsTo, name+".events"), w.stdout, t.tellOf); err != nil {
			return failf(codeOfTarget(err), "%w", err)
		}
	}
	return nil
}

// codeOfTarget is the exit code of something that cannot be published to.
func codeOfTarget(err error) int {
	if _, bad := errors.AsType[*publish.BadTarget](err); bad {
		return exitUsage
	}
	return exitNothing
}

// tellOf says a message that was not asked for.
func (t *talk) tellOf(m lang.Message) { t.say("%s\n", m) }

// follow begins to tell of the rows of the books that were opened.
func (r *runner) follow() error {
	if r.events == nil {
		return nil
	}
	if err := r.events.Follow(r.books, r.journal()); err != nil {
		return failf(exitNothing, "%w; nothing was sent", err)
	}
	return nil
}

// figures are those of the run, as an engine counts that was given its progress.
func (r *runner) figures(p batch.Progress) publish.Figures {
	f := publish.Figures{Batch: r.name, Started: r.started, Sent: p.Sent, InFlight: p.InFlight, Rate: p.Rate}
	if r.provider != nil {
		f.Calls = r.provider.Calls
	}
	if r.books != nil {
		f.Ledger = r.books.Ledger
	}
	return f
}

// metrics is the file of --metrics-file.
func (r *runner) metrics() publish.Metrics {
	return publish.Metrics{Path: r.metricsFile, Note: r.tellOf}
}

// measure writes the metrics now and then while the engine works, until the
// function it returns is called.
func (r *runner) measure(e *batch.Engine) (stop func()) {
	if !r.measured {
		return func() {}
	}
	before := r.result.Sent
	return r.metrics().Keep(func() publish.Figures {
		p := e.Progress()
		p.Sent += before
		return r.figures(p)
	})
}

// tell tells how the run ended.
func (r *runner) tell(ctx context.Context, err error) {
	code := exitOf(err)
	r.log.Info("ended", "exit_code", code, "sent_now", r.result.Sent)
	if r.measured {
		f := r.figures(r.result.Progress)
		f.Ended, f.ExitCode = time.Now(), code
		if err := r.metrics().Write(f); err != nil {
			r.tellOf(lang.Msg("Note: --metrics-file cannot be written: %v.", err))
		}
	}
	r.notify(ctx)
}

// notify posts how the run ended. That it could not is told, and no more.
func (r *runner) notify(ctx context.Context) {
	if r.webhook == nil || r.ended == nil {
		return
	}
	if err := r.webhook.Post(ctx, *r.ended); err != nil {
		r.log.Warn("notification failed", "why", err)
		r.tellOf(lang.Msg("Note: --notify-url could not be told how the batch ended: %v. The batch itself is not concerned.", err))
		return
	}
	r.log.Info("notified")
}
