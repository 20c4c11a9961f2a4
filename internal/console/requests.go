package console

import (
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"flexybatch/batch/approval"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
)

// requestsName is the folder, in that of the batches, of requests that were brought
// here to be signed. Each is kept under its digest.
const requestsName = "requests"

// mostRequest is how many bytes an approval request may have: one of a million rows
// has less.
const mostRequest = 512 << 20

// isDigest reports whether a text is a digest: nothing else becomes part of a path.
func isDigest(text string) bool {
	return len(text) == 64 && strings.Trim(text, "0123456789abcdef") == ""
}

// requestLine is a request in the list of those that were brought here.
type requestLine struct {
	*approval.File
	Address string
}

// keptRequest is the path of a request that was brought here.
func (k *Console) keptRequest(digest string) (path string, ok bool) {
	return filepath.Join(k.config.Folder.Path, requestsName, digest+approval.Suffix), isDigest(digest)
}

// showRequests shows the requests that were brought here, and takes another.
func (k *Console) showRequests(w http.ResponseWriter, r *http.Request) {
	k.requestsPage(w, r, http.StatusOK, nil)
}

func (k *Console) requestsPage(w http.ResponseWriter, r *http.Request, status int, failed error) {
	p := k.newPage(r, lang.Msg("Approve for somebody else"))
	p.Path = "/requests"
	if failed != nil {
		p.Alert = &alert{Title: p.T("There is a problem"), Lines: []alertLine{{Text: p.Error(failed), Field: "file"}}}
	}
	p.Body = k.requests()
	k.show(w, status, "requests", p)
}

// requests are those that were brought here.
func (k *Console) requests() (list []requestLine) {
	entries, err := os.ReadDir(filepath.Join(k.config.Folder.Path, requestsName))
	if err != nil {
		return nil // there is none yet
	}
	for _, e := range entries {
		digest := strings.TrimSuffix(e.Name(), approval.Suffix)
		path, ok := k.keptRequest(digest)
		if !ok {
			continue
		}
		if f, err := app.ReadRequest(path); err == nil && f.Digest == digest {
			list = append(list, requestLine{f, "/requests/" + digest})
		}
	}
	return list
}

// takeRequest reads an approval request that was sent.
func (k *Console) takeRequest(w http.ResponseWriter, r *http.Request) (*approval.File, error) {
	g, err := k.takeFile(w, r)
	if empty, ok := errors.AsType[*app.EmptyFile](err); ok && empty.Given == "" {
		return nil, app.Failed(app.Usage, lang.Errorf("Choose a file first."))
	}
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(g.From, mostRequest))
	if err != nil {
		return nil, err
	}
	f, err := approval.Parse(b)
	if err != nil {
		return nil, app.Failed(app.Nothing, err)
	}
	return f, nil
}

// keepRequest takes a request in, to be signed here.
func (k *Console) keepRequest(w http.ResponseWriter, r *http.Request) {
	f, err := k.takeRequest(w, r)
	if err != nil {
		k.requestsPage(w, r, statusOf(err), err)
		return
	}
	path, _ := k.keptRequest(f.Digest)
	if err := k.jobOf(r).KeepRequest(r.Context(), path, f); err != nil {
		k.requestsPage(w, r, statusOf(err), err)
		return
	}
	back(w, r, "/requests/"+f.Digest)
}

// signing is a request that somebody is about to sign: where it lies, and the page
// that shows it.
type signing struct {
	path string
	page string
	show func(w http.ResponseWriter, r *http.Request, status int, failed error)
}

// withRequest finds a request that was brought here.
func (k *Console) withRequest(next func(http.ResponseWriter, *http.Request, signing)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		digest := r.PathValue("digest")
		path, ok := k.keptRequest(digest)
		if !ok || !exists(path) {
			k.refuse(w, r, http.StatusNotFound)
			return
		}
		s := signing{path: path, page: "/requests/" + digest}
		s.show = func(w http.ResponseWriter, r *http.Request, status int, failed error) {
			k.requestPage(w, r, s, status, failed)
		}
		next(w, r, s)
	}
}

// ofBatch finds the request of a batch of this folder.
func (k *Console) ofBatch(next func(http.ResponseWriter, *http.Request, signing)) http.HandlerFunc {
	return k.withBatch(func(w http.ResponseWriter, r *http.Request, b *app.FolderBatch) {
		path := k.requestOf(b.Name)
		if !exists(path) {
			k.refuse(w, r, http.StatusNotFound)
			return
		}
		next(w, r, signing{path: path, page: address(b.Name, "approval"), show: func(w http.ResponseWriter, r *http.Request, status int, failed error) {
			k.approvalPage(w, r, b, status, failed)
		}})
	})
}

// showRequest shows a request that was brought here.
func (k *Console) showRequest(w http.ResponseWriter, r *http.Request, s signing) {
	k.requestPage(w, r, s, http.StatusOK, nil)
}

func (k *Console) requestPage(w http.ResponseWriter, r *http.Request, s signing, status int, failed error) {
	f, err := app.ReadRequest(s.path)
	if err != nil {
		k.fail(w, r, err)
		return
	}
	p := k.newPage(r, lang.Msg("Approval of %s", f.Request.Batch))
	p.Path, p.Kind = s.page, strings.ToLower(f.Request.Account.Type)
	body, err := k.approvalBody(p, s.page, f)
	if err != nil {
		k.fail(w, r, err)
		return
	}
	if failed != nil {
		p.Alert = k.alertOf(p, failed)
	}
	p.Body = body
	k.show(w, status, "approval", p)
}

// requestFile gives a request away, with the approvals that it holds.
func (k *Console) requestFile(w http.ResponseWriter, r *http.Request, s signing) {
	f, err := app.ReadRequest(s.path)
	if err != nil {
		k.fail(w, r, err)
		return
	}
	attach(w, f.Request.Batch+approval.Suffix, "application/json")
	if err := f.Encode(w); err != nil {
		k.log().Error("a request cannot be written", "error", err)
	}
}
