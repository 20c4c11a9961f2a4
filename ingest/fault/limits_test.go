package fault

import "testing"

func TestLimitsAreSetByName(t *testing.T) {
	var l Limits
	for _, text := range []string{"file-bytes=1G", "unzipped-bytes=600M", "rows=3000000", "columns=2K", "cell-chars=40000", "record-bytes=2M"} {
		if err := l.Set(text); err != nil {
			t.Error(err)
		}
	}
	if want := (Limits{1 << 30, 600 << 20, 3_000_000, 2048, 40_000, 2 << 20}); l != want {
		t.Errorf("%+v, want %+v", l, want)
	}
	for _, text := range []string{"", "rows", "rows=", "rows=0", "rows=-1", "rows=1T", "rows=1KK", "rows=99999999999999999999", "rows=9999999999999G", "lines=5"} {
		if err := l.Set(text); err == nil {
			t.Errorf("%q passed", text)
		}
	}
}
