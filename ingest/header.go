package ingest

import (
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
		"ndetelephone", "nodetelephone", "numerodetelephone", "ntelephone", "notelephone", "numtelephone", "numdetelephone", "ntel", "notel", "numtel", "numerotel", "ndetel", "nodetel",
		"numdetel", "numerodetel", "رقمالهاتف", "الهاتف", "رقم", "الجوال", "هاتف", "جوال", "نقال", "محمول",
		"phonenumber", "phoneno", "mobilephone", "mobilenumber", "mobileno", "cellphone", "cellnumber", "cellulaire", "telcellulaire", "gsmnumber", "gsmno",
		"telephonemobile", "telmobile", "telephoneportable", "telportable", "telephonegsm", "telgsm", "mobilegsm", "portablegsm", "gsmmobile", "gsmportable", "nmobile", "nomobile", "nummobile",
		"numerodemobile", "numeromobile", "ndemobile", "numdemobile", "numerodeportable", "numeroportable", "nportable", "noportable", "numportable", "ndeportable", "nodeportable", "numdeportable",
		"ngsm", "nogsm", "numgsm", "numerogsm", "ndegsm", "numerodegsm", "numdegsm",
		"رقمهاتف", "رقمالجوال", "رقمالهاتفالنقال", "الهاتفالنقال", "النقال", "رقمالنقال", "رقمالهاتفالمحمول", "الهاتفالمحمول", "المحمول", "رقمالمحمول", "الموبايل", "رقمالموبايل", "موبايل", "رقمالهاتفالجوال", "الهاتفالجوال"},
	plan: {"plan", "plancode", "codeplan", "offre", "codeoffre", "forfait", "formule", "الباقه", "الخطه", "العرض"},
	amount: {"amount", "montant", "somme", "valeur", "montantnet", "netapayer", "montantapayer", "montantnetapayer", "sommeapayer", "montantarecharger", "montantderecharge", "montantrecharge", "montantdelarecharge",
		"netamount", "amounttopay", "netpay", "netpayable", "topupamount", "rechargeamount", "المبلغ", "القيمه", "مبلغ", "المبلغالصافي", "مبلغالتعبيه", "مبلغالشحن", "المبلغالمستحق"},
	id: {"id", "ref", "reference", "matricule", "employeeid", "code", "المرجع", "الرقمالوظيفي"},
}

// alsoKnownAs is what people call the fields when nothing else in the table is:
// beside a column "Téléphone", "Contact" is somebody's name.
var alsoKnownAs = [fields][]string{
	phone:  {"contact", "contacts", "cell", "cel", "ncontact", "numerocontact", "numerodecontact", "telcontact", "beneficiairetel", "للاتصال", "رقمالاتصال"},
	plan:   {"operateur", "operator", "reseau", "network", "المتعامل", "المشغل", "الشبكه"},
	amount: {"arecharger", "recharge", "recharges", "prime", "primes", "topup", "net", "credit", "indemnite", "montantprime", "primenette", "التعبيه", "الشحن", "المنحه", "العلاوه", "الصافي"},
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

// of returns what a row holds in the field's column.
func (c columns) of(f field, cells []string) string {
	if i := c[f]; i >= 0 && i < len(cells) {
		return cells[i]
	}
	return ""
}

// fieldAt returns the field whose column is i.
func (c columns) fieldAt(i int) (field, bool) {
	f := slices.Index(c[:], i)
	return field(f), f >= 0
}

// mapping is the operator's --map: field → the header as the file writes it, or
// the column's letter or number.
type mapping map[field]string

// newMapping checks the fields; the headers are checked against the file.
func newMapping(m map[string]string) (mapping, error) {
	out := mapping{}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		f := slices.Index(fieldNames[:], strings.ToLower(strings.TrimSpace(name)))
		if f < 0 {
			return nil, &FileError{What: batch.Msg("--map names a field %q that does not exist; the fields are", name), List: fieldNames[:], Err: ErrMap}
		}
		if strings.TrimSpace(m[name]) == "" {
			return nil, &FileError{What: batch.Msg("--map %s= names no header", name), Do: batch.Msg("write --map %s=HEADER", name), Err: ErrMap}
		}
		out[field(f)] = strings.TrimSpace(m[name])
	}
	return out, nil
}

