package console

// worded says an error of the job in the words of a page: with what to do there.
// Package app says what is the matter.
func (k *Console) worded(err error) error { return err }
