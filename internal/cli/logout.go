package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"flexybatch/internal/secret"
)

const logoutHelp = `Take the API key out of the system keyring.

  flexybatch logout`

func newLogout(w machine) *cobra.Command {
	var a accountFlags
	cmd := takesNothing(&cobra.Command{
		Use: "logout", Short: "Take the API key out of the system keyring", Long: logoutHelp,
		RunE: func(cmd *cobra.Command, _ []string) error { return runLogout(cmd.Context(), w, a.account().Host()) },
	})
	a.addBaseURL(cmd)
	return cmd
}

func runLogout(ctx context.Context, w machine, host string) error {
	if w.vault == nil {
		return nothingf("there is no system keyring here")
	}
	switch err := secret.Forget(ctx, w.vault, host); {
	case errors.Is(err, secret.ErrNotKept):
		w.words.Fprintf(w.stderr, "The system keyring has no key for %s.\n", host)
	case err != nil:
		return nothingf("asking the system keyring: %w", err)
	default:
		w.words.Fprintf(w.stderr, "The key for %s is no longer in the system keyring.\n", host)
	}
	return nil
}
