package settings

import (
	"strconv"
	"strings"

	"flexybatch/internal/lang"
)

// AutoRate is the word that a Rate takes beside numbers.
const AutoRate = "auto"

// Rate is the value of --rate: calls a minute, or auto.
type Rate struct {
	Number float64
	Auto   bool
}

// Set reads a number or the word.
func (r *Rate) Set(text string) error {
	if text == AutoRate {
		*r = Rate{Auto: true}
		return nil
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || strings.ContainsAny(text, "xX_") {
		return lang.Errorf("give a number in plain digits, such as 60, or auto")
	}
	*r = Rate{Number: n}
	return nil
}

func (r *Rate) String() string {
	if r.Auto {
		return AutoRate
	}
	return strconv.FormatFloat(r.Number, 'g', -1, 64)
}

// Type is what help and the settings take it for.
func (*Rate) Type() string { return "float64" }
