package xlsx

import "testing"

func TestShown(t *testing.T) {
	for code, want := range map[string]Oddity{
		"General": Ordinary, "0": Ordinary, "#,##0.00": Ordinary, `#,##0\ "DA"`: Ordinary, "[Red]0": Ordinary, "0.00E+00": Ordinary, "@": Ordinary, `0" mois"`: Ordinary, "[$-40C]#,##0": Ordinary, `"jour "0\d`: Ordinary,
		"dd/mm/yyyy": Date, "[$-409]mmm yy": Date, "h:mm": Date, "[h]:mm": Date, "[ss]": Date, "m/d/yy h:mm": Date, `"le" d mmmm`: Date, "yyyy": Date, "": Ordinary, `"`: Ordinary, "[": Ordinary, `\`: Ordinary,
		"0%": Scaled, "0.00 %": Scaled, `0"%"`: Ordinary, `0\%`: Ordinary, "0,": Scaled, "#,##0,": Scaled, "#,##0,,.00": Scaled, `0.0,"k"`: Scaled, "#,##0;-#,##0,": Scaled, "#,##0_);(#,##0)": Ordinary, "#,#": Ordinary, "?,??0": Ordinary, ",0": Ordinary,
		";;;": Ordinary, `0" 000"`: Scaled, `0\0`: Scaled, `"0"000000000`: Scaled, `0_0`: Ordinary, `0" DA"`: Ordinary,
	} {
		if got := shown(code); got != want {
			t.Errorf("%q is shown as %d, want %d", code, got, want)
		}
	}
}
