package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"flexybatch/internal/secret"
)

// askSecret puts a question and reads the answer from the terminal, without
// showing it. Where there is no terminal it reads all of stdin and asks nothing.
func (w world) askSecret(ctx context.Context, question string) (string, error) {
	if !terminal(w.stdin) {
		b, err := io.ReadAll(io.LimitReader(w.stdin, secret.MaxSize))
		return strings.TrimRight(string(b), "\r\n"), err
	}
	in := w.stdin.(*os.File)
	before, err := term.MakeRaw(int(in.Fd())) // first: what is typed ahead must not be seen either
	if err != nil {
		return "", err
	}
	type answer struct {
		text string
		err  error
	}
	answered := make(chan answer, 1)
	go func() { // a read from a terminal cannot be broken off: it ends with the process
		text, err := term.NewTerminal(struct {
			io.Reader
			io.Writer
		}{in, w.stderr}, "").ReadPassword(question)
		answered <- answer{text, err}
	}()
	var a answer
	select {
	case a = <-answered:
		if errors.Is(a.err, io.EOF) { // Ctrl-C and Ctrl-D
			a.err = errors.New("the question was not answered")
		}
	case <-ctx.Done():
		a.err = ctx.Err()
	}
	return a.text, errors.Join(a.err, term.Restore(int(in.Fd()), before))
}
