package ingest

import (
	"fmt"
	"slices"
	"strings"

	"flexybatch/batch"
)

// Rules are what rows are held to, beyond what the file says.
type Rules struct {
	Catalogue     batch.Catalogue
	DefaultPlan   string       // for rows that name none: a code of the catalogue, or Auto; empty: none
	DefaultAmount batch.Dinars // for rows of dynamic plans that give none; 0: none
	FixPhones     bool         // repair phones that can be repaired without doubt
	AnyOperator   bool         // a phone may be of another operator than the plan
}

// Auto is the default plan that is the prepaid plan of the phone's operator.
const Auto = "auto"

// checker holds the rows of one table to the rules, one after the other.
type checker struct {
	Rules
	header  []string
	columns columns
	plans   map[string]offered

	// What the rows so far come to, for lines that add them up.
	rows int
	sum  batch.Dinars
}

// offered is a plan with the answers that every row asks for.
type offered struct {
	batch.Plan
	serves map[string]bool // by operator
}

func newChecker(rules Rules, header []string, c columns) (*checker, error) {
	k := &checker{Rules: rules, header: header, columns: c, plans: make(map[string]offered, len(rules.Catalogue))}
	for _, p := range rules.Catalogue {
		o := offered{Plan: p, serves: map[string]bool{}}
		for _, operator := range []string{batch.Mobilis, batch.Djezzy, batch.Ooredoo} {
			o.serves[operator] = p.Serves(operator)
		}
		k.plans[p.Code] = o
	}
	if _, known := k.plans[rules.DefaultPlan]; !known && rules.DefaultPlan != "" && rules.DefaultPlan != Auto {
		return nil, &FileError{What: fmt.Sprintf("--plan %s: the provider has no such plan", rules.DefaultPlan), Do: k.nearest(rules.DefaultPlan), Err: ErrPlan}
	}
	return k, nil
}

// inspection is one row on its way through the rules.
type inspection struct {
	*checker
	entry *Entry
	row   *batch.Row
	given batch.Dinars // what the amount's cell says, where it can be read
}

// row holds an entry to every rule, and makes a row of it that tells all that it
// breaks.
func (k *checker) row(e *Entry, row *batch.Row) {
	i := inspection{checker: k, entry: e, row: row}
	*row = batch.Row{Number: e.Number, Cells: e.Packed, Hidden: e.Hidden}
	i.width()
	i.phone()
	i.row.Topup.ID = i.readable(id)
	i.amount(i.plan())
	k.rows++
	k.sum += i.given
}

// problem adds a broken rule, with the column and what stands in it.
func (i *inspection) problem(code batch.Code, f field, format string, args ...any) {
	i.row.Problems = append(i.row.Problems, batch.Problem{
		Code: code, Field: f.String(), Column: i.columnName(f), Value: shorten(i.entry.Fields[f]), Message: fmt.Sprintf(format, args...),
	})
}

func (k *checker) columnName(f field) string {
	if k.columns[f] < 0 {
		return ""
	}
	return columnName(k.header, k.columns[f])
}

// width refuses rows that are wider or narrower than the header: a cell too few
// or too many puts every one after it into another column.
func (i *inspection) width() {
	if i.entry.Width == 0 {
		return
	}
	p := batch.Problem{Code: batch.RowWidth, Value: shorten(i.entry.Beyond)}
	if i.entry.Width < len(i.header) {
		p.Message = fmt.Sprintf("the line has %d columns and the header %d: put in the delimiter that is missing", i.entry.Width, len(i.header))
	} else {
		p.Column = letters(i.entry.Width - 1)
		p.Message = fmt.Sprintf("%q stands right of the last column of the header, which has %d: clear it, give its column a header, or look for a delimiter too many", shorten(i.entry.Beyond), len(i.header))
	}
	i.row.Problems = append(i.row.Problems, p)
}

// readable is the field's text without the spaces around it; empty, after a
// problem, where the cell holds an error instead of a value.
func (i *inspection) readable(f field) string {
	s := strings.TrimSpace(i.entry.Fields[f])
	switch {
	case i.entry.Odd[f] == uncounted:
		i.problem(batch.CellError, f, "the cell holds a formula whose value was not saved: open the file in Excel, save it, and try again")
	case i.entry.Odd[f] == fault || spreadsheetError(s):
		i.problem(batch.CellError, f, "the cell holds the error %s: mend its formula, or write the value itself", s)
	default:
		return s
	}
	return ""
}

