// Flexybatch tops up every phone of a spreadsheet through the OneClickDz API,
// once and only once, and hands back a workbook that finance can reconcile.
package main

import (
	"context"
	"os"
	"runtime/debug"
)

func main() {
	// Rows are held for as long as they are sent. With Go's own 100 the heap may
	// grow to twice what they take before anything is collected; half of that
	// costs a twentieth of the time.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
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
