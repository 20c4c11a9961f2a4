package unusual

import (
	"iter"
	"math"
	"slices"

	"flexybatch/batch"
)

const (
	enough  = 20   // rows from which quantiles tell something
	common  = 0.02 // the share of rows that makes an amount a usual one
	sigmas  = 3.2  // how far outside the spread an amount is found, in standard deviations of the logarithm
	atLeast = 4    // and at least so many times the median, or a part of it
)

// spreads are the amounts of a file: of all its rows, and of each plan with enough
// rows.
type spreads struct {
	all    *spread
	byPlan map[string]*spread
}

func newSpreads(rows iter.Seq[*batch.Row]) *spreads {
	byPlan := map[string][]batch.Dinars{}
	for r := range rows {
		byPlan[r.Topup.Plan] = append(byPlan[r.Topup.Plan], r.Topup.Amount)
	}
	s := &spreads{byPlan: map[string]*spread{}}
	var all []batch.Dinars
	for plan, amounts := range byPlan {
		all = append(all, amounts...)
		if len(amounts) >= enough {
			s.byPlan[plan] = newSpread(amounts)
		}
	}
	s.all = newSpread(all)
	return s
}

// of returns the amounts that a row of a plan is compared with.
func (s *spreads) of(plan string) *spread {
	if own := s.byPlan[plan]; own != nil {
		return own
	}
	return s.all
}

// spread is a set of amounts.
type spread struct {
	sorted    []batch.Dinars
	graded    bool         // nearly all rows have one of a few amounts
	low, high batch.Dinars // the fences: amounts outside are far from the others
}

func newSpread(amounts []batch.Dinars) *spread {
	s := &spread{sorted: amounts}
	slices.Sort(s.sorted)
	if s.rows() == 0 {
		return s
	}
	s.graded = s.isGraded()
	median := math.Log(float64(s.typical()))
	below := (median - math.Log(float64(s.quantile(0.1)))) / 1.2816 // the normal distribution has a tenth of its values outside 1.2816
	above := (math.Log(float64(s.quantile(0.9))) - median) / 1.2816
	s.low = batch.Dinars(math.Exp(median - max(sigmas*below, math.Log(atLeast))))
	s.high = batch.Dinars(math.Ceil(math.Exp(min(median+max(sigmas*above, math.Log(atLeast)), 40))))
	return s
}

func (s *spread) rows() int { return len(s.sorted) }

func (s *spread) quantile(q float64) batch.Dinars { return s.sorted[int(q*float64(s.rows()-1)+0.5)] }

// typical returns the median.
func (s *spread) typical() batch.Dinars { return s.quantile(0.5) }

// count returns how many rows have an amount from one bound to the other.
func (s *spread) count(from, to batch.Dinars) int {
	first, _ := slices.BinarySearch(s.sorted, from)
	end, _ := slices.BinarySearch(s.sorted, to+1)
	return end - first
}

// exactly returns how many rows have this amount.
func (s *spread) exactly(amount batch.Dinars) int { return s.count(amount, amount) }

// share returns a share of the rows as a number of them, and never less than least.
func (s *spread) share(of float64, least int) int {
	return max(least, int(math.Ceil(of*float64(s.rows()))))
}

// isGraded reports whether nine of ten rows have an amount that at least one in a
// hundred has.
func (s *spread) isGraded() bool {
	grades, least := 0, s.share(common/2, 2)
	for i := 0; i < s.rows(); {
		n := s.exactly(s.sorted[i])
		if n >= least {
			grades += n
		}
		i += n
	}
	return 10*grades >= 9*s.rows()
}

// judge compares an amount of the set with the others.
func (s *spread) judge(amount batch.Dinars) batch.Code {
	if s.rows() < 3 {
		return ""
	}
	switch {
	case s.graded && amount%10 == 0 && s.slipOf(amount/10, amount):
		return Tenfold
	case s.graded && s.slipOf(amount*10, amount):
		return Tenth
	case s.rows() < enough:
		return s.judgeSmall(amount)
	case s.count(amount*2/3, amount*3/2) >= s.share(common, 3): // others are near it
		return ""
	case amount > s.high:
		return Tenfold
	case amount < s.low:
		return Tenth
	}
	return ""
}

// slipOf reports whether many rows have one amount and hardly any have the other.
func (s *spread) slipOf(meant, amount batch.Dinars) bool {
	return s.exactly(meant) >= max(3*s.exactly(amount), s.share(common, 3)) && s.exactly(amount) <= s.share(common/4, 1)
}

// judgeSmall compares the highest and the lowest amount with all others, where
// these are few: the others must be close together, and closer if they are but two
// or three.
func (s *spread) judgeSmall(amount batch.Dinars) batch.Code {
	n, tight := s.rows(), 3.0
	if n < 5 {
		tight = 1.5
	}
	close := func(low, high batch.Dinars) bool { return float64(high) <= tight*float64(low) }
	switch {
	case amount == s.sorted[n-1] && close(s.sorted[0], s.sorted[n-2]) && amount >= 5*s.sorted[(n-1)/2] && amount >= 2*s.sorted[n-2]:
		return Tenfold
	case amount == s.sorted[0] && close(s.sorted[1], s.sorted[n-1]) && 5*amount <= s.sorted[n/2] && 2*amount <= s.sorted[1]:
		return Tenth
	}
	return ""
}
