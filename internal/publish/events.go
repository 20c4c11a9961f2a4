package publish

import (
	"flexybatch/batch"
)

// Event is a change of a row's state, as --events tells it: one JSON object on a
// line. Fields may be added; those that are here stay.
type Event struct {
	Seq      int            `json:"seq"`  // of the event in the file, or in the stream, from 1
	Time     string         `json:"time"` // when it was written to the journal: UTC, RFC 3339, milliseconds
	Batch    string         `json:"batch"`
	Row      int            `json:"row"` // the line of the file, or the row of the sheet
	Ref      batch.Ref      `json:"ref"`
	ID       string         `json:"id"`    // the file's own, where it has one
	Phone    batch.Phone    `json:"phone"` // whole, as in the journal
	Plan     string         `json:"plan"`
	Amount   batch.Dinars   `json:"amount"`
	From     string         `json:"from"`     // the states are those of the report;
	To       string         `json:"to"`       // "unknown" by an intent is a send under way
	By       string         `json:"by"`       // what changed it: "intent" (to send), "answer" (to a send) or "look"
	Attempt  int            `json:"attempt"`  // how many sends of the row there were
	Code     string         `json:"code"`     // the provider's
	Message  string         `json:"message"`  // the provider's
	TopupID  string         `json:"topup_id"` // the provider's
	Charged  batch.Centimes `json:"charged"`
	Refunded batch.Centimes `json:"refunded"`
}

// eventHead is how the line of an event begins.
const eventHead = `{"seq":`

// milliseconds is a time as events have it.
const milliseconds = "2006-01-02T15:04:05.000Z07:00"

// EventOf returns a change as it is told, without its number.
func EventOf(name string, c batch.Change) *Event {
	s := c.Row
	e := &Event{
		Time: c.At.UTC().Format(milliseconds), Batch: name, Row: s.Number, Ref: s.Ref, ID: s.Topup.ID,
		Phone: s.Topup.Phone, Plan: s.Topup.Plan, Amount: s.Topup.Amount, From: c.From.String(), To: s.State.String(), By: c.By,
		Attempt: s.Attempts, TopupID: s.TopupID, Charged: s.Charged, Refunded: s.Refunded,
	}
	if s.Evidence != nil && c.By != "intent" {
		e.Code, e.Message = s.Evidence.Code, s.Evidence.Message.String()
	}
	return e
}
