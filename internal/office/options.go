package office

import (
	"time"

	"flexybatch/batch"
	"flexybatch/ingest"
	"flexybatch/internal/app"
)

// Options are how a batch is read and paid, as the database keeps them: what the
// command line says by flags. Secrets are not among them.
type Options struct {
	Sheet        string            `json:"sheet,omitempty"`
	Map          map[string]string `json:"map,omitempty"`
	Encoding     string            `json:"encoding,omitempty"`
	SpreadMerged bool              `json:"spread_merged,omitempty"`
	FileLimits   ingest.Limits     `json:"file_limits"`

	Plan        string       `json:"plan,omitempty"`
	Amount      batch.Dinars `json:"amount,omitempty"`
	FixPhones   bool         `json:"fix_phones,omitempty"`
	AnyOperator bool         `json:"any_operator,omitempty"`
	Limits      batch.Limits `json:"limits"`

	Named    bool          `json:"named,omitempty"` // the batch's name was given, and not made from the file's
	Amend    bool          `json:"amend,omitempty"`
	PayAgain int           `json:"pay_again,omitempty"`
	Reason   string        `json:"reason,omitempty"`
	Recent   time.Duration `json:"recent,omitempty"`
	Canary   int           `json:"canary,omitempty"` // 0: none, or a person has let the rest go

	Approvals int `json:"approvals,omitempty"` // how many people must approve it, where that is more than the worker asks for
}

// OptionsOf are the options of a run that an office keeps.
func OptionsOf(r app.RunOptions) Options {
	return Options{
		Sheet: r.Reading.Options.Sheet, Map: r.Reading.Options.Map, Encoding: r.Reading.Options.Encoding,
		SpreadMerged: r.Reading.Options.SpreadMerged, FileLimits: r.Reading.Options.Limits,
		Plan: r.Reading.Rules.DefaultPlan, Amount: r.Reading.Rules.DefaultAmount,
		FixPhones: r.Reading.Rules.FixPhones, AnyOperator: r.Reading.Rules.AnyOperator, Limits: r.Reading.Limits,
		Named: r.Place.Batch != "", Amend: r.Amend, PayAgain: r.PayAgain, Reason: r.Reason, Recent: r.Recent, Canary: r.Canary,
	}
}

// run is a run with these options.
func (o Options) run() app.RunOptions {
	return app.RunOptions{
		Reading: app.Reading{
			Options: ingest.Options{Sheet: o.Sheet, Map: o.Map, Encoding: o.Encoding, SpreadMerged: o.SpreadMerged, Limits: o.FileLimits},
			Rules:   ingest.Rules{DefaultPlan: o.Plan, DefaultAmount: o.Amount, FixPhones: o.FixPhones, AnyOperator: o.AnyOperator},
			Limits:  o.Limits,
		},
		Amend: o.Amend, PayAgain: o.PayAgain, Reason: o.Reason, Recent: o.Recent, Canary: o.Canary,
	}
}
