package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

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
	page           io.Writer // stdout, for what people read: on a terminal its lines are broken between words
	getenv         func(string) string
	environ        func() []string        // the whole environment; nil: no settings in it
	configDir      func() (string, error) // the user's configuration folder; nil: none
	vault          secret.Vault           // the system keyring; nil: none
	languages      func() []string        // of the system's own windows; nil: it does not tell
	goos           string                 // how the system is called; empty: as a Unix
	clicked        bool                   // nobody typed a command: the window goes with the program

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
	answer := &answerStream{to: w.stdout}
	if c := terminal.NewConsole(w.stdout, w.getenv); c != nil {
		w.page = c.Onto(answer)
	}
	w.stdout = answer
	cmd, err := w.execute(ctx)
	if err == nil && answer.lost() != nil {
		err = unheard(cmd, answer.lost())
	}
	w.tell(cmd, err)
	if w.clicked && err != nil {
		w.waitForEnter()
	}
	return exitOf(err)
}

// tell says why a command failed, and where its help is if it was called wrongly.
func (w machine) tell(cmd *cobra.Command, err error) {
	if err == nil || errors.As(err, new(ended)) {
		return
	}
	fmt.Fprintln(w.stderr, "flexybatch: "+w.words.Error(err))
	if isUsage(err) {
		fmt.Fprint(w.stderr, w.words.Say(helpOf(cmd, err)))
	}
}

// unheard is the error of a command that did all it should but say so. What a run has
// done stays done: run again, it says it.
func unheard(cmd *cobra.Command, why error) error {
	err := lang.Errorf("what was asked for could not be written to the standard output: %w", why)
	if cmd != nil && (cmd.Name() == "run" || cmd.Name() == "settle") {
		return app.Failed(app.Open, lang.Errorf("%w\nThe batch itself is not concerned. Run the same command again: it says how it stands, and pays nobody twice", err))
	}
	return app.Failed(app.Nothing, err)
}

// execute reads the command line and does what it says, in the language of the
// one who reads the answer. It returns the command that was called, if it came so far.
func (w *machine) execute(ctx context.Context) (cmd *cobra.Command, err error) {
	if w.page == nil { // stdout is no terminal
		w.page = w.stdout
	}
	w.settings, w.unreadable = settings.Load(w.sources())
	w.stands = origins{}
	if w.words, err = speaker(*w); err != nil {
		return nil, err
	}
	if err := checkQuotes(w.goos, w.args); err != nil {
		return nil, err
	}
	root := newRoot(*w)
	root.SetArgs(w.args)
	root.SetIn(w.stdin)
	root.SetOut(w.page)
	root.SetErr(w.stderr)
	root.SetContext(ctx)
	return root.ExecuteC()
}

// prompt asks the person at the terminal.
func (w machine) prompt() terminal.Prompt { return terminal.Prompt{In: w.stdin, Out: w.stderr} }

// Main runs the program on the process's own arguments, streams and environment,
// and returns the exit code.
func Main(ctx context.Context) int {
	byClick := startedByClick()
	args := clicked(os.Args[1:], byClick)
	return run(ctx, machine{
		args:   args,
		stdin:  os.Stdin,
		stdout: os.Stdout,
		stderr: os.Stderr,
		getenv: os.Getenv,

		environ:   os.Environ,
		configDir: os.UserConfigDir,
		vault:     secret.SystemVault{},
		languages: systemLanguages,
		goos:      runtime.GOOS,
		clicked:   byClick && args[0] == "console",
	})
}
