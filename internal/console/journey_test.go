package console_test

import (
	"testing"

	"github.com/xuri/excelize/v2"
)

// A person who uses no terminal drops a workbook with two rows that cannot be paid,
// mends them in the page, looks at what will be paid, starts it by typing the number
// of rows, watches it, and downloads the results, which agree with the provider's own
// records. In each language.
func TestJourneyInBrowser(t *testing.T) {
	for _, language := range []string{"en", "fr", "ar"} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			p := newRemote(t, "PRODUCTION")
			p.hold.Store(5)
			d := p.desk(t)
			b := newTab(t, d.base)
			b.enter("once")
			b.speak(language)

			b.open("/key")
			b.fill("#key", "simulator")
			b.press(`form[action="/key"] button.main`)
			if !b.has(`form[action="/key/forget"]`) || b.has(`input[value="simulator"]`) {
				t.Errorf("the key was not taken, or is shown:\n%s", b.whole())
			}

			b.open("/")
			b.choose("#file", file(t, "paie.xlsx", payroll(t, 12, func(f *excelize.File) {
				must(t, f.SetCellStr("Sheet1", "C4", "0661"))
				must(t, f.SetCellInt("Sheet1", "E6", 5))
			})))
			b.press("form.upload button.main")
			b.steps()
			if !b.has("#error-summary") || eval[string](b, "document.activeElement.id") != "error-summary" {
				t.Errorf("the error summary does not have the focus:\n%s", b.whole())
			}
			b.fill(`input[name^="new-4-"]`, "0661999999")
			b.fill(`input[name^="new-6-"]`, "250")
			b.press(`form[action$="/mend"] button`)
			if b.has("#error-summary") {
				t.Fatalf("rows are still wrong:\n%s", b.whole())
			}
			b.press(`a.main[href$="/answers"]`)
			b.fill("#rows", "11")
			b.press("button.pay")
			if len(p.sim.Orders()) != 0 || !b.has("#error-summary") {
				t.Errorf("another number than that of the rows was taken:\n%s", b.whole())
			}
			b.fill("#rows", "12")
			b.press("button.pay")

			<-p.at
			b.until(`[...document.querySelectorAll("[data-live] .state-fulfilled .number")].some((n) => Number(n.innerText) > 0)`)
			b.axe()
			b.narrow()
			close(p.free)
			b.until(`!document.querySelector("[data-live]") && !!document.querySelector("h1")`)
			if b.has(".warn") || b.has("#error-summary") {
				t.Errorf("something is wrong in the end:\n%s", b.whole())
			}
			p.agrees(b.download(`a[href$="/download/results.xlsx"]`), 12)
		})
	}
}

// steps confirms how the file is read, where that is asked.
func (b *tab) steps() {
	b.t.Helper()
	for b.has(`form[action*="/steps/"]`) {
		b.press(`form[action*="/steps/"] button.main`)
	}
}
