package console_test

import (
	"bytes"
	"context"
	"html"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"flexybatch/batch"
	"flexybatch/internal/app"
	"flexybatch/internal/console"
	"flexybatch/journal"
	"flexybatch/samples"
)

// desk is a console on a socket, and a browser without script in front of it.
type desk struct {
	t      *testing.T
	k      *console.Console
	base   string // http://localhost:PORT
	client *http.Client
	folder app.Folder
	stop   context.CancelFunc // Ctrl-C
	ended  chan error
	script bool // the browser has a script that sends files
}

// newDesk starts a console and lets the browser in.
func newDesk(t *testing.T, change ...func(*console.Config)) *desk {
	t.Helper()
	d := startDesk(t, change...)
	d.letIn()
	return d
}

// startDesk starts a console.
func startDesk(t *testing.T, change ...func(*console.Config)) *desk {
	t.Helper()
	c := console.Config{
		Folder: app.Folder{Path: t.TempDir()}, Job: app.App{Version: "test"}, Token: "once", Sample: samples.Payroll,
		Account: app.Account{Simulate: true},
	}
	for _, f := range change {
		f(&c)
	}
	k, err := console.New(c)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	drain, stop := context.WithCancel(context.Background())
	d := &desk{t: t, k: k, base: "http://localhost:" + port, folder: c.Folder, stop: stop, ended: make(chan error, 1), client: &http.Client{Jar: jar, Timeout: 30 * time.Second}}
	go func() { d.ended <- k.Serve(context.Background(), drain, l) }()
	t.Cleanup(func() {
		stop()
		d.client.CloseIdleConnections()
		select {
		case <-d.ended:
		case <-time.After(20 * time.Second):
			t.Error("the console does not end")
		}
	})
	return d
}

// letIn opens the address with the token.
func (d *desk) letIn() {
	d.t.Helper()
	d.get("/?token=once", http.StatusOK)
}

// answer is what a request was answered with.
type answer struct {
	*http.Response
	text string
}

// do sends a request and wants a status.
func (d *desk) do(r *http.Request, want int) answer {
	d.t.Helper()
	a := d.any(r)
	if a.StatusCode != want {
		d.t.Fatalf("%s %s: %d, want %d\n%s", r.Method, r.URL, a.StatusCode, want, plain(a.text))
	}
	return a
}

// any sends a request, and takes whatever status comes.
func (d *desk) any(r *http.Request) answer {
	d.t.Helper()
	resp, err := d.client.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	return answer{resp, string(b)}
}

func (d *desk) request(method, path string, body io.Reader) *http.Request {
	d.t.Helper()
	r, err := http.NewRequestWithContext(d.t.Context(), method, d.base+path, body)
	if err != nil {
		d.t.Fatal(err)
	}
	return r
}

// get gets a page.
func (d *desk) get(path string, want int) answer {
	d.t.Helper()
	return d.do(d.request(http.MethodGet, path, nil), want)
}

