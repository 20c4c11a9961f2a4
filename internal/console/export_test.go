package console

import (
	"maps"
	"slices"
)

// Patterns are the addresses of the pages.
func (k *Console) Patterns() []string {
	return slices.Sorted(maps.Keys(k.table()))
}

// Policy is the content security policy.
const Policy = policy
