package console

import (
	"net/http"

	"flexybatch/internal/app"
	"flexybatch/internal/lang"
)

// waitBody is what a page says that comes again by itself.
type waitBody struct {
	What string
	Rows int // that were read so far; 0: that is not known
	To   string
}

// waitPage says that something takes its time, and comes again by itself.
func (k *Console) waitPage(w http.ResponseWriter, r *http.Request, name string, what lang.Message) {
	k.waitFor(w, r, name, what, 0)
}

// waitFor is waitPage for what reads the rows of a file.
func (k *Console) waitFor(w http.ResponseWriter, r *http.Request, name string, what lang.Message, rows int) {
	p := k.newPage(r, lang.Msg("Batch %s", name))
	if b, err := k.config.Folder.Batch(name); err == nil {
		p.Kind = k.kindOf(b)
	}
	p.Again, p.Body = 1, waitBody{What: p.Say(what), Rows: rows, To: r.URL.RequestURI()}
	k.show(w, http.StatusOK, "wait", p)
}

// checkingPage says that the file of a draft is being checked, and how far that is.
func (k *Console) checkingPage(w http.ResponseWriter, r *http.Request, d *app.Draft, c *checking) {
	k.waitFor(w, r, d.Name, lang.Msg("The file %s is being checked.", d.Current().Given), int(c.rows.Load()))
}
