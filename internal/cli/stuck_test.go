package cli

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"flexybatch/batch/oneclick/simulator"
)

// No row is stuck for ever: what was surely not charged can be mended, sent or taken
// out, and the batch comes to its end.
func TestEveryRowHasAWayOut(t *testing.T) {
	t.Parallel()
	three := octoberPaid
	for name, c := range map[string]struct {
		balance int64 // centimes
		then    []string
		code    int
		sent    int
		paid    []string
	}{
		// 960.00, 480.00 and 694.75 in the order of the file; the last one is not paid for.
		"money paid in":                        {1500_00, october, exitDone, 1, three},
		"the phone mended, the id kept":        {1500_00, respelt("0770000013", "0770000023"), exitDone, 1, []string{three[0], three[1], "0770000023: 700"}},
		"the amount mended, the id kept":       {1500_00, respelt(";700", ";800"), exitDone, 1, []string{three[0], three[1], "0770000013: 800"}},
		"the id mended":                        {1500_00, respelt("E2", "E3"), exitDone, 1, three},
		"taken out of the file":                {1500_00, october[:3], exitDone, 0, three[:2]},
		"taken out and brought back elsewhere": {1500_00, []string{october[0], october[3], october[1], october[2]}, exitDone, 1, three},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newClerk(t, simulator.Config{Balance: c.balance})
			k.saves("october.csv", october...)
			k.pays(exitOpen, 2, "--concurrency", "1")
			k.ok(k.sim.Deposit(10_000_00))
			k.saves("october.csv", c.then...)
			k.pays(c.code, c.sent, "--amend")
			k.wants(c.paid...)
			k.pays(c.code, 0)
			k.agrees()
		})
	}
}

// A batch that resumes does not wait a minute for phones that nothing has reached:
// rows that were called off, or refused for an empty balance.
func TestResumeIsQuick(t *testing.T) {
	t.Parallel()
	k := newClerk(t, simulator.Config{Balance: 450_00})
	k.saves("october.csv", many(16)...)
	k.pays(exitOpen, 4, "--concurrency", "1", "--phone-gap", "1m") // 96.00, 96.96, …
	k.ok(k.sim.Deposit(10_000_00))
	begun := time.Now()
	k.pays(exitDone, 12, "--phone-gap", "1m")
	if took := time.Since(begun); took > 30*time.Second {
		t.Errorf("the resume took %s", took)
	}
}

// A balance that does not pay for a single row sends nothing, also with --yes; one
// below 1.05 of the cost is told.
func TestBalanceBuffer(t *testing.T) {
	t.Parallel()
	k := newClerk(t, simulator.Config{Balance: 300_00})
	k.saves("october.csv", october...)
	words := k.pays(exitNothing, 0)
	k.hears(words, "the balance of 300.00 DA does not pay for a single row (the cheapest costs 480.00); nothing was sent", "Put money on the account")
	if n := k.sends.Load(); n != 0 {
		t.Errorf("%d sends left", n)
	}
	_, french := k.run(exitNothing, "--lang", "fr")
	k.hears(french, "ne paie pas une seule ligne", "rien n'a été envoyé")
	k.ok(k.sim.Deposit(1900_00)) // 2,200.00 for 2,134.75
	k.hears(k.pays(exitDone, 3), "less than a twentieth of the cost")
}

// Money that ran out in mid-batch, and nothing paid in: again nothing is sent.
func TestBalanceStillEmpty(t *testing.T) {
	t.Parallel()
	k := newClerk(t, simulator.Config{Balance: 1500_00})
	k.saves("october.csv", october...)
	k.pays(exitOpen, 2, "--concurrency", "1")
	sends := k.sends.Load()
	k.hears(k.pays(exitOpen, 0), "does not pay for a single row")
	if n := k.sends.Load() - sends; n != 0 {
		t.Errorf("%d sends left", n)
	}
}

