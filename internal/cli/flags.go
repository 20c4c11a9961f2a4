package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"
	"golang.org/x/text/unicode/norm"

	"flexybatch/batch"
	"flexybatch/ingest"
	"flexybatch/internal/settings"
)

// place is where a batch lives: the flags that every command takes that has to
// do with one.
type place struct {
	file  string // the argument
	name  string // --batch
	state string // --state
	out   string // --out

	named     bool // --batch was given
	isJournal bool // the argument is the journal itself
}

func (p *place) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&p.name, "batch", "", "the batch's name, part of every reference (default the file's stem)")
	cmd.Flags().StringVar(&p.state, "state", "", "folder of NAME.journal and NAME.results.xlsx (default the file's folder)")
}

// resolve fills in what the flags leave open.
func (p *place) resolve(file string) error {
	p.file, p.named = file, p.name != ""
	p.isJournal = isJournal(file)
	if p.name == "" {
		p.name = p.stem()
		for strings.HasSuffix(p.name, checkSuffix) { // a check that was mended is the same payroll
			p.name = strings.TrimSuffix(p.name, checkSuffix)
		}
	}
	p.name = norm.NFC.String(strings.TrimSpace(p.name))
	if bad := badName(p.name); bad != "" {
		return failf(exitUsage, "the batch name %q %s; give another with --batch", p.name, bad)
	}
	if p.state == "" {
		p.state = filepath.Dir(file)
	}
	return nil
}

// stem is the file's name without what says its kind.
func (p *place) stem() string {
	return strings.TrimSuffix(filepath.Base(p.file), filepath.Ext(p.file))
}

// isJournal tells a journal by its first bytes.
func isJournal(file string) bool {
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }() // it was only read
	head := make([]byte, 8)
	n, _ := f.Read(head)
	return string(head[:n]) == `{"crc":"`
}

// badName says what keeps a batch name from being part of a file name on every
// system; empty when nothing does.
func badName(name string) string {
	switch {
	case name == "":
		return "is empty"
	case len(name) > 150:
		return "is too long"
	case strings.HasPrefix(name, "."):
		return "begins with a dot"
	case strings.ContainsAny(name, `/\:*?"<>|`):
		return `holds one of / \ : * ? " < > |`
	case strings.ContainsFunc(name, unicode.IsControl):
		return "holds an invisible character"
	}
	return ""
}

func (p *place) journal() string {
	if p.isJournal {
		return p.file
	}
	return filepath.Join(p.state, p.name+".journal")
}

func (p *place) simulator() string { return filepath.Join(p.state, p.name+".simulator") }

func (p *place) results() string {
	if p.out != "" {
		return p.out
	}
	return filepath.Join(p.state, p.name+".results.xlsx")
}

// checkSuffix ends the stem of a check.
const checkSuffix = ".check"

// checked is the file of the check. It is named after the file rather than the
// batch, so that the check of a mended check does not take its place.
func (p *place) checked(format string) string {
	if p.out != "" {
		return p.out
	}
	stem := p.name
	if p.stem() != stem && strings.HasSuffix(p.stem(), checkSuffix) {
		stem = p.stem()
	}
	return filepath.Join(p.state, stem+checkSuffix+"."+format)
}

// found is an error unless the batch has a journal.
func (p *place) found() error {
	if _, err := os.Stat(p.journal()); errors.Is(err, fs.ErrNotExist) {
		return failf(exitNothing, "there is no journal %s: this batch was never run here; give --batch and --state as they were given to run", p.journal())
	}
	return nil
}

// input is how the file is read and which rows are valid.
type input struct {
	sheet, passwordFile string
	encoding            string
	bounds              []string
	columns             []string
	plan                string
	amount              int64
	fixPhones           bool
	anyOperator         bool
	limits              batch.Limits
	maxAmount, maxTotal int64
	maxPerPhone         int64
	expectRows          int
	expectTotal         int64
}

