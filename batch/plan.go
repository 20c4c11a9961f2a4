package batch

import (
	"slices"
	"strings"
)

// Plan is one line of the provider's catalogue: something that can be bought
// for a phone.
type Plan struct {
	Code     string `json:"code"` // case-sensitive
	Name     string `json:"name"` // for people; holds emoji and Arabic
	Operator string `json:"operator"`
	Cost     Price  `json:"cost"`
	Enabled  bool   `json:"enabled"`
	Fixed    bool   `json:"fixed,omitempty"`  // sold at Amount only
	Amount   Dinars `json:"amount,omitempty"` // fixed plans
	Min      Dinars `json:"min,omitempty"`    // dynamic plans, inclusive
	Max      Dinars `json:"max,omitempty"`
}

// menuPrefix marks plans that sell nothing: they ask the operator for a
// number's offers (API page, GET /v3/mobile/plans).
const menuPrefix = "GETMENU_"

// Menu tells a plan that sells nothing.
func (p Plan) Menu() bool { return strings.HasPrefix(p.Code, menuPrefix) }

// Serves tells whether a phone of the named operator can be topped up with the
// plan, as far as names tell. GMobilis sells to Mobilis numbers; an operator
// name that holds none of the three networks (Pixx) serves every phone.
func (p Plan) Serves(operator string) bool {
	of := strings.ToLower(p.Operator)
	for _, network := range []string{Mobilis, Djezzy, Ooredoo} {
		if strings.Contains(of, strings.ToLower(network)) {
			return network == operator
		}
	}
	return true
}

// Catalogue is the provider's plans, in the order the provider lists them.
type Catalogue []Plan

// Find is the plan with this code, spelled exactly so.
func (c Catalogue) Find(code string) (Plan, bool) {
	i := slices.IndexFunc(c, func(p Plan) bool { return p.Code == code })
	if i < 0 {
		return Plan{}, false
	}
	return c[i], true
}

// Prepaid is the operator's ordinary prepaid plan, which `--plan auto` takes:
// PREPAID_ and the operator's name (API page, examples).
func (c Catalogue) Prepaid(operator string) (Plan, bool) {
	return c.Find("PREPAID_" + strings.ToUpper(operator))
}

// Nearest lists up to n codes that look like the one given, likest first: what
// was probably meant by a code that does not exist.
func (c Catalogue) Nearest(code string, n int) []string {
	type near struct {
		code     string
		distance int
	}
	var all []near
	want := []rune(strings.ToUpper(code))
	if len(want) > 64 { // the distance is quadratic, and no code is that long
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

// editDistance is Levenshtein's: how many letters must be put in, taken out or
// changed.
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
