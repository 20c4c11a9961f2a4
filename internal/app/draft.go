package app

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"flexybatch/batch"
	"flexybatch/ingest"
)

// Draft is what people gave for a batch of a folder: the versions of its file, and
// how it is to be read and paid. It is no book: what was paid stands in the journal
// alone.
type Draft struct {
	Name     string        `json:"name"`
	Versions []FileVersion `json:"versions"` // oldest first; there is one at least
	Choices  Choices       `json:"choices"`
	Bounds   Bounds        `json:"bounds,omitzero"`
	Simulate bool          `json:"simulate,omitempty"`
	Settled  bool          `json:"settled,omitempty"` // a person has confirmed how the file is read
	Meant    bool          `json:"meant,omitempty"`   // the file is known to be another batch's too, and is meant to be paid again
	Again    int           `json:"again,omitempty"`   // rows that look paid already and are to be paid all the same
	Reason   string        `json:"reason,omitempty"`  // why they are
	SaidOf   string        `json:"said_of,omitempty"` // the file, and how it is read, of which Meant, Again and Reason were said
	Asked    int           `json:"asked,omitempty"`   // how many people were asked to approve it
	Password string        `json:"-"`                 // of the workbook, if it was typed in this sitting: it is kept in no file
}

// FileVersion is one file that was given for a batch, or that mends in a page made of
// the one before.
type FileVersion struct {
	Number int       `json:"number"` // from 1
	File   string    `json:"file"`   // its name in its folder, made from the batch's name
	Given  string    `json:"given"`  // the name that it had where it came from
	SHA256 string    `json:"sha256"`
	Who    string    `json:"who"`
	At     time.Time `json:"at"`
	Mends  []Mend    `json:"mends,omitempty"` // what was changed of the version before; empty for a file that was given
}

// Mend is a cell that a person changed in a page.
type Mend struct {
	Row    int    `json:"row"`
	Column string `json:"column"`
	Old    string `json:"old"`
	New    string `json:"new"`
}

// Choices are how the file of a draft is read, and which of its rows are valid: what
// the command line says by flags.
type Choices struct {
	Sheet           string            `json:"sheet,omitempty"`
	Map             map[string]string `json:"map,omitempty"` // field → the column's letter
	SpreadMerged    bool              `json:"spread_merged,omitempty"`
	Encoding        string            `json:"encoding,omitempty"`
	Plan            string            `json:"plan,omitempty"`
	Amount          batch.Dinars      `json:"amount,omitempty"`
	FixPhones       bool              `json:"fix_phones,omitempty"`
	AnyOperator     bool              `json:"any_operator,omitempty"`
	AllowDuplicates bool              `json:"allow_duplicates,omitempty"`
}

// Reading is how the file is read.
func (c Choices) Reading() Reading {
	return Reading{
		Options: ingest.Options{Sheet: c.Sheet, Map: c.Map, Encoding: c.Encoding, SpreadMerged: c.SpreadMerged},
		Rules:   ingest.Rules{DefaultPlan: c.Plan, DefaultAmount: c.Amount, FixPhones: c.FixPhones, AnyOperator: c.AnyOperator},
		Limits:  batch.Limits{AllowDuplicates: c.AllowDuplicates},
	}
}

// Current is the version that is read now.
func (d *Draft) Current() FileVersion { return d.Versions[len(d.Versions)-1] }

// Draft reads the draft of a batch.
func (f Folder) Draft(name string) (*Draft, error) {
	if why := badName(name); !why.IsZero() {
		return nil, &NoSuchBatch{Name: name}
	}
	b, err := os.ReadFile(filepath.Join(f.input(name), draftFile))
	if err != nil {
		return nil, nothing(err)
	}
	var d Draft
	if err := json.Unmarshal(b, &d); err != nil {
		return nil, nothing(err)
	}
	if d.Name != name || len(d.Versions) == 0 {
		return nil, &NoSuchBatch{Name: name}
	}
	return &d, nil
}

// draftFile is the name of a draft in the folder of its batch's input.
const draftFile = "draft.json"

// Keep writes a draft. What a person has said of its rows, so that they are paid once
// more, is forgotten where they are others meanwhile: the file is another, or is read in
// another way.
func (f Folder) Keep(d *Draft) error {
	if why := badName(d.Name); !why.IsZero() {
		return &BadName{Name: d.Name, Why: why}
	}
	choices, err := json.Marshal(d.Choices)
	if err != nil {
		return Failed(Internal, err)
	}
	of := d.Current().SHA256 + " " + string(choices)
	if d.SaidOf != "" && d.SaidOf != of {
		d.Meant, d.Again, d.Reason = false, 0, ""
	}
	d.SaidOf = of
	b, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return Failed(Internal, err)
	}
	if err := makeFolder(f.input(d.Name)); err != nil {
		return err
	}
	return replaceFile(filepath.Join(f.input(d.Name), draftFile), b)
}

// File is the path of a version of a draft's file.
func (f Folder) File(d *Draft, number int) (path string, ok bool) {
	for _, v := range d.Versions {
		if v.Number == number {
			return f.file(d, v), true
		}
	}
	return "", false
}

func (f Folder) file(d *Draft, v FileVersion) string {
	return filepath.Join(f.input(d.Name), fmt.Sprint(v.Number), v.File)
}

// input is the folder of what was given for a batch.
func (f Folder) input(name string) string { return filepath.Join(f.Path, name+inputSuffix) }

// replaceFile writes a file whole or not at all, for its owner alone.
func replaceFile(path string, b []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return nothing(err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // where it was not renamed
	_, err = tmp.Write(b)
	if err == nil {
		err = tmp.Sync()
	}
	if closed := tmp.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return nothing(err)
	}
	return nil
}
