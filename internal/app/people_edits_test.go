package app_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// edit is a change of a sheet's rows or of their looks. It returns false where there
// was nothing to change.
type edit struct {
	name string
	do   func(*office, *sheet) bool
}

// edits are what the office does to a file.
var edits = []edit{
	{"respells the ids", (*office).respell},
	{"respells the ids", (*office).respell},
	{"adds or removes the column of ids", (*office).toggleIDs},
	{"renames the column of ids", (*office).renameIDs},
	{"sorts the file", (*office).sort},
	{"adds a person", (*office).addPerson},
	{"takes a person out", (*office).takeOut},
	{"changes an amount", (*office).changeAmount},
	{"changes an amount", (*office).changeAmount},
	{"corrects a phone", (*office).changePhone},
	{"corrects a phone", (*office).changePhone},
	{"spells phones in another way", (*office).spellPhones},
	{"resaves the file with other line ends", (*office).resave},
	{"resaves the file in the other format", (*office).reformat},
	{"copies a row by mistake", (*office).duplicate},
	{"takes out one of two equal rows", (*office).unduplicate},
	{"changes the ids to numbers", (*office).numbers},
}

// edit changes a sheet and saves it.
func (o *office) edit(s *sheet) {
	e := edits[o.rng.IntN(len(edits))]
	if !e.do(o, s) {
		return
	}
	o.tally.acts++
	o.tell("the office %s: %s", e.name, s.path())
	o.save(s)
}

// any is one of the lines; nil: there is none.
func (o *office) any(s *sheet) *line {
	if len(s.lines) == 0 {
		return nil
	}
	return s.lines[o.rng.IntN(len(s.lines))]
}

// respell spells ids as spreadsheet programs and people do.
func (o *office) respell(s *sheet) bool {
	spell := []func(string) string{
		strings.ToUpper, strings.ToLower,
		func(id string) string { return strings.ReplaceAll(id, " ", "") },
		func(id string) string { return " " + id },
		func(id string) string {
			if short := strings.TrimLeft(id, "0"); short != "" && strings.Trim(id, "0123456789") == "" {
				return short
			}
			return id
		},
		func(id string) string {
			if strings.Trim(id, "0123456789") == "" {
				return id + ".0"
			}
			return id
		},
		func(id string) string {
			if strings.Trim(id, "0123456789") == "" {
				return "00" + id
			}
			return id
		},
		func(id string) string { return strings.TrimSuffix(id, ".0") },
	}[o.rng.IntN(8)]
	changed := false
	for _, l := range s.lines {
		if o.chance(4) {
			continue
		}
		if id := spell(l.id); id != l.id && strings.TrimSpace(id) != "" {
			l.id, changed = id, true
		}
	}
	return changed && s.idTitle != ""
}

func (o *office) toggleIDs(s *sheet) bool {
	if s.idTitle, s.hidden = map[bool]string{true: "id"}[s.idTitle == ""], false; s.idTitle == "" {
		s.numeric = false
	}
	return true
}

// renameIDs renames the column: to another title that the program knows, or to one
// that it does not.
func (o *office) renameIDs(s *sheet) bool {
	if s.idTitle == "" {
		return false
	}
	s.idTitle = []string{"id", "Matricule", "Code", "Nr in the files"}[o.rng.IntN(4)]
	s.hidden = s.idTitle == "Nr in the files"
	return true
}

func (o *office) sort(s *sheet) bool {
	o.rng.Shuffle(len(s.lines), func(i, k int) { s.lines[i], s.lines[k] = s.lines[k], s.lines[i] })
	return len(s.lines) > 1
}

func (o *office) addPerson(s *sheet) bool {
	if len(s.lines) > 12 {
		return false
	}
	o.add(s, o.hire())
	o.rng.Shuffle(min(2, len(s.lines)), func(i, k int) { s.lines[i], s.lines[k] = s.lines[k], s.lines[i] })
	return true
}

