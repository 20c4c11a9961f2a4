package batch

// Topup is what a valid row asks for.
type Topup struct {
	Phone  Phone  `json:"phone,omitempty"`
	Plan   string `json:"plan,omitempty"`   // a code of the catalogue
	Amount Dinars `json:"amount,omitempty"` // the fixed plan's own, where the row gives none
	ID     string `json:"id,omitempty"`     // the row's own, where the file has such a column
}

// Order is a top-up under its reference. Only an Order can be sent.
type Order struct {
	Ref Ref
	Topup
	Cost Centimes // what the catalogue says it will cost
}

// Row is one data row of the input as it stands in the books.
type Row struct {
	Number   int       // the line of the file, or the row of the sheet, as the user sees it
	Cells    Cells     // what the row held
	Topup    Topup     // what it asks for; a field that broke a rule may be zero
	Problems []Problem // the rules it breaks; none: the row is valid
	Written  string    // the phone as the file writes it, where --fix-phones mended it; else empty
	Hidden   bool      // hidden in the sheet: nobody is paid unseen

	Ref  Ref      // given to valid rows by Arrange
	Cost Centimes // likewise
}

// Valid tells a row that breaks no rule.
func (r *Row) Valid() bool { return len(r.Problems) == 0 }

// Order is what is sent for a valid row.
func (r *Row) Order() Order { return Order{Ref: r.Ref, Topup: r.Topup, Cost: r.Cost} }
