package cli

import (
	"os"

	"github.com/inconshreveable/mousetrap"
	"github.com/spf13/cobra"
)

// clicked are the arguments of a program that was started by a double-click, or by a
// file that was dragged on it: whoever does that has no terminal, and gets the console.
// byClick tells it, which Windows alone can.
func clicked(args []string, byClick bool) []string {
	switch {
	case !byClick:
		return args
	case len(args) == 0:
		return []string{"console"}
	case len(args) == 1:
		if info, err := os.Stat(args[0]); err == nil && info.Mode().IsRegular() {
			return []string{"console", args[0]}
		}
	}
	return args
}

// startedByClick tells that the program was started by the file manager of Windows. The
// library of the command line would refuse that.
func startedByClick() bool {
	cobra.MousetrapHelpText = ""
	return mousetrap.StartedByExplorer()
}
