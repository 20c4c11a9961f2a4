package app

import (
	"maps"
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

	answered []string    // which of these a person answered, by the names of the flags
	declined []OfferKind // what a person did not want
}

// answeredOption is the option of a batch that lists which of the others a person
// answered: whoever runs the batch again gives no flags for these.
const answeredOption = "answered"

// answer notes that a person answered what a flag would have said.
func (r *Reading) answer(flag string) {
	if !slices.Contains(r.answered, flag) {
		r.answered = append(slices.Clip(r.answered), flag)
		slices.Sort(r.answered)
	}
}

// recall takes the answers that a person gave when the batch was begun, where the
// flags say nothing else, so that nobody is asked again.
func (r *Reading) recall(options map[string]string) {
	for flag := range strings.FieldsSeq(options[answeredOption]) {
		switch value := options[flag]; {
		case flag == "map":
			columns := maps.Clone(r.Options.Map)
			if columns == nil {
				columns = map[string]string{}
			}
			for column := range strings.SplitSeq(value, ",") {
				field, header, _ := strings.Cut(column, "=")
				if _, given := columns[field]; !given {
					columns[field] = header
				}
			}
			r.Options.Map = columns
		case flag == "spread-merged" && !r.Options.SpreadMerged:
			r.Options.SpreadMerged = true
		case flag == string(OfferRepair) && !r.Rules.FixPhones:
			r.Rules.FixPhones = true
		case flag == string(OfferPlans) && r.Rules.DefaultPlan == "":
			r.Rules.DefaultPlan = value
		default:
			continue
		}
		r.answer(flag)
	}
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
	set(answeredOption, strings.Join(r.answered, " "))
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

// flagsOf returns the options of a batch that are flags: a person's answers are given
// as flags too.
func flagsOf(options map[string]string) map[string]string {
	flags := maps.Clone(options)
	delete(flags, answeredOption)
	return flags
}
