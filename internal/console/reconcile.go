package console

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/report"
)

// reconcileBody is what came of holding a batch against its account.
type reconcileBody struct {
	Name        string
	Upload      int64
	Result      *app.Reconciled // nil: it was not done yet
	Differences []string
	More        int
}

// mostDifferences is how many differences a page shows; the workbook has all.
const mostDifferences = 100

// reconciliation shows what came of it, or the form.
func (k *Console) reconciliation(w http.ResponseWriter, r *http.Request, b *app.FolderBatch) {
	if !b.Begun {
		k.refuse(w, r, http.StatusNotFound)
		return
	}
	result, begun, done, err := k.reconciled.look(b.Name, patience)
	if begun && !done {
		k.waitPage(w, r, b.Name, lang.Msg("The batch is held against the account. The provider is asked for its list and its transactions."))
		return
	}
	p := k.newPage(r, lang.Msg("%s against the account", b.Name))
	body := &reconcileBody{Name: b.Name, Upload: k.config.Upload}
	if err != nil {
		p.Alert = k.alertOf(p, err)
	}
	if done && err == nil {
		body.Result = result
		for _, d := range result.Differences {
			if len(body.Differences) == mostDifferences {
				body.More = len(result.Differences) - mostDifferences
				break
			}
			body.Differences = append(body.Differences, report.Explain(d, p.words))
		}
	}
	p.Kind, p.Body = k.kindOf(b), body
	k.show(w, http.StatusOK, "reconcile", p)
}

// reconcile holds a batch against the account's own statement: the provider's, or one
// that was given as a file.
func (k *Console) reconcile(w http.ResponseWriter, r *http.Request, b *app.FolderBatch) {
	account := k.accountOf(b)
	o := app.ReconcileOptions{Place: k.config.Folder.Books(b.Name), Account: account, Pace: k.paceOf(account)}
	clean := func() {}
	if r.Header.Get("Content-Type") != "" && isMultipart(r) {
		path, err := k.takeStatement(w, r)
		if err != nil {
			k.fail(w, r, app.Failed(app.Usage, err))
			return
		}
		if path != "" {
			o.Statement, clean = path, func() { _ = os.RemoveAll(filepath.Dir(path)) }
		}
	}
	if k.inLine() != nil && o.Statement == "" {
		k.fail(w, r, app.Failed(app.Usage, lang.Errorf("the pages of an office ask the provider nothing: give the account's statement as a file, or use flexybatch reconcile")))
		return
	}
	job := k.jobOf(r)
	k.reconciled.begin(b.Name, func() (*app.Reconciled, error) {
		defer clean()
		return job.Reconcile(context.Background(), o)
	})
	k.sendTo(w, r, address(b.Name, "reconcile"))
}

// takeStatement writes a statement that was given to a file of its own.
func (k *Console) takeStatement(w http.ResponseWriter, r *http.Request) (path string, err error) {
	g, err := k.takeFile(w, r)
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "flexybatch-")
	if err != nil {
		return "", err
	}
	path = filepath.Join(dir, "statement")
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	n, err := io.Copy(out, g.From)
	if closed := out.Close(); err == nil {
		err = closed
	}
	if err != nil || n == 0 {
		_ = os.RemoveAll(dir)
		return "", err
	}
	return path, nil
}

// reconciledWorkbook writes the workbook of the last reconciliation.
func (k *Console) reconciledWorkbook(w http.ResponseWriter, r *http.Request, b *app.FolderBatch) {
	result, _, done, err := k.reconciled.look(b.Name, 0)
	if !done || err != nil {
		k.refuse(w, r, http.StatusNotFound)
		return
	}
	f, err := os.Open(result.Path)
	if err != nil {
		k.fail(w, r, app.Failed(app.Nothing, err))
		return
	}
	defer func() { _ = f.Close() }() // it was only read
	attach(w, b.Name+".reconciliation.xlsx", workbookType)
	_, _ = io.Copy(w, f) // whoever does not read it has gone
}

// resend makes a new batch of the rows that are provably unpaid.
func (k *Console) resend(w http.ResponseWriter, r *http.Request, b *app.FolderBatch) {
	person, err := k.people.Who(r)
	if err != nil {
		k.refuse(w, r, http.StatusForbidden)
		return
	}
	folder, release, err := k.writable(r.Context(), person.Name)
	if err != nil {
		k.fail(w, r, lineError(err))
		return
	}
	resent, d, err := k.jobOf(r).ResendDraft(r.Context(), folder, b.Name, person.Name)
	release()
	if err != nil {
		k.fail(w, r, err)
		return
	}
	if d == nil {
		p := k.newPage(r, lang.Msg("No row is provably unpaid"))
		p.Kind, p.Body = k.kindOf(b), resent
		k.show(w, http.StatusOK, "resent", p)
		return
	}
	back(w, r, address(d.Name))
}
