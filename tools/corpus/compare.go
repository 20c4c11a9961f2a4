package main

import (
	"maps"
	"slices"
	"strings"

	"flexybatch/ingest/xlsx"
)

// difference is a cell that two readers do not agree on.
type difference struct{ place, ours, theirs string }

// differences are those between our reading and another one. Sheets that only one
// of us knows as such (charts, macros) are left out.
func differences(ours, theirs book, compared *int) (list []difference) {
	for _, sheet := range slices.Sorted(maps.Keys(ours)) {
		other, known := theirs[sheet]
		if !known {
			continue
		}
		places := maps.Clone(ours[sheet])
		maps.Copy(places, other)
		for _, place := range slices.Sorted(maps.Keys(places)) {
			*compared++
			a, b := ours[sheet][place], other[place]
			if !same(a, b) {
				list = append(list, difference{sheet + "!" + place, a.text, b.text})
			}
		}
	}
	return list
}

// same tells whether two readings of a cell mean the same. What we spell out and
// others give as it is stored, is the same.
func same(ours, theirs cell) bool {
	if ours.text == theirs.text || plain(ours.text) == plain(theirs.text) {
		return true
	}
	switch ours.odd {
	case xlsx.Date, xlsx.Uncounted: // a number of days to others, or a date of theirs; nothing
		return ours.odd == xlsx.Uncounted && theirs.text == "" || ours.odd == xlsx.Date && theirs.text != ""
	case xlsx.Truth:
		return theirs.text == map[string]string{"TRUE": "1", "FALSE": "0"}[ours.text]
	}
	number, ok := xlsx.DecimalText(theirs.text)
	mine, ok2 := xlsx.DecimalText(ours.text)
	return ok && ok2 && number == mine
}

// plain is a text without what readers write in their own ways: line ends.
func plain(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }
