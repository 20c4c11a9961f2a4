package cli

import (
	"crypto/x509"
	"errors"
	"time"

	"flexybatch/batch"
	"flexybatch/batch/oneclick"
	"flexybatch/internal/lang"
)

// providerTrouble says in one sentence why the provider cannot be used, with its own
// words or the system's behind it, and what to do next. Both are nothing for an error
// that is about something else.
func providerTrouble(err error) (what, next lang.Message) {
	f, ok := errors.AsType[*batch.Fault](err)
	switch {
	case !ok:
		return what, next
	case f.Pause > f.RetryAfter:
		return lang.Msg("the provider asks for a pause until %s", time.Now().Add(f.Pause)), lang.Msg("Run the same command again then")
	case f.WebPage:
		return lang.Msg("a web page answers in the provider's place, such as the portal of a network (%v)", f),
			lang.Msg("Open a browser on this machine and sign in to the network, then run the same command again")
	case f.Class == batch.ClassDenied:
		return keyTrouble(f)
	case f.Class == batch.ClassUnreached:
		return networkTrouble(f)
	}
	return what, next
}

// keyTrouble says what is wrong with a key, or the address that it is used from.
func keyTrouble(f *batch.Fault) (what, next lang.Message) {
	next = lang.Msg("Check the key, and the addresses it is allowed from, before trying again: after a few bad tries the provider blocks this address for a while")
	switch f.Code {
	case "IP_BLOCKED":
		return lang.Msg("the provider has blocked this address for a while, after tries with a bad key (%v)", f),
			lang.Msg("Wait a quarter of an hour, check the key, then run the same command again")
	case "IP_NOT_ALLOWED":
		return lang.Msg("the key may not be used from this address (%v)", f),
			lang.Msg("Allow the address in the account's settings at the provider, then run the same command again")
	case "API_DISABLED":
		return lang.Msg("the provider says that this API key is disabled (%v)", f),
			lang.Msg("Enable it in the account's settings at the provider, then run the same command again")
	}
	if f.TriesLeft > 0 {
		return lang.Count(f.TriesLeft, "the key is wrong; %d try is left before this address is blocked (%v)",
			"the key is wrong; %d tries are left before this address is blocked (%v)", f), next
	}
	return lang.Msg("the key is wrong (%v)", f), next
}

// networkTrouble says what keeps this machine from the provider.
func networkTrouble(f *batch.Fault) (what, next lang.Message) {
	var stranger x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.Is(f, oneclick.ErrProxyPassword):
		return lang.Msg("the proxy of this network wants a name and a password (HTTP 407)"),
			lang.Msg("Ask those who run the network for them, and give them in HTTPS_PROXY, such as HTTPS_PROXY=http://NAME:PASSWORD@proxy.example:8080")
	case errors.As(f, &stranger):
		return lang.Msg("the certificate that is shown for the provider is of an authority that this machine does not know, as behind a company's proxy (%v)", f.Err),
			lang.Msg("Ask those who run the network for the certificate of its authority, as a PEM file, and let this machine trust it; on Linux SSL_CERT_FILE=FILE is enough")
	case errors.As(f, &invalid):
		return lang.Msg("the certificate that is shown for the provider does not hold (%v)", f.Err),
			lang.Msg("Is the date of this machine right? If it is, ask those who run the network")
	case f.Err != nil:
		return lang.Msg("the provider could not be reached (%v)", f.Err),
			lang.Msg("Is this machine connected? Behind a company's proxy, say where that is: HTTPS_PROXY=http://proxy.example:8080")
	}
	return what, next
}
