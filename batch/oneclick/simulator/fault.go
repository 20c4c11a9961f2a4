package simulator

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Fault is the name of a class of faults, as in --fault reset-after=0.05. It is
// an alias of string, so that a name from a command line needs no conversion.
type Fault = string

// The classes of faults. Faults says what each of them does.
const (
	FaultResetBefore     Fault = "reset-before"
	FaultResetAfter      Fault = "reset-after"
	FaultNoAnswer        Fault = "no-answer"
	FaultSlow            Fault = "slow"
	FaultSlowBody        Fault = "slow-body"
	FaultEndlessBody     Fault = "endless-body"
	FaultTruncated       Fault = "truncated"
	FaultNotJSON         Fault = "not-json"
	FaultOtherShape      Fault = "other-shape"
	FaultNoSuccess       Fault = "no-success"
	FaultOtherRef        Fault = "other-ref"
	FaultSuccessFalse    Fault = "success-false"
	FaultHTML            Fault = "html"
	FaultRedirect        Fault = "redirect"
	FaultProxy404        Fault = "proxy-404"
	FaultError500Before  Fault = "error-500-before"
	FaultError500After   Fault = "error-500-after"
	FaultError502        Fault = "error-502"
	FaultError503        Fault = "error-503"
	FaultError504        Fault = "error-504"
	FaultAuthUnavailable Fault = "auth-unavailable"
	FaultThrottle        Fault = "throttle"
	FaultThrottleBare    Fault = "throttle-bare"
	FaultRefuse          Fault = "refuse"
	FaultBadAuth         Fault = "bad-auth"
	FaultIPNotAllowed    Fault = "ip-not-allowed"
	FaultEmptyAccount    Fault = "empty-account"
	FaultLate            Fault = "late"
	FaultRepeated        Fault = "repeated"
	FaultNameless        Fault = "nameless"
	FaultOtherID         Fault = "other-id"
	FaultNoList          Fault = "no-list"

	FaultRefunded             Fault = "refunded"
	FaultUnknownError         Fault = "unknown-error"
	FaultNeverFinal           Fault = "never-final"
	FaultBackwards            Fault = "backwards"
	FaultOddWord              Fault = "odd-word"
	FaultVanish               Fault = "vanish"
	FaultRefundAfterFulfilled Fault = "refund-after-fulfilled"
)

// FaultClass is a class of faults with what it does.
type FaultClass struct {
	Name Fault
	What string // one line that says to people what the fault does

	where where
	when  when
	// refusal is the provider's own refusal of the call, if the fault is that. Else
	// spoil sends the answer. A fault of orders has neither, but lifecycles: one
	// for each side of the coin.
	refusal    func() response
	spoil      func(damage)
	lifecycles [2]lifecycle
	late       bool // the provider acts on the call some time after the fault
}

// where says what can meet a fault.
type where uint8

const (
	anyCall  where = iota // sends and looks: check-ref, check-id, list
	someSend              // sends only
	someList              // lists only
	anOrder               // the lifecycle of an order that was accepted
)

// when says whether the provider acts on a call that meets the fault.
type when uint8

const (
	before when = iota // it does not act
	after              // it acts, then the fault happens
	either             // it acts in half of the cases
)

// acts reports whether the provider acts on a call with this toss of the coin.
func (c *FaultClass) acts(coin bool) bool {
	return c.when == after || c.when == either && coin
}

