package console

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"

	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/office"
)

// address is that of a page of a batch.
func address(name string, more ...string) string {
	s := "/batches/" + url.PathEscape(name)
	for _, m := range more {
		s += "/" + m
	}
	return s
}

// given is a file that was sent, and what stood in the form before it.
type given struct {
	app.Given
	form url.Values
}

// takeFile reads the parts of a form one after the other, up to the file, which is
// left to be read. What comes is limited before any of it is parsed.
func (k *Console) takeFile(w http.ResponseWriter, r *http.Request) (*given, error) {
	if r.ContentLength > k.config.Upload+mostForm {
		return nil, k.drop(r)
	}
	r.Body = http.MaxBytesReader(w, r.Body, k.config.Upload+mostForm)
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, cutShort(err)
	}
	person, err := k.people.Who(r)
	if err != nil {
		return nil, err
	}
	g := &given{form: url.Values{}}
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil, &app.EmptyFile{}
		}
		if err != nil {
			return nil, cutShort(err)
		}
		if part.FormName() == "file" {
			g.Given = app.Given{Name: part.FileName(), Who: person.Name, From: part}
			return g, nil
		}
		value, err := io.ReadAll(io.LimitReader(part, mostForm))
		if err != nil {
			return nil, cutShort(err)
		}
		g.form.Set(part.FormName(), string(value))
	}
}

// errCutShort says that what came is no whole form with a file.
var errCutShort = lang.Errorf("The file did not arrive whole. Give it once more.")

// cutShort is the error for a form that breaks off or is none.
func cutShort(err error) error {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return err
	}
	return errCutShort
}

// drop is the error for a file beyond the limit. Some of it is read and thrown away,
// since most browsers show no answer before they have sent all.
func (k *Console) drop(r *http.Request) error {
	_, _ = io.CopyN(io.Discard, r.Body, 8*k.config.Upload)
	return &http.MaxBytesError{Limit: k.config.Upload}
}

// tooLarge says that a file is larger than so many bytes.
func tooLarge(bytes int64) error {
	return lang.Errorf("The file is larger than %d MB. Save it with fewer sheets, or as CSV.", bytes>>20)
}

// upload takes a file in as a new batch.
func (k *Console) upload(w http.ResponseWriter, r *http.Request) {
	g, err := k.takeFile(w, r)
	if err != nil {
		k.notTaken(w, r, err)
		return
	}
	d, err := k.config.Folder.NewDraft(g.Given)
	if err != nil {
		k.notTaken(w, r, err)
		return
	}
	name, err := k.begin(d, g.form.Get("money") != "real")
	if err != nil {
		k.notTaken(w, r, err)
		return
	}
	k.sendTo(w, r, address(name))
}

// begin makes a draft what a person wants it to be, and returns its name. A file that
// lies here already, and of which nothing was sent, is not taken in twice.
func (k *Console) begin(d *app.Draft, simulate bool) (name string, err error) {
	folder := k.config.Folder
	if d.Simulate = simulate && k.inLine() == nil; !simulate && k.config.Account.Simulate {
		d.Simulate = true
	}
	same, err := folder.Same(d.Current().SHA256, d.Name)
	if err != nil {
		return "", err
	}
	if old, err := folder.Draft(same); same != "" && err == nil && old.Simulate == d.Simulate {
		return same, folder.Discard(d)
	}
	if err := folder.Keep(d); err != nil {
		return "", err
	}
	return d.Name, folder.Recall(d)
}

// sendTo sends the browser on after a file was taken; a script that sent it is told
// by a header where to go.
func (k *Console) sendTo(w http.ResponseWriter, r *http.Request, to string) {
	if r.Header.Get("HX-Request") != "" {
		w.Header().Set("HX-Redirect", to)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	back(w, r, to)
}

// sample takes the sample in as a simulated batch.
func (k *Console) sample(w http.ResponseWriter, r *http.Request) {
	person, err := k.people.Who(r)
	if err != nil || k.config.Sample == nil {
		k.refuse(w, r, http.StatusForbidden)
		return
	}
	d, err := k.config.Folder.NewDraft(app.Given{Name: "sample.csv", Who: person.Name, From: bytes.NewReader(k.config.Sample)})
	if err == nil {
		d.Simulate, d.Settled = true, true
		err = k.config.Folder.Keep(d)
	}
	if err != nil {
		k.fail(w, r, err)
		return
	}
	back(w, r, address(d.Name))
}

// addVersion takes a corrected file in for a batch.
func (k *Console) addVersion(w http.ResponseWriter, r *http.Request, d *app.Draft) {
	g, err := k.takeFile(w, r)
	if err == nil {
		err = k.config.Folder.AddVersion(d, g.Given)
	}
	if err != nil {
		k.notTaken(w, r, err)
		return
	}
	k.checks.forget(d.Name)
	k.sendTo(w, r, address(d.Name, "check"))
}

// notTaken says why a file was not taken, on the page with the field for another.
func (k *Console) notTaken(w http.ResponseWriter, r *http.Request, err error) {
	status := statusOf(err)
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		status, err = http.StatusRequestEntityTooLarge, tooLarge(k.config.Upload)
	} else if errors.Is(err, errCutShort) || errors.Is(err, io.ErrUnexpectedEOF) {
		status, err = http.StatusBadRequest, errCutShort
	} else if empty, ok := errors.AsType[*app.EmptyFile](err); ok && empty.Given == "" {
		status, err = http.StatusBadRequest, lang.Errorf("Choose a file first.")
	}
	p := k.newPage(r, lang.Msg("Batches"))
	p.Path = "/"
	body, listed := k.homeBody(r)
	if listed != nil {
		k.fail(w, r, errors.Join(err, listed))
		return
	}
	p.Body, p.Alert = body, &alert{Title: p.T("There is a problem"), Lines: []alertLine{{Text: p.Error(err), Field: "file"}}}
	k.show(w, status, "home", p)
}

// discard forgets a draft of which nothing was ever sent.
func (k *Console) discard(w http.ResponseWriter, r *http.Request, d *app.Draft) {
	in, err := k.standing(r.Context(), d.Name)
	if err == nil && in != nil && in.State != office.Refused {
		err = &office.NotNow{Name: in.Name, State: in.State}
	}
	if err != nil {
		k.fail(w, r, lineError(err))
		return
	}
	if err := k.config.Folder.Discard(d); err != nil {
		k.fail(w, r, err)
		return
	}
	k.checks.forget(d.Name)
	back(w, r, "/")
}

// isMultipart tells a form that may hold a file.
func isMultipart(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "multipart/form-data"
}
