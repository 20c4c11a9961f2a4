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
)

const configHelp = `Which settings hold, and where each comes from. Changes nothing, and never shows the
API key.

  flexybatch config
  flexybatch config payroll.xlsx       with flexybatch.toml beside that file
  flexybatch config --json payroll.xlsx

The first of these that gives a value holds:
  1. the flag on the command line
  2. the variable: FLEXYBATCH_ and the flag's name, such as FLEXYBATCH_RATE or
     FLEXYBATCH_MAX_TOTAL (ONECLICKDZ_BASE_URL is read as well)
  3. flexybatch.toml beside the payroll
  4. your own flexybatch.toml, in the folder flexybatch of your configuration
     folder (FLEXYBATCH_CONFIG=FILE names another, FLEXYBATCH_CONFIG=none no file)

  # flexybatch.toml
  rate = 120
  wait = "30m"
  plan = "auto"
  [map]
  phone = "Portable"
  amount = "Montant net"

A file beside a payroll may have come with it from anywhere. So it may say how that
payroll is read and how fast it is sent, and nothing else: not where the key goes
or comes from, nor where files are written, and it lowers no guard. What it says of
who is paid how much (sheet, encoding, map, plan, amount, fix-phones) is shown
before the question, and refused with --yes and --quiet, unless the run is
--approved.

Decisions for one run (--yes, --amend, --batch, --approved, --expect-rows,
--simulate, --any-operator, --allow-duplicates and the like) stand on the command
line only. Unknown names and bad values are errors that name file and line. Your own
file must be writable by you alone; paths in it are seen from its folder.`

func newConfig(w world) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "config [FILE]", Short: "Which settings hold, and where each comes from", Long: configHelp, Args: atMostOneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := w.standing(cmd, args)
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
}

type settingsFile struct {
	Path  string `json:"path"`
	Whose string `json:"whose"` // "beside" the payroll, or one's "own"
	Found bool   `json:"found"`
}

// standing finds out what holds for a file.
func (w world) standing(cmd *cobra.Command, args []string) (*standingSettings, error) {
	c, err := w.configuration(fileOf(cmd, args))
	if err != nil {
		return nil, err
	}
	s := &standingSettings{Settings: []standingSetting{}, Files: []settingsFile{}}
	if c.beside != "" {
		s.Files = append(s.Files, settingsFile{c.beside, "beside", c.besideFound})
	}
	if c.own != "" {
		s.Files = append(s.Files, settingsFile{c.own, "own", c.ownFound})
	}
	root := cmd.Root()
	for _, sub := range root.Commands() {
		if err := c.apply(w, sub); err != nil {
			return nil, err
		}
	}
	flags := flagsOf(root)
	for _, x := range settings {
		s.Settings = append(s.Settings, shownSetting(x, flags[x.name]))
	}
	a := accountFlags{baseURL: flags["base-url"].Value.String(), keyFile: flags["key-file"].Value.String()}
	s.Key.For = a.account().Host()
	if _, from, err := a.key(cmd.Context(), w, s.Key.For); err == nil {
		s.Key.From, s.Key.from = from.String(), from
	}
	return s, nil
}

// shownSetting is a setting with its value for people.
func shownSetting(s setting, f *pflag.Flag) standingSetting {
	x := standingSetting{Name: s.name, Value: f.Value.String(), From: "default"}
	if list, ok := f.Value.(pflag.SliceValue); ok {
		x.List = list.GetSlice()
		x.Value = strings.Join(x.List, ", ")
	}
	if place := f.Annotations[fromPlace]; place != nil {
		x.From = place[0]
	} else if s.name == "base-url" {
		x.Value = oneclick.DefaultBaseURL
	}
	if strings.HasSuffix(s.name, "-url") {
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

func (s *standingSettings) print(w world) error {
	tab := tabwriter.NewWriter(w.stdout, 0, 0, 2, ' ', 0)
	w.words.Fprintf(tab, "SETTING\tVALUE\tFROM\n")
	for _, x := range s.Settings {
		value, from := x.Value, x.From
		if x.From == "default" {
			from = w.words.Title("default")
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
		case f.Whose == "beside" && f.Found:
			w.words.Fprintf(w.stdout, "Settings beside the payroll: %s\n", f.Path)
		case f.Whose == "beside":
			w.words.Fprintf(w.stdout, "Settings beside the payroll: %s (there is none)\n", f.Path)
		case f.Found:
			w.words.Fprintf(w.stdout, "Your own settings: %s\n", f.Path)
		default:
			w.words.Fprintf(w.stdout, "Your own settings: %s (there are none)\n", f.Path)
		}
	}
	return nil
}
