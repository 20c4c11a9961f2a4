package console_test

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"flexybatch/batch/approval"
	"flexybatch/internal/app"
	"flexybatch/internal/console"
	"flexybatch/internal/people"
	"flexybatch/samples"
)

// roles is who may ask for each address of an office: o for whoever comes, c for the
// clerk, v for the approver, a for the auditor, m for the admin.
const roles = `
o    GET /login
o    GET /login/oidc
o    GET /login/oidc/callback
o    POST /login
o    POST /login/challenge
o    GET /invitations/{token}
o    POST /invitations/{token}
o    POST /invitations/{token}/challenge
o    POST /language
cvam POST /logout
cvam GET /me
cvam POST /me/passkey
cvam POST /me/passkey/challenge
am   GET /people
m    POST /people
m    POST /people/{id}/invite
m    POST /people/{id}/roles
m    POST /people/{id}/remove
am   GET /acts
cvam GET /{$}
c    POST /files
c    POST /sample
cvam GET /batches/{name}
cvam GET /batches/{name}/check
cv   GET /batches/{name}/check/workbook
c    POST /batches/{name}/files
c    POST /batches/{name}/discard
cvam GET /batches/{name}/steps/{step}
c    POST /batches/{name}/steps/{step}
c    POST /batches/{name}/belongs
c    POST /batches/{name}/offers
c    POST /batches/{name}/password
c    GET /batches/{name}/bounds
c    POST /batches/{name}/bounds
c    POST /batches/{name}/mend
cvam GET /batches/{name}/history
cv   GET /batches/{name}/versions/{number}
cvam GET /batches/{name}/answers
c    POST /batches/{name}/again
c    POST /batches/{name}/meant
c    POST /batches/{name}/start
c    POST /batches/{name}/pause
c    POST /batches/{name}/rest
c    POST /batches/{name}/resume
c    POST /batches/{name}/cancel
c    POST /batches/{name}/settle
cvam GET /batches/{name}/live
cvam GET /batches/{name}/rows
cvam POST /batches/{name}/rows
cvam GET /batches/{name}/rows/{row}
cvam GET /batches/{name}/print
cvam GET /batches/{name}/download/{file}
cvam GET /batches/{name}/reconcile
c    POST /batches/{name}/reconcile
cv   GET /batches/{name}/reconcile/workbook
c    POST /batches/{name}/resend
cvam GET /search
cvam POST /search
cvam GET /key
m    POST /key
m    POST /key/forget
cvam GET /batches/{name}/approval
c    POST /batches/{name}/approval
c    POST /batches/{name}/approval/signed
cv   GET /batches/{name}/approval/file
v    POST /batches/{name}/approval/challenge
v    POST /batches/{name}/approval/passkey
v    POST /batches/{name}/approval/keyfile
cvam GET /requests
v    POST /requests
cvam GET /requests/{digest}
cv   GET /requests/{digest}/file
v    POST /requests/{digest}/challenge
v    POST /requests/{digest}/passkey
v    POST /requests/{digest}/keyfile
cvam GET /approvers
m    POST /approvers
m    POST /approvers/people
`

// Every address is asked for in every role, and by somebody who was not let in: each is
// answered as the list says, and no address is missing from it.
func TestEveryRouteAndRole(t *testing.T) {
	h := newHouse(t, withLogin(newIssuer(t)))
	letters := map[people.Role]string{people.Clerk: "c", people.Approver: "v", people.Auditor: "a", people.Admin: "m"}
	members := map[people.Role]*member{}
	for _, r := range people.Roles() {
		members[r] = h.comes("The "+string(r), r)
	}
	fill := strings.NewReplacer("{name}", "nothing", "{number}", "1", "{digest}", strings.Repeat("0", 64), "{row}", "row-1", "{file}", "results.csv",
		"{step}", "sheet", "{id}", "nobody00", "{token}", "nothing", "{$}", "")
	var listed []string
	for line := range strings.Lines(strings.TrimSpace(roles)) {
		who, method, path := strings.Fields(line)[0], strings.Fields(line)[1], strings.Fields(line)[2]
		listed = append(listed, method+" "+path)
		stranger := h.visitor()
		stranger.unled()
		a := stranger.any(stranger.request(method, fill.Replace(path), nil))
		sent := a.StatusCode == http.StatusSeeOther && strings.HasPrefix(a.Header.Get("Location"), "/login?to=")
		if refused := sent || a.StatusCode == http.StatusUnauthorized && !strings.HasPrefix(path, "/login"); refused == (who == "o") {
			t.Errorf("%s %s: %d for a stranger", method, path, a.StatusCode)
		}
		if who == "o" {
			continue
		}
		for role, m := range members {
			m.unled()
			a := m.any(m.request(method, fill.Replace(path), nil))
			if path == "/logout" {
				m.post("/login", m.answers(), http.StatusSeeOther)
			}
			if may := a.StatusCode != http.StatusForbidden && a.StatusCode != http.StatusUnauthorized; may != strings.Contains(who, letters[role]) {
				t.Errorf("%s %s: %d for the %s", method, path, a.StatusCode, role)
			}
		}
	}
	slices.Sort(listed)
	if known := h.k.Patterns(); !slices.Equal(known, listed) {
		for _, p := range known {
			if !slices.Contains(listed, p) {
				t.Errorf("%s is not in the list", p)
			}
		}
		for _, p := range listed {
			if !slices.Contains(known, p) {
				t.Errorf("%s is no address", p)
			}
		}
	}
}

