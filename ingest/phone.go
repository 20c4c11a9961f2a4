package ingest

import (
	"strings"

	"flexybatch/batch"
	"flexybatch/ingest/xlsx"
)

// phone reads the phone, strictly: a number that only a guess completes is not
// one to send money to.
func (i *inspection) phone() {
	trimmed := i.readable(phone)
	if i.broken(phone) {
		return
	}
	if trimmed == "" {
		i.problem(batch.PhoneMissing, phone, i.missingPhone())
		return
	}
	written := i.entry.Fields[phone]
	if p, err := batch.ParsePhone(written); err == nil {
		i.row.Topup.Phone = p
		return
	}
	if isTotalWord(trimmed) && i.wrongTotal() {
		i.problem(batch.PhoneFormat, phone, batch.Msg("this is not a phone; if this line is a total, it is not the sum of the amounts above it, which is %v: look for what is missing, or delete the line", i.sum))
		return
	}
	p, repairable := batch.RepairPhone(written)
	repairable = repairable && i.entry.Odd[phone] != xlsx.Date
	switch {
	case repairable && i.FixPhones:
		i.row.Topup.Phone = p
		i.row.Remark(func(m *batch.Remarks) { m.Written = written })
	case repairable:
		i.repairable.add(Repair{i.entry.Number, written, p})
		i.problem(batch.PhoneFormat, phone, repairablePhone(written, p))
	default:
		i.problem(batch.PhoneFormat, phone, badPhone(written, i.entry.Odd[phone]))
	}
}

// missingPhone says that there is no phone.
func (i *inspection) missingPhone() batch.Message {
	if i.wrongTotal() {
		return batch.Msg("there is no phone; if this line is a total, it is not the sum of the amounts above it, which is %v: look for what is missing, or delete the line", i.sum)
	}
	return batch.Msg("there is no phone: write one in the form 0550123456")
}

// repairablePhone says in what way a text is not written as a phone is, and that p is
// meant. Such a fault is in every row of a file at once: a whole format costs less
// memory than one with a message in it.
func repairablePhone(s string, p batch.Phone) batch.Message {
	switch {
	case spacesAround(s):
		return batch.Msg("there are spaces around the phone: write %s, or run with --fix-phones", p)
	case zeroLost(s):
		return batch.Msg("the leading zero is lost (the column is of type Number; make it Text): write %s, or run with --fix-phones", p)
	case wrongLength(s):
		return batch.Msg("the phone has %d digits, not the 10 of a mobile number: write %s, or run with --fix-phones", len(s), p)
	}
	return batch.Msg("this is not an Algerian mobile number as the provider takes it: write %s, or run with --fix-phones", p)
}

// badPhone says in what way a text is no phone.
func badPhone(s string, odd xlsx.Oddity) batch.Message {
	switch {
	case odd == xlsx.Date:
		return batch.Msg("the cell is a date, not a phone: write 05, 06 or 07 and eight digits, such as 0550123456")
	case odd == xlsx.Truth:
		return batch.Msg("the cell is TRUE or FALSE, not a phone: write 05, 06 or 07 and eight digits, such as 0550123456")
	case spacesAround(s):
		return batch.Msg("there are spaces around the phone: write 05, 06 or 07 and eight digits, such as 0550123456")
	case strings.ContainsAny(s, "eE") && strings.Trim(s, "0123456789.,+eE") == "":
		return batch.Msg("the spreadsheet shortened the number and lost digits of it: make the column Text and type the phone again, such as 0550123456")
	case digits(s) && len(s) == 10 && s[0] == '0' && strings.ContainsAny(s[1:2], "234"):
		return batch.Msg("this is a landline, and only mobile phones are topped up: write 05, 06 or 07 and eight digits, such as 0550123456")
	case wrongLength(s):
		return batch.Msg("the phone has %d digits, not the 10 of a mobile number: write 05, 06 or 07 and eight digits, such as 0550123456", len(s))
	}
	return batch.Msg("this is not an Algerian mobile number as the provider takes it: write 05, 06 or 07 and eight digits, such as 0550123456")
}

func spacesAround(s string) bool {
	trimmed := strings.TrimSpace(s)
	return s != trimmed && len(trimmed) == 10
}

func zeroLost(s string) bool { return digits(s) && len(s) == 9 && strings.ContainsAny(s[:1], "567") }

func wrongLength(s string) bool { return digits(s) && s[0] == '0' && len(s) != 10 }
