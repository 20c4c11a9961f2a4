package report

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"flexybatch/batch"
)

// Redact is the same books for wider circulation: of every phone three digits
// are hidden, as in 0550•••012, wherever it stands and however it is written. The
// phones of the batch are found in every text, by their digits; what reads like a
// phone is taken for one; and of what stands in the column of the phones, and is
// none, no more is left than of one.
//
// References stay, and so do the provider's own numbers: by them a row is found
// again by those who may know its phone. A reference is made from the phone, and
// who knows everything else that it is made from can try all phones out.
func Redact(from Books) Books {
	m := &masked{Books: from, batch: from.Batch(), phones: map[uint32]bool{}}
	for i, h := range m.batch.Header {
		if field := m.batch.Fields["phone"]; field != "" && h == field {
			m.columns = append(m.columns, i)
		}
	}
	from.Each(func(s *batch.RowStatus) bool {
		m.know(string(s.Topup.Phone))
		for _, i := range m.columns {
			m.know(s.Cells.At(i))
		}
		return true
	})
	m.batch.File, m.batch.Sheet, m.batch.Account.Username = m.text(m.batch.File), m.text(m.batch.Sheet), m.text(m.batch.Account.Username)
	m.batch.Header = m.texts(m.batch.Header)
	fields := map[string]string{}
	for field, column := range m.batch.Fields {
		fields[field] = m.text(column)
	}
	m.batch.Fields = fields
	return m
}

// masked is books whose phones are hidden.
type masked struct {
	Books
	batch   batch.BatchRecord
	columns []int           // of the phones, in the header
	phones  map[uint32]bool // the batch's own: the nine digits behind the zero
}

// know keeps a phone of the batch in mind.
func (m *masked) know(s string) {
	if p, ok := batch.RepairPhone(s); ok {
		m.phones[number(digitsOf(string(p))[1:])] = true
	}
}

// Batch is what the plan says of itself.
func (m *masked) Batch() batch.BatchRecord { return m.batch }

// Versions lists the plans.
func (m *masked) Versions() []batch.Version {
	list := slices.Clone(m.Books.Versions())
	for i := range list {
		list[i].File = m.text(list[i].File)
	}
	return list
}

// Notes lists what was noted.
func (m *masked) Notes() []batch.Note {
	list := slices.Clone(m.Books.Notes())
	for i := range list {
		list[i].Text = m.text(list[i].Text)
	}
	return list
}

// Each calls f for every row.
func (m *masked) Each(f func(*batch.RowStatus) bool) {
	m.Books.Each(func(s *batch.RowStatus) bool {
		row := *s
		row.Topup.Phone = batch.Phone(m.text(string(s.Topup.Phone)))
		row.Topup.Plan, row.Topup.ID, row.TopupID = m.text(s.Topup.Plan), m.text(s.Topup.ID), m.apart(s.TopupID)
		cells := m.texts(s.Cells.List())
		for _, i := range m.columns {
			if i < len(cells) {
				cells[i] = m.phone(s.Cells.At(i))
			}
		}
		row.Cells = batch.CellsOf(cells...)
		if s.Remarks != nil {
			row.Remark(func(r *batch.Remarks) {
				r.Written = m.phone(r.Written)
				r.Problems = m.problems(r.Problems)
			})
		}
		if s.Evidence != nil {
			row.Evidence = m.evidence(s.Evidence)
		}
		return f(&row)
	})
}

func (m *masked) problems(list []batch.Problem) []batch.Problem {
	list = slices.Clone(list)
	for i := range list {
		p := &list[i]
		p.Column, p.Message = m.text(p.Column), m.text(p.Message)
		if p.Field == "phone" {
			p.Value = m.phone(p.Value)
		} else {
			p.Value = m.text(p.Value)
		}
	}
	return list
}

func (m *masked) evidence(e *batch.Evidence) *batch.Evidence {
	hidden := batch.Evidence{Code: m.text(e.Code), Message: m.text(e.Message), RequestID: m.apart(e.RequestID), Facts: m.texts(e.Facts)}
	for _, o := range e.Offers {
		o.Name, o.Plan = m.text(o.Name), m.text(o.Plan)
		hidden.Offers = append(hidden.Offers, o)
	}
	return &hidden
}

func (m *masked) texts(list []string) []string {
	hidden := make([]string, len(list))
	for i, s := range list {
		hidden[i] = m.text(s)
	}
	return hidden
}

