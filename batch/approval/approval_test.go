package approval

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"flexybatch/batch"
)

var at = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var plans = batch.Catalogue{
	{Code: "PREPAID_MOBILIS", Name: "Mobilis", Operator: "Mobilis", Cost: price("0.96"), Enabled: true, Min: 40, Max: 3999},
	{Code: "PIXX_500", Name: "Pixx 500", Operator: "Pixx", Cost: price("0.97"), Enabled: true, Fixed: true, Amount: 500},
	{Code: "PREPAID_DJEZZY", Name: "Djezzy", Operator: "Djezzy", Enabled: true, Min: 50, Max: 5000},
}

func price(s string) batch.Price {
	p, err := batch.ParsePrice(s)
	if err != nil {
		panic(err)
	}
	return p
}

// rows are those of a small payroll, one of them invalid.
func rows() []batch.Row {
	list := []batch.Row{
		{Number: 2, Topup: batch.Topup{Phone: "0660000001", Plan: "PREPAID_MOBILIS", Amount: 333, ID: "E1 <é>"}},
		{Number: 3, Topup: batch.Topup{Phone: "0770000002", Plan: "PREPAID_DJEZZY", Amount: 500}},
		{Number: 4, Topup: batch.Topup{Phone: "0550000003", Plan: "PIXX_500", Amount: 500}, Remarks: &batch.Remarks{Hidden: true}},
		{Number: 5, Remarks: &batch.Remarks{Problems: []batch.Problem{{Code: batch.PhoneMissing}}}},
	}
	batch.Assign("october", list, plans, batch.Limits{})
	return list
}

func prepared(t *testing.T) *File {
	t.Helper()
	p, err := NewRequest(Request{Batch: "october", File: "october.csv", SHA256: strings.Repeat("ab", 32),
		Account: Account{"api.oneclickdz.com", "acme", batch.Production}}, nil, batch.Rows(rows()), plans)
	must(t, err)
	f, err := NewFile(p)
	must(t, err)
	return f
}

func encoded(t *testing.T, f *File) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, f.Encode(&b))
	return b.Bytes()
}

// somebody makes a key for a name.
func somebody(t *testing.T, name string) (Approver, ed25519.PrivateKey) {
	t.Helper()
	private, a, err := NewPrivateKey(name, nil)
	must(t, err)
	key, err := ParsePrivateKey(private, nil)
	must(t, err)
	return a, key
}

func TestRequestComesToItsRows(t *testing.T) {
	p := prepared(t).Request
	if len(p.Rows) != 3 || p.Invalid != 1 || p.Requested != 1333_00 || p.Cost != 319_68+500_00+485_00 {
		t.Errorf("%+v", p)
	}
	var prices []string
	for _, x := range p.Prices {
		prices = append(prices, x.Plan)
	}
	if want := []string{"PIXX_500", "PREPAID_DJEZZY", "PREPAID_MOBILIS"}; !slices.Equal(prices, want) {
		t.Errorf("prices of %v, want %v", prices, want)
	}
	if n, detail := p.Compare(batch.Rows(rows())); n != 0 {
		t.Errorf("its own rows differ: %v", detail)
	}
	if changed := p.Repriced(plans); changed != nil {
		t.Errorf("its own prices differ: %v", changed)
	}
}

// The same file prepared twice is the same request, to the byte.
func TestDigestIsOfTheRequestAlone(t *testing.T) {
	a, b := prepared(t), prepared(t)
	_, key := somebody(t, "Amel")
	must(t, b.Approve("Amel", key, at))
	if a.Digest != b.Digest {
		t.Error("an approval changed the digest")
	}
	fields := map[string]func(*Request){
		"batch": func(p *Request) { p.Batch = "november" }, "host": func(p *Request) { p.Account.Host = "127.0.0.1:8080" },
		"username": func(p *Request) { p.Account.Username = "other" }, "type": func(p *Request) { p.Account.Type = batch.Sandbox },
		"file": func(p *Request) { p.SHA256 = strings.Repeat("cd", 32) }, "sheet": func(p *Request) { p.Sheet = "Feuil2" },
		"price": func(p *Request) { p.Prices[0].Cost = price("0.98") }, "amount": func(p *Request) { p.Rows[0].Amount++ },
		"phone": func(p *Request) { p.Rows[0].Phone = "0660000009" }, "ref": func(p *Request) { p.Rows[0].Ref += "x" },
		"order": func(p *Request) { slices.Reverse(p.Rows) }, "row": func(p *Request) { p.Rows = p.Rows[1:] },
		"invalid": func(p *Request) { p.Invalid = 0 }, "hidden": func(p *Request) { p.Rows[2].Hidden = false },
	}
	for what, change := range fields {
		c := prepared(t)
		change(c.Request)
		if d, err := c.Request.Digest(); err != nil || d == a.Digest {
			t.Errorf("another %s has the same digest", what)
		}
	}
}

