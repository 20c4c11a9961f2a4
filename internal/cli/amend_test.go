package cli

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"flexybatch/batch/oneclick/simulator"
)

// A payroll as it was paid, of three people.
var october = []string{"Matricule;Nom;Téléphone;Offre;Montant",
	"00101;Amel;0660000011;PREPAID_MOBILIS;1000", "E1;Brahim;0660000012;PREPAID_MOBILIS;500", "E2;Chafia;0770000013;PREPAID_DJEZZY;700"}

var octoberPaid = []string{"0660000011: 1000", "0660000012: 500", "0770000013: 700"}

// respelt is october with a text replaced.
func respelt(pairs ...string) []string { return replaced(october, pairs...) }

// anonymous is october without its ids.
func anonymous(pairs ...string) []string {
	return replaced(without(october, 0), pairs...)
}

func replaced(rows []string, pairs ...string) (list []string) {
	for _, row := range rows {
		list = append(list, strings.NewReplacer(pairs...).Replace(row))
	}
	return list
}

// without takes a column out.
func without(rows []string, column int) (list []string) {
	for _, row := range rows {
		cells := strings.Split(row, ";")
		list = append(list, strings.Join(append(cells[:column:column], cells[column+1:]...), ";"))
	}
	return list
}

// A corrected file pays nobody twice, whatever the correction has done to the refs
// of the rows that were paid: each person is charged once, and the row that looks
// paid is named with the payment that stands against it.
func TestAmendPaysNobodyTwice(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name         string
		first, again []string
		as           string   // the corrected file's name
		begun, more  []string // flags of the first run and of the correction
		before       int      // rows that look paid
		changed      int      // rows refused as id.changed
		sent         int
		paid         []string // beside those of october
	}{
		{name: "leading zeros lost", again: respelt("00101", "101"), before: 1},
		{name: "a decimal tail", again: respelt("00101", "101.0"), before: 1},
		{name: "a French decimal tail", again: respelt("00101", "101,00"), before: 1},
		{name: "case", again: respelt("E1", "e1"), before: 1},
		{name: "Arabic-Indic digits", again: respelt("00101", "٠٠١٠١"), before: 1},
		{name: "Persian digits", again: respelt("00101", "۱۰۱"), before: 1},
		{name: "a no-break space", again: respelt("E1", "E\u00a01"), before: 1},
		{name: "a narrow no-break space", again: respelt("00101", "00\u202f101"), before: 1},
		{name: "a right-to-left mark", again: respelt("E1", "E1\u200f"), before: 1},
		{name: "an apostrophe in front", again: respelt("00101", "'00101"), before: 1},
		{name: "full-width letters", again: respelt("E1", "Ｅ１"), before: 1},
		{name: "all ids respelt", again: respelt("00101", "101", "E1", " e 1", "E2", "e2"), before: 3},
		{name: "an id and the phone", again: respelt("00101", "101", "0660000011", "0660000021"), before: 1},
		{name: "ids changed places", again: respelt("00101", "E1", "E1", "00101"), changed: 2},
		{name: "an id column added", first: anonymous(), again: october, before: 3},
		{name: "the id column taken out", again: anonymous(), before: 3},
		{name: "the id column under another title", again: respelt("Matricule", "Dossier interne"), before: 3},
		{name: "the id column under another known title", again: respelt("Matricule", "Référence")},
		{name: "the id column named by --map", first: respelt("Matricule", "Dossier"), again: respelt("Matricule", "Dossier"), more: []string{"--map", "id=Dossier"}, before: 3},
		{name: "an amount raised, with id", again: respelt("1000", "1200"), changed: 1},
		{name: "an amount raised, without id", first: anonymous(), again: anonymous("1000", "1200"), before: 1},
		{name: "an amount written otherwise", again: respelt("1000", "1 000,00")},
		{name: "the plan of the same operator", first: anonymous(), again: anonymous("PREPAID_DJEZZY", "FACTURE_DJEZZY"), before: 1},
		{name: "a plan spelt in small letters", first: anonymous(), again: anonymous("PREPAID_DJEZZY", "prepaid_djezzy")},
		{name: "phones repaired", first: anonymous("0660000011", "660000011"), begun: []string{"--fix-phones"}, again: anonymous()},
		{name: "phones written in another way", first: anonymous(), again: anonymous("0660000011", "+213 660 00 00 11", "0660000012", "0660.00.00.12", "0770000013", "٠٧٧٠٠٠٠٠١٣"), more: []string{"--fix-phones"}},
		{name: "--plan auto made explicit", first: replaced(without(october, 3)), begun: []string{"--plan", "auto"}, again: october},
		{name: "the default amount raised", first: without(october, 4), begun: []string{"--amount", "1000"}, more: []string{"--amount", "1200"}, again: without(october, 4), changed: 3},
		{name: "the default amount raised, without ids", first: without(without(october, 4), 0), begun: []string{"--amount", "1000"}, more: []string{"--amount", "1200"}, again: without(without(october, 4), 0), before: 3},
		{name: "other titles", again: replaced(october, "Téléphone", "رقم الهاتف", "Montant", "المبلغ", "Offre", "الباقة", "Nom", "الاسم")},
		{name: "sorted, and one added", first: anonymous(), again: []string{anonymous()[0], anonymous()[3], "Dalila;0550000014;PREPAID_OOREDOO;900", anonymous()[2], anonymous()[1]},
			sent: 1, paid: []string{"0550000014: 900"}},
		{name: "all at once, and one added", again: append(replaced(without(october, 1), "00101", "101", "E1", "e1", "E2", "E 2"), "E9;0550000014;PREPAID_OOREDOO;900"),
			before: 3, sent: 1, paid: []string{"0550000014: 900"}},
		{name: "the phone of somebody who left given to another", again: respelt("E1;Brahim", "E7;Dalila"), before: 1},
		{name: "a copy of a row with another id", again: append(respelt(), "E8;Brahim;0660000012;PREPAID_MOBILIS;500")}, // duplicate.row
		{name: "as XLSX", again: october, as: "october.xlsx"},
		{name: "as XLSX without ids", first: anonymous(), again: anonymous(), as: "october.xlsx"},
		{name: "as XLSX with a new column", again: replaced(october, "Nom;", "Nom;Observations;", "Amel;", "Amel;vu;", "Brahim;", "Brahim;;", "Chafia;", "Chafia;;"), as: "october.xlsx"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			k := newClerk(t, simulator.Config{})
			if c.first == nil {
				c.first = october
			}
			k.saves("october.csv", c.first...)
			k.pays(exitDone, 3, c.begun...)
			was := k.paid()
			if c.as == "" {
				c.as = "october.csv"
			}
			k.saves(c.as, c.again...)
			if n := k.checks("paid.before", c.more...); n != c.before {
				t.Errorf("validate finds %d rows that look paid, want %d", n, c.before)
			}
			code, invalid := exitDone, c.before
			if invalid+c.changed > 0 || strings.HasPrefix(c.name, "a copy") {
				code = exitProblems
			}
			words := k.pays(code, c.sent, append(c.more, "--amend")...)
			if c.before > 0 {
				k.hears(words, "in this batch:\n  row ", " dinars on "+time.Now().Format(time.DateOnly)+", in row ", " of batch october (fulfilled)", "Make each row again what it was",
					fmt.Sprintf("--pay-again %d --reason TEXT", c.before))
			}
			if c.changed > 0 {
				k.hears(words, "id.changed")
			}
			k.wants(append(c.paid, was...)...)
			k.pays(code, 0, append(c.more, "--amend")...)
			k.wants(append(c.paid, was...)...)
			k.agrees()
			if len(c.paid) == 0 && c.begun == nil && c.first[1] == october[1] {
				k.wants(octoberPaid...)
			}
		})
	}
}

