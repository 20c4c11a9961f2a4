package batch

// Tally counts all rows that are in the books of a batch, and their money.
type Tally struct {
	Counts
	Gone Counts // those of them that were sent and that the corrected file no longer has
}

// File returns the counts of the rows that the present version of the file has.
func (t Tally) File() Counts {
	c, gone := t.Counts, t.Gone
	c.Total -= gone.Total
	for s := range c.States {
		c.States[s] -= gone.States[s]
	}
	c.Requested -= gone.Requested
	c.Cost -= gone.Cost
	c.Charged -= gone.Charged
	c.Refunded -= gone.Refunded
	return c
}

// count adds a row to the tally if sign is +1 and removes it if sign is -1.
func (t *Tally) count(s *RowStatus, sign int) {
	t.Counts.count(s, sign)
	if s.Gone {
		t.Gone.count(s, sign)
	}
}

// Counts counts rows and their money.
type Counts struct {
	Total     int // invalid ones included
	States    [len(stateNames)]int
	Requested Centimes // face value of the valid rows
	Cost      Centimes // cost of the valid rows by the catalogue
	Charged   Centimes // deducted by the provider, whether refunded or not
	Refunded  Centimes // refunded by the provider
}

// Of returns how many rows are in state s.
func (c Counts) Of(s State) int { return c.States[s] }

// Valid returns how many rows break no rule.
func (c Counts) Valid() int { return c.Total - c.Of(Invalid) }

// Open returns how many rows were sent and are not final yet.
func (c Counts) Open() int { return c.Of(Unknown) + c.Of(Pending) }

// Net returns what the provider deducted and did not give back.
func (c Counts) Net() Centimes { return c.Charged - c.Refunded }

// count adds a row if sign is +1 and removes it if sign is -1.
func (c *Counts) count(s *RowStatus, sign int) {
	n := Centimes(sign)
	c.Total += sign
	c.States[s.State] += sign
	c.Charged += n * s.Charged
	c.Refunded += n * s.Refunded
	if s.State != Invalid {
		c.Requested += n * s.Topup.Amount.Centimes()
		c.Cost += n * s.Cost
	}
}
