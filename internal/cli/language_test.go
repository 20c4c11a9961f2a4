package cli

import "testing"

// The language is the variables', then that of the system's windows.
func TestLocale(t *testing.T) {
	for _, c := range []struct {
		env     map[string]string
		windows []string
		want    string
	}{
		{nil, nil, "en"},
		{map[string]string{"LANG": "fr_DZ.UTF-8"}, nil, "fr"},
		{map[string]string{"LANG": "fr-FR"}, nil, "fr"},
		{map[string]string{"LANG": "FR"}, nil, "fr"},
		{map[string]string{"LANG": "ar@euro"}, nil, "ar"},
		{map[string]string{"LANG": "fr_FR", "LC_MESSAGES": "ar_DZ"}, nil, "ar"},
		{map[string]string{"LANG": "fr_FR", "LC_ALL": "C"}, []string{"fr-FR"}, "en"},
		{map[string]string{"LANG": "de_DE"}, []string{"fr-FR"}, "en"},
		{nil, []string{"fr-DZ", "en-US"}, "fr"},
		{nil, []string{"ar-DZ"}, "ar"},
		{nil, []string{"de-DE", "fr-FR"}, "en"},
	} {
		if got := locale(func(name string) string { return c.env[name] }, func() []string { return c.windows }); got != c.want {
			t.Errorf("%v and %q: %s, want %s", c.env, c.windows, got, c.want)
		}
	}
	if got := locale(func(string) string { return "" }, nil); got != "en" {
		t.Errorf("a system that does not tell: %s", got)
	}
}
