package console_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"flexybatch/batch/approval"
	"flexybatch/batch/approval/approvaltest"
	"flexybatch/samples"
)

// passkeyHolder is a person with a passkey, in front of a console.
type passkeyHolder struct {
	*desk
	passkey *approvaltest.Authenticator
	name    string
	who     approval.Approver
}

// register makes a passkey on a console's page, as its script does.
func (d *desk) register(name string) *passkeyHolder {
	d.t.Helper()
	h := &passkeyHolder{desk: d, passkey: approvaltest.New(d.t, approvaltest.ES256), name: name}
	h.passkey.Origin = d.base
	d.get("/approvers", http.StatusOK)
	var asked struct{ Challenge, RpID string }
	d.decode(d.post("/approvers/challenge", nil, http.StatusOK), &asked)
	raw, err := base64.RawURLEncoding.DecodeString(asked.Challenge)
	if err != nil || asked.RpID != "localhost" {
		d.t.Fatalf("%+v: %v", asked, err)
	}
	made := h.passkey.Register(d.t, raw)
	d.has(d.post("/approvers/passkey", url.Values{
		"name": {name}, "challenge": {asked.Challenge}, "key": {b64(made.PublicKey)}, "authenticator": {b64(made.AuthenticatorData)}, "client": {b64(made.ClientData)},
	}, http.StatusOK), name, "passkey:localhost ")
	h.who = h.passkey.Approver(d.t, name)
	return h
}

// b64 is bytes as the script sends them.
func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func (d *desk) decode(a answer, v any) {
	d.t.Helper()
	if err := json.Unmarshal([]byte(a.text), v); err != nil {
		d.t.Fatalf("%v: %s", err, a.text)
	}
}

// sign signs the request of a page with the passkey, as the script does, and wants a
// status.
func (h *passkeyHolder) sign(page string, want int) answer {
	h.t.Helper()
	return h.do(h.signed(page, func(url.Values) {}), want)
}

