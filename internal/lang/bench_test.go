package lang

import "testing"

func BenchmarkNew(b *testing.B) {
	for _, l := range Languages {
		b.Run(l, func(b *testing.B) {
			for b.Loop() {
				p, _ := New(l)
				p.Say(Msg("no account"))
			}
		})
	}
}
