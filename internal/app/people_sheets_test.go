package app_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
	"flexybatch/internal/app"
)

// sheet is a file of rows that the office may run.
type sheet struct {
	payroll *payroll
	dir     string
	stem    string
	ext     string
	root    string // the place of the sheet that the lineage began with
	resent  bool   // resend wrote the file: the office mends its cells, and writes it never anew
	frozen  bool   // nobody edits it any more
	saves   int    // how often the text was changed though no row was: a file is never the very same again

	idTitle string // of the column of ids; empty: there is none
	hidden  bool   // the column has a title that means nothing to the program
	lines   []*line
	eol     string
	sep     string
	numeric bool // ids are numbers, in a workbook with a format that shows their zeros
}

// line is a row of a sheet.
type line struct {
	who    *human
	id     string
	phone  string // as it is spelt
	amount int
}

// number is the phone of the line, without its spelling.
func (l *line) number() string {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, l.phone)
	return "0" + digits[len(digits)-9:]
}

// topup is what the line asks for.
func (s *sheet) topup(l *line) batch.Topup {
	t := batch.Topup{Phone: batch.Phone(l.number()), Plan: "PREPAID_MOBILIS", Amount: batch.Dinars(l.amount)}
	if s.hasIDs() {
		t.ID = l.id
	}
	return t
}

// hasIDs tells whether the program sees the ids.
func (s *sheet) hasIDs() bool { return s.idTitle != "" && !s.hidden }

func (s *sheet) base() string     { return s.stem + s.ext }
func (s *sheet) path() string     { return filepath.Join(s.dir, s.base()) }
func (s *sheet) place() string    { return filepath.Join(s.dir, s.stem) }
func (s *sheet) journal() string  { return s.place() + ".journal" }
func (s *sheet) results() string  { return s.place() + ".results.xlsx" }
func (s *sheet) where() app.Place { return app.Place{File: s.path()} }
func (s *sheet) begun() bool      { _, err := os.Stat(s.journal()); return err == nil }
func (s *sheet) line(i int) *line { return s.lines[i] }

// lineOf is the first line of a person; nil: there is none.
func (s *sheet) lineOf(h *human) *line {
	for _, l := range s.lines {
		if l.who == h {
			return l
		}
	}
	return nil
}

// copy is the same sheet in another file.
func (s *sheet) copy() *sheet {
	c := *s
	c.lines = nil
	for _, l := range s.lines {
		same := *l
		c.lines = append(c.lines, &same)
	}
	return &c
}

// cells are the header and the rows.
func (s *sheet) cells() (rows [][]string) {
	header := []string{"nom", "phone", "plan", "amount"}
	if s.idTitle != "" {
		header = append([]string{s.idTitle}, header...)
	}
	rows = append(rows, header)
	for _, l := range s.lines {
		row := []string{l.who.name, l.phone, "PREPAID_MOBILIS", strconv.Itoa(l.amount)}
		if s.idTitle != "" {
			row = append([]string{l.id}, row...)
		}
		rows = append(rows, row)
	}
	return rows
}

// save writes the file of a sheet.
func (o *office) save(s *sheet) {
	if s.resent {
		panic("a file of resend is mended, not written")
	}
	content := s.csv()
	if s.ext == ".xlsx" {
		content = s.xlsx(o)
	}
	o.must(os.WriteFile(s.path(), content, 0o600))
}

func (s *sheet) csv() []byte {
	var b strings.Builder
	for _, row := range s.cells() {
		b.WriteString(strings.Join(row, s.sep) + s.eol)
	}
	b.WriteString(strings.Repeat(s.eol, s.saves))
	return []byte(b.String())
}

func (s *sheet) xlsx(o *office) []byte {
	f := excelize.NewFile()
	zeros := "00000"
	style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &zeros})
	o.must(err)
	for i, row := range s.cells() {
		for k, text := range row {
			cell, err := excelize.CoordinatesToCellName(k+1, i+1)
			o.must(err)
			n, err := strconv.Atoi(text)
			switch amount, id := k == len(row)-1, k == 0 && s.idTitle != "" && s.numeric; {
			case i > 0 && err == nil && amount:
				o.must(f.SetCellInt("Sheet1", cell, int64(n)))
			case i > 0 && err == nil && id:
				o.must(f.SetCellInt("Sheet1", cell, int64(n)))
				if text == fmt.Sprintf("%05d", n) {
					o.must(f.SetCellStyle("Sheet1", cell, cell, style))
				}
			default:
				o.must(f.SetCellStr("Sheet1", cell, text))
			}
		}
	}
	o.must(f.SetCellStr("Sheet1", "Z1", strings.Repeat(" ", s.saves)))
	var b bytes.Buffer
	o.must(f.Write(&b))
	return b.Bytes()
}

// mend writes a line of a file that resend wrote, as a person does in a spreadsheet
// program.
func (o *office) mend(s *sheet, l *line) {
	o.inResent(s, func(f *excelize.File, name string, header []string, first int) {
		row := first + slices.Index(s.lines, l)
		for title, text := range map[string]string{"phone": l.phone, "amount": strconv.Itoa(l.amount)} {
			cell, err := excelize.CoordinatesToCellName(1+slices.Index(header, title), row)
			o.must(err)
			o.must(f.SetCellStr(name, cell, text))
		}
	})
}

// takeRowsOut takes lines out of a file that resend wrote.
func (o *office) takeRowsOut(s *sheet, out map[*line]bool) {
	o.inResent(s, func(f *excelize.File, name string, _ []string, first int) {
		for i := len(s.lines) - 1; i >= 0; i-- {
			if out[s.lines[i]] {
				o.must(f.RemoveRow(name, first+i))
				s.lines = slices.Delete(s.lines, i, i+1)
			}
		}
	})
}

// inResent opens a file that resend wrote, and saves it. first is the number of its
// first row.
func (o *office) inResent(s *sheet, change func(f *excelize.File, name string, header []string, first int)) {
	f, err := excelize.OpenFile(s.path())
	o.must(err)
	name := f.GetSheetName(0)
	rows, err := f.GetRows(name)
	o.must(err)
	head := slices.IndexFunc(rows, func(row []string) bool { return slices.Contains(row, batch.OriginColumn) })
	if head < 0 {
		o.t.Fatalf("%s has no header", s.path())
	}
	change(f, name, rows[head], head+2)
	o.must(f.Save())
	o.must(f.Close())
}
