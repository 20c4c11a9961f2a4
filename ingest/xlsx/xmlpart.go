package xlsx

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"

	"flexybatch/batch"
	"flexybatch/ingest/fault"
)

// Bounds of well-meant XML, so that no element costs more memory than a few
// megabytes.
const (
	tokenBytes = 4 << 20
	depthLimit = 64
	smallPart  = 32 << 20
)

// xmlPart reads the XML of one part, strictly.
type xmlPart struct {
	name   string
	parts  *parts
	size   int // in bytes, as the archive says
	zipped io.ReadCloser
	scan   scanner
	tee    *bytes.Buffer // keeps what is read; for small parts
	names  []byte        // of the elements that are open, one after the other
	within []int         // where each of them begins in names
	roots  int
}

var errTooLarge = batch.Errorf("unzips to more than the limit")

// Read unzips, within the limits.
func (x *xmlPart) Read(b []byte) (int, error) {
	n, err := x.zipped.Read(b)
	if x.parts.budget -= n; x.parts.budget < 0 {
		return 0, errTooLarge
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = notUnzipped(err)
	}
	return n, err
}

// tee reads the text of a part, and keeps what is read where it is asked to.
type tee struct {
	io.Reader
	part *xmlPart
}

// Read reads for the scanner.
func (t tee) Read(b []byte) (int, error) {
	n, err := t.Reader.Read(b)
	if t.part.tee != nil {
		t.part.tee.Write(b[:n])
		if t.part.tee.Len() > smallPart {
			return 0, errTooLarge
		}
	}
	return n, err
}

func (x *xmlPart) close() { _ = x.zipped.Close() } // whether it was whole, its end told

// next returns the next token, or io.EOF after the end of the root element, when all
// of the part was read and its checksum is right.
func (x *xmlPart) next() (token, error) {
	t, err := x.scan.next()
	if errors.Is(err, io.EOF) && len(x.within) > 0 {
		return 0, x.damaged("it ends within <%s>", string(local(x.innermost())))
	}
	if errors.Is(err, io.EOF) && x.roots == 1 {
		return 0, io.EOF
	}
	if err != nil {
		return 0, x.explain(err)
	}
	switch t {
	case tokenDirective:
		return 0, x.damaged("it declares a document type, which no spreadsheet program writes and only an attack needs")
	case tokenText:
		if len(x.within) == 0 && len(bytes.TrimSpace(bytes.TrimPrefix(x.scan.text, []byte("\ufeff")))) > 0 {
			return 0, x.damaged("there is text outside its root")
		}
	case tokenStart:
		if len(x.within) == depthLimit {
			return 0, x.damaged("its elements are nested more than %d deep", depthLimit)
		}
		if len(x.within) == 0 {
			if x.roots++; x.roots > 1 {
				return 0, x.damaged("something follows its end")
			}
		}
		x.within = append(x.within, len(x.names))
		x.names = append(x.names, x.scan.name...)
	case tokenEnd:
		if len(x.within) == 0 || !bytes.Equal(x.innermost(), x.scan.name) {
			return 0, x.damaged("</%s> closes nothing that is open", string(x.scan.name))
		}
		last := len(x.within) - 1
		x.names, x.within = x.names[:x.within[last]], x.within[:last]
	}
	return t, nil
}

// innermost returns the name of the element that was opened last.
func (x *xmlPart) innermost() []byte { return x.names[x.within[len(x.within)-1]:] }

// local returns a name without its prefix.
func local(name []byte) []byte { return name[bytes.IndexByte(name, ':')+1:] }

// ownName returns a name without the prefix of the part's root: the namespace of a
// part's elements is known by the part. A name with another prefix is of another
// vocabulary, and keeps it: its rows are none of ours.
func (x *xmlPart) ownName(name []byte) []byte {
	i := bytes.IndexByte(name, ':')
	if root := x.names[:len(x.names)-len(name)]; i >= 0 && len(root) > 0 && !bytes.HasPrefix(root, name[:i+1]) {
		return name
	}
	return name[i+1:]
}

// depth returns how many elements are open.
func (x *xmlPart) depth() int { return len(x.within) }

// element is one that was opened. It is valid until the next token.
type element struct {
	name  []byte // without the part's own prefix, but with any other
	attrs []attribute
}

// child returns the next element within the one that was opened last and not yet
// left. It reports false at that one's end, which leaves it.
func (x *xmlPart) child() (element, bool, error) {
	for {
		t, err := x.next()
		if err != nil {
			return element{}, false, x.early(err)
		}
		switch t {
		case tokenStart:
			return element{x.ownName(x.scan.name), x.scan.attrs}, true, nil
		case tokenEnd:
			return element{}, false, nil
		}
	}
}

// skip leaves the element that was opened last.
func (x *xmlPart) skip() error {
	for outside := x.depth() - 1; x.depth() > outside; {
		if _, err := x.next(); err != nil {
			return x.early(err)
		}
	}
	return nil
}

// skipAll reads the part to its end.
func (x *xmlPart) skipAll() error {
	for {
		if _, err := x.next(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// text leaves the element that was opened last, and appends its text to buf.
func (x *xmlPart) text(buf []byte) ([]byte, error) {
	for {
		t, err := x.next()
		if err != nil {
			return buf, x.early(err)
		}
		switch t {
		case tokenText:
			buf = append(buf, x.scan.text...)
		case tokenStart:
			return buf, x.damaged("there is an element <%s> where a value should be", string(local(x.scan.name)))
		case tokenEnd:
			return buf, nil
		}
	}
}

// early turns an end of the part within an element into damage.
func (x *xmlPart) early(err error) error {
	if errors.Is(err, io.EOF) {
		return x.damaged("it ends too early")
	}
	return err
}

// damaged returns damage at the place in hand.
func (x *xmlPart) damaged(format string, args ...any) *fault.Error {
	line, column := x.scan.position()
	return damaged(x.name, "%s (line %d, character %d of the XML)", batch.Msg(format, args...), line, column)
}

func (x *xmlPart) explain(err error) error {
	switch {
	case errors.Is(err, errTooLarge):
		return &fault.Error{Part: x.name, What: batch.Msg("the workbook unzips to more than %d MiB", x.parts.limit>>20), Do: batch.Msg("copy the rows alone into a new workbook, or raise the limit: %s", fault.Raise("unzipped-bytes", x.parts.limit)), Err: fault.ErrLimit}
	case errors.Is(err, errTokenTooLong):
		return &fault.Error{Part: x.name, What: batch.Msg("one element of it is longer than %d MiB", tokenBytes>>20), Do: batch.Msg("copy the rows alone into a new workbook"), Err: fault.ErrLimit}
	case errors.Is(err, zip.ErrChecksum):
		return x.damaged("its checksum is wrong: it is not what was saved")
	case errors.Is(err, io.EOF):
		return x.damaged("it is empty")
	}
	return x.damaged("%v", err)
}
