package lang

import (
	"strconv"
	"strings"
)

// verb is a place in a format where a value goes.
type verb struct {
	from, to int    // in the format
	arg      int    // which value, from 0
	text     string // as in %6.2f, without the value's number
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
