package cli

import (
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"flexybatch/internal/app"
	"flexybatch/internal/settings"
)

// configured makes a command, and those below it, take the values of flags that the
// command line does not have from the settings.
func configured(w machine, cmd *cobra.Command) {
	for _, sub := range cmd.Commands() {
		configured(w, sub)
	}
	run := cmd.RunE
	if run == nil {
		return
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := w.checkSettings(); err != nil {
			return err
		}
		if err := w.applySettings(cmd); err != nil {
			return err
		}
		return w.stands.blame(worded(cmd, run(cmd, args)))
	}
}

// checkSettings is an error if the environment or the file say anything that cannot
// be understood.
func (w machine) checkSettings() error {
	if w.unreadable != nil {
		return app.Failed(app.Usage, w.unreadable)
	}
	if w.settings.Empty() {
		return nil // without making all commands once more
	}
	values := map[string]settings.Value{}
	for name, f := range flagsOf(newRoot(machine{})) { // which nobody uses
		values[name] = f.Value
	}
	if err := w.settings.Check(values); err != nil {
		return app.Failed(app.Usage, err)
	}
	return nil
}

// origins are where the values of flags stand, by the flags' names; those on the
// command line and defaults are not among them.
type origins map[string]settings.Origin

// applySettings sets the flags of a command that the command line does not have, and
// keeps where their values stand.
func (w machine) applySettings(cmd *cobra.Command) error {
	flags := cmd.Flags()
	flags.AddFlagSet(cmd.InheritedFlags())
	for _, name := range settings.Names() {
		f := flags.Lookup(name)
		if f == nil || f.Changed {
			continue
		}
		from, ok, err := w.settings.Apply(name, f.Value)
		if err != nil {
			return app.Failed(app.Usage, err)
		}
		if ok {
			f.Changed, w.stands[name] = true, from
		}
	}
	return nil
}

// blame adds to the error about a flag's value where that stands.
func (o origins) blame(err error) error {
	if exitOf(err) != exitUsage {
		return err
	}
	blamed := settings.Blame(err, func(flag string) (settings.Origin, bool) {
		from, ok := o[flag]
		return from, ok
	})
	if blamed == err {
		return err
	}
	return app.Failed(app.Usage, blamed)
}

// badFlag is the error of a flag whose value cannot be used; the format is
// lang.Errorf's.
func badFlag(name, format string, args ...any) error {
	return app.Failed(app.Usage, settings.BadFlag(name, format, args...))
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

// sources are where settings stand on this machine.
func (w machine) sources() settings.Sources {
	s := settings.Sources{Folder: w.ownFolder()}
	if w.environ != nil {
		s.Environ = w.environ()
	}
	return s
}

// ownFolder is the program's folder in the user's configuration folder; empty
// where the machine has none.
func (w machine) ownFolder() string {
	if w.configDir == nil {
		return ""
	}
	dir, err := w.configDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "flexybatch")
}
