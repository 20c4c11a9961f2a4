package console

import (
	"net/http"
	"time"

	"flexybatch/batch"
	"flexybatch/batch/oneclick"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/secret"
)

// keyBody is what the page of the account shows. The key itself is never shown.
type keyBody struct {
	Account  accountLine
	Host     string
	Keyring  bool
	Simulate bool
	Told     time.Time // when an office's worker was told the balance; zero: this process asks itself
	Balance  batch.Centimes
}

// account shows whose the key is, and takes another.
func (k *Console) showKey(w http.ResponseWriter, r *http.Request) {
	k.keyPage(w, r, http.StatusOK, nil)
}

func (k *Console) keyPage(w http.ResponseWriter, r *http.Request, status int, err error) {
	p := k.newPage(r, lang.Msg("Account"))
	p.Path = "/key"
	body := keyBody{Account: k.accountLine(), Host: k.config.Account.Host(), Keyring: k.config.Vault != nil, Simulate: k.config.Account.Simulate}
	if l := k.inLine(); l != nil {
		if terms, err := l.Terms(r.Context()); err == nil {
			body.Told, body.Balance = terms.At, terms.Balance
		}
	}
	if err != nil {
		p.Alert = k.alertOf(p, err)
		p.Alert.Lines[0].Field = "key"
	}
	p.Body = body
	k.show(w, status, "key", p)
}

// withKey is a handler of pages that have a key: an office's workers have their own.
func (k *Console) withKey(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if k.inLine() != nil {
			k.refuse(w, r, http.StatusNotFound)
			return
		}
		next(w, r)
	}
}

// takeKey checks a key with the provider, and keeps it.
func (k *Console) takeKey(w http.ResponseWriter, r *http.Request) {
	if err := limitForm(w, r); err != nil {
		k.refuse(w, r, http.StatusRequestEntityTooLarge)
		return
	}
	text, err := secret.ParseKey(r.PostFormValue("key"))
	if err != nil {
		k.keyPage(w, r, http.StatusBadRequest, err)
		return
	}
	whose, err := k.job(nil).Identify(r.Context(), app.Account{BaseURL: k.config.Account.BaseURL}, oneclick.NewKey(text))
	if err != nil {
		k.keyPage(w, r, statusOf(err), err)
		return
	}
	forGood := r.PostFormValue("keep") == "keyring" && k.config.Vault != nil
	if err := k.keys.keep(text, whose, forGood); err != nil {
		k.keyPage(w, r, http.StatusConflict, lang.Errorf("The key is good, and the system keyring does not take it: %w. Keep it for this sitting.", err))
		return
	}
	back(w, r, "/key")
}

// forgetKey lets go of the key.
func (k *Console) forgetKey(w http.ResponseWriter, r *http.Request) {
	k.keys.forget()
	back(w, r, "/key")
}
