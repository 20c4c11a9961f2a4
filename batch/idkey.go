package batch

import "strings"

// IDKey is a placeholder until the branch of ids lands.
func IDKey(id string) string {
	return strings.TrimSuffix(strings.TrimLeft(strings.ToLower(strings.ReplaceAll(id, " ", "")), "0"), ".0")
}
