package batch

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
	Against Ref     `json:"-"`                // paid.before: the order of this batch that stands against the row
}

// String returns the problem on one line, without the row, in English.
func (p Problem) String() string { return p.line().String() }

// Parts returns the message that String says, for whoever says it in a language.
func (p Problem) Parts() (format, many string, n int, args []any) { return p.line().Parts() }

func (p Problem) line() Message {
	if p.Column == "" {
		return Msg("%s: %s", p.Code, p.Message)
	}
	return Msg("%s: column %q, value %q: %s", p.Code, p.Column, p.Value, p.Message)
}
