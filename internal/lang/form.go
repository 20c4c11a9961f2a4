package lang

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// verb is a place in a format where a value goes.
type verb struct {
	from, to int    // in the format
	arg      int    // which value, from 0
	text     string // as in %6.2f, without the value's number
}

// words tells whether the verb's value may be words of ours; what is quoted is
// somebody else's.
func (v verb) words() bool {
	return strings.HasSuffix(v.text, "s") || strings.HasSuffix(v.text, "v") || strings.HasSuffix(v.text, "w")
}

// verbsOf finds the verbs of a format, in its order.
func verbsOf(format string) (list []verb) {
	next := 0
	for at := 0; ; {
		i := strings.IndexByte(format[at:], '%')
		if i < 0 {
			return list
		}
		from := at + i
		flags := spanOf(format, from+1, "-+# 0")
		number, index := flags, -1
		if n, end := indexOf(format, flags); end > 0 {
			number, index = end, n
		}
		letter := spanOf(format, number, "0123456789.")
		if letter == len(format) {
			return list
		}
		if at = letter + 1; format[letter] == '%' {
			continue
		}
		if index >= 0 {
			next = index
		}
		list = append(list, verb{from, at, next, format[from:flags] + format[number:at]})
		next++
	}
}

// spanOf is where a run of some characters, which begins at from, ends.
func spanOf(s string, from int, characters string) int {
	return from + len(s[from:]) - len(strings.TrimLeft(s[from:], characters))
}

// indexOf reads the number of a value, as in %[2]s, and where it ends; 0 for none.
func indexOf(format string, from int) (index, end int) {
	if from >= len(format) || format[from] != '[' {
		return 0, 0
	}
	digits, _, found := strings.Cut(format[from+1:], "]")
	n, err := strconv.Atoi(digits)
	if !found || err != nil || n < 1 {
		return 0, 0
	}
	return n - 1, from + 1 + len(digits) + 1
}

// fill puts values into a translation, each as the format would put it.
func (p *Printer) fill(counted bool, format, translation string, args []any) string {
	said := map[int]string{}
	for _, v := range verbsOf(format) {
		if v.arg >= len(args) {
			continue // a fault of the caller, which vet finds
		}
		if counted && v.arg == 0 {
			said[v.arg] = padded(v, p.style().grouped(int64(args[0].(int))))
			continue
		}
		said[v.arg] = p.value(v, args[v.arg])
		switch args[v.arg].(type) {
		case Message, []Message, worded, parted, error: // are said in the language already
		default:
			if v.words() {
				said[v.arg] = p.Text(strings.Trim(said[v.arg], leftToRight))
			}
		}
	}
	return insert(translation, said)
}

// insert puts texts where a format's verbs are.
func insert(format string, said map[int]string) string {
	var s strings.Builder
	at := 0
	for _, v := range verbsOf(format) {
		s.WriteString(strings.ReplaceAll(format[at:v.from], "%%", "%"))
		text := said[v.arg]
		if inCommand(s.String()) {
			text = strings.Trim(text, leftToRight)
		}
		s.WriteString(text)
		at = v.to
	}
	s.WriteString(strings.ReplaceAll(format[at:], "%%", "%"))
	return s.String()
}

// form is an English format, by which a text that was made with it is known.
type form struct {
	format     string
	id, plural string   // in the catalogue
	literal    int      // bytes that are not verbs
	parts      []string // what stands before, between and after the verbs
	verbs      []verb
	whole      func() *regexp.Regexp // made when it is needed first
}

func formOf(format, id, plural string) *form {
	f := &form{format: format, id: id, plural: plural, verbs: verbsOf(format)}
	at := 0
	part := func(to int) {
		text := strings.ReplaceAll(format[at:to], "%%", "%")
		f.literal += len(text)
		f.parts = append(f.parts, text)
	}
	for _, v := range f.verbs {
		part(v.from)
		at = v.to
	}
	part(len(format))
	f.whole = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(f.pattern()) })
	return f
}

