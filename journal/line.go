package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"hash/crc32"
	"iter"
	"strconv"
	"time"
)

// lineKind says what a line is for.
type lineKind uint8

const (
	lineInvalid lineKind = iota // not a line of a journal
	lineHead                    // the first line: format, version, id
	lineRecord                  // one or more records
	lineCommit                  // the end of a group
)

// line is one parsed line of a journal.
type line struct {
	kind     lineKind
	linked   bool   // the line's link follows from the line before it
	packed   bool   // lineRecord: it has a list of records
	from, to int32  // lineRecord: where in text its records are
	text     []byte // without the newline; aliases the buffer it was read into
	n        uint64
	group    uint64
	at       int64  // milliseconds since 1970
	count    uint64 // lineHead: the version; lineRecord: how many records it has; lineCommit: how many its group has
	decoded  uint64 // lineRecord: how many of its records were decoded
	err      error  // lineInvalid: what is wrong with it; lineRecord: why the next record could not be decoded
}

// link returns the link that stands in the line.
func (l *line) link() []byte { return l.text[linkAt : linkAt+linkLength] }

// entries returns the records of the line, in order.
func (l *line) entries() iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		rest := l.text[l.from:l.to:l.to]
		for more := true; more; {
			record, end := rest, -1
			if l.packed {
				end = bytes.IndexByte(rest, packMark)
			}
			if more = end >= 0; more {
				record, rest = rest[:end-1:end-1], rest[end+1:] // without the comma before the mark
			}
			if !yield(Entry{At: time.UnixMilli(l.at).UTC(), Line: l.n + 1, Record: record}) {
				return
			}
		}
	}
}

const (
	linkLength = 32
	timeFormat = "2006-01-02T15:04:05.000Z"
	crcStart   = `{"crc":"`
	linkStart  = `"link":"`
	linkAt     = len(crcStart) + len(`00000000",`+linkStart) // where the link stands in a line

	// packMark stands behind the comma between two records of one line, and nowhere
	// else in such a line. To JSON it is space.
	packMark = '\t'
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// appendLine appends a line to b. tail is what stands behind "at", and before is
// the link of the line before. It returns the line's own link too. hashed is a
// buffer to work in, and holds afterwards what the link was made from.
func appendLine(b []byte, hashed *[]byte, before string, n, group uint64, at time.Time, tail ...[]byte) ([]byte, string) {
	start := len(b)
	b = append(b, crcStart...)
	b = append(b, `00000000",`...)
	checked := len(b)
	b = append(b, linkStart...)
	link := len(b)
	b = append(b, make([]byte, linkLength)...)
	b = append(b, `",`...)
	linked := len(b)
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
	*hashed = append(append((*hashed)[:0], before...), b[linked:]...)
	putLink(b[link:], *hashed)
	putCRC(b[start+len(crcStart):], b[checked:])
	return append(b, '\n'), string(b[link : link+linkLength])
}

// putLink writes the link that is made from hashed: the link of the line before,
// followed by the line's own text from "n" on.
func putLink(to, hashed []byte) {
	sum := sha256.Sum256(hashed)
	hex.Encode(to, sum[:linkLength/2])
}

// putCRC writes the checksum of text.
func putCRC(to, text []byte) {
	sum := crc32.Checksum(text, castagnoli)
	hex.Encode(to, []byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)})
}

var (
	errForm       = &badLine{reason: say("it is not in a journal line's form")}
	errLineLength = &badLine{reason: say("it is longer than any record may be")}
	errChecksum   = &badLine{reason: say("its checksum does not match its text")}
)

// parser parses the lines of a journal, one after the other.
type parser struct {
	before []byte // link of the line before
	hashed []byte
	clock  clock
}

// parse parses a line without its newline, and checks its checksum and its link.
func (p *parser) parse(text []byte) line {
	l := line{text: text}
	c := cursor{text}
	if !c.skip(crcStart) || len(c.rest) < 8 {
		return line{err: errForm}
	}
	crc := c.take(8)
	if !c.skip(`",`) {
		return line{err: errForm}
	}
	var want [8]byte
	putCRC(want[:], c.rest)
	if string(crc) != string(want[:]) {
		return line{err: errChecksum}
	}
	if !c.skip(linkStart) || !c.skipBytes(linkLength) || !c.skip(`",`) {
		return line{err: errForm}
	}
	p.hashed = append(append(p.hashed[:0], p.before...), c.rest...)
	if !l.parseBody(&c, &p.clock) {
		return line{err: errForm}
	}
	var link [linkLength]byte
	putLink(link[:], p.hashed)
	l.linked = string(link[:]) == string(l.link())
	p.before = l.link()
	return l
}

