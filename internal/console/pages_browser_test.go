package console_test

import (
	"net/http"
	"strings"
	"testing"
)

// Every page, in every language, keeps the rules of WCAG 2.2 AA that a program can
// check, in light and in dark colours, and fits a window of 320 pixels.
func TestPagesInBrowser(t *testing.T) {
	for _, language := range []string{"en", "fr", "ar"} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			startChromium(t)
			d := newDesk(t)
			addresses := d.furnish()
			b := newTab(t, d.base)
			b.adopt(d)
			b.open("/")
			b.speak(language)
			if language != "en" { // whose colours are the same
				b.size(narrowest, 700)
			}
			for _, path := range addresses {
				if !d.isPage(path) {
					continue
				}
				b.open(path)
				if language == "en" {
					b.axe()
					b.narrow()
				} else {
					b.axeIn(false)
					b.fits()
				}
			}
		})
	}
}

// isPage tells whether there is a page at an address, and not a file.
func (d *desk) isPage(path string) bool {
	d.t.Helper()
	resp, err := d.client.Do(d.request(http.MethodGet, path, nil))
	must(d.t, err)
	defer func() { _ = resp.Body.Close() }()
	return strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html")
}
