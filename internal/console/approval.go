package console

import (
	"os"
	"path/filepath"

	"flexybatch/internal/app"
)

// approversName is the file in the folder of batches that says whose approval counts,
// where none was given to the console.
const approversName = "approvers"

// needs is how many people must approve a draft before it is sent.
func (k *Console) needs(d *app.Draft) int {
	if d == nil {
		return k.config.Needs.Required
	}
	return max(k.config.Needs.Required, d.Asked)
}

// approversPath is where the people whose approval counts stand, or will.
func (k *Console) approversPath() string {
	if k.config.Needs.Approvers != "" {
		return k.config.Needs.Approvers
	}
	return filepath.Join(k.config.Folder.Path, approversName)
}

// approversFile is the file of the people whose approval counts; empty where there is
// none yet.
func (k *Console) approversFile() string {
	path := k.approversPath()
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}

// requestOf is the path of a batch's approval request.
func (k *Console) requestOf(name string) string {
	at, err := k.config.Folder.Place(name).Locate()
	if err != nil {
		return ""
	}
	return at.Request()
}

// approvalsOf is how many approvals that count the request of a batch holds.
func (k *Console) approvalsOf(name string) int {
	f, err := app.ReadRequest(k.requestOf(name))
	if err != nil {
		return 0
	}
	trusted, err := app.Approvers(k.approversPath())
	if err != nil {
		return 0
	}
	good, _ := app.CountApprovals(f, trusted, k.makers(name))
	return len(good)
}

// makers are those of an office who had a hand in the file of a batch: who gave it, and
// who mended it. None of them approves it.
func (k *Console) makers(name string) (list []string) {
	if k.office == nil {
		return nil
	}
	d, err := k.config.Folder.Draft(name)
	if err != nil {
		return nil
	}
	for _, v := range d.Versions {
		list = append(list, v.Who)
	}
	return list
}
