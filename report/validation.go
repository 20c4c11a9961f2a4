package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"slices"

	"flexybatch/batch"
)

// Validation is what `validate --json` prints.
type Validation struct {
	File     string          `json:"file"`
	Rows     ValidationRows  `json:"rows"`
	Money    ValidationMoney `json:"money"`
	Problems []Problem       `json:"problems"`
	Warnings []Warning       `json:"warnings"` // those of unusual amounts come last
	Found    Found           `json:"found"`
	Changes  *ChangeCounts   `json:"changes,omitempty"`
}

// ValidationRows counts the rows of a file.
type ValidationRows struct {
	Total   int `json:"total"`
	Valid   int `json:"valid"`
	Invalid int `json:"invalid"`
}

// ValidationMoney is what the valid rows come to.
type ValidationMoney struct {
	Requested batch.Centimes `json:"requested"`
	Cost      batch.Centimes `json:"cost"`
}

// Problem is a broken row rule with its place. Row is the line of the file or the row
// of the sheet, as the user sees it.
type Problem struct {
	Row     int        `json:"row"`
	Field   string     `json:"field"`
	Code    batch.Code `json:"code"`
	Value   string     `json:"value"`
	Message string     `json:"message"`
}

// Warning is something about a valid row that people should know.
type Warning struct {
	Row     int        `json:"row"`
	Code    batch.Code `json:"code"`
	Message string     `json:"message"`
}

// Validation returns what `validate --json` prints.
func (c *Check) Validation() Validation {
	v := c.verdict()
	v.Problems, v.Warnings = slices.AppendSeq(v.Problems, c.problems()), slices.AppendSeq(v.Warnings, c.warnings())
	return v
}

// verdict returns the Validation without its problems and warnings.
func (c *Check) verdict() Validation {
	return Validation{
		File: c.File, Rows: ValidationRows{c.Totals.Rows, c.Totals.Valid, c.Totals.Invalid},
		Money:    ValidationMoney{c.Totals.Requested, c.Totals.Cost},
		Found:    c.Found.listed(),
		Problems: []Problem{}, Warnings: []Warning{}, Changes: c.Changes.Counts(),
	}
}

func (c *Check) problems() iter.Seq[Problem] {
	return func(yield func(Problem) bool) {
		for i := range c.Rows {
			for _, p := range c.Rows[i].Problems() {
				if !yield(Problem{c.Rows[i].Number, p.Field, p.Code, p.Value, p.Message.String()}) {
					return
				}
			}
		}
	}
}

func (c *Check) warnings() iter.Seq[Warning] {
	return func(yield func(Warning) bool) {
		for _, w := range c.Warnings {
			if !yield(Warning{w.Row, w.Code, w.Message.String()}) {
				return
			}
		}
		for _, f := range c.Unusual {
			if !yield(Warning{f.Row, f.Code, UnusualAmount(f).String()}) {
				return
			}
		}
	}
}

// warned returns how many rows have a warning.
func (c *Check) warned() int {
	rows := make(map[int]bool, len(c.Warnings)+len(c.Unusual))
	for w := range c.warnings() {
		rows[w.Row] = true
	}
	return len(rows)
}

// JSON writes the check as one object, a Validation, in English. It writes problem by
// problem: in a file whose phones have all lost their zero, every row has one.
func (c *Check) JSON(w io.Writer) error {
	all, err := json.Marshal(c.verdict())
	if err != nil {
		return err
	}
	head, tail, _ := bytes.Cut(all, []byte(`[],"warnings":[]`)) // no name of a file holds bare quotes
	_, err = w.Write(head)
	return errors.Join(err, array(w, c.problems()), text(w, `,"warnings":`), array(w, c.warnings()), text(w, string(tail)+"\n"))
}

// array writes a JSON array.
func array[T any](w io.Writer, all iter.Seq[T]) error {
	before := "["
	for v := range all {
		b, err := json.Marshal(v)
		if err != nil {
			return err
		}
		if err := errors.Join(text(w, before), text(w, string(b))); err != nil {
			return err
		}
		before = ","
	}
	if before == "[" {
		return text(w, "[]")
	}
	return text(w, "]")
}

func text(w io.Writer, s string) error {
	_, err := io.WriteString(w, s)
	return err
}
