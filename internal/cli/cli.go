package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/secret"
	"flexybatch/internal/settings"
	"flexybatch/internal/terminal"
)

// version is what the program calls itself; the release build sets it.
var version = "dev"

// world is all that the program sees of the machine it runs on.
type world struct {
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

// run is the program: a function of its world that returns the exit code. A
// panic is one of them: Go's own, 2, says nothing to a script. (The engine's
// workers answer for their own panics, so that answers under way are kept.)
func run(ctx context.Context, w world) (code int) {
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
func (w *world) execute(ctx context.Context) (err error) {
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
func (w world) prompt() terminal.Prompt { return terminal.Prompt{In: w.stdin, Out: w.stderr} }

// signals turns what the machine or the person says into two contexts: drain
// is done at the first request to stop, abort at the second. A closed terminal
// (SIGHUP) is a request to stop; a closed pipe is none, since what becomes of
// the money matters more than who reads along.
func (w world) signals(ctx context.Context) (abort, drain context.Context, stop func()) {
	abort, cancelAbort := context.WithCancel(ctx)
	drain, cancelDrain := context.WithCancel(abort)
	heard := make(chan os.Signal, 2)
	signal.Notify(heard, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	signal.Ignore(syscall.SIGPIPE)
	finished, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		for first := true; ; first = false {
			select {
			case <-finished:
				return
			case <-heard:
			}
			if first { // first of all it is done: a terminal may be stuck
				cancelDrain()
				w.words.Fprintf(w.stderr, "\nStopping: no new top-ups; waiting for the answers under way. Once more to leave at once.\n")
				continue
			}
			cancelAbort()
			w.words.Fprintf(w.stderr, "\nLeaving at once. Run the same command again: what was under way is checked first.\n")
		}
	}()
	return abort, drain, func() {
		signal.Stop(heard)
		close(finished)
		<-gone
		cancelAbort()
		cancelDrain()
	}
}

// logger writes what the engine does, for those who want it: warnings to
// stderr, or everything from --log-level on to --log-file, as lines of text or of
// JSON. What is about a row has its ref.
func (o *output) logger() (*slog.Logger, func() error, error) {
	level, file, format := o.log.level, o.log.file, o.log.format
	to := o.stderr
	finish := func() error { return nil }
	least := slog.LevelWarn
	if file != "" {
		least = slog.LevelInfo
	}
	if level != "" {
		if err := least.UnmarshalText([]byte(level)); err != nil {
			return nil, nil, badFlag("log-level", "--log-level %q: give debug, info, warn or error", level)
		}
	}
	if format != "text" && format != "json" {
		return nil, nil, badFlag("log-format", "--log-format %q: give text or json", format)
	}
	if file != "" {
		f := &logFile{path: file}
		to, finish = f, f.Close
	}
	options := &slog.HandlerOptions{Level: least}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(to, options)), finish, nil
	}
	return slog.New(slog.NewTextHandler(to, options)), finish, nil
}

// Main runs the program on the process's own arguments, streams and environment,
// and returns the exit code.
func Main(ctx context.Context) int {
	return run(ctx, world{
		args:   os.Args[1:],
		stdin:  os.Stdin,
		stdout: os.Stdout,
		stderr: os.Stderr,
		getenv: os.Getenv,

		environ:   os.Environ,
		configDir: os.UserConfigDir,
		vault:     secret.SystemVault{},
	})
}
