package console

import (
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"strings"

	"flexybatch/batch/approval"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
)

// random returns bytes that nobody can guess.
func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // it never fails
	return b
}

// approversBody is what the page of the people shows whose approval counts.
type approversBody struct {
	List    []approval.Approver
	Waiting []approver // people of the office whose approval could count, and does not yet
	Given   bool       // whoever has started the office says whose counts
	Host    string     // for which passkeys are made
}

// showApprovers shows the people whose approval counts.
func (k *Console) showApprovers(w http.ResponseWriter, r *http.Request) {
	k.approversShown(w, r, http.StatusOK, nil, "")
}

// approversShown shows the people, after something went wrong with a field of the page.
func (k *Console) approversShown(w http.ResponseWriter, r *http.Request, status int, failed error, field string) {
	list, err := app.Approvers(k.approversPath())
	if err != nil {
		k.fail(w, r, err)
		return
	}
	p := k.newPage(r, lang.Msg("People whose approval counts"))
	p.Path = "/approvers"
	if failed != nil {
		p.Alert = k.alertOf(p, failed)
		p.Alert.Lines[0].Field = field
	}
	body := approversBody{List: list, Given: k.approversGiven(), Host: k.relyingParty()}
	if body.Waiting, err = k.waiting(r, list); err != nil {
		k.fail(w, r, err)
		return
	}
	p.Body = body
	k.show(w, status, "approvers", p)
}

// addApprover adds the line of a person that was brought from elsewhere.
func (k *Console) addApprover(w http.ResponseWriter, r *http.Request) {
	if err := limitForm(w, r); err != nil {
		k.refuse(w, r, http.StatusRequestEntityTooLarge)
		return
	}
	if k.approversGiven() {
		k.refuse(w, r, http.StatusForbidden)
		return
	}
	who, err := approval.ParseApprover(strings.TrimSpace(r.PostFormValue("line")))
	if err != nil {
		err = app.Failed(app.Usage, err)
	} else {
		err = app.AddApprover(k.approversPath(), who)
	}
	if err != nil {
		k.approversShown(w, r, statusOf(err), err, "line")
		return
	}
	back(w, r, "/approvers")
}

// newPasskey tells a script for what it is to have a passkey made.
func (k *Console) newPasskey(w http.ResponseWriter, r *http.Request) {
	k.passkeyChallenge(w)
}

// passkeyChallenge tells a script for what it is to have a passkey made.
func (k *Console) passkeyChallenge(w http.ResponseWriter) {
	answerJSON(w, map[string]string{
		"challenge": k.registrations.issue(), "user": base64.RawURLEncoding.EncodeToString(random(32)), "rpId": k.relyingParty(),
	})
}

// addPasskey adds a person with the passkey that a browser had made.
func (k *Console) addPasskey(w http.ResponseWriter, r *http.Request) {
	if err := limitForm(w, r); err != nil {
		k.refuse(w, r, http.StatusRequestEntityTooLarge)
		return
	}
	if err := k.registerPasskey(r); err != nil {
		k.approversShown(w, r, statusOf(err), err, "name")
		return
	}
	back(w, r, "/approvers")
}

func (k *Console) registerPasskey(r *http.Request) error {
	raw, ok := k.registrations.take(r.PostFormValue("challenge"))
	if !ok {
		return app.Failed(app.Usage, lang.Errorf("The browser made no passkey, or it took too long. Try again."))
	}
	f := bytesIn{r: r}
	made := approval.Registration{PublicKey: f.of("key"), AuthenticatorData: f.of("authenticator"), ClientData: f.of("client")}
	if f.err != nil {
		return f.err
	}
	who, err := approval.NewPasskey(strings.TrimSpace(r.PostFormValue("name")), k.relyingParty(), raw, made)
	if err != nil {
		return app.Failed(app.Usage, err)
	}
	return app.AddApprover(k.approversPath(), who)
}

// approvalRoutes are the addresses of all that has to do with approvals.
func (k *Console) approvalRoutes() map[string]route {
	clerk, approver := needs(Clerk), needs(Approver)
	return map[string]route{
		"GET /batches/{name}/approval":            {access: everybody(), do: k.withBatch(k.showApproval)},
		"POST /batches/{name}/approval":           {access: clerk, do: k.withBatch(k.prepare)},
		"POST /batches/{name}/approval/signed":    {access: clerk, do: k.withBatch(k.takeSigned)},
		"GET /batches/{name}/approval/file":       {access: insiders(), do: k.ofBatch(k.requestFile)},
		"POST /batches/{name}/approval/challenge": {access: approver, do: k.ofBatch(k.signChallenge), as: reading},
		"POST /batches/{name}/approval/passkey":   {access: approver, do: k.ofBatch(k.signWithPasskey)},
		"POST /batches/{name}/approval/keyfile":   {access: approver, do: k.ofBatch(k.signWithKeyFile)},

		"GET /requests":                     {access: everybody(), do: k.showRequests},
		"POST /requests":                    {access: approver, do: k.keepRequest},
		"GET /requests/{digest}":            {access: everybody(), do: k.withRequest(k.showRequest)},
		"GET /requests/{digest}/file":       {access: insiders(), do: k.withRequest(k.requestFile)},
		"POST /requests/{digest}/challenge": {access: approver, do: k.withRequest(k.signChallenge), as: reading},
		"POST /requests/{digest}/passkey":   {access: approver, do: k.withRequest(k.signWithPasskey)},
		"POST /requests/{digest}/keyfile":   {access: approver, do: k.withRequest(k.signWithKeyFile)},

		"GET /approvers":  {access: everybody(), do: k.showApprovers},
		"POST /approvers": {access: needs(Admin), do: k.addApprover},
	}
}
