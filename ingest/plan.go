package ingest

import (
	"cmp"
	"slices"
	"strings"

	"flexybatch/batch"
	"flexybatch/ingest/fault"
)

// offered is a plan with the answers that every row asks for.
type offered struct {
	batch.Plan
	serves []string // operators
}

// plan finds the plan; nil where there is none to hold the amount to.
func (i *inspection) plan() *offered {
	code := i.readable(plan)
	if i.broken(plan) {
		return nil
	}
	if code == "" {
		if code = i.defaultPlan(); code == "" {
			return nil
		}
	}
	p := i.offer(code)
	if p != nil {
		code = p.Code // the same text, for all rows in the same place
	}
	i.row.Topup.Plan = code
	switch {
	case p == nil:
		i.problem(batch.PlanUnknown, plan, i.unknownPlan(code))
		return nil
	case p.Menu():
		i.problem(batch.PlanUnsupported, plan, batch.Msg("the plan %s buys nothing, it only asks the operator for offers: name another", code))
		return nil
	case !p.Enabled:
		i.problem(batch.PlanDisabled, plan, batch.Msg("the provider has switched the plan %s off: name another, or try again later", code))
	}
	operator := i.row.Topup.Phone.Operator()
	if operator != "" && !i.AnyOperator && !slices.Contains(p.serves, operator) {
		i.problem(batch.PlanOperator, plan, batch.Msg("the phone %s is of %s and the plan %s is of %s: correct one of them, or run with --any-operator", i.row.Topup.Phone, operator, code, p.Operator))
	}
	return p
}

// offer returns the plan that a cell names; nil where it names none. People write an
// operator's name for its prepaid plan, and codes in small letters.
func (k *checker) offer(written string) *offered {
	if k.written == written && k.last != nil {
		return k.last
	}
	p, known := k.plans[written]
	if !known {
		p = k.alike[fold(written)]
	}
	if p != nil {
		k.written, k.last = written, p
	}
	return p
}

// isPlan tells whether a text names a plan.
func (k *checker) isPlan(text string) bool {
	text = strings.TrimSpace(text)
	return text != "" && k.offer(text) != nil
}

// operatorNames are what operators are called, as fold leaves it.
var operatorNames = map[string][]string{
	batch.Mobilis: {"mobilis", "موبيليس", "موبليس"},
	batch.Djezzy:  {"djezzy", "جيزي", "جازي"},
	batch.Ooredoo: {"ooredoo", "oredoo", "اوريدو", "اوريدوو"},
}

// alikeIn returns the plans by what else than their code may name them. What would
// name two names none.
func alikeIn(plans map[string]*offered, c batch.Catalogue) map[string]*offered {
	alike := make(map[string]*offered, len(plans))
	for code, p := range plans {
		if other, twice := alike[fold(code)]; twice && other != p {
			p = nil
		}
		alike[fold(code)] = p
	}
	for operator, names := range operatorNames {
		if p, ok := c.Prepaid(operator); ok {
			for _, name := range names {
				alike[name] = plans[p.Code]
			}
		}
	}
	return alike
}

// defaultPlan returns the plan of a row that names none; empty, after a problem
// unless the row has one already that explains it, where there is none.
func (i *inspection) defaultPlan() string {
	if i.DefaultPlan != Auto {
		if i.DefaultPlan == "" {
			i.problem(batch.PlanMissing, plan, batch.Msg("there is no plan: write its code, or run with --plan CODE or --plan auto"))
		}
		return i.DefaultPlan
	}
	operator := i.row.Topup.Phone.Operator()
	if operator == "" {
		return "" // the phone's own problem
	}
	p, ok := i.Catalogue.Prepaid(operator)
	if !ok {
		i.problem(batch.PlanMissing, plan, batch.Msg("the provider lists no prepaid plan for %s, which --plan auto would take: write a plan's code", operator))
	}
	return p.Code
}

// suggested is how many codes are named for one that does not exist.
const suggested = 3

// unknownPlan says that there is no such plan, and which may be meant.
func (i *inspection) unknownPlan(code string) batch.Message {
	if near := i.nearest(code, i.written()); near != "" {
		return batch.Msg("the provider has no plan %q: the nearest are %s", fault.Shorten(code), near)
	}
	return batch.Msg("the provider has no plan %q: its catalogue is empty", fault.Shorten(code))
}

// suggest says what may be meant by a code that is no plan's.
func (k *checker) suggest(code string, n batch.Dinars) batch.Message {
	if near := k.nearest(code, n); near != "" {
		return batch.Msg("the nearest are %s", near)
	}
	return batch.Msg("its catalogue is empty")
}

// nearest returns the codes that may be meant, plans that take the row's amount first;
// it is empty where there are no plans. Rows that are wrong in the same way follow each
// other.
func (k *checker) nearest(code string, n batch.Dinars) string {
	if k.near == "" || k.unknown != code || k.unfit != n {
		k.unknown, k.unfit, k.near = code, n, k.search(code, n)
	}
	return k.near
}

func (k *checker) search(code string, n batch.Dinars) string {
	near := k.Catalogue.Nearest(code, len(k.Catalogue))
	slices.SortStableFunc(near, func(a, b string) int {
		return cmp.Compare(k.plans[a].misfit(n), k.plans[b].misfit(n))
	})
	return strings.Join(near[:min(len(near), suggested)], ", ")
}

// misfit returns 0 for a plan that is sold and takes the amount, if there is one.
func (p *offered) misfit(n batch.Dinars) int {
	if !p.Enabled || n > 0 && (p.Fixed && n != p.Amount || !p.Fixed && (n < p.Min || p.Max > 0 && n > p.Max)) {
		return 1
	}
	return 0
}
