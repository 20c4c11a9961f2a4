//go:build !windows

package cli

// systemLanguages are none: the environment tells the language.
func systemLanguages() []string { return nil }