// signed is what the script sends after a passkey has signed. change may spoil it.
func (h *passkeyHolder) signed(page string, change func(url.Values)) *http.Request {
	h.t.Helper()
	form := url.Values{"digest": {hidden(h.get(page, http.StatusOK).text).Get("digest")}, "signer": {h.who.Key.Fingerprint()}}
	var asked struct{ Challenge, At string }
	h.decode(h.post(page+"/challenge", form, http.StatusOK), &asked)
	raw, err := base64.RawURLEncoding.DecodeString(asked.Challenge)
	if err != nil {
		h.t.Fatal(err)
	}
	as, signature := h.passkey.Assert(h.t, raw)
	for field, value := range map[string]string{"at": asked.At, "signature": b64(signature), "authenticator": b64(as.AuthenticatorData), "client": b64(as.ClientData)} {
		form.Set(field, value)
	}
	change(form)
	r := h.request(http.MethodPost, page+"/passkey", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

// prepareSample drops the sample and has it prepared by somebody, for others to approve.
func (d *desk) prepareSample(maker string) {
	d.t.Helper()
	d.send("/files", "payroll.csv", samples.Payroll, http.StatusOK)
	d.settled("/batches/payroll/answers")
	d.has(d.get("/batches/payroll/approval", http.StatusOK), "Ask for approval")
	d.has(d.post("/batches/payroll/approval", url.Values{"maker": {maker}, "people": {"1"}}, http.StatusOK), "Prepared by", maker, "Nobody yet.")
}

// A request is taken to another machine as a file, signed there with a passkey, and
// brought back. Only then can the batch be started.
func TestApprovalBetweenTwoMachines(t *testing.T) {
	office, home := newDesk(t), newDesk(t)
	nadia := home.register("Nadia")
	office.prepareSample("Amel")
	office.has(office.settled("/batches/payroll/answers"), "1 person must approve it", "0 have approved it")
	office.post("/batches/payroll/start", url.Values{"shown": {"20"}, "rows": {"20"}, "cost": {"32337.57"}}, http.StatusOK)
	office.has(office.get("/", http.StatusOK), "not sent yet")

	request := office.get("/batches/payroll/approval/file", http.StatusOK)
	a := home.send("/requests", "../../payroll.plan.json", []byte(request.text), http.StatusOK)
	page := a.Request.URL.Path
	home.has(a, "Prepared by", "Amel", "The largest rows", "Nadia")
	home.has(nadia.sign(page, http.StatusOK), "Who has approved it", "passkey", strings.ReplaceAll(nadia.who.Key.Fingerprint(), "+", "&#43;"))
	home.has(home.get("/requests", http.StatusOK), page)
	signed := home.get(page+"/file", http.StatusOK)
	for old, x := range map[string]struct {
		spoilt, says string
		status       int
	}{
		"0550000001":         {"0550000011", "was changed after it was prepared", http.StatusConflict},
		`"approver":"Nadia"`: {`"approver":"Nadja"`, "Nadja", http.StatusOK},
	} {
		spoilt := strings.Replace(signed.text, old, x.spoilt, 1)
		a := office.send("/batches/payroll/approval/signed", "payroll.plan.json", []byte(spoilt), x.status)
		office.has(a, x.says, "0 have approved it")
	}

	office.has(office.send("/batches/payroll/approval/signed", "payroll.plan.json", []byte(signed.text), http.StatusOK), "it does not count", "Nobody&#39;s approval counts here yet.")
	line := entity(home.get("/approvers", http.StatusOK).text, `passkey:localhost [^<]*`)
	office.post("/approvers", url.Values{"line": {line}}, http.StatusOK)
	office.has(office.get("/batches/payroll/approval", http.StatusOK), "it counts", "1 has approved it", "Go on to paying")
	office.has(office.send("/batches/payroll/approval/signed", "payroll.plan.json", []byte(signed.text), http.StatusConflict), "no approval that is not here already")
	office.post("/batches/payroll/start", hidden(office.settled("/batches/payroll/answers").text), http.StatusOK)
	office.over("payroll")
	office.has(office.settled("/batches/payroll"), "Every row was paid.")
}

// entity is what a page has at a pattern.
func entity(page, pattern string) string {
	return strings.NewReplacer("&#43;", "+", "&#39;", "'", "&amp;", "&").Replace(regexp.MustCompile(pattern).FindString(page))
}

// Whoever prepared a batch cannot approve it, with a passkey on the same page.
func TestOwnApprovalIsRefused(t *testing.T) {
	d := newDesk(t)
	amel := d.register("Amel")
	d.prepareSample("AMEL")
	d.has(amel.sign("/batches/payroll/approval", http.StatusConflict), "Error: ", "prepared by the same person")
	nadia := d.register("Nadia")
	d.has(nadia.sign("/batches/payroll/approval", http.StatusOK), "it counts")
}

// What is spoilt between the passkey and the console is refused, with the reason.
func TestSpoiltSignatures(t *testing.T) {
	d := newDesk(t)
	nadia := d.register("Nadia")
	other := d.register("Kamel")
	d.prepareSample("Amel")
	page := "/batches/payroll/approval"
	for want, change := range map[string]func(url.Values){
		"was changed while you were asked": func(f url.Values) { f.Set("digest", strings.Repeat("0", 64)) },
		"the signature is not the passkey": func(f url.Values) { f.Set("signature", b64([]byte("0"))) },
		"signed something else": func(f url.Values) {
			f.Set("at", strings.Replace(f.Get("at"), "Z", "+00:00", 1))
			f.Set("signer", other.who.Key.Fingerprint())
		},
		"The browser sent no signature": func(f url.Values) { f.Del("client") },
		"too much time has passed":      func(f url.Values) { f.Set("at", "2026-01-01T00:00:00Z") },
		"Choose who you are first":      func(f url.Values) { f.Set("signer", "SHA256:none") },
	} {
		a := d.post(page, nil, http.StatusBadRequest) // no number of people: nothing is prepared anew
		d.has(a, "Type how many people")
		resp := d.any(nadia.signed(page, change))
		if resp.StatusCode == http.StatusOK || !strings.Contains(entity(resp.text, `(?s).*`), want) {
			t.Errorf("%s: %d\n%s", want, resp.StatusCode, plain(resp.text))
		}
	}
	d.has(nadia.sign(page, http.StatusOK), "it counts")
}

// A key file approves too, without script; it is not kept.
func TestApproveWithKeyFile(t *testing.T) {
	d := newDesk(t)
	private, who, err := approval.NewPrivateKey("Nadia", []byte("horse battery"))
	if err != nil {
		t.Fatal(err)
	}
	d.post("/approvers", url.Values{"line": {who.String()}}, http.StatusOK)
	d.has(d.post("/approvers", url.Values{"line": {"nonsense"}}, http.StatusBadRequest), "Error: ", "it is no line")
	d.has(d.post("/approvers", url.Values{"line": {who.String()}}, http.StatusConflict), "that of Nadia already")
	d.prepareSample("Amel")
	page := "/batches/payroll/approval"
	digest := hidden(d.get(page, http.StatusOK).text).Get("digest")
	d.has(d.send(page+"/keyfile", "k", private, http.StatusConflict, "digest", digest, "name", "Nadia", "passphrase", "wrong"), "not the key")
	d.has(d.send(page+"/keyfile", "k", private, http.StatusOK, "digest", digest, "name", "Nadia", "passphrase", "horse battery"), "it counts", "key file")
}

// A file that was mended after it was prepared is not what was approved: the page says
// so, and the start is refused.
func TestMendedAfterApproval(t *testing.T) {
	d := newDesk(t)
	nadia := d.register("Nadia")
	d.prepareSample("Amel")
	nadia.sign("/batches/payroll/approval", http.StatusOK)
	d.send("/batches/payroll/files", "payroll.csv", []byte(strings.Replace(string(samples.Payroll), "0550000001", "0550000009", 1)), http.StatusOK)
	d.has(d.get("/batches/payroll/approval", http.StatusOK), "The file was changed after this was prepared")
	d.settled("/batches/payroll/check")
	d.has(d.settled("/batches/payroll/answers"), "1 row differs")
	d.has(d.post("/batches/payroll/approval", url.Values{"maker": {"Amel"}, "people": {"1"}}, http.StatusOK), "Nobody yet.")
}

// Files that are no approval requests, and digests that are none, are refused.
func TestRequestsThatAreNone(t *testing.T) {
	d := newDesk(t)
	d.has(d.send("/requests", "x.json", []byte("{}"), http.StatusConflict), "Error: ", "it is no approval request")
	for _, digest := range []string{"..%2f..%2fapprovers", "x", strings.Repeat("0", 64), strings.Repeat("0", 63) + "G"} {
		d.get("/requests/"+digest, http.StatusNotFound)
		d.post("/requests/"+digest+"/passkey", nil, http.StatusNotFound)
	}
	a := d.post("/approvers/passkey", url.Values{"name": {"Amel"}, "challenge": {"never given out"}}, http.StatusBadRequest)
	d.has(a, "The browser made no passkey")
}

// furnishApprovals fills a console with a request that somebody has signed, and returns
// an address for each page about approvals.
func (d *desk) furnishApprovals() []string {
	d.t.Helper()
	nadia := d.register("Nadia")
	d.send("/files", "august.csv", []byte("Matricule;Nom;Téléphone;Offre;Montant\n1;Ali;0661000009;PREPAID_MOBILIS;100\n"), http.StatusOK)
	d.send("/files", "october.csv", []byte("Matricule;Nom;Téléphone;Offre;Montant\n1;Omar;0661000008;PREPAID_MOBILIS;150\n"), http.StatusOK)
	d.settled("/batches/august/answers")
	d.post("/batches/august/approval", form("maker", "Amel", "people", "2"), http.StatusOK)
	a := d.send("/requests", "x", []byte(d.get("/batches/august/approval/file", http.StatusOK).text), http.StatusOK)
	nadia.sign("/batches/august/approval", http.StatusOK)
	page := a.Request.URL.Path
	return []string{"/approvers", "/requests", page, page + "/file", "/batches/august/approval", "/batches/august/approval/file", "/batches/october/approval", "/batches/august/answers"}
}
