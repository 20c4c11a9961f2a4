package ingest

import (
	"strings"

	"flexybatch/batch"
	"flexybatch/ingest/fault"
	"flexybatch/ingest/xlsx"
)

// Rules are what rows are held to, beyond what the file says.
type Rules struct {
	Catalogue     batch.Catalogue
	DefaultPlan   string       // for rows that name none: a code of the catalogue, or Auto; empty: none
	DefaultAmount batch.Dinars // for rows of dynamic plans that give none; 0: none
	FixPhones     bool         // repair phones that can be repaired without doubt
	AnyOperator   bool         // a phone may be of another operator than the plan

	// The rules that take the whole file to see (see batch.Assign). Without a name
	// for the batch they are left to the caller.
	Batch  string // its name, part of every ref
	Limits batch.Limits

	// Lineage finds out who was paid before, once the rows are known; nil: nobody.
	Lineage func(rows []batch.Row) (*batch.Lineage, error)
}

// Auto is the default plan that is the prepaid plan of the phone's operator.
const Auto = "auto"

// checker holds the rows of one table to the rules, one after the other.
type checker struct {
	Rules
	header  []string
	columns columns
	plans   map[string]*offered
	alike   map[string]*offered // by what else may name them, as fold leaves it
	written string              // the plan of the row before: most rows name the same
	last    *offered            // what it names
	unknown string              // the last code that is no plan's
	unfit   batch.Dinars        // the amount beside it
	near    string              // the codes that may be meant

	// What the rows so far come to, for lines that add them up.
	rows  int
	sum   batch.Dinars
	since batch.Dinars // the last of such lines

	repairable Repaired // phones that were not repaired and can be
}