// digit is a digit of a text, of whatever script.
type digit struct {
	at, to int // its bytes
	value  byte
	gap    bool // no number goes on from the digit before to this one
	hidden bool
}

// core is how many digits a phone has behind its zero.
const core = 9

// dot stands for a digit that is hidden.
const dot = '•'

// widest is the most signs that stand between two digits of a phone.
const widest = 3

// digitsOf finds the digits of a text.
func digitsOf(s string) (list []digit) {
	signs, gap := 0, true
	for at, r := range s {
		value, ok := digitOf(r)
		if !ok {
			signs++
			gap = gap || signs > widest || unicode.IsLetter(r) || unicode.IsNumber(r) || strings.ContainsRune(":;|\n•", r)
			continue
		}
		list = append(list, digit{at: at, to: at + utf8.RuneLen(r), value: value, gap: gap})
		signs, gap = 0, false
	}
	return list
}

// digitOf is the value of a digit of any script, raised, circled or wide ones
// among them: what RepairPhone reads.
func digitOf(r rune) (value byte, ok bool) {
	if r < utf8.RuneSelf {
		return byte(r - '0'), '0' <= r && r <= '9'
	}
	if !unicode.IsNumber(r) {
		return 0, false
	}
	plain, _ := utf8.DecodeRuneInString(norm.NFKC.String(string(r)))
	return batch.Digit(plain)
}

// number is the number that digits make.
func number(digits []digit) (n uint32) {
	for _, d := range digits[:core] {
		n = n*10 + uint32(d.value)
	}
	return n
}

// text hides the phones in a text.
func (m *masked) text(s string) string {
	return m.mask(s, func(all []digit, at int) bool { return m.phones[number(all[at:])] || reads(s, all, at) })
}

// apart hides phones in a name that is somebody else's, such as the provider's of
// an order: those that stand apart.
func (m *masked) apart(s string) string {
	return m.mask(s, func(all []digit, at int) bool { return reads(s, all, at) })
}

// mask hides the phones in a text: is tells whether the nine digits from one on
// are one's.
func (m *masked) mask(s string, is func(all []digit, at int) bool) string {
	if len(s) < core {
		return s
	}
	all := digitsOf(s)
	found := false
	for at := 0; at+core <= len(all); at++ {
		if one := all[at : at+core]; one[0].value >= 5 && one[0].value <= 7 && together(one) && is(all, at) {
			hide(one[3:6])
			found = true
			at += core - 1
		}
	}
	if !found {
		return s
	}
	return covered(s, all)
}

// together tells digits that can be one number's.
func together(list []digit) bool {
	for _, d := range list[1:] {
		if d.gap {
			return false
		}
	}
	return true
}

// before is what stands in front of a phone's nine digits.
var before = []string{"0", "213", "2130", "00213", "002130"}

// reads tells nine digits that anybody would take for a phone's: with the zero or
// the country's code in front, and no letter or digit on either side.
func reads(s string, all []digit, at int) bool {
	after, _ := utf8.DecodeRuneInString(s[all[at+core-1].to:])
	if word(after) {
		return false
	}
	for _, digits := range before {
		first := at - len(digits)
		if first < 0 || !together(all[first:at+1]) {
			continue
		}
		same := true
		for i := range digits {
			same = same && all[first+i].value == digits[i]-'0'
		}
		if r, _ := utf8.DecodeLastRuneInString(s[:all[first].at]); same && !word(r) {
			return true
		}
	}
	return false
}

// word tells a rune that a word or a number goes on with.
func word(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == dot)
}

// phone hides a phone as it is written in the phones' own column, or what stands
// there instead.
func (m *masked) phone(s string) string {
	if text := m.text(s); text != s {
		return text
	}
	all := digitsOf(s)
	head, tail := 4, 3
	if len(all) < head+tail+3 {
		head = 3
	}
	if len(all) < head+tail+3 {
		head, tail = 0, 0
	}
	hide(all[head : len(all)-tail])
	return covered(s, all)
}

func hide(list []digit) {
	for i := range list {
		list[i].hidden = true
	}
}

// covered is the text without its hidden digits.
func covered(s string, all []digit) string {
	var b strings.Builder
	at := 0
	for _, d := range all {
		if d.hidden {
			b.WriteString(s[at:d.at])
			b.WriteRune(dot)
			at = d.to
		}
	}
	b.WriteString(s[at:])
	return b.String()
}
