package console

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"flexybatch/batch"
	"flexybatch/batch/approval"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
)

// approvalBody is what the page of an approval request shows: that of a batch of this
// folder, or one that was brought here to be signed.
type approvalBody struct {
	Base  string // the page's address
	Batch string // the batch of this folder; empty: it came from elsewhere
	Draft *app.Draft
	Begun bool

	File    *approval.File // nil: nothing was prepared yet
	Stale   bool           // the file was changed after it was prepared
	Plans   []planSum
	Largest []approval.Row
	Hidden  int // rows that a reader of the sheet would not have seen

	Signed  []signedLine
	Needs   int
	Has     int                 // how many count
	Signers []approval.Approver // whose passkeys this machine's file knows
	Nobody  bool                // nobody's approval counts yet
}

// planSum is what the rows of a plan come to.
type planSum struct {
	Plan            string
	Rows            int
	Requested, Cost batch.Centimes
}

// signedLine is an approval, and whether it counts here.
type signedLine struct {
	approval.Approval
	Holds bool   // the signature is for this request
	Why   string // it does not count; empty: it does
}

// largestShown is how many of the largest rows are shown.
const largestShown = 5

// approvalBody finds out what a request asks for, and who has signed it.
func (k *Console) approvalBody(p *page, base string, f *approval.File) (*approvalBody, error) {
	body := &approvalBody{Base: base, File: f}
	trusted, err := app.Approvers(k.approversPath())
	if err != nil {
		return nil, err
	}
	body.Nobody = len(trusted) == 0
	for _, a := range trusted {
		if a.Key.RelyingParty() == k.relyingParty() && k.maySignAs(p.Person, a.Name) {
			body.Signers = append(body.Signers, a)
		}
	}
	if f == nil {
		return body, nil
	}
	good, not := app.CountApprovals(f, trusted, k.makers(f.Request.Batch))
	body.Has = len(good)
	for _, a := range good {
		body.Signed = append(body.Signed, signedLine{Approval: a, Holds: true})
	}
	for _, v := range not {
		body.Signed = append(body.Signed, signedLine{Approval: v.Approval, Holds: f.Signed(v.Approval), Why: p.Show(v.Why)})
	}
	body.addRows(f.Request)
	return body, nil
}

// addRows adds up the rows of a request, by plan, and takes the largest.
func (b *approvalBody) addRows(r *approval.Request) {
	sums := map[string]*planSum{}
	for _, x := range r.Rows {
		s := sums[x.Plan]
		if s == nil {
			s = &planSum{Plan: x.Plan}
			sums[x.Plan] = s
		}
		s.Rows, s.Requested, s.Cost = s.Rows+1, s.Requested+x.Amount.Centimes(), s.Cost+x.Cost
		if x.Hidden {
			b.Hidden++
		}
	}
	for _, x := range r.Prices {
		if s := sums[x.Plan]; s != nil {
			b.Plans = append(b.Plans, *s)
		}
	}
	b.Largest = slices.Clone(r.Rows)
	slices.SortStableFunc(b.Largest, func(x, y approval.Row) int { return cmp.Compare(y.Amount, x.Amount) })
	b.Largest = b.Largest[:min(largestShown, len(b.Largest))]
}

// showApproval shows the approval of a batch: nothing prepared yet, or who has signed.
func (k *Console) showApproval(w http.ResponseWriter, r *http.Request, b *app.FolderBatch) {
	k.approvalPage(w, r, b, http.StatusOK, nil)
}

func (k *Console) approvalPage(w http.ResponseWriter, r *http.Request, b *app.FolderBatch, status int, failed error) {
	var f *approval.File
	if path := k.requestOf(b.Name); exists(path) {
		var err error
		if f, err = app.ReadRequest(path); err != nil {
			k.fail(w, r, err)
			return
		}
	}
	p := k.newPage(r, lang.Msg("Approval of %s", b.Name))
	p.Path, p.Kind = address(b.Name, "approval"), k.kindOf(b)
	body, err := k.approvalBody(p, address(b.Name, "approval"), f)
	if err != nil {
		k.fail(w, r, err)
		return
	}
	body.Batch, body.Begun = b.Name, b.Begun
	if d, err := k.config.Folder.Draft(b.Name); err == nil {
		body.Draft = d
		body.Stale = f != nil && d.Current().SHA256 != f.Request.SHA256
	}
	body.Needs = max(1, k.needs(body.Draft))
	if failed != nil {
		p.Alert = k.alertOf(p, failed)
	}
	p.Body = body
	k.show(w, status, "approval", p)
}

// prepare writes the approval request of a batch, for others to sign.
func (k *Console) prepare(w http.ResponseWriter, r *http.Request, b *app.FolderBatch) {
	if err := limitForm(w, r); err != nil {
		k.refuse(w, r, http.StatusRequestEntityTooLarge)
		return
	}
	if err := k.writeRequest(r, b); err != nil {
		k.approvalPage(w, r, b, statusOf(err), err)
		return
	}
	k.flights.forget(b.Name)
	back(w, r, address(b.Name, "approval"))
}

// writeRequest prepares a batch as the form says. One that no longer fits the file is
// kept under another name.
func (k *Console) writeRequest(r *http.Request, b *app.FolderBatch) error {
	people, err := strconv.Atoi(strings.TrimSpace(r.PostFormValue("people")))
	if err != nil || people < 1 || people > 9 {
		return app.Failed(app.Usage, lang.Errorf("Type how many people must approve it, from 1 to 9."))
	}
	job := k.jobOf(r)
	d, err := k.config.Folder.Draft(b.Name)
	if err == nil {
		d.Asked = people
		if err := k.config.Folder.Keep(d); err != nil {
			return err
		}
	}
	if path := k.requestOf(b.Name); exists(path) {
		if _, err := job.SetAside(path); err != nil {
			return err
		}
	}
	o := k.options(b)
	o.Maker = strings.TrimSpace(r.PostFormValue("maker"))
	if k.office != nil { // where nobody prepares under another's name
		o.Maker = visitOf(r).person.Name
	}
	_, err = job.Prepare(r.Context(), o)
	return err
}

// takeSigned adds the approvals of a copy that somebody has signed elsewhere.
func (k *Console) takeSigned(w http.ResponseWriter, r *http.Request, b *app.FolderBatch) {
	f, err := k.takeRequest(w, r)
	added := 0
	if err == nil {
		added, err = k.jobOf(r).TakeApprovals(r.Context(), k.requestOf(b.Name), f)
	}
	if err == nil && added == 0 {
		err = app.Failed(app.Nothing, lang.Errorf("This file holds no approval that is not here already."))
	}
	if err != nil {
		k.approvalPage(w, r, b, statusOf(err), err)
		return
	}
	k.flights.forget(b.Name)
	back(w, r, address(b.Name, "approval"))
}
