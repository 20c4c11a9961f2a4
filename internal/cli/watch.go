package cli

import (
	"flexybatch/batch"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/terminal"
	"flexybatch/report"
)

// watcher shows a task at the terminal, and tells other programs of it.
type watcher struct {
	*output
	publish *publisher // nil: nobody else is told
}

// Note says something that stops nothing.
func (w *watcher) Note(m lang.Message) { w.note(m) }

// Ready begins to tell other programs how the batch stands.
func (w *watcher) Ready(r app.Ready) error {
	if w.publish == nil {
		return nil
	}
	return w.publish.ready(r)
}

// Preflight shows what is about to happen, on one page.
func (w *watcher) Preflight(p *app.Preflight) {
	if !w.quiet {
		preflightView{w.machine}.show(p)
	}
}

// Began begins to tell other programs what happens to the rows.
func (w *watcher) Began(b app.Began) error {
	if w.publish == nil {
		return nil
	}
	return w.publish.began(b)
}

// Working shows progress, and keeps the figures for other programs up to date.
func (w *watcher) Working(work app.Work) (ended func()) {
	hide, still := func() {}, func() {}
	if !w.quiet {
		look := func() (batch.Tally, batch.Progress) { return work.Tally(), work.Progress() }
		hide = terminal.Progress{Out: w.stderr, Words: w.words, Plain: w.progress == plainProgress, Sends: work.Sends, Poll: work.Poll, Wait: work.Wait, Look: look}.Show()
	}
	if w.publish != nil {
		still = w.publish.measure(work)
	}
	return func() {
		still()
		hide()
	}
}

// Canary shows what became of the first rows.
func (w *watcher) Canary(c *app.CanaryResult) {
	w.say("Canary: %s sent: %s.\n", lang.Count(c.Rows, "%d row was", "%d rows were"), report.InStates(func(s batch.State) int { return c.States[s] }))
	for i := range c.First {
		s := &c.First[i]
		w.say("  row %d: %s %s %d, %s\n", s.Number, s.Topup.Phone, s.Topup.Plan, s.Topup.Amount, fate(s))
	}
}
