package app

import "testing"

func TestNextName(t *testing.T) {
	for name, want := range map[string]string{"payroll": "payroll-r1", "payroll-r1": "payroll-r2", "payroll-r9": "payroll-r10", "r1": "r1-r1", "a-r": "a-r-r1", "a-r99999999": "a-r99999999-r1"} {
		if got := nextName(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
