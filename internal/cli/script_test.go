package cli

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"

	"flexybatch/samples"
)

// resave writes into a workbook and saves it, as a person does.
func resave(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: resave WORKBOOK")
	}
	book, err := excelize.OpenFile(ts.MkAbs(args[0]))
	ts.Check(err)
	sheet := book.GetSheetList()[0]
	ts.Check(errors.Join(book.SetCellStr(sheet, "H40", "looked at by Amel"), book.Save(), book.Close()))
}

// TestScripts runs the transcripts in testdata/script: the command line as its
// users meet it. A line `code N COMMAND…` wants the exit code N.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Values["provider"] = &unsteady{}
			for name, value := range ownState(filepath.Join(env.WorkDir, ".state")) {
				env.Setenv(name, value)
			}
			env.Setenv("PATH", filepath.Dir(binary)+string(os.PathListSeparator)+env.Getenv("PATH"))
			for name, content := range map[string][]byte{"payroll.csv": samples.Payroll, "payroll.xlsx": samples.PayrollXLSX, "invalid.csv": samples.Invalid} {
				if err := os.WriteFile(filepath.Join(env.WorkDir, name), content, 0o600); err != nil {
					return err
				}
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"provider": changeProvider,
			"resave":   resave,
			"code": func(ts *testscript.TestScript, neg bool, args []string) {
				if neg || len(args) < 2 {
					ts.Fatalf("usage: code N COMMAND…")
				}
				want, err := strconv.Atoi(args[0])
				ts.Check(err)
				got := 0
				err = ts.Exec(args[1], args[2:]...)
				if exit, ok := errors.AsType[*exec.ExitError](err); ok {
					got = exit.ExitCode()
				} else {
					ts.Check(err)
				}
				if got != want {
					ts.Fatalf("exit code %d, want %d", got, want)
				}
			},
		},
	})
}
