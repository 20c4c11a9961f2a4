package xlsx

import "strings"

// styles tells of each cell style how it shows numbers: 45658 may be a date, and
// may lie within a plan's range.
func (p *parts) styles(part string) ([]Oddity, error) {
	var styles struct {
		Formats []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Cells []struct {
			Format int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	if err := p.decode(part, &styles); err != nil {
		return nil, err
	}
	formats := make(map[int]Oddity, len(styles.Formats))
	for _, f := range styles.Formats {
		formats[f.ID] = shown(f.Code)
	}
	all := make([]Oddity, len(styles.Cells))
	for i, c := range styles.Cells {
		own, ok := formats[c.Format]
		if !ok {
			own = builtIn(c.Format)
		}
		all[i] = own
	}
	return all, nil
}

// builtIn knows the number formats that have no code in the file (ECMA-376,
// 18.8.30 numFmt), those of East Asian versions included.
func builtIn(id int) Oddity {
	switch {
	case 14 <= id && id <= 22, 27 <= id && id <= 36, 45 <= id && id <= 47, 50 <= id && id <= 58:
		return Date
	case id == 9, id == 10:
		return Scaled
	}
	return Ordinary
}

// shown tells how a number format shows numbers, by what stands outside quotes,
// escapes and brackets. A letter of days, months, years, hours or seconds shows a
// date or a time, as an elapsed time in brackets does; a percent sign shows a
// hundred times the number, a comma behind the last digit a thousandth of it, and
// digits of the format's own, as in 0" 000", stand beside those of the number.
func shown(code string) Oddity {
	code = strings.ToLower(code)
	how := Ordinary
	for i := 0; i < len(code); i++ {
		switch code[i] {
		case '"':
			end := strings.IndexByte(code[i+1:], '"')
			if end < 0 {
				return how
			}
			if strings.ContainsAny(code[i+1:i+1+end], "0123456789") {
				how = Scaled
			}
			i += end + 1
		case '\\', '_', '*': // the next character is no letter of the format
			if i++; code[i-1] == '\\' && i < len(code) && digit(code[i]) {
				how = Scaled
			}
		case '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				return how
			}
			if strings.Trim(code[i+1:i+end], "hms") == "" && end > 1 {
				return Date
			}
			i += end
		case 'd', 'm', 'y', 'h', 's':
			return Date
		case '%':
			how = Scaled
		case ',':
			before, behind := code[:i], strings.TrimLeft(code[i:], ",")
			if strings.LastIndexAny(before, "0#?") == i-1 && i > 0 && strings.IndexAny(behind, "0#?") != 0 {
				how = Scaled
			}
		}
	}
	return how
}

func digit(b byte) bool { return '0' <= b && b <= '9' }
