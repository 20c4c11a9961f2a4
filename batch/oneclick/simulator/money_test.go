package simulator_test

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"flexybatch/batch/oneclick/simulator"
)

// step is one thing that happens to an account: a wait, a deposit or an order.
type step struct {
	wait    time.Duration
	deposit int64
	amount  int
	ref     string
}

var steps = rapid.SliceOfN(rapid.OneOf(
	rapid.Map(rapid.Int64Range(0, int64(25*time.Hour)), func(n int64) step { return step{wait: time.Duration(n)} }),
	rapid.Map(rapid.Int64Range(1, 1_000_000), func(n int64) step { return step{deposit: n} }),
	rapid.Custom(func(r *rapid.T) step {
		return step{amount: rapid.IntRange(90, 2000).Draw(r, "amount"), ref: fmt.Sprint("ref-", rapid.IntRange(0, 20).Draw(r, "ref"))}
	}),
), 0, 40)

// Whatever is sent, deposited and waited for: what was paid in, less what was
// charged, plus what was refunded, is the balance; the statement is a chain.
func TestMoneyAddsUp(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		config := simulator.Config{
			Balance: rapid.SampledFrom([]int64{simulator.Empty, 0, 1, 123_456}).Draw(r, "balance"),
			Seed:    rapid.Uint64().Draw(r, "seed"),
			Speed:   rapid.SampledFrom([]float64{0, 0.5, 3, 500}).Draw(r, "speed"),
			Faults: map[simulator.Fault]float64{
				simulator.FaultRefunded: 0.2, simulator.FaultUnknownError: 0.2, simulator.FaultVanish: 0.1,
				simulator.FaultRefundAfterFulfilled: 0.2, simulator.FaultNeverFinal: 0.1, simulator.FaultBackwards: 0.1, simulator.FaultOddWord: 0.1,
			},
		}
		story := steps.Draw(r, "steps")
		var err error // rapid's own Fatal does not work inside a bubble
		synctest.Test(t, func(*testing.T) { err = live(config, story) })
		if err != nil {
			r.Fatal(err)
		}
	})
}

// live lets a story happen and checks the money after every step.
func live(config simulator.Config, story []step) error {
	sim, err := simulator.New(config)
	if err != nil {
		return err
	}
	paid := sim.Balance()
	for i, s := range story {
		switch {
		case s.deposit > 0:
			paid += s.deposit
			err = sim.Deposit(s.deposit)
		case s.ref != "":
			deliver(sim, order("PREPAID_DJEZZY", "0770000003", s.amount, s.ref))
		default:
			time.Sleep(s.wait)
		}
		if err := errors.Join(err, addsUp(sim, paid)); err != nil {
			return fmt.Errorf("after step %d: %w", i, err)
		}
	}
	return nil
}

// deliver hands a send to the simulator without a network.
func deliver(sim http.Handler, body string) int {
	w := recorder{header: http.Header{}}
	sim.ServeHTTP(&w, request(body))
	return w.status
}

func addsUp(sim *simulator.Simulator, paid int64) error {
	balance, refs := paid, map[string]bool{}
	for _, o := range sim.Orders() {
		if refs[o.Ref] {
			return fmt.Errorf("ref %s was taken twice", o.Ref)
		}
		refs[o.Ref] = true
		if o.Charged != o.Cost || o.Cost != costByHand(o.Amount, "0.9925") || (o.Status == "REFUNDED") != (o.Refunded == o.Cost) {
			return fmt.Errorf("order %+v", o)
		}
		balance += o.Refunded - o.Charged
	}
	if balance != sim.Balance() || balance < 0 {
		return fmt.Errorf("balance %d, want %d", sim.Balance(), balance)
	}
	last, when := int64(0), time.Time{}
	for _, m := range sim.Transactions() {
		if m.Old != last || m.New != m.Old+m.Amount || m.Time.Before(when) {
			return fmt.Errorf("after %d at %s: %+v", last, when, m)
		}
		last, when = m.New, m.Time
	}
	if last != balance {
		return fmt.Errorf("the statement ends with %d, balance %d", last, balance)
	}
	return nil
}

// costByHand is the cost in centimes by rational arithmetic, half rounded up.
func costByHand(amount int64, price string) int64 {
	c, _ := new(big.Rat).SetString(price)
	c.Mul(c, big.NewRat(100*amount, 1)).Add(c, big.NewRat(1, 2))
	return new(big.Int).Div(c.Num(), c.Denom()).Int64()
}

func TestCostIsExact(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		price := rapid.StringMatching(`(0|1)\.[0-9]{1,6}|1`).Draw(r, "price")
		amount := rapid.Int64Range(1, 1_000_000_000).Draw(r, "amount")
		sim, err := simulator.New(simulator.Config{
			Balance: 1 << 60, Plans: []simulator.Plan{{Code: "P", Operator: "Djezzy", Cost: price, Min: 1, Max: 1_000_000_000}},
		})
		if err != nil {
			r.Fatal(err)
		}
		if status := deliver(sim, order("P", "0770000003", int(amount), "a")); status != 200 {
			r.Fatalf("status %d", status)
		}
		if got, want := sim.Orders()[0].Cost, costByHand(amount, price); got != want {
			r.Errorf("%d dinars at %s cost %d, want %d", amount, price, got, want)
		}
	})
}

func TestRefundCanBeSpentAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := open(t, simulator.Config{Balance: 48000})
		first, second := order("PREPAID_MOBILIS", "0600000001", 500, "a"), order("PREPAID_MOBILIS", "0660000002", 500, "b")
		if got := deliver(sim, first); got != 200 {
			t.Fatal(got)
		}
		time.Sleep(15*time.Second - time.Nanosecond)
		if got := deliver(sim, second); got != 403 {
			t.Errorf("before the refund: %d", got)
		}
		time.Sleep(time.Nanosecond)
		if got := deliver(sim, second); got != 200 {
			t.Errorf("after the refund: %d", got)
		}
	})
}

func TestDepositMustBeASum(t *testing.T) {
	sim := open(t, simulator.Config{Balance: simulator.Empty})
	for _, sum := range []int64{0, -1} {
		if sim.Deposit(sum) == nil {
			t.Errorf("%d was paid in", sum)
		}
	}
	if sim.Balance() != 0 || len(sim.Transactions()) != 0 {
		t.Errorf("%+v", sim.Transactions())
	}
}

// recorder is a response that nobody reads.
type recorder struct {
	header http.Header
	status int
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) WriteHeader(status int)      { r.status = status }
func (r *recorder) Write(b []byte) (int, error) { return len(b), nil }

func request(body string) *http.Request {
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "/v3/mobile/send", strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	r.Header.Set("X-Access-Token", simulator.DefaultKey)
	return r
}