// The form of the file is pinned: approvals on disk must stay readable.
func TestGolden(t *testing.T) {
	b, err := os.ReadFile("testdata/v1.plan.json")
	must(t, err)
	f, err := Parse(b)
	must(t, err)
	p := prepared(t)
	if diff := cmp.Diff(p.Request, f.Request, cmp.AllowUnexported(batch.Price{})); diff != "" || f.Digest != p.Digest {
		t.Errorf("digest %s, want %s\n%s", f.Digest, p.Digest, diff)
	}
	approvers, err := os.ReadFile("testdata/approvers")
	must(t, err)
	trusted, err := ParseApprovers(approvers)
	must(t, err)
	if good, not := f.Count(trusted); len(good) != 2 || len(not) != 0 {
		t.Errorf("of the approvals %v count, and not %v", good, not)
	}
}

func TestEveryByteCounts(t *testing.T) {
	f := prepared(t)
	_, key := somebody(t, "Amel")
	must(t, f.Approve("Amel", key, at))
	whole := encoded(t, f)
	trusted := []Approver{{"Amel", PublicKey(key)}}
	for i := range whole {
		for _, bit := range []byte{1, 2, 0x20} {
			b := bytes.Clone(whole)
			b[i] ^= bit
			g, err := Parse(b)
			if err == nil {
				if good, _ := g.Count(trusted); len(good) > 0 {
					t.Fatalf("byte %d (%q) was changed to %q, and the approval counts", i, whole[i], b[i])
				}
			} else if !errors.Is(err, ErrTampered) && !errors.Is(err, ErrNotRequest) {
				t.Fatalf("byte %d: %v", i, err)
			}
		}
	}
	for i := range whole {
		if _, err := Parse(whole[:i]); err == nil {
			t.Fatalf("cut at byte %d, it is a request", i)
		}
	}
}

