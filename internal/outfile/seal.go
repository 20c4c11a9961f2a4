package outfile

import (
	"archive/zip"
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/flate"
)

// Seal says what a workbook holds. It stands in a part of the workbook that no
// program shows, with a hash of all other parts. When another program saves the
// workbook, it drops the part or changes the others. So a workbook whose seal is
// whole is as this program wrote it.
type Seal struct {
	Kind  Kind
	Batch string // that the workbook is about; empty for none
}

// sealPart is the name of the part. Every workbook declares the type of all parts that
// end in .xml.
const sealPart = "docProps/flexybatch.xml"

// rootPart lists the parts that the workbook as a whole refers to. Programs pass over
// those whose type they do not know.
const rootPart = "_rels/.rels"

const (
	rootEnd  = `</Relationships>`
	sealRoot = `<Relationship Id="rIdFlexybatch" Type="urn:flexybatch:seal" Target="docProps/flexybatch.xml"/>`
)

// sealFormat is the content of the part. The batch is a quoted string of Go, which
// has no characters that XML forbids after xmlText.
const sealFormat = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n" + `<flexybatch kind="%s" sha256="%s">%s</flexybatch>`

// sealPattern is sealFormat as it is read. It is compiled when a seal is first looked at.
var sealPattern = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`<flexybatch kind="([a-z-]+)" sha256="([0-9a-f]{64})">(.*)</flexybatch>$`)
})

var (
	xmlText   = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	plainText = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">")
)

// SealedZip writes a workbook with a seal. It is an excelize.ZipWriter.
type SealedZip struct {
	zip   *zip.Writer
	seal  Seal
	parts []*zip.FileHeader
	flate *flate.Writer // nil before the first part
	root  bytes.Buffer  // the content of rootPart
}

// NewSealedZip returns a writer of a workbook that is sealed when it is closed.
func NewSealedZip(w io.Writer, s Seal) *SealedZip {
	z := &SealedZip{zip: zip.NewWriter(w), seal: s}
	z.zip.RegisterCompressor(zip.Deflate, z.compressor)
	return z
}

// compressor begins to compress a part. It makes parts of the same size as Go's own
// compressor does, in less time. There is one for all parts, since each is ended before
// the next is begun, and it takes more room than most of them.
func (z *SealedZip) compressor(w io.Writer) (io.WriteCloser, error) {
	if z.flate != nil {
		z.flate.Reset(w)
		return z.flate, nil
	}
	var err error
	z.flate, err = flate.NewWriter(w, flate.DefaultCompression)
	return z.flate, err
}

// Create adds a part.
func (z *SealedZip) Create(name string) (io.Writer, error) {
	if name == rootPart {
		return &z.root, nil // Close writes it, with the seal in it
	}
	return z.create(name)
}

func (z *SealedZip) create(name string) (io.Writer, error) {
	part := &zip.FileHeader{Name: name, Method: zip.Deflate}
	z.parts = append(z.parts, part)
	return z.zip.CreateHeader(part)
}

// AddFS is not supported: workbooks are written part by part.
func (*SealedZip) AddFS(fs.FS) error { return errors.ErrUnsupported }

// Close writes the seal and ends the workbook.
func (z *SealedZip) Close() error {
	w, err := z.create(rootPart)
	if err == nil {
		_, err = io.WriteString(w, strings.Replace(z.root.String(), rootEnd, sealRoot+rootEnd, 1))
	}
	if err != nil {
		return errors.Join(err, z.zip.Close())
	}
	w, err = z.zip.Create(sealPart) // this also ends the part before, whose checksum is known from now on
	if err == nil {
		_, err = fmt.Fprintf(w, sealFormat, string(z.seal.Kind), hashOf(z.parts), xmlText.Replace(fmt.Sprintf("%q", z.seal.Batch)))
	}
	return errors.Join(err, z.zip.Close())
}

// hashOf makes the hash of the parts. It uses the checksums that the archive lists,
// so that the seal of a large workbook can be checked without reading all of it.
func hashOf(parts []*zip.FileHeader) string {
	sum := sha256.New()
	for _, p := range slices.SortedFunc(slices.Values(parts), func(a, b *zip.FileHeader) int { return cmp.Compare(a.Name, b.Name) }) {
		fmt.Fprintf(sum, "%q %d %08x\n", p.Name, p.UncompressedSize64, p.CRC32)
	}
	return fmt.Sprintf("%x", sum.Sum(nil))
}

// readSeal returns the seal of a workbook, and whether it is whole.
func readSeal(z *zip.Reader) (s Seal, whole bool) {
	var parts []*zip.FileHeader
	var text string
	for _, f := range z.File {
		if f.Name == sealPart {
			text = readPart(f)
			continue
		}
		parts = append(parts, &f.FileHeader)
	}
	m := sealPattern().FindStringSubmatch(text)
	if m == nil {
		return s, false
	}
	s.Kind = Kind(m[1])
	_, err := fmt.Sscanf(plainText.Replace(m[3]), "%q", &s.Batch)
	return s, err == nil && s.Kind.workbook() && m[2] == hashOf(parts)
}

// maxPart is how much of a part is read, in bytes.
const maxPart = 1 << 16

// readPart returns the beginning of a part, or nothing if it cannot be read.
func readPart(f *zip.File) string {
	r, err := f.Open()
	if err != nil {
		return ""
	}
	defer func() { _ = r.Close() }() // it was only read
	b, err := io.ReadAll(io.LimitReader(r, maxPart))
	if err != nil {
		return ""
	}
	return string(b)
}
