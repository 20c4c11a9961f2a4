package console

import (
	"maps"
	"slices"
)

// Patterns are the addresses of the pages.
func (k *Console) Patterns() []string {
	return append(slices.Sorted(maps.Keys(k.handlers())), slices.Sorted(maps.Keys(k.approvalHandlers()))...)
}

// Policy is the content security policy.
const Policy = policy

// RowCount is the number of rows that a person has typed.
var RowCount = rowCount
