package console

import (
	"errors"
	"slices"
	"strings"

	"flexybatch/batch"
	"flexybatch/ingest"
	"flexybatch/internal/lang"
)

// plainly are the messages that name a flag of the command line, and what a page says
// in their place, of the same values.
var plainly = map[string]string{
	"there are spaces around the phone: write %s, or run with --fix-phones":                                                                          "there are spaces around the phone: write %s",
	"the leading zero is lost (the column is of type Number; make it Text): write %s, or run with --fix-phones":                                      "the leading zero is lost (the column is of type Number; make it Text): write %s",
	"the phone has %d digits, not the 10 of a mobile number: write %s, or run with --fix-phones":                                                     "the phone has %d digits, not the 10 of a mobile number: write %s",
	"this is not an Algerian mobile number as the provider takes it: write %s, or run with --fix-phones":                                             "this is not an Algerian mobile number as the provider takes it: write %s",
	"the phone %s is of %s and the plan %s is of %s: correct one of them, or run with --any-operator":                                                "the phone %s is of %s and the plan %s is of %s: correct one of them",
	"there is no plan: write its code, or run with --plan CODE or --plan auto":                                                                       "there is no plan: write its code",
	"the provider lists no prepaid plan for %s, which --plan auto would take: write a plan's code":                                                   "the provider lists no prepaid plan for %s: write a plan's code",
	"there is no amount, and the plan %s needs one: write %v to %v dinars, or run with --amount N":                                                   "there is no amount, and the plan %s needs one: write %v to %v dinars",
	"the plan %s takes %v to %v dinars, and --amount gives %v: write an amount in between":                                                           "the plan %s takes %v to %v dinars, and the amount for all rows is %v: write an amount in between",
	"it repeats row %d: same phone, plan and amount; take one out, or run with --allow-duplicates if both are meant":                                 "it repeats row %d: same phone, plan and amount; take one out, or say in the last step of reading the file that both are meant",
	"it may be paid already: %s; run settle, which asks the provider about that, and then run again with --amend":                                    "it may be paid already: %s; ask the provider again about that batch first",
	"it may be paid already: %s; look tomorrow whether the provider's list has it, and if not, run with --pay-again and the number of such rows":     "it may be paid already: %s; look tomorrow whether the provider's list has it, and only then pay it again",
	"it was held back while nobody knew whether it was paid already: %s; it was not, so run again with --amend":                                      "it was held back while nobody knew whether it was paid already: %s; it was not, so go on with the batch",
	"it looks paid already: %s; make the row again what it was, or, if a further payment is meant, run with --pay-again and the number of such rows": "it looks paid already: %s; make the row again what it was, or, if a further payment is meant, say so before paying",
	"the column %q is not used, and looks like the field %s; if it is, run with --map %s=%s":                                                         "the column %q is not used, and looks like the field %s; if it is, say so where the file is read",
	"say which of them is meant: --map %s=HEADER":                                                                                                    "say which of them is meant",
	"say which one is meant: --map %s=%s":                        "say which one is meant",
	"say which one is meant by its letter, as in --map phone=%s": "say which one is meant",
	"say which one is the payroll: --sheet NAME":                 "say which one is the payroll",
	"name the phone column: --map phone=HEADER":                  "say which column has the phones",
	"name the phone column: --map phone=HEADER; if the headers look odd, the file is not in %s: say what it is in, as with --encoding iso-8859-6 or cp850": `say which column has the phones; if the headers look odd, save the file as "CSV UTF-8" first`,
	"try another --encoding, or leave it out":                                                                  `save it as "CSV UTF-8"`,
	"put the password into a file and give --password-file FILE":                                               "type its password",
	"--map phone=%s: there is no such column; the headers are":                                                 "there is no such column any more; the headers are",
	"--map %s=%s: there is no such column; the headers are":                                                    "there is no such column any more; the headers are",
	"--map takes this column for %s and for %s":                                                                "this column is chosen for %s and for %s",
	"it is above the %d dinars a row that --max-amount allows":                                                 "it is above the %d dinars a row that you allow",
	"with it, %s would get %d dinars in this batch, above the %d that --max-per-phone allows":                  "with it, %s would get %d dinars in this batch, above the %d that you allow",
	"the valid rows come to %s dinars, and --expect-total says %s":                                             "the rows that can be paid come to %s dinars, and %s are expected",
	"the valid rows come to %s dinars, above the %s that --max-total allows":                                   "the rows that can be paid come to %s dinars, above the %s that you allow",
	"split it into several files, or raise the limit: %s":                                                      "split it into several files",
	"split the file, or raise the limit: %s":                                                                   "split the file",
	"copy the rows alone into a new workbook, or raise the limit: %s":                                          "copy the rows alone into a new workbook",
	"delete the columns that the payroll does not need, or raise the limit: %s":                                "delete the columns that the payroll does not need",
	"is this a payroll? If it is, delete the columns that it does not need, or raise the limit: %s":            "is this a payroll? If it is, delete the columns that it does not need",
	"shorten it, or raise the limit: %s":                                                                       "shorten it",
	"shorten it, look for a quote that should not be there, or raise the limit: %s":                            "shorten it, or look for a quote that should not be there",
	"is this a payroll? If it is, raise the limit: %s":                                                         "is this a payroll? If it is, save it as XLSX",
	"look for a quote (\") that is opened there and never closed; if it is one long text, raise the limit: %s": "look for a quote (\") that is opened there and never closed",
	"check the password file: one line, the password alone":                                                    "type it once more",
	"run the payroll itself again; to pay what came back: flexybatch resend":                                   "give the payroll itself; to pay what came back, make a new file of it on the page of its batch",
	"leave --sheet out": "say once more which sheet is paid",
	"the file is damaged, or put together of two: save it again as \"CSV UTF-8\", or name its encoding: --encoding windows-1252": `the file is damaged, or put together of two: save it again as "CSV UTF-8"`,
}

