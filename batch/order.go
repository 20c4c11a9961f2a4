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
