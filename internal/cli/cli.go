package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/secret"
	"flexybatch/internal/settings"
	"flexybatch/internal/terminal"
)

// version is what the program calls itself; the release build sets it.
var version = "dev"

// machine is all that the program sees of the machine it runs on.
type machine struct {
	args           []string
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	environ        func() []string        // the whole environment; nil: no settings in it
	configDir      func() (string, error) // the user's configuration folder; nil: none
	vault          secret.Vault           // the system keyring; nil: none

	settings   *settings.Settings // what environment and file say
	unreadable error              // why they could not be read whole
	stands     origins            // of the values that came from them
	words      *lang.Printer      // knows the language
}

// run is the program: a function of its machine that returns the exit code. A
// panic is one of them: Go's own, 2, says nothing to a script. (The engine's
// workers answer for their own panics, so that answers under way are kept.)
func run(ctx context.Context, w machine) (code int) {
	defer func() {
		if v := recover(); v != nil {
			code = exitInternal
			w.words.Fprintf(w.stderr, "flexybatch: a fault of the program itself: %v\nThe journal is whole: run the same command again. Please report this:\n%s", v, debug.Stack())
		}
	}()
	if c := terminal.NewConsole(w.stderr, w.getenv); c != nil {
		w.stderr = c
	}
	err := w.execute(ctx)
	var done ended
	if err == nil || errors.As(err, &done) {
		return exitOf(err)
	}
	fmt.Fprintln(w.stderr, "flexybatch: "+w.words.Error(err))
	if _, ours := app.OutcomeOf(err); !ours {
		w.words.Fprintf(w.stderr, "Try: flexybatch --help\n")
	}
	return exitOf(err)
}

// execute reads the command line and does what it says, in the language of the
// one who reads the answer.
func (w *machine) execute(ctx context.Context) (err error) {
	w.settings, w.unreadable = settings.Load(w.sources())
	w.stands = origins{}
	if w.words, err = speaker(*w); err != nil {
		return err
	}
	cmd := newRoot(*w)
	cmd.SetArgs(w.args)
	cmd.SetIn(w.stdin)
	cmd.SetOut(w.stdout)
	cmd.SetErr(w.stderr)
	return cmd.ExecuteContext(ctx)
}

// prompt asks the person at the terminal.
func (w machine) prompt() terminal.Prompt { return terminal.Prompt{In: w.stdin, Out: w.stderr} }

// Main runs the program on the process's own arguments, streams and environment,
// and returns the exit code.
func Main(ctx context.Context) int {
	return run(ctx, machine{
		args:   clicked(os.Args[1:], startedByClick()),
		stdin:  os.Stdin,
		stdout: os.Stdout,
		stderr: os.Stderr,
		getenv: os.Getenv,

		environ:   os.Environ,
		configDir: os.UserConfigDir,
		vault:     secret.SystemVault{},
	})
}
