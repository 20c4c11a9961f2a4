package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"flexybatch/batch/oneclick"
	"flexybatch/internal/app"
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

func newLogin(w machine) *cobra.Command {
	var a accountFlags
	cmd := takesNothing(&cobra.Command{
		Use: "login", Short: "Keep the API key in the system keyring", Long: loginHelp,
		RunE: func(cmd *cobra.Command, _ []string) error { return runLogin(cmd.Context(), w, a.account()) },
	})
	a.addBaseURL(cmd)
	return cmd
}

// runLogin asks for a key, checks it, and keeps it.
func runLogin(ctx context.Context, w machine, account app.Account) error {
	if w.vault == nil {
		return nothingf("there is no system keyring here")
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	text, err := w.prompt().AskSecret(ctx, w.words.Sprintf("The API key for %s (it is not shown): ", account.Host()))
	if err != nil {
		return nothingf("reading the key: %w", err)
	}
	key, err := secret.ParseKey(text)
	if err != nil {
		return nothingf("%w", err)
	}
	whose, err := w.app(nil).Identify(ctx, account, oneclick.NewKey(key))
	if err != nil {
		return err
	}
	if err := secret.Keep(ctx, w.vault, account.Host(), key); err != nil {
		return nothingf("the key is good, and the system keyring does not take it: %w\nGive it in ONECLICKDZ_API_KEY, or with --key-file FILE", err)
	}
	w.words.Fprintf(w.stderr, "The key of account %s (%s) is kept in the system keyring, for %s.\n", whose.Username, whose.Type, whose.Host)
	if whose.ReadOnly {
		w.words.Fprintf(w.stderr, "It is read-only: it can look and not send.\n")
	}
	return nil
}
