package ingest

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"flexybatch/batch"
	"flexybatch/ingest/fault"
	"flexybatch/ingest/xlsx"
)

// field is one of the columns that mean something to us.
type field int

const (
	phone field = iota
	plan
	amount
	id
	fields int = iota
)

// fieldNames are the names of the fields in --map, in problems and in
// Input.Fields.
var fieldNames = [fields]string{"phone", "plan", "amount", "id"}

func (f field) String() string { return fieldNames[f] }

// knownAs is what people call the fields, as fold leaves it (product contract,
// "Input"). "N°" is also written "No" and "Numéro".
var knownAs = [fields][]string{
	phone: {"phone", "msisdn", "mssidn", "mobile", "tel", "telephone", "portable", "gsm", "numero",
		"ndetelephone", "nodetelephone", "numerodetelephone", "ntelephone", "notelephone", "ntel", "notel", "numtel", "numerotel", "رقمالهاتف", "الهاتف", "رقم", "الجوال",
		"phonenumber", "phoneno", "mobilephone", "mobilenumber", "mobileno", "telephonemobile", "telmobile", "telephoneportable", "telportable", "nmobile", "nomobile",
		"numerodemobile", "numeromobile", "numerodeportable", "numeroportable", "ngsm", "nogsm", "numerogsm", "رقمهاتف", "رقمالجوال", "رقمالهاتفالنقال", "الهاتفالنقال", "النقال"},
	plan:   {"plan", "plancode", "offre", "forfait", "formule", "الباقه", "الخطه", "العرض"},
	amount: {"amount", "montant", "somme", "valeur", "المبلغ", "القيمه"},
	id:     {"id", "ref", "reference", "matricule", "employeeid", "code", "المرجع", "الرقمالوظيفي"},
}

