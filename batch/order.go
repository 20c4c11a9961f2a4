package batch

// Topup is what a valid row asks for.
type Topup struct {
	Phone  Phone  `json:"phone,omitempty"`
	Plan   string `json:"plan,omitempty"`   // the code of a plan in the catalogue
	Amount Dinars `json:"amount,omitempty"` // for a fixed plan its own amount, if the row gives none
	ID     string `json:"id,omitempty"`     // the row's own id, if the file has such a column
}

// Order is a top-up with its ref and its cost. Only an Order can be sent.
type Order struct {
	Ref Ref
	Topup
	Cost Centimes // what it will cost by the catalogue
}
