package cli

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"flexybatch/batch"
	"flexybatch/batch/approval"
	"flexybatch/ingest"
	"flexybatch/internal/secret"
	"flexybatch/internal/settings"
)

// approvals is which approvals a batch needs before it is sent, and which it has.
type approvals struct {
	planOnly  bool     // --prepare
	files     []string // --approved
	required  int      // --require-approvals
	approvers string   // --approvers

	approved *approval.File      // what was approved; nil: nothing was asked for
	counted  []approval.Approval // those that count, one for each person
}

func (a *approvals) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&a.planOnly, "prepare", false, "write NAME.plan.json, for others to approve, and send nothing")
	f.StringArrayVar(&a.files, "approved", nil, "send only what stands in this plan file, once it is approved; may be given again with copies that others have approved")
	f.Var(settings.NewWhole(&a.required, 0), "require-approvals", "send only what so many different people have approved (default with --approved: 1)")
	f.StringVar(&a.approvers, "approvers", "", "file of the people whose approval counts: a line of flexybatch keygen for each")
}

// resolve checks the flags and reads the approvals.
func (a *approvals) resolve(cmd *cobra.Command, file string, sends bool) error {
	set := cmd.Flags().Changed
	switch {
	case a.required < 0, len(a.files) > 0 && set("require-approvals") && a.required == 0:
		return badFlag("require-approvals", "--require-approvals %d: give the number of people, from 1", a.required)
	case a.planOnly && len(a.files) > 0:
		return failf(exitUsage, "--prepare writes a plan that is to be approved, and --approved takes one that is: give one of them")
	case len(a.files) > 0 && !set("require-approvals"):
		a.required = 1
	}
	switch {
	case len(a.files) > 0:
		return a.read()
	case a.required > 0 && sends && !a.planOnly:
		return badFlag("require-approvals", "--require-approvals %d: nothing is sent before so many people have approved it.\nPrepare the batch with: flexybatch run --prepare %s\nLet them approve the plan, then run it with --approved PLAN --approvers FILE", a.required, quoted(file))
	}
	return nil
}

// read reads the plan and its approvals, and counts them.
func (a *approvals) read() error {
	if a.approvers == "" {
		return failf(exitUsage, "--approved wants --approvers FILE: whose approvals count is said by the one who runs the batch.\nThe file has a line for each of them, as flexybatch keygen prints it")
	}
	trusted, err := readApprovers(a.approvers)
	if err != nil {
		return err
	}
	for _, path := range a.files {
		f, err := readPlan(path)
		if err != nil {
			return err
		}
		if a.approved == nil {
			a.approved = f
		} else if err := a.approved.Add(f); err != nil {
			return failf(exitNothing, "%s: %w", path, err)
		}
	}
	good, not := a.approved.Count(trusted)
	a.counted = good
	if len(good) >= a.required {
		return nil
	}
	var s strings.Builder
	fmt.Fprintf(&s, "the plan %s has %s of %s; nothing was sent", a.files[0], count(len(good), "approval that counts", "approvals that count"), count(a.required, "that is needed", "that are needed"))
	for _, g := range good {
		fmt.Fprintf(&s, "\n  %s: it counts", g.Approver)
	}
	for _, n := range not {
		fmt.Fprintf(&s, "\n  %s: it does not count: %s", n.Approver, n.Why)
	}
	return failf(exitNothing, "%s", s.String())
}

// readApprovers reads the people whose approval counts. Whoever could write that
// file could say yes to everything.
func readApprovers(path string) (list []approval.Approver, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, failf(exitNothing, "reading the approvers: %w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	if err := secret.CheckUnwritable(f); err != nil {
		return nil, failf(exitUsage, "%w", err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, failf(exitNothing, "reading the approvers: %w", err)
	}
	if list, err = approval.ParseApprovers(b); err != nil {
		return nil, failf(exitNothing, "%s: %w", path, err)
	}
	return list, nil
}

// readPlan reads a plan file.
func readPlan(path string) (*approval.File, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, failf(exitNothing, "reading the plan: %w", err)
	}
	f, err := approval.Parse(b)
	if err != nil {
		return nil, failf(exitNothing, "%s: %w", path, err)
	}
	return f, nil
}

// approvedBefore is what the journal tells of approvals: the digest of the plan
// that was approved last, by whom, and how many had to. Without any, the digest is
// empty.
func approvedBefore(l *batch.Ledger) (digest string, who []string, required int) {
	if l == nil {
		return "", nil, 0
	}
	for _, n := range l.Notes() {
		if n.Approval == nil {
			continue
		}
		if n.Approval.Plan != digest {
			digest, who = n.Approval.Plan, nil
		}
		who = append(who, n.Approval.Approver)
		required = max(required, n.Approval.Required)
	}
	return digest, who, required
}