// Of equal rows those that were paid count as the first ones: sorting a file, taking
// a row out and adding one pays nobody again.
func TestEqualRowsArePaidAsOftenAsAsked(t *testing.T) {
	t.Parallel()
	head, row := "Matricule;Nom;Téléphone;Offre;Montant", func(id, who string) string { return id + ";" + who + ";0660000011;PREPAID_MOBILIS;1000" }
	other := "E9;Dalila;0550000014;PREPAID_OOREDOO;900"
	bare := without([]string{head, row("", "Amel"), row("", "Amel"), row("", "Amel"), other}, 0)
	type version struct {
		rows []string
		more []string
		code int
		sent int
		paid []string
	}
	one, two := "0660000011: 1000", "0660000011: 1000 1000"
	late := "0550000014: 900"
	for name, versions := range map[string][]version{
		"two with ids, sorted, one added": {
			{[]string{head, row("E1", "Amel"), row("E2", "Amel")}, nil, exitProblems, 1, []string{one}},
			{[]string{head, row("E2", "Amel"), row("E1", "Amel"), other}, nil, exitProblems, 1, []string{late, one}},
			{[]string{head, other, row("E2", "Amel")}, nil, exitProblems, 0, []string{late, one}},
		},
		"the refused one of two with ids alone": {
			{[]string{head, row("E1", "Amel"), row("E2", "Amel")}, nil, exitProblems, 1, []string{one}},
			{[]string{head, row("E2", "Amel")}, nil, exitProblems, 0, []string{one}},
		},
		"the unpaid one of two deleted": {
			{[]string{bare[0], bare[1], bare[2]}, nil, exitProblems, 1, []string{one}},
			{[]string{bare[0], bare[1]}, nil, exitDone, 0, []string{one}},
		},
		"the paid one of two deleted": {
			{[]string{bare[0], bare[1], bare[2]}, nil, exitProblems, 1, []string{one}},
			{[]string{bare[0], bare[2], bare[4]}, nil, exitDone, 1, []string{late, one}},
		},
		"both meant later": {
			{[]string{bare[0], bare[1], bare[2]}, nil, exitProblems, 1, []string{one}},
			{[]string{bare[0], bare[1], bare[2]}, []string{"--allow-duplicates", "--reason", "a bonus"}, exitDone, 1, []string{two}},
			{[]string{bare[0], bare[1], bare[2]}, []string{"--allow-duplicates"}, exitDone, 0, []string{two}},
		},
		"two paid, one deleted, one added again": {
			{[]string{bare[0], bare[1], bare[2]}, []string{"--allow-duplicates"}, exitDone, 2, []string{two}},
			{[]string{bare[0], bare[1]}, []string{"--allow-duplicates"}, exitDone, 0, []string{two}},
			{[]string{bare[0], bare[4], bare[1], bare[2]}, []string{"--allow-duplicates"}, exitDone, 1, []string{late, two}},
			{[]string{bare[0], bare[4], bare[1], bare[2], bare[3]}, []string{"--allow-duplicates"}, exitDone, 1, []string{late, two + " 1000"}},
		},
		"two paid, both given other ids": {
			{[]string{bare[0], bare[1], bare[2]}, []string{"--allow-duplicates"}, exitDone, 2, []string{two}},
			{[]string{head, row("E1", "Amel"), row("E2", "Amel")}, []string{"--allow-duplicates"}, exitProblems, 0, []string{two}},
			{[]string{head, row("E1", "Amel"), row("E2", "Amel"), row("E3", "Amel")}, []string{"--allow-duplicates"}, exitProblems, 1, []string{two + " 1000"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newClerk(t, simulator.Config{})
			for i, v := range versions {
				k.saves("october.csv", v.rows...)
				more := v.more
				if i > 0 {
					more = append([]string{"--amend"}, more...)
				}
				k.pays(v.code, v.sent, more...)
				k.wants(v.paid...)
				k.pays(v.code, 0, more...)
				k.wants(v.paid...)
			}
			k.agrees()
		})
	}
}

// An amendment of a batch that has no journal is refused, and names the batches that
// have the same rows: the correction was saved under another name, or --batch or
// --state was forgotten.
func TestAmendWantsTheBatchThatItAmends(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		begun []string
		do    func(k *clerk)
		as    []string // how the right batch is named
	}{
		"saved under another name": {do: func(k *clerk) { k.saves("october corrected.csv", respelt("500", "500", "E2", "E3")...) }, as: []string{"--batch", "october"}},
		"--batch forgotten":        {begun: []string{"--batch", "salaries"}, do: func(k *clerk) { k.saves("october.csv", respelt("E2", "E3")...) }, as: []string{"--batch", "salaries"}},
		"--state forgotten":        {begun: []string{"--state", "books"}, do: func(k *clerk) { k.saves("october.csv", respelt("E2", "E3")...) }, as: []string{"--state", "books"}},
		"saved as another format":  {do: func(k *clerk) { k.saves("october 2.xlsx", respelt("E2", "E3")...) }, as: []string{"--batch", "october"}},
		"moved to another folder": {do: func(k *clerk) {
			k.ok(os.Mkdir(k.path("new"), 0o700))
			k.saves("new/october.csv", respelt("E2", "E3")...)
		}, as: []string{"--state", "."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newClerk(t, simulator.Config{})
			k.saves("october.csv", october...)
			k.pays(exitDone, 3, c.begun...)
			c.do(k)
			words := k.pays(exitNothing, 0, "--amend")
			k.hears(words, "to amend", "does not exist; nothing was sent", "--amend --batch NAME", "--state FOLDER")
			k.hears(words, "3 rows are in the batch")
			k.wants(octoberPaid...)
			k.pays(exitProblems, 0, append([]string{"--amend"}, c.as...)...) // E2 has become E3: it looks paid
			k.wants(octoberPaid...)
		})
	}
}
