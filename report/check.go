package report

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch"
)

// CheckColumn is the title of the column that Check puts in front. A reader of
// input files may skip it, so that the check workbook can be mended and run.
const CheckColumn = "flexybatch: what to mend"

// Check writes the check workbook (XLSX): the user's own rows again, with what
// is wrong and what mends it in a column in front, and the invalid rows
// coloured.
func Check(w io.Writer, file string, header []string, rows []batch.Row) (err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	st, err := newStyles(f)
	if err != nil {
		return err
	}
	columns := []column{{CheckColumn, 70, st.wrap}}
	for _, h := range header {
		columns = append(columns, column{h, 18, st.text})
	}
	s, err := newSheet(f, st, "Check", maxRows, columns)
	if err != nil {
		return err
	}
	if err := f.DeleteSheet("Sheet1"); err != nil {
		return err
	}
	bad := st.state[batch.Rejected]
	cells := make([]any, len(columns))
	for i := range rows {
		r := &rows[i]
		var what []string
		broken := map[string]bool{}
		for _, p := range r.Problems {
			what = append(what, fmt.Sprintf("row %d: %s", r.Number, p))
			broken[p.Column] = true
		}
		cells[0] = strings.Join(what, "\n")
		for j, h := range header {
			cells[j+1] = ""
			if j < len(r.Cells) {
				cells[j+1] = r.Cells[j]
			}
			if broken[h] && h != "" {
				cells[j+1] = excelize.Cell{StyleID: bad, Value: clean(cells[j+1].(string))}
			}
		}
		if err := s.write(cells...); err != nil {
			return err
		}
	}
	if err := s.end(); err != nil {
		return err
	}
	if err := f.SetDocProps(&excelize.DocProperties{Title: "Check of " + clean(file), Creator: "flexybatch"}); err != nil {
		return err
	}
	return f.Write(w)
}
