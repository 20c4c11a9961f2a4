package journal

import (
	"crypto/sha256"
	"encoding/hex"
	"hash/crc32"
	"strconv"
	"time"
)

// kind is what a line is for.
type kind uint8

const (
	isNone   kind = iota // it is no line
	isHead               // the first line: format, version, id
	isRecord             // a record
	isCommit             // the end of a group
)

// line is one line of a journal, taken apart.
type line struct {
	kind   kind
	linked bool   // its link is that of its text behind the line before it
	rec    int32  // isRecord: where in text the record begins, up to the last brace
	text   []byte // without the newline; aliases the buffer it was read into
	n      uint64
	group  uint64
	at     int64  // milliseconds since 1970
	count  uint64 // isHead: the version; isCommit: how many records the group has
	err    error  // isNone: why it is none; isRecord: why it could not be decoded
}

// link is what the line gives as its own.
func (l *line) link() []byte { return l.text[linkAt : linkAt+linkLength] }

// entry is the record of a line.
func (l *line) entry() Entry {
	return Entry{At: time.UnixMilli(l.at).UTC(), Line: l.n + 1, Record: l.text[l.rec : len(l.text)-1 : len(l.text)-1]}
}

const (
	linkLength = 32
	timeFormat = "2006-01-02T15:04:05.000Z"
	crcStart   = `{"crc":"`
	linkStart  = `"link":"`
	linkAt     = len(crcStart) + len(`00000000",`+linkStart) // where the link stands in a line
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// appendLine writes a line behind b: what follows "at", chained to the link of
// the line before. It returns the line's own link too. chained is room to work in.
func appendLine(b []byte, chained *[]byte, before string, n, group uint64, at time.Time, tail ...[]byte) ([]byte, string) {
	start := len(b)
	b = append(b, crcStart...)
	b = append(b, `00000000",`...)
	covered := len(b)
	b = append(b, linkStart...)
	link := len(b)
	b = append(b, make([]byte, linkLength)...)
	b = append(b, `",`...)
	own := len(b)
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
	*chained = append(append((*chained)[:0], before...), b[own:]...)
	putLink(b[link:], *chained)
	putCRC(b[start+len(crcStart):], b[covered:])
	return append(b, '\n'), string(b[link : link+linkLength])
}

// putLink writes the link of a line: chained is the link of the line before it
// with its own text, from "n" on, behind.
func putLink(to, chained []byte) {
	sum := sha256.Sum256(chained)
	hex.Encode(to, sum[:linkLength/2])
}

func putCRC(to, text []byte) {
	sum := crc32.Checksum(text, castagnoli)
	hex.Encode(to, []byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)})
}

var (
	errShape = &badLine{reason: "it is not in a journal line's form"}
	errLong  = &badLine{reason: "it is longer than any record may be"}
	errCRC   = &badLine{reason: "its checksum does not match its text"}
)

// parser takes the lines of a journal apart, one behind the other.
type parser struct {
	before  []byte // link of the line before
	chained []byte
	clock   clock
}

// parse takes a line apart (the newline already taken off) and checks its
// checksum and its link.
func (p *parser) parse(text []byte) line {
	l := line{text: text}
	c := cursor{text}
	if !c.skip(crcStart) || len(c.b) < 8 {
		return line{err: errShape}
	}
	crc := c.take(8)
	if !c.skip(`",`) {
		return line{err: errShape}
	}
	var want [8]byte
	putCRC(want[:], c.b)
	if string(crc) != string(want[:]) {
		return line{err: errCRC}
	}
	if !c.skip(linkStart) || !c.drop(linkLength) || !c.skip(`",`) {
		return line{err: errShape}
	}
	p.chained = append(append(p.chained[:0], p.before...), c.b...)
	if !l.body(&c, &p.clock) {
		return line{err: errShape}
	}
	var link [linkLength]byte
	putLink(link[:], p.chained)
	l.linked = string(link[:]) == string(l.link())
	p.before = l.link()
	return l
}

// body reads what the link covers.
func (l *line) body(c *cursor, clock *clock) bool {
	ok := c.skip(`"n":`) && c.uint(&l.n) && c.skip(`,"group":`) && c.uint(&l.group) && c.skip(`,"at":"`)
	if !ok || len(c.b) < len(timeFormat) {
		return false
	}
	if l.at, ok = clock.read(c.take(len(timeFormat))); !ok || !c.skip(`",`) {
		return false
	}
	switch {
	case c.skip(`"rec":`):
		l.kind, l.rec = isRecord, int32(len(l.text)-len(c.b))
		return len(c.b) > 1 && c.b[len(c.b)-1] == '}'
	case c.skip(`"commit":`):
		l.kind = isCommit
		return c.uint(&l.count) && string(c.b) == "}"
	case c.skip(`"journal":"flexybatch","version":`):
		l.kind = isHead
		return c.uint(&l.count) && c.skip(`,`)
	}
	return false
}

// clock reads times in timeFormat as milliseconds since 1970. Most are of the
// same minute as the one before.
type clock struct {
	text   [len("2006-01-02T15:04:")]byte
	minute int64
}

func (c *clock) read(b []byte) (at int64, ok bool) {
	s := b[len(c.text):] // 05.000Z
	ms, ok := digits(s[0], s[1], s[3], s[4], s[5])
	if !ok || s[2] != '.' || s[6] != 'Z' || ms >= 60_000 || string(b[:len(c.text)]) != string(c.text[:]) {
		t, err := time.Parse(timeFormat, string(b))
		if err != nil {
			return 0, false
		}
		copy(c.text[:], b)
		c.minute = t.Truncate(time.Minute).UnixMilli()
		return t.UnixMilli(), true
	}
	return c.minute + ms, true
}

// digits is the number that they write.
func digits(digits ...byte) (n int64, ok bool) {
	for _, d := range digits {
		if d < '0' || d > '9' {
			return 0, false
		}
		n = n*10 + int64(d-'0')
	}
	return n, true
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
