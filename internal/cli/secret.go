package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// mostSecret is how long a key, a passphrase or a file of them may be.
const mostSecret = 64 << 10

// readSecret reads a file that its owner alone may read.
func readSecret(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	err = unreadable(f)
	var b []byte
	if err == nil {
		b, err = io.ReadAll(io.LimitReader(f, mostSecret))
	}
	return b, errors.Join(err, f.Close())
}

// unreadable is an error where others than the owner may read a file.
func unreadable(f *os.File) error {
	open, err := othersMay(f, toRead)
	if err == nil && open {
		err = fmt.Errorf("others can read %s, which holds a secret; close it to them first: %s", f.Name(), closing(f.Name(), toRead))
	}
	return err
}

// unwritable is an error where others than the owner may write a file.
func unwritable(f *os.File) error {
	open, err := othersMay(f, toWrite)
	if err == nil && open {
		err = failf(exitUsage, "others can write %s, which decides where money and key go; close it to them first: %s", f.Name(), closing(f.Name(), toWrite))
	}
	return err
}

// access is what others may do with a file.
type access int

const (
	toRead access = iota
	toWrite
)

// askSecret puts a question and reads the answer from the terminal, without
// showing it. Where there is no terminal it reads all of stdin and asks nothing.
func (w world) askSecret(ctx context.Context, question string) (string, error) {
	if !terminal(w.stdin) {
		b, err := io.ReadAll(io.LimitReader(w.stdin, mostSecret))
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
