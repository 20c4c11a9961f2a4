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
	"flexybatch/internal/settings"
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

// own writes the user's own file of settings.
func (d *desk) own(text string) {
	d.write(filepath.Join(d.home, "flexybatch", settings.FileName), text)
}

func (d *desk) file() string { return filepath.Join(d.dir, "payroll.csv") }

func (d *desk) machine(args ...string) machine {
	return machine{
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
	if got := run(d.t.Context(), d.machine(args...)); got != code {
		d.t.Fatalf("flexybatch %s: exit %d, want %d\n%s%s", strings.Join(args, " "), got, code, d.stdout.String(), d.stderr.String())
	}
	return d.stdout.String(), d.stderr.String()
}

// flagsOfRun reads a command line of run as far as its flags.
func (d *desk) flagsOfRun(args ...string) (*pflag.FlagSet, origins, error) {
	d.t.Helper()
	w := d.loaded()
	cmd, rest, err := newRoot(w).Find(append([]string{"run"}, args...))
	if err != nil {
		d.t.Fatal(err)
	}
	if err := cmd.ParseFlags(rest); err != nil {
		d.t.Fatal(err)
	}
	if err := w.checkSettings(); err != nil {
		return nil, nil, err
	}
	return cmd.Flags(), w.stands, w.applySettings(cmd)
}

// loaded is the machine with its settings.
func (d *desk) loaded() machine {
	w := d.machine()
	w.settings, w.unreadable = settings.Load(w.sources())
	w.stands = origins{}
	return w
}

// Every setting is a flag of the program, of a kind that a file can tell.
func TestSettingsAreFlags(t *testing.T) {
	flags := flagsOf(newRoot(machine{}))
	for _, name := range settings.Names() {
		f := flags[name]
		if f == nil {
			t.Errorf("there is no flag --%s", name)
			continue
		}
		d := newDesk(t)
		d.own(fmt.Sprintf("%s = %s\n", name, anyValue(f)))
		if err := d.loaded().checkSettings(); err != nil {
			t.Errorf("--%s: %v", name, err)
		}
	}
}

// anyValue is a value of the flag's kind, as TOML has it.
func anyValue(f *pflag.Flag) string {
	switch kind := f.Value.Type(); {
	case f.Name == "lang":
		return `"fr"`
	case kind == "bool":
		return "true"
	case kind == "int", kind == "int64", kind == "uint64":
		return "1"
	case kind == "float64":
		return "1.5"
	case kind == "stringArray":
		return `{phone = "Contact"}`
	case kind == "duration":
		return `"1m"`
	}
	return `"x"`
}

// A decision for one run stands on the command line only.
func TestDecisionsForOneRun(t *testing.T) {
	for name, f := range flagsOf(newRoot(machine{})) {
		if slices.Contains(settings.Names(), name) {
			continue
		}
		d := newDesk(t)
		d.own(fmt.Sprintf("%s = 1\n", name))
		if err := d.loaded().checkSettings(); err == nil || !strings.Contains(err.Error(), "on the command line only") {
			t.Errorf("%s in one's own file: %v", name, err)
		}
		if name == "database" { // whose variable is no setting, since it may hold a password: nothing shows it
			continue
		}
		d = newDesk(t)
		variable := settings.Variable(f.Name)
		d.env[variable] = "1"
		if err := d.loaded().checkSettings(); err == nil || !strings.Contains(err.Error(), variable) {
			t.Errorf("%s: %v", variable, err)
		}
	}
	for _, name := range []string{"yes", "amend", "batch", "approved", "prepare", "simulate", "expect-rows", "expect-total", "canary", "any-operator", "allow-duplicates", "dry-run", "out"} {
		if slices.Contains(settings.Names(), name) {
			t.Errorf("%s is a setting", name)
		}
	}
}

// Of all places that give a value, the nearest to the command line holds.
func TestNearestHolds(t *testing.T) {
	for given := range 8 {
		d := newDesk(t)
		var args []string
		want, from := "0", ""
		if given&4 != 0 {
			d.own("# mine\nrate = 40\n")
			want, from = "40", filepath.Join(d.home, "flexybatch", settings.FileName)+", line 2"
		}
		if given&2 != 0 {
			d.env["FLEXYBATCH_RATE"] = "20"
			want, from = "20", "FLEXYBATCH_RATE"
		}
		if given&1 != 0 {
			args = []string{"--rate", "10"}
			want, from = "10", ""
		}
		flags, stands, err := d.flagsOfRun(args...)
		if err != nil {
			t.Fatal(err)
		}
		f := flags.Lookup("rate")
		if got := stands["rate"].String(); f.Value.String() != want || got != from || f.Changed != (given > 0) {
			t.Errorf("%03b: %s from %q, want %s from %q", given, f.Value, got, want, from)
		}
	}
}

// A list is taken whole from the nearest place, and not put together.
func TestListsAreNotMixed(t *testing.T) {
	d := newDesk(t)
	d.own("map = {phone = 'Contact', amount = 'Montant, net', id = 'Matricule'}")
	get := func(args ...string) []string {
		flags, _, err := d.flagsOfRun(args...)
		if err != nil {
			t.Fatal(err)
		}
		list, err := flags.GetStringArray("map")
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	if got := get(); !slices.Equal(got, []string{"amount=Montant, net", "id=Matricule", "phone=Contact"}) {
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

// A whole number is decimal on the command line, in a variable and in a file: with
// zeros in front it is not octal, and what is not plain digits is refused.
func TestDecimalNumbers(t *testing.T) {
	for _, c := range []struct {
		args       []string
		amount     string // in the environment
		own        string
		code       int
		requested  string
		complained string
	}{
		{args: []string{"--amount", "0500"}, requested: "500.00"},
		{amount: "0500", requested: "500.00"},
		{own: "amount = 500", requested: "500.00"},
		{own: "amount = 1_000", requested: "1000.00"}, // as TOML has it
		{args: []string{"--amount", "1000", "--expect-total", "01000"}, requested: "1000.00"},
		{args: []string{"--amount", "500", "--expect-total", "0764"}, code: exitNothing, complained: "764"},
		{args: []string{"--amount", "0x64"}, code: exitUsage, complained: `--amount wants whole dinars such as 500, and "0x64" is none` + "\nTry: flexybatch validate --help"},
		{args: []string{"--amount", "1_000"}, code: exitUsage, complained: `--amount wants whole dinars such as 500, and "1_000" is none`},
		{args: []string{"--amount", "1 000"}, code: exitUsage, complained: `--amount wants whole dinars such as 500, and "1 000" is none`},
		{args: []string{"--expect-rows", "0b1"}, code: exitUsage, complained: `--expect-rows wants a whole number such as 20, and "0b1" is none`},
		{amount: "0x64", code: exitUsage, complained: `FLEXYBATCH_AMOUNT: "0x64" is no value for amount: give a whole number in plain digits`},
		{amount: "1_000", code: exitUsage, complained: "FLEXYBATCH_AMOUNT"},
		{own: "amount = 0x64", code: exitUsage, complained: "line 1: amount takes a number in decimal digits"},
		{own: "amount = 0500", code: exitUsage, complained: "line 1: "},
		{amount: "0", code: exitUsage, complained: "--amount 0: give a whole number above zero\nThe value stands here: FLEXYBATCH_AMOUNT"},
		{own: "\namount = -5", code: exitUsage, complained: "--amount -5: give a whole number above zero\nThe value stands here: "},
	} {
		d := newDesk(t)
		d.write(d.file(), "phone,plan\n0660000002,PREPAID_MOBILIS\n")
		if c.own != "" {
			d.own(c.own + "\n")
		}
		d.env["FLEXYBATCH_AMOUNT"] = c.amount
		stdout, stderr := d.run(c.code, append([]string{"validate", "--simulate", "--json", d.file()}, c.args...)...)
		if !strings.Contains(stdout, c.requested) || !strings.Contains(stderr, c.complained) {
			t.Errorf("%q, %q, %q: %s%s", c.args, c.amount, c.own, stdout, stderr)
		}
	}
}

// Whoever can write one's own file decides where the key goes.
func TestOwnFileOfOthers(t *testing.T) {
	d := newDesk(t)
	d.own("rate = 30")
	path := filepath.Join(d.home, "flexybatch", settings.FileName)
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

// The language may come from one's own file, and reaches everything; the command line
// has the last word.
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
	d.own("lang = 'fr'")
	d.env["FLEXYBATCH_CONFIG"] = filepath.Join(d.home, "flexybatch", settings.FileName)
	if got := say(); got != french {
		t.Errorf("with lang = 'fr' in one's own file: %s", got)
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
