package cli

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"flexybatch/batch"
	"flexybatch/batch/approval"
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

// approver is one approve.
type approver struct {
	world
	yes, show, json  bool
	name, signingKey string
	passphraseFile   string
}

func newApprove(w world) *cobra.Command {
	a := &approver{world: w}
	cmd := &cobra.Command{
		Use: "approve REQUEST", Short: "Show an approval request and approve it with your key", Long: approveHelp, Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error { return a.run(cmd.Context(), args[0]) },
	}
	f := cmd.Flags()
	f.StringVar(&a.name, "name", "", "your name, as the approvers' file has it (default the one in the key's .pub file)")
	f.StringVar(&a.signingKey, "signing-key", "", "file of your private key (default approver.key in your configuration folder)")
	f.StringVar(&a.passphraseFile, "passphrase-file", "", "file that holds the key's passphrase, and that nobody else can read (default it is asked for)")
	f.BoolVar(&a.show, "show", false, "only show the approval request")
	f.BoolVar(&a.yes, "yes", false, "ask nothing")
	f.BoolVar(&a.json, "json", false, "the approval request without its rows as one JSON object on stdout")
	return cmd
}

func (a *approver) run(ctx context.Context, path string) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	f, err := readRequest(path)
	if err != nil {
		return err
	}
	if a.show {
		return a.tell(f, path)
	}
	if !a.yes && !terminal.Is(a.stdin) {
		return failf(exitUsage, "there is no terminal to ask on: add --yes to approve without a question, or --show to look only")
	}
	s, err := a.signer()
	if err != nil {
		return err
	}
	if err := a.tell(f, path); err != nil {
		return err
	}
	if slices.ContainsFunc(f.Approvals, func(x approval.Approval) bool { return x.Key.Equal(s.public) && f.Signed(x) }) {
		a.words.Fprintf(a.stderr, "You have approved this request already.\n")
		return nil
	}
	if err := a.confirm(ctx, f.Request, s.name); err != nil {
		return err
	}
	key, err := a.open(ctx, s)
	if err != nil {
		return err
	}
	return a.add(f.Digest, path, s.name, key)
}

// add puts the approval into the file as it is now, if the digest is that of what
// was shown: somebody else may have approved it meanwhile.
func (a *approver) add(shown, path, name string, key ed25519.PrivateKey) error {
	now, err := readRequest(path)
	if err != nil {
		return err
	}
	if now.Digest != shown {
		return failf(exitNothing, "%s was changed while you were asked, and was not approved; look at it again", path)
	}
	if err := now.Approve(name, key, time.Now()); err != nil {
		return failf(exitNothing, "%w", err)
	}
	if err := writeRequestFile(path, now); err != nil {
		return err
	}
	a.words.Fprintf(a.stderr, "Approved by %s with the key %s.\n", name, approval.PublicKey(key).Fingerprint())
	return nil
}

// confirm asks. An error means no.
func (a *approver) confirm(ctx context.Context, p *approval.Request, name string) error {
	if a.yes {
		return nil
	}
	rows := len(p.Rows)
	if p.Account.Type == batch.Production {
		answer := a.prompt().Ask(ctx, a.words.Sprintf("This is real money. To approve it as %s, type the number of rows: ", name))
		if answer == strconv.Itoa(rows) {
			return nil
		}
		return failf(exitNothing, "it was not approved: the answer %q is not %d", answer, rows)
	}
	if terminal.Yes(a.prompt().Ask(ctx, a.words.Sprintf("Approve it as %s? [y/N] ", name))) {
		return nil
	}
	return failf(exitNothing, "it was not approved: the question was not answered with yes")
}

// signer is who approves: a name, and a private key that may still be locked.
type signer struct {
	name    string
	file    string
	private []byte
	public  approval.Key
}

// signer finds the name and the key.
func (a *approver) signer() (signer, error) {
	s := signer{name: a.name, file: a.signingKey}
	if s.file == "" {
		s.file = filepath.Join(a.ownFolder(), approverKey)
	}
	var err error
	if s.private, err = secret.ReadFile(s.file); errors.Is(err, os.ErrNotExist) {
		return s, failf(exitNothing, "there is no key %s: make one with flexybatch keygen --name \"YOUR NAME\", or give --signing-key FILE", s.file)
	} else if err != nil {
		return s, failf(exitNothing, "reading your key: %w", err)
	}
	b, err := os.ReadFile(s.file + ".pub")
	if err != nil {
		return s, failf(exitNothing, "reading the public key beside it: %w", err)
	}
	of, err := approval.ParseApprover(string(b))
	if err != nil {
		return s, failf(exitNothing, "%s.pub: %w", s.file, err)
	}
	s.public = of.Key
	if s.name == "" {
		s.name = of.Name
	}
	if err := approval.CheckName(s.name); err != nil {
		return s, failf(exitUsage, "--name %q: %w", s.name, err)
	}
	return s, nil
}

