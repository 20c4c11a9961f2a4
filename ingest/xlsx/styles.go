package xlsx

import (
	"slices"
)

// style is what the style of a cell says of its value.
type style struct {
	numberFormat
	struck bool // the text is struck through
	lost   bool // the styles are missing: a number may be a date
}

// Parts of a list of styles. What stands in mc:AlternateContent counts as one of
// the list, whichever alternative a program takes.
type (
	xmlFont struct {
		Strike *struct {
			Value string `xml:"val,attr"`
		} `xml:"strike"`
		Choices  []xmlFonts `xml:"Choice"`
		Fallback []xmlFonts `xml:"Fallback"`
	}
	xmlFonts struct {
		Fonts []xmlFont `xml:",any"`
	}
	xmlFormat struct {
		Number   int       `xml:"numFmtId,attr"`
		Font     int       `xml:"fontId,attr"`
		Choices  []xmlCell `xml:"Choice"`
		Fallback []xmlCell `xml:"Fallback"`
	}
	xmlCell struct {
		Formats []xmlFormat `xml:",any"`
	}
)

// styles tells of each cell style how it shows values: 45658 may be a date, and
// may lie within a plan's range.
func (p *parts) styles(part string) ([]style, error) {
	var list struct {
		Numbers []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Fonts xmlFonts `xml:"fonts"`
		Cells xmlCell  `xml:"cellXfs"`
	}
	if err := p.decode(part, &list); err != nil {
		return nil, err
	}
	formats := make(map[int]numberFormat, len(list.Numbers))
	for _, f := range list.Numbers {
		formats[f.ID] = formatOf(f.Code)
	}
	of := func(f xmlFormat) style {
		format, ok := formats[f.Number]
		if !ok {
			format.odd = builtIn(f.Number)
		}
		return style{numberFormat: format, struck: f.Font >= 0 && f.Font < len(list.Fonts.Fonts) && list.Fonts.Fonts[f.Font].struck()}
	}
	all := make([]style, len(list.Cells.Formats))
	for i, f := range list.Cells.Formats {
		all[i] = of(f)
		for n, alternative := range slices.Concat(f.Choices, f.Fallback) {
			for _, f := range alternative.Formats {
				if s := of(f); n == 0 || s.odd != Ordinary {
					all[i] = s // of several, one that shows another number
				}
			}
		}
	}
	return all, nil
}

func (f xmlFont) struck() bool {
	if f.Strike != nil {
		return f.Strike.Value != "0" && f.Strike.Value != "false"
	}
	for _, alternative := range slices.Concat(f.Choices, f.Fallback) {
		if slices.ContainsFunc(alternative.Fonts, xmlFont.struck) {
			return true
		}
	}
	return false
}
