package batch

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Provider is what the engine needs of a top-up API. Every method returns nil
// or an error that holds a *Fault, which says what the answer means for money
// (money rule 2); an error without one is of class ClassUnknown.
type Provider interface {
	// Account tells whom the key belongs to and what it may do.
	Account(ctx context.Context) (Account, error)
	// Balance is what the account holds now.
	Balance(ctx context.Context) (Centimes, error)
	// Plans is the catalogue, whole.
	Plans(ctx context.Context) (Catalogue, error)
	// Send asks for one top-up, once. nil means accepted, and only then is the
	// Receipt of use. It must not try again by itself, whatever happens.
	Send(ctx context.Context, o Order) (Receipt, error)
	// CheckRef looks an order up by the ref it was sent under. ClassNotFound
	// means that the provider said, in its own words, that there is none.
	CheckRef(ctx context.Context, ref Ref) (RemoteOrder, error)
	// CheckID looks an order up by the provider's own id.
	CheckID(ctx context.Context, id string) (RemoteOrder, error)
	// List is a page of the account's top-ups, newest first; pages count from 1.
	List(ctx context.Context, q ListQuery) (Page, error)
}

// Account is what the provider says of a key, the key itself left out.
type Account struct {
	Host     string `json:"host"` // host and port that the key is used with
	Username string `json:"username"`
	Type     string `json:"type"` // SANDBOX or PRODUCTION; SIMULATED inside --simulate
	ReadOnly bool   `json:"read_only,omitempty"`
	Disabled bool   `json:"disabled,omitempty"`
}

// The types of key.
const (
	Sandbox    = "SANDBOX"
	Production = "PRODUCTION"
	Simulated  = "SIMULATED"
)

// Receipt is what the provider answers to a top-up it accepts.
type Receipt struct {
	TopupID   string
	Ref       string    // as the provider writes it; empty where the answer names none
	Balance   *Centimes // after the charge, where the answer says so
	RequestID string    // what support asks for
}

// RemoteOrder is a top-up as the provider's books show it. Fields the answer left
// out are zero.
type RemoteOrder struct {
	ID        string
	Ref       string // as the provider writes it: ours, or API-<username>-<ours>
	Status    string // the provider's word; StateOf reads it
	Plan      string
	Phone     string
	Amount    Dinars
	Charged   *Centimes // balance_amount: what was really deducted, 0 once refunded
	Created   time.Time
	Message   string // refund_message
	Offers    []Offer
	RequestID string
}

// Offer is something the operator would sell to the phone instead.
type Offer struct {
	Name   string `json:"name,omitempty"`
	Plan   string `json:"plan,omitempty"`
	Amount Dinars `json:"amount,omitempty"`
}

// ListQuery asks for a page of top-ups.
type ListQuery struct {
	Page     int       // from 1
	PageSize int       // 1 to 100
	From, To time.Time // both or neither; a wish that the provider may ignore
}

// Page is a page of top-ups, newest first.
type Page struct {
	Items []RemoteOrder
	Pages int // how many pages there are, where the answer says so
	Total int // how many top-ups there are, where the answer says so
}

// Class says what an answer means for money. The zero value is ClassUnknown.
type Class uint8

// The classes of answers, by the money rules.
const (
	// ClassUnknown: nobody knows whether the provider acted (rules 2 and 3).
	ClassUnknown Class = iota
	// ClassUnreached: no connection was made, so nothing was asked.
	ClassUnreached
	// ClassThrottled: the provider asks for patience and did nothing (429, AUTH_UNAVAILABLE).
	ClassThrottled
	// ClassRefused: a documented refusal of this one order; nothing was charged.
	ClassRefused
	// ClassDuplicate: the provider holds this ref already (rule 4).
	ClassDuplicate
	// ClassNotFound: the provider says, in its own envelope, that there is no such order.
	ClassNotFound
	// ClassNoBalance: the account is empty; nothing was charged (rule 7).
	ClassNoBalance
	// ClassDenied: key, scope or address is refused; nothing was charged (rule 7).
	ClassDenied
)

var classNames = [...]string{"unknown", "unreached", "throttled", "refused", "duplicate", "not_found", "no_balance", "denied"}

// String is the class's name in journal and logs.
func (c Class) String() string {
	if int(c) < len(classNames) {
		return classNames[c]
	}
	return fmt.Sprintf("class(%d)", uint8(c))
}

// Fault is an answer other than the one hoped for.
type Fault struct {
	Class      Class
	Status     int           // HTTP status; 0 where there was no answer
	Code       string        // the provider's own code
	Message    string        // the provider's own words, or ours where it had none
	RequestID  string        // what support asks for
	RetryAfter time.Duration // how long the provider asks to wait; 0 where it does not say
	Err        error         // what went wrong below, if anything did
}

// Error says what the provider answered, or why it did not.
func (f *Fault) Error() string {
	s := f.Message
	if f.Code != "" {
		s = f.Code + ": " + s
	}
	if f.Status != 0 {
		s = fmt.Sprintf("HTTP %d %s", f.Status, s)
	}
	if f.Err != nil {
		s += ": " + f.Err.Error()
	}
	if f.RequestID != "" {
		s = fmt.Sprintf("%s (request %s)", s, f.RequestID)
	}
	return s
}

// Unwrap is what went wrong below.
func (f *Fault) Unwrap() error { return f.Err }

// FaultOf is the Fault that err holds; an error that holds none is of
// ClassUnknown, and nil has no fault.
func FaultOf(err error) *Fault {
	if err == nil {
		return nil
	}
	if f, ok := errors.AsType[*Fault](err); ok {
		return f
	}
	return &Fault{Message: "no answer was understood", Err: err}
}
