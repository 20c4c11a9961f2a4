package batch

import "fmt"

// Code names a row rule. Codes are stable: scripts and the report rely on them.
type Code string

// The row rules.
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

// Problem is one broken rule of one row: what, where, and what to do.
type Problem struct {
	Code    Code   `json:"code"`
	Field   string `json:"field"`            // phone, plan, amount or id; empty when the whole row is meant
	Column  string `json:"column,omitempty"` // the column as the file names it
	Value   string `json:"value,omitempty"`  // what stands there
	Message string `json:"message"`          // what is wrong and what mends it, for people
}

// String is the problem on one line, without its row.
func (p Problem) String() string {
	if p.Column == "" {
		return fmt.Sprintf("%s: %s", p.Code, p.Message)
	}
	return fmt.Sprintf("%s: column %q, value %q: %s", p.Code, p.Column, p.Value, p.Message)
}
