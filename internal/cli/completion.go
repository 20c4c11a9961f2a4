package cli

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"flexybatch/batch/oneclick/simulator"
	"flexybatch/internal/lang"
	"flexybatch/internal/settings"
)

// The shell completes from here what stands behind a flag or a command. What is
// neither here nor a file is for the user alone to know, and gets no suggestions.

// inputFiles are the endings of the files that most commands take.
var inputFiles = []string{"csv", "tsv", "txt", "xlsx", "xlsm", "journal"}

// completer is how cobra asks what could stand in a place.
type completer = cobra.CompletionFunc

// completers are those of the flags that have words or files of their own, by the
// flag's name.
func completers() map[string]completer {
	var limits, fields, faults []string
	for _, name := range []string{"file-bytes", "unzipped-bytes", "rows", "columns", "cell-chars", "record-bytes"} {
		limits = append(limits, name+"=")
	}
	for _, name := range []string{"phone", "plan", "amount", "id"} {
		fields = append(fields, name+"=")
	}
	for _, f := range simulator.Faults() {
		faults = append(faults, f.Name+"=")
	}
	anyFile := files()
	return map[string]completer{
		"lang":       words(lang.Languages...),
		"log-level":  words("debug", "info", "warn", "error"),
		"log-format": words("text", "json"),
		"format":     formats,
		"rate":       words(settings.AutoRate, "0", "60", "120"),
		"plan":       words("auto"),
		"encoding":   words("utf-8", "utf-16le", "utf-16be", "windows-1252", "windows-1256"),
		"key-type":   words(simulator.Sandbox, simulator.Production),
		"limit":      beginnings(limits),
		"map":        beginnings(fields),
		"fault":      beginnings(faults),
		"batch":      batches,

		"state": folders, "dir": folders,
		"approved": files("json"), "plans": files("json"), "statement": files("csv", "xlsx"),
		"out": anyFile, "key-file": anyFile, "password-file": anyFile, "passphrase-file": anyFile, "signing-key": anyFile,
		"approvers": anyFile, "log-file": anyFile, "events": anyFile, "metrics-file": anyFile, "store": anyFile,
	}
}

// completed gives a command and those below it what the shell completes.
func completed(cmd *cobra.Command) {
	known := completers()
	complete := func(f *pflag.Flag) {
		if f.Value.Type() == "bool" {
			return
		}
		how := known[f.Name]
		if how == nil {
			how = cobra.NoFileCompletions
		}
		if err := cmd.RegisterFlagCompletionFunc(f.Name, how); err != nil {
			panic(err) // it is registered once
		}
	}
	cmd.LocalNonPersistentFlags().VisitAll(complete)
	cmd.PersistentFlags().VisitAll(complete)
	cmd.ValidArgsFunction = cobra.NoFileCompletions
	switch _, argument, _ := strings.Cut(cmd.Use, " "); {
	case cmd.HasSubCommands():
		cmd.ValidArgsFunction = nil
	case argument == "PLAN":
		cmd.ValidArgsFunction = first(files("json"))
	case cmd.HasParent() && cmd.Parent().Name() == "journal":
		cmd.ValidArgsFunction = first(files("journal"))
	case argument != "":
		cmd.ValidArgsFunction = first(files(inputFiles...))
	}
	for _, sub := range cmd.Commands() {
		completed(sub)
	}
}

// words are all that a flag takes.
func words(list ...string) completer {
	return cobra.FixedCompletions(list, cobra.ShellCompDirectiveNoFileComp)
}

// beginnings are such as NAME=, behind which the user goes on.
func beginnings(list []string) completer {
	return cobra.FixedCompletions(list, cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveNoSpace)
}

// files are those with one of these endings; without any, all.
func files(endings ...string) completer {
	if len(endings) == 0 {
		return cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault)
	}
	return cobra.FixedCompletions(endings, cobra.ShellCompDirectiveFilterFileExt)
}

func folders(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// first is for a command that takes one argument.
func first(how completer) completer {
	return func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return how(cmd, args, begun)
	}
}

// formats are those that the command writes.
func formats(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	list := []string{"xlsx", "csv", "json"}
	if cmd.Name() == "report" {
		list = append(list, "ndjson")
	}
	return list, cobra.ShellCompDirectiveNoFileComp
}

// batches are the names of those that have a journal where the command would look
// for one.
func batches(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	dir := "."
	if len(args) > 0 {
		dir = filepath.Dir(args[0])
	}
	if f := cmd.Flags().Lookup("state"); f != nil && f.Value.String() != "" {
		dir = f.Value.String()
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".journal"); ok {
			names = append(names, name)
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
