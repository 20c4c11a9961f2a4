package terminal

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/term"
	"golang.org/x/text/unicode/norm"

	"flexybatch/internal/lang"
)

// Is tells whether a person sits at a stream.
func Is(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// Prompt asks questions on Out and reads the answers from In.
type Prompt struct {
	In  io.Reader
	Out io.Writer
}

// Ask puts a question and reads a line. Where nobody answers, or the person
// interrupts instead, the answer is empty.
func (p Prompt) Ask(ctx context.Context, question string) string {
	fmt.Fprint(p.Out, question)
	line, _ := await(ctx, func() (string, error) { // without an answer it is empty
		line, err := bufio.NewReader(p.In).ReadString('\n')
		if err != nil && line == "" {
			fmt.Fprintln(p.Out)
		}
		return line, err
	})
	return strings.TrimSpace(line)
}

// maxSecret is how long an answer that is not typed may be.
const maxSecret = 64 << 10

// AskSecret puts a question and reads the answer from the terminal, without
// showing it. Where there is no terminal it reads all of In and asks nothing.
func (p Prompt) AskSecret(ctx context.Context, question string) (string, error) {
	if !Is(p.In) {
		b, err := io.ReadAll(io.LimitReader(p.In, maxSecret))
		return strings.TrimRight(string(b), "\r\n"), err
	}
	in := p.In.(*os.File)
	before, err := term.MakeRaw(int(in.Fd())) // first: what is typed ahead must not be seen either
	if err != nil {
		return "", err
	}
	screen := struct {
		io.Reader
		io.Writer
	}{in, p.Out}
	text, err := await(ctx, func() (string, error) { return term.NewTerminal(screen, "").ReadPassword(question) })
	if errors.Is(err, io.EOF) { // Ctrl-C and Ctrl-D
		err = lang.Errorf("the question was not answered")
	}
	return text, errors.Join(err, term.Restore(int(in.Fd()), before))
}

// await reads until the context is done. A read from a terminal cannot be broken
// off: it ends with the process.
func await(ctx context.Context, read func() (string, error)) (string, error) {
	type answer struct {
		text string
		err  error
	}
	answered := make(chan answer, 1)
	go func() {
		text, err := read()
		answered <- answer{text, err}
	}()
	select {
	case a := <-answered:
		return a.text, a.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// Yes tells whether an answer is a yes, in any of the program's languages. Arabic may
// be stretched, vowelled or written in the shapes that letters have in a word.
func Yes(answer string) bool {
	bare := strings.Map(func(r rune) rune {
		if r == '\u0640' || unicode.In(r, unicode.Mn, unicode.Cf) { // tatweel, vowels, marks of direction
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(answer))
	return slices.Contains([]string{"y", "yes", "o", "oui", "ن", "نعم"}, strings.TrimSpace(bare))
}
