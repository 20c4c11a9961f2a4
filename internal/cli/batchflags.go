package cli

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"flexybatch/batch"
	"flexybatch/internal/app"
	"flexybatch/internal/settings"
)

// placeFlags say where a batch lives. Every command takes them that has to do with
// one.
type placeFlags struct {
	batch, state string
	office       officeFlags
}

func (p *placeFlags) add(cmd *cobra.Command) {
	p.addName(cmd)
	cmd.Flags().StringVar(&p.state, "state", "", "folder of NAME.journal and NAME.results.xlsx (default the file's folder)")
	complete(cmd, "state", folders)
}

// addName is add for a command that has to do with no folder.
func (p *placeFlags) addName(cmd *cobra.Command) {
	cmd.Flags().StringVar(&p.batch, "batch", "", "the batch's name, part of every reference (default the file's stem)")
	complete(cmd, "batch", batches)
	p.office.add(cmd)
}

// of is the place of the batch that a file belongs to.
func (p *placeFlags) of(file string) app.Place {
	return app.Place{File: file, Batch: p.batch, State: p.state}
}

// batches are the names of those that have a journal where the command would look
// for one.
func batches(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	dir := "."
	if len(args) > 0 {
		dir = filepath.Dir(args[0])
	}
	if f := cmd.Flags().Lookup("state"); f != nil && f.Value.String() != "" {
		dir = f.Value.String()
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".journal"); ok {
			names = append(names, name)
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// readingFlags say how a file is read and which of its rows are valid.
type readingFlags struct {
	sheet, passwordFile, encoding string
	spreadMerged                  bool
	limits, columns               []string
	plan                          string
	fixPhones, anyOperator        bool
	allowDuplicates, strict       bool
	caps                          capFlags
}

// capFlags are the operator's own bounds, in dinars and rows.
type capFlags struct {
	amount                           int64
	maxAmount, maxTotal, maxPerPhone int64
	expectRows                       int
	expectTotal                      int64
}

func (r *readingFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&r.sheet, "sheet", "", "the sheet to read (default the only one with a phone column)")
	f.StringVar(&r.passwordFile, "password-file", "", "file that holds the workbook's password")
	f.StringVar(&r.encoding, "encoding", "", "encoding of a CSV file, such as windows-1256 (default whatever it is found to be)")
	f.BoolVar(&r.spreadMerged, "spread-merged", false, "a plan or an amount that is merged over several rows is meant for each of them")
	f.StringArrayVar(&r.limits, "limit", nil, "NAME=N: raise what a file may cost: file-bytes, unzipped-bytes, rows, columns, cell-chars, record-bytes")
	f.StringArrayVar(&r.columns, "map", nil, "FIELD=HEADER: which column is phone, plan, amount or id")
	f.StringVar(&r.plan, "plan", "", "plan CODE for rows that name none; auto: the prepaid plan of the phone's operator")
	f.BoolVar(&r.fixPhones, "fix-phones", false, "repair phones that can be repaired without doubt, and say so in the report")
	f.BoolVar(&r.anyOperator, "any-operator", false, "send although a phone's prefix is another operator's than the plan's")
	f.BoolVar(&r.allowDuplicates, "allow-duplicates", false, "send rows that repeat an earlier row's phone, plan and amount")
	f.BoolVar(&r.strict, "strict", false, "send nothing if any row is invalid")
	r.caps.add(cmd)
	complete(cmd, "password-file", files())
	complete(cmd, "encoding", words("utf-8", "utf-16le", "utf-16be", "windows-1252", "windows-1256", "cp850", "cp437", "cp720", "macintosh"))
	complete(cmd, "limit", beginnings("file-bytes=", "unzipped-bytes=", "rows=", "columns=", "cell-chars=", "record-bytes="))
	complete(cmd, "map", beginnings("phone=", "plan=", "amount=", "id="))
	complete(cmd, "plan", words("auto"))
}

func (c *capFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.Var(settings.NewWhole(&c.amount, 0), "amount", "amount in dinars for rows that give none")
	f.Var(settings.NewWhole(&c.maxAmount, 0), "max-amount", "refuse rows above this many dinars")
	f.Var(settings.NewWhole(&c.maxTotal, 0), "max-total", "refuse a batch above this many dinars")
	f.Var(settings.NewWhole(&c.maxPerPhone, 0), "max-per-phone", "refuse rows that take one phone above this many dinars")
	f.Var(settings.NewWhole(&c.expectRows, 0), "expect-rows", "control total: refuse the batch if its valid rows are another number")
	f.Var(settings.NewWhole(&c.expectTotal, 0), "expect-total", "control total: refuse the batch if its valid rows come to another sum in dinars")
}

// reading is what the flags say.
func (r *readingFlags) reading(cmd *cobra.Command) (app.Reading, error) {
	var o app.Reading
	if err := r.caps.check(cmd); err != nil {
		return o, err
	}
	o.Rules.DefaultPlan, o.Rules.DefaultAmount = r.plan, batch.Dinars(r.caps.amount)
	o.Rules.FixPhones, o.Rules.AnyOperator = r.fixPhones, r.anyOperator
	o.Limits = r.caps.limits(cmd)
	o.Limits.AllowDuplicates, o.Limits.Strict = r.allowDuplicates, r.strict
	o.Options.Sheet, o.Options.Encoding, o.Options.Map = r.sheet, r.encoding, map[string]string{}
	o.Options.SpreadMerged = r.spreadMerged
	for _, c := range r.columns {
		field, header, ok := strings.Cut(c, "=")
		if !ok || header == "" {
			return o, badFlag("map", "--map %q: write FIELD=HEADER, such as --map phone=Portable", c)
		}
		o.Options.Map[strings.ToLower(strings.TrimSpace(field))] = header
	}
	for _, text := range r.limits {
		if err := o.Options.Limits.Set(text); err != nil {
			return o, badFlag("limit", "--limit: %w", err)
		}
	}
	if r.passwordFile != "" {
		b, err := os.ReadFile(r.passwordFile)
		if err != nil {
			return o, nothingf("reading the password file: %w", err)
		}
		o.Options.Password, o.PasswordFile = strings.TrimRight(string(b), "\r\n"), r.passwordFile
	}
	return o, nil
}

// check refuses what is no bound.
func (c *capFlags) check(cmd *cobra.Command) error {
	for _, n := range []struct {
		flag  string
		value int64
		zero  bool // is a bound too
	}{{"amount", c.amount, false}, {"max-amount", c.maxAmount, false}, {"max-total", c.maxTotal, false}, {"max-per-phone", c.maxPerPhone, false},
		{"expect-rows", int64(c.expectRows), true}, {"expect-total", c.expectTotal, true}} {
		if n.value < 0 || n.value == 0 && !n.zero && cmd.Flags().Changed(n.flag) {
			return badFlag(n.flag, "--%s %d: give a whole number above zero", n.flag, n.value)
		}
	}
	return nil
}

// limits are the bounds as the job takes them.
func (c *capFlags) limits(cmd *cobra.Command) batch.Limits {
	l := batch.Limits{MaxAmount: batch.Dinars(c.maxAmount), MaxTotal: batch.Dinars(c.maxTotal), MaxPerPhone: batch.Dinars(c.maxPerPhone)}
	if cmd.Flags().Changed("expect-rows") {
		l.ExpectRows = &c.expectRows
	}
	if cmd.Flags().Changed("expect-total") {
		total := batch.Dinars(c.expectTotal)
		l.ExpectTotal = &total
	}
	return l
}
