package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"flexybatch/internal/lang"
	"flexybatch/internal/secret"
)

// ownFileVariable names the variable that says where the user's own file of
// settings is; "none": nowhere.
const ownFileVariable = "FLEXYBATCH_CONFIG"

// configuration is what is given elsewhere than on the command line.
type configuration struct {
	given       []given // the nearest to the command line first
	own, beside string  // the files that were looked for; empty: none
	ownFound    bool
	besideFound bool
}

// configured makes a command look for its flags elsewhere too, where the command
// line does not have them.
func configured(w world, cmd *cobra.Command) {
	for _, sub := range cmd.Commands() {
		configured(w, sub)
	}
	run := cmd.RunE
	if run == nil {
		return
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := w.configuration(fileOf(cmd, args))
		if err != nil {
			return err
		}
		if err := c.apply(w, cmd); err != nil {
			return err
		}
		return blame(cmd, worded(run(cmd, args)))
	}
}

// fileOf is the payroll that a command is about, beside which settings may stand;
// empty for none.
func fileOf(cmd *cobra.Command, args []string) string {
	if len(args) > 0 && strings.Contains(cmd.Use, "FILE") {
		return args[0]
	}
	return ""
}

// configuration reads the environment and the files of settings.
func (w world) configuration(file string) (*configuration, error) {
	flags := flagsOf(newRoot(world{}))
	c := &configuration{}
	var err error
	if w.environ != nil {
		if c.given, err = readVariables(w.environ(), flags); err != nil {
			return nil, err
		}
	}
	if base := w.getenv("ONECLICKDZ_BASE_URL"); base != "" {
		s, _ := settingOf("base-url")
		c.given = append(c.given, given{s, []string{base}, origin{variable: "ONECLICKDZ_BASE_URL"}})
	}
	if c.own, err = w.ownFile(); err != nil {
		return nil, err
	}
	if file != "" {
		c.beside = filepath.Join(filepath.Dir(file), configName)
	}
	if sameFile(c.own, c.beside) {
		c.beside = ""
	}
	if c.beside != "" {
		list, found, err := readSettings(c.beside, true, flags)
		if err != nil {
			return nil, err
		}
		c.besideFound = found
		c.given = append(c.given, list...)
	}
	if c.own != "" {
		list, found, err := readSettings(c.own, false, flags)
		if err != nil {
			return nil, err
		}
		c.ownFound = found
		c.given = append(c.given, list...)
	}
	return c, c.check(flags)
}

// ownFile is where the user's own settings are; empty for nowhere.
func (w world) ownFile() (string, error) {
	switch path := w.getenv(ownFileVariable); path {
	case "none":
		return "", nil
	case "":
		dir := w.ownFolder()
		if dir == "" {
			return "", nil
		}
		return filepath.Join(dir, configName), nil
	default:
		if _, err := os.Stat(path); err != nil {
			return "", usagef("%s: %w", ownFileVariable, err)
		}
		return path, nil
	}
}

// ownFolder is the program's folder in the user's configuration folder; empty
// where the machine has none.
func (w world) ownFolder() string {
	if w.configDir == nil {
		return ""
	}
	dir, err := w.configDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "flexybatch")
}

// sameFile tells whether two paths are of one file that there is.
func sameFile(a, b string) bool {
	x, err1 := os.Stat(a)
	y, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && os.SameFile(x, y)
}

// flagsOf are the flags of all commands, by their names.
func flagsOf(cmd *cobra.Command) map[string]*pflag.Flag {
	flags := map[string]*pflag.Flag{}
	add := func(f *pflag.Flag) {
		if flags[f.Name] == nil {
			flags[f.Name] = f
		}
	}
	for _, sub := range cmd.Commands() {
		if sub.Name() == "run" { // whose flags are the settings; others may have one of the same name
			sub.Flags().VisitAll(add)
		}
	}
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		cmd.Flags().VisitAll(add)
		cmd.PersistentFlags().VisitAll(add)
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk(cmd)
	return flags
}

