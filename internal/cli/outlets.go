package cli

import (
	"context"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
)

// outlets is what a run tells other programs, beside its exit code and --json.
// None of it can hold up or fail a batch that has begun: money comes first.
type outlets struct {
	eventsTo    string
	metricsFile string
	notifyURL   string

	events   *events
	notifier *notifier
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
		return failf(exitUsage, "--json and --events - both want stdout: give --events a file")
	}
	if o.notifyURL != "" {
		if o.notifier, err = newNotifier(o.notifyURL, w.getenv); err != nil {
			return err
		}
	}
	o.metricsFile = within(o.metricsFile, name+".prom")
	if o.eventsTo != "" {
		o.events, err = openEvents(within(o.eventsTo, name+".events"), w.stdout, t.say)
	}
	return err
}

// within is a file of that name where path is a folder, else path.
func within(path, name string) string {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return filepath.Join(path, name)
	}
	return path
}

// follow begins to tell of the rows of the books that were opened.
func (r *runner) follow() error {
	if r.events == nil {
		return nil
	}
	if err := r.events.follow(r.books, r.journal()); err != nil {
		return failf(exitNothing, "%w; nothing was sent", err)
	}
	return nil
}

// tell tells how the run ended.
func (r *runner) tell(ctx context.Context, err error) {
	code := exitOf(err)
	r.log.Info("ended", "exit_code", code, "sent_now", r.result.Sent)
	if err := r.writeMetrics(r.result.Progress, &code); err != nil {
		r.say("Note: --metrics-file cannot be written: %v.\n", err)
	}
	r.notify(ctx)
}