// fold makes one text of the spellings of a header: without case, accents,
// spaces and punctuation, and for Arabic without vowel signs, tatweel and the
// forms that alef, yeh and final heh are written in.
func fold(header string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(header) {
		switch {
		case r == 'ى': // alef maksura, often written for yeh and the other way round
			b.WriteRune('ي')
		case r == 'ة':
			b.WriteRune('ه')
		case r == 'ٱ':
			b.WriteRune('ا')
		case r == 'ـ': // tatweel counts as a letter
		case unicode.IsLetter(r), unicode.IsDigit(r):
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// columns tells which column, counted from 0, holds which field; -1 where the
// file has none.
type columns [fields]int

var noColumns = columns{-1, -1, -1, -1}

// of is what a row holds in the field's column.
func (c columns) of(f field, cells []string) string {
	if i := c[f]; i >= 0 && i < len(cells) {
		return cells[i]
	}
	return ""
}

// fieldAt is the field whose column is i.
func (c columns) fieldAt(i int) (field, bool) {
	f := slices.Index(c[:], i)
	return field(f), f >= 0
}

// headerRows is how far down a header is looked for: titles, logos and dates
// stand above it in real files.
const headerRows = 50

// mapping is the operator's --map: field → the header as the file writes it, or
// the column's letter or number.
type mapping map[field]string

// newMapping checks the fields; the headers are checked against the file.
func newMapping(m map[string]string) (mapping, error) {
	out := mapping{}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		f := slices.Index(fieldNames[:], strings.ToLower(strings.TrimSpace(name)))
		if f < 0 {
			return nil, &FileError{What: fmt.Sprintf("--map names a field %q that does not exist; the fields are", name), List: fieldNames[:], Err: ErrMap}
		}
		if strings.TrimSpace(m[name]) == "" {
			return nil, &FileError{What: fmt.Sprintf("--map %s= names no header", name), Do: fmt.Sprintf("write --map %s=HEADER", name), Err: ErrMap}
		}
		out[field(f)] = strings.TrimSpace(m[name])
	}
	return out, nil
}

// match finds the fields' columns in a header. It reports false where the row
// has no phone column, and is no header therefore. Two columns that fit one
// field are an ErrColumns; a mapping that the header does not have, an ErrMap.
func match(header []string, m mapping) (columns, bool, error) {
	c := noColumns
	for f, name := range m {
		i, err := columnNamed(header, name)
		if err != nil {
			return c, true, err
		}
		if i < 0 && f == phone {
			return c, false, nil
		}
		if other, taken := c.fieldAt(i); i >= 0 && taken {
			return c, true, &FileError{Column: header[i], What: fmt.Sprintf("--map takes this column for %s and for %s", min(f, other), max(f, other)), Do: "name a column of its own for each", Err: ErrMap}
		}
		c[f] = i
	}
	for i, name := range header {
		f, known := fieldKnownAs(fold(name))
		if _, mapped := m[f]; !known || mapped {
			continue
		}
		if _, taken := c.fieldAt(i); taken {
			continue
		}
		if c[f] >= 0 {
			return c, true, &FileError{What: fmt.Sprintf("the columns %s (%s) and %s (%s) both fit %s", quote(header[c[f]]), xlsx.Letters(c[f]), quote(name), xlsx.Letters(i), f),
				Do: fmt.Sprintf("say which one is meant: --map %s=%s", f, xlsx.Letters(c[f])), Err: ErrColumns}
		}
		c[f] = i
	}
	if c[phone] < 0 {
		return c, false, nil
	}
	for f, name := range m {
		if c[f] < 0 {
			return c, true, &FileError{What: fmt.Sprintf("--map %s=%s: there is no such column; the headers are", f, name), List: header, Err: ErrMap}
		}
	}
	return c, true, notData(header, c)
}

// inDinars is what people write behind the name of an amount, as fold leaves it:
// "Montant (DA)", "Montant en dinars".
var inDinars = regexp.MustCompile(`(en|in)?(da|dzd|dinars?|دج|بالدينار|بالدينارالجزاءري|بالدينارالجزايري)$`)

func fieldKnownAs(folded string) (field, bool) {
	if name := inDinars.ReplaceAllString(folded, ""); name != folded && slices.Contains(knownAs[amount], name) {
		return amount, true
	}
	for f, names := range knownAs {
		if slices.Contains(names, folded) {
			return field(f), true
		}
	}
	return 0, false
}

// columnNamed finds the column that the operator names: by the header as
// written, then by the header as folded, then by letter or number. It is -1
// where there is none. By letter or number a lone text is no header: it is a
// title above one.
func columnNamed(header []string, name string) (int, error) {
	for _, same := range []func(string) bool{
		func(h string) bool { return strings.TrimSpace(h) == name },
		func(h string) bool { return fold(h) != "" && fold(h) == fold(name) },
	} {
		first := slices.IndexFunc(header, same)
		if first < 0 {
			continue
		}
		if rest := header[first+1:]; slices.ContainsFunc(rest, same) {
			second := first + 1 + slices.IndexFunc(rest, same)
			return -1, &FileError{What: fmt.Sprintf("two columns are called %q: %s and %s", name, xlsx.Letters(first), xlsx.Letters(second)),
				Do: fmt.Sprintf("say which one is meant by its letter, as in --map phone=%s", xlsx.Letters(first)), Err: ErrColumns}
		}
		return first, nil
	}
	if i := columnAt(name); i >= 0 && i < len(header) && texts(header) > 1 {
		return i, nil
	}
	return -1, nil
}

// columnAt reads a column's letter (A, B, … AA) or number (from 1); -1 where
// name is neither.
func columnAt(name string) int {
	if n, err := strconv.Atoi(name); err == nil && n >= 1 {
		return n - 1
	}
	n := 0
	for _, r := range strings.ToUpper(name) {
		if r < 'A' || r > 'Z' || n > 1000 {
			return -1
		}
		n = n*26 + int(r-'A') + 1
	}
	return n - 1
}

// notData refuses a header that is a payment: in a file without one, the first
// row would be lost without a word.
func notData(header []string, c columns) error {
	if _, ok := batch.RepairPhone(header[c[phone]]); !ok {
		return nil
	}
	return &FileError{Column: xlsx.Letters(c[phone]), Value: header[c[phone]], What: "a phone stands where the header should be: the table has no header line",
		Do: "put one above the first row, with the names phone, plan and amount", Err: ErrNoPhone}
}

// finder looks for the header among the first rows of a table.
type finder struct {
	mapping mapping
	fullest []string // the row with the most texts so far: what a header might have been
	number  int      // its own
	seen    int
}

// try holds one row. It reports true for the header.
func (f *finder) try(number int, row []string) (columns, bool, error) {
	f.seen++
	if texts(row) > texts(f.fullest) {
		f.number, f.fullest = number, slices.Clone(row)
	}
	return match(row, f.mapping)
}

// done tells that the header, if there is one, would have been seen.
func (f *finder) done() bool { return f.seen >= headerRows }

const nameThePhone = "name the phone column: --map phone=HEADER"

// missing is the error for a table without a phone column.
func (f *finder) missing() error {
	if f.fullest == nil {
		return &FileError{What: "has no rows", Do: "it may have been saved empty: open it and look", Err: ErrEmpty}
	}
	if name, ok := f.mapping[phone]; ok {
		return &FileError{What: fmt.Sprintf("--map phone=%s: there is no such column; the headers are", name), List: f.fullest, Err: ErrMap}
	}
	for i := range f.fullest {
		if err := notData(f.fullest, columns{phone: i}); err != nil {
			return fault.OnRow(err, f.number)
		}
	}
	missing := &FileError{What: fmt.Sprintf("no column is called phone, téléphone, mobile, الهاتف or the like in the first %d rows; the headers seem to be", headerRows),
		List: f.fullest, Do: nameThePhone, Err: ErrNoPhone}
	if texts(f.fullest) == 1 && slices.ContainsFunc(strings.FieldsFunc(strings.Join(f.fullest, ""), notLetter), isPhoneName) {
		missing.Do = fmt.Sprintf("nothing parts its columns: %s, with a column for each", fault.AsXLSX)
	}
	return missing
}

func notLetter(r rune) bool { return !unicode.IsLetter(r) }

func isPhoneName(s string) bool {
	f, known := fieldKnownAs(fold(s))
	return known && f == phone
}

// texts counts the cells that are not blank.
func texts(row []string) int {
	n := 0
	for _, c := range row {
		if strings.TrimSpace(c) != "" {
			n++
		}
	}
	return n
}

// trimRight cuts the blank cells at a row's end.
func trimRight(row []string) []string {
	for len(row) > 0 && strings.TrimSpace(row[len(row)-1]) == "" {
		row = row[:len(row)-1]
	}
	return row
}

func quote(s string) string { return strconv.Quote(fault.Shorten(s)) }