// asApproved makes sure that what is about to be sent is what people approved: the
// same batch on the same account, the same file, prices and rows. in is the file,
// where it is to be planned.
func (r *runner) asApproved(ctx context.Context, in *ingest.Input) error {
	digest, who, required := approvedBefore(r.known)
	switch {
	case r.settle, in == nil && !r.mayStillSend():
		return nil
	case r.approved == nil && (digest == "" || r.dryRun):
		return nil
	case r.approved == nil:
		return failf(exitNothing, "batch %q was begun with approvals (plan %s, by %s), and nothing more of it is sent without them.\nGive --approved PLAN, --approvers FILE and --require-approvals %d, as it was begun", r.name, shortDigest(digest), strings.Join(who, ", "), required)
	case r.required < required:
		return failf(exitNothing, "batch %q was begun with %s required, and --require-approvals %d is fewer", r.name, count(required, "approval", "approvals"), r.required)
	}
	p := r.approved.Plan
	if p.Batch != r.name {
		return failf(exitNothing, "the plan %s was approved for batch %q, and this is batch %q: an approval is good for one batch only", r.files[0], p.Batch, r.name)
	}
	if is := accountOf(r.whose); p.Account != is {
		return failf(exitNothing, "the plan %s was approved for account %q (%s, %s), and the key is of account %q (%s, %s): an approval is good for one account only",
			r.files[0], p.Account.Username, p.Account.Type, p.Account.Host, is.Username, is.Type, is.Host)
	}
	if err := r.fileAsApproved(p, in); err != nil {
		return err
	}
	now, err := r.pricesNow(ctx)
	if err != nil {
		return err
	}
	if changed := p.Repriced(now); changed != nil {
		return failf(exitNothing, "prices have changed since the plan was approved. Nothing was sent; prepare it again, and let it be approved again: flexybatch run --prepare %s\n%s", quoted(r.file), indented(changed))
	}
	if n, detail := p.Compare(r.planned(in)); n > 0 {
		return failf(exitNothing, "%s from what was approved. Nothing was sent; prepare it again, and let it be approved again: flexybatch run --prepare %s\n%s", count(n, "row differs", "rows differ"), quoted(r.file), indented(detail))
	}
	return nil
}

// mayStillSend tells whether anything of the books can be sent yet: what is unsent,
// and what may be so again when the provider says that it has never seen it.
func (r *runner) mayStillSend() bool {
	t := r.known.Tally()
	return t.Of(batch.Unsent)+t.Of(batch.Unknown) > 0
}

// fileAsApproved makes sure that the file is, byte for byte, the one that was approved.
func (r *runner) fileAsApproved(p *approval.Request, in *ingest.Input) error {
	sum, err := r.inputSum(in)
	if err != nil || sum == p.SHA256 {
		return err
	}
	n, detail := p.Compare(r.planned(in))
	if n == 0 {
		return failf(exitNothing, "%s was changed after the plan was approved: its rows are the same, and its bytes are not. Nothing was sent.\nBring the file back as it was, or prepare it again, and let it be approved again: flexybatch run --prepare %s", r.file, quoted(r.file))
	}
	return failf(exitNothing, "%s was changed after the plan was approved: %s. Nothing was sent.\nBring the file back as it was, or prepare it again, and let it be approved again: flexybatch run --prepare %s\n%s",
		r.file, count(n, "row differs", "rows differ"), quoted(r.file), indented(detail))
}

// inputSum is the SHA-256 of the input; of one that is gone, as the journal has it.
func (r *runner) inputSum(in *ingest.Input) (string, error) {
	switch {
	case in != nil:
		return in.SHA256, nil
	case r.isJournal:
		return r.known.Batch().SHA256, nil
	}
	sum, err := ingest.Digest(r.file)
	if err != nil {
		return "", failf(exitNothing, "%w", err)
	}
	return sum, nil
}

// pricesNow is the provider's catalogue as it is now. That of a batch that was begun
// is from then.
func (r *runner) pricesNow(ctx context.Context) (batch.Catalogue, error) {
	if r.known == nil || !r.known.Sealed() {
		return r.plans, nil
	}
	return patiently(ctx, "asking for the plan catalogue", r.provider.Plans)
}

// noteApprovals tells the books who approved what is sent from here on, each once.
func (r *runner) noteApprovals() error {
	if r.approved == nil {
		return nil
	}
	noted := map[string]bool{}
	for _, n := range r.books.Notes() {
		if n.Approval != nil {
			noted[fmt.Sprint(n.Approval.Plan, n.Approval.Key)] = true
		}
	}
	for _, a := range r.counted {
		if noted[fmt.Sprint(r.approved.Digest, a.Key)] {
			continue
		}
		err := r.books.Note(batch.NoteRecord{
			What: batch.NoteApproved,
			Text: fmt.Sprintf("%s approved the plan %s on %s with the key %s; approvals needed: %d", a.Approver, r.approved.Digest, a.At.Format("2006-01-02 15:04 UTC"), a.Key.Fingerprint(), r.required),
			Approval: &batch.ApprovalRecord{
				Plan: r.approved.Digest, Required: r.required, Approver: a.Approver, At: a.At, Key: a.Key.String(), Signature: a.Signature,
			},
		})
		if err != nil {
			return failf(exitNothing, "%w; nothing was sent", err)
		}
	}
	return nil
}

// names are those of the people whose approvals count, for people.
func (a *approvals) names() string {
	var names []string
	for _, g := range a.counted {
		names = append(names, g.Approver)
	}
	return strings.Join(names, ", ")
}

func accountOf(a batch.Account) approval.Account {
	return approval.Account{Host: a.Host, Username: a.Username, Type: a.Type}
}

// shortDigest is enough of a digest to tell it from others.
func shortDigest(digest string) string { return digest[:min(len(digest), 12)] }

// indented puts lines below a message.
func indented(lines []string) string { return "  " + strings.Join(lines, "\n  ") }
