package app

import (
	"slices"
	"strconv"
	"strings"

	"flexybatch/batch"
	"flexybatch/ingest"
)

// Reading is how a file is read, and which of its rows are valid.
type Reading struct {
	Options ingest.Options
	Rules   ingest.Rules // without batch, catalogue and limits: each task has its own
	Limits  batch.Limits
	Clarify Clarify // asks what the file leaves open; nil: nobody can be asked

	PasswordFile string // that the password in Options was read from; empty: from none
}

// chosen is what decides, beside the file, which rows there are, by the names of
// the flags: the journal keeps it.
func (r Reading) chosen() map[string]string {
	o := map[string]string{}
	set := func(flag, value string) {
		if value != "" && value != "0" && value != "false" {
			o[flag] = value
		}
	}
	set("sheet", r.Options.Sheet)
	set("encoding", r.Options.Encoding)
	set("spread-merged", strconv.FormatBool(r.Options.SpreadMerged))
	set("map", strings.Join(r.columns(), ","))
	set("plan", r.Rules.DefaultPlan)
	set("amount", strconv.FormatInt(int64(r.Rules.DefaultAmount), 10))
	set("fix-phones", strconv.FormatBool(r.Rules.FixPhones))
	set("any-operator", strconv.FormatBool(r.Rules.AnyOperator))
	set("allow-duplicates", strconv.FormatBool(r.Limits.AllowDuplicates))
	set("max-amount", strconv.FormatInt(int64(r.Limits.MaxAmount), 10))
	set("max-per-phone", strconv.FormatInt(int64(r.Limits.MaxPerPhone), 10))
	return o
}

// columns are the mapped columns as FIELD=HEADER, sorted.
func (r Reading) columns() (list []string) {
	for field, header := range r.Options.Map {
		list = append(list, field+"="+header)
	}
	slices.Sort(list)
	return list
}
