package outfile

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"sync"
)

// content is what a file holds.
type content struct {
	kind    Kind
	batch   string // that it is about, if it says so
	sheets  bool   // it is a workbook, or an archive of another kind
	changed bool   // somebody has changed it since it was written
}

// headSize is how many bytes of a file are looked at.
const headSize = 4096

// beginning is how a text file of one kind begins.
type beginning struct {
	kind    Kind
	pattern *regexp.Regexp
}

// beginnings are those of the text files that this program writes, compiled when the
// first file is looked at.
var beginnings = sync.OnceValue(func() []beginning {
	return []beginning{
		{books, regexp.MustCompile(`^\{"crc":"`)},
		{ApprovalRequest, regexp.MustCompile(`^\{\s*"flexybatch_[a-z]+":`)},
		{Key, regexp.MustCompile(`^-----BEGIN `)},
		{ReportCSV, regexp.MustCompile(`^row[,;]ref[,;]phone[,;]plan[,;]amount[,;]cost[,;]id[,;]state[,;]`)},
		{ReportHTML, regexp.MustCompile(`^<!DOCTYPE html>\s*<html [^>]*>\s*<head>\s*<meta name="generator" content="flexybatch">`)},
		{CheckCSV, regexp.MustCompile(`^"?flexybatch: `)},
		{ReportJSON, regexp.MustCompile(`^\{"summary":\{"batch":`)},
		{ReportJSON, regexp.MustCompile(`^\{"row":[0-9]+,"ref":"`)},
		{CheckJSON, regexp.MustCompile(`^\{"file":"(?:[^"\\]|\\.)*","rows":\{"total":`)},
		{Metrics, regexp.MustCompile(`^# HELP flexybatch_`)},
		{Events, regexp.MustCompile(`^\{"seq":[0-9]+,"time":"`)},
		{Store, regexp.MustCompile(`^\{"at":[0-9]+,"(?:deposit|order)":`)},
		{Log, regexp.MustCompile(`^time=\S+ level=\S+ msg=`)},
		{Log, regexp.MustCompile(`^\{"time":"[^"]+","level":"[A-Z]`)},
	}
})

// identify finds out what a file holds.
func identify(path string) (content, error) {
	head, err := readHead(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return content{kind: nothing}, nil
	case err != nil:
		return content{}, err
	case len(head) == 0:
		return content{kind: empty}, nil
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return identifyWorkbook(path), nil
	}
	text := bytes.TrimPrefix(head, []byte("\ufeff"))
	for _, b := range beginnings() {
		if b.pattern.Match(text) {
			return identifyText(path, b.kind)
		}
	}
	return content{kind: foreign}, nil
}

// identifyText looks further at a file that begins as one of this kind does.
func identifyText(path string, kind Kind) (content, error) {
	if kind != CheckCSV {
		return content{kind: kind}, nil
	}
	sealed, err := csvSealed(path)
	return content{kind: kind, changed: !sealed}, err
}

// identifyWorkbook finds out what a ZIP archive holds.
func identifyWorkbook(path string) content {
	z, err := zip.OpenReader(path)
	if err != nil {
		return content{kind: foreign}
	}
	defer func() { _ = z.Close() }() // it was only read
	if s, whole := readSeal(&z.Reader); whole {
		return content{kind: s.Kind, batch: s.Batch}
	}
	for _, f := range z.File {
		if f.Name == sealPart || f.Name == "docProps/core.xml" && strings.Contains(readPart(f), "<dc:creator>flexybatch<") {
			return content{kind: unsealed, changed: true, sheets: true}
		}
	}
	return content{kind: foreign, sheets: true}
}

// readHead reads the beginning of a file.
func readHead(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	return io.ReadAll(io.LimitReader(f, headSize))
}
