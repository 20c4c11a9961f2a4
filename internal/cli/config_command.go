package cli

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"flexybatch/batch/oneclick"
	"flexybatch/internal/lang"
	"flexybatch/internal/settings"
)

const configHelp = `Which settings hold, and where each comes from. Changes nothing, and never shows the
API key.

  flexybatch config
  flexybatch config --json

The first of these that gives a value holds:
  1. the flag on the command line
  2. the variable: FLEXYBATCH_ and the flag's name, such as FLEXYBATCH_RATE or
     FLEXYBATCH_MAX_TOTAL (ONECLICKDZ_BASE_URL is read as well)
  3. your file flexybatch.toml, in the folder flexybatch of your configuration
     folder (FLEXYBATCH_CONFIG=FILE names another, FLEXYBATCH_CONFIG=none no file)

  # flexybatch.toml
  rate = 120
  wait = "30m"
  plan = "auto"
  [map]
  phone = "Portable"
  amount = "Montant net"

Decisions for one run (--yes, --amend, --batch, --approved, --expect-rows,
--simulate, --any-operator, --allow-duplicates and the like) stand on the command
line only. Unknown names and bad values are errors that name file and line. The file
must be writable by you alone; paths in it are seen from its folder.`

func newConfig(w machine) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "config", Short: "Which settings hold, and where each comes from", Long: configHelp, Args: noFile,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := w.standing(cmd)
			if err != nil {
				return err
			}
			if asJSON {
				err = json.NewEncoder(w.stdout).Encode(s)
			} else {
				err = s.print(w)
			}
			if err != nil {
				return nothingf("writing the settings: %w", err)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as one JSON object on stdout")
	return cmd
}

// standingSettings is what config shows.
type standingSettings struct {
	Settings []standingSetting `json:"settings"`
	Key      struct {
		From string       `json:"from"` // empty for none
		For  string       `json:"for"`  // the host that it goes to
		from lang.Message // the same in every language
	} `json:"key"`
	Files []settingsFile `json:"files"`
}

type standingSetting struct {
	Name  string   `json:"name"`
	Value string   `json:"value"`
	List  []string `json:"list,omitempty"` // of a setting that has several values
	From  string   `json:"from"`           // "default", a variable, or a file with its line

	from lang.Message // the same, for people
}

type settingsFile struct {
	Path  string `json:"path"`
	Whose string `json:"whose"` // one's "own"
	Found bool   `json:"found"`
}

// standing finds out what holds.
func (w machine) standing(cmd *cobra.Command) (*standingSettings, error) {
	s := &standingSettings{Settings: []standingSetting{}}
	if w.settings.Path != "" {
		s.Files = append(s.Files, settingsFile{w.settings.Path, "own", w.settings.Found})
	}
	root := cmd.Root()
	for _, sub := range root.Commands() {
		if err := w.applySettings(sub); err != nil {
			return nil, err
		}
	}
	flags := flagsOf(root)
	for _, name := range settings.Names() {
		s.Settings = append(s.Settings, shownSetting(flags[name], w.stands))
	}
	a := accountFlags{baseURL: flags["base-url"].Value.String(), keyFile: flags["key-file"].Value.String()}
	s.Key.For = a.account().Host()
	if _, from, err := a.key(cmd.Context(), w, s.Key.For); err == nil {
		s.Key.From, s.Key.from = from.String(), from
	}
	return s, nil
}

// shownSetting is a setting with its value for people.
func shownSetting(f *pflag.Flag, stands origins) standingSetting {
	x := standingSetting{Name: f.Name, Value: f.Value.String(), From: "default"}
	if list, ok := f.Value.(pflag.SliceValue); ok {
		x.List = list.GetSlice()
		x.Value = strings.Join(x.List, ", ")
	}
	if from, ok := stands[f.Name]; ok {
		x.From, x.from = from.String(), from.Message()
	} else if f.Name == "base-url" {
		x.Value = oneclick.DefaultBaseURL
	}
	if strings.HasSuffix(f.Name, "-url") {
		x.Value = bare(x.Value)
	}
	return x
}

// bare is an address without what may be secret in it.
func bare(address string) string {
	u, err := url.Parse(address)
	if err != nil || address == "" || u.User == nil && u.RawQuery == "" && strings.Trim(u.Path, "/") == "" {
		return address
	}
	return fmt.Sprintf("%s://%s/…", u.Scheme, u.Host)
}

func (s *standingSettings) print(w machine) error {
	tab := tabwriter.NewWriter(w.stdout, 0, 0, 2, ' ', 0)
	w.words.Fprintf(tab, "%s\t%s\t%s\n", lang.Title("SETTING"), lang.Title("VALUE"), lang.Title("FROM"))
	for _, x := range s.Settings {
		value, from := x.Value, w.words.Say(x.from)
		if x.From == "default" {
			from = w.words.Say(lang.Title("default"))
			if slices.Contains([]string{"", "0", "false"}, value) {
				value = "-"
			}
		}
		fmt.Fprintf(tab, "%s\t%s\t%s\n", x.Name, value, from)
	}
	if err := tab.Flush(); err != nil {
		return err
	}
	key := w.words.Sprintf("API key for %s: there is none", s.Key.For)
	if s.Key.From != "" {
		key = w.words.Sprintf("API key for %s: from %s", s.Key.For, s.Key.from)
	}
	fmt.Fprintf(w.stdout, "\n%s\n", key)
	for _, f := range s.Files {
		switch {
		case f.Found:
			w.words.Fprintf(w.stdout, "Your own settings: %s\n", f.Path)
		default:
			w.words.Fprintf(w.stdout, "Your own settings: %s (there are none)\n", f.Path)
		}
	}
	return nil
}
