package console

import (
	"bytes"
	"embed"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

//go:embed pages/*.html
var pageFiles embed.FS

//go:embed assets
var assetFiles embed.FS

// languageCookie holds the language that a person has chosen.
const languageCookie = "flexybatch-language"

// pages are the templates, by the name of their page.
type pages struct {
	by    map[string]*template.Template
	words map[string]*lang.Printer // by the code of the language
}

// officePages are the pages that an office alone has.
func officePages() []string {
	return []string{"acts.html", "invitation.html", "line.html", "login.html", "me.html", "people.html"}
}

// newPages parses every page with the frame around it and the parts that all share.
func newPages(office bool, change ...func(*template.Template)) (*pages, error) {
	shared, err := template.New("").Funcs(functions).ParseFS(pageFiles, "pages/frame.html", "pages/parts.html")
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(pageFiles, "pages/*.html")
	if err != nil {
		return nil, err
	}
	p := &pages{by: map[string]*template.Template{}, words: map[string]*lang.Printer{}}
	for _, code := range lang.Languages {
		if p.words[code], err = lang.New(code); err != nil {
			return nil, err
		}
	}
	for _, name := range names {
		if !office && slices.Contains(officePages(), path.Base(name)) {
			continue // it would take time at each start
		}
		t, err := shared.Clone()
		if err != nil {
			return nil, err
		}
		if t, err = t.ParseFS(pageFiles, name); err != nil {
			return nil, err
		}
		for _, f := range change {
			f(t)
		}
		p.by[strings.TrimSuffix(path.Base(name), ".html")] = t
	}
	return p, nil
}

// functions are those of the templates that know no language.
var functions = template.FuncMap{
	"digits": digits,
	"add":    func(a, b int) int { return a + b },
	"pair":   func(page, value any) pair { return pair{page, value} },
	"mask":   mask,
}

// pair is what a part of a page is given: the page, whose words it takes, and what it
// shows.
type pair struct{ Page, Value any }

// digits is a number digit by digit, as a screen reader is to read a phone.
func digits(s string) string { return strings.Join(strings.Split(s, ""), " ") }

// page is what every page has. Its methods are the words of the templates.
type page struct {
	words   *lang.Printer
	Person  Person
	Title   string // of the page, in the page's language
	Path    string // of the request, for the form that changes the language
	Workers bool   // it is an office whose workers send
	Kind    string // none, simulated, sandbox or production: how the page looks
	Alert   *alert // what went wrong; nil: nothing did
	Notice  string // what was done
	Closing bool   // the console is about to end
	Upload  int64  // how many bytes a file may have
	Again   int    // after how many seconds the page comes again by itself; 0: it does not
	Office  bool   // many people use it
	Host    string // for which passkeys are made
	Body    any    // what the page itself shows
}

// alert is an error summary, as a page shows it at its top.
type alert struct {
	Title string
	Lines []alertLine
}

// alertLine is an error, with the id of the field that it is about.
type alertLine struct{ Text, Field string }

// T says a message in the page's language. The format is the catalogue's key.
func (p *page) T(format string, args ...any) string { return p.words.Say(lang.Msg(format, args...)) }

// N says a message about a number of things.
func (p *page) N(n int, one, many string, args ...any) string {
	return p.words.Say(lang.Count(n, one, many, args...))
}

// May tells whether the person who looks has a role. What they may not do is not offered.
func (p *page) May(r Role) bool { return p.Person.May(r) }

// Role says a role.
func (p *page) Role(r Role) string {
	switch r {
	case Clerk:
		return p.T("clerk: gives files, mends and starts them")
	case Approver:
		return p.T("approver: approves what others have prepared")
	case Auditor:
		return p.T("auditor: sees everything but phones, changes nothing")
	}
	return p.T("admin: invites people, enters the key")
}

// Nowhere says where passkeys work, for a browser in which they do not.
func (p *page) Nowhere() string {
	if p.Office {
		return p.T("Passkeys work in this browser only at the address %s, over TLS.", p.Host)
	}
	return p.T("Passkeys work in this browser only where the address begins with http://localhost.")
}

// Word says a word that stands alone.
func (p *page) Word(s string) string { return p.words.Title(s) }

// Say says a message.
func (p *page) Say(m lang.Message) string { return p.words.Say(m) }

// Show says whatever there is to say: a message, a number, a sum, a text.
func (p *page) Show(v any) string { return p.words.Say(lang.Msg("%v", v)) }

// Error says an error.
func (p *page) Error(err error) string { return p.words.Error(worded(err)) }

// State says a state.
func (p *page) State(s batch.State) string { return p.words.Title(s.String()) }

// Number writes a number of things.
func (p *page) Number(n int) string { return p.Say(lang.Number(n)) }

// Money writes an amount of money, without its unit.
func (p *page) Money(m any) string { return p.Show(m) }

// Lang is the code of the language.
func (p *page) Lang() string { return p.words.Language() }

// Dir is the direction in which the language is written.
func (p *page) Dir() string {
	if p.words.RightToLeft() {
		return "rtl"
	}
	return "ltr"
}

// Languages are those that the page can be read in, each in its own words.
func (p *page) Languages() []language {
	return []language{{"en", "English"}, {"fr", "Français"}, {"ar", "العربية"}}
}

// language is one that a page can be read in.
type language struct{ Code, Name string }

// say is the printer of who sends a request.
func (k *Console) say(r *http.Request) *lang.Printer {
	if c, err := r.Cookie(languageCookie); err == nil {
		if words, ok := k.pages.words[c.Value]; ok {
			return words
		}
	}
	return k.pages.words[k.config.Language]
}

// newPage begins a page. title is its title in English.
func (k *Console) newPage(r *http.Request, title lang.Message) *page {
	p := &page{words: k.say(r), Path: r.URL.RequestURI(), Kind: "none", Upload: k.config.Upload}
	p.Title = p.words.Say(title)
	p.Person, _ = k.people.Who(r)
	p.Office, p.Workers, p.Host = k.office != nil, k.inLine() != nil, k.relyingParty()
	if c, ok := k.ending(); ok {
		p.Closing = c
	}
	return p
}

// show writes a page with a status. It is written to memory first, so that a page is
// whole or not at all.
func (k *Console) show(w http.ResponseWriter, status int, name string, p *page) {
	var b bytes.Buffer
	if err := k.pagesFor(p).by[name].ExecuteTemplate(&b, "frame", p); err != nil {
		k.log().Error("a page cannot be written", "page", name, "error", err)
		http.Error(w, "500", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", p.Lang())
	w.WriteHeader(status)
	_, _ = b.WriteTo(w) // whoever does not read it has gone
}

// Problem says a rule that a row breaks.
func (p *page) Problem(x batch.Problem) string { return p.Say(plain(x.Message)) }

// With is the page with another body, for a part that is shown by itself too.
func (p *page) With(body any) *page {
	q := *p
	q.Body = body
	return &q
}

// TooLarge says that a file is larger than so many bytes.
func (p *page) TooLarge(bytes int64) string { return p.Error(tooLarge(bytes)) }

// Plain says a message from below without flags of the command line.
func (p *page) Plain(m batch.Message) string { return p.Say(plain(m)) }

// Duration says about how long something takes.
func (p *page) Duration(d time.Duration) string { return p.Say(lang.Duration(d)) }

// Clock says a time's hour and minute.
func (p *page) Clock(at time.Time) string { return p.Show(lang.Clock(at)) }

// Second says a time to the second.
func (p *page) Second(at time.Time) string { return p.Show(lang.Second(at)) }
