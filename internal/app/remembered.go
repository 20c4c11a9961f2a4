package app

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"flexybatch/ingest"
)

// Peek is what stands at the top of a draft's file.
func (f Folder) Peek(d *Draft, r Reading) (*ingest.Peeked, error) {
	p, err := ingest.Peek(f.file(d, d.Current()), r.Options)
	if err != nil {
		return nil, nothing(err)
	}
	return p, nil
}

// Recall reads a draft's file as one with the same columns was read before, if a
// person has confirmed that. What was never seen stays to be confirmed.
func (f Folder) Recall(d *Draft) error {
	p, err := f.Peek(d, d.Reading())
	if err != nil || p.Header == 0 {
		return nil //nolint:nilerr // reading it says what is the matter
	}
	known := f.remembered()
	choices, ok := known[columnsKey(p.Names)]
	if !ok {
		return nil
	}
	if choices.Sheet != "" && len(p.Sheets) < 2 {
		choices.Sheet = ""
	}
	choices.Encoding = d.Choices.Encoding
	d.Choices, d.Settled = choices, true
	return f.Keep(d)
}

// Remember keeps how a draft's file is read, for the next file with the same columns.
func (f Folder) Remember(d *Draft, header []string) error {
	d.Settled = true
	if err := f.Keep(d); err != nil {
		return err
	}
	known := f.remembered()
	known[columnsKey(header)] = d.Choices
	b, err := json.MarshalIndent(known, "", "  ")
	if err != nil {
		return Failed(Internal, err)
	}
	return replaceFile(filepath.Join(f.Path, rememberedFile), b)
}

// rememberedFile holds how files were read, by their columns.
const rememberedFile = "columns.json"

// remembered is how files were read. One that cannot be read is as good as none: it
// is asked again.
func (f Folder) remembered() map[string]Choices {
	known := map[string]Choices{}
	if b, err := os.ReadFile(filepath.Join(f.Path, rememberedFile)); err == nil && json.Unmarshal(b, &known) != nil {
		known = map[string]Choices{}
	}
	return known
}

// columnsKey stands for the columns of a file: their names, in their order.
func columnsKey(header []string) string {
	var b strings.Builder
	for _, name := range header {
		b.WriteString(strings.ToLower(strings.Join(strings.Fields(name), " ")) + "\n")
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:])
}
