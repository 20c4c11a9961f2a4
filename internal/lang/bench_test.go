package lang

import "testing"

// The first message of a program costs the reading of its catalogue: a few milliseconds,
// which every command in that language pays.
func BenchmarkFirstMessage(b *testing.B) {
	for _, language := range Languages {
		b.Run(language, func(b *testing.B) {
			for b.Loop() {
				p, err := New(language)
				if err != nil {
					b.Fatal(err)
				}
				p.Say(Msg("no account"))
			}
		})
	}
}
