package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"unicode/utf8"
)

// scanner cuts the XML of a part into tokens, as strict as encoding/xml and
// several times faster: it builds nothing for a token, and a workbook's time
// goes into tokens. What encoding/xml refuses it refuses too (a fuzz target
// holds the two together), and besides: names that are not ASCII, an attribute
// given twice, and text outside the root, none of which a spreadsheet program
// writes.
//
// What a token points to is valid until the next one.
type scanner struct {
	r     io.Reader
	limit int // bytes of one token

	buf    []byte
	pos    int   // where the next token begins
	before int   // lines that were dropped from buf
	column int   // bytes dropped from buf since the last of their line ends
	end    error // of r

	name   []byte      // of the element, with its prefix
	attrs  []attribute // of a start tag
	text   []byte      // of a text
	closes bool        // the start tag in hand was an empty element's: its end comes next
	room   []byte      // for texts that are not as they stand in buf
}

// attribute is one of a start tag: its name without the prefix, and its value.
type attribute struct {
	full, name []byte
	value      []byte
}

// attributeLimit bounds the attributes of a tag: they are held against each
// other.
const attributeLimit = 256

// token is what kind of token the scanner has in hand.
type token uint8

const (
	tokenText      token = iota // in text
	tokenStart                  // in name and attrs
	tokenEnd                    // in name
	tokenDirective              // <!DOCTYPE and its kin
)

var (
	errTokenTooLong = errors.New("one element goes on for megabytes")
	errCutShort     = errors.New("it ends within a tag")
)

// next is the next token, or io.EOF. Comments and processing instructions are
// passed over.
func (s *scanner) next() (token, error) {
	if s.closes {
		s.closes = false
		return tokenEnd, nil
	}
	for {
		if s.pos == len(s.buf) {
			if err := s.fill(); err != nil {
				return 0, err
			}
			continue
		}
		if s.buf[s.pos] != '<' {
			return tokenText, s.readText()
		}
		if len(s.buf)-s.pos < 2 {
			if err := s.more(); err != nil {
				return 0, err
			}
			continue
		}
		switch s.buf[s.pos+1] {
		case '/':
			return tokenEnd, s.readEnd()
		case '?':
			if err := s.readInstruction(); err != nil {
				return 0, err
			}
		case '!':
			t, skip, err := s.readMarked()
			if err != nil || !skip {
				return t, err
			}
		default:
			return tokenStart, s.readStart()
		}
	}
}

// fill drops what was read and reads on.
func (s *scanner) fill() error {
	if s.end != nil {
		return s.end
	}
	if s.pos > 0 {
		if n := bytes.Count(s.buf[:s.pos], []byte("\n")); n > 0 {
			s.before += n
			s.column = s.pos - 1 - bytes.LastIndexByte(s.buf[:s.pos], '\n')
		} else {
			s.column += s.pos
		}
		s.buf = s.buf[:copy(s.buf, s.buf[s.pos:])]
		s.pos = 0
	}
	if len(s.buf) > s.limit {
		return errTokenTooLong
	}
	if len(s.buf) == cap(s.buf) {
		s.buf = append(make([]byte, 0, max(64<<10, 2*cap(s.buf))), s.buf...)
	}
	n, err := s.r.Read(s.buf[len(s.buf):cap(s.buf)])
	s.buf = s.buf[:len(s.buf)+n]
	s.end = err
	if n > 0 {
		return nil
	}
	return err
}

// more is fill within a tag.
func (s *scanner) more() error {
	err := s.fill()
	if err == io.EOF {
		return errCutShort
	}
	return err
}

// position is where the next token begins: line and character, from 1.
func (s *scanner) position() (line, column int) {
	done := s.buf[:s.pos]
	if n := bytes.Count(done, []byte("\n")); n > 0 {
		return s.before + n + 1, s.pos - bytes.LastIndexByte(done, '\n')
	}
	return s.before + 1, s.column + s.pos + 1
}

// find is where mark first stands at or behind from, counted from pos.
func (s *scanner) find(mark string, from int) (int, error) {
	for {
		if i := bytes.Index(s.buf[min(s.pos+from, len(s.buf)):], []byte(mark)); i >= 0 {
			return from + i, nil
		}
		from = max(from, len(s.buf)-s.pos-len(mark)+1)
		if err := s.more(); err != nil {
			return 0, err
		}
	}
}

