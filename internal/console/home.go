package console

import (
	"net/http"
	"net/url"
	"path"
	"strings"

	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/office"
)

// homeBody is what the first page shows.
type homeBody struct {
	Batches []batchLine
	Account accountLine
	First   bool // nothing was ever done here
	Key     bool // there is a key, so that real batches can be paid
	Sample  bool // a sample can be tried
	Upload  int64
	Pager   pager
}

// batchLine is a batch in the list of batches.
type batchLine struct {
	*app.FolderBatch
	Kind    string
	Running bool
	Holder  string // the other process that runs it; empty: none does
	Tally   *tallyLine
	Reading bool // its journal is being read
	Checks  bool // its file is being checked
	Rows    int  // of the file that were read so far

	Line *office.Batch // as an office's workers have it; nil: it is sent here
}

// accountLine says whose the key is.
type accountLine struct {
	Name, Type string
	ReadOnly   bool
	Err        error // why it is not known
	Asking     bool
}

// Kind is how pages about the account look.
func (a accountLine) Kind() string { return strings.ToLower(a.Type) }

// home shows the batches of the folder, and takes a new file.
func (k *Console) home(w http.ResponseWriter, r *http.Request) {
	p := k.newPage(r, lang.Msg("Batches"))
	body, err := k.homeBody(r)
	if err != nil {
		k.fail(w, r, err)
		return
	}
	p.Kind, p.Body = strings.ToLower(body.Account.Type), body
	if p.Kind == "" {
		p.Kind = "none"
	}
	k.show(w, http.StatusOK, "home", p)
}

// homeBody finds out what the first page shows.
func (k *Console) homeBody(r *http.Request) (*homeBody, error) {
	list, err := k.config.Folder.Batches()
	if err != nil {
		return nil, err
	}
	list, lines, err := k.withLine(r.Context(), list)
	if err != nil {
		return nil, err
	}
	body := &homeBody{First: len(list) == 0, Account: k.accountLine(), Sample: k.config.Sample != nil, Upload: k.config.Upload}
	body.Key = body.Account.Err == nil && !k.config.Account.Simulate
	body.Pager = newPager(r, len(list), "/?page=")
	for i := body.Pager.First - 1; i < body.Pager.Last; i++ {
		line := k.batchLine(&list[i])
		line.Line = lines[line.Name]
		body.Batches = append(body.Batches, line)
	}
	return body, nil
}

// accountLine says whose the key is.
func (k *Console) accountLine() (a accountLine) {
	whose, err := k.whose()
	switch {
	case err != nil:
		a.Err = err
	case whose == nil:
		a.Asking = true
	default:
		a.Name, a.Type, a.ReadOnly = whose.Username, whose.Type, whose.ReadOnly
	}
	return a
}

// setLanguage keeps the language that a person has chosen.
func (k *Console) setLanguage(w http.ResponseWriter, r *http.Request) {
	if err := limitForm(w, r); err != nil {
		k.refuse(w, r, http.StatusRequestEntityTooLarge)
		return
	}
	if _, err := lang.New(r.PostFormValue("language")); err != nil {
		k.refuse(w, r, http.StatusNotFound)
		return
	}
	c := &http.Cookie{Name: languageCookie, Value: r.PostFormValue("language"), Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode, MaxAge: 365 * 24 * 60 * 60}
	c.Secure = k.office != nil && k.office.secure()
	http.SetCookie(w, c)
	back(w, r, local(r.PostFormValue("back")))
}

// local is the address of a page of the console; of any other it is the first page.
func local(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(path.Clean(u.Path), "//") || strings.ContainsAny(address, "\\\r\n") {
		return "/"
	}
	return (&url.URL{Path: u.Path, RawQuery: u.RawQuery}).String()
}

// mostForm is how many bytes a form without a file may have.
const mostForm = 64 << 10

// limitForm reads a form, and refuses one that is too large.
func limitForm(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, mostForm)
	return r.ParseForm()
}

// ending tells whether the console is about to end.
func (k *Console) ending() (closing, ok bool) {
	select {
	case <-k.quit:
		return true, true
	default:
		return false, true
	}
}

// end ends the console: what is under way is finished, and nothing new is begun.
func (k *Console) end(w http.ResponseWriter, r *http.Request) {
	k.endOnce.Do(func() { close(k.quit) })
	p := k.newPage(r, lang.Msg("The console is closed"))
	for _, x := range k.runs.active() {
		p.Body = append(asStrings(p.Body), x.batch)
	}
	k.show(w, http.StatusOK, "ended", p)
}

func asStrings(v any) []string { s, _ := v.([]string); return s }
