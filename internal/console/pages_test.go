package console_test

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"flexybatch/samples"
)

// form is a form of names and values.
func form(pairs ...string) url.Values {
	f := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Set(pairs[i], pairs[i+1])
	}
	return f
}

// serve serves on a loopback port.
func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// furnish fills a console with batches of every kind, and returns an address for each
// of its pages.
func (d *desk) furnish() (addresses []string) {
	d.t.Helper()
	d.run("payroll", []byte("Matricule;Nom;Téléphone;Offre;Montant\n1;Ali;0600000001;PREPAID_MOBILIS;100\n2;Inès;0661234567;PREPAID_MOBILIS;200\n3;Omar;66;PREPAID_MOBILIS;200\n"))
	d.send("/files", "wrong.csv", samples.Invalid, http.StatusOK)
	d.send("/files", "two.csv", []byte("Tél;Mobile;Montant\n0550000001;0660000001;100\n"), http.StatusOK)
	d.post("/batches/payroll/reconcile", nil, http.StatusOK)
	d.settled("/batches/payroll/reconcile")
	story := regexp.MustCompile(`/batches/payroll/rows/payroll-[a-z0-9]+`).FindString(d.settled("/batches/payroll/rows").text)
	addresses = []string{"/", "/search", "/key", "/nowhere", story, "/batches/payroll", "/batches/payroll/rows/row-4", "/batches/payroll/rows?state=refunded",
		"/batches/payroll/live", "/batches/payroll/versions/1", "/batches/wrong/check/workbook", "/batches/payroll/reconcile/workbook", "/batches/payroll/download/results.csv"}
	for _, page := range []string{"rows", "print", "reconcile", "answers", "history", "check", "bounds"} {
		addresses = append(addresses, "/batches/payroll/"+page)
	}
	addresses = append(addresses, d.furnishApprovals()...)
	for _, name := range []string{"wrong", "two"} {
		for _, page := range []string{"", "/check", "/answers", "/history", "/steps/sheet", "/steps/header", "/steps/footer", "/steps/columns", "/steps/formats"} {
			addresses = append(addresses, "/batches/"+name+page)
		}
	}
	return addresses
}

