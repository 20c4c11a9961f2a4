package unusual

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"flexybatch/batch"
)

// payrolls are kinds of ordinary files: what one person gets, drawn anew for each.
var payrolls = map[string]func(r *rand.Rand) batch.Dinars{
	"grades": func(r *rand.Rand) batch.Dinars {
		return pick(r, 500, 500, 500, 800, 800, 1000, 1000, 1500, 2000, 3000)
	},
	"all equal":             func(*rand.Rand) batch.Dinars { return 1000 },
	"lognormal":             func(r *rand.Rand) batch.Dinars { return lognormal(r, 1000, 0.5, 1) },
	"lognormal, rounded":    func(r *rand.Rand) batch.Dinars { return lognormal(r, 1000, 0.5, 50) },
	"lognormal, narrow":     func(r *rand.Rand) batch.Dinars { return lognormal(r, 1000, 0.25, 10) },
	"lognormal, very wide":  func(r *rand.Rand) batch.Dinars { return lognormal(r, 1500, 1, 10) },
	"plans of 100 to 10000": func(r *rand.Rand) batch.Dinars { return pick(r, 100, 200, 500, 1000, 2000, 5000, 10000) },
	"even from 200 to 3000": func(r *rand.Rand) batch.Dinars { return 200 + 50*batch.Dinars(r.IntN(57)) },
	"directors": func(r *rand.Rand) batch.Dinars {
		if r.IntN(100) == 0 {
			return lognormal(r, 10000, 0.2, 100)
		}
		return lognormal(r, 1000, 0.2, 50)
	},
}

func pick(r *rand.Rand, from ...batch.Dinars) batch.Dinars { return from[r.IntN(len(from))] }

func lognormal(r *rand.Rand, median, sigma float64, step batch.Dinars) batch.Dinars {
	return max(step, batch.Dinars(median*math.Exp(sigma*r.NormFloat64()))/step*step)
}

func draw(r *rand.Rand, n int, one func(*rand.Rand) batch.Dinars) []batch.Dinars {
	list := make([]batch.Dinars, n)
	for i := range list {
		list[i] = one(r)
	}
	return list
}

// month is the month after: a few people get other pay, and the last tenth is new.
func month(r *rand.Rand, last []batch.Dinars, one func(*rand.Rand) batch.Dinars) []batch.Dinars {
	now := append([]batch.Dinars{}, last...)
	for i := range now {
		if r.IntN(5) == 0 {
			now[i] = batch.Dinars(float64(last[i])*(0.8+0.4*r.Float64())/10) * 10
		}
	}
	return append(now, draw(r, len(last)/10, one)...)
}

// Ordinary payrolls are not buried in warnings. The log tells how many rows of a
// thousand are found though nothing is wrong with them, in the first month, when
// nobody has earlier amounts, and in the second.
func TestFalseFindings(t *testing.T) {
	const files, rows = 10, 1000
	for name, one := range payrolls {
		r := rand.New(rand.NewPCG(1, 2))
		first, second, of := 0, 0, 0
		for range files {
			last := draw(r, rows, one)
			first += len(Find(batch.Rows(rowsOf(last...)), plans, nil))
			now := month(r, last, one)
			of += len(now)
			second += len(Find(batch.Rows(rowsOf(now...)), plans, earlier(last...)))
		}
		perFirst, perSecond := float64(first)/files/rows*1000, float64(second)*1000/float64(of)
		t.Logf("%-22s %5.2f false findings in 1,000 rows in the first month, %.2f later", name, perFirst, perSecond)
		bound := 2.0
		if name == "directors" {
			bound = 12 // nothing tells a director from a slip yet
		}
		if perFirst > bound || perSecond > 1.5 {
			t.Errorf("%s: %.2f and %.2f false findings in 1,000 rows", name, perFirst, perSecond)
		}
	}
}

// Small files are not noisy either: of 1,000 ordinary files of 3 to 19 rows few have
// a finding at all.
func TestFalseFindingsInSmallFiles(t *testing.T) {
	for name, one := range payrolls {
		r := rand.New(rand.NewPCG(3, 4))
		found := 0
		for range 1000 {
			if Find(batch.Rows(rowsOf(draw(r, 3+r.IntN(17), one)...)), plans, nil) != nil {
				found++
			}
		}
		t.Logf("%-22s %3d of 1,000 small files have a finding", name, found)
		bound := 60
		if name == "directors" || name == "plans of 100 to 10000" {
			bound = 130 // of few rows one may well be ten times the others
		}
		if found > bound {
			t.Errorf("%s: %d of 1,000 files have a finding", name, found)
		}
	}
}

