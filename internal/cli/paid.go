package cli

import (
	"time"

	"github.com/spf13/cobra"

	"flexybatch/batch"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/settings"
)

// paidFlags say what is to be done about rows that look paid already.
type paidFlags struct {
	again  int
	reason string
	recent time.Duration
}

// recentDefault is how far back the provider's list is searched without a word: a
// payroll of last month is older.
const recentDefault = 72 * time.Hour

func (p *paidFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.Var(settings.NewWhole(&p.again, 0), "pay-again", "send N rows that look paid already; N must be their exact number")
	f.StringVar(&p.reason, "reason", "", "why a warning is overridden, for the journal and the report")
	f.DurationVar(&p.recent, "recent", recentDefault, "how far back the provider's list and other batches are searched for the same rows before the first send; 0: not at all")
}

// set sets what the flags say.
func (p *paidFlags) set(cmd *cobra.Command, o *app.RunOptions) error {
	switch {
	case p.again < 1 && cmd.Flags().Changed("pay-again"):
		return badFlag("pay-again", "--pay-again %d: give the number of rows that look paid already and are to be paid again", p.again)
	case p.recent < 0:
		return badFlag("recent", "--recent %s: give a duration such as 72h, or 0 for none", p.recent)
	}
	o.PayAgain, o.Reason, o.Recent = p.again, p.reason, p.recent
	if p.recent == 0 {
		o.Recent = -1
	}
	return nil
}

// paid is what looks paid already, and what is to be done about it.
func (l *preflightPage) paid(p *app.Preflight, most int) {
	paid := p.Paid
	if paid.Held > 0 {
		l.attention(lang.Count(paid.Held, "Attention: %d row was paid by an earlier run of this batch, whose journal is gone; it is taken into the books and not sent.",
			"Attention: %d rows were paid by an earlier run of this batch, whose journal is gone; they are taken into the books and not sent."))
	}
	if paid.Unread != nil {
		l.attention(lang.Msg("Attention: the provider's list could not be read (%v): whether rows were paid under another name is not known.", paid.Unread))
	}
	l.earlier(paid.Before, most, lang.Count(len(paid.Before), "Attention: %d row looks paid already in this batch:", "Attention: %d rows look paid already in this batch:"))
	l.earlier(paid.Others, most, lang.Count(len(paid.Others), "Attention: %d row looks paid already elsewhere:", "Attention: %d rows look paid already elsewhere:"))
	switch {
	case len(paid.Before)+len(paid.Others) == 0:
	case paid.Again:
		l.attention(lang.Msg("They are paid again, as you said with --pay-again."))
	case len(paid.Before) > 0:
		l.attention(lang.Msg("These of this batch are not sent. Make each row again what it was, or pay them again on purpose: --pay-again %d --reason TEXT", len(paid.Before)+len(paid.Others)))
	}
}

// earlier names payments that stand against rows, the first few.
func (l *preflightPage) earlier(list []batch.EarlierPayment, most int, head lang.Message) {
	if len(list) == 0 {
		return
	}
	l.attention(head)
	for _, e := range list[:min(most, len(list))] {
		l.say("%s\n", app.EarlierPayment(e))
	}
}

// earlierRun says which rows an earlier run paid, whose books are gone.
func (o *output) earlierRun(e app.EarlierRun) {
	if e.Rows == 0 {
		return
	}
	o.say("%s\n", lang.Count(e.Rows, "%d row was paid by an earlier run, whose journal is gone (%s to %s); nothing was sent for it now. A new pay period wants a batch of its own: --batch NAME.",
		"%d rows were paid by an earlier run, whose journal is gone (%s to %s); nothing was sent for them now. A new pay period wants a batch of its own: --batch NAME.",
		e.First, e.Last))
}
