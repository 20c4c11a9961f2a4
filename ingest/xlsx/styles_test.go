package xlsx

import "testing"

func TestShown(t *testing.T) {
	for code, want := range map[string]Oddity{
		"General": Ordinary, "0": Ordinary, "#,##0.00": Ordinary, `#,##0\ "DA"`: Ordinary, "[Red]0": Ordinary, "0.00E+00": Ordinary, "@": Ordinary, `0" mois"`: Ordinary, "[$-40C]#,##0": Ordinary, `"jour "0\d`: Ordinary,
		"dd/mm/yyyy": Date, "[$-409]mmm yy": Date, "h:mm": Date, "[h]:mm": Date, "[ss]": Date, "m/d/yy h:mm": Date, `"le" d mmmm`: Date, "yyyy": Date, "": Ordinary, `"`: Ordinary, "[": Ordinary, `\`: Ordinary,
		"0%": Scaled, "0.00 %": Scaled, `0"%"`: Ordinary, `0\%`: Ordinary, "0,": Scaled, "#,##0,": Scaled, "#,##0,,.00": Scaled, `0.0,"k"`: Scaled, "#,##0;-#,##0,": Scaled, "#,##0_);(#,##0)": Ordinary, "#,#": Ordinary, "?,??0": Ordinary, ",0": Ordinary,
		";;;": Scaled, `0" 000"`: Scaled, `0\0`: Scaled, `"0"000000000`: Scaled, `0_0`: Ordinary, `0" DA"`: Ordinary,
		`0\.00`: Scaled, `0","00`: Scaled, `0\,000`: Scaled, `#"٫"00`: Scaled, `0\.`: Ordinary, `"n. "0`: Ordinary, `0\ 000`: Ordinary, `000\-000`: Ordinary,
		`;`: Scaled, `;;`: Scaled, `""`: Scaled, `"payé"`: Scaled, `;-0`: Scaled, `0;;`: Ordinary, `[Red]`: Ordinary, `[=0]"rien";0`: Ordinary, `General;-General`: Ordinary, `"N° "General`: Ordinary,
		"A/P": Date, "h AM/PM": Date, "a/p": Date, "e": Date, "ggge": Date, "bbbb": Date, "0e+00": Ordinary, "general": Ordinary,
	} {
		if got := formatOf(code).odd; got != want {
			t.Errorf("%q is shown as %d, want %d", code, got, want)
		}
	}
}

// A whole number is shown by the places and the literals of its format.
func TestShow(t *testing.T) {
	for _, tt := range []struct{ code, digits, want string }{
		{"00000", "42", "00042"}, {"00000", "1234567", "1234567"}, {`"E"000`, "7", "E007"}, {"00-00", "12345", "123-45"}, {"##-##", "5", "-5"}, {"???", "5", "5"},
		{"0# ## ## ## ##", "550123456", "05 50 12 34 56"}, {"(000) 000", "550123", "(550) 123"},
	} {
		if got := show(tt.digits, formatOf(tt.code).form); got != tt.want {
			t.Errorf("%s in %q is %q, want %q", tt.digits, tt.code, got, tt.want)
		}
	}
	for _, code := range []string{"0", "#", "General", "#,##0", "0.00", "0%", "@", "dd", "0E+00", ";;;", "# ?/?", `[<10]0;000`} {
		if form := formatOf(code).form; form != nil {
			t.Errorf("%q has the form %v", code, form)
		}
	}
}
