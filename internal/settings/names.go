package settings

import (
	"slices"
	"strings"
)

// setting is a flag that may be given elsewhere than on the command line.
type setting struct {
	name string
	path bool // it names a file; in the file of settings, seen from that file's folder
}

// all are the settings there are, in the order in which people read them.
var all = []setting{
	{name: "base-url"},
	{name: "key-file", path: true},
	{name: "sheet"},
	{name: "encoding"},
	{name: "map"},
	{name: "plan"},
	{name: "amount"},
	{name: "fix-phones"},
	{name: "password-file", path: true},
	{name: "limit"},
	{name: "strict"},
	{name: "max-amount"},
	{name: "max-total"},
	{name: "max-per-phone"},
	{name: "require-approvals"},
	{name: "approvers", path: true},
	{name: "signing-key", path: true},
	{name: "state", path: true},
	{name: "concurrency"},
	{name: "rate"},
	{name: "timeout"},
	{name: "poll-interval"},
	{name: "wait"},
	{name: "resend-after"},
	{name: "phone-gap"},
	{name: "stop-after"},
	{name: "lang"},
	{name: "quiet"},
	{name: "progress"},
	{name: "log-level"},
	{name: "log-file", path: true},
	{name: "log-format"},
	{name: "events", path: true},
	{name: "metrics-file", path: true},
	{name: "notify-url"},
}

// Names returns the names of all settings, which are those of their flags, in the
// order in which people read them.
func Names() []string {
	names := make([]string, len(all))
	for i, s := range all {
		names[i] = s.name
	}
	return names
}

// settingOf finds a setting by its name.
func settingOf(name string) (setting, bool) {
	i := slices.IndexFunc(all, func(s setting) bool { return s.name == name })
	if i < 0 {
		return setting{}, false
	}
	return all[i], true
}

// The variables.
const (
	Prefix       = "FLEXYBATCH_"       // is what the variables of settings begin with
	FileVariable = "FLEXYBATCH_CONFIG" // says where the file of settings is; "none": nowhere

	baseURLVariable = "ONECLICKDZ_BASE_URL" // is base-url, behind FLEXYBATCH_BASE_URL
	keyVariable     = "ONECLICKDZ_API_KEY"  // holds a key, and is nearer than a key-file in the file
)

// notSettings are variables that begin like settings: where the file is, the secret of
// --notify-url, which belongs into no flag, and the address of an office's database,
// which may hold a password and is never shown.
var notSettings = []string{FileVariable, "FLEXYBATCH_NOTIFY_SECRET", "FLEXYBATCH_DATABASE"}

// Variable returns the name of a setting in the environment.
func Variable(name string) string {
	return Prefix + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// flagOf is the name of the flag that a variable stands for.
func flagOf(variable string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(variable, Prefix), "_", "-"))
}
