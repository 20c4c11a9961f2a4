package xlsx

import (
	"io"

	"flexybatch/batch"
	"flexybatch/ingest/fault"
)

// tableScan reads the tables of a document row by row.
type tableScan struct {
	documentPart
	*Rows
	document *document
	found    Findings

	groups  []bool // the groups of rows that are open, and whether they are hidden
	last    int    // the last row that was read, with those that it stands for
	again   int    // how often the row in hand comes again
	columns int    // that were declared so far

	texts []string
}

func (t *tableScan) close() { t.xmlPart.close() }

// begin reads down to the tables.
func (t *tableScan) begin() error {
	_, ok, err := t.enter()
	if err != nil {
		return err
	}
	t.readPrefixes() // without which no name is known
	if !ok || t.name() != "office:document-content" {
		return fault.NotOurs(batch.Msg("an OpenDocument file"), fault.AsXLSX)
	}
	for _, want := range []string{"office:body", "office:spreadsheet"} {
		for {
			name, ok, err := t.enter()
			if err != nil {
				return err
			}
			if !ok {
				return fault.NotOurs(batch.Msg("an OpenDocument file without sheets"), fault.AsXLSX)
			}
			if name == want {
				break
			}
			if err := t.skip(); err != nil {
				return err
			}
		}
	}
	return nil
}

// nextTable reads down to the rows of the next table. After the last it reads the
// rest of the part, and is io.EOF.
func (t *tableScan) nextTable() (Sheet, error) {
	for len(t.groups) > 0 || t.last > 0 {
		if err := t.row(); err == io.EOF {
			break
		} else if err != nil {
			return Sheet{}, err
		}
	}
	for {
		name, ok, err := t.enter()
		if err != nil {
			return Sheet{}, err
		}
		if !ok {
			if err := t.skipAll(); err != nil {
				return Sheet{}, err
			}
			return Sheet{}, io.EOF
		}
		if name == "table:table" {
			t.found, t.last, t.again, t.columns, t.groups = Findings{}, 0, 0, 0, append(t.groups[:0], false)
			return Sheet{Name: t.attribute("table:name"), Hidden: t.document.unseen[t.attribute("table:style-name")]}, nil
		}
		if err := t.skip(); err != nil { // changes that were tracked, names, links
			return Sheet{}, err
		}
	}
}

// row reads the next row that holds a value, or is io.EOF at the end of the table.
func (t *tableScan) row() error {
	if t.again > 0 {
		t.again--
		t.Number++
		return nil
	}
	for len(t.groups) > 0 {
		name, ok, err := t.enter()
		if err != nil {
			return err
		}
		if !ok {
			t.groups = t.groups[:len(t.groups)-1]
			continue
		}
		hidden := t.groups[len(t.groups)-1]
		switch name {
		case "table:table-row-group":
			t.groups = append(t.groups, hidden || t.attribute("table:display") == "false")
		case "table:table-rows", "table:table-header-rows", "table:table-columns", "table:table-header-columns", "table:table-column-group":
			t.groups = append(t.groups, hidden)
		case "table:table-column":
			err = t.column()
		case "table:table-row":
			var filled bool
			if filled, err = t.readRow(hidden); filled && err == nil {
				return nil
			}
		case "table:table", "table:sub-table":
			return t.damaged("there is a table within a table")
		default:
			err = t.skip()
		}
		if err != nil {
			return err
		}
	}
	t.last = 0
	return io.EOF
}

// column notes columns that nobody sees.
func (t *tableScan) column() error {
	n, err := t.repeated("table:number-columns-repeated")
	if err != nil {
		return err
	}
	if v := t.attribute("table:visibility"); v == "collapse" || v == "filter" {
		t.found.Hidden = append(t.found.Hidden, Span{t.columns, t.columns + n - 1})
	}
	t.columns += n
	return t.skip()
}

// readRow reads a row, and tells whether it holds a value.
func (t *tableScan) readRow(hidden bool) (bool, error) {
	n, err := t.repeated("table:number-rows-repeated")
	if err != nil {
		return false, err
	}
	v := t.attribute("table:visibility")
	t.Number, t.Hidden = t.last+1, hidden || v == "collapse" || v == "filter"
	t.Marks, t.texts = t.Marks[:0], t.texts[:0]
	t.last += n
	column := 0
	for {
		name, ok, err := t.enter()
		if err != nil {
			return false, err
		}
		if !ok {
			break
		}
		switch name {
		case "table:table-cell", "table:covered-table-cell":
			err = t.cells(&column)
		default:
			err = t.damaged("there is a <%s> among the cells of row %d", name, t.Number)
		}
		if err != nil {
			return false, err
		}
	}
	if len(t.texts) == 0 {
		return false, nil
	}
	if t.last > maxRows {
		return false, t.damaged("row %d comes again %d times", t.Number, n)
	}
	t.again = n - 1
	t.found.Filled += n
	return true, nil
}

func (t *tableScan) appendTexts(to []string) []string { return append(to, t.texts...) }
