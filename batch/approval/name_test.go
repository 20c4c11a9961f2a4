package approval

import (
	"crypto/ed25519"
	"errors"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func TestSamePerson(t *testing.T) {
	for _, x := range []struct {
		what, a, b string
		same       bool
	}{
		{"case", "Amel Benali", "AMEL BENALI", true},
		{"accents", "Amel Bénali", "Amel Benali", true},
		{"a decomposed accent", "Amel Bénali", "Amel Be\u0301nali", true},
		{"a double space", "Amel Benali", "Amel  Benali", true},
		{"a no-break space", "Amel Benali", "Amel\u00a0Benali", true},
		{"a narrow no-break space", "Amel Benali", "Amel\u202fBenali", true},
		{"a hyphen", "Amel Ben-Ali", "Amel Ben Ali", true},
		{"a zero-width space", "Amel", "Am\u200bel", true},
		{"a zero-width joiner", "Amel", "Amel\u200d", true},
		{"a word joiner", "Amel", "Am\u2060el", true},
		{"a byte order mark", "Amel", "Amel\ufeff", true},
		{"bidi marks", "زينة", "\u202bز\u200fينة\u202c", true},
		{"a bidi isolate", "Amel", "\u2068Amel\u2069", true},
		{"a variation selector", "Amel", "Amel\ufe0f", true},
		{"a letter that is not seen", "Amel", "Amel \u3164", true},
		{"wide letters", "Amel", "Ａｍｅｌ", true},
		{"mathematical letters", "Amel", "𝐀𝐦𝐞𝐥", true},
		{"an Arabic vowel sign", "علي", "عَلِي", true},
		{"a tatweel", "علي", "عـــلي", true},
		{"a hamza", "أحمد", "احمد", true},
		{"digits of another script", "Clerk 12", "Clerk ١٢", true},
		{"Cyrillic in lower case", "ali", "аӏі", true},
		{"Cyrillic as written", "Ali", "Аӏі", true},
		{"Cyrillic in capitals", "ALI", "АӀІ", true},
		{"Cyrillic capitals and Latin small letters", "Bili", "ВІӀІ", true},
		{"a Cyrillic capital that only looks alike as such", "Bop", "Вор", true},
		{"capital and small letters that only look alike as such", "Bad", "Ваԁ", true},
		{"Greek in capitals", "ANA", "ΑΝΑ", true},
		{"a letter of two strokes", "Amel", "Arnel", true}, // TR39 says so: rn is like m

		{"other names", "Amel", "Nadia", false},
		{"other Arabic names", "زينة", "زهرة", false},
		{"one name in two scripts", "Ali", "علي", false},
		{"a further word", "Ali", "Ali Benali", false},
		{"another number", "Clerk 2", "Clerk 3", false},
		{"Cyrillic that looks otherwise", "Vova", "Вова", false},
	} {
		if samePerson(x.a, x.b) != x.same || samePerson(x.b, x.a) != x.same {
			t.Errorf("%s: %q and %q are one person: %t", x.what, x.a, x.b, !x.same)
		}
	}
}

func TestOneScriptAWord(t *testing.T) {
	for name, word := range map[string]string{ // the word that is refused; none: the name is good
		"Amel Bénali": "", "زينة": "", "Amel بن علي": "", "Анна": "", "Ελένη": "", "O'Hara-Benali 2": "", "عبد القادر ٢": "",
		"佐々木エミ さん": "", "李ㄅ": "", "김金": "",
		"Аli":              "Аli",       // a Cyrillic А
		"Amel Вenali":      "Вenali",    // a Cyrillic В
		"Amel-Аnna":        "Amel-Аnna", // a hyphen makes no two words
		"Am\u200bАna":      "Am\u200bАna",
		"Aliعلي":           "Aliعلي",
		"Ωmar":             "Ωmar",
		"𝐀нна":             "𝐀нна", // NFKC makes a Latin A of it
		"エAmel":            "エAmel",
		"Amel\u00a0Вenali": "Вenali",
	} {
		err := CheckName(name)
		if word == "" {
			if err != nil {
				t.Errorf("%q: %v", name, err)
			}
			continue
		}
		if mixed, ok := errors.AsType[*MixedScripts](err); !ok || mixed.Word != word {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// Ali in Latin and Ali in Cyrillic letters are one pair of eyes, whichever came
// first, and a mixture of both is none.
func TestLookAlikeApprovers(t *testing.T) {
	latin, latinKey := somebody(t, "Ali")
	cyrillic, cyrillicKey := somebody(t, "Аӏі")
	trusted := []Approver{latin, cyrillic}
	for _, first := range []bool{true, false} {
		f := prepared(t)
		if first {
			must(t, f.Approve("Ali", latinKey, at))
			must(t, f.Approve("Аӏі", cyrillicKey, at))
		} else {
			must(t, f.Approve("Аӏі", cyrillicKey, at))
			must(t, f.Approve("Ali", latinKey, at))
		}
		good, not := f.Count(trusted)
		if len(good) != 1 || len(not) != 1 || !strings.Contains(not[0].Why.String(), "counts once") {
			t.Errorf("%v count, and not %v", good, not)
		}
	}
	if err := prepared(t).Approve("Аli", latinKey, at); err == nil {
		t.Error("a name of two scripts approves")
	}
	if _, _, err := NewPrivateKey("Аli", nil); err == nil {
		t.Error("a name of two scripts gets a key")
	}
	if _, err := ParseApprovers([]byte(Approver{"Аli", latin.Key}.String())); err == nil || !strings.Contains(err.Error(), `line 1: the word "Аli"`) {
		t.Errorf("a name of two scripts is trusted: %v", err)
	}
	// Earlier versions let such names sign.
	f := prepared(t)
	must(t, f.Approve("Ali", latinKey, at))
	f.Approvals[0] = signedAs("Аli", f, latinKey)
	if good, not := f.Count(trusted); len(good) != 0 || !strings.Contains(not[0].Why.String(), "several alphabets") {
		t.Errorf("%v count, and not %v", good, not)
	}
}

// A person counts once under whichever spellings of one name.
func TestSpellingsCountOnce(t *testing.T) {
	invisible := []string{"\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u200e", "\u200f", "\u202a", "\u202b", "\u202c", "\u2066", "\u2069", "\u00ad", "\ufe0f"}
	spaces := []string{" ", "  ", "\u00a0", "\u202f", "\u2003", "\u3000", "-", "' "}
	looksLike := map[rune][]string{'a': {"а", "á", "ａ", "𝐚"}, 'c': {"с"}, 'e': {"е", "é"}, 'i': {"і", "ï"}, 'o': {"о", "ο"}, 'p': {"р"}, 's': {"ѕ"}, 'x': {"х"}, 'y': {"у"}}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[a-z]{1,8}( [a-z]{1,8}){0,2}`).Draw(t, "name")
		var spelt strings.Builder
		for _, r := range name {
			if rapid.IntRange(0, 3).Draw(t, "invisible") == 0 {
				spelt.WriteString(rapid.SampledFrom(invisible).Draw(t, "mark"))
			}
			switch others := looksLike[r]; {
			case r == ' ':
				spelt.WriteString(rapid.SampledFrom(spaces).Draw(t, "space"))
			case others != nil && rapid.Bool().Draw(t, "other"):
				spelt.WriteString(rapid.SampledFrom(others).Draw(t, "letter"))
			default:
				spelt.WriteRune(r)
			}
		}
		other := spelt.String()
		if rapid.Bool().Draw(t, "decomposed") {
			other = norm.NFD.String(other)
		}
		if !samePerson(name, other) || !samePerson(strings.ToUpper(name), name) {
			t.Fatalf("%q and %q are two people", name, other)
		}
		if grown := name + "z"; samePerson(grown, other) {
			t.Fatalf("%q and %q are one person", grown, other)
		}
	})
}

// Whatever a name is, it is that of its own bearer, and comparing is symmetric.
func FuzzNames(f *testing.F) {
	for _, s := range []string{"Ali", "Аӏі", "زينة", "Amel بن علي", "\u3164", "李ㄅ"} {
		f.Add(s, "Ali")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if samePerson(a, b) != samePerson(b, a) || !samePerson(a, a) {
			t.Errorf("%q and %q", a, b)
		}
		if CheckName(a) == nil && !slices.ContainsFunc([]rune(a), func(r rune) bool { return r > ' ' }) {
			t.Errorf("%q is a name", a)
		}
	})
}

// signedAs is an approval under a name that Approve may refuse.
func signedAs(name string, f *File, key ed25519.PrivateKey) Approval {
	return Approval{Approver: name, At: at, Key: PublicKey(key), Signature: ed25519.Sign(key, message(f.Digest, name, at))}
}
