package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

const versionHelp = `The program's version, as --version prints it.

  flexybatch version`

func newVersion(w machine) *cobra.Command {
	return takesNothing(&cobra.Command{
		Use: "version", Short: "The program's version", Long: versionHelp,
		RunE: func(*cobra.Command, []string) error { return printVersion(w) },
	})
}

// showsVersion makes the root print the version with --version, and do what it does
// else without.
func showsVersion(w machine, root *cobra.Command) {
	other := root.RunE
	root.RunE = func(cmd *cobra.Command, args []string) error {
		if wanted, err := cmd.Flags().GetBool("version"); err == nil && wanted {
			return printVersion(w)
		}
		return other(cmd, args)
	}
}

func printVersion(w machine) error {
	if _, err := fmt.Fprintf(w.stdout, "flexybatch %s\n", version); err != nil {
		return nothingf("writing the result: %w", err)
	}
	return nil
}
