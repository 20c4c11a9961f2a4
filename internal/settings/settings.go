package settings

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"flexybatch/internal/lang"
)

// FileName is what the file of settings is called in the program's folder.
const FileName = "flexybatch.toml"

// Sources are where values stand.
type Sources struct {
	Environ []string // the environment, as os.Environ lists it
	Folder  string   // the program's folder in the user's configuration folder; empty: none
}

// Settings are what the environment and the user's file say, the nearer first.
type Settings struct {
	Path  string // of the file that was looked for; empty: none
	Found bool   // the file is there

	given  []given
	hasKey bool // the environment holds an API key
}

// given is what stands in one place.
type given struct {
	name, said string // of the flag, and what it is called where it stands
	from       Origin
	value      any // a text in a variable; as TOML has it in a file
}

// Origin is where a value stands: in a variable, or in a line of a file. The zero
// Origin is the command line, or nowhere.
type Origin struct {
	Variable string
	File     string
	Line     int
}

// String names the place.
func (o Origin) String() string { return o.Message().String() }

// Message names the place.
func (o Origin) Message() lang.Message {
	if o.File == "" {
		return lang.Msg("%s", o.Variable)
	}
	return lang.Msg("%s, line %d", o.File, o.Line)
}

// Load reads the environment and the file. Beside an error, which is an *Invalid,
// the settings have what could be read. What they say is not checked yet.
func Load(from Sources) (*Settings, error) {
	s := &Settings{given: variables(from.Environ), hasKey: strings.TrimSpace(variable(from.Environ, keyVariable)) != ""}
	if base := variable(from.Environ, baseURLVariable); base != "" {
		s.given = append(s.given, given{"base-url", baseURLVariable, Origin{Variable: baseURLVariable}, base})
	}
	var err error
	if s.Path, err = filePath(from); err != nil || s.Path == "" {
		return s, err
	}
	list, found, err := readFile(s.Path)
	s.Found, s.given = found, append(s.given, list...)
	return s, err
}

// filePath is where the file is; empty for nowhere.
func filePath(from Sources) (string, error) {
	switch path := variable(from.Environ, FileVariable); path {
	case "none":
		return "", nil
	case "":
		if from.Folder == "" {
			return "", nil
		}
		return filepath.Join(from.Folder, FileName), nil
	default:
		if _, err := os.Stat(path); err != nil {
			return "", invalid("", Origin{Variable: FileVariable}, "%s: %w", FileVariable, err)
		}
		return path, nil
	}
}

// variable is the value of a variable of an environment; empty for none.
func variable(environ []string, name string) (value string) {
	for _, entry := range environ {
		if n, v, _ := strings.Cut(entry, "="); n == name {
			value = v
		}
	}
	return value
}

// variables are the settings of an environment.
func variables(environ []string) (list []given) {
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		name = strings.ToUpper(name) // as Windows sees it
		if strings.HasPrefix(name, Prefix) && !slices.Contains(notSettings, name) && value != "" {
			list = append(list, given{flagOf(name), name, Origin{Variable: name}, value})
		}
	}
	return list
}

// Language returns the language that the settings want, if it is one of the
// program's; empty for none.
func (s *Settings) Language() string {
	for _, g := range s.given {
		if text, ok := g.value.(string); ok && g.name == "lang" && slices.Contains(lang.Languages, text) {
			return text
		}
	}
	return ""
}

// Empty reports whether nobody has set anything.
func (s *Settings) Empty() bool { return len(s.given) == 0 }

// Check tries every value on flags that nobody uses, also those that a nearer one
// overrules. flags are those of the whole program, by their names: they know which
// names there are, and of which kind. An error is an *Invalid.
func (s *Settings) Check(flags map[string]Value) error {
	for _, g := range s.given {
		if err := g.check(flags); err != nil {
			return err
		}
	}
	return nil
}

func (g given) check(flags map[string]Value) error {
	flag := flags[g.name]
	switch _, ok := settingOf(g.name); {
	case !ok && flag != nil:
		return invalid(g.name, g.from, "%s: %s is decided for each run, and stands on the command line only, as --%s", g.from, g.said, g.name)
	case !ok || flag == nil:
		return invalid("", g.from, "%s: there is no setting %q; those that there are: flexybatch config", g.from, g.said)
	}
	texts, err := g.texts(flag)
	if err != nil {
		return invalid(g.name, g.from, "%s: %s %w", g.from, g.name, err)
	}
	for _, text := range texts {
		if err := flag.Set(text); err != nil {
			return invalid(g.name, g.from, "%s: %q is no value for %s: %w", g.from, text, g.name, wanted(flag, err))
		}
		if g.name == "lang" && !slices.Contains(lang.Languages, text) {
			return invalid(g.name, g.from, "%s: %q is no language for lang: give en, fr or ar", g.from, text)
		}
	}
	return nil
}

// Apply sets the flag of a name to what holds where the command line has nothing.
// It returns where that stands; ok is false where nobody says anything.
func (s *Settings) Apply(name string, flag Value) (from Origin, ok bool, err error) {
	for _, g := range s.given {
		if g.name != name || name == "key-file" && s.hasKey && g.from.Variable == "" {
			continue // the key itself is in the environment, which is nearer than a file
		}
		texts, err := g.texts(flag)
		if err != nil || len(texts) == 0 {
			return from, false, err
		}
		for _, text := range texts {
			if err := flag.Set(text); err != nil {
				return from, false, invalid(name, g.from, "%s: %w", g.from, wanted(flag, err))
			}
		}
		return g.from, true, nil
	}
	return from, false, nil
}

// nextPair is where a further NAME=VALUE begins in a variable.
var nextPair = regexp.MustCompile(`\s*,\s*([a-z-]+)=`)

// texts is a value as its flag takes it; a list has several.
func (g given) texts(flag Value) ([]string, error) {
	if g.from.File != "" {
		return g.textsOfFile(flag)
	}
	text := g.value.(string)
	if flag.Type() == "stringArray" {
		return strings.Split(nextPair.ReplaceAllString(text, "\n$1="), "\n"), nil
	}
	return []string{text}, nil
}
