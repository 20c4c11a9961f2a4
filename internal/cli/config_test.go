package cli

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"flexybatch/internal/secret"
)

// desk is a machine of which the program sees what the test says.
type desk struct {
	t              *testing.T
	env            map[string]string
	dir, home      string // where the payroll is, and where one's own settings are
	stdin          string
	vault          secret.Vault
	stdout, stderr bytes.Buffer
}

func newDesk(t *testing.T) *desk {
	d := &desk{t: t, env: map[string]string{"LC_ALL": "C"}, dir: t.TempDir(), home: t.TempDir()}
	d.write(filepath.Join(d.dir, "payroll.csv"), "phone,plan,amount\n0660000002,PREPAID_MOBILIS,100\n")
	return d
}

func (d *desk) write(path, text string) {
	d.t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		d.t.Fatal(err)
	}
}

// own and beside write the two files of settings.
func (d *desk) own(text string)    { d.write(filepath.Join(d.home, "flexybatch", configName), text) }
func (d *desk) beside(text string) { d.write(filepath.Join(d.dir, configName), text) }

func (d *desk) file() string { return filepath.Join(d.dir, "payroll.csv") }

func (d *desk) world(args ...string) world {
	return world{
		args: args, stdin: strings.NewReader(d.stdin), stdout: &d.stdout, stderr: &d.stderr, vault: d.vault,
		getenv: func(name string) string { return d.env[name] },
		environ: func() (list []string) {
			for name, value := range d.env {
				list = append(list, name+"="+value)
			}
			return list
		},
		configDir: func() (string, error) { return d.home, nil },
	}
}

// run runs the program and wants an exit code.
func (d *desk) run(code int, args ...string) (stdout, stderr string) {
	d.t.Helper()
	d.stdout.Reset()
	d.stderr.Reset()
	if got := run(d.t.Context(), d.world(args...)); got != code {
		d.t.Fatalf("flexybatch %s: exit %d, want %d\n%s%s", strings.Join(args, " "), got, code, d.stdout.String(), d.stderr.String())
	}
	return d.stdout.String(), d.stderr.String()
}

// flagsOfRun reads a command line of run as far as its flags.
func (d *desk) flagsOfRun(args ...string) (*pflag.FlagSet, error) {
	d.t.Helper()
	w := d.world()
	cmd, rest, err := newRoot(w).Find(append([]string{"run"}, args...))
	if err != nil {
		d.t.Fatal(err)
	}
	if err := cmd.ParseFlags(rest); err != nil {
		d.t.Fatal(err)
	}
	c, err := w.configuration(d.file())
	if err != nil {
		return nil, err
	}
	return cmd.Flags(), c.apply(w, cmd)
}

// Every setting is a flag of the program, of a kind that a file can tell.
func TestSettingsAreFlags(t *testing.T) {
	flags := flagsOf(newRoot(world{}))
	for _, s := range settings {
		f := flags[s.name]
		if f == nil {
			t.Errorf("there is no flag --%s", s.name)
			continue
		}
		if _, err := texts(anyValue(f), f); err != nil {
			t.Errorf("--%s: %v", s.name, err)
		}
		if s.pays && s.reach != toBeside || s.path && s.reach == toBeside {
			t.Errorf("%s: what pays is told of beside the file, and no file beside a payroll names another", s.name)
		}
	}
}

// anyValue is a value of the flag's kind, as TOML has it.
func anyValue(f *pflag.Flag) any {
	switch f.Value.Type() {
	case "bool":
		return true
	case "int", "int64", "uint64":
		return int64(1)
	case "float64":
		return 1.5
	case "stringArray":
		return map[string]any{"phone": "Contact"}
	case "duration":
		return "1m"
	}
	return "x"
}

// What may stand beside a payroll is decided here once more, name by name: whoever
// adds to it must have thought of the one who sends a payroll with a file beside.
func TestStrangersFile(t *testing.T) {
	harmless := []string{"sheet", "encoding", "map", "plan", "amount", "fix-phones", "concurrency", "rate", "timeout", "poll-interval", "wait", "lang"}
	for name, f := range flagsOf(newRoot(world{})) {
		d := newDesk(t)
		value := fmt.Sprintf("%#v", anyValue(f))
		if f.Value.Type() == "stringArray" {
			value = `{phone = "Contact"}`
		}
		if name == "lang" {
			value = `"fr"`
		}
		d.beside(fmt.Sprintf("%s = %s\n", name, value))
		_, err := d.world().configuration(d.file())
		if slices.Contains(harmless, name) != (err == nil) {
			t.Errorf("%s = %s beside a payroll: %v", name, value, err)
		}
		if err != nil && !strings.Contains(err.Error(), "line 1: "+name) {
			t.Errorf("%s: the error does not name the place: %v", name, err)
		}
	}
}

