package xlsx

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// declaration is the first line of a part, which says what it is in.
var declaration = regexp.MustCompile(`^(?:\x{feff})?<\?xml\s+version=["']1\.[01]["'](?:\s+encoding=["']([A-Za-z0-9._-]+)["'])?(?:\s+standalone=["'](?:yes|no)["'])?\s*\?>`)

// plainDeclaration begins the declaration of XML 1.0 in UTF-8.
const plainDeclaration = "<?xml\tversion=\"1.0\""

// declarationBytes is how far a declaration reaches at most.
const declarationBytes = 512

// inUTF8 reads a part as XML 1.0 in UTF-8, whatever it declares to be in: UTF-16,
// ISO 8859-1 or ASCII. What else a part may be in is left as it is, and refused
// by the scanner.
func inUTF8(r io.Reader) io.Reader {
	raw := bufio.NewReaderSize(r, declarationBytes)
	head, _ := raw.Peek(declarationBytes) // whoever reads on meets the error
	var text io.Reader = raw
	wide := wideEncoding(head)
	if wide != nil {
		text = wide.NewDecoder().Reader(raw)
	}
	decoded := bufio.NewReaderSize(text, declarationBytes)
	head, _ = decoded.Peek(declarationBytes)
	m := declaration.FindSubmatchIndex(head)
	if m == nil {
		return decoded
	}
	name := ""
	if m[2] >= 0 {
		name = strings.ToLower(string(head[m[2]:m[3]]))
	}
	var rest io.Reader = decoded
	switch name {
	case "", "utf-8", "utf8", "us-ascii", "ascii":
	case "utf-16", "utf-16le", "utf-16be":
		if wide == nil {
			return decoded
		}
	case "iso-8859-1", "latin1", "windows-1252":
		rest = charmap.Windows1252.NewDecoder().Reader(decoded)
	default:
		return decoded
	}
	// The same declaration, as it is now, and as long, so that places stay right.
	_, _ = decoded.Discard(m[1]) // which lies in its buffer
	said := fmt.Sprintf("%-*s?>", m[1]-len("?>"), plainDeclaration)
	return io.MultiReader(strings.NewReader(said), rest)
}

// wideEncoding returns UTF-16 in either order, by a byte order mark or by the NUL
// beside the first <.
func wideEncoding(head []byte) encoding.Encoding {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("<\x00")):
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case bytes.HasPrefix(head, []byte("\xfe\xff")), bytes.HasPrefix(head, []byte("\x00<")):
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	}
	return nil
}
