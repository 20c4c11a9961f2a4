package approval

import "testing"

// Prepared returns a request of three rows that nobody has approved.
func Prepared(t *testing.T) *File { return prepared(t) }
