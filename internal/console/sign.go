package console

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"flexybatch/batch/approval"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/secret"
)

// signChallenge tells a script what a passkey is to sign: the request that the page
// showed, under a name, now.
func (k *Console) signChallenge(w http.ResponseWriter, r *http.Request, _ signing) {
	if err := limitForm(w, r); err != nil {
		k.refuse(w, r, http.StatusRequestEntityTooLarge)
		return
	}
	who, err := k.signer(r)
	if err != nil {
		k.refuse(w, r, http.StatusBadRequest)
		return
	}
	at := time.Now().UTC().Truncate(time.Second)
	answerJSON(w, map[string]any{
		"challenge": base64.RawURLEncoding.EncodeToString(approval.Challenge(r.PostFormValue("digest"), who.Name, at)),
		"at":        at.Format(time.RFC3339), "rpId": k.relyingParty(),
	})
}

// answerJSON answers a script.
func answerJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // whoever does not read it has gone
}

// signer is the person whose passkey the form names, by its fingerprint.
func (k *Console) signer(r *http.Request) (approval.Approver, error) {
	list, err := app.Approvers(k.approversPath())
	if err != nil {
		return approval.Approver{}, err
	}
	i := slices.IndexFunc(list, func(a approval.Approver) bool { return a.Key.Fingerprint() == r.PostFormValue("signer") })
	if i < 0 {
		return approval.Approver{}, app.Failed(app.Usage, lang.Errorf("Choose who you are first."))
	}
	if p, err := k.people.Who(r); err != nil || !k.maySignAs(p, list[i].Name) {
		return approval.Approver{}, app.Failed(app.Usage, errAnother)
	}
	return list[i], nil
}

// errAnother says that somebody signs under another's name.
var errAnother = lang.Errorf("You approve under your own name alone.")

// signWithPasskey takes an approval that a passkey has signed.
func (k *Console) signWithPasskey(w http.ResponseWriter, r *http.Request, s signing) {
	if err := limitForm(w, r); err != nil {
		k.refuse(w, r, http.StatusRequestEntityTooLarge)
		return
	}
	by, err := k.approvalIn(r)
	if err == nil {
		err = k.jobOf(r).ApproveWithPasskey(r.Context(), s.path, r.PostFormValue("digest"), by)
	}
	if err != nil {
		s.show(w, r, statusOf(err), err)
		return
	}
	back(w, r, s.page)
}

// approvalIn is the approval that a form holds.
func (k *Console) approvalIn(r *http.Request) (a approval.Approval, err error) {
	who, err := k.signer(r)
	if err != nil {
		return a, err
	}
	at, err := time.Parse(time.RFC3339, r.PostFormValue("at"))
	if err != nil {
		return a, app.Failed(app.Usage, lang.Errorf("The browser sent no signature."))
	}
	f := bytesIn{r: r}
	a = approval.Approval{Approver: who.Name, At: at, Key: who.Key, Signature: f.of("signature")}
	a.Passkey = &approval.Assertion{AuthenticatorData: f.of("authenticator"), ClientData: f.of("client")}
	return a, f.err
}

// bytesIn reads fields of a form that hold bytes.
type bytesIn struct {
	r   *http.Request
	err error // of the first that holds none
}

func (f *bytesIn) of(field string) []byte {
	b, err := base64.RawURLEncoding.DecodeString(f.r.PostFormValue(field))
	if (err != nil || len(b) == 0) && f.err == nil {
		f.err = app.Failed(app.Usage, lang.Errorf("The browser sent no signature."))
	}
	return b
}

// signWithKeyFile takes an approval by a key file, which is read and forgotten.
func (k *Console) signWithKeyFile(w http.ResponseWriter, r *http.Request, s signing) {
	if err := k.approveByFile(w, r, s); err != nil {
		s.show(w, r, statusOf(err), err)
		return
	}
	back(w, r, s.page)
}

func (k *Console) approveByFile(w http.ResponseWriter, r *http.Request, s signing) error {
	g, err := k.takeFile(w, r)
	if empty, ok := errors.AsType[*app.EmptyFile](err); ok && empty.Given == "" {
		return app.Failed(app.Usage, lang.Errorf("Choose a file first."))
	}
	if err != nil {
		return err
	}
	b, err := io.ReadAll(io.LimitReader(g.From, secret.MaxSize))
	if err != nil {
		return err
	}
	key, err := approval.ParsePrivateKey(b, []byte(g.form.Get("passphrase")))
	if err != nil {
		return app.Failed(app.Nothing, err)
	}
	signer := app.Signer{Name: strings.TrimSpace(g.form.Get("name")), Public: approval.PublicKey(key)}
	if p, err := k.people.Who(r); err != nil || !k.maySignAs(p, signer.Name) {
		return app.Failed(app.Usage, errAnother)
	}
	signer.Open = func(context.Context) (ed25519.PrivateKey, error) { return key, nil }
	_, err = k.jobOf(r).Approve(r.Context(), app.ApproveOptions{Request: s.path, Digest: g.form.Get("digest"), Signer: signer, Yes: true})
	return err
}
