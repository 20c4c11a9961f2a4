package cli

import (
	"github.com/spf13/cobra"

	"flexybatch/internal/lang"
)

const rootHelp = `flexybatch tops up every phone of a spreadsheet through OneClickDz, once and
only once, and writes a results workbook that finance can reconcile.

  flexybatch run --simulate trial.csv       try it: no key, no network, no money
  flexybatch validate payroll.xlsx          what is wrong with the file, and what it will cost
  flexybatch run payroll.xlsx               send it; run again, it resumes by itself
  flexybatch status payroll.xlsx            where it stands
  flexybatch settle payroll.xlsx            ask again about open outcomes, any time later
  flexybatch reconcile payroll.xlsx         hold it against the account's own statement
  flexybatch resend payroll.xlsx            the rows that were not paid, as a new file

The API key comes from --key-file, ONECLICKDZ_API_KEY or the system keyring
(flexybatch login). Settings that stay: flexybatch config --help.

Exit codes: 0 every row fulfilled; 1 nothing could be done; 3 done, but read the
report: rows were invalid, rejected or refunded; 4 not done: run the same command
again; 64 wrong command line; 70 a fault of the program (the journal is whole).
More: flexybatch help exit-codes.`

// newRoot is the command line's grammar.
func newRoot(w machine) *cobra.Command {
	root := newCommands(w)
	configured(w, root)
	help := newHelp()
	root.AddCommand(newVersion(w), newCompletion(w), help) // which work whatever the settings are
	root.SetHelpCommand(help)
	showsVersion(w, showsHelp(root))
	if completes(w.args) { // it looks at every flag of every command
		completeNothingElse(root)
	}
	translate(root, w.words)
	helpWriter{w.words}.install(root)
	return root
}

// newCommands are all commands, as they are said in their files.
func newCommands(w machine) *cobra.Command {
	root := &cobra.Command{
		Use:           "flexybatch",
		Short:         "Mass airtime from a spreadsheet, once and only once",
		Long:          rootHelp,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetFlagErrorFunc(wrongFlag)
	root.AddCommand(
		newRun(w), newValidate(w), newStatus(w), newSettle(w), newReport(w), newReconcile(w), newResend(w), newConsole(w), newServe(w),
		newPlans(w), newTemplate(w), newSimulate(w), newDrill(w), newJournal(w),
		newDatabase(w), newWorker(w), newSubmit(w), newBatches(w), newPause(w), newResume(w), newCancel(w),
		newApprove(w), newKeygen(w), newConfig(w), newLogin(w), newLogout(w), newUnattended(), newExitCodes(),
	)
	root.Flags().BoolP("version", "v", false, "the program's version")
	f := root.PersistentFlags()
	f.BoolP("help", "h", false, "this help")
	f.String("lang", "", "en, fr or ar (default from the locale, else en): the language of messages, help and reports") // speaker reads it
	complete(root, "lang", words(lang.Languages...))
	return root
}
