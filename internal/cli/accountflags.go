package cli

import (
	"context"

	"github.com/spf13/cobra"

	"flexybatch/batch/oneclick"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/register"
	"flexybatch/internal/secret"
)

// accountFlags say which provider is used, and with which key.
type accountFlags struct {
	simulate bool
	baseURL  string
	keyFile  string
}

func (a *accountFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&a.simulate, "simulate", false, "use a simulator inside the process: no key, no network, no money")
	a.addKey(cmd)
}

// addKey is add for a command that is never simulated.
func (a *accountFlags) addKey(cmd *cobra.Command) {
	a.addBaseURL(cmd)
	f := cmd.Flags()
	f.StringVar(&a.keyFile, "key-file", "", "file that holds the API key, and that nobody else can read (default the variable ONECLICKDZ_API_KEY, then the system keyring)")
	complete(cmd, "key-file", files())
}

func (a *accountFlags) addBaseURL(cmd *cobra.Command) {
	cmd.Flags().StringVar(&a.baseURL, "base-url", "", "scheme and host of the API, without /v3 (ONECLICKDZ_BASE_URL; default https://api.oneclickdz.com)")
}

// account is what the flags say.
func (a *accountFlags) account() app.Account {
	return app.Account{Simulate: a.simulate, BaseURL: a.baseURL}
}

// key is the API key for a host, and where it comes from, in words. key-file in the
// user's own settings stands behind the environment (settings.Settings.Apply).
func (a *accountFlags) key(ctx context.Context, w machine, host string) (oneclick.Key, lang.Message, error) {
	key, from, err := secret.KeySources{File: a.keyFile, Variable: w.getenv(secret.KeyVariable), Vault: w.vault, Host: host}.Find(ctx)
	if err != nil {
		return oneclick.Key{}, from, nothingf("%w", err)
	}
	return oneclick.NewKey(key), from, nil
}

// app is the job, called from the command line. a is nil for a task that needs no
// key.
func (w machine) app(a *accountFlags) *app.App {
	job := &app.App{Version: version, Words: w.words, TuneMemory: w.getenv("GOGC") == "", Register: w.register()}
	if a != nil {
		job.Key = func(ctx context.Context, host string) (oneclick.Key, error) {
			key, _, err := a.key(ctx, w, host)
			return key, err
		}
	}
	return job
}

// register is the register of the user's batches; nil where the machine has no
// folder for it.
func (w machine) register() *register.Register {
	if w.configDir == nil {
		return nil
	}
	folder, err := register.Folder(w.getenv, w.configDir)
	if err != nil {
		return nil
	}
	r, err := register.Open(folder)
	if err != nil {
		return nil
	}
	return r
}
