package console

import (
	"errors"
	"io/fs"
	"net/http"
	"strings"

	"flexybatch/internal/app"
	"flexybatch/internal/lang"
)

// routes are all addresses. What changes anything is a POST.
func (k *Console) routes() http.Handler {
	mux := http.NewServeMux()
	assets, _ := fs.Sub(assetFiles, "assets") // it is there: it is embedded
	mux.Handle("GET /assets/", http.StripPrefix("/assets/", cached(http.FileServerFS(assets))))
	for _, handlers := range []map[string]http.HandlerFunc{k.handlers(), k.approvalHandlers()} {
		for pattern, h := range handlers {
			mux.HandleFunc(pattern, h)
		}
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { k.refuse(w, r, http.StatusNotFound) })
	return k.recovered(k.guard.guarded(k.logged(mux), k.refuse))
}

// handlers are the addresses of the pages, by their patterns.
func (k *Console) handlers() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"GET /{$}":       k.home,
		"POST /language": k.setLanguage,
		"POST /quit":     k.only(Clerk, k.end),

		"POST /files":  k.only(Clerk, k.upload),
		"POST /sample": k.only(Clerk, k.sample),

		"GET /batches/{name}":                k.withBatch(k.overview),
		"GET /batches/{name}/check":          k.withDraft(k.showCheck),
		"POST /batches/{name}/files":         k.only(Clerk, k.withDraft(k.addVersion)),
		"GET /batches/{name}/check/workbook": k.withDraft(k.checkWorkbook),
		"POST /batches/{name}/discard":       k.only(Clerk, k.withDraft(k.discard)),

		"GET /batches/{name}/steps/{step}":      k.withDraft(k.step),
		"POST /batches/{name}/steps/{step}":     k.only(Clerk, k.withDraft(k.confirm)),
		"POST /batches/{name}/belongs":          k.only(Clerk, k.withDraft(k.belongs)),
		"POST /batches/{name}/offers":           k.only(Clerk, k.withDraft(k.accept)),
		"GET /batches/{name}/bounds":            k.withDraft(k.showBounds),
		"POST /batches/{name}/bounds":           k.only(Clerk, k.withDraft(k.takeBounds)),
		"POST /batches/{name}/password":         k.only(Clerk, k.withDraft(k.password)),
		"POST /batches/{name}/mend":             k.only(Clerk, k.withDraft(k.mend)),
		"GET /batches/{name}/history":           k.withDraft(k.history),
		"GET /batches/{name}/versions/{number}": k.withDraft(k.version),

		"GET /batches/{name}/answers": k.withBatch(k.answers),
		"POST /batches/{name}/again":  k.only(Clerk, k.withDraft(k.payAgain)),
		"POST /batches/{name}/meant":  k.only(Clerk, k.withDraft(k.meant)),
		"POST /batches/{name}/start":  k.only(Clerk, k.withBatch(k.start)),
		"POST /batches/{name}/pause":  k.only(Clerk, k.withBatch(k.pause)),
		"POST /batches/{name}/rest":   k.only(Clerk, k.withBatch(k.rest)),
		"POST /batches/{name}/settle": k.only(Clerk, k.withBatch(k.settle)),
		"GET /batches/{name}/live":    k.withBatch(k.live),

		"GET /batches/{name}/rows":               k.withBatch(k.rows),
		"POST /batches/{name}/rows":              k.withBatch(k.searchRows),
		"GET /batches/{name}/rows/{row}":         k.withBatch(k.story),
		"GET /batches/{name}/print":              k.withBatch(k.printed),
		"GET /batches/{name}/download/{file}":    k.withBatch(k.download),
		"GET /batches/{name}/reconcile":          k.withBatch(k.reconciliation),
		"POST /batches/{name}/reconcile":         k.only(Clerk, k.withBatch(k.reconcile)),
		"GET /batches/{name}/reconcile/workbook": k.withBatch(k.reconciledWorkbook),
		"POST /batches/{name}/resend":            k.only(Clerk, k.withBatch(k.resend)),
		"GET /search":                            k.search,
		"POST /search":                           k.find,

		"GET /key":         k.showKey,
		"POST /key":        k.only(Admin, k.takeKey),
		"POST /key/forget": k.only(Admin, k.forgetKey),
	}
}

