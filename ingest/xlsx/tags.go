package xlsx

import (
	"bytes"
	"errors"

	"flexybatch/batch"
	"flexybatch/ingest/fault"
)

// attribute is one of a start tag: its name without the prefix, and its value.
type attribute struct {
	full, name []byte
	value      []byte
}

// attributeLimit bounds the attributes of a tag: they are held against each
// other.
const attributeLimit = 256

// readEnd reads </name>.
func (s *scanner) readEnd() error {
	n, err := s.find(">", 2)
	if err != nil {
		return err
	}
	raw := s.buf[s.pos+2 : s.pos+n]
	name := nameAt(raw)
	if len(name) == 0 || !properName(name) || len(bytes.TrimLeft(raw[len(name):], " \t\r\n")) > 0 {
		return batch.Errorf("</%s> is no end tag", fault.Shorten(string(raw)))
	}
	s.name = name
	s.pos += n + 1
	return nil
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
		return 0, batch.Errorf("there is a < that begins no tag")
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
			return 0, batch.Errorf("the tag <%s> is not well formed", string(s.name))
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
		return 0, batch.Errorf("an attribute of <%s> is not well formed", string(s.name))
	}
	for i++; i < len(b) && space(b[i]); i++ {
	}
	if i == len(b) {
		return 0, errCutShort
	}
	quote := b[i]
	if quote != '"' && quote != '\'' {
		return 0, batch.Errorf("the attribute %s of <%s> has no quotes", string(full), string(s.name))
	}
	i++
	n := bytes.IndexByte(b[i:], quote)
	if n < 0 {
		return 0, errCutShort
	}
	if len(s.attrs) == attributeLimit {
		return 0, batch.Errorf("<%s> has more than %d attributes", string(s.name), attributeLimit)
	}
	for _, a := range s.attrs {
		if bytes.Equal(a.full, full) {
			return 0, batch.Errorf("<%s> says %q twice", string(s.name), string(full))
		}
	}
	a := attribute{full: full, name: full[bytes.IndexByte(full, ':')+1:], value: b[i : i+n]}
	if !plainText(a.value) {
		if bytes.IndexByte(a.value, '<') >= 0 {
			return 0, batch.Errorf("there is a < in the attribute %s of <%s>", string(full), string(s.name))
		}
		var err error
		if a.value, err = s.decode(a.value, true); err != nil {
			return 0, err
		}
	}
	s.attrs = append(s.attrs, a)
	return i + n + 1, nil
}

func space(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// nameAt returns the name at the beginning of b.
func nameAt(b []byte) []byte {
	for i, c := range b {
		begins := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == ':'
		if within := c >= '0' && c <= '9' || c == '-' || c == '.'; !begins && (!within || i == 0) {
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