// readText reads the text before the next tag.
func (s *scanner) readText() error {
	n := 0
	for {
		if i := bytes.IndexByte(s.buf[s.pos+n:], '<'); i >= 0 {
			n += i
			break
		}
		n = len(s.buf) - s.pos
		if err := s.fill(); err == io.EOF {
			break
		} else if err != nil {
			return err
		}
	}
	raw := s.buf[s.pos : s.pos+n]
	s.pos += n
	if !plainText(raw) && bytes.Contains(raw, []byte("]]>")) {
		return errors.New("there is a ]]> in a text")
	}
	var err error
	s.room = s.room[:0]
	s.text, err = s.decode(raw, true)
	return err
}

// readEnd reads </name>.
func (s *scanner) readEnd() error {
	n, err := s.find(">", 2)
	if err != nil {
		return err
	}
	raw := s.buf[s.pos+2 : s.pos+n]
	name := nameAt(raw)
	if len(name) == 0 || len(bytes.TrimLeft(raw[len(name):], " \t\r\n")) > 0 {
		return fmt.Errorf("</%s> is no end tag", shorten(string(raw)))
	}
	s.name = name
	s.pos += n + 1
	return nil
}

// xmlDeclaration is what may stand in <?xml … ?>: XML 1.0 in UTF-8.
var xmlDeclaration = regexp.MustCompile(`^\s+version=("1\.0"|'1\.0')(\s+encoding=("(?i:utf-8)"|'(?i:utf-8)'))?(\s+standalone=("(yes|no)"|'(yes|no)'))?\s*$`)

// readInstruction passes over <?…?>.
func (s *scanner) readInstruction() error {
	n, err := s.find("?>", 2)
	if err != nil {
		return err
	}
	raw := s.buf[s.pos+2 : s.pos+n]
	name := nameAt(raw)
	switch {
	case len(name) == 0 || len(name) < len(raw) && !space(raw[len(name)]):
		return errors.New("there is an instruction without a proper name")
	case string(name) == "xml" && !xmlDeclaration.Match(raw[len(name):]):
		return fmt.Errorf("it is not XML 1.0 in UTF-8: <?%s?>", shorten(string(raw)))
	}
	s.pos += n + 2
	return nil
}

// readMarked reads what begins with <!: a comment, which it skips, a text in
// <![CDATA[ ]]>, or a directive.
func (s *scanner) readMarked() (t token, skip bool, err error) {
	for len(s.buf)-s.pos < len("<![CDATA[") {
		if err := s.fill(); err == io.EOF {
			break // a directive cut short is one all the same
		} else if err != nil {
			return 0, false, err
		}
	}
	head := s.buf[s.pos:]
	switch {
	case bytes.HasPrefix(head, []byte("<!--")):
		n, err := s.find("--", 4)
		if err != nil {
			return 0, false, err
		}
		for len(s.buf)-s.pos < n+3 {
			if err := s.more(); err != nil {
				return 0, false, err
			}
		}
		if s.buf[s.pos+n+2] != '>' {
			return 0, false, errors.New("there is a -- within a comment")
		}
		s.pos += n + 3
		return 0, true, nil
	case bytes.HasPrefix(head, []byte("<![CDATA[")):
		n, err := s.find("]]>", 9)
		if err != nil {
			return 0, false, err
		}
		raw := s.buf[s.pos+9 : s.pos+n]
		s.pos += n + 3
		s.room = s.room[:0]
		s.text, err = s.decode(raw, false)
		return tokenText, false, err
	}
	return tokenDirective, false, nil
}

// readStart reads <name attribute="value" …> or <name/>.
func (s *scanner) readStart() error {
	for {
		n, err := s.parseStart(s.buf[s.pos+1:])
		if err == nil {
			s.pos += 1 + n
			return nil
		}
		if !errors.Is(err, errCutShort) {
			return err
		}
		if err := s.more(); err != nil {
			return err
		}
	}
}

// parseStart takes a start tag apart and tells how long it is behind its <.
func (s *scanner) parseStart(b []byte) (int, error) {
	s.attrs, s.room = s.attrs[:0], s.room[:0]
	s.name = nameAt(b)
	i := len(s.name)
	if i == len(b) {
		return 0, errCutShort
	}
	if i == 0 || !properName(s.name) {
		return 0, errors.New("there is a < that begins no tag")
	}
	for {
		spaced := i
		for i < len(b) && space(b[i]) {
			i++
		}
		if i+1 >= len(b) && (i == len(b) || b[i] != '>') {
			return 0, errCutShort
		}
		switch {
		case b[i] == '>':
			return i + 1, nil
		case b[i] == '/' && b[i+1] == '>':
			s.closes = true
			return i + 2, nil
		case i == spaced:
			return 0, fmt.Errorf("the tag <%s> is not well formed", s.name)
		}
		n, err := s.parseAttribute(b[i:])
		if err != nil {
			return 0, err
		}
		i += n
	}
}

