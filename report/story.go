package report

import (
	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// Happened says what an event in the history of a row is. again says that it is not
// the first about the row.
func Happened(e batch.HistoryEvent, again bool) lang.Message {
	switch r := e.Record; {
	case r.Row != nil && e.State == batch.Invalid:
		return lang.Msg("planned as invalid, never to be sent: %s", brokenRules(r.Row.Problems))
	case r.Row != nil && again:
		return lang.Msg("planned again, from a corrected file, as row %d: %s, %s, %d dinars", e.Number, r.Row.Phone, r.Row.Plan, r.Row.Amount)
	case r.Row != nil:
		return lang.Msg("planned; it will cost %s DA", r.Row.Cost)
	case r.Intent != nil:
		return lang.Msg("about to be sent (attempt %d)", r.Intent.Attempt)
	case r.Answer != nil:
		return answered(r.Answer, e.State)
	}
	return looked(e.Record.Look, e.State)
}

// brokenRules says what is wrong with a row.
func brokenRules(list []batch.Problem) (said []lang.Message) {
	for _, p := range list {
		if p.Column == "" {
			said = append(said, lang.Msg("%s: %s", p.Code, p.Message))
			continue
		}
		said = append(said, lang.Msg("%s: column %q, value %q: %s", p.Code, p.Column, p.Value, p.Message))
	}
	return said
}

// answered says what the provider answered, and what follows from it.
func answered(a *batch.AnswerRecord, state batch.State) lang.Message {
	if a.Result == batch.Accepted {
		if a.Balance != nil {
			return lang.Msg("the provider accepted it as top-up %s; the balance is then %s DA", a.TopupID, *a.Balance)
		}
		return lang.Msg("the provider accepted it as top-up %s", a.TopupID)
	}
	switch said := saidBy(a); state {
	case batch.Unsent:
		return lang.Msg("it was not taken up, and may be sent again (%s: %s)", a.Result, said)
	case batch.Rejected:
		return lang.Msg("the provider refused it and charged nothing (%s: %s)", a.Result, said)
	default:
		return lang.Msg("the answer leaves open whether it was charged (%s: %s)", a.Result, said)
	}
}

// saidBy is an answer in the provider's words, as far as there are any.
func saidBy(a *batch.AnswerRecord) lang.Message {
	words := lang.Msg("%s", a.Message)
	if a.Code != "" {
		words = lang.Msg("%s %s", a.Code, words)
	}
	switch {
	case a.Status > 0:
		return lang.Msg("HTTP %d %s", a.Status, words)
	case words.String() == "":
		return lang.Msg("no answer")
	}
	return words
}

// looked says what was found when a row was asked about.
func looked(l *batch.LookRecord, state batch.State) lang.Message {
	where := lang.Msg("asked by its id")
	switch l.By {
	case "ref":
		where = lang.Msg("asked by its reference")
	case "list":
		where = lang.Msg("seen in the provider's list")
	}
	return lang.Msg("%s: %s", where, foundOf(l, state))
}

// foundOf says what a look showed.
func foundOf(l *batch.LookRecord, state batch.State) lang.Message {
	switch foreign, conflict := lang.Msg("%s", l.Foreign), lang.Msg("%s", l.Conflict); {
	case foreign.String() != "":
		return lang.Msg("the order is another one than this row's (%s)", foreign)
	case l.Nameless:
		return lang.Msg("the provider showed an order and did not say whose it is, so it proves nothing")
	case !l.Found && conflict.String() != "":
		return conflict
	case conflict.String() != "":
		return lang.Msg("the provider holds the reference for another order: %s", conflict)
	case l.Clear && state == batch.Rejected:
		return lang.Msg("the provider has no such order, so its refusal is believed")
	case l.Clear:
		return lang.Msg("the provider has no such order; the send before is over and charged nothing, so it may be sent again")
	case !l.Found:
		return lang.Msg("the provider has no such order, but it is too soon to trust that")
	}
	return orderFound(l)
}

// orderFound says how an order stands that a look has shown.
func orderFound(l *batch.LookRecord) lang.Message {
	switch said := lang.Msg("%s", l.Message); {
	case l.Charged != nil && said.String() != "":
		return lang.Msg("%s, charged %s DA (%s)", l.Status, *l.Charged, said)
	case l.Charged != nil:
		return lang.Msg("%s, charged %s DA", l.Status, *l.Charged)
	case said.String() != "":
		return lang.Msg("%s (%s)", l.Status, said)
	}
	return lang.Msg("%s", l.Status)
}