// furnished fills an office with batches in every state, and returns addresses that no
// page leads to.
func (h *house) furnished(clerk, approver, admin *member) (addresses []string) {
	h.t.Helper()
	clerk.run("payroll", []byte("Matricule;Nom;Téléphone;Offre;Montant;Remarque\n1;Ali;0600000001;PREPAID_MOBILIS;100;ou le 0661 23 45 67\n2;Inès;0661234567;PREPAID_MOBILIS;200;\n3;Omar;0661234;PREPAID_MOBILIS;200;\n"))
	clerk.send("/files", "wrong.csv", samples.Invalid, http.StatusOK)
	clerk.send("/files", "mend.csv", []byte("Nom;Téléphone;Montant;Offre\nAli;550000001;100;PREPAID_OOREDOO\nInes;0661234567;200;PREPAID_MOBILIS\n"), http.StatusOK)
	clerk.settled("/batches/mend/check")
	clerk.post("/batches/mend/mend", url.Values{"old-2-1": {"550000001"}, "new-2-1": {"0550000001"}}, http.StatusOK)
	clerk.post("/batches/payroll/reconcile", nil, http.StatusOK)
	clerk.settled("/batches/payroll/reconcile")
	clerk.send("/files", "august.csv", []byte("Matricule;Nom;Téléphone;Offre;Montant\n1;Ali;0661000009;PREPAID_MOBILIS;100\n"), http.StatusOK)
	clerk.settled("/batches/august/answers")
	clerk.post("/batches/august/approval", url.Values{"people": {"1"}}, http.StatusOK)
	admin.count(approver)
	file := clerk.get("/batches/august/approval/file", http.StatusOK).text
	page := approver.send("/requests", "x", []byte(file), http.StatusOK).Request.URL.Path
	approver.sign("/batches/august/approval", http.StatusOK)
	for _, name := range []string{"payroll", "wrong", "mend", "august"} {
		for _, rest := range []string{"", "/check", "/check?rows=all", "/check/workbook", "/history", "/versions/1", "/versions/2", "/answers", "/live", "/rows", "/rows/row-4", "/print", "/reconcile",
			"/reconcile/workbook", "/approval", "/approval/file", "/steps/sheet", "/steps/header", "/steps/footer", "/steps/columns", "/steps/formats",
			"/download/results.xlsx", "/download/redacted.xlsx", "/download/results.csv", "/download/results.json"} {
			addresses = append(addresses, "/batches/"+name+rest)
		}
	}
	return append(addresses, "/", "/search", "/key", "/requests", page, page+"/file", "/approvers", "/people", "/acts", "/me", "/nowhere")
}

// count lets the approval of somebody count.
func (m *member) count(who *member) {
	m.t.Helper()
	p, k, err := m.house.office.People.ByPasskey(m.t.Context(), who.id)
	must(m.t, err)
	m.has(m.post("/approvers/people", url.Values{"person": {p.ID}, "key": {k.Key.Fingerprint()}}, http.StatusOK), who.name)
}

var links = regexp.MustCompile(`href="(/[^"#]*)"`)

// crawl gets addresses and all that they lead to, and returns what each holds.
func (d *desk) crawl(from []string) map[string]string {
	d.t.Helper()
	seen := map[string]string{}
	for len(from) > 0 {
		path := from[0]
		from = from[1:]
		if _, again := seen[path]; again || strings.HasPrefix(path, "/assets/") {
			continue
		}
		a := d.any(d.request(http.MethodGet, path, nil))
		for range 50 {
			if !strings.Contains(a.text, `http-equiv="refresh"`) {
				break
			}
			a = d.any(d.request(http.MethodGet, path, nil))
		}
		seen[path] = a.text
		for _, m := range links.FindAllStringSubmatch(a.text, -1) {
			from = append(from, strings.ReplaceAll(m[1], "&amp;", "&"))
		}
	}
	return seen
}

