package lang

import "fmt"

// money is an amount: how many centimes, and with how many decimals people write it.
type money interface {
	Money() (centimes int64, decimals int)
}

// Dinars makes a message of an amount and its unit, for where an amount stands alone.
func Dinars(amount money) Message { return Msg("%s DA", amount) }

// amount writes an amount of money, without its unit, which stands in the message
// around it. The reader of payrolls reads every amount back as the same one, whatever
// the language.
func (p *Printer) amount(m money) string {
	centimes, decimals := m.Money()
	s := p.style()
	switch whole := centimes / 100; {
	case decimals == 0 && p.Language() != "en":
		return s.grouped(whole)
	case decimals == 0 && -10_000 < whole && whole < 10_000:
		return fmt.Sprint(whole)
	}
	// 12,500 is twelve and a half to a French reader: in English an amount whose
	// digits are grouped has its centimes too.
	sign := ""
	if centimes < 0 && centimes > -100 {
		sign = "-" // which a whole part of 0 does not show
	}
	rest := centimes % 100
	return fmt.Sprintf("%s%s%s%02d", sign, s.grouped(centimes/100), s.point, max(rest, -rest))
}
