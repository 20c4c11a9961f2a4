package cli

import (
	"errors"
	"strings"
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
	file := tally.File()
	w.Fprintf(o.page, "Batch %s: %s (%s)\n", s.Batch, lang.Count(file.Total, "%d row", "%d rows"), report.InStates(file.Of))
	w.Fprintf(o.page, "  requested %s DA, cost %s, charged %s, refunded %s\n", file.Requested, file.Cost, file.Charged, file.Refunded)
	if gone := report.Gone(tally); !gone.IsZero() {
		w.Fprintf(o.page, "  %s\n", gone)
	}
	if s.DurationS > 0 { // else the books were read, and nothing was done
		w.Fprintf(o.page, "  sent now: %s, with %s in %s\n", lang.Number(s.SentNow), lang.Count(s.APICalls, "%d API call", "%d API calls"),
			time.Duration(s.DurationS*float64(time.Second)).Round(100*time.Millisecond))
	}
	if s.Report != "" {
		w.Fprintf(o.page, "  report:  %s\n", s.Report)
	}
	if _, err := w.Fprintf(o.page, "  journal: %s\n", s.Journal); err != nil {
		return nothingf("writing the result: %w", err)
	}
	return nil
}

// alreadySent says that there was nothing left to do, in plain words.
func (o *output) alreadySent(r *app.RunResult, sends bool) {
	if !r.AllSent {
		return
	}
	o.say("Every row of batch %q was already sent (%s to %s). Nothing was sent now.\n", r.Summary.Batch,
		r.First, r.Last)
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
	stopped := r.Sending.Stopped
	what, next := providerTrouble(stopped)
	switch {
	case stopped == nil && r.Sending.Drained:
		o.note(lang.Msg("Interrupted, in good order. To go on, run the same command again."))
	case stopped == nil:
	case errors.Is(stopped, batch.ErrNoBalance):
		o.note(lang.Msg("Sending stopped: %v.\n%s not sent. Put money on the account, then run the same command again.", stopped, lang.Count(r.Tally.Of(batch.Unsent), "%d row was", "%d rows were")))
	case errors.Is(stopped, batch.ErrPause):
		o.note(lang.Msg("Sending stopped: %v.\nRun the same command again then.", stopped))
	case !what.IsZero():
		o.note(lang.Msg("Sending stopped: %s.\n%s.", what, next))
	default:
		o.note(lang.Msg("Sending stopped: %v.\nThe trouble is not in the rows. When the provider is well again, run the same command again.", stopped))
	}
}

// otherBatch tells that a journal is another batch's than it is named after.
func (w machine) otherBatch(err error) {
	if err != nil {
		w.words.Fprintf(w.stderr, "Note: %v. It was copied or renamed.\n", err)
	}
}

// next says what is left to do, and the command that does it. said tells that the
// command which ended has said already how the rows that are not sent are sent.
func (o *output) next(t batch.Tally, f followUp, said bool) {
	for _, m := range f.steps(t, said) {
		o.note(m)
	}
}

// steps are what is left to do on a batch.
func (f followUp) steps(t batch.Tally, said bool) (list []lang.Message) {
	if n := t.Of(batch.Unsent); n > 0 && !said {
		list = append(list, lang.Count(n, "Next: %d row is not sent yet: %s", "Next: %d rows are not sent yet: %s", f.command("run")))
	}
	if n := t.Open(); n > 0 {
		list = append(list, lang.Msg("The outcome of %s is still open. Ask again later (the provider may take 24 hours): %s", lang.Count(n, "%d row", "%d rows"), f.command("settle")))
	}
	if n := t.Of(batch.Conflict); n > 0 {
		list = append(list, lang.Count(n, "%d row is in conflict: the provider holds the reference for another order. Look at the report; a person must decide.",
			"%d rows are in conflict: the provider holds the reference for another order. Look at the report; a person must decide."))
	}
	if t.Of(batch.Unsent)+t.Open()+t.Of(batch.Conflict) > 0 {
		return list
	}
	file := t.File() // who has left it is not paid anew
	if n := file.Of(batch.Invalid) + file.Of(batch.Rejected) + file.Of(batch.Refunded); n > 0 {
		return append(list, lang.Count(n, "Next: %d row was not paid. Read why in the report; for a file of it that can be mended and paid: %s",
			"Next: %d rows were not paid. Read why in the report; for a file of them that can be mended and paid: %s", f.command("resend")))
	}
	return append(list, lang.Msg("Every row is fulfilled: nothing is left to do."))
}

// followUp is what a next command on a batch must be told.
type followUp struct {
	place     app.Place
	simulated bool
}

// command is a command on the batch, as it is typed.
func (f followUp) command(name string) string {
	words := []string{"flexybatch", name}
	if f.simulated && name == "run" {
		words = append(words, "--simulate")
	}
	if f.place.Batch != "" {
		words = append(words, "--batch", quoted(f.place.Batch))
	}
	if f.place.State != "" {
		words = append(words, "--state", quoted(f.place.State))
	}
	return strings.Join(append(words, quoted(f.place.File)), " ")
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