// faultClasses lists every class. Where the provider itself spoils an answer, it
// has acted before. Where a proxy answers in its place, it may have acted or not.
var faultClasses = []FaultClass{
	{Name: FaultResetBefore, What: "the connection is reset before the provider acts", when: before, spoil: damage.reset},
	{Name: FaultResetAfter, What: "the provider acts, then the connection is reset", when: after, spoil: damage.reset},
	{Name: FaultNoAnswer, What: "the provider acts, and no answer ever comes", when: after, spoil: damage.silence},
	{Name: FaultSlow, What: "the provider acts, and a good answer comes late", when: after, spoil: damage.late},
	{Name: FaultSlowBody, What: "the provider acts, and a good answer comes in drops", when: after, spoil: damage.drip},
	{Name: FaultEndlessBody, What: "the provider acts, and the answer has no end", when: after, spoil: damage.endless},
	{Name: FaultTruncated, What: "the provider acts, and the answer is cut short", when: after, spoil: damage.truncate},
	{Name: FaultNotJSON, What: "the provider acts, and the answer is a 200 that is not JSON", when: after, spoil: damage.notJSON},
	{Name: FaultOtherShape, What: "the provider acts, and the answer is JSON of another shape", when: after, spoil: damage.otherShape},
	{Name: FaultNoSuccess, What: "the provider acts, and the answer leaves success out", when: after, spoil: damage.noSuccess},
	{Name: FaultOtherRef, What: "the provider acts, and the answer is that of another ref", when: after, spoil: damage.otherRef},
	{Name: FaultSuccessFalse, What: "a 200 says success:false, whether the provider acted or not", when: either, spoil: damage.successFalse},
	{Name: FaultHTML, What: "a proxy's HTML page, 502 or 403, whether the provider acted or not", when: either, spoil: damage.html},
	{Name: FaultRedirect, What: "a 307 to another host, whether the provider acted or not", when: either, spoil: damage.redirect},
	{Name: FaultProxy404, What: "a router's 404 without envelope, whether the provider acted or not", when: either, spoil: damage.proxy404},
	{Name: FaultError500Before, What: "a 500 INTERNAL_SERVER_ERROR, and the provider did nothing", when: before, spoil: damage.error500},
	{Name: FaultError500After, What: "a 500 INTERNAL_SERVER_ERROR, though the provider acted", when: after, spoil: damage.error500},
	{Name: FaultError502, What: "a bare 502, whether the provider acted or not", when: either, spoil: damage.error502},
	{Name: FaultError503, What: "a 503 SERVICE_UNAVAILABLE, whether the provider acted or not", when: either, spoil: damage.error503},
	{Name: FaultError504, What: "a bare 504, whether the provider acted or not", when: either, spoil: damage.error504},
	{Name: FaultAuthUnavailable, What: "a 503 AUTH_UNAVAILABLE with Retry-After: 5, and the provider did nothing", when: before, spoil: damage.authUnavailable},
	{Name: FaultThrottle, What: "a 429 with Retry-After: 1, and the provider did nothing", when: before, spoil: damage.throttle},
	{Name: FaultThrottleBare, What: "a 429 without Retry-After, and the provider did nothing", when: before, spoil: damage.throttleBare},
	{Name: FaultRefuse, What: "the order is refused with ERR_PHONE", where: someSend, when: before, refusal: badPhone},
	{Name: FaultBadAuth, What: "a 401 ERR_AUTH, and the provider did nothing", when: before, spoil: damage.badAuth},
	{Name: FaultIPNotAllowed, What: "a 403 IP_NOT_ALLOWED, and the provider did nothing", when: before, spoil: damage.addressNotAllowed},
	{Name: FaultEmptyAccount, What: "the order is refused with INSUFFICIENT_BALANCE", where: someSend, when: before, refusal: insufficientBalance},

	{Name: FaultLate, What: "the connection is reset, and the provider acts on the order later", where: someSend, when: before, spoil: damage.reset, late: true},
	{Name: FaultRepeated, What: "the answer to an earlier call comes again, whether the provider acted or not", when: either, spoil: damage.repeat},
	{Name: FaultNameless, What: "the provider acts, and the answer does not say whose order it shows", when: after, spoil: damage.nameless},
	{Name: FaultOtherID, What: "the provider acts, and the answer has the id of another order and does not say whose it is", when: after, spoil: damage.otherID},
	{Name: FaultNoList, What: "the list is out of order: a 500 or a 400", where: someList, when: before, spoil: damage.noList},

	{Name: FaultRefunded, What: "the order ends refunded, with or without offers", where: anOrder, lifecycles: [2]lifecycle{endsRefunded, endsRefundedWithOffers}},
	{Name: FaultUnknownError, What: "the order ends in UNKNOWN_ERROR, settled later either way", where: anOrder, lifecycles: [2]lifecycle{unknownThenFulfilled, unknownThenRefunded}},
	{Name: FaultNeverFinal, What: "the order stays HANDLING for ever", where: anOrder, lifecycles: [2]lifecycle{neverFinal, neverFinal}},
	{Name: FaultBackwards, What: "the order goes back to PENDING before it is fulfilled", where: anOrder, lifecycles: [2]lifecycle{goesBackwards, goesBackwards}},
	{Name: FaultOddWord, What: "the order shows a status word that nobody knows, then is fulfilled when an UNKNOWN_ERROR would be settled", where: anOrder, lifecycles: [2]lifecycle{showsOddWord, showsOddWord}},
	{Name: FaultVanish, What: "the order is accepted and charged; later no look finds it, and its ref stays taken", where: anOrder, lifecycles: [2]lifecycle{vanishes, vanishes}},
	{Name: FaultRefundAfterFulfilled, What: "the order is fulfilled, and refunded a minute after it was sent", where: anOrder, lifecycles: [2]lifecycle{refundedAfterFulfilled, refundedAfterFulfilled}},
}

// Faults returns every class in an order that suits readers.
func Faults() []FaultClass { return slices.Clone(faultClasses) }

// ParseFault parses CLASS=SHARE, such as "reset-after=0.05". Its errors wrap
// ErrConfig.
func ParseFault(s string) (Fault, float64, error) {
	name, number, ok := strings.Cut(s, "=")
	share, err := strconv.ParseFloat(number, 64)
	if !ok || err != nil {
		return "", 0, fmt.Errorf("%w: %q is not CLASS=SHARE, such as reset-after=0.05", ErrConfig, s)
	}
	return name, share, checkFault(name, share)
}

func checkFault(f Fault, share float64) error {
	known := slices.ContainsFunc(faultClasses, func(c FaultClass) bool { return c.Name == f })
	switch {
	case !known:
		return fmt.Errorf("%w: there is no fault %q", ErrConfig, f)
	case !(share >= 0 && share <= 1):
		return fmt.Errorf("%w: the share of %s is %g; it must be from 0 to 1", ErrConfig, f, share)
	}
	return nil
}

// shares lists the classes that may happen to one kind of call or order, each
// with its probability.
type shares []shared

type shared struct {
	class *FaultClass
	share float64
}

// sharesOf picks the classes that can happen at these places, always in the same
// order.
func sharesOf(faults map[Fault]float64, places ...where) (shares, error) {
	for _, f := range slices.Sorted(maps.Keys(faults)) {
		if err := checkFault(f, faults[f]); err != nil {
			return nil, err
		}
	}
	var picked shares
	sum := 0.0
	for i := range faultClasses {
		c := &faultClasses[i]
		if share := faults[c.Name]; share > 0 && slices.Contains(places, c.where) {
			picked = append(picked, shared{c, share})
			sum += share
		}
	}
	if sum > 1.000001 { // ten times 0.1 comes to more than 1 in floating point
		return nil, fmt.Errorf("%w: faults that exclude each other have shares of %g in all", ErrConfig, sum)
	}
	return picked, nil
}

// pick returns the class that a draw falls on, or nil if it falls on none.
func (s shares) pick(draw float64) *FaultClass {
	for _, c := range s {
		if draw < c.share {
			return c.class
		}
		draw -= c.share
	}
	return nil
}
