package terminal

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
)

// stuck is a terminal at which nobody types.
type stuck struct{}

func (stuck) Read([]byte) (int, error) { select {} }

func TestAsk(t *testing.T) {
	gone, leave := context.WithCancel(t.Context())
	leave()
	for _, c := range []struct {
		ctx         context.Context
		in          io.Reader
		answer, out string
	}{
		{t.Context(), strings.NewReader(" yes \nmore\n"), "yes", "well? "},
		{t.Context(), strings.NewReader("no end"), "no end", "well? "},
		{t.Context(), strings.NewReader(""), "", "well? \n"},
		{gone, stuck{}, "", "well? "},
	} {
		var out bytes.Buffer
		if got := (Prompt{c.in, &out}).Ask(c.ctx, "well? "); got != c.answer || out.String() != c.out {
			t.Errorf("the answer is %q, want %q; shown is %q", got, c.answer, out.String())
		}
	}
}

// From a pipe a secret is all that comes, without the end of its line, and no
// question is asked.
func TestAskSecretOfPipe(t *testing.T) {
	var out bytes.Buffer
	got, err := Prompt{strings.NewReader(" horse battery\r\n"), &out}.AskSecret(t.Context(), "secret? ")
	if got != " horse battery" || err != nil || out.Len() > 0 {
		t.Errorf("%q, %v; shown is %q", got, err, out.String())
	}
	long := strings.Repeat("x", 2*maxSecret)
	if got, err := (Prompt{strings.NewReader(long), &out}).AskSecret(t.Context(), ""); len(got) != maxSecret || err != nil {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

// An interrupted read is an error, and not an empty answer.
func TestAwait(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := await(ctx, func() (string, error) { select {} }); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestYes(t *testing.T) {
	for answer, want := range map[string]bool{
		"نـعـم": true, "نَعَم": true, " نعم\u200f ": true, "\ufee7\ufecc\ufee2": true, "Yes\u00a0": true, "y": true, "Y": true, "yes": true, "o": true, "OUI": true, "نعم": true, "ن": true,
		"": false, "n": false, "non": false, "لا": false, "yes please": false, "y es": false, "ن ع م": false, "12": false,
	} {
		if Yes(answer) != want {
			t.Errorf("%q is taken for a yes: %t", answer, !want)
		}
	}
}