func (in *input) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&in.sheet, "sheet", "", "the sheet to read (default the only one with a phone column)")
	f.StringVar(&in.passwordFile, "password-file", "", "file that holds the workbook's password")
	f.StringVar(&in.encoding, "encoding", "", "encoding of a CSV file, such as windows-1256 (default whatever it is found to be)")
	f.StringArrayVar(&in.bounds, "limit", nil, "NAME=N: raise what a file may cost: file-bytes, unzipped-bytes, rows, columns, cell-chars, record-bytes")
	f.StringArrayVar(&in.columns, "map", nil, "FIELD=HEADER: which column is phone, plan, amount or id")
	f.StringVar(&in.plan, "plan", "", "plan CODE for rows that name none; auto: the prepaid plan of the phone's operator")
	f.Var(settings.NewWhole(&in.amount, 0), "amount", "amount in dinars for rows that give none")
	f.BoolVar(&in.fixPhones, "fix-phones", false, "repair phones that can be repaired without doubt, and say so in the report")
	f.BoolVar(&in.anyOperator, "any-operator", false, "send although a phone's prefix is another operator's than the plan's")
	f.BoolVar(&in.limits.AllowDuplicates, "allow-duplicates", false, "send rows that repeat an earlier row's phone, plan and amount")
	f.BoolVar(&in.limits.Strict, "strict", false, "send nothing if any row is invalid")
	f.Var(settings.NewWhole(&in.maxAmount, 0), "max-amount", "refuse rows above this many dinars")
	f.Var(settings.NewWhole(&in.maxTotal, 0), "max-total", "refuse a batch above this many dinars")
	f.Var(settings.NewWhole(&in.maxPerPhone, 0), "max-per-phone", "refuse rows that take one phone above this many dinars")
	f.Var(settings.NewWhole(&in.expectRows, 0), "expect-rows", "control total: refuse the batch if its valid rows are another number")
	f.Var(settings.NewWhole(&in.expectTotal, 0), "expect-total", "control total: refuse the batch if its valid rows come to another sum in dinars")
}

// resolve checks the flags and fills in the limits.
func (in *input) resolve(cmd *cobra.Command) error {
	for _, n := range []struct {
		flag  string
		value int64
	}{{"amount", in.amount}, {"max-amount", in.maxAmount}, {"max-total", in.maxTotal}, {"max-per-phone", in.maxPerPhone},
		{"expect-rows", int64(in.expectRows)}, {"expect-total", in.expectTotal}} {
		if n.value < 0 || cmd.Flags().Changed(n.flag) && n.value == 0 && !strings.HasPrefix(n.flag, "expect") {
			return badFlag(n.flag, "--%s %d: give a whole number above zero", n.flag, n.value)
		}
	}
	in.limits.MaxAmount, in.limits.MaxTotal = batch.Dinars(in.maxAmount), batch.Dinars(in.maxTotal)
	in.limits.MaxPerPhone = batch.Dinars(in.maxPerPhone)
	if cmd.Flags().Changed("expect-rows") {
		in.limits.ExpectRows = &in.expectRows
	}
	if cmd.Flags().Changed("expect-total") {
		total := batch.Dinars(in.expectTotal)
		in.limits.ExpectTotal = &total
	}
	_, err := in.readOptions()
	return err
}

// mapping is --map taken apart.
func (in *input) mapping() (map[string]string, error) {
	m := map[string]string{}
	for _, c := range in.columns {
		field, header, ok := strings.Cut(c, "=")
		if !ok || header == "" {
			return nil, badFlag("map", "--map %q: write FIELD=HEADER, such as --map phone=Portable", c)
		}
		m[strings.ToLower(strings.TrimSpace(field))] = header
	}
	return m, nil
}

// options is what decides, beside the file, which rows there are: the journal
// keeps it.
func (in *input) options() map[string]string {
	o := map[string]string{}
	set := func(flag, value string) {
		if value != "" && value != "0" && value != "false" {
			o[flag] = value
		}
	}
	set("sheet", in.sheet)
	set("encoding", in.encoding)
	set("map", strings.Join(in.columns, ","))
	set("plan", in.plan)
	set("amount", strconv.FormatInt(in.amount, 10))
	set("fix-phones", strconv.FormatBool(in.fixPhones))
	set("any-operator", strconv.FormatBool(in.anyOperator))
	set("allow-duplicates", strconv.FormatBool(in.limits.AllowDuplicates))
	set("max-amount", strconv.FormatInt(in.maxAmount, 10))
	set("max-per-phone", strconv.FormatInt(in.maxPerPhone, 10))
	return o
}