// match finds the fields' columns in a header. It reports false where the row
// has no phone column, and is no header therefore. Two columns that fit one
// field are an ErrColumns; a mapping that the header does not have, an ErrMap.
func match(header []string, m mapping) (columns, bool, error) {
	header = withoutErrors(header)
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
			return c, true, &FileError{Column: header[i], What: batch.Msg("--map takes this column for %s and for %s", min(f, other).String(), max(f, other).String()), Do: batch.Msg("name a column of its own for each"), Err: ErrMap}
		}
		c[f] = i
	}
	// The phone first: a row without one is no header, whatever else is in it.
	for f := range field(fields) {
		if _, mapped := m[f]; mapped {
			continue
		}
		fitting := c.fitting(header, f)
		if len(fitting) > 1 {
			return c, true, unclear(header, f, fitting)
		}
		if len(fitting) == 1 {
			c[f] = fitting[0]
		}
		if f == phone && c[phone] < 0 {
			return c, false, nil
		}
	}
	for f, name := range m {
		if c[f] < 0 {
			return c, true, &FileError{What: batch.Msg("--map %s=%s: there is no such column; the headers are", f.String(), name), List: header, Err: ErrMap}
		}
	}
	return c, true, nil
}

// fitting returns the columns that are called as a field is, and are no other's
// already.
func (c columns) fitting(header []string, f field) []int {
	for _, names := range []*[fields][]string{&knownAs, &alsoKnownAs} {
		var fitting []int
		for i, name := range header {
			if _, taken := c.fieldAt(i); !taken && isCalled(names[f], f, fold(name)) {
				fitting = append(fitting, i)
			}
		}
		if len(fitting) > 0 {
			return fitting
		}
	}
	return nil
}

// unclear returns the question which of several columns is meant.
func unclear(header []string, f field, fitting []int) error {
	a, b := fitting[0], fitting[1]
	e := &FileError{What: batch.Msg("the columns %q (%s) and %q (%s) both fit %s", fault.Shorten(header[a]), xlsx.Letters(a), fault.Shorten(header[b]), xlsx.Letters(b), f.String()),
		Do: batch.Msg("say which one is meant: --map %s=%s", f.String(), xlsx.Letters(a)), Field: f.String(), Err: ErrColumns}
	for _, i := range fitting {
		e.Choices = append(e.Choices, fault.Choice{Header: strings.TrimSpace(header[i]), Letter: xlsx.Letters(i)})
	}
	return e
}

// withoutErrors returns a header without the errors of cells, which name nothing: #VALEUR!
// is not what somebody calls an amount.
func withoutErrors(header []string) []string {
	if !slices.ContainsFunc(header, spreadsheetError) {
		return header
	}
	header = slices.Clone(header)
	for i, name := range header {
		if spreadsheetError(name) {
			header[i] = ""
		}
	}
	return header
}

// inDinars is what people write behind the name of an amount, as fold leaves it:
// "Montant (DA)", "Montant en dinars".
var inDinars = regexp.MustCompile(`(en|in)?(da|dzd|dinars?|دج|بالدينار|بالدينارالجزاءري|بالدينارالجزايري)$`)

func isCalled(names []string, f field, folded string) bool {
	if slices.Contains(names, folded) {
		return true
	}
	bare := inDinars.ReplaceAllString(folded, "")
	return f == amount && bare != folded && slices.Contains(names, bare)
}

// fieldKnownAs returns the field that a header names by itself.
func fieldKnownAs(folded string) (field, bool) {
	for f, names := range knownAs {
		if isCalled(names, field(f), folded) {
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
			return -1, &FileError{What: batch.Msg("two columns are called %q: %s and %s", name, xlsx.Letters(first), xlsx.Letters(second)),
				Do: batch.Msg("say which one is meant by its letter, as in --map phone=%s", xlsx.Letters(first)), Err: ErrColumns}
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