// parseAttribute reads name="value" and tells how long it is.
func (s *scanner) parseAttribute(b []byte) (int, error) {
	full := nameAt(b)
	i := len(full)
	for i < len(b) && space(b[i]) {
		i++
	}
	if i == len(b) {
		return 0, errCutShort
	}
	if len(full) == 0 || !properName(full) || b[i] != '=' {
		return 0, fmt.Errorf("an attribute of <%s> is not well formed", s.name)
	}
	for i++; i < len(b) && space(b[i]); i++ {
	}
	if i == len(b) {
		return 0, errCutShort
	}
	quote := b[i]
	if quote != '"' && quote != '\'' {
		return 0, fmt.Errorf("the attribute %s of <%s> has no quotes", full, s.name)
	}
	i++
	n := bytes.IndexByte(b[i:], quote)
	if n < 0 {
		return 0, errCutShort
	}
	if len(s.attrs) == attributeLimit {
		return 0, fmt.Errorf("<%s> has more than %d attributes", s.name, attributeLimit)
	}
	for _, a := range s.attrs {
		if bytes.Equal(a.full, full) {
			return 0, fmt.Errorf("<%s> says %q twice", s.name, full)
		}
	}
	a := attribute{full: full, name: full[bytes.IndexByte(full, ':')+1:], value: b[i : i+n]}
	if !plainText(a.value) {
		if bytes.IndexByte(a.value, '<') >= 0 {
			return 0, fmt.Errorf("there is a < in the attribute %s of <%s>", full, s.name)
		}
		var err error
		if a.value, err = s.decode(a.value, true); err != nil {
			return 0, err
		}
	}
	s.attrs = append(s.attrs, a)
	return i + n + 1, nil
}

// decode is a text as it is meant: entities resolved, line ends as \n, and
// nothing in it that XML cannot hold. A text that needs no change is returned as
// it stands; another goes to the end of room.
func (s *scanner) decode(raw []byte, entities bool) ([]byte, error) {
	if plainText(raw) {
		return raw, nil
	}
	if err := validText(raw); err != nil {
		return nil, err
	}
	if bytes.IndexByte(raw, '\r') < 0 && (!entities || bytes.IndexByte(raw, '&') < 0) {
		return raw, nil
	}
	from := len(s.room)
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '\r':
			s.room = append(s.room, '\n')
			if i+1 < len(raw) && raw[i+1] == '\n' {
				i++
			}
		case c == '&' && entities:
			end := bytes.IndexByte(raw[i:], ';')
			r, ok := rune(0), false
			if end > 0 {
				r, ok = entity(string(raw[i+1 : i+end]))
			}
			if !ok {
				return nil, fmt.Errorf("there is no such entity: %s", shorten(string(raw[i:])))
			}
			s.room = utf8.AppendRune(s.room, r)
			i += end
		default:
			s.room = append(s.room, c)
		}
	}
	return s.room[from:], nil
}

// entity is the character that &name; stands for. Only XML's own five and
// numbers are known: others would have to be declared.
func entity(name string) (rune, bool) {
	switch name {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "apos":
		return '\'', true
	case "quot":
		return '"', true
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	digits, base := name[1:], 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	return rune(n), err == nil && n <= utf8.MaxRune && xmlChar(rune(n))
}

// plain are the bytes that stand for themselves in any text.
var plain = func() (t [256]bool) {
	for c := ' '; c < 0x7f; c++ {
		t[c] = c != '<' && c != '&' && c != ']'
	}
	t['\t'], t['\n'] = true, true
	return t
}()

func plainText(b []byte) bool {
	for _, c := range b {
		if !plain[c] {
			return false
		}
	}
	return true
}

// validText refuses what XML cannot hold (XML 1.0, 2.2).
func validText(b []byte) error {
	for i := 0; i < len(b); {
		if b[i] >= ' ' && b[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return errors.New("it is not UTF-8")
		}
		if !xmlChar(r) {
			return fmt.Errorf("there is a character %U, which XML cannot hold", r)
		}
		i += n
	}
	return nil
}

func xmlChar(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= ' ' && r <= 0xd7ff || r >= 0xe000 && r <= 0xfffd || r >= 0x10000 && r <= utf8.MaxRune
}

func space(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// nameAt is the name at the beginning of b.
func nameAt(b []byte) []byte {
	for i, c := range b {
		if !(c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == ':' || i > 0 && (c >= '0' && c <= '9' || c == '-' || c == '.')) {
			return b[:i]
		}
	}
	return b
}

// properName tells a name with at most one prefix.
func properName(b []byte) bool {
	i := bytes.IndexByte(b, ':')
	return i < 0 || i > 0 && i < len(b)-1 && b[i+1] != ':' && bytes.IndexByte(b[i+1:], ':') < 0
}
