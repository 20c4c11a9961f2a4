package xlsx

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"flexybatch/batch"
	"flexybatch/ingest/fault"
)

// tableCell is what a cell of a document says of itself, and what it shows.
type tableCell struct {
	kind, value string
	formula     bool
	fault       bool
	struck      bool
	written     bool // the value is a text that stands in an attribute
	shown       []byte
	paragraphs  int
	unstruck    int // bytes of shown that are not struck through
}

// cells reads a cell, which may stand for several, and puts it into the row.
func (t *tableScan) cells(column *int) error {
	n, err := t.repeated("table:number-columns-repeated")
	if err != nil {
		return err
	}
	if err := t.spans(*column); err != nil {
		return err
	}
	c, err := t.readCell()
	if err != nil {
		return err
	}
	text, odd, err := t.judge(&c, *column)
	if err != nil {
		return err
	}
	if text == "" {
		*column += n
		return nil
	}
	if utf8.RuneCountInString(text) > t.document.limits.CellChars {
		return &fault.Error{Row: t.Number, Column: Letters(*column), What: batch.Msg("the cell holds more than %d characters", t.document.limits.CellChars), Do: batch.Msg("shorten it, or raise the limit: %s", fault.Raise("cell-chars", t.document.limits.CellChars)), Err: fault.ErrLimit}
	}
	if most := t.document.limits.Columns; *column+n > most {
		return &fault.Error{Row: t.Number, Column: Letters(*column), What: batch.Msg("a value stands right of the first %d columns", most), Do: batch.Msg("delete the columns that the payroll does not need, or raise the limit: %s", fault.Raise("columns", most)), Err: fault.ErrLimit}
	}
	for range n {
		for len(t.texts) < *column {
			t.texts = append(t.texts, "")
		}
		t.texts = append(t.texts, text)
		shown := shownOtherwise(string(c.shown), text, c.kind)
		if struck := c.struck || len(c.shown) > 0 && c.unstruck == 0; odd != Ordinary || struck || shown != "" {
			*t.mark(*column) = Mark{*column, odd, struck, shown}
		}
		*column++
	}
	return nil
}

// spans notes a cell that is merged over several rows.
func (t *tableScan) spans(column int) error {
	rows, err := t.repeated("table:number-rows-spanned")
	if err != nil || rows == 1 {
		return err
	}
	columns, err := t.repeated("table:number-columns-spanned")
	if err != nil {
		return err
	}
	right, bottom := column+columns-1, t.Number+rows-1
	t.found.Merges = append(t.found.Merges, Merge{Span{column, right}, t.Number, bottom, cellName(column, t.Number) + ":" + cellName(right, bottom)})
	return nil
}

// readCell reads the tag of a cell and what it shows.
func (t *tableScan) readCell() (c tableCell, err error) {
	for _, a := range t.scan.attrs {
		value := string(a.value)
		switch t.here(a.full) {
		case "office:value-type":
			c.kind = value
		case "office:value", "office:date-value", "office:time-value", "office:boolean-value":
			c.value = value
		case "office:string-value":
			c.value, c.written = value, true
		case "table:formula":
			c.formula = true
		case "calcext:value-type":
			c.fault = value == "error"
		case "table:style-name":
			c.struck = t.document.struck[value]
		}
	}
	for {
		name, ok, err := t.enter()
		if err != nil {
			return c, err
		}
		switch {
		case !ok:
			return c, nil
		case name == "text:p", name == "text:h":
			if c.paragraphs++; c.paragraphs > 1 {
				c.shown = append(c.shown, '\n')
			}
			err = t.paragraph(&c, false)
			c.shown = bytes.TrimRight(c.shown, " ")
		default: // notes, pictures
			err = t.skip()
		}
		if err != nil {
			return c, err
		}
	}
}

// paragraph reads a text. Spaces of the file count as one, and those at its
// beginning as none; others are elements.
func (t *tableScan) paragraph(c *tableCell, struck bool) error {
	for {
		token, err := t.next()
		if err != nil {
			return t.early(err)
		}
		before := len(c.shown)
		switch token {
		case tokenEnd:
			return nil
		case tokenText:
			for _, b := range t.scan.text {
				if !space(b) {
					c.shown = append(c.shown, b)
				} else if n := len(c.shown); n > 0 && c.shown[n-1] != ' ' && c.shown[n-1] != '\n' {
					c.shown = append(c.shown, ' ')
				}
			}
			if !struck {
				c.unstruck += len(c.shown) - before
			}
		case tokenStart:
			if err := t.within(c, struck); err != nil {
				return err
			}
		}
	}
}

