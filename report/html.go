package report

import (
	"bytes"
	_ "embed" // the page
	page "html/template"
	"io"

	"flexybatch/internal/lang"
)

//go:embed page.html
var pageText string

// HTML writes the page for paper: the figures of the workbook's Summary, and what is
// to do, on one sheet of A4. It refers to nothing outside itself and holds no script.
func HTML(w io.Writer, from Books, o Options) error {
	p := newPaper(from, o.Words)
	p.tell(from, o)
	t, err := page.New("").Parse(pageText)
	if err != nil {
		return err
	}
	return t.ExecuteTemplate(w, "page", p)
}

// Figures returns the figures of that page as a part of another one: the headline, the
// tables and the balance.
func Figures(from Books, words *lang.Printer) (page.HTML, error) {
	t, err := page.New("").Parse(pageText)
	if err != nil {
		return "", err
	}
	var text bytes.Buffer
	err = t.ExecuteTemplate(&text, "figures", newPaper(from, words))
	return page.HTML(text.String()), err //nolint:gosec // a template has made it
}