// sentences are the sentences of the catalogue of a language, in English, that it says
// otherwise.
func sentences(t *testing.T, language string) (list []string) {
	t.Helper()
	b, err := os.ReadFile("../lang/" + language + ".po")
	if err != nil {
		t.Fatal(err)
	}
	entry := regexp.MustCompile(`(?m)^msgid "(.+)"\nmsgstr "(.+)"$`)
	for _, m := range entry.FindAllStringSubmatch(string(b), -1) {
		if m[1] != m[2] && strings.Count(m[1], " ") >= 2 && !strings.ContainsAny(m[1], `%\`) {
			list = append(list, m[1])
		}
	}
	if len(list) < 500 {
		t.Fatalf("the catalogue has only %d sentences", len(list))
	}
	return list
}

var (
	opening = regexp.MustCompile(`<html lang="([a-z]+)" dir="([a-z]+)">`)
	heading = regexp.MustCompile(`(?s)<h1>.+</h1>`)
	labels  = regexp.MustCompile(`<(?:input|select|textarea)[^>]*>`)
)

// Every page is wholly in one language, with its direction, in each of them; and no
// field of a form is without a label.
func TestEveryPageInEveryLanguage(t *testing.T) {
	d := newDesk(t)
	addresses := d.furnish()
	covered := map[string]bool{}
	for _, language := range []string{"en", "fr", "ar"} {
		d.post("/language", form("language", language, "back", "/"), http.StatusOK)
		english := []string{}
		if language != "en" {
			english = sentences(t, language)
		}
		for _, path := range addresses {
			resp, err := d.client.Do(d.request(http.MethodGet, path, nil))
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			covered[d.pattern(path)] = true
			if !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
				continue
			}
			d.saysAll(language, path, english)
		}
	}
	for _, pattern := range d.k.Patterns() {
		if strings.HasPrefix(pattern, "GET ") && !covered[pattern] {
			t.Errorf("%s is not looked at", pattern)
		}
	}
}

// saysAll wants that a page is wholly in a language, and that each of its fields has a
// label. english is what the language says otherwise.
func (d *desk) saysAll(language, path string, english []string) {
	t := d.t
	t.Helper()
	a := d.whole(path)
	want := map[string]string{"en": "ltr", "fr": "ltr", "ar": "rtl"}[language]
	if m := opening.FindStringSubmatch(a.text); m == nil || m[1] != language || m[2] != want {
		t.Errorf("%s %s: %q", language, path, m)
	}
	if heading.FindString(a.text) == "" || !strings.Contains(a.text, "<title>") {
		t.Errorf("%s %s has no heading or no title", language, path)
	}
	text := html.UnescapeString(plain(a.text)) + " " + html.UnescapeString(strings.Join(attributes(a.text), "\n"))
	for _, s := range english {
		if strings.Contains(text, s) {
			t.Errorf("%s %s says %q", language, path, s)
		}
	}
	if strings.Contains(text, "processed") || strings.Contains(text, "%!") {
		t.Errorf("%s %s: %s", language, path, text)
	}
	for _, field := range labels.FindAllString(a.text, -1) {
		if !labelled(a.text, field) {
			t.Errorf("%s %s: no label for %s", language, path, field)
		}
	}
}

// whole gets a page, whatever its status, once it does not come again.
func (d *desk) whole(path string) answer {
	d.t.Helper()
	for range 200 {
		r := d.request(http.MethodGet, path, nil)
		resp, err := d.client.Do(r)
		if err != nil {
			d.t.Fatal(err)
		}
		status := resp.StatusCode
		_ = resp.Body.Close()
		a := d.get(path, status)
		if !strings.Contains(a.text, `http-equiv="refresh" content="1"`) {
			return a
		}
	}
	d.t.Fatalf("%s does not settle", path)
	return answer{}
}

var attribute = regexp.MustCompile(`(?:aria-label|title|placeholder|alt)="([^"]+)"`)

// attributes are the texts that a page says in attributes.
func attributes(page string) (list []string) {
	for _, m := range attribute.FindAllStringSubmatch(page, -1) {
		list = append(list, m[1])
	}
	return list
}

var identity = regexp.MustCompile(` id="([^"]+)"`)

// labelled tells a field that has a label, or needs none.
func labelled(page, field string) bool {
	if strings.Contains(field, `type="hidden"`) || strings.Contains(field, "aria-label=") {
		return true
	}
	if i := strings.Index(page, field); i >= 0 && strings.LastIndex(page[:i], "<label") > strings.LastIndex(page[:i], "</label>") {
		return true
	}
	id := identity.FindStringSubmatch(field)
	return id != nil && strings.Contains(page, `<label for="`+id[1]+`">`)
}

// pattern is the pattern of the console that an address fits.
func (d *desk) pattern(path string) string {
	path, _, _ = strings.Cut(path, "?")
	for _, pattern := range d.k.Patterns() {
		method, want, _ := strings.Cut(pattern, " ")
		if method != http.MethodGet {
			continue
		}
		if want == "/{$}" {
			want = "/"
		}
		a, b := strings.Split(want, "/"), strings.Split(path, "/")
		if len(a) == len(b) && fits(a, b) {
			return pattern
		}
	}
	return ""
}

func fits(pattern, path []string) bool {
	for i, p := range pattern {
		if !strings.HasPrefix(p, "{") && p != path[i] {
			return false
		}
	}
	return true
}

// With a script an upload is told where to go; without, it is sent there.
func TestWithAndWithoutScript(t *testing.T) {
	d := newDesk(t)
	d.send("/files", "june.csv", samples.Payroll, http.StatusOK)
	d.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	d.script = true
	a := d.send("/files", "july.csv", []byte(string(samples.Payroll)+"\n"), http.StatusNoContent)
	if a.Header.Get("HX-Redirect") != "/batches/july" {
		t.Errorf("a script is told %v", a.Header)
	}
	d.has(d.send("/files", "", nil, http.StatusBadRequest), `id="main"`, "Choose a file first.")
}