// check tries every value on a flag that nobody uses, also those that a nearer one
// overrules, and refuses what may not be given where it was.
func (c *configuration) check(flags map[string]*pflag.Flag) error {
	for _, g := range c.given {
		if g.from.beside && g.reach < toBeside {
			return usagef("%s: %s may not stand in a file beside a payroll, where anybody may have put it. Give it as --%s, in the variable %s, or in your own file of settings (flexybatch config tells where that is)",
				g.from, g.name, g.name, g.variable())
		}
		for _, text := range g.texts {
			if err := flags[g.name].Value.Set(text); err != nil {
				return usagef("%s: %q is no value for %s: %w", g.from, text, g.name, err)
			}
			if g.name == "lang" && !slices.Contains(lang.Languages, text) {
				return usagef("%s: %q is no language for lang: give en, fr or ar", g.from, text)
			}
		}
	}
	return nil
}

// of is the value that holds where the command line has none.
func (c *configuration) of(w world, name string) (given, bool) {
	for _, g := range c.given {
		if g.name != name || len(g.texts) == 0 {
			continue
		}
		if name == "key-file" && g.from.variable == "" && w.getenv(secret.KeyVariable) != "" {
			continue // the key itself is in the environment, which is nearer
		}
		return g, true
	}
	return given{}, false
}

// What a flag says of where its value comes from.
const (
	fromPlace  = "flexybatch-from"
	fromBeside = "flexybatch-beside"
)

// apply sets the flags of a command that the command line does not have.
func (c *configuration) apply(w world, cmd *cobra.Command) error {
	flags := cmd.Flags()
	flags.AddFlagSet(cmd.InheritedFlags())
	for _, s := range settings {
		f := flags.Lookup(s.name)
		g, ok := c.of(w, s.name)
		if f == nil || f.Changed || !ok {
			continue
		}
		if g.pays && g.from.beside && unseen(flags) {
			return usagef("%s: %s decides who is paid how much, and with --yes or --quiet nobody sees that it stands there. Give it as --%s, in the variable %s, or in your own file of settings, %s",
				g.from, g.name, g.name, g.variable(), c.own)
		}
		for _, text := range g.texts {
			if err := flags.Set(s.name, text); err != nil {
				return usagef("%s: %w", g.from, err)
			}
		}
		f.Annotations = map[string][]string{fromPlace: {g.from.String()}}
		if g.from.beside {
			f.Annotations[fromBeside] = []string{g.from.file}
		}
		if s.name == "lang" && g.texts[0] != w.words.Language() {
			return inLanguage(g.texts[0])
		}
	}
	return nil
}

// unseen tells that rows are sent and nobody sees what is sent: without a question,
// or without the page before it; and without approvals either.
func unseen(flags *pflag.FlagSet) bool {
	on := func(name string) bool {
		f := flags.Lookup(name)
		return f != nil && f.Value.String() == "true"
	}
	approved := flags.Lookup("approved")
	return approved != nil && !approved.Changed && (on("yes") || on("quiet"))
}

// inLanguage is the error of a command line that was read in another language than
// the settings want: it is read once more.
type inLanguage string

func (l inLanguage) Error() string { return string(l) }

// blame adds, to the error of a flag's value, where the value stands.
func blame(cmd *cobra.Command, err error) error {
	if exitOf(err) != exitUsage {
		return err
	}
	text := err.Error()
	var bad *pflag.Flag
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Annotations[fromPlace] != nil && (strings.HasPrefix(text, "--"+f.Name+" ") || strings.HasPrefix(text, "--"+f.Name+":")) {
			bad = f
		}
	})
	if bad == nil {
		return err
	}
	return usagef("%w\nThe value stands here: %s", err, bad.Annotations[fromPlace][0])
}

// payingBeside are the settings in a file beside the payroll that decide who is
// paid how much, as the command line would have them; and the file.
func payingBeside(cmd *cobra.Command) (flags []string, file string) {
	for _, s := range settings {
		f := cmd.Flags().Lookup(s.name)
		if f == nil || !s.pays || f.Annotations[fromBeside] == nil {
			continue
		}
		file = f.Annotations[fromBeside][0]
		values := []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		for _, v := range values {
			flags = append(flags, "--"+s.name+"="+quoted(v))
		}
	}
	return flags, file
}