// unpacked is what a download holds, a workbook's parts among it.
func unpacked(t *testing.T, text string) string {
	t.Helper()
	if !strings.HasPrefix(text, "PK") {
		return text
	}
	z, err := zip.NewReader(strings.NewReader(text), int64(len(text)))
	must(t, err)
	var all bytes.Buffer
	for _, f := range z.File {
		r, err := f.Open()
		must(t, err)
		_, err = io.Copy(&all, r)
		must(t, err)
	}
	return all.String()
}

// digitsAlone is a text without tags and without what may stand between the digits of a
// number; everything else parts one number from the next.
func digitsAlone(text string) string {
	out := make([]byte, 0, len(text))
	inTag := false
	for i := range len(text) {
		switch c := text[i]; {
		case c == '<' || c == '>':
			inTag = c == '<'
		case inTag || strings.IndexByte(" .-\n\t", c) >= 0:
		case '0' <= c && c <= '9':
			out = append(out, c)
		case len(out) > 0 && out[len(out)-1] != 'x':
			out = append(out, 'x')
		}
	}
	return string(out)
}

// The auditor, who sees every page that there is, and downloads whatever is to be had,
// finds no whole phone anywhere, in whatever way it is written; and changes nothing.
func TestAuditorSeesNoPhone(t *testing.T) {
	h := newHouse(t)
	clerk, approver, admin := h.comes("Clerk", people.Clerk), h.comes("Nadia", people.Approver), h.comes("Admin", people.Admin)
	auditor := h.comes("Auditor", people.Auditor)
	addresses := h.furnished(clerk, approver, admin)
	phones := []string{"0600000001", "0661234567", "550000001", "0661000009"}
	holds := func(text string) (found []string) {
		text = unpacked(t, text)
		parted := digitsAlone(text)
		for _, phone := range phones {
			if strings.Contains(text, phone[1:]) || strings.Contains(parted, phone[1:]) {
				found = append(found, phone)
			}
		}
		return found
	}
	before := tree(t, h.folder.Path+"/august.input")
	pages := auditor.crawl(addresses)
	if len(pages) < 100 {
		t.Errorf("only %d addresses were looked at", len(pages))
	}
	for path, text := range pages {
		if found := holds(text); found != nil {
			t.Errorf("%s shows %v", path, found)
		}
		for _, not := range []string{"Bearer", `type="file"`, `/start"`, `<button class="main pay"`} {
			if strings.Contains(text, not) {
				t.Errorf("%s offers %s", path, not)
			}
		}
	}
	for _, role := range []*member{auditor, admin} {
		for _, text := range []string{"0600000001", "0661000009", "Ali"} {
			for _, path := range []string{"/search", "/batches/payroll/rows"} {
				a := role.post(path, url.Values{"text": {text}}, http.StatusOK)
				if found := holds(strings.ReplaceAll(a.text, `value="`+text+`"`, "")); found != nil {
					t.Errorf("the search for %s shows %v", text, found)
				}
			}
		}
	}
	for _, part := range []string{"06000", "0600000", "60000000"} { // with which the rest could be found out
		if a := auditor.post("/search", url.Values{"text": {part}}, http.StatusOK); !strings.Contains(a.text, "0 rows were found") {
			t.Errorf("%s finds\n%s", part, plain(a.text))
		}
	}
	seen := map[string]bool{}
	for _, path := range addresses {
		for _, phone := range holds(clerk.any(clerk.request(http.MethodGet, path, nil)).text) {
			seen[phone] = true
		}
	}
	if len(seen) != len(phones) {
		t.Errorf("the clerk sees %v, so that the auditor's pages prove nothing", seen)
	}
	if after := tree(t, h.folder.Path+"/august.input"); len(after) != len(before) {
		t.Error("the auditor has changed something")
	}
}