// A plan that is disabled between the check and the send, or between two runs, sells
// nothing, and what was paid by it stays paid (money rule 21).
func TestPlanDisabledBetweenRuns(t *testing.T) {
	t.Parallel()
	k := newClerk(t, simulator.Config{Balance: 1500_00})
	k.saves("october.csv", october...)
	k.pays(exitOpen, 2, "--concurrency", "1")
	k.ok(k.sim.Deposit(10_000_00))
	k.sim.DisablePlan("PREPAID_DJEZZY")
	sends := k.sends.Load()
	words := k.pays(exitOpen, 0)
	k.hears(words, "the provider has disabled the plan PREPAID_DJEZZY", "1 row is not sent for it: mend it, and run with --amend")
	if n := k.sends.Load() - sends; n != 0 {
		t.Errorf("%d sends left", n)
	}
	k.saves("october.csv", respelt("PREPAID_DJEZZY", "FACTURE_DJEZZY")...)
	k.pays(exitDone, 1, "--amend")
	k.wants(octoberPaid...)
	k.sim.DisablePlan("PREPAID_MOBILIS") // of rows that are paid
	k.saves("october.csv", append(respelt("PREPAID_DJEZZY", "FACTURE_DJEZZY"), "E9;Dalila;0550000014;PREPAID_OOREDOO;900", "E10;Farid;0660000015;PREPAID_MOBILIS;100")...)
	k.hears(k.pays(exitProblems, 1, "--amend"), "plan.disabled")
	k.wants(append([]string{"0550000014: 900"}, octoberPaid...)...)
}

// The caps hold for all versions of the file together (money rule 20).
func TestCapsHoldForAllVersions(t *testing.T) {
	t.Parallel()
	k := newClerk(t, simulator.Config{})
	k.saves("october.csv", october...) // 2,200 dinars
	k.pays(exitDone, 3, "--max-total", "2500", "--max-per-phone", "1000")
	// Two of three leave the file, and others come: 2,200 and 500 are more than 2,500.
	k.saves("october.csv", october[0], october[1], "E8;Dalila;0660000018;PREPAID_MOBILIS;500")
	k.hears(k.pays(exitNothing, 0, "--amend", "--max-total", "2500"), "2,700.00", "nothing was sent")
	k.wants(octoberPaid...)
	k.pays(exitDone, 1, "--amend", "--max-total", "2700")
	// 500 of Brahim's have left the file: 600 more are above 1,000.
	k.saves("october.csv", october[0], october[1], "E8;Dalila;0660000018;PREPAID_MOBILIS;500", "E1;Brahim;0660000012;PREPAID_MOBILIS;500", "E7;Brahim;0660000012;PREPAID_MOBILIS;600")
	k.hears(k.pays(exitProblems, 0, "--amend", "--max-per-phone", "1000"), "amount.cap", "1100")
}

// Accepted rows are asked about by their ids where the list is out of order.
func TestListOutOfOrder(t *testing.T) {
	t.Parallel()
	k := newClerk(t, simulator.Config{Faults: map[string]float64{simulator.FaultNoList: 1}})
	k.saves("october.csv", many(40)...)
	words := k.pays(exitDone, 40)
	k.hears(words, "the provider's list could not be read")
	k.pays(exitDone, 0)
}

// A row that is answered with 500 each time is tried a few times, with growing pauses,
// and the run ends by --wait.
func TestRowThatFailsEachTime(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{simulator.FaultError500Before, simulator.FaultResetBefore} {
		k := newClerk(t, simulator.Config{})
		bad := failing(k.sim, func(r *http.Request) bool { return r.Method == http.MethodPost }, fault == simulator.FaultResetBefore)
		server := httptest.NewServer(bad)
		t.Cleanup(server.Close)
		k.env = append(k.env, "ONECLICKDZ_BASE_URL="+server.URL)
		k.saves("october.csv", october[:2]...)
		begun := time.Now()
		k.pays(exitOpen, 0, "--wait", "5s", "--resend-after", "50ms")
		if took := time.Since(begun); took > 20*time.Second {
			t.Errorf("%s: it took %s", fault, took)
		}
		if tries := bad.failed.Load(); tries < 1 || tries > 6 {
			t.Errorf("%s: sent %d times", fault, tries)
		}
		k.wants()
	}
}

