package cli

import (
	"io"

	"github.com/spf13/cobra"
)

const completionHelp = `A script with which a shell completes flexybatch's commands, flags and files when
Tab is pressed.

  flexybatch completion bash > /etc/bash_completion.d/flexybatch
  flexybatch completion zsh > "${fpath[1]}/_flexybatch"
  flexybatch completion fish > ~/.config/fish/completions/flexybatch.fish
  flexybatch completion powershell | Out-String | Invoke-Expression

It holds in shells that are started afterwards. bash needs its package
bash-completion.`

// newCompletion is the command that writes the shells' scripts.
func newCompletion(w machine) *cobra.Command {
	cmd := &cobra.Command{
		Use: "completion SHELL", Short: "A script for the shell that completes commands and flags", Long: completionHelp,
		ValidArgs: []string{"bash", "zsh", "fish", "powershell"},
		RunE:      func(cmd *cobra.Command, args []string) error { return runCompletion(cmd.Root(), w.stdout, args) },
	}
	return cmd
}

func runCompletion(root *cobra.Command, out io.Writer, args []string) (err error) {
	shell := ""
	if len(args) == 1 {
		shell = args[0]
	}
	switch shell {
	case "bash":
		err = root.GenBashCompletionV2(out, true)
	case "zsh":
		err = root.GenZshCompletion(out)
	case "fish":
		err = root.GenFishCompletion(out, true)
	case "powershell":
		err = root.GenPowerShellCompletionWithDesc(out)
	default:
		return usagef("completion takes one shell: bash, zsh, fish or powershell")
	}
	if err != nil {
		return nothingf("writing the script: %w", err)
	}
	return nil
}
