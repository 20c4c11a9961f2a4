package batch

import "fmt"

// Code is the name of a row rule. Codes never change, because scripts and the
// report rely on them.
type Code string

// The codes of the row rules.
const (
	PhoneMissing    Code = "phone.missing"
	PhoneFormat     Code = "phone.format"
	PlanMissing     Code = "plan.missing"
	PlanUnknown     Code = "plan.unknown"
	PlanDisabled    Code = "plan.disabled"
	PlanOperator    Code = "plan.operator"
	PlanUnsupported Code = "plan.unsupported"
	AmountMissing   Code = "amount.missing"
	AmountFormat    Code = "amount.format"
	AmountRange     Code = "amount.range"
	AmountFixed     Code = "amount.fixed"
	AmountCap       Code = "amount.cap"
	DuplicateRow    Code = "duplicate.row"
	DuplicateID     Code = "duplicate.id"
	IDChanged       Code = "id.changed"
	PaidBefore      Code = "paid.before" // money rule 14
	CellError       Code = "cell.error"
	RowWidth        Code = "row.width"
)

// Problem is a rule that a row breaks: which one, where, and how to mend it.
type Problem struct {
	Code    Code    `json:"code"`
	Field   string  `json:"field"`            // phone, plan, amount or id; empty if the whole row is meant
	Column  string  `json:"column,omitempty"` // the column's name in the file
	Value   string  `json:"value,omitempty"`  // what the file holds there
	Message Message `json:"message"`          // for people: what is wrong and how to mend it
}

// String returns the problem on one line, without the row.
func (p Problem) String() string {
	if p.Column == "" {
		return fmt.Sprintf("%s: %s", p.Code, p.Message)
	}
	return fmt.Sprintf("%s: column %q, value %q: %s", p.Code, p.Column, p.Value, p.Message)
}
