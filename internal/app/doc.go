// Package app is the job: what can be done with a batch, whoever asks for it. The
// command line, the pages of a browser and the workers of an office are doors to it,
// and it knows none of them.
//
//	Check      what is wrong with a file, and what it will cost
//	Rehearse   what a run would do
//	Prepare    an approval request, for others to sign
//	Approve    sign one
//	Run        check, ask, send, settle, report; run again, it resumes
//	Settle     ask again about what is open
//	Status     where a batch stands
//	Report     the report again, from the journal alone
//	Reconcile  a batch against the account's own statement
//	Resend     the rows that are provably unpaid, as a new file
//	Template   a blank file to fill in
//	Plans      the provider's catalogue
//
// # How it is called
//
// What every task needs of its door is an App; what one task is to do is its
// options, a struct whose zero values are the defaults. Results are values. Progress
// goes to an Observer, questions to a Confirm; App has them as interfaces, since a
// page, a terminal and a worker answer them differently.
//
// # What it promises
//
// Every error says its Outcome (OutcomeOf). A refusal that a door may have advice
// for is a type of its own with its values, such as *FileChanged; any other is an
// *Error. Their messages say what is the matter, in words that fit every door, and
// translated by lang.Printer.Error. What is to be done about it, in flags, commands
// or buttons, is for the door to say.
//
// Run sends nothing before the question is answered, the batch is in its books, and
// the Observer has agreed (Ready, Began). The order in which it does things is the
// order of its text; what decides about money is below it, in package batch.
//
// An error of outcome Nothing or Usage means that nothing was sent by this call.
//
// # What it does not promise
//
// Several tasks may be under way at once in one process, on different batches. On
// one batch there is one Run or Settle at a time, in all processes: the second is
// refused with a *JournalError that wraps a *journal.Locked. Status, Report,
// Reconcile and Resend may be called meanwhile, and tell what the journal told when
// they read it.
//
// It reads no environment, no terminal and no settings, starts no process, handles
// no signal, and keeps nothing between two calls but the files of a batch and the
// register that it was handed.
package app