func (o *office) takeOut(s *sheet) bool {
	l := o.any(s)
	if l == nil || len(s.lines) < 3 {
		return false
	}
	s.lines = slices.DeleteFunc(s.lines, func(other *line) bool { return other.who == l.who })
	return true
}

// changeAmount changes what a person gets, in all rows of that person: the payment
// is still one.
func (o *office) changeAmount(s *sheet) bool {
	l := o.any(s)
	if l == nil {
		return false
	}
	amount := 100 + 10*o.rng.IntN(60)
	for _, other := range s.lines {
		if other.who == l.who {
			other.amount = amount
		}
	}
	return true
}

// changePhone gives a person another number. Where the sheet has no ids nobody could
// tell that it is the same person; see office.covered.
func (o *office) changePhone(s *sheet) bool {
	l := o.any(s)
	if l == nil || !s.hasIDs() || o.rowsOf(s, l.who) > 1 {
		return false
	}
	if number := o.number(); o.chance(3) && len(l.who.phones) > 1 {
		l.phone = l.who.phones[o.rng.IntN(len(l.who.phones))] // back again
	} else {
		l.who.phones = append(l.who.phones, number)
		l.phone = number
	}
	return true
}

// rowsOf is how many rows a person has.
func (o *office) rowsOf(s *sheet, h *human) (n int) {
	for _, l := range s.lines {
		if l.who == h {
			n++
		}
	}
	return n
}

// spellPhones spells phones in a way that --fix-phones repairs.
func (o *office) spellPhones(s *sheet) bool {
	for _, l := range s.lines {
		n := l.number()
		l.phone = []string{n, n, "+213" + n[1:], n[1:], n[:4] + " " + n[4:6] + " " + n[6:8] + " " + n[8:], "00213" + n[1:]}[o.rng.IntN(6)]
	}
	return true
}

func (o *office) resave(s *sheet) bool {
	s.eol, s.sep, s.saves = []string{"\n", "\r\n"}[o.rng.IntN(2)], []string{",", ";"}[o.rng.IntN(2)], s.saves+1
	return true
}

// reformat saves the sheet as the other format; the old file stays or not.
func (o *office) reformat(s *sheet) bool {
	old := s.path()
	s.ext = map[string]string{".csv": ".xlsx", ".xlsx": ".csv"}[s.ext]
	if o.chance(2) {
		o.must(os.Remove(old))
	}
	return true
}

func (o *office) numbers(s *sheet) bool {
	s.numeric = !s.numeric && s.idTitle != "" && s.ext == ".xlsx" && o.ids%3 == 0
	return s.numeric
}

// duplicate copies a row, under another id if there is one. One payment is meant all
// the same.
func (o *office) duplicate(s *sheet) bool {
	l := o.any(s)
	if l == nil || o.rowsOf(s, l.who) > 1 || s != o.latest().main {
		return false
	}
	twin := *l
	twin.id = fmt.Sprintf("%s-bis%d", strings.TrimSpace(l.id), o.rng.IntN(1000))
	if o.chance(4) {
		twin.id = l.id
	}
	s.lines = slices.Insert(s.lines, o.rng.IntN(len(s.lines)+1), &twin)
	return true
}

func (o *office) unduplicate(s *sheet) bool {
	for i, l := range s.lines {
		if o.rowsOf(s, l.who) > 1 {
			if o.chance(2) {
				for k, other := range s.lines[i+1:] {
					if other.who == l.who {
						i += 1 + k
						break
					}
				}
			}
			s.lines = slices.Delete(s.lines, i, i+1)
			return true
		}
	}
	return false
}

// moment is a time between nothing and a month: mostly short.
func (o *office) moment() time.Duration {
	switch o.rng.IntN(6) {
	case 0, 1, 2:
		return time.Duration(o.rng.IntN(600)) * time.Second
	case 3, 4:
		return time.Duration(o.rng.IntN(30)) * time.Hour
	}
	return time.Duration(o.rng.IntN(12)) * 24 * time.Hour
}
