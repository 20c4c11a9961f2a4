package cli

import "github.com/spf13/cobra"

// The rules for what stands behind a command beside its flags, and what the shell
// completes there.

// inputFiles are the endings of the files that most commands take.
func inputFiles() []string { return []string{"csv", "tsv", "txt", "xlsx", "xlsm", "ods", "journal"} }

// takesFile says that a command takes one file, with one of these endings usually.
func takesFile(cmd *cobra.Command, endings ...string) *cobra.Command {
	cmd.Args, cmd.ValidArgsFunction = oneFile, first(files(endings...))
	return cmd
}

// mayTakeFile says that a command takes a file or none.
func mayTakeFile(cmd *cobra.Command, endings ...string) *cobra.Command {
	cmd.Args, cmd.ValidArgsFunction = atMostOneFile, first(files(endings...))
	return cmd
}

// takesNothing says that a command takes flags only.
func takesNothing(cmd *cobra.Command) *cobra.Command {
	cmd.Args, cmd.ValidArgsFunction = noFile, cobra.NoFileCompletions
	return cmd
}

func oneFile(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usagef("%s takes one file, and was given %d", cmd.CommandPath(), len(args))
	}
	return nil
}

func atMostOneFile(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return oneFile(cmd, args)
	}
	return nil
}

func noFile(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("%s takes no file or further word, and was given %q", cmd.CommandPath(), args[0])
	}
	return nil
}
