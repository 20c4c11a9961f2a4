package batch

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Provider is what the engine needs of a top-up API. The error of a method is nil
// or holds a *Fault, which says what the answer means for money (money rule 2). An
// error without a *Fault counts as one of ClassUnknown.
type Provider interface {
	// Account returns the account that the key belongs to and what the key may do.
	Account(ctx context.Context) (Account, error)
	// Balance returns the account's present balance.
	Balance(ctx context.Context) (Centimes, error)
	// Plans returns the whole catalogue.
	Plans(ctx context.Context) (Catalogue, error)
	// Send makes one request for one top-up. A nil error means that the provider
	// accepted it; only then is the Receipt valid. Send never repeats a request.
	Send(ctx context.Context, o Order) (Receipt, error)
	// CheckRef returns the order that was sent under ref. ClassNotFound means
	// that the provider itself, and not a proxy, answered that there is none.
	CheckRef(ctx context.Context, ref Ref) (RemoteOrder, error)
	// CheckID returns the order with the provider's id.
	CheckID(ctx context.Context, id string) (RemoteOrder, error)
	// List returns a page of the account's orders, newest first.
	List(ctx context.Context, q ListQuery) (Page, error)
}

// Account is what the provider says about a key, without the key.
type Account struct {
	Host     string `json:"host"` // the host and port that the key is used with
	Username string `json:"username"`
	Type     string `json:"type"` // Sandbox, Production or Simulated
	ReadOnly bool   `json:"read_only,omitempty"`
	Disabled bool   `json:"disabled,omitempty"`
}

// The types of keys. Simulated is the type with --simulate.
const (
	Sandbox    = "SANDBOX"
	Production = "PRODUCTION"
	Simulated  = "SIMULATED"
)

// Receipt is the provider's answer to a send that it accepted.
type Receipt struct {
	TopupID   string
	Ref       string    // as the provider writes it; empty if the answer names none
	Balance   *Centimes // the balance after the charge, if the answer tells it
	RequestID string    // the number that the provider's support asks for
}

// RemoteOrder is an order as the provider shows it. A field that the answer leaves
// out is zero.
type RemoteOrder struct {
	ID        string
	Ref       string // as the provider writes it: our ref, or API-<username>-<our ref>
	Status    string // the provider's word, which StateOf translates
	Plan      string
	Phone     string
	Amount    Dinars
	Charged   *Centimes // balance_amount: what was deducted; 0 after a refund
	Created   time.Time
	Message   string // refund_message
	Offers    []Offer
	RequestID string
}

// Offer is a product that the operator would sell to the phone instead.
type Offer struct {
	Name   string `json:"name,omitempty"`
	Plan   string `json:"plan,omitempty"`
	Amount Dinars `json:"amount,omitempty"`
}

// ListQuery selects a page of orders.
type ListQuery struct {
	Page     int       // from 1
	PageSize int       // 1 to 100
	From, To time.Time // both or neither; the provider may ignore them
}

// Page is a page of orders, newest first.
type Page struct {
	Items []RemoteOrder
	Pages int // how many pages there are, if the answer tells it
	Total int // how many orders there are, if the answer tells it
}

// Class tells what an answer means for money. The zero value is ClassUnknown.
type Class uint8

// The classes of answers; the rules are the money rules.
const (
	// ClassUnknown means that nobody knows whether the provider acted (rules 2 and 3).
	ClassUnknown Class = iota
	// ClassUnreached means that no connection was made, so the provider got no request.
	ClassUnreached
	// ClassThrottled means that the provider wants to be asked later and did nothing (429, AUTH_UNAVAILABLE).
	ClassThrottled
	// ClassRefused means that the provider refused this order for a documented reason and charged nothing.
	ClassRefused
	// ClassDuplicate means that the provider holds this ref already (rule 4).
	ClassDuplicate
	// ClassNotFound means that the provider answered, in its own envelope, that there is no such order.
	ClassNotFound
	// ClassNoBalance means that the balance is too low and nothing was charged (rule 7).
	ClassNoBalance
	// ClassDenied means that the provider refused the key, its scope or the address and charged nothing (rule 7).
	ClassDenied
)

var classNames = [...]string{"unknown", "unreached", "throttled", "refused", "duplicate", "not_found", "no_balance", "denied"}

// String returns the name of the class in journal and logs.
func (c Class) String() string {
	if int(c) < len(classNames) {
		return classNames[c]
	}
	return fmt.Sprintf("class(%d)", uint8(c))
}

// Fault describes a call that failed: an answer that is not a success, or none.
type Fault struct {
	Class      Class
	Status     int           // HTTP status; 0 if there was no answer
	Code       string        // the provider's own code
	Message    Message       // the provider's words, or ours if it sent none
	RequestID  string        // the number that the provider's support asks for
	RetryAfter time.Duration // how long the provider asks to wait, as far as that is waited for; 0 if it names no time
	Pause      time.Duration // how long it asks to wait, however long; 0 if it names no time
	TriesLeft  int           // how many more tries with a bad key there are before the address is blocked; 0 if the answer does not say
	WebPage    bool          // a web page answered in the provider's place
	Err        error         // the error below, if there is one
}

// Error says what the provider answered, or why there is no answer.
func (f *Fault) Error() string { return f.message().String() }

// Parts returns what a message says of the fault.
func (f *Fault) Parts() (format, many string, n int, args []any) { return f.message().Parts() }

// why returns the fault's message and the error below it.
func (f *Fault) why() Message {
	switch {
	case f.Err == nil:
		return f.Message
	case f.Message.IsZero():
		return Said(f.Err)
	}
	return Msg("%s: %s", f.Message, Said(f.Err))
}

func (f *Fault) message() Message {
	m := f.Message
	if f.Code != "" {
		m = Msg("%s: %s", f.Code, m)
	}
	if f.Status != 0 {
		m = Msg("HTTP %d %s", f.Status, m)
	}
	if f.Err != nil {
		m = Msg("%s: %v", m, f.Err)
	}
	if f.RequestID != "" {
		m = Msg("%s (request %s)", m, f.RequestID)
	}
	return m
}

// Unwrap returns the error below.
func (f *Fault) Unwrap() error { return f.Err }

// FaultOf returns the Fault that err holds. For an error that holds none it returns
// one of ClassUnknown, and for a nil error nil.
func FaultOf(err error) *Fault {
	if err == nil {
		return nil
	}
	if f, ok := errors.AsType[*Fault](err); ok {
		return f
	}
	return &Fault{Message: Msg("no answer was understood"), Err: err}
}