// within reads an element within a text.
func (t *tableScan) within(c *tableCell, struck bool) error {
	if len(c.shown) > tokenBytes {
		return t.explain(errTokenTooLong)
	}
	switch t.name() {
	case "text:s":
		n, err := t.repeated("text:c")
		if err != nil {
			return err
		}
		c.shown = append(c.shown, strings.Repeat(" ", min(n, t.document.limits.CellChars))...)
	case "text:tab":
		c.shown = append(c.shown, '\t')
	case "text:line-break":
		c.shown = append(c.shown, '\n')
	case "text:span":
		return t.paragraph(c, struck || t.document.struck[t.attribute("text:style-name")])
	case "text:a", "text:ruby", "text:ruby-base", "text:meta", "text:date", "text:time", "text:sheet-name", "text:title":
		return t.paragraph(c, struck)
	}
	return t.skip()
}

// judge returns the text of a cell and what is odd about it. A number is what the
// document stores; what it shows must be the same number.
func (t *tableScan) judge(c *tableCell, column int) (text string, odd Oddity, err error) {
	shown := string(c.shown)
	switch {
	case c.fault:
		return shown, Fault, nil
	case c.kind == "" && c.formula, c.kind == "string" && c.formula && shown == "" && !c.written:
		return NotCounted, Uncounted, nil
	}
	switch c.kind {
	case "", "void":
		return shown, Ordinary, nil
	case "string":
		if c.written {
			return c.value, Ordinary, nil
		}
		return shown, Ordinary, nil
	case "boolean":
		if isTrue(c.value) {
			return "TRUE", Truth, nil
		}
		return "FALSE", Truth, nil
	case "date":
		return strings.TrimSuffix(strings.Replace(c.value, "T", " ", 1), " 00:00:00"), Date, nil
	case "time":
		return c.value, Date, nil
	case "float", "currency", "percentage":
		decimal, ok := DecimalText(c.value)
		if !ok {
			return "", Ordinary, t.damaged("cell %s%d should be a number and is %q", Letters(column), t.Number, fault.Shorten(c.value))
		}
		switch {
		case c.kind == "percentage" || c.paragraphs > 0 && !showsNumber(shown, decimal):
			return decimal, Scaled, nil
		case !PlainDigits(decimal):
			return decimal, Number, nil
		}
		return decimal, Ordinary, nil
	}
	return "", Ordinary, t.damaged("cell %s%d is of a kind %q that does not exist", Letters(column), t.Number, fault.Shorten(c.kind))
}

// showsNumber tells whether a text shows a number: its digits, leading zeros
// aside, and behind a separator the zeros of its decimals. Of a number with
// decimals, which no amount has, it may show fewer.
func showsNumber(shown, decimal string) bool {
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(decimal, "-"), ".")
	digits := strings.TrimLeft(digitsOf(shown), "0")
	if fraction != "" || strings.Contains(decimal, "e") {
		return true
	}
	whole = strings.TrimLeft(whole, "0")
	if digits == whole {
		return strings.ContainsAny(shown, "0123456789") && !shownDecimals(shown, len(whole))
	}
	zeros, ok := strings.CutPrefix(digits, whole)
	at := strings.LastIndexAny(shown, ".,٫")
	return ok && at >= 0 && len(zeros) != 3 && strings.Trim(zeros, "0") == "" && len(digitsOf(shown[at:])) == len(zeros)
}

// shownDecimals tells a text that shows the last digits of a whole number as
// decimals: 5.00 for 500.
func shownDecimals(shown string, digits int) bool {
	at := strings.LastIndexAny(shown, ".,٫")
	if at < 0 || digits == 0 {
		return false
	}
	n := len(digitsOf(shown[at:]))
	return n > 0 && n != 3
}

// digitsOf returns the digits of a text.
func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// shownOtherwise returns a whole number as the sheet shows it, where that says more
// than its digits and is the same in every language: 00042.
func shownOtherwise(shown, text, kind string) string {
	if kind != "float" || !PlainDigits(text) || shown == text || shown == "" || strings.ContainsAny(shown, ".,٫٬%/:\u00a0\u202f") || !strings.HasSuffix(digitsOf(shown), text) {
		return ""
	}
	return strings.TrimSpace(shown)
}
