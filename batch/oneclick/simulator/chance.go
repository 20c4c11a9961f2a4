package simulator

import (
	"crypto/sha256"
	"encoding/binary"
	"sync"
)

// chance makes the random decisions. A draw depends on the seed, on what a call
// asks for and on how often that was asked before. It does not depend on the
// order in which calls arrive, so a run can be repeated although its calls race
// each other.
type chance struct {
	seed                            uint64
	onSend, onLook, onList, onOrder shares

	mu    sync.Mutex
	asked map[string]uint64 // how often each thing was asked for
}

func newChance(config Config) (c *chance, err error) {
	c = &chance{seed: config.Seed, asked: map[string]uint64{}}
	if c.onSend, err = sharesOf(config.Faults, anyCall, someSend); err != nil {
		return nil, err
	}
	if c.onLook, err = sharesOf(config.Faults, anyCall); err != nil {
		return nil, err
	}
	if c.onList, err = sharesOf(config.Faults, anyCall, someList); err != nil {
		return nil, err
	}
	c.onOrder, err = sharesOf(config.Faults, anOrder)
	return c, err
}

// draw is the outcome of one random decision.
type draw struct {
	share       float64 // at least 0, below 1
	coin, other bool    // two independent coin tosses
}

// draw returns the outcome for the nth time that a thing is asked for.
func (c *chance) draw(thing string, nth uint64) draw {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, 64), c.seed)
	b = binary.BigEndian.AppendUint64(b, nth)
	sum := sha256.Sum256(append(b, thing...))
	return draw{
		share: float64(binary.BigEndian.Uint64(sum[:])>>11) / (1 << 53),
		coin:  sum[30]&1 == 1,
		other: sum[31]&1 == 1,
	}
}

// next returns how often a thing was asked for before, and counts this time.
func (c *chance) next(thing string) uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.asked[thing]
	c.asked[thing] = n + 1
	return n
}

// lifecycle decides what will become of an order.
func (c *chance) lifecycle(ref, phone string, p *priced) lifecycle {
	d := c.draw("lifecycle "+ref, 0)
	if fixed, ok := sandboxLifecycle(phone, p, d.coin); ok {
		return fixed
	}
	class := c.onOrder.pick(d.share)
	switch {
	case class == nil:
		return endsFulfilled
	case d.coin:
		return class.lifecycles[1]
	}
	return class.lifecycles[0]
}

// fault decides what goes wrong with a call; the class is nil if nothing does.
func (s *Simulator) fault(c call) (*FaultClass, draw) {
	classes := s.chance.onLook
	switch c.endpoint {
	case EndpointSend:
		classes = s.chance.onSend
	case EndpointList:
		classes = s.chance.onList
	}
	if classes == nil {
		return nil, draw{}
	}
	thing := s.subject(c)
	if thing == "" {
		return nil, draw{}
	}
	thing = string(c.endpoint) + " " + thing
	d := s.chance.draw(thing, s.chance.next(thing))
	return classes.pick(d.share), d
}

// subject names what a call asks for in a way that does not depend on the order
// of calls. An id depends on when its order came, so the order's ref stands in
// for it. Calls that never meet a fault have an empty subject: validate, plans
// and the account's pages always work, so that a batch can start.
func (s *Simulator) subject(c call) string {
	switch c.endpoint {
	case EndpointSend:
		return c.send.ref
	case EndpointCheckRef:
		return c.argument
	case EndpointCheckID:
		s.mu.Lock()
		defer s.mu.Unlock()
		if i, ok := s.account.find(c.argument); ok {
			return s.account.orders[i].Ref
		}
		return c.argument
	case EndpointList:
		return "page " + c.query.Get("page") + " of " + c.query.Get("pageSize")
	}
	return ""
}
