package cli

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"flexybatch/batch"
	"flexybatch/batch/approval"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/outfile"
	"flexybatch/internal/secret"
	"flexybatch/journal"
)

var notKept = secret.ErrNotKept

// refusalTypes are the names of package app's exported errors, read from its text.
func refusalTypes(t *testing.T) (names []string) {
	t.Helper()
	folder := filepath.Join("..", "app")
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), ".go") || strings.HasSuffix(file.Name(), "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), filepath.Join(folder, file.Name()), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range tree.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Name.Name != "Error" || f.Recv == nil {
				continue
			}
			kind := f.Recv.List[0].Type
			if p, ok := kind.(*ast.StarExpr); ok {
				kind = p.X
			}
			if name := kind.(*ast.Ident).Name; ast.IsExported(name) {
				names = append(names, name)
			}
		}
	}
	names = append(names, "TargetRefused") // whose method is that of what it holds
	if slices.Sort(names); len(names) < 35 {
		t.Fatalf("only these errors were found: %q", names)
	}
	return names
}

// builtRefusals are refusals of package app, each with the values that it may say, by
// the names of their types. What no story meets must stand here.
func builtRefusals() map[string][]error {
	earlier := []batch.EarlierPayment{{Row: 2, Payment: batch.Payment{Topup: batch.Topup{Phone: "0660000002", Amount: 100}, Batch: "b", Row: 3, State: batch.Fulfilled, At: time.Now()}}}
	account := batch.Account{Host: "api.example", Username: "acme", Type: batch.Production}
	at := &app.Location{File: "a.csv", Name: "a"}
	return map[string][]error{
		"NoApprovers":      {&app.NoApprovers{}},
		"ToldToStop":       {&app.ToldToStop{Who: "Amel"}},
		"AlreadyBegun":     {&app.AlreadyBegun{Name: "a"}},
		"ApprovedAlready":  {&app.ApprovedAlready{Approvers: []string{"Amel"}, Rows: []int{2}}},
		"ChangedMeanwhile": {&app.ChangedMeanwhile{Row: 2}},
		"EmptyFile":        {&app.EmptyFile{Given: "a.csv"}},
		"NoSuchBatch":      {&app.NoSuchBatch{Name: "a"}},
		"NotMended":        {&app.NotMended{Row: 2}},
		"ApprovalsNeeded":  {&app.ApprovalsNeeded{Required: 2, File: "a.csv"}},
		"TooFewApprovals":  {&app.TooFewApprovals{Request: "a.json", Required: 2, Counted: []approval.Approval{{Approver: "Amel"}}}},
		"BegunApproved":    {&app.BegunApproved{Batch: "a", Digest: "sha256:0123456789", Approvers: []string{"Amel"}, Required: 2}},
		"FewerApprovals":   {&app.FewerApprovals{Batch: "a", Was: 2, Is: 1}},
		"StaleApproval":    {&app.StaleApproval{File: "a.csv", Why: lang.Msg("there is no valid row to approve")}},
		"RequestReplaced":  {&app.RequestReplaced{Request: "a.json"}},
		"ApproverKnown":    {&app.ApproverKnown{Name: "Amel"}},
		"JournalError":     {&app.JournalError{Journal: "a.journal", Err: &journal.Locked{Holder: "7"}}, &app.JournalError{Journal: "a.journal", Err: &journal.Corrupt{Line: 3, Offset: 100}}, &app.JournalError{Journal: "a.journal", Err: batch.ErrRecord}},
		"NeverSent":        {&app.NeverSent{Journal: "a.journal"}},
		"CanaryFailed":     {&app.CanaryFailed{}},
		"NotCatalogue":     {&app.NotCatalogue{File: "a.json", Err: errDisk}},
		"BadFormat":        {&app.BadFormat{Format: "pdf", Known: app.ReportFormats()}, &app.BadFormat{Format: "pdf", Known: app.CheckFormats()}},
		"NotConfirmed":     {&app.NotConfirmed{}, &app.NotConfirmed{Question: app.Question{Account: batch.Production, Rows: 3}, Answer: app.Answer{Text: "x"}}},
		"NobodyToAsk":      {&app.NobodyToAsk{}},
		"BooksFailed":      {&app.BooksFailed{Err: errDisk}, &app.BooksFailed{Err: errDisk, Sent: 1}},
		"JournalMoved":     {&app.JournalMoved{Err: errDisk}},
		"NotReported":      {&app.NotReported{File: "a.csv", Err: errDisk}},
		"RunBefore":        {&app.RunBefore{File: "a.csv", Name: "a", As: batch.BatchRecord{Name: "b", File: "b.csv"}, Journal: "b.journal"}},
		"OtherBatch":       {&app.OtherBatch{Journal: "a.journal", Name: "a", Holds: "b"}, &app.OtherBatch{Journal: "a.journal", Name: "a", Holds: "b", Argument: true}},
		"SignedLate":       {&app.SignedLate{At: time.Now()}},
		"PaidElsewhere":    {&app.PaidElsewhere{Rows: earlier, Valid: 3}},
		"PayAgainNumber":   {&app.PayAgainNumber{Given: 2, Before: 1, Others: 3}},
		"NoReason":         {&app.NoReason{}},
		"NothingToAmend":   {&app.NothingToAmend{Name: "a", Journal: "a.journal", Batches: []app.Neighbour{{Name: "b", Shared: 3}}}},
		"OtherProvider":    {&app.OtherProvider{Journal: "a.journal"}, &app.OtherProvider{Journal: "a.journal", Simulated: true}},
		"FileChanged":      {&app.FileChanged{Batch: batch.BatchRecord{Name: "a", File: "a.csv"}, Difference: batch.Difference{New: 1, Gone: 2, Changed: 3, Refused: 4, Paid: 5, Invalid: 6}}},
		"BadName":          {&app.BadName{Name: "a/b", Why: lang.Msg("%s", "x")}},
		"NeverRun":         {&app.NeverRun{Journal: "a.journal"}},
		"NothingToApprove": {&app.NothingToApprove{File: "a.csv"}},
		"PaysForNone":      {&app.PaysForNone{Balance: 1, Cheapest: 100}, &app.PaysForNone{Balance: 1, Cheapest: 100, Begun: true}},
		"NoKey":            {&app.NoKey{Host: "api.example"}},
		"Denied":           {&app.Denied{Err: &batch.Fault{Class: batch.ClassDenied, Status: 401, Code: "ERR_AUTH", TriesLeft: 1}}},
		"OtherAccount":     {&app.OtherAccount{Was: account, Is: account}},
		"BadResend":        {&app.BadResend{Path: "a.xlsx", Why: lang.Msg("%s", "x")}},
		"ResendRun":        {&app.ResendRun{From: at, To: at}},
		"NotWorkbook":      {&app.NotWorkbook{File: "a.pdf"}},
		"Error":            {app.Failed(app.Internal, errDisk)},
		"TargetRefused":    refusedTargets(),
	}
}

// refusedTargets are refusals of files, for each reason that there is.
func refusedTargets() (list []error) {
	for _, reason := range []outfile.Reason{outfile.IsInput, outfile.IsTwice, outfile.ReservedName, outfile.WrongName, outfile.IsFolder, outfile.NoFolder, outfile.NotWritable,
		outfile.NotOrdinary, outfile.HoldsOther, outfile.OfOtherBatch, outfile.WasChanged, outfile.NotOurs, outfile.ExistsAlready} {
		r := &outfile.Refused{Target: outfile.Target{Path: "a.xlsx", Kind: outfile.Report}, Reason: reason, Holds: outfile.Resend, Of: "b", Err: fs.ErrPermission}
		list = append(list, &app.TargetRefused{Refused: r})
	}
	return list
}