// What another reader of JSON might read otherwise is refused.
func TestOneFormOnly(t *testing.T) {
	f := prepared(t)
	b := encoded(t, f)
	text := string(b)
	var pretty bytes.Buffer
	must(t, json.Indent(&pretty, b, "", "  "))
	for what, s := range map[string]string{
		"indented":              pretty.String(),
		"with CRLF":             strings.ReplaceAll(text, "\n", "\r\n"),
		"a field twice":         strings.Replace(text, `"amount":333`, `"amount":333,"amount":333`, 1),
		"another field":         strings.Replace(text, `"amount":333`, `"amount":333,"note":"x"`, 1),
		"a field in capitals":   strings.Replace(text, `"amount":333`, `"AMOUNT":333`, 1),
		"a number in words":     strings.Replace(text, `"amount":333`, `"amount":3.33e2`, 1),
		"letters as escapes":    strings.Replace(text, `"october"`, `"\u006fctober"`, 1),
		"something behind":      text + "{}",
		"white space behind":    text + " ",
		"a byte order mark":     "\ufeff" + text,
		"another version":       strings.Replace(text, `"flexybatch_plan":1`, `"flexybatch_plan":2`, 1),
		"approvals that are {}": strings.Replace(text, `"approvals":[]`, `"approvals":{}`, 1),
		"approvals left out":    strings.Replace(text, ",\n\"approvals\":[]", "", 1),
		"nothing":               "",
		"null":                  "null",
		"an empty request":      `{"flexybatch_plan":1,"plan":{}}`,
	} {
		if s == text {
			t.Fatalf("%s: the test changes nothing", what)
		}
		if _, err := Parse([]byte(s)); !errors.Is(err, ErrTampered) && !errors.Is(err, ErrNotRequest) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := Parse(b); err != nil {
		t.Error(err)
	}
}

// A request that was made by hand, with a digest that is right, still has to come to
// what it tells.
func TestSumsThatLie(t *testing.T) {
	for what, change := range map[string]func(*Request){
		"less cost":       func(p *Request) { p.Cost-- },
		"fewer dinars":    func(p *Request) { p.Requested-- },
		"a row's cost":    func(p *Request) { p.Rows[0].Cost--; p.Cost-- },
		"a row twice":     func(p *Request) { p.Rows[1] = p.Rows[0] },
		"a plan unpriced": func(p *Request) { p.Prices = p.Prices[1:] },
		"below nothing":   func(p *Request) { p.Rows[0].Amount = -333 },
	} {
		f := prepared(t)
		change(f.Request)
		var err error
		f.Digest, err = f.Request.Digest()
		must(t, err)
		b := encoded(t, f)
		if _, err := Parse(b); !errors.Is(err, ErrTampered) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestWhoseApprovalsCount(t *testing.T) {
	amel, amelKey := somebody(t, "Amel Bénali")
	second, secondKey := somebody(t, "amel  benali") // the same person with another key
	nadia, nadiaKey := somebody(t, "Nadia K.")
	_, strangerKey := somebody(t, "Nadia K.")
	trusted := []Approver{amel, second, nadia}
	count := func(f *File) (names, why []string) {
		good, not := f.Count(trusted)
		for _, a := range good {
			names = append(names, a.Approver)
		}
		for _, v := range not {
			why = append(why, v.Why.String())
		}
		return names, why
	}
	f := prepared(t)
	must(t, f.Approve("Amel Bénali", amelKey, at))
	if err := f.Approve("Amel Bénali", amelKey, at); !errors.Is(err, ErrTwice) {
		t.Errorf("the same key again: %v", err)
	}
	must(t, f.Approve("Amel Benali", secondKey, at))
	must(t, f.Approve("Nadia K.", strangerKey, at))
	names, why := count(f)
	if !slices.Equal(names, []string{"Amel Bénali"}) || len(why) != 2 || !strings.Contains(why[0], "counts once") || !strings.Contains(why[1], "none of an approver") {
		t.Errorf("%q count, and not: %q", names, why)
	}
	must(t, f.Approve("Nadia K.", nadiaKey, at))
	if names, _ := count(f); len(names) != 2 {
		t.Errorf("two people approved, and %q count", names)
	}

	// Under another's name, at another time, from another request: no approval.
	g := prepared(t)
	must(t, g.Approve("Nadia K.", amelKey, at))
	_, why = count(g)
	if len(why) != 1 || !strings.Contains(why[0], "belongs to") {
		t.Errorf("under another's name: %q", why)
	}
	for what, change := range map[string]func(*Approval){
		"name": func(a *Approval) { a.Approver = "Amel Benali" }, "time": func(a *Approval) { a.At = a.At.Add(time.Second) },
		"key": func(a *Approval) { a.Key = nadia.Key }, "signature": func(a *Approval) { a.Signature = nil },
	} {
		g := prepared(t)
		must(t, g.Approve("Amel Bénali", amelKey, at))
		change(&g.Approvals[0])
		if names, _ := count(g); names != nil {
			t.Errorf("with another %s it counts", what)
		}
	}
	h := prepared(t)
	h.Request.Batch = "november"
	h.Digest, _ = h.Request.Digest()
	h.Approvals = f.Approvals
	if names, _ := count(h); names != nil {
		t.Errorf("the approvals of october count for november: %q", names)
	}
	if err := h.Add(f); err == nil {
		t.Error("another request's approvals were added")
	}

	// Copies that went to two people come together again.
	one, two := prepared(t), prepared(t)
	must(t, one.Approve("Amel Bénali", amelKey, at))
	must(t, two.Approve("Nadia K.", nadiaKey, at))
	must(t, one.Add(two))
	must(t, one.Add(two))
	if names, why := count(one); len(names) != 2 || why != nil {
		t.Errorf("from two copies %q count, and not %q", names, why)
	}
	// A copy whose signature was spoilt does not take the place of the good one.
	spoilt := prepared(t)
	must(t, spoilt.Approve("Amel Bénali", amelKey, at))
	spoilt.Approvals[0].Signature[0]++
	must(t, spoilt.Add(one))
	if names, _ := count(spoilt); len(names) != 2 {
		t.Errorf("a spoilt approval hides the good one: %q", names)
	}
}

func TestNames(t *testing.T) {
	for _, name := range []string{"", " Amel", "Amel\nNadia", "...", strings.Repeat("a", 101), "a\x00b", "Ame\u0301l", "a\xff"} {
		if CheckName(name) == nil {
			t.Errorf("%q is a name", name)
		}
	}
	for _, name := range []string{"Amel Bénali", "زينة", "Nadia K.", "7"} {
		if err := CheckName(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	if !samePerson("Amel-BÉNALI", "amel benali") || samePerson("Amel", "Nadia") || samePerson("زينة", "زهرة") {
		t.Error("people are taken for others")
	}
}

func TestApproversFile(t *testing.T) {
	amel, _ := somebody(t, "Amel B.")
	nadia, _ := somebody(t, "Nadia")
	list, err := ParseApprovers([]byte("\ufeff# the finance office\r\n\r\n" + amel.String() + "\r\n" + nadia.String()))
	must(t, err)
	if len(list) != 2 || list[0].Name != "Amel B." || !list[1].Key.Equal(nadia.Key) {
		t.Errorf("%+v", list)
	}
	key := strings.TrimSuffix(amel.String(), " Amel B.")
	for want, text := range map[string]string{
		"line 2: its key stands in line 1": amel.String() + "\n" + key + " Nadia",
		"names no approver":                "# nobody\n",
		"line 1: an approver's name":       key,
		"line 2: it is no line":            amel.String() + "\nNadia",
		"line 1: it is no line":            `command="rm" ` + amel.String(),
		"of type ssh-rsa":                  "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC2KZ9sNBSzwUyTNsTd1PmmKQgAT9NoStmyrZzvOrzYGbqFyrh9lEDbEGBmyUYMU1w4h3fDvjWLAXx1cCLbZUxk7vXFdAlHSmMFbzXE7B8a1mhzKxVbkVxMFtYHbDh2dVMNkFKLVrdGTDD+tNT4iIbSYpsWtqBTwLLDqSrqFS5Kaw== x",
	} {
		if _, err := ParseApprovers([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestPrivateKeys(t *testing.T) {
	private, a, err := NewPrivateKey("Amel", []byte("horse battery"))
	must(t, err)
	if _, err := ParsePrivateKey(private, nil); !errors.Is(err, ErrPassphrase) {
		t.Error(err)
	}
	if _, err := ParsePrivateKey(private, []byte("horse")); !errors.Is(err, ErrWrongPassphrase) {
		t.Error(err)
	}
	key, err := ParsePrivateKey(private, []byte("horse battery"))
	must(t, err)
	if !PublicKey(key).Equal(a.Key) {
		t.Error("another public key")
	}
	plain, _, err := NewPrivateKey("Amel", nil)
	must(t, err)
	if _, err := ParsePrivateKey(plain, []byte("needless")); err != nil {
		t.Error(err)
	}
	for _, b := range []string{"", "secret", strings.Replace(string(plain), "b3Bl", "b3Bm", 1)} {
		if _, err := ParsePrivateKey([]byte(b), nil); !errors.Is(err, ErrPrivateKey) {
			t.Errorf("%.20q: %v", b, err)
		}
	}
	if _, _, err := NewPrivateKey("", nil); !errors.Is(err, ErrName) {
		t.Error(err)
	}
}

// OpenSSH reads our keys, and we read its.
func TestWithOpenSSH(t *testing.T) {
	keygen, err := exec.LookPath("ssh-keygen")
	if err != nil {
		t.Skip("there is no ssh-keygen here")
	}
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	run := func(args ...string) string {
		t.Helper()
		out, err := exec.Command(keygen, args...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return string(out)
	}
	private, a, err := NewPrivateKey("Amel", []byte("horse battery"))
	must(t, err)
	must(t, os.WriteFile(path("ours"), private, 0o600))
	if line := run("-y", "-P", "horse battery", "-f", path("ours")); strings.TrimSpace(line) != a.String() {
		t.Errorf("ssh-keygen reads it as %s, and it is %s", line, a)
	}
	must(t, os.WriteFile(path("ours.pub"), []byte(a.String()+"\n"), 0o644))
	if shown := run("-l", "-f", path("ours.pub")); !strings.Contains(shown, a.Key.Fingerprint()) {
		t.Errorf("ssh-keygen shows %s, we %s", shown, a.Key.Fingerprint())
	}
	run("-q", "-t", "ed25519", "-N", "", "-C", "Nadia", "-f", path("theirs"))
	b, err := os.ReadFile(path("theirs"))
	must(t, err)
	key, err := ParsePrivateKey(b, nil)
	must(t, err)
	b, err = os.ReadFile(path("theirs.pub"))
	must(t, err)
	list, err := ParseApprovers(b)
	must(t, err)
	if !list[0].Key.Equal(PublicKey(key)) || list[0].Name != "Nadia" {
		t.Errorf("%v", list)
	}
}

func TestCompare(t *testing.T) {
	for what, x := range map[string]struct {
		change func([]batch.Row) []batch.Row
		want   []string
	}{
		"more": {func(r []batch.Row) []batch.Row {
			return append(r, batch.Row{Number: 9, Ref: "new", Topup: batch.Topup{Phone: "0660000009", Plan: "P", Amount: 1}})
		}, []string{"row 9 was not approved: 0660000009, P, 1 dinars"}},
		"fewer":   {func(r []batch.Row) []batch.Row { return r[1:] }, []string{"row 2 is gone: 0660000001, PREPAID_MOBILIS, 333 dinars"}},
		"dearer":  {func(r []batch.Row) []batch.Row { r[0].Topup.Amount = 3330; return r }, []string{"row 2 was approved as 0660000001, PREPAID_MOBILIS, 333 dinars, and is 0660000001, PREPAID_MOBILIS, 3330 dinars"}},
		"reorder": {func(r []batch.Row) []batch.Row { slices.Reverse(r); return r }, nil},
		"twice":   {func(r []batch.Row) []batch.Row { return append(r, r[0]) }, []string{"row 2 was not approved: 0660000001, PREPAID_MOBILIS, 333 dinars"}},
	} {
		n, detail := prepared(t).Request.Compare(batch.Rows(x.change(rows())))
		if n != len(x.want) || !slices.Equal(english(detail), x.want) {
			t.Errorf("%s: %d, %q", what, n, detail)
		}
	}
	many := make([]batch.Row, 100)
	for i := range many {
		many[i].Ref = batch.Ref(rune('a' + i))
	}
	if n, detail := prepared(t).Request.Compare(batch.Rows(many)); n != 103 || len(detail) != shown {
		t.Errorf("%d, %d told", n, len(detail))
	}
}

// english says messages in English.
func english(list []batch.Message) (said []string) {
	for _, m := range list {
		said = append(said, m.String())
	}
	return said
}

func TestRepriced(t *testing.T) {
	p := prepared(t).Request
	now := slices.Clone(plans)
	now[0].Cost, now[0].Name, now[0].Enabled = price("0.97"), "other", false
	now[1].Amount = 600
	got := p.Repriced(now[:2])
	want := []string{
		"plan PIXX_500 was sold at 500 dinars when it was approved, and is at 600 now",
		"plan PREPAID_DJEZZY is no longer in the catalogue",
		"plan PREPAID_MOBILIS cost 0.96 a dinar when it was approved, and costs 0.97 now",
	}
	if !slices.Equal(english(got), want) {
		t.Errorf("%q", got)
	}
	now = slices.Clone(plans)
	now[2].Cost = price("0.99")
	if got := p.Repriced(now); len(got) != 1 || !strings.Contains(got[0].String(), "cost 1 a dinar when it was approved, and costs 0.99 now") {
		t.Errorf("%q", got)
	}
	if _, err := NewRequest(Request{}, nil, batch.Rows(rows()), plans[:1]); err == nil {
		t.Error("a request without a price was prepared")
	}
}

func FuzzParse(f *testing.F) {
	b, err := os.ReadFile("testdata/v1.plan.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"flexybatch_plan":1,"plan":{}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := Parse(b)
		if err != nil {
			return
		}
		if again := encoded(t, file); !bytes.Equal(again, b) {
			t.Errorf("what was read is written otherwise: %s", again)
		}
	})
}

func FuzzApprovers(f *testing.F) {
	f.Add([]byte("# nobody\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEmBZVZb0mHo8GqJ8o0V4oW3yN4tqWl8t6nV5gYyK9Qz Amel\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := ParseApprovers(b)
		if err != nil {
			return
		}
		var again strings.Builder
		for _, a := range list {
			again.WriteString(a.String() + "\n")
		}
		if second, err := ParseApprovers([]byte(again.String())); err != nil || len(second) != len(list) {
			t.Errorf("%q is read, and not what is written of it: %v", b, err)
		}
	})
}
