package cli

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"flexybatch/internal/lang"
)

// wording is the message of a text that is a key of the catalogues as it stands, such
// as the help of a command.
func wording(text string) lang.Message {
	var none []any
	return lang.Msg(text, none...)
}

// translate says the help of a command and of those below it in the language of a
// printer.
func translate(cmd *cobra.Command, words *lang.Printer) {
	if words == nil {
		return
	}
	say := func(text string) string {
		if text == "" {
			return ""
		}
		return words.Say(wording(text))
	}
	cmd.Short, cmd.Long = say(cmd.Short), say(cmd.Long)
	usage := func(f *pflag.Flag) { f.Usage = say(f.Usage) }
	cmd.LocalNonPersistentFlags().VisitAll(usage)
	cmd.PersistentFlags().VisitAll(usage)
	for _, sub := range cmd.Commands() {
		translate(sub, words)
	}
}
