// Flexybatch tops up every phone of a spreadsheet through the OneClickDz API,
// once and only once, and hands back a workbook that finance can reconcile.
package main

import (
	"context"
	"os"
)

func main() {
	os.Exit(run(context.Background(), world{
		args:   os.Args[1:],
		stdin:  os.Stdin,
		stdout: os.Stdout,
		stderr: os.Stderr,
		getenv: os.Getenv,

		environ:   os.Environ,
		configDir: os.UserConfigDir,
		vault:     systemVault{},
	}))
}
