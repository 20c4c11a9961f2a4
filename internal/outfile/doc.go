// Package outfile writes the files that people and other programs read, and never
// destroys one that it should not (money rule 17).
//
// # What it promises
//
//   - Check says, before anything is sent, whether every target of a command can be
//     written. A refusal is a *Refused error: it names the file, what the file
//     holds, and what to do.
//   - No target replaces a journal, a file that belongs to a journal, an approval
//     request, a key, a file that the command reads, or any file that this program
//     did not write. It does not matter by which link a target is reached.
//   - A file of one kind never replaces a file of another kind, and the workbook of a
//     batch never replaces that of another batch.
//   - A workbook or a check that somebody has changed since it was written is never
//     replaced. The seal in it tells (see Seal). A target may have it moved aside
//     rather than refused (see Aside).
//   - Write looks at its target again just before it replaces it. It writes a file
//     whole or not at all.
//
// # What it does not promise
//
//   - A seal is a guard against mistakes and not against forgers.
//   - CSV and JSON reports, metrics and events have no seal. If somebody has changed
//     one of them, and it still begins as it did, it is replaced or appended to.
//   - A file that somebody else makes in the moment between the last look and the
//     rename is replaced.
//
// # Use
//
//	targets := []outfile.Target{
//		{Path: "payroll.results.xlsx", Kind: outfile.Report, Batch: "payroll"},
//		{Path: "payroll.log", Kind: outfile.Log},
//	}
//	inputs := []outfile.Input{{Path: "payroll.csv", Role: outfile.Payroll}, {Path: "payroll.journal", Role: outfile.Journal}}
//	if err := outfile.Check(targets, inputs); err != nil {
//		return err // nothing was sent
//	}
//	…
//	err := outfile.Write(targets[0], func(w io.Writer) error { … })
package outfile