// cached lets browsers keep what never changes while the program runs.
func cached(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "private, max-age=300")
		next.ServeHTTP(w, r)
	})
}

// logged writes the access log. It has the pattern of an address and no value of it,
// so that nothing of a person stands in it.
func (k *Console) logged(next http.Handler) http.Handler {
	if k.config.Quiet == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r)
		k.config.Quiet.Info("request", "method", r.Method, "pattern", r.Pattern)
	})
}

// recovered turns a panic of a page into an error of that page: what is being sent
// goes on.
func (k *Console) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if v := recover(); v != nil && v != http.ErrAbortHandler {
				k.log().Error("a page failed", "pattern", r.Pattern, "panic", v)
				k.refuse(w, r, http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// only lets a handler be called by those alone who have a role.
func (k *Console) only(role Role, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if p, err := k.people.Who(r); err != nil || !p.May(role) {
			k.refuse(w, r, http.StatusForbidden)
			return
		}
		next(w, r)
	}
}

// withBatch finds the batch that an address names.
func (k *Console) withBatch(next func(http.ResponseWriter, *http.Request, *app.FolderBatch)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		b, err := k.config.Folder.Batch(r.PathValue("name"))
		if err != nil {
			k.fail(w, r, err)
			return
		}
		next(w, r, b)
	}
}

// withDraft finds the draft that an address names.
func (k *Console) withDraft(next func(http.ResponseWriter, *http.Request, *app.Draft)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		d, err := k.config.Folder.Draft(r.PathValue("name"))
		if err != nil {
			k.refuse(w, r, http.StatusNotFound)
			return
		}
		next(w, r, d)
	}
}

// refuse shows why a request is not answered.
func (k *Console) refuse(w http.ResponseWriter, r *http.Request, status int) {
	why := lang.Msg("This page is not here.")
	switch status {
	case http.StatusUnauthorized:
		why = lang.Msg("This browser is not let in. Close the console where it was started, start it again, and open the address that it shows.")
	case http.StatusForbidden:
		why = lang.Msg("This is not allowed from here.")
	case http.StatusMisdirectedRequest:
		why = lang.Msg("The console does not answer to this address. Open the address that it showed when it started.")
	case http.StatusRequestEntityTooLarge:
		why = lang.Msg("What was sent is too large.")
	case http.StatusInternalServerError:
		why = lang.Msg("This page failed. What is being sent goes on.")
	}
	p := k.newPage(r, lang.Msg("This cannot be shown"))
	p.Body = p.Say(why)
	k.show(w, status, "refused", p)
}

// fail shows an error of the job on a page of its own.
func (k *Console) fail(w http.ResponseWriter, r *http.Request, err error) {
	if _, none := errors.AsType[*app.NoSuchBatch](err); none {
		k.refuse(w, r, http.StatusNotFound)
		return
	}
	p := k.newPage(r, lang.Msg("This could not be done"))
	p.Alert, p.Body = k.alertOf(p, err), r.PathValue("name")
	k.show(w, statusOf(err), "failed", p)
}

// alertOf is an error as an error summary.
func (k *Console) alertOf(p *page, err error) *alert {
	a := &alert{Title: p.T("There is a problem")}
	for line := range strings.Lines(p.Error(worded(err))) {
		if line = strings.TrimSpace(line); line != "" {
			a.Lines = append(a.Lines, alertLine{Text: line})
		}
	}
	return a
}

// statusOf is the one table of what outcomes are as the status of a page.
func statusOf(err error) int {
	switch o, _ := app.OutcomeOf(err); o {
	case app.Usage:
		return http.StatusBadRequest
	case app.Nothing, app.Open, app.Problems:
		return http.StatusConflict
	}
	return http.StatusInternalServerError
}

// back sends the browser to a page after something was done.
func back(w http.ResponseWriter, r *http.Request, to string) {
	http.Redirect(w, r, to, http.StatusSeeOther)
}