// broken tells that the row has a problem with the field already.
func (i *inspection) broken(f field) bool {
	for _, p := range i.row.Problems {
		if p.Field == f.String() {
			return true
		}
	}
	return false
}

// spreadsheetError knows the errors that a cell shows, also once they were
// saved as the text of a CSV file.
func spreadsheetError(s string) bool {
	if !strings.HasPrefix(s, "#") {
		return false
	}
	switch s {
	case "#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!", "#EXTERNAL!",
		"#VALEUR!", "#NOM?", "#NOMBRE!", "#NUL!", "#N/D": // in French
		return true
	}
	return strings.Trim(s, "#") == "" && len(s) > 2 // a column too narrow for its number
}

// phone reads the phone, strictly: a number that only a guess completes is not
// one to send money to.
func (i *inspection) phone() {
	trimmed := i.readable(phone)
	if i.broken(phone) {
		return
	}
	if trimmed == "" {
		what := "there is no phone: write one in the form 0550123456"
		if slices.ContainsFunc(i.entry.Cells, isTotalWord) {
			what = fmt.Sprintf("there is no phone; if this line is a total, it is not the sum of the amounts above it, which is %d: look for what is missing, or delete the line", i.sum)
		}
		i.problem(batch.PhoneMissing, phone, "%s", what)
		return
	}
	written := i.entry.Fields[phone]
	if p, err := batch.ParsePhone(written); err == nil {
		i.row.Topup.Phone = p
		return
	}
	p, repairable := batch.RepairPhone(written)
	repairable = repairable && i.entry.Odd[phone] != date
	if repairable && i.FixPhones {
		i.row.Topup.Phone, i.row.Written = p, written
		return
	}
	if repairable {
		i.problem(batch.PhoneFormat, phone, "%s: write %s, or run with --fix-phones", phoneFault(written, i.entry.Odd[phone]), p)
		return
	}
	i.problem(batch.PhoneFormat, phone, "%s: write 05, 06 or 07 and eight digits, such as 0550123456", phoneFault(written, i.entry.Odd[phone]))
}

// phoneFault says in what way a text is no phone.
func phoneFault(s string, odd oddity) string {
	digits := 0
	for _, r := range s {
		if '0' <= r && r <= '9' {
			digits++
		}
	}
	plain := strings.Trim(s, "0123456789") == ""
	switch {
	case odd == date:
		return "the cell is a date, not a phone"
	case odd == truth:
		return "the cell is TRUE or FALSE, not a phone"
	case s != strings.TrimSpace(s) && len(strings.TrimSpace(s)) == 10:
		return "there are spaces around the phone"
	case strings.ContainsAny(s, "eE") && strings.Trim(s, "0123456789.,+eE") == "":
		return "the spreadsheet shortened the number and lost digits of it: make the column Text and type the phone again"
	case plain && digits == 9 && strings.ContainsAny(s[:1], "567"):
		return "the leading zero is lost (the column is of type Number; make it Text)"
	case plain && digits == 10 && s[0] == '0' && strings.ContainsAny(s[1:2], "234"):
		return "this is a landline, and only mobile phones are topped up"
	case plain && s[0] == '0':
		return fmt.Sprintf("the phone has %d digits, not the 10 of a mobile number", digits)
	}
	return "this is not an Algerian mobile number as the provider takes it"
}

// plan finds the plan. It reports false where there is none to hold the amount
// to.
func (i *inspection) plan() (offered, bool) {
	code := i.readable(plan)
	if i.broken(plan) {
		return offered{}, false
	}
	if code == "" {
		if code = i.defaultPlan(); code == "" {
			return offered{}, false
		}
	}
	i.row.Topup.Plan = code
	p, known := i.plans[code]
	switch {
	case !known:
		i.problem(batch.PlanUnknown, plan, "the provider has no plan %q: %s", shorten(code), i.nearest(code))
		return offered{}, false
	case p.Menu():
		i.problem(batch.PlanUnsupported, plan, "the plan %s buys nothing, it only asks the operator for offers: name another", code)
		return offered{}, false
	case !p.Enabled:
		i.problem(batch.PlanDisabled, plan, "the provider has switched the plan %s off: name another, or try again later", code)
	}
	operator := i.row.Topup.Phone.Operator()
	if operator != "" && !p.serves[operator] && !i.AnyOperator {
		i.problem(batch.PlanOperator, plan, "the phone %s is of %s and the plan %s is of %s: correct one of them, or run with --any-operator", i.row.Topup.Phone, operator, code, p.Operator)
	}
	return p, true
}

