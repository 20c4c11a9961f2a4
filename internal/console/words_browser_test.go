package console_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// The browser's own words are in its language, which may not be the page's: its button
// for a file and its complaint of an empty field are replaced by the page's.
func TestWordsInBrowser(t *testing.T) {
	t.Parallel()
	d := startDesk(t)
	b := newTab(t, d.base)
	b.enter("once")
	b.speak("fr")
	b.shows("Choisir un fichier", "Aucun fichier n'est encore choisi.")
	if wide := eval[float64](b, `document.querySelector("#file").getBoundingClientRect().width`); wide > 2 {
		t.Errorf("the browser's own button is %v wide", wide)
	}
	complaint := `(() => { const f = document.querySelector("#file"); f.checkValidity(); return f.validationMessage; })()`
	if said := eval[string](b, complaint); said != "Choisissez d’abord un fichier." {
		t.Errorf("without a file it says %q", said)
	}
	b.choose("#file", file(t, "paie.csv", []byte(simple)))
	b.shows("paie.csv")
	if said := eval[string](b, complaint); said != "" {
		t.Errorf("with a file it says %q", said)
	}
	b.do(chromedp.Focus("#file"))
	if ring := eval[string](b, `getComputedStyle(document.querySelector(".picker .button")).outlineStyle`); strings.Contains(ring, "none") {
		t.Error("the focus is not seen")
	}
	b.axe()
}