// open unlocks the private key.
func (a *approver) open(ctx context.Context, s signer) (ed25519.PrivateKey, error) {
	key, err := approval.ParsePrivateKey(s.private, nil)
	if errors.Is(err, approval.ErrPassphrase) {
		passphrase, err := a.passphrase(ctx, s.file)
		if err != nil {
			return nil, failf(exitNothing, "%s has a passphrase: %w", s.file, err)
		}
		if key, err = approval.ParsePrivateKey(s.private, []byte(passphrase)); err != nil {
			return nil, failf(exitNothing, "%s: %w", s.file, err)
		}
	} else if err != nil {
		return nil, failf(exitNothing, "%s: %w", s.file, err)
	}
	if !approval.PublicKey(key).Equal(s.public) {
		return nil, failf(exitNothing, "%s.pub is not the public key of %s: one of them was replaced", s.file, s.file)
	}
	return key, nil
}

// passphrase is what a key is locked with.
func (a *approver) passphrase(ctx context.Context, file string) (string, error) {
	switch {
	case a.passphraseFile != "":
		return readPassphrase(a.passphraseFile)
	case terminal.Is(a.stdin):
		return a.prompt().AskSecret(ctx, a.words.Sprintf("Passphrase of %s: ", file))
	}
	return "", errors.New("give --passphrase-file FILE")
}

// readPassphrase reads a passphrase from a file of one line.
func readPassphrase(path string) (string, error) {
	b, err := secret.ReadFile(path)
	return strings.TrimRight(string(b), "\r\n"), err
}

// largest is how many of the largest rows are shown.
const largest = 5

// shownRequest is what approve --json prints.
type shownRequest struct {
	Digest string `json:"digest"`
	*approval.Request
	Rows      int                 `json:"rows"`
	Approvals []approval.Approval `json:"approvals"`
}

// tell shows what is approved.
func (a *approver) tell(f *approval.File, path string) error {
	p := f.Request
	if a.json {
		if err := json.NewEncoder(a.stdout).Encode(shownRequest{f.Digest, p, len(p.Rows), f.Approvals}); err != nil {
			return failf(exitNothing, "writing the approval request: %w", err)
		}
		return nil
	}
	var page strings.Builder
	say := func(format string, args ...any) { page.WriteString(a.words.Sprintf(format, args...)) }
	say("Approval request for batch %s, account %s at %s (%s)\n", p.Batch, p.Account.Username, p.Account.Host, p.Account.Type)
	say("  file %s, SHA-256 %s\n", p.File, p.SHA256)
	say("  %s for %s DZD, cost %s\n", count(len(p.Rows), "row", "rows"), p.Requested, p.Cost)
	if p.Invalid > 0 {
		say("  %s in the file besides, and not sent\n", count(p.Invalid, "invalid row is", "invalid rows are"))
	}
	tellPrices(say, p)
	tellRows(say, p, path)
	say("  digest %s\n", f.Digest)
	for _, x := range f.Approvals {
		if f.Signed(x) {
			say("  signed by %s on %s with the key %s\n", x.Approver, x.At.Format("2006-01-02 15:04 UTC"), x.Key.Fingerprint())
		} else {
			say("  Attention: the signature of %s is not for this request\n", x.Approver)
		}
	}
	if _, err := io.WriteString(a.stdout, page.String()); err != nil {
		return failf(exitNothing, "writing the approval request: %w", err)
	}
	return nil
}

// tellPrices shows what each plan of the provider comes to.
func tellPrices(say func(string, ...any), p *approval.Request) {
	type sum struct {
		rows            int
		requested, cost batch.Centimes
	}
	sums := map[string]sum{}
	for _, r := range p.Rows {
		s := sums[r.Plan]
		sums[r.Plan] = sum{s.rows + 1, s.requested + r.Amount.Centimes(), s.cost + r.Cost}
	}
	for _, x := range p.Prices {
		s := sums[x.Plan]
		say("  %-18s %6d rows %14s DZD, cost %s (%s a dinar)\n", x.Plan, s.rows, s.requested, s.cost, cmp.Or(x.Cost.String(), "1"))
	}
}

// tellRows shows the largest rows, and those that a reader of the sheet would not
// have seen.
func tellRows(say func(string, ...any), p *approval.Request, path string) {
	rows := slices.Clone(p.Rows)
	slices.SortStableFunc(rows, func(a, b approval.Row) int { return cmp.Compare(b.Amount, a.Amount) })
	for _, r := range rows[:min(largest, len(rows))] {
		say("  row %d: %s, %s, %d dinars\n", r.Number, r.Phone, r.Plan, r.Amount)
	}
	if more := len(rows) - largest; more > 0 {
		say("  and %s, none of them larger; all stand in %s\n", count(more, "more row", "more rows"), path)
	}
	hidden := 0
	for _, r := range rows {
		if r.Hidden {
			hidden++
		}
	}
	if hidden > 0 {
		say("  Attention: %s hidden in the sheet and would be paid.\n", count(hidden, "valid row is", "valid rows are"))
	}
}
