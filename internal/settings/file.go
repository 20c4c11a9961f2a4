package settings

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"flexybatch/internal/lang"
	"flexybatch/internal/secret"
)

// maxFile is how large a file of settings may be.
const maxFile = 1 << 20

// readFile reads a file of settings. If there is none, nothing is given and found is
// false.
func readFile(path string) (list []given, found bool, err error) {
	b, err := contents(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, false, nil
	}
	if err == nil {
		list, err = parse(b, path)
	}
	return list, true, err
}

// contents reads the bytes of a file that nobody else can write.
func contents(path string) ([]byte, error) {
	info, err := os.Stat(path)
	at := Origin{File: path, Line: 1}
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, err
	case err != nil:
		return nil, invalid("", at, "%w", err)
	case !info.Mode().IsRegular():
		return nil, invalid("", at, "%s is no file, and settings are read from it", path)
	case info.Size() > maxFile:
		return nil, invalid("", at, "%s is too large for a file of settings", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, invalid("", at, "%w", err)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err == nil {
		err = secret.CheckUnwritable(f)
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, invalid("", at, "%w", err)
	}
	return plain(b), nil
}

// plain is a text without the byte order mark of a Windows editor, as UTF-8. What
// cannot be read so stays as it is, for the parser to complain of.
func plain(b []byte) []byte {
	text, _, err := transform.Bytes(unicode.BOMOverride(transform.Nop), b)
	if err != nil {
		return b
	}
	return text
}

// parse reads the text of a file of settings, in the order of its lines.
func parse(b []byte, path string) (list []given, err error) {
	values := map[string]any{}
	if err := toml.Unmarshal(b, &values); err != nil {
		at := Origin{File: path, Line: 1}
		if bad, ok := errors.AsType[*toml.DecodeError](err); ok {
			at.Line, _ = bad.Position()
		}
		return nil, invalid("", at, "%s: it is not written as a setting is: NAME = VALUE, each name once, a text in quotes, a duration such as \"30s\" too", at)
	}
	lines, err := linesOf(b, path)
	if err != nil {
		return nil, err
	}
	for _, name := range slices.SortedFunc(maps.Keys(values), func(a, b string) int { return lines[a] - lines[b] }) {
		list = append(list, given{name, name, Origin{File: path, Line: lines[name]}, values[name]})
	}
	return list, nil
}

// linesOf tells where each setting of a file stands. A whole number that is not
// decimal is an error: TOML knows others, and people do not.
func linesOf(b []byte, path string) (map[string]int, error) {
	lines := map[string]int{}
	table := "" // in which the next lines are
	var p unstable.Parser
	for p.Reset(b); p.NextExpression(); {
		e := p.Expression()
		if e.Kind == unstable.Comment {
			continue
		}
		key := e.Key()
		if !key.Next() {
			continue
		}
		name, line := string(key.Node().Data), p.Shape(key.Node().Raw).Start.Line
		switch {
		case e.Kind != unstable.KeyValue:
			table = name
		case table != "":
			name = table
		}
		if lines[name] == 0 {
			lines[name] = line
		}
		if e.Kind == unstable.KeyValue && foreignDigits(e.Value()) {
			at := Origin{File: path, Line: line}
			return nil, invalid(name, at, "%s: %s takes a number in decimal digits", at, name)
		}
	}
	return lines, nil
}

// foreignDigits tells whether a value is, or holds, a number in hexadecimal, octal
// or binary digits.
func foreignDigits(n *unstable.Node) bool {
	if n.Kind == unstable.Integer {
		return strings.ContainsAny(string(n.Data), "xob")
	}
	for it := n.Children(); it.Next(); {
		if foreignDigits(it.Node()) {
			return true
		}
	}
	return false
}

// textsOfFile is a TOML value as a flag of that kind takes it.
func (g given) textsOfFile(flag Value) ([]string, error) {
	list, err := texts(g.name, g.value, flag)
	if s, _ := settingOf(g.name); !s.path {
		return list, err
	}
	for i, text := range list {
		if text != "" && text != "-" && !filepath.IsAbs(text) {
			list[i] = filepath.Join(filepath.Dir(g.from.File), text)
		}
	}
	return list, err
}

func texts(name string, value any, flag Value) ([]string, error) {
	switch flag.Type() {
	case "bool":
		if v, ok := value.(bool); ok {
			return []string{strconv.FormatBool(v)}, nil
		}
		return nil, lang.Errorf("takes true or false, without quotes")
	case "int", "int64", "uint64":
		if v, ok := value.(int64); ok {
			return []string{strconv.FormatInt(v, 10)}, nil
		}
		return nil, lang.Errorf("takes a whole number, without quotes")
	case "float64":
		switch v := value.(type) {
		case int64:
			return []string{strconv.FormatInt(v, 10)}, nil
		case float64:
			return []string{strconv.FormatFloat(v, 'g', -1, 64)}, nil
		case string:
			if _, ok := flag.(*Rate); ok && v == AutoRate {
				return []string{v}, nil
			}
		}
		return nil, lang.Errorf("takes a number, without quotes")
	case "stringArray":
		return pairs(name, value)
	case "duration":
		if v, ok := value.(string); ok {
			return []string{v}, nil
		}
		return nil, lang.Errorf(`takes a time in quotes, such as "30s" or "5m"`)
	}
	if v, ok := value.(string); ok {
		return []string{v}, nil
	}
	return nil, lang.Errorf("takes a text in quotes")
}

// pairs is a table as a flag that takes NAME=VALUE several times.
func pairs(name string, value any) (list []string, err error) {
	table, ok := value.(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(table)) {
		switch v := table[name].(type) {
		case string, int64:
			list = append(list, fmt.Sprintf("%s=%v", name, v))
		default:
			ok = false
		}
	}
	if !ok {
		return nil, lang.Errorf("takes a table, such as [%s] with a line NAME = \"VALUE\" for each", name)
	}
	return list, nil
}
