package approval

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"flexybatch/batch"
)

// Suffix ends the name of a request's file: NAME.plan.json. It stays as the first
// version of the program wrote it, when a request was called a plan, so that
// files which people have prepared and signed are still found.
const Suffix = ".plan.json"

// File is an approval request with its approvals, as it lies on disk.
type File struct {
	Digest    string // of Request
	Request   *Request
	Approvals []Approval
}

// NewFile returns the file of a request that nobody has approved yet.
func NewFile(r *Request) (*File, error) {
	d, err := r.Digest()
	if err != nil {
		return nil, err
	}
	return &File{Digest: d, Request: r}, nil
}

// version is that of the file's form.
const version = 1

var (
	// ErrNotRequest is wrapped by the error for a file that is no approval request.
	ErrNotRequest = batch.Errorf("it is no approval request; one is written by: flexybatch run --prepare FILE")
	// ErrTampered is wrapped by the error for a request that was changed by
	// anything but this package.
	ErrTampered = batch.Errorf("the approval request was changed after it was prepared")
)

// onDisk is the outer form of a file. Its fields keep their first names: see Suffix.
type onDisk struct {
	Version   int        `json:"flexybatch_plan"`
	Digest    string     `json:"digest"`
	Request   *Request   `json:"plan"`
	Approvals []Approval `json:"approvals"`
}

// Parse reads an approval request. The error wraps ErrNotRequest or ErrTampered.
func Parse(b []byte) (*File, error) {
	var d onDisk
	if err := json.Unmarshal(b, &d); err != nil || d.Version == 0 || d.Request == nil {
		return nil, ErrNotRequest
	}
	if d.Version != version {
		return nil, batch.Errorf("%w: it is of version %d, and this program knows version %d", ErrNotRequest, d.Version, version)
	}
	f := &File{Digest: d.Digest, Request: d.Request, Approvals: d.Approvals}
	content, err := f.Request.Digest()
	switch {
	case err != nil:
		return nil, err
	case content != f.Digest:
		return nil, batch.Errorf("%w: its digest is %q, and what stands in it has the digest %q", ErrTampered, f.Digest, content)
	}
	same := &comparer{want: b}
	if err := f.Encode(same); err != nil || len(same.want) > 0 {
		return nil, batch.Errorf("%w: it is not written as flexybatch writes it (was it saved by another program?)", ErrTampered)
	}
	if err := f.Request.check(); err != nil {
		return nil, batch.Errorf("%w: %w", ErrTampered, err)
	}
	return f, nil
}

// comparer is a writer that accepts only the bytes it wants.
type comparer struct{ want []byte }

var errDiffers = batch.Errorf("it differs")

func (c *comparer) Write(b []byte) (int, error) {
	rest, ok := bytes.CutPrefix(c.want, b)
	if !ok {
		return 0, errDiffers
	}
	c.want = rest
	return len(b), nil
}

// Encode writes the file in its one form. The error is the writer's, or that of a
// value that JSON cannot hold, which would be a fault of the program.
func (f *File) Encode(w io.Writer) error {
	digest, err := json.Marshal(f.Digest)
	if err != nil {
		return batch.Errorf("writing the approval request: %w", err)
	}
	if _, err := fmt.Fprintf(w, "{\"flexybatch_plan\":%d,\n\"digest\":%s,\n\"plan\":", version, digest); err != nil {
		return err
	}
	if err := f.Request.encode(w); err != nil {
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

// encode writes the request in its one form.
func (r *Request) encode(w io.Writer) error {
	head := *r
	head.Rows = []Row{}
	b, err := json.Marshal(head)
	if err != nil {
		return batch.Errorf("writing the approval request: %w", err)
	}
	if _, err := w.Write(bytes.TrimSuffix(b, []byte("[]}"))); err != nil { // the rows are the last field
		return err
	}
	if err := writeLines(w, r.Rows); err != nil {
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
			return batch.Errorf("writing the approval request: %w", err)
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
