package cli

import (
	"github.com/spf13/cobra"

	"flexybatch/internal/app"
	"flexybatch/internal/settings"
)

// approvalFlags say which approvals a batch needs before it is sent, and where they
// are.
type approvalFlags struct {
	requests  []string
	required  int
	approvers string
}

func (a *approvalFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&a.requests, "approved", nil, "send only the rows of this approval request, once it is approved; may be given again with copies that others have approved")
	f.Var(settings.NewWhole(&a.required, 0), "require-approvals", "send only what so many different people have approved (default with --approved: 1)")
	f.StringVar(&a.approvers, "approvers", "", "file of the people whose approval counts: a line of flexybatch keygen for each")
	complete(cmd, "approved", files("json"))
	complete(cmd, "approvers", files())
}

// approvals is what the flags say.
func (a *approvalFlags) approvals(cmd *cobra.Command) (app.Approvals, error) {
	if a.required < 0 || len(a.requests) > 0 && a.required == 0 && cmd.Flags().Changed("require-approvals") {
		return app.Approvals{}, badFlag("require-approvals", "--require-approvals %d: give the number of people, from 1", a.required)
	}
	return app.Approvals{Requests: a.requests, Required: a.required, Approvers: a.approvers}, nil
}