func newChecker(rules Rules, header []string, c columns) (*checker, error) {
	k := &checker{Rules: rules, header: header, columns: c, plans: make(map[string]*offered, len(rules.Catalogue))}
	for _, p := range rules.Catalogue {
		o := &offered{Plan: p}
		for _, operator := range []string{batch.Mobilis, batch.Djezzy, batch.Ooredoo} {
			if p.Serves(operator) {
				o.serves = append(o.serves, operator)
			}
		}
		k.plans[p.Code] = o
	}
	k.alike = alikeIn(k.plans, rules.Catalogue)
	if _, known := k.plans[rules.DefaultPlan]; !known && rules.DefaultPlan != "" && rules.DefaultPlan != Auto {
		return nil, &FileError{What: batch.Msg("--plan %s: the provider has no such plan", rules.DefaultPlan), Do: k.suggest(rules.DefaultPlan, rules.DefaultAmount), Err: ErrPlan}
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
	*row = batch.Row{Number: e.Number, Cells: e.Cells}
	if e.Hidden || e.Struck || e.Origin != "" {
		row.Remarks = &batch.Remarks{Hidden: e.Hidden || e.Struck, Origin: e.Origin}
	}
	i.width()
	i.phone()
	i.row.Topup.ID = i.readable(id)
	i.amount(i.plan())
	k.rows++
	k.sum += i.given
	k.since += i.given
}

// problem adds a broken rule, with the column and what stands in it.
func (i *inspection) problem(code batch.Code, f field, m batch.Message) {
	i.row.AddProblem(batch.Problem{Code: code, Field: f.String(), Column: i.columnName(f), Value: fault.Shorten(i.entry.Fields[f]), Message: m})
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
	p := batch.Problem{Code: batch.RowWidth, Value: fault.Shorten(i.entry.Beyond)}
	if first := i.entry.Cells.At(0); i.entry.Width == 1 && oneText(first) {
		p.Value, p.Message = fault.Shorten(first), batch.Msg("the line stands in quotes as a whole, and is one text: take away the quotes around it")
	} else if i.entry.Width < len(i.header) {
		p.Message = batch.Msg("the line has %d columns and the header %d: put in the delimiter that is missing", i.entry.Width, len(i.header))
	} else {
		p.Column = xlsx.Letters(i.entry.Width - 1)
		p.Message = batch.Msg("%q stands right of the last column of the header, which has %d: clear it, give its column a header, or look for a delimiter too many", fault.Shorten(i.entry.Beyond), len(i.header))
	}
	i.row.AddProblem(p)
}

// readable returns the field's text without the spaces around it; empty, after a
// problem, where the cell holds an error instead of a value.
func (i *inspection) readable(f field) string {
	s := strings.TrimSpace(i.entry.Fields[f])
	switch {
	case i.entry.Odd[f] == xlsx.Uncounted:
		i.problem(batch.CellError, f, batch.Msg("the cell holds a formula whose value was not saved: open the file in Excel, save it, and try again"))
	case i.entry.Odd[f] == xlsx.Fault || spreadsheetError(s):
		i.problem(batch.CellError, f, batch.Msg("the cell holds the error %s: mend its formula, or write the value itself", s))
	default:
		return s
	}
	return ""
}

// broken tells that the row has a problem with the field already.
func (i *inspection) broken(f field) bool {
	for _, p := range i.row.Problems() {
		if p.Field == f.String() {
			return true
		}
	}
	return false
}

// amount reads the amount and holds it to the plan, where there is one.
func (i *inspection) amount(p *offered) {
	text := i.readable(amount)
	if i.broken(amount) {
		return
	}
	if text == "" {
		i.noAmount(p)
		return
	}
	n, bad := payable(i.dinars(text))
	if bad != nil {
		i.problem(bad.code, amount, bad.within(p))
		return
	}
	i.row.Topup.Amount, i.given = n, n
	switch {
	case p == nil:
	case p.Fixed && n != p.Amount:
		i.problem(batch.AmountFixed, amount, batch.Msg("the plan %s is sold for %v dinars only: write %[2]v or leave the cell empty", p.Code, p.Amount))
	case !p.Fixed && (n < p.Min || p.Max > 0 && n > p.Max):
		i.problem(batch.AmountRange, amount, batch.Msg("the plan %s takes %v to %v dinars: write an amount in between", p.Code, p.Min, p.Max))
	}
}

// noAmount fills in what a row without an amount asks for.
func (i *inspection) noAmount(p *offered) {
	switch {
	case p == nil:
	case p.Fixed:
		i.row.Topup.Amount = p.Amount
	case i.DefaultAmount == 0:
		i.problem(batch.AmountMissing, amount, batch.Msg("there is no amount, and the plan %s needs one: write %v to %v dinars, or run with --amount N", p.Code, p.Min, p.Max))
	default:
		i.row.Topup.Amount = i.DefaultAmount
		if i.DefaultAmount < p.Min || p.Max > 0 && i.DefaultAmount > p.Max {
			i.problem(batch.AmountRange, amount, batch.Msg("the plan %s takes %v to %v dinars, and --amount gives %v: write an amount in between", p.Code, p.Min, p.Max, i.DefaultAmount))
		}
	}
}

// within returns what is wrong with an amount, with the plan's range where there is
// one.
func (bad *badAmount) within(p *offered) batch.Message {
	if bad.code == batch.AmountRange && p != nil && !p.Fixed && p.Max > 0 {
		return batch.Msg("%s; the plan %s takes %v to %v dinars", bad.message, p.Code, p.Min, p.Max)
	}
	return bad.message
}

// dinars reads the amount's cell by what it holds, whatever the row may ask for.
func (i *inspection) dinars(text string) (batch.Dinars, *badAmount) {
	switch i.entry.Odd[amount] {
	case xlsx.Date:
		return 0, isDate
	case xlsx.Truth:
		return 0, isTruth
	case xlsx.Scaled:
		return 0, isShownScaled
	case xlsx.Number:
		return readNumber(text)
	}
	return readAmount(text)
}
