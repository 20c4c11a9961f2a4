package ingest

import (
	"encoding/binary"
	"flexybatch/batch"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// decode makes UTF-8 without a byte order mark of a text file, and names its
// encoding: the one that is forced, by a name of the WHATWG's list, or else the
// one that it finds. Text that is UTF-8 already is not copied.
func decode(content string, forced string) (text, name string, err error) {
	switch {
	case forced != "":
		return decodeAs(content, forced)
	case strings.HasPrefix(content, "\xef\xbb\xbf"):
		if content = content[3:]; utf8.ValidString(content) {
			return content, "UTF-8", noNUL(content)
		}
		return "", "", brokenUTF8(content)
	case strings.HasPrefix(content, "\xff\xfe"):
		return decodeUTF16(content[2:], unicode.LittleEndian, "UTF-16LE")
	case strings.HasPrefix(content, "\xfe\xff"):
		return decodeUTF16(content[2:], unicode.BigEndian, "UTF-16BE")
	}
	switch odd, even := nulShares(content); {
	case odd > 0.4 && even < 0.1:
		return decodeUTF16(content, unicode.LittleEndian, "UTF-16LE")
	case even > 0.4 && odd < 0.1:
		return decodeUTF16(content, unicode.BigEndian, "UTF-16BE")
	case utf8.ValidString(content):
		return content, "UTF-8", noNUL(content)
	case mostlyUTF8(content):
		i := notUTF8(content)
		return "", "", &FileError{Row: lineOf(content, i), What: batch.Msg("the byte %#02x is not UTF-8, as the rest of the file is", content[i]),
			Do: batch.Msg(`the file is damaged, or put together of two: save it again as "CSV UTF-8", or name its encoding: --encoding windows-1252`), Err: ErrDamaged}
	}
	if page, ok := guessPage(content); ok {
		return page.read(content)
	}
	if arabic(content) {
		return decodeWith(charmap.Windows1256, content, "Windows-1256")
	}
	return decodeWith(charmap.Windows1252, content, "Windows-1252")
}

// encodings are those that a payroll comes in.
var encodings = []string{"utf-8", "utf-16le", "utf-16be", "windows-1252", "windows-1256", "cp850", "cp437", "cp720", "macintosh"}

// decodeAs decodes in the encoding that the operator names, one of encodings in
// whatever spelling or another that the WHATWG's list has.
func decodeAs(content, name string) (string, string, error) {
	known := strings.TrimSpace(name)
	if page, ok := codePageCalled(name); ok {
		return page.read(content)
	}
	if i := slices.IndexFunc(encodings, func(e string) bool { return fold(e) == fold(name) }); i >= 0 {
		known = encodings[i]
	}
	e, err := htmlindex.Get(known)
	if err != nil {
		return "", "", &FileError{What: batch.Msg("--encoding %s: no such encoding is known; there are", name),
			List: encodings, Do: batch.Msg("or another by its name in the WHATWG's list"), Err: ErrEncoding}
	}
	name, err = htmlindex.Name(e)
	if err != nil {
		return "", "", err
	}
	switch name {
	case "utf-8":
		content = strings.TrimPrefix(content, "\xef\xbb\xbf")
		if !utf8.ValidString(content) {
			return "", "", brokenUTF8(content)
		}
		return content, "UTF-8", noNUL(content)
	case "utf-16le":
		return decodeUTF16(strings.TrimPrefix(content, "\xff\xfe"), unicode.LittleEndian, "UTF-16LE")
	case "utf-16be":
		return decodeUTF16(strings.TrimPrefix(content, "\xfe\xff"), unicode.BigEndian, "UTF-16BE")
	}
	text, shown, err := decodeWith(e, content, strings.ToUpper(name[:1])+name[1:])
	if i := strings.IndexRune(text, utf8.RuneError); err == nil && i >= 0 {
		return "", "", &FileError{Row: lineOf(text, i), What: batch.Msg("there is a byte that means nothing in %s", shown), Do: batch.Msg("try another --encoding, or leave it out"), Err: ErrEncoding}
	}
	return text, shown, err
}

// read decodes a text of a code page.
func (p codePage) read(content string) (string, string, error) {
	text, err := p.decode(content)
	if err != nil {
		return "", "", &FileError{What: batch.Msg("is not text in %s (%v)", p.name, err), Do: batch.Msg(`save it as "CSV UTF-8"`), Err: ErrDamaged}
	}
	return text, p.name, noNUL(text)
}

func decodeWith(e encoding.Encoding, content string, name string) (string, string, error) {
	text, err := e.NewDecoder().String(content)
	if err != nil {
		return "", "", &FileError{What: batch.Msg("is not text in %s (%v)", name, err), Do: batch.Msg(`save it as "CSV UTF-8"`), Err: ErrDamaged}
	}
	return text, name, noNUL(text)
}

// decodeUTF16 refuses half characters: the decoder would put U+FFFD for them in
// silence.
func decodeUTF16(content string, order unicode.Endianness, name string) (string, string, error) {
	if len(content)%2 != 0 {
		return "", "", &FileError{What: batch.Msg("is text in %s that ends in the middle of a character", name), Do: batch.Msg("it may be cut short: get it again"), Err: ErrDamaged}
	}
	text, name, err := decodeWith(unicode.UTF16(order, unicode.IgnoreBOM), content, name)
	if err != nil || !strings.ContainsRune(text, utf8.RuneError) {
		return text, name, err
	}
	if row, half := halfCharacter(content, order); half {
		return "", "", &FileError{Row: row, What: batch.Msg("there is half a character of %s, and not the other half", name), Do: batch.Msg(`the file is damaged: get it again, or save it again as "CSV UTF-8"`), Err: ErrDamaged}
	}
	return text, name, nil
}

// halfCharacter finds the line of the first half of a surrogate pair that has no
// other half.
func halfCharacter(content string, order unicode.Endianness) (row int, found bool) {
	bytes := binary.ByteOrder(binary.LittleEndian)
	if order == unicode.BigEndian {
		bytes = binary.BigEndian
	}
	row = 1
	high := false // the unit before begins a pair
	for i := 0; i+1 < len(content); i += 2 {
		unit := bytes.Uint16([]byte(content[i : i+2]))
		low := unit >= 0xdc00 && unit <= 0xdfff
		if high != low {
			return row, true
		}
		high = unit >= 0xd800 && unit <= 0xdbff
		if unit == '\n' {
			row++
		}
	}
	return row, high
}

// nulShares tells which share of the bytes at odd and at even places are NUL,
// by the beginning of the file: digits and delimiters in UTF-16 have one each.
func nulShares(content string) (odd, even float64) {
	head := content[:min(len(content), 4096)&^1]
	if len(head) == 0 {
		return 0, 0
	}
	var nul [2]int
	for i, b := range []byte(head) {
		if b == 0 {
			nul[i%2]++
		}
	}
	half := float64(len(head) / 2)
	return float64(nul[1]) / half, float64(nul[0]) / half
}

// arabic tells Windows-1256 from Windows-1252, for text that is not UTF-8. Both
// have the letters of French at the same places; but French scatters them among
// ASCII letters, while an Arabic word is a run of nothing else.
func arabic(content string) bool {
	inWords, scattered, run := 0, 0, 0
	word := func() {
		if run >= 3 {
			inWords += run
		} else {
			scattered += run
		}
		run = 0
	}
	for _, b := range []byte(content[:min(len(content), 1<<20)]) {
		if b >= 0x80 && b != 0xA0 { // A0 is the no-break space in both
			run++
		} else {
			word()
		}
	}
	word()
	return inWords > scattered
}

// noNUL refuses text with NUL characters: no program writes them on purpose,
// and a disk that fails or a copy that breaks off leaves them behind.
func noNUL(text string) error {
	i := strings.IndexByte(text, 0)
	if i < 0 {
		return nil
	}
	return &FileError{Row: lineOf(text, i), What: batch.Msg("there are NUL bytes, which no spreadsheet writes"), Do: batch.Msg("the file is damaged or not a spreadsheet: get it again"), Err: ErrDamaged}
}

// brokenUTF8 names the place in a text that says of itself that it is UTF-8 and
// is not.
func brokenUTF8(text string) error {
	i := notUTF8(text)
	return &FileError{Row: lineOf(text, i), What: batch.Msg("the byte %#02x is not UTF-8, which the file says it is", text[i]), Do: batch.Msg(`the file is damaged: save it again as "CSV UTF-8"`), Err: ErrDamaged}
}

// notUTF8 returns where the first byte stands that is no UTF-8; -1 where there is none.
func notUTF8(text string) int {
	for i, r := range text {
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(text[i:]); n == 1 {
				return i
			}
		}
	}
	return -1
}

// mostlyUTF8 tells a text in UTF-8 with some bytes in it that are none. In another
// encoding two letters hardly ever look like one character of UTF-8.
func mostlyUTF8(text string) bool {
	whole, broken := 0, 0
	for len(text) > 0 {
		r, n := utf8.DecodeRuneInString(text)
		switch {
		case r == utf8.RuneError && n == 1:
			broken++
		case n > 1:
			whole++
		}
		text = text[n:]
	}
	return whole >= broken
}

// lineOf returns the line that the i-th byte stands on, counted from 1.
func lineOf(text string, i int) int { return 1 + strings.Count(text[:i], "\n") }
