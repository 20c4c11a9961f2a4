package report

import (
	"flexybatch/batch"
	"flexybatch/batch/unusual"
	"flexybatch/internal/lang"
)

// ruleWords is what a rule's rows have in common, and what to do about all of them.
type ruleWords struct{ kind, remedy lang.Message }

// ruleWordsOf returns the words for a rule or a warning. A code that is not known
// stands for itself.
func ruleWordsOf(code batch.Code) ruleWords {
	w, known := problemWords[code]
	if !known {
		w, known = warningWords[code]
	}
	if !known {
		w.kind = lang.Msg("%s", code)
	}
	return w
}

// problemWords are the words for the rules that make a row invalid.
var problemWords = map[batch.Code]ruleWords{
	batch.PhoneMissing: {lang.Msg("rows without a phone"), lang.Msg("write the phones into the file, or take the rows out")},
	batch.PhoneFormat: {lang.Msg("phones that are not written as mobile numbers"),
		lang.Msg("--fix-phones writes those that can be meant in one way only; correct the others in the file")},
	batch.PlanMissing: {lang.Msg("rows without a plan"),
		lang.Msg("write the plans, or give one for all: --plan CODE, or --plan auto for the prepaid plan of each phone's operator")},
	batch.PlanUnknown:     {lang.Msg("plans that the provider does not have"), lang.Msg("write one of the codes that flexybatch plans lists")},
	batch.PlanDisabled:    {lang.Msg("plans that the provider has switched off"), lang.Msg("name other plans, or run again when the provider has switched them on")},
	batch.PlanOperator:    {lang.Msg("plans of another operator than the phone's"), lang.Msg("correct the phones or the plans; if people kept their number at another operator, run with --any-operator")},
	batch.PlanUnsupported: {lang.Msg("plans that buy nothing"), lang.Msg("name plans that top up a phone; flexybatch plans lists them")},
	batch.AmountMissing:   {lang.Msg("rows without an amount"), lang.Msg("write the amounts, or give one for all: --amount N")},
	batch.AmountFormat:    {lang.Msg("amounts that cannot be read"), lang.Msg("make the column Number, and write whole dinars in digits")},
	batch.AmountRange:     {lang.Msg("amounts that the plan does not take"), lang.Msg("write amounts within the plan's range, which flexybatch plans shows")},
	batch.AmountFixed:     {lang.Msg("amounts other than the only one of the plan"), lang.Msg("leave these cells empty, or name a plan that takes the amount")},
	batch.AmountCap:       {lang.Msg("amounts above the limits that you set"), lang.Msg("lower them, or raise --max-amount or --max-per-phone if they are right")},
	batch.DuplicateRow:    {lang.Msg("rows that repeat another one"), lang.Msg("take the copies out, or run with --allow-duplicates if all of them are meant")},
	batch.DuplicateID:     {lang.Msg("ids that stand in several rows"), lang.Msg("give each row an id of its own, or take the copies out")},
	batch.IDChanged:       {lang.Msg("ids that were sent with something else"), lang.Msg("make the rows again what they were, or give further payments ids of their own")},
	batch.PaidBefore:      {lang.Msg("rows that look paid already"), lang.Msg("make them again what they were; if further payments are meant, run with --pay-again and the number of such rows")},
	batch.CellError:       {lang.Msg("cells that hold an error"), lang.Msg("open the file in a spreadsheet program, mend the formulas, and save it")},
	batch.RowWidth:        {lang.Msg("rows whose cells may stand under the wrong columns"), lang.Msg("look for a delimiter too many or too few, and for texts right of the last column")},
}

// warningWords are those for warnings.
var warningWords = map[batch.Code]ruleWords{
	batch.PhoneAgain: {lang.Msg("phones that are in several rows"), lang.Msg("take one of each out, unless both are meant")},
	unusual.Tenfold:  {lang.Msg("amounts that may have a zero too many"), lang.Msg("look at each of them; those that are meant may stay")},
	unusual.Tenth:    {lang.Msg("amounts that may lack a zero"), lang.Msg("look at each of them; those that are meant may stay")},
	unusual.CutOff:   {lang.Msg("amounts that may have been cut off"), lang.Msg("look at each of them; those that are meant may stay")},
}
