package batch

import (
	"slices"
	"strings"
)

// Plan is a product of the provider's catalogue, which can be bought for a phone.
type Plan struct {
	Code     string `json:"code"` // case-sensitive
	Name     string `json:"name"` // for people; it may hold emoji and Arabic
	Operator string `json:"operator"`
	Cost     Price  `json:"cost"`
	Enabled  bool   `json:"enabled"`
	Fixed    bool   `json:"fixed,omitempty"`  // it is sold at Amount only
	Amount   Dinars `json:"amount,omitempty"` // for fixed plans
	Min      Dinars `json:"min,omitempty"`    // for other plans, inclusive like Max
	Max      Dinars `json:"max,omitempty"`
}

// menuPrefix begins the codes of plans that sell nothing and ask the operator for
// the offers to a phone (API page, GET /v3/mobile/plans).
const menuPrefix = "GETMENU_"

// Menu reports whether the plan sells nothing (see menuPrefix).
func (p Plan) Menu() bool { return strings.HasPrefix(p.Code, menuPrefix) }

// Sells reports whether the plan is enabled and takes the amount.
func (p Plan) Sells(amount Dinars) bool {
	switch {
	case !p.Enabled || p.Menu():
		return false
	case p.Fixed:
		return amount == p.Amount
	}
	return (p.Min == 0 || amount >= p.Min) && (p.Max == 0 || amount <= p.Max)
}

// Serves reports whether a phone of the named operator can be topped up with the
// plan, judged by the name of the plan's operator: GMobilis serves phones of
// Mobilis, and a name without any of the three networks, such as Pixx, serves
// every phone.
func (p Plan) Serves(operator string) bool {
	of := strings.ToLower(p.Operator)
	for _, network := range []string{Mobilis, Djezzy, Ooredoo} {
		if strings.Contains(of, strings.ToLower(network)) {
			return network == operator
		}
	}
	return true
}

// Catalogue is the list of the provider's plans, in the provider's order.
type Catalogue []Plan

// Find returns the plan with exactly this code.
func (c Catalogue) Find(code string) (Plan, bool) {
	i := slices.IndexFunc(c, func(p Plan) bool { return p.Code == code })
	if i < 0 {
		return Plan{}, false
	}
	return c[i], true
}

// Prepaid returns the operator's ordinary prepaid plan, which `--plan auto`
// chooses. Its code is PREPAID_ and the operator's name (API page, examples).
func (c Catalogue) Prepaid(operator string) (Plan, bool) {
	return c.Find("PREPAID_" + strings.ToUpper(operator))
}

// Nearest returns up to n codes that resemble code, the most similar first, to
// suggest what was meant by a code that does not exist.
func (c Catalogue) Nearest(code string, n int) []string {
	type near struct {
		code     string
		distance int
	}
	var all []near
	want := []rune(strings.ToUpper(code))
	if len(want) > 64 { // no code is that long, and the time for the distance grows with its square
		want = want[:64]
	}
	for _, p := range c {
		if !p.Menu() {
			all = append(all, near{p.Code, editDistance(want, []rune(strings.ToUpper(p.Code)))})
		}
	}
	slices.SortStableFunc(all, func(a, b near) int { return a.distance - b.distance })
	codes := make([]string, 0, n)
	for _, a := range all[:min(n, len(all))] {
		codes = append(codes, a.code)
	}
	return codes
}

// editDistance returns Levenshtein's distance: how many letters must be inserted,
// deleted or changed to make a into b.
func editDistance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range b {
			change := diagonal
			if x != y {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
