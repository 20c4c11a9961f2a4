package console

import (
	"net/http"

	"flexybatch/internal/lang"
	"flexybatch/internal/people"
)

// written calls a handler; what it does in an office is written into the book of acts
// first, and how it was answered behind it. What cannot be written is not done.
func (k *Console) written(pattern string, to route, w http.ResponseWriter, r *http.Request) {
	if k.office == nil || !to.isAct(r.Method) {
		to.do(w, r)
		return
	}
	v := visitOf(r)
	act := people.Act{Who: v.person.Name, What: pattern, Batch: r.PathValue("name"), ID: v.id}
	if err := k.office.Book.Write(act); err != nil {
		k.log().Error("the book of acts cannot be written", "error", err)
		k.refuse(w, r, http.StatusInternalServerError)
		return
	}
	to.do(w, r)
	act.Who, act.Detail, act.Status = v.person.Name, v.detail, http.StatusOK
	if out, ok := w.(*answering); ok && out.status != 0 {
		act.Status = out.status
	}
	if err := k.office.Book.Write(act); err != nil {
		k.log().Error("the book of acts cannot be written", "error", err)
	}
}

// actsShown is how many acts a page shows.
const actsShown = 200

// showActs shows who did what last.
func (k *Console) showActs(w http.ResponseWriter, r *http.Request) {
	p := k.newPage(r, lang.Msg("Who did what"))
	p.Body = k.office.Book.Last(actsShown)
	k.show(w, http.StatusOK, "acts", p)
}