// One slip in a file is always found if the person has an earlier amount, whatever
// the file is like; and the other rows stay within the bound.
func TestSlipWithHistory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		one := payrolls[rapid.SampledFrom(names()).Draw(t, "payroll")]
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		last := draw(r, rapid.IntRange(1, 400).Draw(t, "rows"), one)
		now := month(r, last, one)
		at := r.IntN(len(last))
		code := slip(t, now, at)
		findings := Find(batch.Rows(rowsOf(now...)), plans, earlier(last...))
		want(t, findings, at, code)
		if most := 3 + len(now)/100; len(findings) > most { // beside it, those who are new
			t.Fatalf("%d findings in %d rows", len(findings), len(now))
		}
	})
}

// Without earlier amounts one slip is always found in a file of grades, if it makes
// no other grade, and in one whose amounts are close together.
func TestSlipWithoutHistory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		grades := rapid.SampledFrom([][]batch.Dinars{{1000}, {500, 800}, {500, 700, 900, 1500, 2000}, {300, 600, 1200, 2500, 4000}, {1000, 2500, 5000, 7500}}).Draw(t, "grades")
		now := draw(r, rapid.IntRange(60, 600).Draw(t, "rows"), func(r *rand.Rand) batch.Dinars { return pick(r, grades...) })
		at := r.IntN(len(now))
		code := slip(t, now, at)
		want(t, Find(batch.Rows(rowsOf(now...)), plans, nil), at, code)
	})
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		rows, sigma := rapid.IntRange(3, 600).Draw(t, "rows"), rapid.Float64Range(0, 0.22).Draw(t, "sigma")
		if rows < 5 {
			sigma /= 2 // two or three others must be closer together
		}
		now := draw(r, rows, func(r *rand.Rand) batch.Dinars {
			return batch.Dinars(2000*math.Exp(sigma*max(-1.5, min(1.5, r.NormFloat64())))) / 10 * 10
		})
		at := r.IntN(len(now))
		code := slip(t, now, at)
		want(t, Find(batch.Rows(rowsOf(now...)), plans, nil), at, code)
	})
}

// How many of 60 single slips are found in each kind of file of 300 rows, without
// and with earlier amounts. Without them a slip to a common amount cannot be seen.
func TestSlipsFound(t *testing.T) {
	for name, one := range payrolls {
		r := rand.New(rand.NewPCG(5, 6))
		without, with := 0, 0
		for i := range 60 {
			last := draw(r, 300, one)
			now := append([]batch.Dinars{}, last...)
			at := r.IntN(len(now))
			if i%2 == 0 {
				now[at] *= 10
			} else {
				now[at] = max(1, now[at]/10)
			}
			named := func(f Finding) bool { return f.Row == at+2 }
			if slices.ContainsFunc(Find(batch.Rows(rowsOf(now...)), plans, nil), named) {
				without++
			}
			if slices.ContainsFunc(Find(batch.Rows(rowsOf(now...)), plans, earlier(last...)), named) {
				with++
			}
		}
		t.Logf("%-22s %3d of 60 slips found without earlier amounts, %d with them", name, without, with)
		if with != 60 {
			t.Errorf("%s: %d of 60 slips found", name, with)
		}
	}
}

func names() (all []string) {
	for name := range payrolls {
		all = append(all, name)
	}
	return all
}

// slip gives one row a zero too many or too few.
func slip(t *rapid.T, rows []batch.Dinars, at int) batch.Code {
	if rapid.Bool().Draw(t, "too many") {
		rows[at] *= 10
		return Tenfold
	}
	rows[at] = max(1, rows[at]/10)
	return Tenth
}

func want(t *rapid.T, findings []Finding, at int, code batch.Code) {
	for _, f := range findings {
		if f.Row == at+2 && (f.Code == code || f.Code == CutOff) {
			return
		}
	}
	t.Fatalf("row %d is not among the findings: %+v", at+2, findings)
}

func BenchmarkFind(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	amounts := draw(r, 100_000, payrolls["lognormal"])
	rows, h := rowsOf(amounts...), earlier(amounts...)
	b.ReportAllocs()
	for b.Loop() {
		Find(batch.Rows(rows), plans, h)
	}
}
