// Package exposition writes figures in Prometheus's text format, version 0.0.4. It is
// here because the client library brings a whole encoding of its own with it, which
// makes the program 2.5 MB larger, and these are a few lines of text. Tests read what it
// writes with Prometheus's own parser.
package exposition

import (
	"cmp"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// ContentType is the format's name in HTTP.
const ContentType = "text/plain; version=0.0.4; charset=utf-8"

// Labels are labels and their values.
type Labels map[string]string

// Family is a figure, with a value for each set of labels.
type Family struct {
	Name, Help string
	Type       Type
	Samples    []Sample
}

// Type is what a figure does as time goes by.
type Type string

// The types of figures.
const (
	Gauge     Type = "gauge"     // it goes up and down
	Counter   Type = "counter"   // it goes up
	Histogram Type = "histogram" // it counts values by their size
)

// Sample is a value of a figure. Those of a histogram have a suffix.
type Sample struct {
	Suffix string
	Labels Labels
	Value  float64
}

// Write writes the figures in the order of their names, and the values of each in the
// order of their labels. Figures of one name become one. One without a value is left out.
func Write(w io.Writer, families []Family) error {
	sorted := slices.Clone(families)
	slices.SortStableFunc(sorted, func(a, b Family) int { return cmp.Compare(a.Name, b.Name) })
	var b []byte
	last := ""
	for _, f := range sorted {
		if len(f.Samples) == 0 {
			continue
		}
		if f.Name != last {
			b, last = f.appendHead(b), f.Name
		}
		b = f.appendSamples(b)
	}
	_, err := w.Write(b)
	return err
}

var (
	helpEscapes  = strings.NewReplacer(`\`, `\\`, "\n", `\n`)
	valueEscapes = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)
)

// appendHead writes what the figure is.
func (f Family) appendHead(b []byte) []byte {
	b = append(b, "# HELP "+f.Name+" "+helpEscapes.Replace(f.Help)+"\n"...)
	return append(b, "# TYPE "+f.Name+" "+string(f.Type)+"\n"...)
}

// appendSamples writes the values. A histogram's stay in their order, which has a meaning.
func (f Family) appendSamples(b []byte) []byte {
	lines := make([]string, len(f.Samples))
	for i, s := range f.Samples {
		lines[i] = f.Name + s.Suffix + s.Labels.text() + " " + number(s.Value) + "\n"
	}
	if f.Type != Histogram {
		slices.Sort(lines)
	}
	return append(b, strings.Join(lines, "")...)
}

// text is the labels in the order of their names, but a bucket's bound is the last.
func (l Labels) text() string {
	if len(l) == 0 {
		return ""
	}
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(l)) {
		if name != bound {
			pairs = append(pairs, name+`="`+valueEscapes.Replace(l[name])+`"`)
		}
	}
	if value, ok := l[bound]; ok {
		pairs = append(pairs, bound+`="`+value+`"`)
	}
	return "{" + strings.Join(pairs, ",") + "}"
}

// number is a value as the format has it.
func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
