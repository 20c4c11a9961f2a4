package simulator

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Config says how a simulated provider behaves. The zero value behaves well: it
// has one sandbox key "simulator", a full account, a catalogue with all kinds of
// plans, no rate limit and no faults.
type Config struct {
	Keys    []Key // default: one, Key{Key: DefaultKey}
	Balance int64 // what a new account holds, in centimes; 0: DefaultBalance; Empty: nothing

	Plans []Plan   // the catalogue; nil: DefaultPlans
	Down  []string // the operators that ping calls down: mobilis, ooredoo, djezzy, mobilisFixedPlans

	// PrefixRefs chooses the second of the two forms in which accounts are seen
	// to answer: refs come back as API-<username>-<ref>, and the answer to a
	// send has no newBalance.
	PrefixRefs bool

	Speed         float64       // how many times faster than the real service orders age; 0: as fast as it
	SettleUnknown time.Duration // age at which UNKNOWN_ERROR is settled, before Speed; 0: 24 h

	Store string // file that keeps orders and deposits; empty: memory only

	RateLimit    int           // calls a minute that a key may make; 0: any number
	NoRetryAfter bool          // a 429 of RateLimit does not say how long to wait
	Latency      time.Duration // how long the provider takes before it acts on a call

	Faults map[Fault]float64 // share of calls or orders, 0 to 1, that meet each fault
	Slow   time.Duration     // how long the faults slow and slow-body take; 0: 2 s
	Seed   uint64            // seed of every random decision
}

// Key is one API key of the account.
type Key struct {
	Key      string
	Type     string // Sandbox or Production; empty: Sandbox
	ReadOnly bool   // scope READ-ONLY: may not send
	Disabled bool   // every call is refused with API_DISABLED
	Username string // empty: "simulator"
}

// The types of key.
const (
	Sandbox    = "SANDBOX"
	Production = "PRODUCTION"
)

const (
	// DefaultKey is the key of a Config without Keys.
	DefaultKey = "simulator"
	// DefaultBalance is 1,000,000.00 DZD in centimes.
	DefaultBalance = 1_000_000_00
	// Empty is the Config.Balance of an account without money.
	Empty = -1
)

// ErrConfig is wrapped by the errors of New about a Config that makes no sense,
// and by those of ParseFault and Deposit.
var ErrConfig = errors.New("simulator: not a possible configuration")

// check refuses values that no default can replace.
func (c *Config) check() error {
	switch {
	case c.Balance < Empty:
		return fmt.Errorf("%w: a balance of %d centimes", ErrConfig, c.Balance)
	case !(c.Speed >= 0), c.SettleUnknown < 0, c.RateLimit < 0, c.Latency < 0, c.Slow < 0:
		return fmt.Errorf("%w: Speed, SettleUnknown, RateLimit, Latency and Slow take no number below zero", ErrConfig)
	}
	for _, o := range c.Down {
		if !slices.Contains(pingOperators, o) {
			return fmt.Errorf("%w: ping does not know %q", ErrConfig, o)
		}
	}
	return nil
}

// withDefaults replaces zero values with their defaults.
func (c Config) withDefaults() Config {
	switch c.Balance {
	case 0:
		c.Balance = DefaultBalance
	case Empty:
		c.Balance = 0
	}
	if len(c.Keys) == 0 {
		c.Keys = []Key{{Key: DefaultKey}}
	}
	if c.Plans == nil {
		c.Plans = DefaultPlans()
	}
	if c.Speed == 0 {
		c.Speed = 1
	}
	if c.SettleUnknown == 0 {
		c.SettleUnknown = 24 * time.Hour
	}
	if c.Slow == 0 {
		c.Slow = 2 * time.Second
	}
	return c
}
