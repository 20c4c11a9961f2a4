package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"flexybatch/internal/lang"
	"flexybatch/internal/terminal"
)

const helpHelp = `The help of a command, or one of the pages that are about all of them.

  flexybatch help
  flexybatch help run
  flexybatch help journal show
  flexybatch help exit-codes`

// newHelp is the command that shows help.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use: "help [COMMAND]", Short: "The help of a command", Long: helpHelp,
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(cmd.Root(), strings.Join(args, " "))
			}
			return about.Help()
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, begun string) (list []string, d cobra.ShellCompDirective) {
			if about, rest, err := cmd.Root().Find(args); err == nil && len(rest) == 0 {
				for _, sub := range about.Commands() {
					if strings.HasPrefix(sub.Name(), begun) {
						list = append(list, cobra.CompletionWithDesc(sub.Name(), sub.Short))
					}
				}
			}
			return list, cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// helpWriter writes help and usage, in place of the library's templates, which are
// English.
type helpWriter struct{ words *lang.Printer }

// install makes a command, and those below it, show their help so.
func (h helpWriter) install(root *cobra.Command) {
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		_, _ = io.WriteString(cmd.OutOrStdout(), h.page(cmd)) // the stream remembers its error
	})
	root.SetUsageFunc(func(cmd *cobra.Command) error {
		_, err := io.WriteString(cmd.OutOrStderr(), h.usage(cmd))
		return err
	})
}

// page is the help of a command.
func (h helpWriter) page(cmd *cobra.Command) string {
	about := cmd.Long
	if about == "" {
		about = cmd.Short
	}
	if !cmd.Runnable() && !cmd.HasSubCommands() {
		return about + "\n"
	}
	return about + "\n\n" + h.usage(cmd)
}

// usage is how a command is written: its arguments, the commands below it, its flags.
func (h helpWriter) usage(cmd *cobra.Command) string {
	var b strings.Builder
	h.words.Fprintf(&b, "%s\n  %s\n", lang.Title("Usage:"), h.line(cmd))
	var commands, pages []*cobra.Command
	for _, sub := range cmd.Commands() {
		switch {
		case sub.Hidden:
		case sub.Runnable() || sub.HasSubCommands():
			commands = append(commands, sub)
		default:
			pages = append(pages, sub)
		}
	}
	if len(commands) > 0 {
		h.words.Fprintf(&b, "\n%s\n", lang.Title("Commands:"))
		h.commands(&b, commands)
	}
	if len(pages) > 0 {
		h.words.Fprintf(&b, "\nFurther pages (flexybatch help PAGE):\n")
		h.commands(&b, pages)
	}
	if flags := cmd.LocalFlags(); cmd.HasParent() && flags.HasAvailableFlags() {
		h.words.Fprintf(&b, "\n%s\n", lang.Title("Flags:"))
		h.flags(&b, flags)
	}
	h.words.Fprintf(&b, "\nFlags of every command:\n")
	h.flags(&b, everywhere(cmd))
	if len(commands) > 0 {
		h.words.Fprintf(&b, "\nMore about a command: %s COMMAND --help\n", cmd.CommandPath())
	}
	return b.String()
}

// everywhere are the flags that every command has, and those that the root has beside
// them.
func everywhere(cmd *cobra.Command) *pflag.FlagSet {
	if cmd.HasParent() {
		return cmd.InheritedFlags()
	}
	return cmd.Flags()
}

// line is a command with what stands behind it.
func (h helpWriter) line(cmd *cobra.Command) string {
	line := cmd.CommandPath()
	_, arguments, _ := strings.Cut(cmd.Use, " ")
	for word := range strings.FieldsSeq(arguments) {
		name := strings.Trim(word, "[]")
		line += " " + strings.Replace(word, name, h.words.Say(behind(name)), 1)
	}
	if cmd.HasSubCommands() {
		line += " " + h.words.Say(behind("COMMAND"))
	}
	return h.words.Say(lang.Msg("%s [flags]", line))
}

// behind is what stands behind a command, in a word.
func behind(name string) lang.Message {
	switch name {
	case "COMMAND":
		return lang.Title("COMMAND")
	case "REQUEST":
		return lang.Title("REQUEST")
	case "SHELL":
		return lang.Title("SHELL")
	}
	return lang.Title("FILE")
}

// commands lists commands with what they do.
func (h helpWriter) commands(b *strings.Builder, list []*cobra.Command) {
	var rows [][2]string
	for _, cmd := range list {
		rows = append(rows, [2]string{cmd.Name(), cmd.Short})
	}
	columns(b, rows)
}

// flags lists flags with what they take, what they are for and what they are where
// nobody gives them.
func (h helpWriter) flags(b *strings.Builder, set *pflag.FlagSet) {
	var rows [][2]string
	set.VisitAll(func(f *pflag.Flag) {
		name := "    --" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", --" + f.Name
		}
		if takes := argument(f); !takes.IsZero() {
			name += " " + h.words.Say(takes)
		}
		text := f.Usage
		if f.DefValue != "" && !slices.Contains([]string{"0", "0s", "false", "[]"}, f.DefValue) {
			text = h.words.Sprintf("%s (default %s)", text, f.DefValue)
		}
		rows = append(rows, [2]string{name, text})
	})
	columns(b, rows)
}

// columns writes rows of two columns.
func columns(b *strings.Builder, rows [][2]string) {
	widest := 0
	for _, row := range rows {
		widest = max(widest, terminal.Columns(row[0]))
	}
	for _, row := range rows {
		fmt.Fprintf(b, "  %s%s  %s\n", row[0], strings.Repeat(" ", widest-terminal.Columns(row[0])), row[1])
	}
}

// argument is what a flag takes, in a word; nothing for one that stands alone.
func argument(f *pflag.Flag) lang.Message {
	switch f.Name {
	case "key-file", "password-file", "passphrase-file", "signing-key", "approvers", "out", "events", "metrics-file", "log-file", "store", "statement", "plans":
		return lang.Title("FILE")
	case "state", "dir":
		return lang.Title("FOLDER")
	case "batch", "sheet", "name":
		return lang.Title("NAME")
	case "plan":
		return lang.Title("CODE")
	case "map":
		return lang.Title("FIELD=HEADER")
	case "limit":
		return lang.Title("NAME=N")
	case "fault":
		return lang.Title("CLASS=SHARE")
	case "approved":
		return lang.Title("REQUEST")
	case "base-url", "notify-url":
		return lang.Title("ADDRESS")
	case "listen":
		return lang.Title("HOST:PORT")
	case "reason":
		return lang.Title("TEXT")
	case "phone":
		return lang.Title("PHONE")
	}
	switch f.Value.Type() {
	case "bool":
		return lang.Message{}
	case "duration":
		return lang.Title("TIME")
	case "int", "int64", "uint64", "float64":
		return lang.Title("N")
	}
	return lang.Title("WORD")
}
