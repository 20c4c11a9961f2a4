package app

import (
	"os"
	"slices"

	"flexybatch/batch"
	"flexybatch/batch/approval"
	"flexybatch/internal/secret"
)

// Approvals says which approvals a batch needs before it is sent, and where they
// are.
type Approvals struct {
	Requests  []string // the approval request, in copies that different people have approved
	Required  int      // how many people must have approved it; 0: one, if there is a request
	Approvers string   // file of the people whose approval counts
	Makers    []string // who had a hand in the file, beside the request's own maker: their approval does not count
}

// approvals is the request that people have approved, and who counts.
type approvals struct {
	request  *approval.File      // nil: none was given
	file     string              // the first copy of it
	counted  []approval.Approval // one for each person
	required int
}

// readApprovals reads the request and its approvals, and counts them.
func readApprovals(o Approvals) (*approvals, error) {
	if len(o.Requests) == 0 {
		return &approvals{}, nil
	}
	a := &approvals{file: o.Requests[0], required: max(o.Required, 1)}
	trusted, err := readApprovers(o.Approvers)
	if err != nil {
		return nil, err
	}
	for _, path := range o.Requests {
		f, err := ReadRequest(path)
		if err != nil {
			return nil, err
		}
		if a.request == nil {
			a.request = f
		} else if err := a.request.Add(f); err != nil {
			return nil, refusef("%s: %w", path, err)
		}
	}
	good, not := CountApprovals(a.request, trusted, o.Makers)
	if len(good) < a.required {
		return nil, &TooFewApprovals{Request: a.file, Required: a.required, Counted: good, Not: not}
	}
	a.counted = good
	return a, nil
}

// CountApprovals returns the approvals of a request that count, one for each person, and
// those that do not. Nobody approves what they had a hand in themselves.
func CountApprovals(f *approval.File, trusted []approval.Approver, makers []string) (good []approval.Approval, not []approval.Verdict) {
	counted, not := f.Count(trusted)
	for _, a := range counted {
		if slices.ContainsFunc(makers, func(maker string) bool { return approval.SamePerson(maker, a.Approver) }) {
			not = append(not, approval.Verdict{Approval: a, Why: batch.Said(approval.ErrMaker)})
			continue
		}
		good = append(good, a)
	}
	return good, not
}

// readApprovers reads the people whose approval counts. Whoever could write that
// file could say yes to everything.
func readApprovers(path string) (list []approval.Approver, err error) {
	if path == "" {
		return nil, &NoApprovers{}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, refusef("reading the approvers: %w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	if err := secret.CheckUnwritable(f); err != nil {
		return nil, Failed(Usage, err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, refusef("reading the approvers: %w", err)
	}
	if list, err = approval.ParseApprovers(b); err != nil {
		return nil, refusef("%s: %w", path, err)
	}
	return list, nil
}

// ReadRequest reads an approval request.
func ReadRequest(path string) (*approval.File, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, refusef("reading the approval request: %w", err)
	}
	f, err := approval.Parse(b)
	if err != nil {
		return nil, refusef("%s: %w", path, err)
	}
	return f, nil
}

func accountOf(a batch.Account) approval.Account {
	return approval.Account{Host: a.Host, Username: a.Username, Type: a.Type}
}

// ShortDigest is enough of a digest to tell it from others.
func ShortDigest(digest string) string { return digest[:min(len(digest), 12)] }
