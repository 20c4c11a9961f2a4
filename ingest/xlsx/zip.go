package xlsx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"net/url"
	"path"
	"strings"

	"flexybatch/batch"
	"flexybatch/ingest/fault"
)

// parts is the package that a workbook is: a ZIP archive of named XML parts. It
// gives out nothing that it did not see whole.
type parts struct {
	files  map[string]*zip.File // by PartName
	budget int                  // bytes that may still be unzipped
	limit  int
	zipped int // bytes of the archive
}

func openParts(content string, limit int) (*parts, error) {
	z, err := zip.NewReader(strings.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, damaged("", "the workbook is cut short or damaged (%v)", err)
	}
	p := &parts{files: make(map[string]*zip.File, len(z.File)), budget: limit, limit: limit, zipped: len(content)}
	for _, f := range z.File {
		name := PartName(f.Name)
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

// PartName returns the one spelling of a part's name: OPC compares them without
// case, and some programs write backslashes, or %20 for a space.
func PartName(name string) string {
	if plain, err := url.PathUnescape(name); err == nil {
		name = plain
	}
	return strings.ToLower(strings.TrimPrefix(path.Clean(strings.ReplaceAll(name, `\`, "/")), "/"))
}

// damaged returns the error for a part that is not as it should be.
func damaged(part, format string, args ...any) *fault.Error {
	return &fault.Error{Part: part, What: batch.Msg(format, args...), Do: batch.Msg("open the file in Excel, save it under a new name and use that; if Excel complains too, get the file again"), Err: fault.ErrDamaged}
}

// has tells whether there is a part.
func (p *parts) has(name string) bool {
	_, ok := p.files[PartName(name)]
	return ok
}

// open begins to read a part. Reading it to its end verifies its checksum.
func (p *parts) open(name string) (*xmlPart, error) {
	f, ok := p.files[PartName(name)]
	if !ok {
		return nil, damaged(name, "the part is missing")
	}
	r, err := f.Open()
	if err != nil {
		return nil, damaged(name, "%v", notUnzipped(err))
	}
	x := &xmlPart{name: name, parts: p, zipped: r, size: p.unzipped(f)}
	x.scan = scanner{r: tee{inUTF8(x), x}, limit: tokenBytes}
	return x, nil
}

// notUnzipped says what the archive's reader says.
func notUnzipped(err error) error { return batch.Errorf("the part cannot be unzipped (%w)", err) }

// unzipped returns how many bytes a part will have, as the archive says and as far as
// that can be: deflate makes at most 1,032 of one.
func (p *parts) unzipped(f *zip.File) int {
	return int(min(f.UncompressedSize64, 1032*uint64(p.zipped)))
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
		return damaged(name, "it is not what such a part says (%v)", err)
	}
	return nil
}
