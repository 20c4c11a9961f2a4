package console

import (
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"strings"
	"sync"
	"time"

	"flexybatch/batch/approval"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
)

// challenges are those that were given out for new passkeys.
type challenges struct {
	mu sync.Mutex
	by map[string]time.Time // when each was given out
}

// challengeLife is how long a person may take to make a passkey.
const challengeLife = 10 * time.Minute

func newChallenges() *challenges { return &challenges{by: map[string]time.Time{}} }

// issue gives a new challenge out, and forgets those that are too old.
func (c *challenges) issue() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	for s, at := range c.by {
		if time.Since(at) > challengeLife {
			delete(c.by, s)
		}
	}
	s := base64.RawURLEncoding.EncodeToString(random(32))
	c.by[s] = time.Now()
	return s
}

// take takes a challenge back, once.
func (c *challenges) take(s string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, ok := c.by[s]
	delete(c.by, s)
	return ok && time.Since(at) <= challengeLife
}

// random returns bytes that nobody can guess.
func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // it never fails
	return b
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
	p.Body = list
	k.show(w, status, "approvers", p)
}

// addApprover adds the line of a person that was brought from elsewhere.
func (k *Console) addApprover(w http.ResponseWriter, r *http.Request) {
	if err := limitForm(w, r); err != nil {
		k.refuse(w, r, http.StatusRequestEntityTooLarge)
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
	answerJSON(w, map[string]string{
		"challenge": k.registrations.issue(), "user": base64.RawURLEncoding.EncodeToString(random(32)), "rpId": relyingParty,
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
	challenge := r.PostFormValue("challenge")
	if !k.registrations.take(challenge) {
		return app.Failed(app.Usage, lang.Errorf("The browser made no passkey, or it took too long. Try again."))
	}
	raw, _ := base64.RawURLEncoding.DecodeString(challenge) // it is one that was given out
	f := bytesIn{r: r}
	made := approval.Registration{PublicKey: f.of("key"), AuthenticatorData: f.of("authenticator"), ClientData: f.of("client")}
	if f.err != nil {
		return f.err
	}
	who, err := approval.NewPasskey(strings.TrimSpace(r.PostFormValue("name")), relyingParty, raw, made)
	if err != nil {
		return app.Failed(app.Usage, err)
	}
	return app.AddApprover(k.approversPath(), who)
}

// approvalHandlers are the addresses of all that has to do with approvals.
func (k *Console) approvalHandlers() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"GET /batches/{name}/approval":            k.withBatch(k.showApproval),
		"POST /batches/{name}/approval":           k.only(Clerk, k.withBatch(k.prepare)),
		"POST /batches/{name}/approval/signed":    k.only(Clerk, k.withBatch(k.takeSigned)),
		"GET /batches/{name}/approval/file":       k.ofBatch(k.requestFile),
		"POST /batches/{name}/approval/challenge": k.only(Approver, k.ofBatch(k.signChallenge)),
		"POST /batches/{name}/approval/passkey":   k.only(Approver, k.ofBatch(k.signWithPasskey)),
		"POST /batches/{name}/approval/keyfile":   k.only(Approver, k.ofBatch(k.signWithKeyFile)),

		"GET /requests":                     k.showRequests,
		"POST /requests":                    k.only(Approver, k.keepRequest),
		"GET /requests/{digest}":            k.withRequest(k.showRequest),
		"GET /requests/{digest}/file":       k.withRequest(k.requestFile),
		"POST /requests/{digest}/challenge": k.only(Approver, k.withRequest(k.signChallenge)),
		"POST /requests/{digest}/passkey":   k.only(Approver, k.withRequest(k.signWithPasskey)),
		"POST /requests/{digest}/keyfile":   k.only(Approver, k.withRequest(k.signWithKeyFile)),

		"GET /approvers":            k.showApprovers,
		"POST /approvers":           k.only(Admin, k.addApprover),
		"POST /approvers/challenge": k.only(Admin, k.newPasskey),
		"POST /approvers/passkey":   k.only(Admin, k.addPasskey),
	}
}
