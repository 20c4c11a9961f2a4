package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"strconv"
	"time"
)

// kind is what a line is for.
type kind uint8

const (
	isHead   kind = iota // the first line: format, version, id
	isRecord             // a record
	isCommit             // the end of a group
)

// line is one line of a journal, taken apart.
type line struct {
	kind    kind
	link    string
	n       uint64
	group   uint64
	at      time.Time
	rec     []byte // isRecord: the record; aliases the buffer it was parsed from
	records uint64 // isCommit: how many records the group has
	version uint64 // isHead
}

const (
	linkLength = 32
	timeFormat = "2006-01-02T15:04:05.000Z"
	crcStart   = `{"crc":"`
	linkStart  = `"link":"`
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// appendLine writes a line behind b: what follows "at", chained to the link of
// the line before. It returns the line's own link too.
func appendLine(b []byte, before string, n, group uint64, at time.Time, tail ...[]byte) ([]byte, string) {
	start := len(b)
	b = append(b, crcStart...)
	b = append(b, `00000000",`...)
	covered := len(b)
	b = append(b, linkStart...)
	link := len(b)
	b = append(b, make([]byte, linkLength)...)
	b = append(b, `",`...)
	chained := len(b)
	b = append(b, `"n":`...)
	b = strconv.AppendUint(b, n, 10)
	b = append(b, `,"group":`...)
	b = strconv.AppendUint(b, group, 10)
	b = append(b, `,"at":"`...)
	b = at.UTC().AppendFormat(b, timeFormat)
	b = append(b, `",`...)
	for _, t := range tail {
		b = append(b, t...)
	}
	b = append(b, '}')
	putLink(b[link:link+linkLength], before, b[chained:])
	putCRC(b[start+len(crcStart):], b[covered:])
	return append(b, '\n'), string(b[link : link+linkLength])
}

// putLink writes the link of a line with this text behind the one before.
func putLink(to []byte, before string, text []byte) {
	h := sha256.New()
	h.Write([]byte(before))
	h.Write(text)
	var sum [sha256.Size]byte
	hex.Encode(to, h.Sum(sum[:0])[:linkLength/2])
}

func putCRC(to, text []byte) {
	sum := crc32.Checksum(text, castagnoli)
	hex.Encode(to, []byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)})
}

var (
	errShape = errors.New("it is not in a journal line's form")
	errCRC   = errors.New("its checksum does not match its text")
)

// parseLine takes a line apart (the newline already taken off) and checks its
// checksum. text is the part that the link covers.
func parseLine(b []byte) (l line, text []byte, err error) {
	c := cursor{b}
	if !c.skip(crcStart) || len(c.b) < 8 {
		return l, nil, errShape
	}
	crc := c.take(8)
	if !c.skip(`",`) {
		return l, nil, errShape
	}
	var want [8]byte
	putCRC(want[:], c.b)
	if !bytes.Equal(crc, want[:]) {
		return l, nil, errCRC
	}
	if !c.skip(linkStart) || len(c.b) < linkLength {
		return l, nil, errShape
	}
	l.link = string(c.take(linkLength))
	if !c.skip(`",`) {
		return l, nil, errShape
	}
	text = c.b
	ok := c.skip(`"n":`) && c.uint(&l.n) && c.skip(`,"group":`) && c.uint(&l.group) && c.skip(`,"at":"`)
	if !ok || len(c.b) < len(timeFormat) {
		return l, nil, errShape
	}
	if l.at, err = time.Parse(timeFormat, string(c.take(len(timeFormat)))); err != nil {
		return l, nil, errShape
	}
	switch {
	case !c.skip(`",`):
		return l, nil, errShape
	case c.skip(`"rec":`):
		l.kind = isRecord
		ok = len(c.b) > 1 && c.b[len(c.b)-1] == '}'
		if ok {
			l.rec = c.b[:len(c.b)-1]
		}
	case c.skip(`"commit":`):
		l.kind = isCommit
		ok = c.uint(&l.records) && string(c.b) == "}"
	case c.skip(`"journal":"flexybatch","version":`):
		l.kind = isHead
		ok = c.uint(&l.version) && c.skip(`,`)
	default:
		ok = false
	}
	if !ok {
		return l, nil, errShape
	}
	return l, text, nil
}

// maxStart is the most bytes that groupOf looks at.
const maxStart = 128

// groupOf reads the group that a line says it is of, whether the line is whole
// or not.
func groupOf(b []byte) (group uint64, ok bool) {
	c := cursor{b}
	var n uint64
	ok = c.skip(crcStart) && c.drop(8) && c.skip(`",`+linkStart) && c.drop(linkLength) &&
		c.skip(`","n":`) && c.uint(&n) && c.skip(`,"group":`) && c.uint(&group) && c.skip(`,"`)
	return group, ok
}

// cursor reads a line from the left.
type cursor struct{ b []byte }

func (c *cursor) skip(s string) bool {
	if len(c.b) < len(s) || string(c.b[:len(s)]) != s {
		return false
	}
	c.b = c.b[len(s):]
	return true
}

func (c *cursor) take(n int) []byte {
	b := c.b[:n]
	c.b = c.b[n:]
	return b
}

func (c *cursor) drop(n int) bool {
	if len(c.b) < n {
		return false
	}
	c.b = c.b[n:]
	return true
}

// uint reads a number of up to 19 digits, which cannot overflow.
func (c *cursor) uint(to *uint64) bool {
	i := 0
	for i < len(c.b) && i < 19 && c.b[i] >= '0' && c.b[i] <= '9' {
		*to = *to*10 + uint64(c.b[i]-'0')
		i++
	}
	c.b = c.b[i:]
	return i > 0
}
