package ingest

import (
	"fmt"
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
		i.problem(batch.PlanUnknown, plan, "the provider has no plan %q: %s", fault.Shorten(code), i.nearest(code))
		return nil
	case p.Menu():
		i.problem(batch.PlanUnsupported, plan, "the plan %s buys nothing, it only asks the operator for offers: name another", code)
		return nil
	case !p.Enabled:
		i.problem(batch.PlanDisabled, plan, "the provider has switched the plan %s off: name another, or try again later", code)
	}
	operator := i.row.Topup.Phone.Operator()
	if operator != "" && !i.AnyOperator && !slices.Contains(p.serves, operator) {
		i.problem(batch.PlanOperator, plan, "the phone %s is of %s and the plan %s is of %s: correct one of them, or run with --any-operator", i.row.Topup.Phone, operator, code, p.Operator)
	}
	return p
}

// offer is the plan with this code; nil where the provider has none.
func (k *checker) offer(code string) *offered {
	if k.last.Code != code {
		p, known := k.plans[code]
		if !known {
			return nil
		}
		k.last = p
	}
	return k.last
}

// defaultPlan is the plan of a row that names none; empty, after a problem
// unless the row has one already that explains it, where there is none.
func (i *inspection) defaultPlan() string {
	if i.DefaultPlan != Auto {
		if i.DefaultPlan == "" {
			i.problem(batch.PlanMissing, plan, "there is no plan: write its code, or run with --plan CODE or --plan auto")
		}
		return i.DefaultPlan
	}
	operator := i.row.Topup.Phone.Operator()
	if operator == "" {
		return "" // the phone's own problem
	}
	p, ok := i.Catalogue.Prepaid(operator)
	if !ok {
		i.problem(batch.PlanMissing, plan, "the provider lists no prepaid plan for %s, which --plan auto would take: write a plan's code", operator)
	}
	return p.Code
}

// nearest says which code may be meant. Rows that are wrong in the same way follow
// each other.
func (k *checker) nearest(code string) string {
	if k.unknown != code || k.near == "" {
		k.unknown, k.near = code, k.search(code)
	}
	return k.near
}

func (k *checker) search(code string) string {
	near := k.Catalogue.Nearest(code, 3)
	switch {
	case len(near) == 0:
		return "its catalogue is empty"
	case strings.EqualFold(near[0], code):
		return fmt.Sprintf("write %s, with these very capitals", near[0])
	}
	return fmt.Sprintf("the nearest are %s", strings.Join(near, ", "))
}
