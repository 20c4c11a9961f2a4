package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"flexybatch/batch/oneclick"
	"flexybatch/internal/secret"
)

const loginHelp = `Keep the API key in the system keyring (Secret Service on Linux, Keychain on
macOS, Credential Manager on Windows), so that it lies in no file and no variable.
The key is asked for and not shown; from a pipe it is read from stdin. It is
checked with the provider before it is kept, and given to no other host.

  flexybatch login
  pass show oneclickdz | flexybatch login
  flexybatch logout

Where a key is found, the first of these holds: --key-file (or
FLEXYBATCH_KEY_FILE), ONECLICKDZ_API_KEY, key-file in your own file of settings,
the system keyring. Which one it is: flexybatch config`

func newLogin(w world) *cobra.Command {
	var a account
	cmd := &cobra.Command{
		Use: "login", Short: "Keep the API key in the system keyring", Long: loginHelp, Args: noFile,
		RunE: func(cmd *cobra.Command, args []string) error { return login(cmd.Context(), w, &a) },
	}
	a.whereFlag(cmd)
	return cmd
}

// login asks for a key, checks it, and keeps it.
func login(ctx context.Context, w world, a *account) (err error) {
	if w.vault == nil {
		return failf(exitNothing, "there is no system keyring here")
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	text, err := w.prompt().AskSecret(ctx, w.words.Sprintf("The API key for %s (it is not shown): ", a.host()))
	if err != nil {
		return failf(exitNothing, "reading the key: %w", err)
	}
	key, err := secret.ParseKey(text)
	if err != nil {
		return failf(exitNothing, "%w", err)
	}
	p, err := a.client(pacing{concurrency: 1}, oneclick.NewKey(key))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	whose, err := p.account(ctx, false)
	if err != nil {
		return err
	}
	if err := w.vault.Set(a.host(), key); err != nil {
		return failf(exitNothing, "the key is good, and the system keyring does not take it: %w\nGive it in ONECLICKDZ_API_KEY, or with --key-file FILE", err)
	}
	w.words.Fprintf(w.stderr, "The key of account %s (%s) is kept in the system keyring, for %s.\n", whose.Username, whose.Type, whose.Host)
	if whose.ReadOnly {
		w.words.Fprintf(w.stderr, "It is read-only: it can look and not send.\n")
	}
	return nil
}

const logoutHelp = `Take the API key out of the system keyring.

  flexybatch logout`

func newLogout(w world) *cobra.Command {
	var a account
	cmd := &cobra.Command{
		Use: "logout", Short: "Take the API key out of the system keyring", Long: logoutHelp, Args: noFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			if w.vault == nil {
				return failf(exitNothing, "there is no system keyring here")
			}
			switch err := w.vault.Delete(a.host()); {
			case errors.Is(err, secret.ErrNotKept):
				w.words.Fprintf(w.stderr, "The system keyring has no key for %s.\n", a.host())
			case err != nil:
				return failf(exitNothing, "asking the system keyring: %w", err)
			default:
				w.words.Fprintf(w.stderr, "The key for %s is no longer in the system keyring.\n", a.host())
			}
			return nil
		},
	}
	a.whereFlag(cmd)
	return cmd
}
