package cli

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/spf13/pflag"

	"flexybatch/internal/secret"
)

// configName is the name of a file of settings, beside a payroll and in the user's
// configuration folder.
const configName = "flexybatch.toml"

// mostConfig is how large a file of settings may be.
const mostConfig = 1 << 20

// origin is where a value was given.
type origin struct {
	variable string // of the environment, or
	file     string
	line     int
	beside   bool // the file is the one beside the payroll
}

// String names the place.
func (o origin) String() string {
	if o.variable != "" {
		return o.variable
	}
	return fmt.Sprintf("%s, line %d", o.file, o.line)
}

// given is the value of a setting in one place.
type given struct {
	setting
	texts []string // as the flag takes them; a list has several
	from  origin
}

// readSettings reads a file of settings. There is none: nothing is given, and found
// is false.
func readSettings(path string, beside bool, flags map[string]*pflag.Flag) (list []given, found bool, err error) {
	b, err := readConfig(path, beside)
	if errors.Is(err, os.ErrNotExist) {
		return nil, false, nil
	}
	if err == nil {
		list, err = parseSettings(b, path, beside, flags)
	}
	return list, true, err
}

// parseSettings reads the text of a file of settings. flags are those of the whole
// program: they know which names there are, and of which kind.
func parseSettings(b []byte, path string, beside bool, flags map[string]*pflag.Flag) (list []given, err error) {
	values := map[string]any{}
	if err := toml.Unmarshal(b, &values); err != nil {
		line := 1
		if bad, ok := errors.AsType[*toml.DecodeError](err); ok {
			line, _ = bad.Position()
		}
		return nil, usagef("%s, line %d: %s", path, line, strings.TrimPrefix(err.Error(), "toml: "))
	}
	lines := linesOf(b)
	names := slices.SortedFunc(maps.Keys(values), func(a, b string) int { return lines[a] - lines[b] })
	for _, name := range names {
		g := given{from: origin{file: path, line: lines[name], beside: beside}}
		if g.setting, err = known(name, name, g.from, flags); err != nil {
			return nil, err
		}
		if g.texts, err = texts(values[name], flags[name]); err != nil {
			return nil, usagef("%s: %s %w", g.from, name, err)
		}
		if g.path {
			for i, text := range g.texts {
				if text != "" && text != "-" && !filepath.IsAbs(text) {
					g.texts[i] = filepath.Join(filepath.Dir(path), text)
				}
			}
		}
		list = append(list, g)
	}
	return list, nil
}

// readConfig reads the bytes. The user's own file says where key and money go:
// nobody else may be able to write it.
func readConfig(path string, beside bool) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, usagef("%s is no file, and settings are read from it", path)
	case info.Size() > mostConfig:
		return nil, usagef("%s is too large for a file of settings", path)
	}
	if beside {
		return os.ReadFile(path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(f, mostConfig))
	if err == nil {
		if err = secret.CheckUnwritable(f); err != nil {
			err = usagef("%w", err)
		}
	}
	return b, errors.Join(err, f.Close())
}

// known finds a setting that somebody gave, or says why it is none. said is what
// it is called where it was given.
func known(name, said string, from origin, flags map[string]*pflag.Flag) (setting, error) {
	s, ok := settingOf(name)
	switch {
	case !ok && flags[name] != nil:
		return s, usagef("%s: %s is decided for each run, and stands on the command line only, as --%s", from, said, name)
	case !ok || flags[name] == nil:
		return s, usagef("%s: there is no setting %q; those that there are: flexybatch config", from, said)
	}
	return s, nil
}

// linesOf is where each setting of a file stands. A decoder that is to fill in
// nothing names, in strict mode, everything that there is, with its place.
func linesOf(b []byte) map[string]int {
	lines := map[string]int{}
	var nothing struct{}
	d := toml.NewDecoder(strings.NewReader(string(b))).DisallowUnknownFields()
	all, ok := errors.AsType[*toml.StrictMissingError](d.Decode(&nothing))
	if !ok {
		return lines
	}
	for i := range all.Errors {
		e := &all.Errors[i]
		if key := e.Key(); len(key) > 0 && lines[key[0]] == 0 {
			lines[key[0]], _ = e.Position()
		}
	}
	return lines
}

// texts is a TOML value as a flag of that kind takes it.
func texts(value any, f *pflag.Flag) ([]string, error) {
	switch kind := f.Value.Type(); kind {
	case "bool":
		if v, ok := value.(bool); ok {
			return []string{strconv.FormatBool(v)}, nil
		}
		return nil, errors.New("takes true or false, without quotes")
	case "int", "int64":
		if v, ok := value.(int64); ok {
			return []string{strconv.FormatInt(v, 10)}, nil
		}
		return nil, errors.New("takes a whole number, without quotes")
	case "float64":
		switch v := value.(type) {
		case int64:
			return []string{strconv.FormatInt(v, 10)}, nil
		case float64:
			return []string{strconv.FormatFloat(v, 'g', -1, 64)}, nil
		case string:
			if _, ok := f.Value.(*rateFlag); ok && v == autoRate {
				return []string{v}, nil
			}
		}
		return nil, errors.New("takes a number, without quotes")
	case "stringArray":
		table, ok := value.(map[string]any)
		var pairs []string
		for _, name := range slices.Sorted(maps.Keys(table)) {
			switch v := table[name].(type) {
			case string:
				pairs = append(pairs, name+"="+v)
			case int64:
				pairs = append(pairs, name+"="+strconv.FormatInt(v, 10))
			default:
				ok = false
			}
		}
		if ok {
			return pairs, nil
		}
		return nil, fmt.Errorf("takes a table, such as [%s] with a line NAME = \"VALUE\" for each", f.Name)
	case "duration":
		if v, ok := value.(string); ok {
			return []string{v}, nil
		}
		return nil, errors.New(`takes a time in quotes, such as "30s" or "5m"`)
	}
	if v, ok := value.(string); ok {
		return []string{v}, nil
	}
	return nil, errors.New("takes a text in quotes")
}

// nextPair is where a further NAME=VALUE begins in a variable.
var nextPair = regexp.MustCompile(`\s*,\s*([a-z-]+)=`)

// readVariables reads the settings of an environment, as os.Environ lists it.
func readVariables(environ []string, flags map[string]*pflag.Flag) (list []given, err error) {
	for _, entry := range environ {
		variable, value, _ := strings.Cut(entry, "=")
		variable = strings.ToUpper(variable) // as Windows sees it
		if !strings.HasPrefix(variable, variables) || slices.Contains(notSettings, variable) || value == "" {
			continue
		}
		g := given{texts: []string{value}, from: origin{variable: variable}}
		name := flagOfVariable(variable)
		if g.setting, err = known(name, variable, g.from, flags); err != nil {
			return nil, err
		}
		if flags[name].Value.Type() == "stringArray" {
			g.texts = strings.Split(nextPair.ReplaceAllString(value, "\n$1="), "\n")
		}
		list = append(list, g)
	}
	return list, nil
}
