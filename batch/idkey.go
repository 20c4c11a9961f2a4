package batch

// IDKey is a placeholder until the branch of ids lands.
func IDKey(id string) string { return id }