// defaultPlan is the plan of a row that names none; empty, after a problem
// unless the row has one already that explains it, where there is none.
func (i *inspection) defaultPlan() string {
	if i.DefaultPlan != Auto {
		if i.DefaultPlan == "" {
			i.problem(batch.PlanMissing, plan, "there is no plan: write its code, or run with --plan CODE or --plan auto")
		}
		return i.DefaultPlan
	}
	operator := i.row.Topup.Phone.Operator()
	if operator == "" {
		return "" // the phone's own problem
	}
	p, ok := i.Catalogue.Prepaid(operator)
	if !ok {
		i.problem(batch.PlanMissing, plan, "the provider lists no prepaid plan for %s, which --plan auto would take: write a plan's code", operator)
	}
	return p.Code
}

// nearest says which code may be meant.
func (k *checker) nearest(code string) string {
	near := k.Catalogue.Nearest(code, 3)
	switch {
	case len(near) == 0:
		return "its catalogue is empty"
	case strings.EqualFold(near[0], code):
		return fmt.Sprintf("write %s, with these very capitals", near[0])
	}
	return "the nearest are " + strings.Join(near, ", ")
}

// amount reads the amount and holds it to the plan, where there is one.
func (i *inspection) amount(p offered, known bool) {
	text := i.readable(amount)
	if i.broken(amount) {
		return
	}
	if text == "" {
		i.noAmount(p, known)
		return
	}
	n, bad := i.dinars(text)
	if bad != nil {
		i.problem(bad.code, amount, "%s", i.inWords(bad, p, known))
		return
	}
	i.row.Topup.Amount, i.given = n, n
	switch {
	case !known:
	case p.Fixed && n != p.Amount:
		i.problem(batch.AmountFixed, amount, "the plan %s is sold for %d dinars only: write %d or leave the cell empty", p.Code, p.Amount, p.Amount)
	case !p.Fixed && (n < p.Min || p.Max > 0 && n > p.Max):
		i.problem(batch.AmountRange, amount, "the plan %s takes %d to %d dinars: write an amount in between", p.Code, p.Min, p.Max)
	}
}

// noAmount fills in what a row without an amount asks for.
func (i *inspection) noAmount(p offered, known bool) {
	switch {
	case !known:
	case p.Fixed:
		i.row.Topup.Amount = p.Amount
	case i.DefaultAmount == 0:
		i.problem(batch.AmountMissing, amount, "there is no amount, and the plan %s needs one: write %d to %d dinars, or run with --amount N", p.Code, p.Min, p.Max)
	default:
		i.row.Topup.Amount = i.DefaultAmount
		if i.DefaultAmount < p.Min || p.Max > 0 && i.DefaultAmount > p.Max {
			i.problem(batch.AmountRange, amount, "the plan %s takes %d to %d dinars, and --amount gives %d: write an amount in between", p.Code, p.Min, p.Max, i.DefaultAmount)
		}
	}
}

// inWords is a problem of an amount, with the plan's range where there is one.
func (i *inspection) inWords(bad *badAmount, p offered, known bool) string {
	s := bad.reason
	if bad.code == batch.AmountRange && known && !p.Fixed && p.Max > 0 {
		s += fmt.Sprintf("; the plan %s takes %d to %d dinars", p.Code, p.Min, p.Max)
	}
	return s
}

// dinars reads the amount's cell by what it holds.
func (i *inspection) dinars(text string) (batch.Dinars, *badAmount) {
	switch i.entry.Odd[amount] {
	case date:
		return 0, &badAmount{batch.AmountFormat, "the cell is formatted as a date: make it Number and type the amount again"}
	case truth:
		return 0, &badAmount{batch.AmountFormat, "the cell is TRUE or FALSE: write whole dinars in digits, such as 1500"}
	case number:
		return parseNumber(text)
	}
	return parseAmount(text)
}