// parseBody parses what the link covers.
func (l *line) parseBody(c *cursor, clock *clock) bool {
	ok := c.skip(`"n":`) && c.uint(&l.n) && c.skip(`,"group":`) && c.uint(&l.group) && c.skip(`,"at":"`)
	if !ok || len(c.rest) < len(timeFormat) {
		return false
	}
	if l.at, ok = clock.parse(c.take(len(timeFormat))); !ok || !c.skip(`",`) {
		return false
	}
	switch {
	case c.skip(`"rec":`):
		return l.setRecords(c.rest, "}")
	case c.skip(`"recs":[`):
		l.packed = true
		return l.setRecords(c.rest, "]}")
	case c.skip(`"commit":`):
		l.kind = lineCommit
		return c.uint(&l.count) && string(c.rest) == "}"
	case c.skip(`"journal":"flexybatch","version":`):
		l.kind = lineHead
		return c.uint(&l.count) && c.skip(`,`)
	}
	return false
}

// setRecords notes where the records of the line are: at the beginning of rest,
// with end behind them.
func (l *line) setRecords(rest []byte, end string) bool {
	l.kind, l.count = lineRecord, 1
	l.from, l.to = int32(len(l.text)-len(rest)), int32(len(l.text)-len(end))
	if l.to <= l.from || string(l.text[l.to:]) != end {
		return false
	}
	if l.packed {
		marks := bytes.Count(rest, []byte{packMark})
		l.count += uint64(marks)
		return bytes.Count(rest, []byte{',', packMark}) == marks
	}
	return true
}

// clock parses times in timeFormat as milliseconds since 1970. It remembers the
// last minute, because most times are of the same minute as the one before.
type clock struct {
	text   [len("2006-01-02T15:04:")]byte
	minute int64
}

func (c *clock) parse(b []byte) (at int64, ok bool) {
	s := b[len(c.text):] // 05.000Z
	ms, ok := decimal(s[0], s[1], s[3], s[4], s[5])
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

// decimal returns the number that the digits write.
func decimal(digits ...byte) (n int64, ok bool) {
	for _, d := range digits {
		if d < '0' || d > '9' {
			return 0, false
		}
		n = n*10 + int64(d-'0')
	}
	return n, true
}

// maxGroupPrefix is how many bytes of a line parseGroup reads at most.
const maxGroupPrefix = 128

// parseGroup reads the number of the group that a line claims to belong to,
// whether the line is whole or not.
func parseGroup(b []byte) (group uint64, ok bool) {
	c := cursor{b}
	var n uint64
	ok = c.skip(crcStart) && c.skipBytes(8) && c.skip(`",`+linkStart) && c.skipBytes(linkLength) &&
		c.skip(`","n":`) && c.uint(&n) && c.skip(`,"group":`) && c.uint(&group) && c.skip(`,"`)
	return group, ok
}

// cursor reads a line from the left. A method that reports false has read
// nothing.
type cursor struct{ rest []byte }

// skip reads past s.
func (c *cursor) skip(s string) bool {
	if len(c.rest) < len(s) || string(c.rest[:len(s)]) != s {
		return false
	}
	c.rest = c.rest[len(s):]
	return true
}

// skipBytes reads past n bytes of any value.
func (c *cursor) skipBytes(n int) bool {
	if len(c.rest) < n {
		return false
	}
	c.rest = c.rest[n:]
	return true
}

// take returns the next n bytes, which must be there.
func (c *cursor) take(n int) []byte {
	b := c.rest[:n]
	c.rest = c.rest[n:]
	return b
}

// uint reads a number of up to 19 digits, which cannot overflow.
func (c *cursor) uint(to *uint64) bool {
	i := 0
	for i < len(c.rest) && i < 19 && c.rest[i] >= '0' && c.rest[i] <= '9' {
		*to = *to*10 + uint64(c.rest[i]-'0')
		i++
	}
	c.rest = c.rest[i:]
	return i > 0
}
