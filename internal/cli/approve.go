package cli

import (
	"context"
	"crypto/ed25519"
	"errors"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"flexybatch/batch/approval"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/secret"
	"flexybatch/internal/terminal"
)

const approveHelp = `Show an approval request that run --prepare has written, ask, and add your approval
to it: your name, and a signature made with your key (flexybatch keygen). With a
PRODUCTION account the answer is the number of rows, typed in.

  flexybatch run --prepare payroll.xlsx                 the one who prepares: payroll.plan.json
  flexybatch approve payroll.plan.json                  each who approves
  flexybatch run --approved payroll.plan.json --require-approvals 2 \
      --approvers approvers payroll.xlsx                the one who runs it
  flexybatch approve --show payroll.plan.json           only show it

Every row stands in the file, a line each. The digest stands for all of it: the
batch's name, host and account, the bytes of the payroll, rows, references, sums
and prices. If any of that changes, the approvals are void. Copies of one request
that were approved in different places are given to run together:
--approved A.plan.json --approved B.plan.json.`

// approveOptions is what approve was asked for.
type approveOptions struct {
	machine
	yes, show, json  bool
	name, signingKey string
	passphraseFile   string
}

func newApprove(w machine) *cobra.Command {
	o := &approveOptions{machine: w}
	cmd := takesFile(&cobra.Command{
		Use: "approve REQUEST", Short: "Show an approval request and approve it with your key", Long: approveHelp,
		RunE: func(cmd *cobra.Command, args []string) error { return runApprove(cmd.Context(), o, args[0]) },
	}, "json")
	f := cmd.Flags()
	f.StringVar(&o.name, "name", "", "your name, as the approvers' file has it (default the one in the key's .pub file)")
	f.StringVar(&o.signingKey, "signing-key", "", "file of your private key (default approver.key in your configuration folder)")
	f.StringVar(&o.passphraseFile, "passphrase-file", "", "file that holds the key's passphrase, and that nobody else can read (default it is asked for)")
	f.BoolVar(&o.show, "show", false, "only show the approval request")
	f.BoolVar(&o.yes, "yes", false, "ask nothing")
	f.BoolVar(&o.json, "json", false, "the approval request without its rows as one JSON object on stdout")
	complete(cmd, "signing-key", files())
	complete(cmd, "passphrase-file", files())
	return cmd
}

func runApprove(ctx context.Context, o *approveOptions, path string) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	f, err := app.ReadRequest(path)
	if err != nil {
		return err
	}
	if o.show {
		return o.tell(ctx, f, path)
	}
	if !o.yes && o.confirm() == nil {
		return usagef("there is no terminal to ask on: add --yes to approve without a question, or --show to look only")
	}
	s, err := o.signer()
	if err != nil {
		return err
	}
	if err := o.tell(ctx, f, path); err != nil {
		return err
	}
	job := o.job()
	approved, err := job.Approve(ctx, app.ApproveOptions{Request: path, Digest: f.Digest, Yes: o.yes, Signer: app.Signer{
		Name: s.name, Public: s.public, Open: func(ctx context.Context) (ed25519.PrivateKey, error) { return o.open(ctx, s) },
	}})
	switch {
	case err != nil:
		return err
	case approved.Before:
		o.words.Fprintf(o.stderr, "You have approved this request already.\n")
	default:
		o.words.Fprintf(o.stderr, "Approved by %s with the key %s.\n", s.name, approved.Key.Fingerprint())
	}
	return nil
}

// job is the job of approving.
func (o *approveOptions) job() *app.App {
	job := o.app(nil)
	job.Confirm = o.confirm()
	return job
}

// signer is who approves: a name, and a private key that may still be locked.
type signer struct {
	name    string
	file    string
	private []byte
	public  approval.Key
}

// signer finds the name and the key.
func (o *approveOptions) signer() (signer, error) {
	s := signer{name: o.name, file: o.signingKey}
	if s.file == "" {
		s.file = filepath.Join(o.ownFolder(), approverKey)
	}
	var err error
	if s.private, err = secret.ReadFile(s.file); errors.Is(err, os.ErrNotExist) {
		return s, nothingf("there is no key %s: make one with flexybatch keygen --name \"YOUR NAME\", or give --signing-key FILE", s.file)
	} else if err != nil {
		return s, nothingf("reading your key: %w", err)
	}
	b, err := os.ReadFile(s.file + ".pub")
	if err != nil {
		return s, nothingf("reading the public key beside it: %w", err)
	}
	of, err := approval.ParseApprover(string(b))
	if err != nil {
		return s, nothingf("%s.pub: %w", s.file, err)
	}
	s.public = of.Key
	if s.name == "" {
		s.name = of.Name
	}
	if err := approval.CheckName(s.name); err != nil {
		return s, usagef("--name %q: %w", s.name, err)
	}
	return s, nil
}

// open unlocks the private key.
func (o *approveOptions) open(ctx context.Context, s signer) (ed25519.PrivateKey, error) {
	key, err := approval.ParsePrivateKey(s.private, nil)
	if errors.Is(err, approval.ErrPassphrase) {
		passphrase, err := o.passphrase(ctx, s.file)
		if err != nil {
			return nil, nothingf("%s has a passphrase: %w", s.file, err)
		}
		if key, err = approval.ParsePrivateKey(s.private, []byte(passphrase)); err != nil {
			return nil, nothingf("%s: %w", s.file, err)
		}
	} else if err != nil {
		return nil, nothingf("%s: %w", s.file, err)
	}
	if !approval.PublicKey(key).Equal(s.public) {
		return nil, nothingf("%s.pub is not the public key of %s: one of them was replaced", s.file, s.file)
	}
	return key, nil
}

// passphrase is what a key is locked with.
func (o *approveOptions) passphrase(ctx context.Context, file string) (string, error) {
	switch {
	case o.passphraseFile != "":
		return readPassphrase(o.passphraseFile)
	case terminal.Is(o.stdin):
		return o.prompt().AskSecret(ctx, o.words.Sprintf("Passphrase of %s: ", file))
	}
	return "", lang.Errorf("give --passphrase-file FILE")
}

// readPassphrase reads a passphrase from a file of one line.
func readPassphrase(path string) (string, error) {
	b, err := secret.ReadFile(path)
	return strings.TrimRight(string(b), "\r\n"), err
}
