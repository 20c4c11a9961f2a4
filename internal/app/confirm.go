package app

import (
	"context"
	"strconv"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// Confirm asks a person. A door that can ask has one; whether the answer is enough
// is for this package to say.
type Confirm interface {
	// Confirm puts a question and returns what was answered. An error says that
	// nobody could be asked, and counts as no.
	Confirm(ctx context.Context, q Question) (Answer, error)
}

// Subject is what a question is about.
type Subject uint8

// The subjects.
const (
	AboutRun     Subject = iota // may the rows be sent?
	AboutCanary                 // may the first few rows be sent?
	AboutRest                   // may the rest be sent, after the canary?
	AboutRequest                // is the approval request approved?

	AboutPaidElsewhere // shall rows be paid that look paid already under another name?
	AboutReason        // why are they? The answer is a text
)

// Question is put before money moves.
type Question struct {
	About   Subject
	Rows    int            // how many it is about
	Cost    batch.Centimes // what they cost
	Account string         // type of the account's key
	As      string         // the name of who approves; AboutRequest only
}

// WantsNumber tells a question about real money, or about paying twice: the answer to
// it is the number of rows, typed in, and no mere yes.
func (q Question) WantsNumber() bool {
	return q.Account == batch.Production || q.About == AboutPaidElsewhere
}

// Answer is what a person answered.
type Answer struct {
	Yes  bool
	Text string // as it was typed
}

// judge returns nil for an answer that is enough.
func (q Question) judge(a Answer) error {
	if q.WantsNumber() && a.Text != strconv.Itoa(q.Rows) || !q.WantsNumber() && !a.Yes {
		return &NotConfirmed{Question: q, Answer: a}
	}
	return nil
}

// NotConfirmed says that a question was answered with something else than yes.
type NotConfirmed struct {
	nothingDone
	Question Question
	Answer   Answer
}

func (e *NotConfirmed) Error() string { return e.Message().String() }

// Message says what was answered.
func (e *NotConfirmed) Message() lang.Message {
	if e.Question.WantsNumber() {
		return lang.Msg("the answer %q is not %d", e.Answer.Text, e.Question.Rows)
	}
	return lang.Msg("the question was not answered with yes")
}

// NobodyToAsk says that a task wants a question answered and that the door has
// nobody to ask.
type NobodyToAsk struct {
	wrongUse
}

func (e *NobodyToAsk) Error() string { return e.Message().String() }

// Message says so.
func (*NobodyToAsk) Message() lang.Message { return lang.Msg("there is nobody to ask") }

// ask puts a question. An error means no.
func (a *App) ask(ctx context.Context, q Question) error {
	if a.Confirm == nil {
		return &NobodyToAsk{}
	}
	return q.Ask(ctx, a.Confirm)
}

// Ask puts the question. An error means no.
func (q Question) Ask(ctx context.Context, c Confirm) error {
	answer, err := c.Confirm(ctx, q)
	if err != nil {
		return nothing(err)
	}
	return q.judge(answer)
}
