package cli

import "github.com/spf13/cobra"

const exitCodesHelp = `How a command ended, for scripts, and whether running it again helps.

  0   Every row was fulfilled. Running it again changes nothing: it says so.

  1   Nothing could be done, and nothing was sent: a bad file, a bad key, no
      provider. Running it again helps once what the message says is mended.

  3   Done, and some rows were invalid, rejected or refunded. Running it again
      sends nothing more. Read the report; flexybatch resend writes the rows
      that were not paid to a new file.

  4   Not done: it was interrupted, the balance ran out, or outcomes are still
      open. Run the same command again: it goes on where it stopped and pays
      nobody twice. Where only outcomes are open, flexybatch settle is enough.

  64  The command line is wrong. Running it again as it is does not help.

  70  A fault of the program itself. The journal is whole: running it again is
      safe, and may help. Please report it.

Codes 3 and 4 are no errors of the program. validate, resend, reconcile and drill
say in their own help what their codes mean.`

// newExitCodes is a page of help and no command.
func newExitCodes() *cobra.Command {
	return &cobra.Command{Use: "exit-codes", Short: "Exit codes, and whether running again helps", Long: exitCodesHelp}
}
