package lang

import (
	"testing"

	"github.com/leonelquinteros/gotext"
)

// The first message of a program costs the reading of its catalogue: a few milliseconds,
// which every command in that language pays.
func BenchmarkFirstMessage(b *testing.B) {
	for _, language := range Languages[1:] { // English has none
		b.Run(language, func(b *testing.B) {
			for b.Loop() {
				p := &Printer{language, func() *gotext.Po { return catalogue(language) }}
				p.Say(Msg("no account"))
			}
		})
	}
}
