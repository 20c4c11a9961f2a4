package report

import (
	"fmt"
	"slices"
	"strings"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// paper is what the page for paper shows, in the reader's language.
type paper struct {
	Language, Direction string
	Title, Kind         string
	Headline, Gone      string
	Facts, Technical    []paperFact
	Tables              []paperTable
	BalanceHead         [2]string
	Balance             []paperBalance
	Remarks             []string
	Approved            string
	TodoTitle           string
	TodoHeads           []string
	Todo                []paperTodo
	More                string // how many rows Todo leaves out

	voice voice
	names []int
}

// paperFact is a name and its value.
type paperFact struct{ Name, Value string }

// paperTable is a table of sums.
type paperTable struct {
	Heads []string
	Rows  []paperSums
}

// paperSums is a row of such a table.
type paperSums struct {
	Name, State string // State is empty where the row is of no state
	Bold        bool
	Cells       []string
}

// paperBalance is a line of the balance.
type paperBalance struct {
	What, Amount string
	Sum, Alarm   bool
}

// paperTodo is a row that is to be seen to.
type paperTodo struct {
	Row                           int
	Who, Phone, Amount, Said, Why string
	State                         string
}

// newPaper says the figures of a batch.
func newPaper(from Books, words *lang.Printer) *paper {
	head, f := from.Batch(), figuresOf(from)
	v := voice{Printer: words, paidAgain: paidAgain(from)}
	p := &paper{Language: v.Language(), Direction: "ltr", voice: v, names: batch.NameColumns(head.Header)}
	if v.RightToLeft() {
		p.Direction = "rtl"
	}
	p.Title, p.Kind = v.Sprintf("Results of batch %s", head.Name), v.Say(kindOf(head))
	p.Headline, p.Gone = v.Say(f.headline()), v.Say(Gone(f.tally))
	p.Tables = []paperTable{p.states(f), p.sums(v.Title("operator"), f.operators), p.sums(v.Title("plan"), f.plans)}
	p.balance(from, f)
	p.Approved = p.approvers(from)
	return p
}

// money writes an amount.
func (p *paper) money(c batch.Centimes) string { return p.voice.Say(lang.Msg("%s", c)) }

// number writes a number of things.
func (p *paper) number(n int) string { return p.voice.Say(lang.Number(n)) }

// heads are those of a table of sums.
func (p *paper) heads(title, count string) []string {
	v := p.voice
	return []string{title, v.Title("rows"), count, v.Title("requested"), v.Title("cost"), v.Title("charged"), v.Title("refunded"), v.Title("net")}
}

// row is a row of a table of sums.
func (p *paper) row(name, count string, s *sums) paperSums {
	return paperSums{Name: name, Cells: []string{p.number(s.rows), count, p.money(s.requested), p.money(s.cost), p.money(s.charged), p.money(s.refunded), p.money(s.net())}}
}

// states is the table of what became of the rows.
func (p *paper) states(f *figures) paperTable {
	v, file := p.voice, f.tally.File()
	t := paperTable{Heads: p.heads(v.Title("state"), v.Title("share"))}
	for _, s := range batch.States {
		if x := &f.states[s]; x.rows > 0 {
			row := p.row(v.state(s), v.Say(lang.Msg("%.1f %%", 100*share(x.rows, file.Total))), x)
			row.State = s.String()
			t.Rows = append(t.Rows, row)
		}
	}
	add := func(name string, bold bool, c batch.Counts) {
		x := sumsOf(c)
		row := p.row(name, "", &x)
		row.Bold = bold
		t.Rows = append(t.Rows, row)
	}
	if f.tally.Gone.Total == 0 {
		add(v.Title("all rows"), true, file)
		return t
	}
	add(v.Title("all rows of the file"), true, file)
	add(v.Title("no longer in the file"), false, f.tally.Gone)
	add(v.Title("together"), true, f.tally.Counts)
	return t
}

// mostSums is how many operators or plans the page has room for.
const mostSums = 6

// sums is a table of sums by name. Those for which there is no room are added up.
func (p *paper) sums(title string, by map[string]*sums) paperTable {
	t := paperTable{Heads: p.heads(title, p.voice.Title("fulfilled"))}
	list, rest := names(by), &sums{}
	if len(list) > mostSums {
		slices.SortStableFunc(list, func(a, b string) int { return by[b].rows - by[a].rows })
		for _, name := range list[mostSums-1:] {
			rest.merge(by[name])
		}
		list = list[:mostSums-1]
	}
	for _, name := range list {
		t.Rows = append(t.Rows, p.row(name, p.number(by[name].fulfilled), by[name]))
	}
	if more := len(by) - len(list); more > 0 {
		t.Rows = append(t.Rows, p.row(p.voice.Say(lang.Count(more, "%d other", "%d others")), p.number(rest.fulfilled), rest))
	}
	return t
}

// balance explains the balance, where the journal notes one.
func (p *paper) balance(from Books, f *figures) {
	x, ok := balancesOf(from)
	if !ok {
		return
	}
	p.BalanceHead = [2]string{p.voice.Title("Balance"), p.voice.Title("dinars")}
	for _, l := range x.lines(f) {
		p.Balance = append(p.Balance, paperBalance{p.voice.Say(l.what), p.money(l.amount), l.sum, l.alarm && l.amount != 0})
	}
	for _, remark := range x.remarks(f) {
		p.Remarks = append(p.Remarks, p.voice.Say(remark))
	}
}

// approvers names those who approved the batch.
func (p *paper) approvers(from Books) string {
	var list []string
	for _, n := range from.Notes() {
		if n.What == batch.NoteApproved && n.Approval != nil {
			list = append(list, n.Approval.Approver)
		}
	}
	if len(list) == 0 {
		return ""
	}
	return p.voice.Sprintf("Approved by: %s", strings.Join(list, ", "))
}

// tell adds what stands on the page beside the figures: the facts, what is to do as far
// as there is room, and the technical lines.
func (p *paper) tell(from Books, o Options) {
	head := from.Batch()
	first, last := from.Span()
	add := func(name, value string) {
		if value != "" {
			p.Facts = append(p.Facts, paperFact{name, value})
		}
	}
	v := p.voice
	add(v.Title("account"), fmt.Sprintf("%s (%s)", head.Account.Username, head.Account.Host))
	add(v.Title("file"), head.File)
	add(v.Title("begun"), v.Say(lang.Msg("%s", first)))
	add(v.Title("last change"), v.Say(lang.Msg("%s", last)))
	for _, t := range technicalOf(from, o) {
		p.Technical = append(p.Technical, paperFact{v.Say(t.name), v.Say(t.value)})
	}
	p.todo(from)
}

// pageLines is how many lines of a table there is room for on the page, and todoWidth
// and whoWidth how many letters of a reason and of a name stand on one.
const pageLines, todoWidth, whoWidth = 68, 50, 26

// taken is how many lines the page has without what is to do.
func (p *paper) taken() int {
	lines := 13 + len(p.Technical)
	if p.Gone != "" {
		lines += 2
	}
	for _, t := range p.Tables {
		lines += 2 + len(t.Rows)
	}
	return lines + max(1+len(p.Balance), 3*len(p.Remarks)+1) // which stand beside each other
}

// todo lists what is to do, row by row, until the page is full.
func (p *paper) todo(from Books) {
	v, head := p.voice, from.Batch()
	p.TodoTitle = v.Title("To do")
	p.TodoHeads = []string{v.Title("row"), v.Title("who"), v.Title("phone"), v.Title("amount"), v.Title("state"), v.Title("why")}
	room, more := pageLines-p.taken(), 0
	from.Each(func(s *batch.RowStatus) bool {
		if !hasTodo(s) {
			return true
		}
		phone, _, amount := asked(s, &head)
		t := paperTodo{s.Number, Whose(batch.NameIn(s.Cells, p.names), s.Topup.ID), phone, "", v.state(s.State), v.briefly(s), s.State.String()}
		if n, ok := amount.(int64); ok {
			t.Amount = p.number(int(n))
		} else if amount != nil {
			t.Amount = fmt.Sprint(amount)
		}
		if room -= max(linesOf(t.Why, todoWidth), linesOf(t.Who, whoWidth)); more > 0 || room < 0 {
			more++
			return true
		}
		p.Todo = append(p.Todo, t)
		return true
	})
	if more > 0 {
		p.More = v.Say(lang.Count(more, "… and %d more row, which is in the workbook on the sheet To do.", "… and %d more rows, which are in the workbook on the sheet To do."))
	}
}
