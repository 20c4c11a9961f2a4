package ingest

import (
	"fmt"
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
		what := "there is no phone: write one in the form 0550123456"
		if i.wrongTotal() {
			what = fmt.Sprintf("there is no phone; if this line is a total, it is not the sum of the amounts above it, which is %d: look for what is missing, or delete the line", i.sum)
		}
		i.problem(batch.PhoneMissing, phone, "%s", what)
		return
	}
	written := i.entry.Fields[phone]
	if p, err := batch.ParsePhone(written); err == nil {
		i.row.Topup.Phone = p
		return
	}
	if isTotalWord(trimmed) && i.wrongTotal() {
		i.problem(batch.PhoneFormat, phone, "this is not a phone; if this line is a total, it is not the sum of the amounts above it, which is %d: look for what is missing, or delete the line", i.sum)
		return
	}
	p, repairable := batch.RepairPhone(written)
	repairable = repairable && i.entry.Odd[phone] != xlsx.Date
	if repairable && i.FixPhones {
		i.row.Topup.Phone = p
		i.row.Remark(func(m *batch.Remarks) { m.Written = written })
		return
	}
	if repairable {
		i.repairable.add(Repair{i.entry.Number, written, p})
		i.problem(batch.PhoneFormat, phone, "%s: write %s, or run with --fix-phones", phoneFault(written, i.entry.Odd[phone]), p)
		return
	}
	i.problem(batch.PhoneFormat, phone, "%s: write 05, 06 or 07 and eight digits, such as 0550123456", phoneFault(written, i.entry.Odd[phone]))
}

// phoneFault says in what way a text is no phone.
func phoneFault(s string, odd xlsx.Oddity) string {
	digits := 0
	for _, r := range s {
		if '0' <= r && r <= '9' {
			digits++
		}
	}
	plain := strings.Trim(s, "0123456789") == ""
	switch {
	case odd == xlsx.Date:
		return "the cell is a date, not a phone"
	case odd == xlsx.Truth:
		return "the cell is TRUE or FALSE, not a phone"
	case s != strings.TrimSpace(s) && len(strings.TrimSpace(s)) == 10:
		return "there are spaces around the phone"
	case strings.ContainsAny(s, "eE") && strings.Trim(s, "0123456789.,+eE") == "":
		return "the spreadsheet shortened the number and lost digits of it: make the column Text and type the phone again"
	case plain && digits == 9 && strings.ContainsAny(s[:1], "567"):
		return "the leading zero is lost (the column is of type Number; make it Text)"
	case plain && digits == 10 && s[0] == '0' && strings.ContainsAny(s[1:2], "234"):
		return "this is a landline, and only mobile phones are topped up"
	case plain && s[0] == '0' && digits != 10:
		return fmt.Sprintf("the phone has %d digits, not the 10 of a mobile number", digits)
	}
	return "this is not an Algerian mobile number as the provider takes it"
}