func (in *input) rules(plans batch.Catalogue) ingest.Rules {
	return ingest.Rules{
		Catalogue: plans, DefaultPlan: in.plan, DefaultAmount: batch.Dinars(in.amount),
		FixPhones: in.fixPhones, AnyOperator: in.anyOperator,
	}
}

// readOptions is how the file is opened.
func (in *input) readOptions() (ingest.Options, error) {
	m, err := in.mapping()
	if err != nil {
		return ingest.Options{}, err
	}
	o := ingest.Options{Sheet: in.sheet, Map: m, Encoding: in.encoding}
	for _, text := range in.bounds {
		if err := o.Limits.Set(text); err != nil {
			return o, badFlag("limit", "--limit: %w", err)
		}
	}
	if in.passwordFile != "" {
		b, err := os.ReadFile(in.passwordFile)
		if err != nil {
			return o, failf(exitNothing, "reading the password file: %w", err)
		}
		o.Password = strings.TrimRight(string(b), "\r\n")
	}
	return o, nil
}

// pacing is how fast and how patiently the engine works.
type pacing struct {
	concurrency int
	rate        settings.Rate // auto: look for the provider's own ceiling, upward from the number
	timeout     time.Duration
	poll        time.Duration
	wait        time.Duration
	resendAfter time.Duration
	phoneGap    time.Duration
	stopAfter   int
}

func (p *pacing) lookFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.Var(&p.rate, "rate", "API calls a minute at most, 0 for no limit, auto to look for the provider's own, upward from the default (what the key allows: 60 sandbox, 120 production; none with --simulate)")
	f.DurationVar(&p.timeout, "timeout", 30*time.Second, "time for one API call")
	f.DurationVar(&p.poll, "poll-interval", 5*time.Second, "between two looks at open rows")
	f.DurationVar(&p.wait, "wait", 10*time.Minute, "how long to wait for final outcomes after the last send")
	f.DurationVar(&p.resendAfter, "resend-after", 120*time.Second, "how long a lost send must have been over before a check may clear its ref")
}

func (p *pacing) sendFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.Var(settings.NewWhole(&p.concurrency, 8), "concurrency", "sends in flight at once")
	f.DurationVar(&p.phoneGap, "phone-gap", time.Minute, "least time between two sends to one phone (default with --simulate: 0)")
	f.Var(settings.NewWhole(&p.stopAfter, 20), "stop-after", "stop after so many failures in a row that are not the rows' own fault; 0: never")
}

// resolve checks the flags and fills in what depends on the key.
func (p *pacing) resolve(cmd *cobra.Command, accountType string) error {
	set := cmd.Flags().Changed
	for _, d := range []struct {
		flag  string
		value time.Duration
		least time.Duration
	}{{"timeout", p.timeout, time.Millisecond}, {"poll-interval", p.poll, time.Millisecond},
		{"wait", p.wait, 0}, {"resend-after", p.resendAfter, 0}, {"phone-gap", p.phoneGap, 0}} {
		if d.value < d.least {
			return badFlag(d.flag, "--%s %s: give a duration such as 30s or 5m", d.flag, d.value)
		}
	}
	if p.concurrency == 0 && cmd.Flags().Lookup("concurrency") == nil {
		p.concurrency = 1 // a command that sends nothing
	}
	if p.concurrency < 1 || p.concurrency > 10_000 {
		return badFlag("concurrency", "--concurrency %d: give a number from 1 to 10000", p.concurrency)
	}
	if !(p.rate.Number >= 0) {
		return badFlag("rate", "--rate and --stop-after take no number below zero")
	}
	if p.stopAfter < 0 {
		return badFlag("stop-after", "--rate and --stop-after take no number below zero")
	}
	switch {
	case accountType == "":
	case accountType == batch.Simulated:
		if !set("phone-gap") {
			p.phoneGap = 0
		}
		if !set("poll-interval") {
			p.poll = 50 * time.Millisecond
		}
		if p.rate.Auto {
			p.rate.Number = 120
		}
	case set("rate") && !p.rate.Auto:
	case accountType == batch.Production:
		p.rate.Number = 120
	default:
		p.rate.Number = 60
	}
	return nil
}
