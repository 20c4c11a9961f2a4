package xlsx

import (
	"bytes"
	"io"
	"strconv"
	"unicode/utf8"

	"flexybatch/batch"
	"flexybatch/ingest/fault"
)

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
		return batch.Errorf("there is a ]]> in a text")
	}
	var err error
	s.room = s.room[:0]
	s.text, err = s.decode(raw, true)
	return err
}

// decode returns a text as it is meant: entities resolved, line ends as \n, and
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
				return nil, batch.Errorf("there is no such entity: %s", fault.Shorten(string(raw[i:])))
			}
			s.room = utf8.AppendRune(s.room, r)
			i += end
		default:
			s.room = append(s.room, c)
		}
	}
	return s.room[from:], nil
}

// entity returns the character that &name; stands for. Only XML's own five and
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
			return batch.Errorf("it is not UTF-8")
		}
		if !xmlChar(r) {
			return batch.Errorf("there is a character %U, which XML cannot hold", r)
		}
		i += n
	}
	return nil
}

func xmlChar(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= ' ' && r <= 0xd7ff || r >= 0xe000 && r <= 0xfffd || r >= 0x10000 && r <= utf8.MaxRune
}
