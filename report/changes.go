package report

import (
	"time"

	"flexybatch/batch/changes"
	"flexybatch/internal/lang"
)

// Changes are what changed since an earlier batch, to be told to people.
type Changes struct {
	changes.Changes
	Since string    // the name of the earlier batch
	Begun time.Time // when that batch was begun
}

// Message tells in one sentence what changed. Where one person alone is concerned,
// it says who.
func (c *Changes) Message() lang.Message {
	day := lang.Day(c.Begun)
	if len(c.List) == 0 {
		return lang.Msg("As %s (%s): nobody is new or gone, no number, plan or id is another, and no amount is much higher or lower.", c.Since, day)
	}
	return lang.Msg("As %s (%s), but: %s.", c.Since, day, c.parts())
}

// parts counts the changes of each kind.
func (c *Changes) parts() (list []lang.Message) {
	for _, kind := range kinds {
		switch n := c.Count(kind); n {
		case 0:
		case 1:
			list = append(list, only(kind, c.first(kind)))
		default:
			list = append(list, countOf(kind, n))
		}
	}
	return list
}

// kinds are the kinds of change in the order in which they are told.
var kinds = []changes.Kind{changes.New, changes.Left, changes.Up, changes.Down, changes.Number, changes.Plan, changes.ID}

// first names the first person whom a kind of change concerns.
func (c *Changes) first(kind changes.Kind) string {
	for x := range c.Of(kind) {
		return personOf(x)
	}
	return ""
}

// countOf counts the people whom a kind of change concerns, two at least.
func countOf(kind changes.Kind, n int) lang.Message {
	switch kind {
	case changes.New:
		return lang.Count(n, "%d person is new", "%d people are new")
	case changes.Left:
		return lang.Count(n, "%d person is gone", "%d people are gone")
	case changes.Up:
		return lang.Count(n, "%d amount is up by more than half", "%d amounts are up by more than half")
	case changes.Down:
		return lang.Count(n, "%d amount is down by more than half", "%d amounts are down by more than half")
	case changes.Number:
		return lang.Count(n, "%d number changed", "%d numbers changed")
	case changes.Plan:
		return lang.Count(n, "%d plan changed", "%d plans changed")
	}
	return lang.Count(n, "%d id changed", "%d ids changed")
}

// only says what changed where one person alone is concerned.
func only(kind changes.Kind, who string) lang.Message {
	switch kind {
	case changes.New:
		return lang.Msg("%s is new", who)
	case changes.Left:
		return lang.Msg("%s is gone", who)
	case changes.Up:
		return lang.Msg("the amount of %s is up by more than half", who)
	case changes.Down:
		return lang.Msg("the amount of %s is down by more than half", who)
	case changes.Number:
		return lang.Msg("the number of %s changed", who)
	case changes.Plan:
		return lang.Msg("the plan of %s changed", who)
	}
	return lang.Msg("the id of %s changed", who)
}

// personOf names the person of a change, as the present batch does if it has them.
func personOf(x changes.Change) string {
	if x.Kind == changes.Left {
		return named(x.Before.Name, x.Before.ID, string(x.Before.Phone))
	}
	return named(x.Now.Name, x.Now.ID, string(x.Now.Phone))
}

// named names a person by the name and the id, as far as there are, and else by the
// phone.
func named(name, id, phone string) string {
	switch {
	case name != "" && id != "":
		return name + " (" + id + ")"
	case name != "":
		return name + " (" + phone + ")"
	case id != "":
		return id
	}
	return phone
}

// ChangeCounts is what `validate --json` prints of what changed since the last
// batch.
type ChangeCounts struct {
	Since  string    `json:"since"`
	Begun  time.Time `json:"begun"`
	New    int       `json:"new"`
	Gone   int       `json:"gone"`
	Up     int       `json:"amount_up"`
	Down   int       `json:"amount_down"`
	Number int       `json:"other_number"`
	Plan   int       `json:"other_plan"`
	ID     int       `json:"other_id"`
}

// Counts returns how many changes of each kind there are; nil where there is nothing
// to compare with.
func (c *Changes) Counts() *ChangeCounts {
	if c == nil {
		return nil
	}
	return &ChangeCounts{
		Since: c.Since, Begun: c.Begun, New: c.Count(changes.New), Gone: c.Count(changes.Left), Up: c.Count(changes.Up), Down: c.Count(changes.Down),
		Number: c.Count(changes.Number), Plan: c.Count(changes.Plan), ID: c.Count(changes.ID),
	}
}
