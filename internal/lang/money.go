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
	case decimals == 0 && p.Language() == "en" && -1_000_000 < whole && whole < 1_000_000:
		return fmt.Sprint(whole) // 12,500 is twelve and a half to a French reader
	case decimals == 0:
		return s.grouped(whole)
	case -100 < centimes && centimes < 0:
		return "-" + p.amount(hundredths(-centimes)) // its whole part, 0, shows no sign
	default:
		rest := centimes % 100
		return fmt.Sprintf("%s%s%02d", s.grouped(whole), s.point, max(rest, -rest))
	}
}

// hundredths is an amount with its centimes.
type hundredths int64

func (h hundredths) Money() (centimes int64, decimals int) { return int64(h), 2 }
