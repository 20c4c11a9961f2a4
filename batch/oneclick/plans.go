package oneclick

import (
	"context"
	"iter"
	"net/http"

	"flexybatch/batch"
)

var errNoPlans = batch.Errorf("it is no catalogue: it holds no plans under dynamicPlans or fixedPlans")

// Plans returns the catalogue (GET /v3/mobile/plans): the dynamic plans, then the
// fixed ones, each in the provider's order.
func (c *Client) Plans(ctx context.Context) (batch.Catalogue, error) {
	r, err := c.do(ctx, call{method: http.MethodGet, path: "/mobile/plans", large: true})
	if err != nil {
		return nil, err
	}
	plans := catalogue(r.data)
	if len(plans) == 0 {
		return nil, r.unclear(batch.Msg("the answer holds no plans"))
	}
	return plans, nil
}

// ParsePlans parses a catalogue that was saved to a file, in the form in which
// GET /v3/mobile/plans answers, with its envelope or without.
func ParsePlans(b []byte) (batch.Catalogue, error) {
	o, err := parseObject(b, Key{})
	if err != nil {
		return nil, err
	}
	if data, ok := o.object("data"); ok {
		o = data
	}
	plans := catalogue(o)
	if len(plans) == 0 {
		return nil, errNoPlans
	}
	return plans, nil
}

// catalogue reads the plans that have a code. Of two plans with the same code it
// takes the first, as Catalogue.Find does.
func catalogue(data object) batch.Catalogue {
	var plans batch.Catalogue
	seen := map[string]bool{"": true}
	add := func(list iter.Seq[object], read func(object) batch.Plan) {
		for o := range list {
			if p := read(o); !seen[p.Code] {
				seen[p.Code] = true
				plans = append(plans, p)
			}
		}
	}
	dynamic, _, _ := data.objects("dynamicPlans")
	fixed, _, _ := data.objects("fixedPlans")
	add(dynamic, dynamicPlan)
	add(fixed, fixedPlan)
	return plans
}

func dynamicPlan(o object) batch.Plan {
	p := plan(o)
	p.Min, p.Max = o.dinars("min_amount"), min(o.dinars("max_amount"), batch.MaxDinars)
	if !p.Menu() && (p.Min < 0 || p.Max <= 0 || p.Max < p.Min) { // no amount is within this range
		p.Enabled, p.Min, p.Max = false, 0, 0
	}
	return p
}

func fixedPlan(o object) batch.Plan {
	p := plan(o)
	p.Fixed, p.Amount = true, o.dinars("amount")
	if !p.Menu() && (p.Amount <= 0 || p.Amount > batch.MaxDinars) {
		p.Enabled, p.Amount = false, 0
	}
	return p
}

// plan reads what both kinds of plan have in common. A cost that is missing or
// makes no sense counts as not known. A plan counts as sold unless the catalogue
// says that it is not: the provider refuses orders for a plan that it does not
// sell, and charges nothing.
func plan(o object) batch.Plan {
	p := batch.Plan{Code: o.name("code"), Name: o.text("name"), Operator: o.text("operator")}
	p.Cost, _ = batch.ParsePrice(o.number("cost"))
	enabled, _ := o.flag("isEnabled")
	p.Enabled = enabled || !o.given("isEnabled")
	return p
}