// Whoever gave, mended or prepared a file does not approve it, by whatever way; and
// nobody approves under another's name.
func TestMakerIsNoApprover(t *testing.T) {
	h := newHouse(t, func(c *console.Config) { c.Needs = app.Approvals{Required: 1} })
	both := []people.Role{people.Clerk, people.Approver}
	giver, mender, maker, other := h.comes("Giver", both...), h.comes("Mender", both...), h.comes("Maker", both...), h.comes("Other", people.Approver)
	admin := h.comes("Admin", people.Admin)
	for _, m := range []*member{giver, mender, maker, other} {
		admin.count(m)
	}
	giver.send("/files", "paie.csv", []byte("Nom;Téléphone;Montant;Offre\nAli;550000001;100;PREPAID_OOREDOO\n"), http.StatusOK)
	giver.settled("/batches/paie/check")
	mender.post("/batches/paie/mend", url.Values{"old-2-1": {"550000001"}, "new-2-1": {"0550000001"}}, http.StatusOK)
	mender.settled("/batches/paie/answers")
	maker.has(maker.post("/batches/paie/approval", url.Values{"people": {"1"}, "maker": {"Somebody else"}}, http.StatusOK), "Prepared by", "Maker")
	giver.has(giver.sign("/batches/paie/approval", http.StatusOK), "0 have approved it", "prepared by the same person")
	mender.has(mender.sign("/batches/paie/approval", http.StatusOK), "0 have approved it")
	maker.sign("/batches/paie/approval", http.StatusConflict)
	giver.post("/batches/paie/start", url.Values{"shown": {"1"}, "rows": {"1"}, "cost": {"100"}}, http.StatusOK)
	if b, err := h.folder.Batch("paie"); err != nil || b.Begun {
		t.Fatalf("it was started: %v", err)
	}
	list, err := app.Approvers(h.folder.Path + "/approvers")
	must(t, err)
	i := slices.IndexFunc(list, func(a approval.Approver) bool { return a.Name == "Other" })
	form := url.Values{"digest": {hidden(giver.get("/batches/paie/approval", http.StatusOK).text).Get("digest")}, "signer": {list[i].Key.Fingerprint()}}
	giver.post("/batches/paie/approval/challenge", form, http.StatusBadRequest)
	other.has(other.sign("/batches/paie/approval", http.StatusOK), "1 has approved it")
	a := giver.settled("/batches/paie/answers")
	giver.post("/batches/paie/start", hidden(a.text), http.StatusOK)
	giver.over("paie")
	giver.has(giver.settled("/batches/paie"), "Every row was paid.")
}

// Every act is in the book with who and when, before it is done and behind it; and the
// books of a batch tell who has started it.
func TestActs(t *testing.T) {
	h := newHouse(t)
	clerk, admin, auditor := h.comes("Nadia", people.Clerk), h.comes("Admin", people.Admin), h.comes("Auditor", people.Auditor)
	clerk.run("payroll", samples.Payroll)
	auditor.post("/sample", nil, http.StatusForbidden)
	admin.has(admin.post("/people", url.Values{"name": {"Omar"}, "role": {"clerk", "approver"}}, http.StatusOK), "The invitation of Omar", h.base+"/invitations/")
	done := map[string]people.Act{}
	asked := map[string]people.Act{}
	for _, a := range h.office.Book.Last(1000) {
		if a.At.IsZero() || a.ID == "" {
			t.Errorf("an act without time or request: %+v", a)
		}
		if a.Status != 0 {
			done[a.What+" "+a.Who] = a
		} else {
			asked[a.ID] = a
		}
	}
	for what, want := range map[string]people.Act{
		"POST /files Nadia":                 {Status: http.StatusSeeOther},
		"POST /batches/{name}/start Nadia":  {Status: http.StatusSeeOther, Batch: "payroll"},
		"POST /people Admin":                {Status: http.StatusOK, Detail: "Omar: clerk, approver"},
		"POST /invitations/{token} Auditor": {Status: http.StatusSeeOther, Detail: "Auditor"},
	} {
		got, ok := done[what]
		if !ok || got.Status != want.Status || got.Batch != want.Batch || got.Detail != want.Detail {
			t.Errorf("%s: %+v, want %+v", what, got, want)
		}
		if before, ok := asked[got.ID]; !ok || before.At.After(got.At) {
			t.Errorf("%s was not asked for before it was done", what)
		}
	}
	if _, ok := done["POST /sample Auditor"]; ok {
		t.Error("what was refused counts as an act")
	}
	auditor.has(auditor.get("/acts", http.StatusOK), "POST /batches/{name}/start", "Nadia")
	k, err := app.ReadKnown(app.Place{File: h.folder.Journal("payroll"), State: h.folder.Path})
	must(t, err)
	if notes := k.Ledger.Notes(); len(notes) == 0 || !strings.HasPrefix(notes[0].Text.String(), "Nadia, through ") {
		t.Errorf("the books begin with %v", notes)
	}
}
