package approval

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// File is a plan with its approvals, as it lies on disk.
type File struct {
	Digest    string // of Plan
	Plan      *Request
	Approvals []Approval
}

// NewFile is a plan that nobody has approved yet.
func NewFile(p *Request) (*File, error) {
	d, err := p.Digest()
	if err != nil {
		return nil, err
	}
	return &File{Digest: d, Plan: p}, nil
}

// version is of the file's form.
const version = 1

var (
	// ErrNotPlan is wrapped by the error for what is no plan file.
	ErrNotPlan = errors.New("it is no plan file; one is written by: flexybatch run --prepare FILE")
	// ErrTampered is wrapped by the error for a plan file that was changed by
	// anything but this package.
	ErrTampered = errors.New("the plan was changed after it was prepared")
)

// onDisk is the outer form of a plan file.
type onDisk struct {
	Version   int        `json:"flexybatch_plan"`
	Digest    string     `json:"digest"`
	Plan      *Request   `json:"plan"`
	Approvals []Approval `json:"approvals"`
}

// Parse reads a plan file. The error wraps ErrNotPlan or ErrTampered.
func Parse(b []byte) (*File, error) {
	var d onDisk
	if err := json.Unmarshal(b, &d); err != nil || d.Version == 0 || d.Plan == nil {
		return nil, ErrNotPlan
	}
	if d.Version != version {
		return nil, fmt.Errorf("%w: it is of version %d, and this program knows version %d", ErrNotPlan, d.Version, version)
	}
	f := &File{Digest: d.Digest, Plan: d.Plan, Approvals: d.Approvals}
	content, err := f.Plan.Digest()
	switch {
	case err != nil:
		return nil, err
	case content != f.Digest:
		return nil, fmt.Errorf("%w: its digest is %q, and what stands in it has the digest %q", ErrTampered, f.Digest, content)
	}
	same := &comparer{want: b}
	if err := f.Encode(same); err != nil || len(same.want) > 0 {
		return nil, fmt.Errorf("%w: it is not written as flexybatch writes it (was it saved by another program?)", ErrTampered)
	}
	if err := f.Plan.check(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTampered, err)
	}
	return f, nil
}

// comparer is a writer that takes what it wants, and nothing else.
type comparer struct{ want []byte }

var errDiffers = errors.New("it differs")

func (c *comparer) Write(b []byte) (int, error) {
	rest, ok := bytes.CutPrefix(c.want, b)
	if !ok {
		return 0, errDiffers
	}
	c.want = rest
	return len(b), nil
}

// Encode writes the file in its one form. The error is the writer's, or that of a
// value that JSON cannot hold, which is a fault of the program.
func (f *File) Encode(w io.Writer) error {
	digest, err := json.Marshal(f.Digest)
	if err != nil {
		return fmt.Errorf("writing the plan down: %w", err)
	}
	if _, err := fmt.Fprintf(w, "{\"flexybatch_plan\":%d,\n\"digest\":%s,\n\"plan\":", version, digest); err != nil {
		return err
	}
	if err := f.Plan.encode(w); err != nil {
		return err
	}
	if _, err := io.WriteString(w, ",\n\"approvals\":"); err != nil {
		return err
	}
	if err := writeLines(w, f.Approvals); err != nil {
		return err
	}
	_, err = io.WriteString(w, "}\n")
	return err
}

// encode writes the plan in its one form.
func (p *Request) encode(w io.Writer) error {
	head := *p
	head.Rows = []Row{}
	b, err := json.Marshal(head)
	if err != nil {
		return fmt.Errorf("writing the plan down: %w", err)
	}
	if _, err := w.Write(bytes.TrimSuffix(b, []byte("[]}"))); err != nil { // of the rows, which are the last field
		return err
	}
	if err := writeLines(w, p.Rows); err != nil {
		return err
	}
	_, err = io.WriteString(w, "}")
	return err
}

// writeLines writes a list with each element on a line of its own.
func writeLines[T any](w io.Writer, list []T) error {
	if _, err := io.WriteString(w, "["); err != nil {
		return err
	}
	before := "\n"
	for i := range list {
		b, err := json.Marshal(&list[i])
		if err != nil {
			return fmt.Errorf("writing the plan down: %w", err)
		}
		if _, err := io.WriteString(w, before); err != nil {
			return err
		}
		if _, err := w.Write(b); err != nil {
			return err
		}
		before = ",\n"
	}
	_, err := io.WriteString(w, "]")
	return err
}
