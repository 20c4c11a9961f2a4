package cli

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"

	"github.com/inconshreveable/mousetrap"
	"github.com/spf13/cobra"
)

// clicked are the arguments of a program that was started by a double-click, or by a
// file that was dragged on it or sent to it: whoever does that has no terminal, and
// gets the console. byClick tells it, which Windows alone can.
func clicked(args []string, byClick bool) []string {
	switch {
	case !byClick:
		return args
	case len(args) == 0:
		return []string{"console"}
	case len(args) == 1 && filepath.IsAbs(args[0]): // as the file manager passes it
		if info, err := os.Stat(args[0]); err == nil && info.Mode().IsRegular() {
			return []string{"console", args[0]}
		}
	}
	return args
}

// startedByClick tells that the program was started by the file manager of Windows, or
// has a window of its own. The library of the command line would refuse the former.
func startedByClick() bool {
	cobra.MousetrapHelpText = ""
	return mousetrap.StartedByExplorer() || ownWindow()
}

// waitForEnter keeps the window of a double-click open until what went wrong was read:
// Windows closes it with the program.
func (w machine) waitForEnter() {
	fmt.Fprint(w.stderr, w.words.Sprintf("Press Enter to close this window. "))
	_, _ = bufio.NewReader(w.stdin).ReadString('\n')
}
