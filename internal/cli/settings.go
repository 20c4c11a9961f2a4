package cli

import (
	"slices"
	"strings"
)

// reach is how far from the command line a setting may be given. A flag that is no
// setting is a decision for one run (--yes, --amend, --batch, --approved,
// --expect-rows, --simulate, …) and stands on the command line only.
type reach int

// toBeside is also in a file beside the payroll, which may have come with it. The
// zero reach is the environment and the user's own file: for what says where money,
// key or files go, or is a guard that a stranger must not lower.
const toBeside reach = 1

// setting is a flag that may be given elsewhere than on the command line.
type setting struct {
	name  string
	reach reach
	pays  bool // it decides who is paid how much
	path  bool // it names a file; in a file of settings, seen from that file's folder
}

// settings are all there are, in the order in which people read them.
var settings = []setting{
	{name: "base-url"},
	{name: "key-file", path: true},
	{name: "sheet", reach: toBeside, pays: true},
	{name: "encoding", reach: toBeside, pays: true},
	{name: "map", reach: toBeside, pays: true},
	{name: "plan", reach: toBeside, pays: true},
	{name: "amount", reach: toBeside, pays: true},
	{name: "fix-phones", reach: toBeside, pays: true},
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
	{name: "concurrency", reach: toBeside},
	{name: "rate", reach: toBeside},
	{name: "timeout", reach: toBeside},
	{name: "poll-interval", reach: toBeside},
	{name: "wait", reach: toBeside},
	{name: "resend-after"},
	{name: "phone-gap"},
	{name: "stop-after"},
	{name: "lang", reach: toBeside},
	{name: "quiet"},
	{name: "log-level"},
	{name: "log-file", path: true},
	{name: "log-format"},
	{name: "events", path: true},
	{name: "metrics-file", path: true},
	{name: "notify-url"},
}

// settingOf finds a setting by its name.
func settingOf(name string) (setting, bool) {
	i := slices.IndexFunc(settings, func(s setting) bool { return s.name == name })
	if i < 0 {
		return setting{}, false
	}
	return settings[i], true
}

// variables is what the names of all variables of settings begin with.
const variables = "FLEXYBATCH_"

// notSettings are variables that begin like settings: where the user's own file
// is, and the secret of --notify-url, which belongs into no flag.
var notSettings = []string{ownFileVariable, "FLEXYBATCH_NOTIFY_SECRET"}

// variable is the name of the setting in the environment.
func (s setting) variable() string {
	return variables + strings.ToUpper(strings.ReplaceAll(s.name, "-", "_"))
}

// flagOfVariable is the name of the flag that a variable stands for.
func flagOfVariable(variable string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(variable, variables), "_", "-"))
}
