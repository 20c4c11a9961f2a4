package simulator

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Config is how a simulated provider behaves. The zero value is one that
// behaves well: one sandbox key "simulator", a full account, a catalogue of all
// kinds of plans, no limit and no fault.
type Config struct {
	Keys    []Key // default: one, Key{Key: DefaultKey}
	Balance int64 // what a new account holds, in centimes; 0: DefaultBalance; Empty: nothing

	Plans []Plan   // the catalogue; nil: DefaultPlans
	Down  []string // what ping calls down: mobilis, ooredoo, djezzy, mobilisFixedPlans

	// PrefixRefs chooses the other of two forms that accounts are seen to
	// answer in: refs come back as API-<username>-<ref>, and the answer to a
	// send leaves newBalance out.
	PrefixRefs bool

	Speed         float64       // how many times faster than life orders age; 0: as in life
	SettleUnknown time.Duration // age, in life, at which UNKNOWN_ERROR is settled; 0: 24 h

	Store string // file that keeps orders and deposits; empty: memory only

	RateLimit    int           // calls a minute that a key may make; 0: any number
	NoRetryAfter bool          // a 429 of RateLimit does not say how long to wait
	Latency      time.Duration // before the provider acts on a call

	Faults map[Fault]float64 // share of calls or orders, 0 to 1, that meet this fault
	Slow   time.Duration     // how long the faults slow and slow-body take; 0: 2 s
	Seed   uint64            // of every decision left to chance
}

// Key is one API key of the account.
type Key struct {
	Key      string
	Type     string // Sandbox or Production; empty: Sandbox
	ReadOnly bool   // scope READ-ONLY: may not send
	Disabled bool   // every call is answered with API_DISABLED
	Username string // empty: "simulator"
}

// The types of key.
const (
	Sandbox    = "SANDBOX"
	Production = "PRODUCTION"
)

const (
	// DefaultKey is the key of a Config that names none.
	DefaultKey = "simulator"
	// DefaultBalance is 1,000,000.00 DZD, in centimes.
	DefaultBalance = 1_000_000_00
	// Empty is the Config.Balance of an account that holds nothing.
	Empty = -1
)

// ErrConfig is wrapped by the errors of New for a Config that makes no sense,
// and by those of ParseFault and Deposit.
var ErrConfig = errors.New("simulator: not a possible configuration")

// check refuses what no default can mend.
func (c *Config) check() error {
	switch {
	case c.Balance < Empty:
		return fmt.Errorf("%w: a balance of %d centimes", ErrConfig, c.Balance)
	case !(c.Speed >= 0), c.SettleUnknown < 0, c.RateLimit < 0, c.Latency < 0, c.Slow < 0:
		return fmt.Errorf("%w: Speed, SettleUnknown, RateLimit, Latency and Slow take no number below zero", ErrConfig)
	}
	for _, o := range c.Down {
		if !slices.Contains(pinged, o) {
			return fmt.Errorf("%w: ping does not know %q", ErrConfig, o)
		}
	}
	return nil
}

// withDefaults fills in what was left out.
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
