package simulator

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Plan is one plan of the catalogue.
type Plan struct {
	Code     string // case-sensitive
	Name     string
	Operator string
	Cost     string // price of one dinar of face value, such as "0.9925"; empty: the catalogue does not say, and it is 1
	Amount   int64  // dinars, of a fixed plan; 0: the plan is dynamic
	Min, Max int64  // dinars, of a dynamic plan
	Disabled bool
}

// DefaultPlans returns a catalogue with every kind of plan that the API page
// names.
func DefaultPlans() []Plan {
	return []Plan{
		{Code: "PREPAID_DJEZZY", Name: "📱 Djezzy | جازي", Operator: "Djezzy", Cost: "0.9925", Min: 100, Max: 10000},
		{Code: "PREPAID_MOBILIS", Name: "📱 Mobilis | موبيليس", Operator: "Mobilis", Cost: "0.96", Min: 40, Max: 3999},
		{Code: "PREPAID_OOREDOO", Name: "📱 Ooredoo | أوريدو", Operator: "Ooredoo", Cost: "0.98", Min: 50, Max: 5000},
		{Code: "GROS_MOBILIS", Name: "Mobilis GROS", Operator: "GMobilis", Min: 5000, Max: 300000},
		{Code: "FACTURE_DJEZZY", Name: "🧾 Djezzy facture", Operator: "Djezzy", Cost: "0.9925", Min: 100, Max: 10000},
		{Code: "FACTURE_MOBILIS", Name: "🧾 Mobilis facture", Operator: "Mobilis", Cost: "0.97", Min: 100, Max: 10000, Disabled: true},
		{Code: "GETMENU_DJEZZY", Name: "Djezzy: offres", Operator: "Djezzy", Cost: "0.9925", Min: 100, Max: 10000},
		{Code: "GETMENU_MOBILIS", Name: "Mobilis: offres", Operator: "Mobilis", Cost: "0.96", Min: 40, Max: 3999},
		{Code: "GETMENU_OOREDOO", Name: "Ooredoo: offres", Operator: "Ooredoo", Cost: "0.98", Min: 50, Max: 5000},
		{Code: "MIX500_MOBILIS", Name: "Mobilis MIX 500", Operator: "Mobilis", Cost: "0.96", Amount: 500},
		{Code: "MIX1000_OOREDOO", Name: "Ooredoo MIX 1000", Operator: "Ooredoo", Cost: "0.98", Amount: 1000},
		{Code: "PIXX_500", Name: "🎮 PixX 500", Operator: "Pixx", Cost: "0.97", Amount: 500},
	}
}

// menu reports whether the plan is one that sells nothing but asks the operator
// for a number's offers, which come back with the refund.
func (p *Plan) menu() bool { return strings.HasPrefix(p.Code, "GETMENU_") }

// prefix returns the first two digits of the phones of the plan's operator. It
// is empty for a plan that takes any phone.
func (p *Plan) prefix() string {
	switch p.Operator {
	case "Ooredoo":
		return "05"
	case "Mobilis", "GMobilis":
		return "06"
	case "Djezzy":
		return "07"
	}
	return ""
}

// priced is a plan with its price as an exact number.
type priced struct {
	Plan
	millionths int64 // price of one dinar of face value, in millionths of a dinar
}

const (
	costDigits = 6             // most decimals of a price
	maxAmount  = 1_000_000_000 // most dinars of one order, so that no cost overflows
)

// parseCost reads a price as millionths, without floating point.
func parseCost(s string) (int64, error) {
	if s == "" {
		return 1_000_000, nil
	}
	whole, fraction, _ := strings.Cut(s, ".")
	padding := costDigits - len(fraction)
	if padding < 0 || len(whole) > 3 || !json.Valid([]byte(s)) {
		return 0, fmt.Errorf("%w: a price of %q", ErrConfig, s)
	}
	n, err := strconv.ParseUint(whole+fraction+strings.Repeat("0", padding), 10, 40)
	if err != nil {
		return 0, fmt.Errorf("%w: a price of %q", ErrConfig, s)
	}
	return int64(n), nil
}

// cost returns what amount dinars cost in centimes, rounded half up.
func (p *priced) cost(amount int64) int64 {
	const unit = 1_000_000 / 100 // a centime, in millionths of a dinar
	return (amount*p.millionths + unit/2) / unit
}

// pricedPlans checks the catalogue and returns its plans by code.
func pricedPlans(plans []Plan) (map[string]*priced, error) {
	byCode := make(map[string]*priced, len(plans))
	for _, p := range plans {
		millionths, err := parseCost(p.Cost)
		switch {
		case err != nil:
			return nil, fmt.Errorf("plan %q: %w", p.Code, err)
		case p.Code == "" || byCode[p.Code] != nil:
			return nil, fmt.Errorf("%w: plan %q: a code must be there, and be there once", ErrConfig, p.Code)
		case p.Amount < 0, p.Min < 0, p.Max < p.Min, max(p.Amount, p.Max) > maxAmount:
			return nil, fmt.Errorf("%w: plan %q: amounts that nobody can pay", ErrConfig, p.Code)
		}
		byCode[p.Code] = &priced{Plan: p, millionths: millionths}
	}
	return byCode, nil
}
