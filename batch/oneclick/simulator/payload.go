package simulator

import "encoding/json"

// The data member of answers, with the fields that the API page gives.

// validateData is GET /v3/validate.
type validateData struct {
	Username string  `json:"username"`
	APIKey   keyData `json:"apiKey"`
}

type keyData struct {
	Key        string   `json:"key"`
	IsEnabled  bool     `json:"isEnabled"`
	Type       string   `json:"type"`
	AllowedIPs []string `json:"allowedips"`
	Scope      string   `json:"scope"`
}

// pingData is GET /v3/ping.
type pingData struct {
	API       string            `json:"api"`
	Operators map[string]string `json:"operators"`
}

// balanceData is GET /v3/account/balance.
type balanceData struct {
	Balance dinars `json:"balance"`
}

// plansData is GET /v3/mobile/plans.
type plansData struct {
	Dynamic []dynamicData `json:"dynamicPlans"`
	Fixed   []fixedData   `json:"fixedPlans"`
}

// planData holds the fields that both kinds of plan have.
type planData struct {
	Code      string      `json:"code"`
	Name      string      `json:"name"`
	Operator  string      `json:"operator"`
	Cost      json.Number `json:"cost,omitempty"`
	IsEnabled bool        `json:"isEnabled"`
}

type dynamicData struct {
	planData
	MinAmount int64 `json:"min_amount"`
	MaxAmount int64 `json:"max_amount"`
}

type fixedData struct {
	planData
	Amount int64 `json:"amount"`
}

// sendData is POST /v3/mobile/send.
type sendData struct {
	TopupID    string  `json:"topupId"`
	TopupRef   string  `json:"topupRef"`
	NewBalance *dinars `json:"newBalance,omitempty"`
}

// orderData is an order as check-ref, check-id and list show it.
type orderData struct {
	ID              string      `json:"_id"`
	Ref             string      `json:"ref"`
	Status          string      `json:"status"`
	PlanCode        string      `json:"plan_code"`
	Phone           string      `json:"MSSIDN"` // the API's spelling
	TopupAmount     int64       `json:"topup_amount"`
	BalanceAmount   dinars      `json:"balance_amount"`
	CreatedAt       string      `json:"created_at"`
	RefundMessage   string      `json:"refund_message,omitempty"`
	SuggestedOffers []offerData `json:"suggested_offers,omitempty"`
}

type offerData struct {
	TypeName string `json:"typename"`
	PlanCode string `json:"plan_code"`
	Amount   int64  `json:"amount"`
}

// transactionData is one line of GET /v3/account/transactions.
type transactionData struct {
	ID         string `json:"_id"`
	Type       string `json:"type"`
	Operation  string `json:"operation"` // + or -
	Amount     dinars `json:"amount"`    // never below zero
	OldBalance dinars `json:"oldBalance"`
	NewBalance dinars `json:"newBalance"`
	ObjID      string `json:"objid"`
	Note       string `json:"note"`
	Time       string `json:"time"`
}

// pageData is a page of orders or of transactions.
type pageData struct {
	Items      any        `json:"items"`
	Pagination pagination `json:"pagination"`
}

type pagination struct {
	Page         int `json:"page"`
	PageSize     int `json:"pageSize"`
	TotalPages   int `json:"totalPages"`
	TotalResults int `json:"totalResults"`
}
