package report

import "strings"

// HidePhones hides three digits of whatever in a text may be a phone, for readers who
// are to see none. It knows nothing of a batch, and so hides rather too much: any nine
// digits on end that begin with 5, 6 or 7, in digits of any script and with spaces or
// other signs between them. Sums of money stay, since they are grouped by three, and so
// do digests and references, whose digits stand between letters.
func HidePhones(s string) string {
	if len(s) < significant || isDigest(s) {
		return s
	}
	all := digitsOf(s)
	for _, sure := range []bool{true, false} { // those behind a zero or a country code first
		for at := 0; at+significant <= len(all); at++ {
			if mayBePhone(all, at) && (!sure || behindTrunk(all, at)) && !isMoney(s, all, at) {
				hide(all[at+3 : at+6])
				at += significant - 1
			}
		}
	}
	return covered(s, all)
}

// mayBePhone reports whether nine digits from one on may be a phone's.
func mayBePhone(all []digit, at int) bool {
	if first := all[at].value; first < 5 || first > 7 {
		return false
	}
	for i, d := range all[at : at+significant] {
		if d.hidden || i > 0 && d.apart {
			return false
		}
	}
	return true
}

// behindTrunk reports whether a digit follows the zero, or the 213, that phones have
// before their nine digits.
func behindTrunk(all []digit, at int) bool {
	if at == 0 || all[at].apart {
		return false
	}
	before := all[at-1].value
	return before == 0 || before == 3 && at >= 3 && all[at-2].value == 1 && all[at-3].value == 2
}

// isMoney reports whether a digit is of a sum such as 550 000 000,00: in groups of
// three, with two decimals behind.
func isMoney(s string, all []digit, at int) bool {
	first := at
	for first > 0 && !all[first].apart {
		first--
	}
	end := first + 1
	for end < len(all) && !all[end].apart {
		end++
	}
	text := strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s[all[first].at:all[end-1].to])
	whole, decimals, _ := strings.Cut(text, ",")
	groups := strings.Split(whole, " ")
	if len(groups) < 2 || len(groups[0]) > 3 || decimals != "" && len(decimals) != 2 {
		return false
	}
	for _, g := range groups[1:] {
		if len(g) != 3 {
			return false
		}
	}
	return decimals != "" || strings.HasPrefix(s[all[end-1].to:], ",")
}

// isDigest reports whether a text is a hash in hexadecimal digits and nothing else.
func isDigest(s string) bool {
	return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == ""
}
