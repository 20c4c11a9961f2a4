package console

import (
	"context"
	"errors"
	"io/fs"
	"maps"
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
	for pattern, to := range k.table() {
		mux.HandleFunc(pattern, k.checked(pattern, to))
	}
	nowhere := route{access: everybody(), do: func(w http.ResponseWriter, r *http.Request) { k.refuse(w, r, http.StatusNotFound) }, as: reading}
	mux.HandleFunc("/", k.checked("/", nowhere))
	return k.observed(k.recovered(k.guard.guarded(k.logged(mux), k.refuse)))
}

// table is every address of the pages, by its pattern, with the roles that it needs.
// There is no other place where an address is given a role.
func (k *Console) table() map[string]route {
	all := map[string]route{}
	tables := []map[string]route{k.batchRoutes(), k.resultRoutes(), k.approvalRoutes(), k.ownRoutes()}
	if k.office != nil {
		tables = append(tables[:3], k.officeRoutes(), k.loginRoutes(), k.lineRoutes())
	}
	for _, t := range tables {
		maps.Copy(all, t)
	}
	return all
}

// ownRoutes are those of a console of one person.
func (k *Console) ownRoutes() map[string]route {
	return map[string]route{
		"POST /quit":                {access: needs(Clerk), do: k.end},
		"POST /approvers/challenge": {access: needs(Admin), do: k.newPasskey},
		"POST /approvers/passkey":   {access: needs(Admin), do: k.addPasskey},
	}
}

// batchRoutes are those that lead from a file to what is paid.
func (k *Console) batchRoutes() map[string]route {
	clerk := needs(Clerk)
	return map[string]route{
		"GET /{$}":       {access: everybody(), do: k.home},
		"POST /language": {access: open(), do: k.setLanguage, as: reading},

		"POST /files":  {access: clerk, do: k.upload},
		"POST /sample": {access: clerk, do: k.sample},

		"GET /batches/{name}":                {access: everybody(), do: k.withBatch(k.overview)},
		"GET /batches/{name}/check":          {access: everybody(), do: k.withDraft(k.showCheck)},
		"POST /batches/{name}/files":         {access: clerk, do: k.withDraft(k.addVersion)},
		"GET /batches/{name}/check/workbook": {access: insiders(), do: k.withDraft(k.checkWorkbook)},
		"POST /batches/{name}/discard":       {access: clerk, do: k.withDraft(k.discard)},

		"GET /batches/{name}/steps/{step}":      {access: everybody(), do: k.withDraft(k.step)},
		"POST /batches/{name}/steps/{step}":     {access: clerk, do: k.withDraft(k.confirm)},
		"POST /batches/{name}/belongs":          {access: clerk, do: k.withDraft(k.belongs)},
		"POST /batches/{name}/offers":           {access: clerk, do: k.withDraft(k.accept)},
		"GET /batches/{name}/bounds":            {access: clerk, do: k.withDraft(k.showBounds)},
		"POST /batches/{name}/bounds":           {access: clerk, do: k.withDraft(k.takeBounds)},
		"POST /batches/{name}/password":         {access: clerk, do: k.withDraft(k.password)},
		"POST /batches/{name}/mend":             {access: clerk, do: k.withDraft(k.mend)},
		"GET /batches/{name}/history":           {access: everybody(), do: k.withDraft(k.history)},
		"GET /batches/{name}/versions/{number}": {access: insiders(), do: k.withDraft(k.version)},

		"GET /batches/{name}/answers": {access: everybody(), do: k.withBatch(k.answers)},
		"POST /batches/{name}/again":  {access: clerk, do: k.withDraft(k.payAgain)},
		"POST /batches/{name}/meant":  {access: clerk, do: k.withDraft(k.meant)},
		"POST /batches/{name}/start":  {access: clerk, do: k.withBatch(k.start)},
		"POST /batches/{name}/pause":  {access: clerk, do: k.withBatch(k.pause)},
		"POST /batches/{name}/rest":   {access: clerk, do: k.withBatch(k.rest)},
		"POST /batches/{name}/settle": {access: clerk, do: k.withBatch(k.settle)},
		"GET /batches/{name}/live":    {access: everybody(), do: k.withBatch(k.live)},
	}
}

// resultRoutes are those that tell what became of a batch, and those of the key.
func (k *Console) resultRoutes() map[string]route {
	return map[string]route{
		"GET /batches/{name}/rows":               {access: everybody(), do: k.withBatch(k.rows)},
		"POST /batches/{name}/rows":              {access: everybody(), do: k.withBatch(k.searchRows), as: reading},
		"GET /batches/{name}/rows/{row}":         {access: everybody(), do: k.withBatch(k.story)},
		"GET /batches/{name}/print":              {access: everybody(), do: k.withBatch(k.printed)},
		"GET /batches/{name}/download/{file}":    {access: everybody(), do: k.withBatch(k.download)},
		"GET /batches/{name}/reconcile":          {access: everybody(), do: k.withBatch(k.reconciliation)},
		"POST /batches/{name}/reconcile":         {access: needs(Clerk), do: k.withBatch(k.reconcile)},
		"GET /batches/{name}/reconcile/workbook": {access: insiders(), do: k.withBatch(k.reconciledWorkbook)},
		"POST /batches/{name}/resend":            {access: needs(Clerk), do: k.withBatch(k.resend)},
		"GET /search":                            {access: everybody(), do: k.search},
		"POST /search":                           {access: everybody(), do: k.find, as: reading},

		"GET /key":         {access: everybody(), do: k.showKey},
		"POST /key":        {access: needs(Admin), do: k.withKey(k.takeKey)},
		"POST /key/forget": {access: needs(Admin), do: k.withKey(k.forgetKey)},
	}
}

// cached lets browsers keep what never changes while the program runs.
func cached(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "private, max-age=300")
		next.ServeHTTP(w, r)
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

// withBatch finds the batch that an address names.
func (k *Console) withBatch(next func(http.ResponseWriter, *http.Request, *app.FolderBatch)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		b, err := k.batch(r.Context(), r.PathValue("name"))
		if err != nil {
			k.fail(w, r, err)
			return
		}
		next(w, r, b)
	}
}

// batch finds a batch by its name, in the folder or in line.
func (k *Console) batch(ctx context.Context, name string) (*app.FolderBatch, error) {
	b, err := k.config.Folder.Batch(name)
	if _, none := errors.AsType[*app.NoSuchBatch](err); none {
		if in, asked := k.standing(ctx, name); asked != nil || in != nil {
			return &app.FolderBatch{Name: name}, asked
		}
	}
	return b, err
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
		if k.office != nil {
			why = lang.Msg("You are not logged in, or no longer. Log in and try again.")
			break
		}
		why = lang.Msg("This browser is not let in. Close the console where it was started, start it again, and open the address that it shows.")
	case http.StatusForbidden:
		why = lang.Msg("This is not allowed from here.")
	case http.StatusMisdirectedRequest:
		why = lang.Msg("The console does not answer to this address. Open the address that it showed when it started.")
	case http.StatusTooManyRequests:
		why = lang.Msg("There were too many tries from here. Wait a minute.")
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
