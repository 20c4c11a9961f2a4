package report

import (
	"strings"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// hasTodo tells whether a person must do something about a row. A row that the
// corrected file no longer has is not to be paid anew.
func hasTodo(s *batch.RowStatus) bool {
	switch s.State {
	case batch.Fulfilled:
		return false
	case batch.Refunded, batch.Rejected, batch.Unsent:
		return !s.Gone
	}
	return true
}

// why says in the reader's language why a row is in its state: which rules it breaks,
// or what the provider's answer means.
func (v voice) why(s *batch.RowStatus) string {
	var parts []string
	for _, p := range s.Problems() {
		parts = append(parts, v.problem(p))
	}
	if meaning := meaningOf(s); !meaning.IsZero() {
		parts = append(parts, v.Say(meaning))
	}
	if e := s.Evidence; e != nil {
		if _, literal := e.Message.Literal(); !literal { // it is ours
			parts = append(parts, v.message(e.Message))
		}
		if o := offers(e.Offers); o != "" {
			parts = append(parts, v.Sprintf("suggested offers: %s", o))
		}
	}
	return strings.Join(parts, "; ")
}

// briefly says the same on as few lines as there can be.
func (v voice) briefly(s *batch.RowStatus) string {
	if s.State == batch.Invalid {
		return v.explanation(s)
	}
	if meaning := meaningOf(s); !meaning.IsZero() {
		return v.Say(meaning)
	}
	return ""
}

// meaningOf says what is known of a row that was not simply paid.
func meaningOf(s *batch.RowStatus) lang.Message {
	code := ""
	if s.Evidence != nil {
		code = s.Evidence.Code
	}
	switch s.State {
	case batch.Unsent:
		return unsentBecause(code, s.Attempts)
	case batch.Unknown:
		if code == "UNKNOWN_ERROR" {
			return lang.Msg("the operator has not said what became of it")
		}
		return lang.Msg("no clear answer has come")
	case batch.Pending:
		return lang.Msg("the provider has accepted it, and the operator has not confirmed it yet")
	case batch.Refunded:
		return lang.Msg("the operator did not top the phone up, and the provider gave the money back")
	case batch.Rejected:
		return rejectedBecause(code)
	case batch.Conflict:
		if s.Missing() {
			return lang.Msg("the provider said that it holds this order, and never showed it")
		}
		return lang.Msg("the provider holds another order under its reference")
	}
	return lang.Message{}
}

// unsentBecause says why a row was not sent, or may be sent again.
func unsentBecause(code string, attempts int) lang.Message {
	switch {
	case code == "NO_BALANCE" || code == "INSUFFICIENT_BALANCE":
		return lang.Msg("the account's balance did not go that far")
	case attempts > 0:
		return lang.Msg("the provider did not process it, and charged nothing")
	}
	return lang.Msg("it was never sent")
}

// rejectedBecause says why the provider refused a row.
func rejectedBecause(code string) lang.Message {
	switch code {
	case "ERR_PHONE":
		return lang.Msg("the provider does not take this phone")
	case "ERR_VALIDATION":
		return lang.Msg("the provider does not take this phone, plan or amount")
	}
	return lang.Msg("the provider refused it")
}

// providersWords are an answer as the provider gave it: its code, its words, and the
// number that its support asks for.
func (v voice) providersWords(s *batch.RowStatus) string {
	e := s.Evidence
	if e == nil {
		return ""
	}
	var parts []string
	words, literal := e.Message.Literal()
	if !literal {
		words = ""
	}
	if said := strings.Trim(e.Code+": "+words, ": "); said != "" {
		parts = append(parts, said)
	}
	if e.RequestID != "" {
		parts = append(parts, v.Sprintf("provider's request %s", e.RequestID))
	}
	return strings.Join(parts, "; ")
}
