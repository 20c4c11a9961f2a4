package cli

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/settings"
)

// The library of the command line finds what is wrong with it, and says so in English
// and in the words of a programmer. What is said here is said instead.

// wrongFlag is the error of a flag that is not there, or does not take what it was
// given.
func wrongFlag(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var alone *pflag.ValueRequiredError
	var value *pflag.InvalidValueError
	var syntax *pflag.InvalidSyntaxError
	switch {
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() != "":
		return usagef("unknown flag: -%s", unknown.GetSpecifiedName())
	case errors.As(err, &unknown):
		return unknownFlag(cmd, unknown.GetSpecifiedName())
	case errors.As(err, &alone):
		return usagef("--%s wants a value behind it: --%s %s", alone.GetFlag().Name, alone.GetFlag().Name, argument(alone.GetFlag()))
	case errors.As(err, &value):
		return wrongValue(value)
	case errors.As(err, &syntax):
		return usagef("%q is not written as a flag is, such as --yes or --rate 60", syntax.GetSpecifiedFlag())
	}
	return usagef("the command line is wrong (%w)", err)
}

// unknownFlag is the error of a flag that a command does not have, with the one that
// may be meant.
func unknownFlag(cmd *cobra.Command, name string) error {
	// The library knows names that resemble each other among commands: here each flag
	// is one.
	names := &cobra.Command{SuggestionsMinimumDistance: 2}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		names.AddCommand(&cobra.Command{Use: f.Name, Run: func(*cobra.Command, []string) {}})
	})
	if near := names.SuggestionsFor(name); len(near) > 0 {
		return usagef("unknown flag: --%s. Did you mean --%s?", name, strings.Join(near, ", --"))
	}
	return usagef("unknown flag: --%s", name)
}

// unknownCommand is the error of a command that is not there, with those that may be
// meant.
func unknownCommand(cmd *cobra.Command, name string) error {
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(name); len(near) > 0 {
		return usagef("unknown command %q. Did you mean %s?", name, strings.Join(near, ", "))
	}
	return usagef("unknown command %q", name)
}

// wrongValue is the error of a value that a flag does not take.
func wrongValue(e *pflag.InvalidValueError) error {
	flag, value := e.GetFlag().Name, e.GetValue()
	switch kind := e.GetFlag().Value.Type(); {
	case errors.Is(e, settings.ErrTooLarge):
		return badFlag(flag, "--%s %s: the number is too large", flag, value)
	case flag == "rate":
		return badFlag(flag, "--%s wants calls a minute such as 60, or auto, and %q is neither", flag, value)
	case kind == "int64": // which amounts of money are
		return badFlag(flag, "--%s wants whole dinars such as 500, and %q is none", flag, value)
	case kind == "int", kind == "uint64":
		return badFlag(flag, "--%s wants a whole number such as 20, and %q is none", flag, value)
	case kind == "float64":
		return badFlag(flag, "--%s wants a number such as 2.5, and %q is none", flag, value)
	case kind == "duration":
		return badFlag(flag, "--%s wants a time such as 30s or 5m, and %q is none", flag, value)
	case kind == "bool":
		return badFlag(flag, "--%s stands alone, and takes no value such as %q", flag, value)
	}
	return badFlag(flag, "--%s does not take %q: %w", flag, value, e.Unwrap())
}

// commandsOnly is for a command whose work is done by those below it: what stands
// behind it must be one of them.
func commandsOnly(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return unknownCommand(cmd, args[0])
	}
	return nil
}

// showsHelp makes a command that has others below it show its help.
func showsHelp(cmd *cobra.Command) *cobra.Command {
	cmd.Args = commandsOnly
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	return cmd
}

// helpOf is the command line of the help about an error of a wrong command line.
func helpOf(cmd *cobra.Command, err error) lang.Message {
	if bad, ok := errors.AsType[*settings.Invalid](err); ok && bad.From != (settings.Origin{}) {
		return lang.Msg("Try: flexybatch config --help\n")
	}
	if cmd == nil {
		return lang.Msg("Try: %s --help\n", "flexybatch")
	}
	return lang.Msg("Try: %s --help\n", cmd.CommandPath())
}

// isUsage tells the error of a wrong command line.
func isUsage(err error) bool {
	o, ours := app.OutcomeOf(err)
	return !ours || o == app.Usage
}
