package xlsx

import (
	"bytes"
	"io"
	"regexp"

	"flexybatch/batch"
	"flexybatch/ingest/fault"
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

// token is what kind of token the scanner has in hand.
type token uint8

const (
	tokenText      token = iota // in text
	tokenStart                  // in name and attrs
	tokenEnd                    // in name
	tokenDirective              // <!DOCTYPE and its kin
)

var (
	errTokenTooLong = batch.Errorf("one element goes on for megabytes")
	errCutShort     = batch.Errorf("it ends within a tag")
)

// next returns the next token, or io.EOF. Comments and processing instructions are
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

// position returns where the next token begins: line and character, from 1.
func (s *scanner) position() (line, column int) {
	done := s.buf[:s.pos]
	if n := bytes.Count(done, []byte("\n")); n > 0 {
		return s.before + n + 1, s.pos - bytes.LastIndexByte(done, '\n')
	}
	return s.before + 1, s.column + s.pos + 1
}

// find returns where mark first stands at or behind from, counted from pos.
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
		return batch.Errorf("there is an instruction without a proper name")
	case string(name) == "xml" && !xmlDeclaration.Match(raw[len(name):]):
		return batch.Errorf("it is not XML 1.0 in UTF-8: <?%s?>", fault.Shorten(string(raw)))
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
			return 0, false, batch.Errorf("there is a -- within a comment")
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
