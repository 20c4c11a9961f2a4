package simulator

import (
	"crypto/sha256"
	"encoding/binary"
	"sync"
)

// dice make the decisions that are left to chance. A throw follows from the
// seed, from what is asked for and from how often that was asked before, so that
// a run can be repeated however its calls race each other.
type dice struct {
	seed                    uint64
	onSend, onLook, onOrder shares

	mu    sync.Mutex
	asked map[string]uint64
}

func newDice(c Config) (d *dice, err error) {
	d = &dice{seed: c.Seed, asked: map[string]uint64{}}
	if d.onSend, err = sharesOf(c.Faults, anyCall, someSend); err != nil {
		return nil, err
	}
	if d.onLook, err = sharesOf(c.Faults, anyCall); err != nil {
		return nil, err
	}
	d.onOrder, err = sharesOf(c.Faults, anOrder)
	return d, err
}

// luck is what a throw gives.
type luck struct {
	share       float64 // from 0 up to 1
	coin, other bool    // two coins
}

// throw throws for the nth time that a thing is asked for.
func (d *dice) throw(thing string, nth uint64) luck {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, 64), d.seed)
	b = binary.BigEndian.AppendUint64(b, nth)
	sum := sha256.Sum256(append(b, thing...))
	return luck{
		share: float64(binary.BigEndian.Uint64(sum[:])>>11) / (1 << 53),
		coin:  sum[30]&1 == 1,
		other: sum[31]&1 == 1,
	}
}

// next counts how often a thing was asked for before.
func (d *dice) next(thing string) uint64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := d.asked[thing]
	d.asked[thing] = n + 1
	return n
}

// course draws what will become of an order.
func (d *dice) course(ref, phone string, p *priced) course {
	l := d.throw("course "+ref, 0)
	if c, ok := sandboxCourse(phone, p, l.coin); ok {
		return c
	}
	class := d.onOrder.pick(l.share)
	switch {
	case class == nil:
		return toFulfilled
	case l.coin:
		return class.courses[1]
	}
	return class.courses[0]
}

// fault draws what goes wrong with a call; nil for nothing.
func (s *Simulator) fault(c call) (*FaultClass, luck) {
	classes := s.dice.onLook
	if c.endpoint == EndpointSend {
		classes = s.dice.onSend
	}
	if classes == nil {
		return nil, luck{}
	}
	thing := s.subject(c)
	if thing == "" {
		return nil, luck{}
	}
	thing = string(c.endpoint) + " " + thing
	l := s.dice.throw(thing, s.dice.next(thing))
	return classes.pick(l.share), l
}

// subject is what a call asks for, in words that do not depend on the order of
// calls: an id is made of its order's place, so its ref stands for it. Empty for
// calls that no fault happens to: a batch must get off the ground first.
func (s *Simulator) subject(c call) string {
	switch c.endpoint {
	case EndpointSend:
		return c.send.ref
	case EndpointCheckRef:
		return c.argument
	case EndpointCheckID:
		s.mu.Lock()
		defer s.mu.Unlock()
		if i, ok := s.book.find(c.argument); ok {
			return s.book.orders[i].Ref
		}
		return c.argument
	case EndpointList:
		return "page " + c.query.Get("page") + " of " + c.query.Get("pageSize")
	}
	return ""
}
