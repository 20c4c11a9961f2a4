package report

import (
	"fmt"
	"strings"

	"flexybatch/batch"
)

// todo says in words what a person must do about a row; empty where nothing.
func todo(s *batch.Standing) string {
	switch s.State {
	case batch.Invalid:
		return "Mend the row in the file, then run again with --amend."
	case batch.Unsent:
		return "Not sent. Run the same command again."
	case batch.Unknown:
		if s.Evidence != nil && s.Evidence.Code == "UNKNOWN_ERROR" {
			return "The operator has not said. The provider settles this within 24 hours: run settle tomorrow. Do not pay it by other means meanwhile."
		}
		return "Nobody knows yet whether it was paid. Run settle; do not pay it by other means meanwhile."
	case batch.Pending:
		return "Accepted, not finished. Run settle later."
	case batch.Refunded:
		return "The operator failed and the money came back. Look at the message and the offers, and pay it in a new batch."
	case batch.Rejected:
		if s.Evidence != nil && len(s.Evidence.Facts) > 0 {
			return "The provider refused it, and yet shows an order under its reference. Ask the provider's support before paying it again."
		}
		return "The provider refused it and charged nothing. Mend it and pay it in a new batch."
	case batch.Conflict:
		return "The provider holds this reference for another order. Ask the provider's support, with the reference, before paying."
	}
	return ""
}

// reasons is what is known of why a row stands as it does.
func reasons(s *batch.Standing) string {
	var parts []string
	for _, p := range s.Problems {
		parts = append(parts, p.String())
	}
	if e := s.Evidence; e != nil {
		if e.Code != "" {
			parts = append(parts, strings.TrimSuffix(e.Code+": "+e.Message, ": "))
		} else if e.Message != "" {
			parts = append(parts, e.Message)
		}
		if o := offers(e.Offers); o != "" {
			parts = append(parts, "offers: "+o)
		}
		if e.RequestID != "" {
			parts = append(parts, "request "+e.RequestID)
		}
	}
	return strings.Join(parts, "; ")
}

// offers puts the provider's suggestions on one line.
func offers(list []batch.Offer) string {
	var parts []string
	for _, o := range list {
		parts = append(parts, strings.TrimSpace(fmt.Sprintf("%s %s %d", o.Name, o.Plan, o.Amount)))
	}
	return strings.Join(parts, ", ")
}

// notes is what else the books tell of a row.
func notes(s *batch.Standing) string {
	var parts []string
	if s.Hidden {
		parts = append(parts, "the row is hidden in the sheet")
	}
	if s.Written != "" {
		parts = append(parts, fmt.Sprintf("the phone was written %q and mended", s.Written))
	}
	if s.Gone {
		parts = append(parts, "the corrected file no longer has this row")
	}
	if s.Evidence != nil {
		parts = append(parts, s.Evidence.Facts...)
	}
	return strings.Join(parts, "; ")
}

// code and message are what the provider or the row rules say.
func code(s *batch.Standing) string {
	if len(s.Problems) > 0 {
		codes := make([]string, len(s.Problems))
		for i, p := range s.Problems {
			codes[i] = string(p.Code)
		}
		return strings.Join(codes, " ")
	}
	if s.Evidence != nil {
		return s.Evidence.Code
	}
	return ""
}

func message(s *batch.Standing) string {
	if len(s.Problems) > 0 {
		parts := make([]string, len(s.Problems))
		for i, p := range s.Problems {
			parts[i] = p.Message
		}
		return strings.Join(parts, "; ")
	}
	if s.Evidence != nil {
		return s.Evidence.Message
	}
	return ""
}
