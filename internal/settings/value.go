package settings

import (
	"errors"
	"strconv"

	"flexybatch/internal/lang"
)

// Value is where a flag keeps its value. Those of pflag are such.
type Value interface {
	String() string
	Set(string) error
	Type() string
}

// Whole is the value of a flag that takes a whole number. It is decimal: 0500 is
// five hundred, and 0x64 and 1_000 are errors.
type Whole[N int | int64 | uint64] struct{ to *N }

// NewWhole returns a value that is kept in a variable, and is that variable's at
// first.
func NewWhole[N int | int64 | uint64](to *N, first N) *Whole[N] {
	*to = first
	return &Whole[N]{to}
}

// ErrTooLarge is wrapped by the error of a number that has no room in a flag.
var ErrTooLarge = lang.Errorf("the number is too large")

// Set reads a number.
func (w *Whole[N]) Set(text string) error {
	var n N
	var err error
	switch to := any(&n).(type) {
	case *int:
		*to, err = strconv.Atoi(text)
	case *int64:
		*to, err = strconv.ParseInt(text, 10, 64)
	case *uint64:
		*to, err = strconv.ParseUint(text, 10, 64)
	}
	switch {
	case errors.Is(err, strconv.ErrRange):
		return ErrTooLarge
	case err != nil:
		return lang.Errorf("give a whole number in plain digits, such as 1000")
	}
	*w.to = n
	return nil
}

// String returns the number in decimal digits.
func (w *Whole[N]) String() string {
	if w == nil || w.to == nil {
		return "0"
	}
	switch n := any(*w.to).(type) {
	case int:
		return strconv.Itoa(n)
	case int64:
		return strconv.FormatInt(n, 10)
	case uint64:
		return strconv.FormatUint(n, 10)
	}
	return ""
}

// Type names the kind of number.
func (w *Whole[N]) Type() string {
	var n N
	switch any(n).(type) {
	case int64:
		return "int64"
	case uint64:
		return "uint64"
	}
	return "int"
}

// wanted is the error of a text that a flag does not take, in our words where err has
// none: those of the library are for programmers.
func wanted(flag Value, err error) error {
	switch flag.Type() {
	case "duration":
		return lang.Errorf("give a time such as 30s or 5m")
	case "bool":
		return lang.Errorf("give true or false")
	case "float64":
		if _, ok := flag.(*Rate); !ok {
			return lang.Errorf("give a number such as 2.5")
		}
	}
	return err
}