// A decision for one run stands on the command line only.
func TestDecisionsForOneRun(t *testing.T) {
	for name, f := range flagsOf(newRoot(world{})) {
		if _, ok := settingOf(name); ok {
			continue
		}
		d := newDesk(t)
		d.own(fmt.Sprintf("%s = 1\n", name))
		if _, err := d.world().configuration(d.file()); err == nil || !strings.Contains(err.Error(), "on the command line only") {
			t.Errorf("%s in one's own file: %v", name, err)
		}
		d = newDesk(t)
		variable := setting{name: f.Name}.variable()
		d.env[variable] = "1"
		if _, err := d.world().configuration(d.file()); err == nil || !strings.Contains(err.Error(), variable) {
			t.Errorf("%s: %v", variable, err)
		}
	}
	for _, name := range []string{"yes", "amend", "batch", "approved", "prepare", "simulate", "expect-rows", "expect-total", "canary", "any-operator", "allow-duplicates", "dry-run", "out"} {
		if _, ok := settingOf(name); ok {
			t.Errorf("%s is a setting", name)
		}
	}
}

// Of all places that give a value, the nearest to the command line holds.
func TestNearestHolds(t *testing.T) {
	for given := range 16 {
		d := newDesk(t)
		var args []string
		want, from := "0", ""
		if given&8 != 0 {
			d.own("# mine\nrate = 40\n")
			want, from = "40", filepath.Join(d.home, "flexybatch", configName)+", line 2"
		}
		if given&4 != 0 {
			d.beside("rate = 30.5")
			want, from = "30.5", filepath.Join(d.dir, configName)+", line 1"
		}
		if given&2 != 0 {
			d.env["FLEXYBATCH_RATE"] = "20"
			want, from = "20", "FLEXYBATCH_RATE"
		}
		if given&1 != 0 {
			args = []string{"--rate", "10"}
			want, from = "10", ""
		}
		flags, err := d.flagsOfRun(args...)
		if err != nil {
			t.Fatal(err)
		}
		f := flags.Lookup("rate")
		if got := strings.Join(f.Annotations[fromPlace], ""); f.Value.String() != want || got != from || f.Changed != (given > 0) {
			t.Errorf("%04b: %s from %q, want %s from %q", given, f.Value, got, want, from)
		}
	}
}

