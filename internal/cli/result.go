package cli

import (
	"errors"
	"time"

	"flexybatch/batch"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/report"
)

// summary prints what became of a batch.
func (o *output) summary(s report.Summary, tally batch.Tally) error {
	if o.json {
		return o.print(s)
	}
	if o.quiet {
		return nil
	}
	w := o.words
	w.Fprintf(o.stdout, "Batch %s: %s", s.Batch, lang.Count(tally.Total, "%d row", "%d rows"))
	w.Fprintf(o.stdout, " (%s)\n", states(tally.Of))
	w.Fprintf(o.stdout, "  requested %s DZD, cost %s, charged %s, refunded %s\n", tally.Requested, tally.Cost, tally.Charged, tally.Refunded)
	w.Fprintf(o.stdout, "  sent now: %d, with %s in %s\n", s.SentNow, lang.Count(s.APICalls, "%d API call", "%d API calls"),
		time.Duration(s.DurationS*float64(time.Second)).Round(100*time.Millisecond))
	if s.Report != "" {
		w.Fprintf(o.stdout, "  report:  %s\n", s.Report)
	}
	if _, err := w.Fprintf(o.stdout, "  journal: %s\n", s.Journal); err != nil {
		return nothingf("writing the result: %w", err)
	}
	return nil
}

// states is how many rows stand in which state.
func states(of func(batch.State) int) (list []lang.Message) {
	for _, s := range batch.States {
		if n := of(s); n > 0 {
			list = append(list, lang.Msg("%d %s", n, lang.Title(s.String())))
		}
	}
	return list
}

// alreadySent says that there was nothing left to do, in plain words.
func (o *output) alreadySent(r *app.RunResult, sends bool) {
	if !r.AllSent {
		return
	}
	o.say("Every row of batch %q was already sent (%s to %s). Nothing was sent now.\n", r.Summary.Batch,
		r.First.Local().Format("2006-01-02 15:04"), r.Last.Local().Format("2006-01-02 15:04"))
	if sends {
		o.say("A new pay period wants a batch of its own: --batch NAME.\n")
	}
}

// held says why the rest was not sent after the canary.
func (o *output) held(why error) {
	var byRule *app.CanaryFailed
	switch {
	case errors.As(why, &byRule):
		o.say("The rest is not sent: with --yes, every canary row must be fulfilled first, or refused by the provider for what the row asks. Look at the report; without --canary the same command sends the rest.\n")
	case why != nil:
		o.say("The rest is not sent: %v.\n", why)
	}
}

// stopped says why a run ended before its end, and what to do.
func (o *output) stopped(r *app.RunResult) {
	const again = "run the same command again"
	switch stopped := r.Sending.Stopped; {
	case stopped == nil && r.Sending.Drained:
		o.say("Interrupted, in good order. To go on, %s.\n", again)
	case errors.Is(stopped, batch.ErrNoBalance):
		o.say("Sending stopped: %v.\n%s not sent. Put money on the account, then %s.\n", stopped, lang.Count(r.Tally.Of(batch.Unsent), "%d row was", "%d rows were"), again)
	case errors.Is(stopped, batch.ErrDenied):
		o.say("Sending stopped: %v.\nMend the key or its allowed addresses first, then %s; trying with a bad key gets this address blocked.\n", stopped, again)
	case stopped != nil:
		o.say("Sending stopped: %v.\nThe trouble is not in the rows. When the provider is well again, %s.\n", stopped, again)
	}
}

// otherBatch tells that a journal is another batch's than it is named after.
func (w machine) otherBatch(err error) {
	if err != nil {
		w.words.Fprintf(w.stderr, "Note: %v. It was copied or renamed.\n", err)
	}
}

// open says which rows have not come to their end, and what to do.
func (o *output) open(t batch.Tally, file string) {
	if n := t.Open(); n > 0 {
		o.say("The outcome of %s is still open. Ask again later (the provider may take 24 hours): flexybatch settle %s\n", lang.Count(n, "%d row", "%d rows"), quoted(file))
	}
	if n := t.Of(batch.Conflict); n > 0 {
		o.say("%s in conflict: the provider holds the reference for another order. Look at the report; a person must decide.\n", lang.Count(n, "%d row is", "%d rows are"))
	}
}

// fate is what became of a row, in a few words.
func fate(s *batch.RowStatus) lang.Message {
	state := lang.Title(s.State.String())
	switch e := s.Evidence; {
	case e == nil || e.Code == "" && e.Message.IsZero():
		return state
	case e.Code == "":
		return lang.Msg("%s (%s)", state, e.Message)
	case e.Message.IsZero():
		return lang.Msg("%s (%s)", state, e.Code)
	default:
		return lang.Msg("%s (%s: %s)", state, e.Code, e.Message)
	}
}