// pattern is a regular expression for what the format makes.
func (f *form) pattern() string {
	var pattern strings.Builder
	pattern.WriteString(`(?s)^` + regexp.QuoteMeta(f.parts[0]))
	for i, v := range f.verbs {
		switch v.text[len(v.text)-1] {
		case 'd':
			pattern.WriteString(`( *-?[0-9,]+ *)`) // with spaces up to its width
		case 'q':
			pattern.WriteString(`("(?:[^"\\]|\\.)*")`)
		default:
			pattern.WriteString(`(.*)`)
		}
		pattern.WriteString(regexp.QuoteMeta(f.parts[i+1]))
	}
	return pattern.String() + `$`
}

// mayFit tells whether a text has the parts of the format in their order. It is
// asked first, since it costs little.
func (f *form) mayFit(s string) bool {
	if len(f.verbs) == 0 {
		return s == f.parts[0]
	}
	s, found := strings.CutPrefix(s, f.parts[0])
	if !found {
		return false
	}
	if s, found = strings.CutSuffix(s, f.parts[len(f.parts)-1]); !found {
		return false
	}
	for _, part := range f.parts[1 : len(f.parts)-1] {
		if _, s, found = strings.Cut(s, part); !found {
			return false
		}
	}
	return true
}

// compare puts forms that fit fewer texts first.
func (f *form) compare(g *form) int {
	return cmp.Or(cmp.Compare(g.literal, f.literal), cmp.Compare(f.format, g.format))
}

// separators part what is said from what is said beside it.
var separators = regexp.MustCompile(`\n|[;:,] `)

// mostParts is how many parts a text is taken apart into: a message of ours has a
// few, what has more is somebody else's.
const mostParts = 64

// Text says words that came from below, whose values are in them already. What
// no form fits is taken apart from its end: "a.csv, row 5: what is wrong; what to
// do".
func (p *Printer) Text(s string) string {
	if p == nil || s == "" {
		return s
	}
	if t, ok := p.known(s); ok {
		return t
	}
	cuts := separators.FindAllStringIndex(s, mostParts+1)
	if len(cuts) > mostParts {
		return s
	}
	var end string // what has been said of it already
	for {
		cut := slices.IndexFunc(cuts, func(c []int) bool {
			_, ok := p.known(s[c[1]:])
			return ok
		})
		if cut < 0 {
			cut = len(cuts) - 1 // nobody knows the last part: it stays as it is
		}
		if cut < 0 {
			return s + end
		}
		last := s[cuts[cut][1]:]
		if t, ok := p.known(last); ok {
			last = t
		}
		end = s[cuts[cut][0]:cuts[cut][1]] + last + end
		s, cuts = s[:cuts[cut][0]], cuts[:cut]
		if t, ok := p.known(s); ok {
			return t + end
		}
	}
}

// known says a text that one of the forms fits.
func (p *Printer) known(s string) (string, bool) {
	if p.catalogue().fixed[s] {
		return p.one(s), true
	}
	for _, f := range p.catalogue().forms() {
		if !f.mayFit(s) {
			continue
		}
		m := f.whole().FindStringSubmatch(s)
		if m == nil {
			continue
		}
		said := map[int]string{}
		n := 1
		for j, v := range f.verbs {
			text := m[j+1]
			if v.arg == 0 && f.plural == f.format {
				n, _ = strconv.Atoi(strings.ReplaceAll(strings.TrimSpace(text), ",", ""))
			}
			switch {
			case v.words():
				text = p.Text(text)
			case strings.HasSuffix(v.text, "f"):
				text = p.style().fraction(text)
			}
			said[v.arg] = text
		}
		if f.plural != "" {
			return insert(p.counted(n, f.id, f.plural), said), true
		}
		return insert(p.one(f.id), said), true
	}
	return "", false
}
