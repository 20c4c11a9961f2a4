package report

import (
	"fmt"
	"strings"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// voice says the words of a report in its language. The zero value speaks English,
// as CSV and JSON do in every language.
type voice struct {
	*lang.Printer
	data bool // CSV and JSON: messages are written as the journal has them, whatever a language does

	paidAgain []*override // see the function of that name
}

// state says a state.
func (v voice) state(s batch.State) string { return v.Say(stateName(s)) }

// stateName is the name of a state, as a value of a message.
func stateName(s batch.State) lang.Message { return lang.Title(s.String()) }

// todo says what a person must do about a row. It is empty where there is nothing to
// do.
func (v voice) todo(s *batch.RowStatus) string {
	if !hasTodo(s) {
		return ""
	}
	switch s.State {
	case batch.Invalid:
		return v.Sprintf("Mend the row in the file, then run again with --amend.")
	case batch.Unsent:
		return v.Sprintf("Not sent. Run the same command again.")
	case batch.Unknown:
		if s.Evidence != nil && s.Evidence.Code == "UNKNOWN_ERROR" {
			return v.Sprintf("The operator has not said. The provider settles this within 24 hours: run settle tomorrow. Do not pay it by other means meanwhile.")
		}
		return v.Sprintf("Nobody knows yet whether it was paid. Run settle; do not pay it by other means meanwhile.")
	case batch.Pending:
		return v.Sprintf("Accepted, not finished. Run settle later.")
	case batch.Refunded:
		return v.Sprintf("The operator failed and the money came back. Look at the message and the offers, and pay it in a new batch.")
	case batch.Rejected:
		if s.Evidence != nil && len(s.Evidence.Facts) > 0 {
			return v.Sprintf("The provider refused it, and yet shows an order under its reference. Ask the provider's support before paying it again.")
		}
		return v.Sprintf("The provider refused it and charged nothing. Mend it and pay it in a new batch.")
	case batch.Conflict:
		return v.Say(askSupport(s))
	}
	return ""
}

// askSupport says what is to be done about a conflict.
func askSupport(s *batch.RowStatus) lang.Message {
	if s.Missing() {
		return lang.Msg("The provider said that it holds this order and never showed it. Ask the provider's support, with the reference, before paying.")
	}
	return lang.Msg("The provider holds this reference for another order. Ask the provider's support, with the reference, before paying.")
}

// message says a message of the rooms below.
func (v voice) message(m batch.Message) string {
	if text, ok := m.Literal(); ok {
		return text
	}
	if v.data {
		return m.String()
	}
	format, many, n, args := m.Parts()
	if many != "" {
		return v.Say(lang.Count(n, format, many, args[1:]...))
	}
	return v.Say(lang.Msg(format, args...))
}

// problem says on one line which rule is broken.
func (v voice) problem(p batch.Problem) string {
	if p.Column == "" {
		return fmt.Sprintf("%s: %s", p.Code, v.message(p.Message))
	}
	return v.Say(lang.Msg("%s: column %q, value %q: %s", string(p.Code), p.Column, p.Value, p.Message))
}

// evidence returns the provider's code and words, if there are any.
func (v voice) evidence(e *batch.Evidence) []string {
	if text := strings.Trim(fmt.Sprintf("%s: %s", e.Code, v.message(e.Message)), ": "); text != "" {
		return []string{text}
	}
	return nil
}

// offers puts the provider's suggestions on one line.
func offers(list []batch.Offer) string {
	var parts []string
	for _, o := range list {
		parts = append(parts, strings.TrimSpace(fmt.Sprintf("%s %s %d", o.Name, o.Plan, o.Amount)))
	}
	return strings.Join(parts, ", ")
}

// notes says what else the books tell of a row.
func (v voice) notes(s *batch.RowStatus) string {
	var parts []string
	if s.Hidden() {
		parts = append(parts, v.Sprintf("the row is hidden or struck through in the sheet"))
	}
	if s.Written() != "" {
		parts = append(parts, v.Sprintf("the phone was written %q and mended", s.Written()))
	}
	if s.Gone {
		parts = append(parts, v.Sprintf("the corrected file no longer has this row"))
	}
	if !s.Earlier().IsZero() {
		parts = append(parts, v.Say(v.earlier(s)))
	}
	if s.Again() != "" {
		parts = append(parts, v.again(s))
	}
	if s.Evidence != nil {
		for _, fact := range s.Evidence.Facts {
			parts = append(parts, v.message(fact))
		}
	}
	return strings.Join(parts, "; ")
}

// code returns the codes of the broken rules, or the provider's code.
func code(s *batch.RowStatus) string {
	if len(s.Problems()) > 0 {
		codes := make([]string, len(s.Problems()))
		for i, p := range s.Problems() {
			codes[i] = string(p.Code)
		}
		return strings.Join(codes, " ")
	}
	if s.Evidence != nil {
		return s.Evidence.Code
	}
	return ""
}

// explanation says what the broken rules or the provider say.
func (v voice) explanation(s *batch.RowStatus) string {
	if len(s.Problems()) > 0 {
		parts := make([]string, len(s.Problems()))
		for i, p := range s.Problems() {
			parts[i] = v.message(p.Message)
		}
		return strings.Join(parts, "; ")
	}
	if s.Evidence != nil {
		return v.message(s.Evidence.Message)
	}
	return ""
}

// event says what a note of the journal is about.
func (v voice) event(what string) string {
	switch what {
	case batch.NoteStarted:
		return v.Title("started")
	case batch.NoteEnded:
		return v.Title("ended")
	case batch.NoteStopped:
		return v.Title("stopped")
	case batch.NotePanic:
		return v.Title("panic")
	case batch.NoteCut:
		return v.Title("cut")
	case batch.NoteCeiling:
		return v.Title("call ceiling")
	case batch.NoteResent:
		return v.Title("resent")
	case batch.NoteOverride:
		return v.Title("warning overridden")
	case batch.NoteApproved:
		return v.Title("approved")
	}
	return what
}
