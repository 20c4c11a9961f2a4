package cli

import (
	"context"
	"net/url"
	"strings"

	"flexybatch/batch/oneclick"
	"flexybatch/internal/lang"
	"flexybatch/internal/secret"
)

// key is the API key, and where it comes from, in words. key-file in the user's own
// settings stands behind the environment (settings.Settings.Apply).
func (a *account) key(ctx context.Context, w world) (oneclick.Key, lang.Message, error) {
	key, from, err := secret.KeySources{File: a.keyFile, Variable: w.getenv(secret.KeyVariable), Vault: w.vault, Host: a.host()}.Find(ctx)
	if err != nil {
		return oneclick.Key{}, from, failf(exitNothing, "%w", err)
	}
	return oneclick.NewKey(key), from, nil
}

// host is where the key goes, with its port where that is not the usual one.
func (a *account) host() string {
	base := a.baseURL
	if base == "" {
		base = oneclick.DefaultBaseURL
	}
	u, err := url.Parse(base)
	if err != nil {
		return "" // which no key is kept for; the client says what is wrong
	}
	return strings.ToLower(u.Host)
}
