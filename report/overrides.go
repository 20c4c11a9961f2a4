package report

import (
	"time"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// override is a warning that a person overrode, as a report tells it.
type override struct {
	At      time.Time `json:"at"`
	Warning string    `json:"warning"`
	Rows    int       `json:"rows,omitempty"`
	Who     string    `json:"who"` // in English
	Reason  string    `json:"reason"`
	who     batch.Message
}

// overrides lists the warnings that people overrode, oldest first.
func overrides(from Books) []override {
	list := []override{}
	for _, n := range from.Notes() {
		if o := n.Override; n.What == batch.NoteOverride && o != nil {
			list = append(list, override{n.At, o.Warning, o.Rows, o.Who.String(), o.Reason, o.Who})
		}
	}
	return list
}

// paidAgain finds, for each version of the file from the first, who had its rows paid
// again that looked paid already. That is noted just before the version.
func paidAgain(from Books) []*override {
	var last *override
	list := overrides(from)
	byVersion := make([]*override, 0, len(from.Versions()))
	for _, v := range from.Versions() {
		for len(list) > 0 && !list[0].At.After(v.At) {
			if list[0].Warning == "pay-again" {
				last = &list[0]
			}
			list = list[1:]
		}
		byVersion = append(byVersion, last)
	}
	return byVersion
}

// again says of a row that was paid again on purpose who wanted that, and why.
func (v voice) again(s *batch.RowStatus) string {
	for n := max(0, int(s.Version)-1); n < len(v.paidAgain); n++ {
		o := v.paidAgain[n]
		if o == nil {
			continue
		}
		return v.Sprintf("it looked paid already (%s) and is paid again on purpose: %s (%s, %s)", s.Again(), o.Reason, v.message(o.who), v.when(o.At))
	}
	return v.Sprintf("it looked paid already (%s) and is paid again on purpose", s.Again())
}

// earlier says of a row that an earlier run paid it, and when.
func (v voice) earlier(s *batch.RowStatus) lang.Message {
	return lang.Msg("paid on %s by an earlier run, whose journal is gone; nothing was sent for it by this one", v.when(s.Earlier()))
}

// when returns a time as a value of a message: in data it is the same in every
// language.
func (v voice) when(t time.Time) any {
	if v.data {
		return lang.Second(t).String()
	}
	return t
}
