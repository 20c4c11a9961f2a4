package xlsx

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"flexybatch/batch"
	"flexybatch/ingest/fault"
)

// sharedTexts are the texts that the cells of all sheets share, one after the
// other: a million of them cost what they say and four bytes each.
type sharedTexts struct {
	all  string
	ends []uint32
	held int // what they take of Limits.FileBytes

	struck map[int]bool // those that are struck through
}

// textOverhead is what a shared text takes besides its bytes, so that empty ones
// are not without end either.
const textOverhead = 16

func (t *sharedTexts) len() int { return len(t.ends) }

func (t *sharedTexts) strike(i int) {
	if t.struck == nil {
		t.struck = map[int]bool{}
	}
	t.struck[i] = true
}

// at returns the i-th text, from 0.
func (t *sharedTexts) at(i int) string {
	start := uint32(0)
	if i > 0 {
		start = t.ends[i-1]
	}
	return t.all[start:t.ends[i]]
}

// sharedTexts reads the shared texts, to their end.
func (w *Workbook) sharedTexts() (*sharedTexts, error) {
	if w.strings == "" || !w.parts.has(w.strings) { // a cell that needs one is damaged
		return &sharedTexts{}, nil
	}
	x, err := w.parts.open(w.strings)
	if err != nil {
		return nil, err
	}
	defer x.close()
	root, ok, err := x.child()
	if err != nil {
		return nil, err
	}
	if !ok || string(root.name) != "sst" {
		return nil, x.damaged("it is no list of shared texts")
	}
	t, l := &sharedTexts{}, w.limits
	var all strings.Builder
	all.Grow(min(x.size, l.FileBytes)) // at once: a list of millions would be copied each time that it grows
	var buf []byte
	for {
		el, ok, err := x.child()
		if err != nil {
			return nil, err
		}
		if !ok {
			t.all = all.String()
			return t, x.skipAll()
		}
		if string(el.name) != "si" {
			if err := x.skip(); err != nil {
				return nil, err
			}
			continue
		}
		var struck bool
		if buf, struck, err = x.richText(buf[:0]); err != nil {
			return nil, err
		}
		if struck {
			t.strike(len(t.ends))
		}
		buf = unescape(buf)
		if t.held += len(buf) + textOverhead; t.held > min(l.FileBytes, math.MaxUint32) {
			return nil, TooMuchText(l)
		}
		all.Write(buf)
		t.ends = append(t.ends, uint32(all.Len()))
	}
}

// TooMuchText returns the error for a workbook whose cells hold more than may be held:
// a text that is stored once may stand in millions of cells.
func TooMuchText(l fault.Limits) error {
	return &fault.Error{What: batch.Msg("its cells hold more than %d MiB of text", l.FileBytes>>20), Do: batch.Msg("copy the rows alone into a new workbook, or raise the limit: %s", fault.Raise("file-bytes", l.FileBytes)), Err: fault.ErrLimit}
}

// richText leaves a text of formatted runs (ECMA-376, 18.4.8 si and its kin),
// and appends what it says to buf, without the readings of East Asian words. It
// tells whether all of that is struck through.
func (x *xmlPart) richText(buf []byte) (text []byte, struck bool, err error) {
	from, unstruck := len(buf), 0
	for {
		el, ok, err := x.child()
		if !ok || err != nil {
			return buf, len(buf) > from && unstruck == 0, err
		}
		before := len(buf)
		switch string(el.name) {
		case "t":
			buf, err = x.text(buf)
		case "r":
			buf, struck, err = x.run(buf)
		default:
			err = x.skip()
		}
		if err != nil {
			return buf, false, err
		}
		if !struck {
			unstruck += len(buf) - before
		}
		struck = false
	}
}

// run leaves a run of a text, which has one format.
func (x *xmlPart) run(buf []byte) (text []byte, struck bool, err error) {
	for {
		el, ok, err := x.child()
		if !ok || err != nil {
			return buf, struck, err
		}
		switch string(el.name) {
		case "t":
			buf, err = x.text(buf)
		case "rPr":
			struck, err = x.runStruck()
		default:
			err = x.skip()
		}
		if err != nil {
			return buf, struck, err
		}
	}
}

// runStruck leaves the format of a run.
func (x *xmlPart) runStruck() (struck bool, err error) {
	for {
		el, ok, err := x.child()
		if !ok || err != nil {
			return struck, err
		}
		if string(el.name) == "strike" {
			struck = true
			for _, a := range el.attrs {
				struck = struck && (string(a.name) != "val" || isTrue(string(a.value)))
			}
		}
		if err := x.skip(); err != nil {
			return struck, err
		}
	}
}

// unescape resolves _xHHHH_, the way in which spreadsheet programs write
// characters that XML cannot hold (ECMA-376, 22.9.2.19 ST_Xstring). It may write
// over b.
func unescape(b []byte) []byte {
	i := bytes.Index(b, []byte("_x"))
	if i < 0 {
		return b
	}
	out := b[:i]
	for ; i < len(b); i++ {
		if i+7 <= len(b) && b[i] == '_' && b[i+1] == 'x' && b[i+6] == '_' {
			if n, err := strconv.ParseUint(string(b[i+2:i+6]), 16, 16); err == nil {
				out = appendUnit(out, rune(n)) // at most three bytes for seven
				i += 6
				continue
			}
		}
		out = append(out, b[i])
	}
	if !utf8.Valid(out) { // half of a pair
		return bytes.ToValidUTF8(out, []byte("\ufffd"))
	}
	return out
}

// appendUnit appends a unit of UTF-16. The second half of a pair joins the first,
// which stands as an escape yet: its bytes are no UTF-8.
func appendUnit(out []byte, unit rune) []byte {
	if unit < 0xd800 || unit > 0xdfff {
		return utf8.AppendRune(out, unit)
	}
	if n := len(out); n >= 3 && unit >= 0xdc00 && out[n-3] == 0xed && out[n-2]&0xf0 == 0xa0 {
		high := 0xd000 | rune(out[n-2]&0x3f)<<6 | rune(out[n-1]&0x3f)
		return utf8.AppendRune(out[:n-3], utf16.DecodeRune(high, unit))
	}
	return append(out, 0xe0|byte(unit>>12), 0x80|byte(unit>>6)&0xbf, 0x80|byte(unit)&0xbf)
}