// post sends a form, and follows to the page that it leads to.
func (d *desk) post(path string, form url.Values, want int) answer {
	d.t.Helper()
	r := d.request(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return d.do(r, want)
}

// send sends a file, with fields before it.
func (d *desk) send(path, name string, content []byte, want int, fields ...string) answer {
	d.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for i := 0; i+1 < len(fields); i += 2 {
		if err := m.WriteField(fields[i], fields[i+1]); err != nil {
			d.t.Fatal(err)
		}
	}
	part, err := m.CreateFormFile("file", name)
	if err != nil {
		d.t.Fatal(err)
	}
	if _, err := part.Write(content); err != nil {
		d.t.Fatal(err)
	}
	if err := m.Close(); err != nil {
		d.t.Fatal(err)
	}
	r := d.request(http.MethodPost, path, &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	if d.script {
		r.Header.Set("HX-Request", "true")
	}
	return d.do(r, want)
}

// has wants texts in a page.
func (d *desk) has(a answer, texts ...string) {
	d.t.Helper()
	for _, text := range texts {
		if !strings.Contains(a.text, text) {
			d.t.Errorf("%s: %q is not in the page:\n%s", a.Request.URL, text, plain(a.text))
		}
	}
}

var (
	tags   = regexp.MustCompile(`(?s)<head>.*</head>|<[^>]*>`)
	spaces = regexp.MustCompile(`\s*\n\s*`)
)

// plain is the text of a page.
func plain(page string) string {
	return spaces.ReplaceAllString(tags.ReplaceAllString(page, " "), "\n")
}

// settled gets a page, and gets it again as long as it says that it comes again.
func (d *desk) settled(path string) answer {
	d.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		if a := d.get(path, http.StatusOK); !strings.Contains(a.text, `http-equiv="refresh"`) {
			return a
		}
	}
	d.t.Fatalf("%s does not settle", path)
	return answer{}
}

// start starts a batch, and returns the page that says what came of it. On a slow machine
// the first page says that it is being prepared.
func (d *desk) start(name string, f url.Values) answer {
	d.t.Helper()
	a := d.post("/batches/"+name+"/start", f, http.StatusOK)
	if strings.Contains(a.text, `http-equiv="refresh"`) {
		a = d.settled(a.Request.URL.RequestURI())
	}
	return a
}

// A file that is dropped is checked, with the rows that cannot be paid in the page.
func TestUploadAndCheck(t *testing.T) {
	d := newDesk(t)
	d.has(d.get("/", http.StatusOK), "The first time here?", `lang="en" dir="ltr"`)
	a := d.send("/files", "payroll.csv", samples.Payroll, http.StatusOK)
	if a.Request.URL.Path != "/batches/payroll/steps/header" {
		t.Fatalf("it leads to %s", a.Request.URL)
	}
	d.has(a, "Does this row name the columns?", "Row 1 names the columns", "Agent 1")
	a = d.post("/batches/payroll/steps/header", nil, http.StatusOK)
	d.has(a, "Which column is which?", `<option value="C" selected>C Téléphone (0550000001, 0550000002, 0550000003)</option>`)
	a = d.post("/batches/payroll/steps/columns", selected(a.text), http.StatusOK)
	d.has(a, "Is everything read as it is meant?")
	a = d.post("/batches/payroll/steps/formats", nil, http.StatusOK)
	if a.Request.URL.Path != "/batches/payroll/check" {
		t.Fatalf("the steps lead to %s", a.Request.URL)
	}
	d.has(d.settled("/batches/payroll"), "Check of payroll.csv", "0550000001", "can be paid")
	a = d.send("/files", "invalid.csv", samples.Invalid, http.StatusOK) // with the same columns: nothing is asked
	d.has(a, "Error: Check of invalid.csv", `id="error-summary"`, `id="row-4"`, "not a phone number")
}

// The whole path: a file is dropped, looked at, started once however often the button
// is pressed, and comes to its end.
func TestFromFileToResults(t *testing.T) {
	d := newDesk(t)
	d.send("/files", "payroll.csv", samples.Payroll, http.StatusOK)
	a := d.settled("/batches/payroll/answers")
	d.has(a, "Check your answers", `name="shown" value="20"`, "Send 20 rows", "simulated")
	form := hidden(a.text)
	for range 2 {
		d.post("/batches/payroll/start", form, http.StatusOK)
	}
	d.over("payroll")
	d.has(d.settled("/batches/payroll"), "Every row was paid.")
}

var hiddenField = regexp.MustCompile(`<input type="hidden" (?:id="[a-z]*" )?name="([a-z]+)" value="([^"]*)">`)

var (
	selects = regexp.MustCompile(`(?s)<select id="[a-z-]+" name="([a-z]+)".*?</select>`)
	chosen  = regexp.MustCompile(`<option value="([^"]*)" selected>`)
)

// selected is what is chosen in a page's forms.
func selected(page string) url.Values {
	form := url.Values{}
	for _, m := range selects.FindAllStringSubmatch(page, -1) {
		if c := chosen.FindStringSubmatch(m[0]); c != nil {
			form.Set(m[1], html.UnescapeString(c[1]))
		}
	}
	return form
}

// hidden are the hidden fields of a page's forms.
func hidden(page string) url.Values {
	form := url.Values{}
	for _, m := range hiddenField.FindAllStringSubmatch(page, -1) {
		form.Set(m[1], html.UnescapeString(m[2]))
	}
	return form
}

// over waits until the run of a batch is over, by its live view.
func (d *desk) over(name string) {
	d.t.Helper()
	resp, err := d.client.Do(d.request(http.MethodGet, "/batches/"+url.PathEscape(name)+"/live", nil))
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil || !strings.Contains(string(b), "event: ended") {
		d.t.Fatalf("the live view of %s: %v\n%s", name, err, b)
	}
}

// run drops a file, starts it and waits for its end.
func (d *desk) run(name string, content []byte) {
	d.t.Helper()
	d.send("/files", name+".csv", content, http.StatusOK)
	a := d.settled("/batches/" + name + "/answers")
	d.post("/batches/"+name+"/start", hidden(a.text), http.StatusOK)
	d.over(name)
}

// What became of the rows can be listed, searched, told, printed and downloaded.
func TestRowsAndDownloads(t *testing.T) {
	d := newDesk(t)
	d.run("payroll", samples.Payroll)
	a := d.settled("/batches/payroll/rows")
	d.has(a, "0550000001", "Agent 1", "fulfilled")
	d.has(d.settled("/batches/payroll/rows?state=fulfilled&page=1"), "Agent 20")
	d.has(d.post("/batches/payroll/rows", url.Values{"text": {"0550000003"}}, http.StatusOK), "1 row was found.", "Agent 3<")
	a = d.post("/search", url.Values{"text": {"agent 7"}}, http.StatusOK)
	d.has(a, "1 row was found.", "Agent 7")
	if strings.Contains(a.Request.URL.String(), "0550") {
		t.Errorf("a phone in an address: %s", a.Request.URL)
	}
	story := regexp.MustCompile(`/batches/payroll/rows/[a-z0-9-]+`).FindString(a.text)
	d.has(d.settled(story), "about to be sent (attempt 1)", "the provider accepted it as top-up", "0 6 6 0 0")
	d.has(d.settled("/batches/payroll/print"), "Top-ups of the batch payroll", "Agent 20", "20 of 20 paid, nothing to do, net 32,337.57 DA")
	d.has(d.get("/batches/payroll/download/results.html", http.StatusOK), "20 of 20 paid, nothing to do, net 32,337.57 DA")
	a = d.get("/batches/payroll/download/results.csv", http.StatusOK)
	if n := strings.Count(a.text, "fulfilled"); n != 20 {
		t.Errorf("%d rows of the CSV are fulfilled", n)
	}
	a = d.get("/batches/payroll/download/results.xlsx", http.StatusOK)
	if !strings.HasPrefix(a.text, "PK") || !strings.Contains(a.Header.Get("Content-Disposition"), "payroll.results.xlsx") {
		t.Errorf("the workbook: %v, %.10q", a.Header, a.text)
	}
}

// A batch is held against the account, by the provider's own books.
func TestReconcile(t *testing.T) {
	d := newDesk(t)
	d.run("payroll", samples.Payroll)
	d.post("/batches/payroll/reconcile", nil, http.StatusOK)
	d.has(d.settled("/batches/payroll/reconcile"), "File, books and account agree.", "The balance adds up.")
	if a := d.get("/batches/payroll/reconcile/workbook", http.StatusOK); !strings.HasPrefix(a.text, "PK") {
		t.Errorf("the workbook: %.10q", a.text)
	}
}

// Rows that were not paid become a new batch.
func TestResend(t *testing.T) {
	d := newDesk(t)
	d.run("payroll", []byte("id,name,phone,plan,amount\n1,Ali,0600000001,PREPAID_MOBILIS,100\n2,Ines,0661234567,PREPAID_MOBILIS,200\n"))
	d.has(d.settled("/batches/payroll"), "refunded", "Make a new file of them")
	a := d.post("/batches/payroll/resend", nil, http.StatusOK)
	if a.Request.URL.Path != "/batches/payroll-r1" {
		t.Fatalf("it leads to %s", a.Request.URL)
	}
	a = d.settled("/batches/payroll-r1")
	d.has(a, "Ali")
	if strings.Contains(a.text, "Ines") {
		t.Error("a row that was paid is to be paid anew")
	}
}

// A cell that breaks a rule is mended in the page, and the versions tell of it.
func TestMendInThePage(t *testing.T) {
	d := newDesk(t)
	d.send("/files", "paie.csv", []byte("Nom;Téléphone;Montant;Offre\nAli;550000001;100;PREPAID_OOREDOO\nInes;0661234567;200;PREPAID_MOBILIS\n"), http.StatusOK)
	a := d.settled("/batches/paie/check")
	d.has(a, `name="new-2-1" value="550000001"`)
	form := url.Values{"old-2-1": {"550000001"}, "new-2-1": {"0550000001"}}
	a = d.post("/batches/paie/mend", form, http.StatusOK)
	d.has(d.settled("/batches/paie/check"), "can be paid")
	if strings.Contains(a.text, "error-summary") {
		t.Errorf("it is not mended: %s", plain(a.text))
	}
	d.has(d.get("/batches/paie/history", http.StatusOK), "Version 2", "550000001", "0550000001", "Version 1")
	d.has(d.post("/batches/paie/mend", form, http.StatusConflict), "row 2 was changed by somebody else meanwhile")
	if b := d.get("/batches/paie/versions/2", http.StatusOK); !strings.Contains(b.text, "Ali;0550000001;100") {
		t.Errorf("the file is %q", b.text)
	}
}

// What the program can do about rows is offered, and done by a button.
func TestOffers(t *testing.T) {
	d := newDesk(t)
	d.send("/files", "paie.csv", []byte("Nom;Téléphone;Montant\nAli;550000001;100\nInes;661234567;200\n"), http.StatusOK)
	a := d.settled("/batches/paie/check")
	d.has(a, "2 phones are not written", "2 rows name no plan")
	if strings.Contains(plain(a.text), "--") {
		t.Errorf("a page names a flag: %s", plain(a.text))
	}
	d.post("/batches/paie/offers", url.Values{"offer": {"fix-phones"}}, http.StatusOK)
	d.post("/batches/paie/offers", url.Values{"offer": {"plan"}}, http.StatusOK)
	if a = d.settled("/batches/paie/check"); strings.Contains(a.text, "error-summary") {
		t.Errorf("not mended: %s", plain(a.text))
	}
	d.has(d.settled("/batches/paie/answers"), "Send 2 rows")
}

// A corrected file that is given as a new one becomes a version of the batch that it
// corrects, of which only what is new is sent.
func TestCorrectedFile(t *testing.T) {
	d := newDesk(t)
	first := "id;Nom;Téléphone;Montant;Offre\n1;Ali;0550000001;100;PREPAID_OOREDOO\n2;Ines;66;200;PREPAID_MOBILIS\n"
	d.run("paie", []byte(first))
	d.has(d.settled("/batches/paie"), "some were not paid")
	d.send("/files", "paie.csv", []byte(strings.Replace(first, ";66;", ";0661234567;", 1)), http.StatusOK)
	d.has(d.settled("/batches/paie-2/check"), "Is this a corrected file of the batch paie?")
	d.post("/batches/paie-2/belongs", url.Values{"to": {"paie"}}, http.StatusOK)
	d.get("/batches/paie-2", http.StatusNotFound)
	d.has(d.settled("/batches/paie"), "A corrected file was given after the batch was begun.")
	a := d.settled("/batches/paie/answers")
	d.has(a, "Send 1 row for")
	d.post("/batches/paie/start", hidden(a.text), http.StatusOK)
	d.over("paie")
	d.has(d.settled("/batches/paie"), "Every row was paid.")
}

// The same file under another name is the same payment, unless a person says that it
// is another.
func TestSameFileTwice(t *testing.T) {
	d := newDesk(t)
	d.run("june", samples.Payroll)
	d.send("/files", "july.csv", samples.Payroll, http.StatusOK)
	a := d.settled("/batches/july/answers")
	d.has(a, "july cannot be paid yet", "byte for byte", "/batches/june", "It is another payment")
	d.post("/batches/july/meant", nil, http.StatusOK)
	d.has(d.settled("/batches/july/answers"), "Send 20 rows")
}

// A batch that another process runs is shown, and not touched.
func TestAnotherProcess(t *testing.T) {
	d := newDesk(t)
	d.run("payroll", []byte("id;Nom;Téléphone;Montant;Offre\n1;Ali;0600000003;100;PREPAID_MOBILIS\n2;Ines;66;200;PREPAID_MOBILIS\n"))
	books, err := batch.OpenBooks(journal.Disk{}, d.folder.Journal("payroll"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = books.Close() }()
	before := tree(t, d.folder.Path)[d.folder.Journal("payroll")]
	d.has(d.settled("/batches/payroll"), "Another program runs this batch")
	d.has(d.get("/", http.StatusOK), "another program runs it")
	d.post("/batches/payroll/settle", nil, http.StatusOK)
	d.has(d.settled("/batches/payroll/answers?refused"), "this batch is being run by")
	if after := tree(t, d.folder.Path)[d.folder.Journal("payroll")]; after != before {
		t.Error("its journal was touched")
	}
}

// A file that lies here already, and of which nothing was sent, is not taken in twice.
func TestSameFileIsOneDraft(t *testing.T) {
	d := newDesk(t)
	for range 2 {
		d.send("/files", "june.csv", samples.Payroll, http.StatusOK)
	}
	list, err := d.folder.Batches()
	if err != nil || len(list) != 1 {
		t.Errorf("the batches are %v, %v", list, err)
	}
}