// A list is taken whole from the nearest place, and not put together.
func TestListsAreNotMixed(t *testing.T) {
	d := newDesk(t)
	d.beside("map = {phone = 'Contact', amount = 'Montant, net'}")
	d.own("[map]\nid = 'Matricule'\n")
	get := func(args ...string) []string {
		flags, err := d.flagsOfRun(args...)
		if err != nil {
			t.Fatal(err)
		}
		list, err := flags.GetStringArray("map")
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	if got := get(); !slices.Equal(got, []string{"amount=Montant, net", "phone=Contact"}) {
		t.Errorf("%q", got)
	}
	d.env["FLEXYBATCH_MAP"] = "phone=A, b, amount=C"
	if got := get(); !slices.Equal(got, []string{"phone=A, b", "amount=C"}) {
		t.Errorf("%q", got)
	}
	if got := get("--map", "phone=X"); !slices.Equal(got, []string{"phone=X"}) {
		t.Errorf("%q", got)
	}
}

func TestBadSettings(t *testing.T) {
	for text, want := range map[string]string{
		"rate = \n":                       "line 1: ",
		"\n\nrat = 1":                     `line 3: there is no setting "rat"`,
		"rate = '30'":                     "line 1: rate takes a number, without quotes",
		"concurrency = 1.5":               "line 1: concurrency takes a whole number",
		"concurrency = 99999999999":       "", // where an int holds it; the command says what it may be
		"strict = 'yes'":                  "line 1: strict takes true or false",
		"wait = 5":                        "line 1: wait takes a time in quotes",
		"wait = '5 min'":                  `line 1: "5 min" is no value for wait`,
		"sheet = 1":                       "line 1: sheet takes a text in quotes",
		"map = ['phone=Contact']":         "line 1: map takes a table",
		"[map]\nphone = ['a']":            "line 1: map takes a table",
		"[[rate]]\n":                      "line 1: rate takes a number",
		"lang = 'de'":                     `line 1: "de" is no language`,
		"rate = 1\nrate = 2":              "line 2: key rate is already defined",
		"rate = 1\n[other]\nx = 1":        `line 2: there is no setting "other"`,
		"help = true":                     `there is no setting "help"`,
		"RATE = 1":                        `there is no setting "RATE"`,
		"\xff = 1":                        "line 1: ",
		"max-total = 9223372036854775808": "line 1: ",
	} {
		d := newDesk(t)
		d.own(text)
		_, err := d.world().configuration("")
		if want == "" && err == nil {
			continue
		}
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), configName) || exitOf(err) != exitUsage {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// Whoever can write one's own file decides where the key goes.
func TestOwnFileOfOthers(t *testing.T) {
	d := newDesk(t)
	d.own("rate = 30")
	path := filepath.Join(d.home, "flexybatch", configName)
	if err := os.Chmod(path, 0o620); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if secret.CheckUnwritable(f) == nil {
		t.Skip("this system has no such mode")
	}
	_, stderr := d.run(exitUsage, "plans", "--simulate")
	if !strings.Contains(stderr, "others can write") {
		t.Error(stderr)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, stderr := d.run(exitUsage, "plans", "--simulate"); !strings.Contains(stderr, "is no file") {
		t.Error(stderr)
	}
}

// A payroll in one's own configuration folder has one's own file beside it.
func TestOwnFileBeside(t *testing.T) {
	d := newDesk(t)
	d.own("base-url = 'http://127.0.0.1:9'\n")
	d.dir = filepath.Join(d.home, "flexybatch")
	if _, err := d.world().configuration(d.file()); err != nil {
		t.Error(err)
	}
}

// The language may come from a file beside the payroll, and reaches everything; the
// command line has the last word.
func TestLanguageOfSettings(t *testing.T) {
	d := newDesk(t)
	say := func(more ...string) string {
		t.Helper()
		cmd := exec.Command(binary, append([]string{"status", d.file()}, more...)...)
		for name, value := range d.env {
			cmd.Env = append(cmd.Environ(), name+"="+value)
		}
		out, err := cmd.CombinedOutput()
		if exitCode(t, err) != exitNothing {
			t.Fatalf("%v: %s", err, out)
		}
		return string(out)
	}
	english, french := say(), say("--lang", "fr")
	if english == french {
		t.Fatalf("it says the same in French: %s", french)
	}
	d.beside("lang = 'fr'")
	if got := say(); got != french {
		t.Errorf("with lang = 'fr' beside it: %s", got)
	}
	if got := say("--lang", "en"); got != english {
		t.Errorf("with --lang en: %s", got)
	}
	d.env["FLEXYBATCH_LANG"] = "en"
	if got := say(); got != english {
		t.Errorf("with FLEXYBATCH_LANG=en: %s", got)
	}
}

func TestBareAddress(t *testing.T) {
	for address, want := range map[string]string{
		"https://api.oneclickdz.com": "https://api.oneclickdz.com", "": "",
		"https://user:secret@example.com": "https://example.com/…", "https://example.com/hook/secret": "https://example.com/…",
		"https://example.com/?token=secret": "https://example.com/…",
	} {
		if got := bare(address); got != want {
			t.Errorf("%s is shown as %s", address, got)
		}
	}
}

func FuzzSettings(f *testing.F) {
	f.Add([]byte("rate = 30\nwait = '5m'\n[map]\nphone = 'Contact'\n"))
	f.Add([]byte("# none\nlimit.rows = 5\nstrict = true\n"))
	flags := flagsOf(newRoot(world{}))
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := parseSettings(b, "here.toml", true, flags)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "here.toml, line ") || exitOf(err) != exitUsage {
				t.Errorf("%q: %v", b, err)
			}
			return
		}
		lines := bytes.Count(b, []byte("\n")) + 1
		for _, g := range list {
			if g.from.line < 1 || g.from.line > lines {
				t.Errorf("%q: %s stands in line %d of %d", b, g.name, g.from.line, lines)
			}
		}
	})
}