// plainCount is plainly for a message that counts, by what is counted in it; zero where
// it names no flag.
func plainCount(many string, n int, args []any) lang.Message {
	switch {
	case strings.Contains(many, "--expect-rows"):
		return lang.Count(n, "%d row can be paid, and %d are expected", "%d rows can be paid, and %d are expected", args...)
	case strings.Contains(many, "--strict"):
		return lang.Count(n, "%d of %d rows cannot be paid, and nothing is to be sent then", "%d of %d rows cannot be paid, and nothing is to be sent then", args...)
	}
	return lang.Message{}
}

// plain is a message without flags of the command line, also within it.
func plain(m batch.Message) lang.Message {
	format, many, n, args := m.Parts()
	within := false
	args = slices.Clone(args)
	for i, v := range args {
		if inner, ok := v.(batch.Message); ok {
			args[i], within = plain(inner), true
		}
	}
	if many != "" {
		if counted := plainCount(many, n, args[1:]); !counted.IsZero() {
			return counted
		}
	}
	if words, ok := plainly[format]; ok && many == "" {
		return lang.Msg(words, args[:min(len(args), verbs(words))]...)
	}
	if within && many == "" {
		return lang.Msg(format, args...)
	}
	return lang.Msg("%s", m)
}

// wordedControls is the refusal of control totals and caps in the words of a page; nil
// for any other error.
func wordedControls(err error) error {
	e, ok := errors.AsType[interface {
		error
		Parts() (format, many string, n int, args []any)
	}](err)
	if !ok || !errors.Is(err, batch.ErrControl) {
		return nil
	}
	_, _, _, args := e.Parts() // ErrControl, and what is not kept
	why, ok := args[len(args)-1].(batch.Message)
	if !ok {
		return nil
	}
	return &refusal{lang.Msg("The control totals or limits of this batch are not kept: %s.", plain(why)), err}
}

// verbs counts the values that a format takes; the ones of plainly are in order.
func verbs(format string) (n int) {
	for i := 0; i+1 < len(format); i++ {
		if format[i] == '%' {
			n++
		}
	}
	return n
}

// plainFile is why a file cannot be read, without flags of the command line.
type plainFile struct{ *ingest.FileError }

// Message says where it is, what is wrong, and what to do.
func (e plainFile) Message() lang.Message {
	what := plain(e.What)
	if len(e.List) > 0 {
		what = lang.Msg("%s: %s", what, strings.Join(e.List, ", "))
	}
	if !e.Do.IsZero() {
		what = lang.Msg("%s; %s", what, plain(e.Do))
	}
	if e.Value != "" {
		what = lang.Msg("%s: %s", lang.Msg("value %q", e.Value), what)
	}
	if e.Column != "" {
		what = lang.Msg("%s: %s", lang.Msg("column %q", e.Column), what)
	}
	if e.Row > 0 {
		what = lang.Msg("%s: %s", lang.Msg("row %d", e.Row), what)
	}
	if e.Sheet != "" {
		what = lang.Msg("%s: %s", lang.Msg("sheet %q", e.Sheet), what)
	}
	return what
}

// wordedFile is an error of reading in the words of a page; nil for any other.
func wordedFile(err error) error {
	if e, ok := errors.AsType[*ingest.FileError](err); ok {
		return plainFile{e}
	}
	return nil
}
