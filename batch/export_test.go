package batch

// RefByID returns the ref of a row with an id, for the tests of package batch_test.
func RefByID(batch, id string) Ref { return newRefs(batch).byID(canonical(id)) }

// RefByContent returns the ref of a row without id, for the same tests.
func RefByContent(batch string, t Topup, nth int) Ref { return newRefs(batch).byContent(t, nth) }
