package settings

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"flexybatch/internal/lang"
)

// flags are some of the program's, each with its kind.
func flags() map[string]Value {
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	set.Var(NewWhole(new(int), 8), "concurrency", "")
	set.Var(NewWhole(new(int64), 0), "amount", "")
	set.Var(NewWhole(new(int64), 0), "max-total", "")
	set.Var(&Rate{}, "rate", "")
	set.Bool("strict", false, "")
	set.Bool("yes", false, "")
	set.Duration("wait", 0, "")
	set.StringArray("map", nil, "")
	set.StringArray("limit", nil, "")
	for _, name := range []string{"sheet", "lang", "base-url", "key-file", "events"} {
		set.String(name, "", "")
	}
	values := map[string]Value{}
	set.VisitAll(func(f *pflag.Flag) { values[f.Name] = f.Value })
	return values
}

// folder is a configuration folder with a file of settings.
func folder(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, FileName), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// get is what a flag holds in the end, and where it comes from.
func get(t *testing.T, from Sources, name string) (string, Origin) {
	t.Helper()
	s, err := Load(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Check(flags()); err != nil {
		t.Fatal(err)
	}
	f := flags()[name]
	origin, ok, err := s.Apply(name, f)
	if err != nil || ok != (origin != Origin{}) {
		t.Fatalf("%v, %t, %v", origin, ok, err)
	}
	if list, ok := f.(pflag.SliceValue); ok {
		return strings.Join(list.GetSlice(), "|"), origin
	}
	return f.String(), origin
}

func TestApply(t *testing.T) {
	own := "# mine\nrate = 40\nwait = '5m'\nevents = 'e'\nkey-file = '/k'\n[map]\nid = 'Matricule'\namount = 'Montant, net'\n[limit]\nrows = 5\n"
	dir := folder(t, own)
	file := filepath.Join(dir, FileName)
	for _, c := range []struct {
		environ     []string
		name, value string
		from        Origin
	}{
		{nil, "rate", "40", Origin{File: file, Line: 2}},
		{[]string{"FLEXYBATCH_RATE=20"}, "rate", "20", Origin{Variable: "FLEXYBATCH_RATE"}},
		{[]string{"flexybatch_rate=auto"}, "rate", "auto", Origin{Variable: "FLEXYBATCH_RATE"}},
		{[]string{"FLEXYBATCH_RATE="}, "rate", "40", Origin{File: file, Line: 2}},
		{[]string{"FLEXYBATCH_CONFIG=none"}, "rate", "0", Origin{}},
		{nil, "amount", "0", Origin{}},
		{nil, "wait", "5m0s", Origin{File: file, Line: 3}},
		{nil, "events", filepath.Join(dir, "e"), Origin{File: file, Line: 4}},
		{[]string{"FLEXYBATCH_EVENTS=e"}, "events", "e", Origin{Variable: "FLEXYBATCH_EVENTS"}},
		{nil, "map", "amount=Montant, net|id=Matricule", Origin{File: file, Line: 6}},
		{[]string{"FLEXYBATCH_MAP=phone=A, b, amount=C"}, "map", "phone=A, b|amount=C", Origin{Variable: "FLEXYBATCH_MAP"}},
		{nil, "limit", "rows=5", Origin{File: file, Line: 9}},
		{[]string{"ONECLICKDZ_BASE_URL=http://x"}, "base-url", "http://x", Origin{Variable: "ONECLICKDZ_BASE_URL"}},
		{[]string{"ONECLICKDZ_BASE_URL=http://x", "FLEXYBATCH_BASE_URL=http://y"}, "base-url", "http://y", Origin{Variable: "FLEXYBATCH_BASE_URL"}},
		{nil, "key-file", "/k", Origin{File: file, Line: 5}},
		{[]string{"ONECLICKDZ_API_KEY=word"}, "key-file", "", Origin{}}, // which is nearer
		{[]string{"ONECLICKDZ_API_KEY=word", "FLEXYBATCH_KEY_FILE=/l"}, "key-file", "/l", Origin{Variable: "FLEXYBATCH_KEY_FILE"}},
		{[]string{"FLEXYBATCH_NOTIFY_SECRET=word", "FLEXY=1"}, "rate", "40", Origin{File: file, Line: 2}}, // are no settings
	} {
		if value, from := get(t, Sources{Environ: c.environ, Folder: dir}, c.name); value != c.value || from != c.from {
			t.Errorf("%q: %s is %q from %v, want %q from %v", c.environ, c.name, value, from, c.value, c.from)
		}
	}
}

// What is wrong in the file names the file and the line.
func TestBadFile(t *testing.T) {
	for text, want := range map[string]string{
		"rate = \n":                       "line 1: ",
		"\n\nrat = 1":                     `line 3: there is no setting "rat"`,
		"rate = '30'":                     "line 1: rate takes a number, without quotes",
		"concurrency = 1.5":               "line 1: concurrency takes a whole number",
		"strict = 'yes'":                  "line 1: strict takes true or false",
		"wait = 5":                        "line 1: wait takes a time in quotes",
		"wait = '5 min'":                  `line 1: "5 min" is no value for wait`,
		"sheet = 1":                       "line 1: sheet takes a text in quotes",
		"map = ['phone=Contact']":         "line 1: map takes a table",
		"[map]\nphone = ['a']":            "line 1: map takes a table",
		"[[rate]]\n":                      "line 1: rate takes a number",
		"lang = 'de'":                     `line 1: "de" is no language`,
		"rate = 1\nrate = 2":              "line 2: it is not written as a setting is",
		"rate = 1\n[other]\nx = 1":        `line 2: there is no setting "other"`,
		"help = true":                     `there is no setting "help"`,
		"RATE = 1":                        `there is no setting "RATE"`,
		"yes = true":                      "line 1: yes is decided for each run, and stands on the command line only, as --yes",
		"\xff = 1":                        "line 1: ",
		"max-total = 9223372036854775808": "line 1: ",
		"amount = 0500":                   "line 1: ",
		"amount = '0500'":                 "line 1: amount takes a whole number",
		"\namount = 0x64":                 "line 2: amount takes a number in decimal digits",
		"amount = 0o17":                   "line 1: amount takes a number in decimal digits",
		"amount = 0b11":                   "line 1: amount takes a number in decimal digits",
		"rate = 0x64":                     "line 1: rate takes a number in decimal digits",
		"rate = 1\n[limit]\nrows = 0x64":  "line 3: limit takes a number in decimal digits",
		"limit.rows = 0x64":               "line 1: limit takes a number in decimal digits",
		"limit = {rows = 0x64}":           "line 1: limit takes a number in decimal digits",
	} {
		s, err := Load(Sources{Folder: folder(t, text)})
		if err == nil {
			err = s.Check(flags())
		}
		if bad, ok := errors.AsType[*Invalid](err); !ok || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), FileName) || bad.From.Line < 1 {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// A Windows editor puts a byte order mark in front, or writes UTF-16.
func TestByteOrderMark(t *testing.T) {
	for _, text := range []string{"\ufeffamount = 1000\r\n", "\xff\xfea\x00m\x00o\x00u\x00n\x00t\x00=\x001\x000\x000\x000\x00"} {
		if value, from := get(t, Sources{Folder: folder(t, text)}, "amount"); value != "1000" || from.Line != 1 {
			t.Errorf("%q: %s from %v", text, value, from)
		}
	}
}

// TOML's way to set digits apart is decimal.
func TestDigitsSetApart(t *testing.T) {
	if value, _ := get(t, Sources{Folder: folder(t, "amount = 1_000")}, "amount"); value != "1000" {
		t.Errorf("1_000 is %s", value)
	}
}

func TestBadVariables(t *testing.T) {
	for entry, want := range map[string]string{
		"FLEXYBATCH_RAET=5":             `FLEXYBATCH_RAET: there is no setting "FLEXYBATCH_RAET"`,
		"FLEXYBATCH_YES=1":              "FLEXYBATCH_YES: FLEXYBATCH_YES is decided for each run",
		"FLEXYBATCH_AMOUNT=0x64":        `FLEXYBATCH_AMOUNT: "0x64" is no value for amount: give a whole number in plain digits`,
		"FLEXYBATCH_AMOUNT=1_000":       `FLEXYBATCH_AMOUNT: "1_000" is no value for amount`,
		"FLEXYBATCH_AMOUNT=1 000":       `FLEXYBATCH_AMOUNT: "1 000" is no value for amount`,
		"FLEXYBATCH_RATE=fast":          `FLEXYBATCH_RATE: "fast" is no value for rate`,
		"FLEXYBATCH_LANG=klingon":       `"klingon" is no language`,
		"FLEXYBATCH_CONFIG=/no/such.it": "FLEXYBATCH_CONFIG: ",
	} {
		s, err := Load(Sources{Environ: []string{entry}})
		if err == nil {
			err = s.Check(flags())
		}
		name, _, _ := strings.Cut(entry, "=")
		if bad, ok := errors.AsType[*Invalid](err); !ok || !strings.Contains(err.Error(), want) || bad.From != (Origin{Variable: name}) {
			t.Errorf("%q: %v", entry, err)
		}
	}
}

// Whole numbers are decimal, whatever zeros stand before them.
func TestWhole(t *testing.T) {
	for text, want := range map[string]string{
		"0500": "500", "01000": "1000", "-5": "-5", "+5": "5", "0": "0", "007": "7",
		"0x64": "", "0o17": "", "0b1": "", "1_000": "", "1 000": "", "1.5": "", "1e3": "", "": "", " 5": "", "٥": "", "99999999999999999999": "",
	} {
		var n int64
		var i int
		for _, v := range []Value{NewWhole(&n, 1), NewWhole(&i, 1)} {
			err := v.Set(text)
			if (err == nil) != (want != "") || err == nil && v.String() != want || err != nil && (v.String() != "1" || strings.Contains(err.Error(), "strconv")) {
				t.Errorf("%q as %s is %s: %v", text, v.Type(), v, err)
			}
		}
	}
	var u uint64
	if err := NewWhole(&u, 1).Set("-1"); err == nil {
		t.Error("-1 is above zero")
	}
	if got := new(Whole[int]).String(); got != "0" { // which pflag asks for
		t.Errorf("the zero value is %q", got)
	}
}

func TestRate(t *testing.T) {
	for text, want := range map[string]Rate{"0": {}, "060": {Number: 60}, "30.5": {Number: 30.5}, "auto": {Auto: true}} {
		var r Rate
		if err := r.Set(text); err != nil || r != want {
			t.Errorf("%q is %+v: %v", text, r, err)
		}
	}
	for _, text := range []string{"", "fast", "0x10", "0x1p4", "1_000"} {
		if err := new(Rate).Set(text); err == nil {
			t.Errorf("%q is a rate", text)
		}
	}
}

// The language is known before anything else is checked.
func TestLanguage(t *testing.T) {
	for _, c := range []struct {
		environ []string
		file    string
		want    string
	}{
		{nil, "", ""},
		{nil, "rat = 1\nlang = 'fr'", "fr"},
		{[]string{"FLEXYBATCH_LANG=ar"}, "lang = 'fr'", "ar"},
		{[]string{"FLEXYBATCH_LANG=klingon"}, "lang = 'fr'", "fr"},
		{[]string{"FLEXYBATCH_LANG=ar"}, "rate = ", "ar"}, // in which the error is told
		{nil, "lang = 1", ""},
	} {
		s, _ := Load(Sources{Environ: c.environ, Folder: folder(t, c.file)})
		if got := s.Language(); got != c.want {
			t.Errorf("%q and %q want %q, got %q", c.environ, c.file, c.want, got)
		}
	}
}

// An error is said in the reader's language, place and all.
func TestErrorInFrench(t *testing.T) {
	french, err := lang.New("fr")
	if err != nil {
		t.Fatal(err)
	}
	dir := folder(t, "\namount = 0x64")
	_, err = Load(Sources{Folder: dir})
	if got, want := french.Error(err), filepath.Join(dir, FileName)+", ligne 2 : amount prend un nombre en chiffres décimaux"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// elsewhere is an error of another package about a flag.
type elsewhere struct{ flag string }

func (e elsewhere) Error() string { return "too much" }
func (e elsewhere) Flag() string  { return e.flag }

// Where a value stands is added to the error about it, once.
func TestBlame(t *testing.T) {
	origin := func(flag string) (Origin, bool) {
		return Origin{File: "my.toml", Line: 3}, flag == "amount"
	}
	for _, c := range []struct {
		err  error
		want string
	}{
		{BadFlag("amount", "--amount %d: too much", 5), "--amount 5: too much\nThe value stands here: my.toml, line 3"},
		{fmt.Errorf("wrapped: %w", elsewhere{"amount"}), "wrapped: too much\nThe value stands here: my.toml, line 3"},
		{BadFlag("rate", "--rate: too much"), "--rate: too much"},                                      // is on the command line
		{errors.New("--amount 5: too much"), "--amount 5: too much"},                                   // only says so
		{invalid("amount", Origin{Variable: "FLEXYBATCH_AMOUNT"}, "it is too much"), "it is too much"}, // says where
		{nil, ""},
	} {
		err := Blame(c.err, origin)
		if c.err == nil {
			if err != nil {
				t.Errorf("nothing is wrong: %v", err)
			}
			continue
		}
		if err.Error() != c.want || !errors.Is(err, c.err) {
			t.Errorf("%v: %v, want %q", c.err, err, c.want)
		}
		if bad, ok := errors.AsType[*Invalid](err); strings.Contains(c.want, "stands here") && (!ok || bad.Flag() != "amount" || bad.From.Line != 3) {
			t.Errorf("%v does not name flag and place: %+v", c.err, bad)
		}
	}
}

// Whoever can write the file decides where the key goes.
func TestFileOfOthers(t *testing.T) {
	dir := folder(t, "rate = 30")
	path := filepath.Join(dir, FileName)
	if err := os.Chmod(path, 0o620); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o620 {
		t.Skip("this system has no such mode")
	}
	if _, err := Load(Sources{Folder: dir}); err == nil || !strings.Contains(err.Error(), "others can write") {
		t.Error(err)
	}
	if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o700)); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(Sources{Folder: dir}); err == nil || !strings.Contains(err.Error(), "is no file") {
		t.Error(err)
	}
	if s, err := Load(Sources{Folder: filepath.Join(dir, "nowhere")}); err != nil || s.Found {
		t.Errorf("where there is no file: %v, %v", s, err)
	}
}

func TestNames(t *testing.T) {
	names := Names()
	if len(slices.Compact(slices.Sorted(slices.Values(names)))) != len(names) {
		t.Errorf("a setting is there twice: %q", names)
	}
	for _, name := range names {
		if got := flagOf(Variable(name)); got != name {
			t.Errorf("the variable %s is for %s, and not for %s", Variable(name), got, name)
		}
	}
}

func FuzzFile(f *testing.F) {
	f.Add([]byte("rate = 30\nwait = '5m'\n[map]\nphone = 'Contact'\n"))
	f.Add([]byte("# none\nlimit.rows = 5\nstrict = true\n"))
	f.Add([]byte("a = [0x1, {b = 0o7}]\n[[c]]\n\"\" = 1\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := parse(b, "here.toml")
		if err != nil {
			if bad, ok := errors.AsType[*Invalid](err); !ok || !strings.HasPrefix(err.Error(), "here.toml, line ") || bad.From.Line < 1 {
				t.Errorf("%q: %v", b, err)
			}
			return
		}
		lines := bytes.Count(b, []byte("\n")) + 1
		for _, g := range list {
			if g.from.Line < 1 || g.from.Line > lines {
				t.Errorf("%q: %s stands in line %d of %d", b, g.name, g.from.Line, lines)
			}
		}
	})
}
