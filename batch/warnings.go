package batch

import "hash/maphash"

// PhoneAgain is the code of the warning that several valid rows have the same phone.
const PhoneAgain Code = "phone.again"

// Warning is something about a valid row that people should see before it is paid.
// The row is sent all the same.
type Warning struct {
	Row     int // the line of the file, or the row of the sheet, as the user sees it
	Code    Code
	Message Message
}

// Warnings finds valid rows whose phone an earlier valid row has too. A second
// payment may be meant, and may be a mistake.
func Warnings(rows []Row) []Warning {
	phones, seed := make(hashes, len(rows)), maphash.MakeSeed()
	for i := range rows {
		if r := &rows[i]; r.Valid() {
			phones[i] = nonzero(maphash.String(seed, string(r.Topup.Phone)))
		}
	}
	first := map[Phone]*Row{}
	var all []Warning
	for _, i := range phones.repeated() {
		r := &rows[i]
		f, again := first[r.Topup.Phone]
		if !again {
			first[r.Topup.Phone] = r
			continue
		}
		all = append(all, Warning{r.Number, PhoneAgain, Msg("the phone %s is in row %d too, with %d dinars (%s); both will be paid",
			r.Topup.Phone, f.Number, f.Topup.Amount, f.Topup.Plan)})
	}
	return all
}

// Shared counts the valid rows that the ledger's batch has too: with the same
// phone, plan and amount, and paid there or still to be paid. The rows of another
// batch have other refs, so only a person can tell whether a second payment is
// meant.
func (l *Ledger) Shared(rows []Row) int {
	has := map[Topup]int{}
	for i := range rows {
		if r := &rows[i]; r.Valid() {
			has[r.Topup.clearID()]++
		}
	}
	shared := 0
	l.Each(func(s *RowStatus) bool {
		if t := s.Topup.clearID(); s.payable() && has[t] > 0 {
			has[t]--
			shared++
		}
		return true
	})
	return shared
}

// clearID returns the top-up without the row's id.
func (t Topup) clearID() Topup {
	t.ID = ""
	return t
}

// payable reports whether the row was paid, may have been paid, or is to be paid.
func (s *RowStatus) payable() bool {
	switch s.State {
	case Invalid, Rejected, Refunded, Conflict:
		return false
	case Unsent:
		return !s.Gone
	}
	return true
}