// A refusal that follows a lost attempt is not believed: the provider carried the
// first attempt out late, after the check that found nothing. The row is paid, and
// resend has nothing to pay again.
func TestRefusalAfterALostAttempt(t *testing.T) {
	t.Parallel()
	k := newClerk(t, simulator.Config{})
	late := &lateProvider{Handler: k.sim}
	server := httptest.NewServer(late)
	t.Cleanup(server.Close)
	k.env = append(k.env, "ONECLICKDZ_BASE_URL="+server.URL)
	k.saves("october.csv", october[:2]...)
	k.pays(exitDone, 1, "--resend-after", "300ms")
	k.wants(octoberPaid[:1]...)
	k.resends(exitDone, 0, "october.csv")
	if n := late.sends.Load(); n != 2 {
		t.Errorf("%d sends", n)
	}
	k.agrees()
}

// Wide columns that are carried along do not make a file unpayable.
func TestWideColumnsArePaid(t *testing.T) {
	t.Parallel()
	k := newClerk(t, simulator.Config{})
	rows := many(1200)
	for i := range rows[1:] {
		rows[i+1] += ";" + strings.Repeat("\x01é<", 4000/4)
	}
	rows[0] += ";Remarques"
	k.saves("october.csv", rows...)
	k.pays(exitDone, 1200, "--concurrency", "64")
	k.pays(exitDone, 0)
}

// Why a warning was overridden is on record, with who and when.
func TestOverridesHaveAReason(t *testing.T) {
	t.Parallel()
	k := newClerk(t, simulator.Config{})
	k.saves("october.csv", anonymous()...)
	k.pays(exitDone, 3)
	k.saves("october.csv", anonymous("1000", "1200")...)
	k.hears(k.pays(exitUsage, 0, "--amend", "--pay-again", "1"), "--pay-again wants --reason TEXT")
	k.hears(k.pays(exitNothing, 0, "--amend", "--pay-again", "2", "--reason", "a bonus"), "the number must be exact")
	k.wants(octoberPaid...)
	k.pays(exitDone, 1, "--amend", "--pay-again", "1", "--reason", "a bonus for Amel")
	k.wants("0660000011: 1000 1200", "0660000012: 500", "0770000013: 700")
	k.pays(exitDone, 0, "--amend")
	today := time.Now().Format(time.DateOnly)
	for _, r := range k.reads() {
		if again := strings.Contains(r.Notes, "paid again on purpose: a bonus for Amel ("); again != (r.Amount == 1200) || again && !strings.Contains(r.Notes, today) {
			t.Errorf("row %d says %q", r.Row, r.Notes)
		}
	}
	_, asJSON, _ := k.asks("report", "--format", "json", k.file)
	k.hears(asJSON, `"overrides":[{"at":"`+today, `"warning":"pay-again","rows":1,"who":"`, `"reason":"a bonus for Amel"`)
	_, asCSV, _ := k.asks("report", "--format", "csv", k.file)
	k.hears(asCSV, "paid again on purpose: a bonus for Amel")
	text, err := os.ReadFile(k.path("october.journal"))
	k.ok(err)
	k.hears(string(text), "a bonus for Amel")
	k.hears(sheetText(t, k.path("october.results.xlsx"), "Journal"), "--pay-again 1: a bonus for Amel (")
	k.agrees()
	for _, c := range [][2]string{{"--any-operator", "any-operator"}, {"--allow-duplicates", "allow-duplicates"}} {
		k.saves(c[1]+".csv", "phone,plan,amount,why", "0550000031,PREPAID_OOREDOO,300,"+c[1])
		k.pays(exitDone, 1, c[0], "--reason", "told by phone", "--recent", "0")
		_, asJSON, _ := k.asks("report", "--format", "json", k.file)
		k.hears(asJSON, `"warning":"`+c[1]+`"`, `"reason":"told by phone"`)
	}
}

// A held canary that goes on may have a reason.
func TestHeldCanaryGoesOnWithAReason(t *testing.T) {
	t.Parallel()
	k := newClerk(t, simulator.Config{})
	k.saves("october.csv", october[0], "E0;Ziad;0600000001;PREPAID_MOBILIS;100", october[1], october[2])
	k.pays(exitOpen, 1, "--canary", "1")
	k.pays(exitProblems, 2, "--reason", "the number was wrong, the rest is right")
	_, asJSON, _ := k.asks("report", "--format", "json", k.file)
	k.hears(asJSON, `"warning":"canary","rows":2`, `"reason":"the number was wrong, the rest is right"`)
	k.agrees()
}
