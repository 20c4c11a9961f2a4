package ingest

import (
	"testing"

	"pgregory.net/rapid"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// Every amount that a person reads in a message can be typed into a payroll, with its
// unit or without, and is the same amount there: whole dinars are what a row may ask
// for, and the rest is refused for its centimes.
func TestAmountsReadBack(t *testing.T) {
	for _, language := range lang.Languages {
		p, err := lang.New(language)
		if err != nil {
			t.Fatal(err)
		}
		rapid.Check(t, func(t *rapid.T) {
			dinars := batch.Dinars(rapid.OneOf(rapid.Int64Range(0, 20_000), rapid.Int64Range(0, 1e15)).Draw(t, "dinars"))
			for _, m := range []lang.Message{
				lang.Msg("%v", dinars), lang.Dinars(dinars), lang.Msg("%s", dinars.Centimes()), lang.Dinars(dinars.Centimes()),
			} {
				if got, bad := readAmount(p.Say(m)); bad != nil || got != dinars {
					t.Errorf("%s: %d dinars are written %q and read as %d (%+v)", language, dinars, p.Say(m), got, bad)
				}
			}
		})
	}
}

// Every sum that a person reads can be typed into a statement, also one with centimes
// or below zero.
func TestSumsReadBack(t *testing.T) {
	for _, language := range lang.Languages {
		p, err := lang.New(language)
		if err != nil {
			t.Fatal(err)
		}
		rapid.Check(t, func(t *rapid.T) {
			sum := batch.Centimes(rapid.OneOf(rapid.Int64Range(-1_000_000, 1_000_000), rapid.Int64Range(-1e17, 1e17)).Draw(t, "centimes"))
			for _, m := range []lang.Message{lang.Msg("%s", sum), lang.Dinars(sum)} {
				said := p.Say(m)
				f, ok := figureOf(said)
				if !ok {
					t.Fatalf("%s: %q is no sum", language, said)
				}
				separator, doubtful := f.decimal()
				if got, ok := f.centimes(separator); !ok || doubtful != 0 || got != sum {
					t.Errorf("%s: %s is written %q and read as %s (%t, or %q)", language, sum, said, got, ok, doubtful)
				}
			}
		})
	}
}
