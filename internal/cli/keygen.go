package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"flexybatch/batch/approval"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/outfile"
	"flexybatch/internal/secret"
	"flexybatch/internal/terminal"
)

const keygenHelp = `Make a key to approve batches with. The private key goes to approver.key in your
configuration folder, readable by you alone and locked with a passphrase if you
give one. The public key goes to approver.key.pub: hand that line to those who run
batches, by a way on which they know that it is from you. It is no secret.

  flexybatch keygen --name "Amel Benali"
  flexybatch keygen --name "Amel Benali" --out amel.key --passphrase-file secret

Both are OpenSSH keys: ssh-keygen -p -f FILE changes the passphrase, and
ssh-keygen -l -f FILE shows the fingerprint. Without a terminal and without
--passphrase-file the key has no passphrase.`

// approverKey is the private key's file in one's configuration folder.
const approverKey = "approver.key"

// keygenOptions is what keygen was asked for.
type keygenOptions struct {
	machine
	name, out, passphraseFile string
}

func newKeygen(w machine) *cobra.Command {
	k := &keygenOptions{machine: w}
	cmd := takesNothing(&cobra.Command{
		Use: "keygen", Short: "Make a key to approve batches with", Long: keygenHelp,
		RunE: func(cmd *cobra.Command, _ []string) error { return runKeygen(cmd.Context(), k) },
	})
	f := cmd.Flags()
	f.StringVar(&k.name, "name", "", "your name, as others know you")
	f.StringVar(&k.out, "out", "", "file of the private key; the public one is FILE.pub (default approver.key in your configuration folder)")
	f.StringVar(&k.passphraseFile, "passphrase-file", "", "file that holds the passphrase, and that nobody else can read (default it is asked for)")
	complete(cmd, "out", files())
	complete(cmd, "passphrase-file", files())
	return cmd
}

func runKeygen(ctx context.Context, k *keygenOptions) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := approval.CheckName(k.name); err != nil {
		return usagef("--name %q: %w", k.name, err)
	}
	if k.out == "" {
		folder := k.ownFolder()
		if folder == "" {
			return nothingf("this machine names no configuration folder for you: give --out FILE")
		}
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nothingf("making the configuration folder: %w", err)
		}
		k.out = filepath.Join(folder, approverKey)
	}
	if err := k.mayWrite(); err != nil {
		return err
	}
	passphrase, err := k.passphrase(ctx)
	if err != nil {
		return nothingf("reading the passphrase: %w", err)
	}
	private, of, err := approval.NewPrivateKey(k.name, []byte(passphrase))
	if err != nil {
		return nothingf("%w", err)
	}
	if err := errors.Join(secret.WriteNew(k.out, private, true), secret.WriteNew(k.out+".pub", fmt.Appendln(nil, of), false)); err != nil {
		return nothingf("writing the key: %w", err)
	}
	k.words.Fprintf(k.stderr, "Private key: %s (keep it to yourself)\nPublic key: %s.pub, fingerprint %s. Hand this line to those who run batches:\n", k.out, k.out, of.Key.Fingerprint())
	if _, err := fmt.Fprintln(k.stdout, of); err != nil {
		return nothingf("writing the public key: %w", err)
	}
	return nil
}

// mayWrite makes sure that both files can be written, and that neither exists.
func (k *keygenOptions) mayWrite() error {
	for _, path := range []string{k.out, k.out + ".pub"} {
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			return nothingf("%s exists already, and a key that is lost cannot be made again: name another file with --out", path)
		}
	}
	var inputs []outfile.Input
	if k.passphraseFile != "" {
		inputs = append(inputs, outfile.Input{Path: k.passphraseFile, Role: outfile.Secret})
	}
	return app.CheckTargets([]outfile.Target{{Path: k.out, Kind: outfile.Key}, {Path: k.out + ".pub", Kind: outfile.Key}}, inputs)
}

// passphrase is what the key is to be locked with; empty for nothing.
func (k *keygenOptions) passphrase(ctx context.Context) (string, error) {
	if k.passphraseFile != "" {
		return readPassphrase(k.passphraseFile)
	}
	if !terminal.Is(k.stdin) {
		return "", nil
	}
	first, err := k.prompt().AskSecret(ctx, k.words.Sprintf("Passphrase for the key (empty for none; it is not shown): "))
	if err != nil || first == "" {
		return first, err
	}
	again, err := k.prompt().AskSecret(ctx, k.words.Sprintf("The same again: "))
	if err == nil && again != first {
		err = lang.Errorf("the two are not the same")
	}
	return first, err
}
