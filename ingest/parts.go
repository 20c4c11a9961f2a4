package ingest

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// parts is the package that a workbook is: a ZIP archive of named XML parts. It
// gives out nothing that it did not see whole.
type parts struct {
	files  map[string]*zip.File // by partName
	budget int                  // bytes that may still be unzipped
	limit  int
}

func openParts(content []byte, limit int) (*parts, error) {
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, damaged("", "the workbook is cut short or damaged (%v)", err)
	}
	p := &parts{files: make(map[string]*zip.File, len(z.File)), budget: limit, limit: limit}
	for _, f := range z.File {
		name := partName(f.Name)
		if _, twice := p.files[name]; twice {
			return nil, damaged(name, "the part is there twice, and programs differ in which they read")
		}
		if f.Flags&1 != 0 {
			return nil, damaged(name, "the part is under a ZIP password")
		}
		p.files[name] = f
	}
	return p, nil
}

// partName is the one spelling of a part's name: OPC compares them without case
// and some programs write backslashes.
func partName(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Clean(strings.ReplaceAll(name, `\`, "/")), "/"))
}

// damaged is the error for a part that is not as it should be.
func damaged(part, format string, args ...any) *FileError {
	return &FileError{Part: part, What: fmt.Sprintf(format, args...), Do: "open the file in Excel, save it under a new name and use that; if Excel complains too, get the file again", Err: ErrDamaged}
}

// open begins to read a part. Reading it to its end verifies its checksum.
func (p *parts) open(name string) (*xmlPart, error) {
	f, ok := p.files[partName(name)]
	if !ok {
		return nil, damaged(name, "the part is missing")
	}
	r, err := f.Open()
	if err != nil {
		return nil, damaged(name, "the part cannot be unzipped (%v)", err)
	}
	x := &xmlPart{name: name, parts: p, zipped: r}
	x.decoder = xml.NewDecoder(x)
	return x, nil
}

// decode reads a small part into v, strictly and to its end.
func (p *parts) decode(name string, v any) error {
	x, err := p.open(name)
	if err != nil {
		return err
	}
	defer x.close()
	var whole bytes.Buffer
	x.tee = &whole
	if err := x.skipAll(); err != nil {
		return err
	}
	if err := xml.Unmarshal(whole.Bytes(), v); err != nil {
		return damaged(name, "%v", err)
	}
	return nil
}

// Bounds of well-meant XML, so that no element costs more memory than a few
// megabytes.
const (
	tokenBytes = 4 << 20
	depthLimit = 64
	smallPart  = 32 << 20
)

// xmlPart reads the XML of one part, strictly.
type xmlPart struct {
	name    string
	parts   *parts
	zipped  io.ReadCloser
	decoder *xml.Decoder
	tee     *bytes.Buffer // keeps what is read; for small parts
	read    int64         // bytes unzipped
	token   int64         // where the token in hand begins
	within  []xml.Name    // the elements that are open
	roots   int
}

var (
	errTokenTooLong = errors.New("one element goes on for megabytes")
	errTooLarge     = errors.New("unzips to more than the limit")
)

// Read unzips for the decoder, within the limits.
func (x *xmlPart) Read(b []byte) (int, error) {
	if x.read-x.token > tokenBytes {
		return 0, errTokenTooLong
	}
	n, err := x.zipped.Read(b)
	x.read += int64(n)
	if x.parts.budget -= n; x.parts.budget < 0 {
		return 0, errTooLarge
	}
	if x.tee != nil {
		x.tee.Write(b[:n])
		if x.tee.Len() > smallPart {
			return 0, errTooLarge
		}
	}
	return n, err
}

func (x *xmlPart) close() { _ = x.zipped.Close() } // whether it was whole, its end told

// next is the next token, or io.EOF after the end of the root element, when all
// of the part was read and its checksum is right. That every element is closed
// is seen to here: Decoder.Token does that too, but it also resolves namespaces,
// which nobody asks for and which takes a third of the time.
func (x *xmlPart) next() (xml.Token, error) {
	x.token = x.decoder.InputOffset()
	t, err := x.decoder.RawToken()
	if errors.Is(err, io.EOF) && len(x.within) > 0 {
		return nil, x.damaged("it ends within <%s>", x.within[len(x.within)-1].Local)
	}
	if errors.Is(err, io.EOF) && x.roots == 1 {
		return nil, io.EOF
	}
	if err != nil {
		return nil, x.explain(err)
	}
	switch t := t.(type) {
	case xml.Directive:
		return nil, x.damaged("it declares a document type, which no spreadsheet program writes and only an attack needs")
	case xml.StartElement:
		if len(x.within) == depthLimit {
			return nil, x.damaged("its elements are nested more than %d deep", depthLimit)
		}
		if len(x.within) == 0 {
			if x.roots++; x.roots > 1 {
				return nil, x.damaged("something follows its end")
			}
		}
		x.within = append(x.within, t.Name)
	case xml.EndElement:
		last := len(x.within) - 1
		if last < 0 || x.within[last] != t.Name {
			return nil, x.damaged("</%s> closes nothing that is open", t.Name.Local)
		}
		x.within = x.within[:last]
	}
	return t, nil
}

// depth is how many elements are open.
func (x *xmlPart) depth() int { return len(x.within) }

// child is the next element within the one that was opened last and not yet
// left. It reports false at that one's end, which leaves it.
func (x *xmlPart) child() (xml.StartElement, bool, error) {
	for {
		t, err := x.next()
		if err != nil {
			return xml.StartElement{}, false, x.early(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			return t, true, nil
		case xml.EndElement:
			return xml.StartElement{}, false, nil
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
		switch t := t.(type) {
		case xml.CharData:
			buf = append(buf, t...)
		case xml.StartElement:
			return buf, x.damaged("there is an element <%s> where a value should be", t.Name.Local)
		case xml.EndElement:
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

// damaged is damage at the place in hand.
func (x *xmlPart) damaged(format string, args ...any) *FileError {
	line, column := x.decoder.InputPos()
	return damaged(x.name, "%s (line %d, character %d of the XML)", fmt.Sprintf(format, args...), line, column)
}

func (x *xmlPart) explain(err error) error {
	switch {
	case errors.Is(err, errTooLarge):
		return &FileError{Part: x.name, What: fmt.Sprintf("the workbook unzips to more than %d MiB", x.parts.limit>>20), Do: "copy the rows alone into a new workbook", Err: ErrLimit}
	case errors.Is(err, errTokenTooLong):
		return &FileError{Part: x.name, What: fmt.Sprintf("one element of it is longer than %d MiB", tokenBytes>>20), Do: "copy the rows alone into a new workbook", Err: ErrLimit}
	case errors.Is(err, zip.ErrChecksum):
		return x.damaged("its checksum is wrong: it is not what was saved")
	case errors.Is(err, io.EOF):
		return x.damaged("it is empty")
	}
	return x.damaged("%v", err)
}
