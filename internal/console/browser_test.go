package console_test

import (
	"context"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// required is the variable that makes a test fail, where no browser can be started,
// that would else be skipped. The checks before a merge set it.
const required = "BROWSER_REQUIRED"

// separate is set where the tests with a browser, and those that measure, are run by
// themselves: a browser beside all other tests, with -race, is slower than people are.
const separate = "BROWSER_SEPARATE"

// apartForm is how the names of these tests end, by which make test runs them.
var apartForm = regexp.MustCompile(`^\w+(InBrowser|Unraced)(/|$)`)

// apart skips a test that is run apart from the others.
func apart(t testing.TB) {
	t.Helper()
	if !apartForm.MatchString(t.Name()) {
		t.Fatal("the name of a test that make test runs apart ends in InBrowser or Unraced")
	}
	if os.Getenv(separate) != "" {
		t.Skip("it runs apart from the others: make test does both")
	}
}

// chromium is the browser that all tests of this package share, each in a context of
// its own, with cookies of its own.
var chromium struct {
	once sync.Once
	ctx  context.Context
	stop context.CancelFunc
	err  error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if chromium.stop != nil {
		chromium.stop()
	}
	os.Exit(code)
}

// startChromium starts the browser once. Without one the test is skipped, unless it is
// required.
func startChromium(t testing.TB) context.Context {
	t.Helper()
	apart(t)
	chromium.once.Do(func() {
		options := append(chromedp.DefaultExecAllocatorOptions[:],
			chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("lang", "en"), chromedp.WSURLReadTimeout(time.Minute))
		allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
		ctx, stop := chromedp.NewContext(allocator)
		chromium.ctx, chromium.stop = ctx, func() { stop(); stopAllocator() }
		chromium.err = chromedp.Do(ctx)
	})
	switch {
	case chromium.err == nil:
	case os.Getenv(required) != "":
		t.Fatalf("%s is set, and no browser can be started: %v", required, chromium.err)
	default:
		t.Skipf("the test needs Chromium, which cannot be started here: %v", chromium.err)
	}
	return chromium.ctx
}

// browserPatience is how long anything in a browser may take.
const browserPatience = 2 * time.Minute

// tab is a tab of a browser in front of a console.
type tab struct {
	t    testing.TB
	ctx  context.Context
	base string

	mu    sync.Mutex
	wrong []string // what the browser has complained of
}

// newTab opens a tab that has no cookie yet. What the browser complains of there, and
// whatever it asks of another host, fails the test.
func newTab(t testing.TB, base string) *tab {
	t.Helper()
	return openTab(startChromium(t), t, base, chromedp.WithNewBrowserContext())
}

// another opens a tab beside this one, with the same cookies.
func (b *tab) another() *tab {
	b.t.Helper()
	return openTab(b.ctx, b.t, b.base)
}

func openTab(parent context.Context, t testing.TB, base string, options ...chromedp.ContextOption) *tab {
	t.Helper()
	ctx, stop := chromedp.NewContext(parent, options...)
	b := &tab{t: t, ctx: ctx, base: base}
	t.Cleanup(func() {
		stop()
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, w := range b.wrong {
			t.Errorf("the browser complains: %s", w)
		}
	})
	must(t, chromedp.Do(ctx))
	call(b, network.Enable, network.EnableParams{})
	requests := chromedp.Events(ctx, network.RequestWillBeSent)
	go b.overhear(chromedp.Console(ctx), requests)
	call(b, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
		Source: `document.addEventListener("securitypolicyviolation", (e) => console.error("policy: " + e.violatedDirective + " " + e.blockedURI + " " + e.sample));`,
	})
	b.size(1280, 900)
	return b
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// limited is a context for something that is not to take for ever.
func (b *tab) limited() (context.Context, context.CancelFunc) {
	return context.WithTimeout(b.ctx, browserPatience)
}

// call sends a command of the browser's protocol.
func call[P, R any](b *tab, command cdp.Command[P, R], params P) R {
	b.t.Helper()
	ctx, stop := b.limited()
	defer stop()
	r, err := chromedp.Call(ctx, command, params)
	must(b.t, err)
	return r
}

// overhear keeps what the browser complains of, and requests of other hosts.
func (b *tab) overhear(messages func(func(chromedp.ConsoleMessage, error) bool), requests func(func(network.EventRequestWillBeSent, error) bool)) {
	note := func(text string) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.wrong = append(b.wrong, text)
	}
	go func() {
		for r, err := range requests {
			if err != nil {
				return
			}
			if u, err := url.Parse(r.Request.URL); err == nil && u.Host != "" && u.Hostname() != "localhost" && u.Hostname() != "127.0.0.1" {
				note("a request of " + r.Request.URL)
			}
		}
	}()
	for m, err := range messages {
		if err != nil {
			return
		}
		if text := m.String(); m.IsException() || strings.Contains(text, "policy: ") || strings.Contains(text, "Content Security Policy") {
			note(text)
		}
	}
}

// do runs steps, which must not fail.
func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, stop := b.limited()
	defer stop()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatalf("%v\n%s", err, b.whole())
	}
}

// eval is the value of an expression of JavaScript in the page.
func eval[T any](b *tab, expression string) T {
	b.t.Helper()
	ctx, stop := b.limited()
	defer stop()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// quoted is a text in JavaScript.
func quoted(s string) string {
	b, _ := json.Marshal(s) // of a string, which can always be encoded
	return string(b)
}

// enter lets the tab in with the token of a console.
func (b *tab) enter(token string) {
	b.t.Helper()
	b.open("/?token=" + token)
	if path := eval[string](b, "location.pathname + location.search"); path != "/" {
		b.t.Errorf("the token stays in the address: %s", path)
	}
}

// open opens a page and waits until it no longer comes again by itself.
func (b *tab) open(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.base + path))
	b.settle()
}

// settle waits until the page no longer comes again by itself.
func (b *tab) settle() {
	b.t.Helper()
	b.until(`document.readyState === "complete" && !document.querySelector("head > meta[http-equiv=refresh]")`)
}

// until waits for an expression to be true, on this page or one that follows it.
func (b *tab) until(expression string) {
	b.t.Helper()
	ctx, stop := b.limited()
	defer stop()
	for ctx.Err() == nil {
		if ok, err := chromedp.Run(ctx, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(time.Second))); err == nil && ok {
			return
		}
	}
	b.t.Fatalf("%s never comes true:\n%s", expression, b.whole())
}

// press clicks what leads to another page, and waits for that.
func (b *tab) press(selector string) {
	b.t.Helper()
	ctx, stop := b.limited()
	defer stop()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(selector))); err != nil {
		b.t.Fatalf("%s: %v\n%s", selector, err, b.whole())
	}
	b.settle()
}

// fill writes a text into a field that is emptied first.
func (b *tab) fill(selector, text string) {
	b.t.Helper()
	b.do(chromedp.WaitVisible(chromedp.CSS(selector)))
	eval[bool](b, "(document.querySelector("+quoted(selector)+").value = '', true)")
	b.do(chromedp.SendKeys(chromedp.CSS(selector), text))
}

// choose gives a file to a field.
func (b *tab) choose(selector, path string) {
	b.t.Helper()
	b.do(chromedp.SetUploadFiles(chromedp.CSS(selector), []string{path}))
}

// has tells whether the page has an element.
func (b *tab) has(selector string) bool {
	b.t.Helper()
	return eval[bool](b, "!!document.querySelector("+quoted(selector)+")")
}

// shows wants texts in the page.
func (b *tab) shows(texts ...string) {
	b.t.Helper()
	whole := b.whole()
	for _, text := range texts {
		if !strings.Contains(whole, text) {
			b.t.Errorf("the page does not show %q:\n%s", text, whole)
		}
	}
}

// whole is the page as it is read, under its address, for messages.
func (b *tab) whole() string {
	ctx, stop := b.limited()
	defer stop()
	text, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n" + document.title + "\n" + document.body.innerText`))
	return text
}

// path is the address of the page, within the console.
func (b *tab) path() string {
	b.t.Helper()
	return eval[string](b, "location.pathname")
}

// speak changes the language by the page's own button.
func (b *tab) speak(language string) {
	b.t.Helper()
	b.press(`.languages button[value="` + language + `"]`)
	want := map[string]string{"en": "ltr", "fr": "ltr", "ar": "rtl"}[language]
	if got := eval[string](b, "document.documentElement.lang + ' ' + document.documentElement.dir"); got != language+" "+want {
		b.t.Errorf("the page is in %q, want %s %s", got, language, want)
	}
}

// size makes the window this large.
func (b *tab) size(width, height int64) {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(width, height))
}

// dark turns the colours of the system dark, or light.
func (b *tab) dark(dark bool) {
	b.t.Helper()
	scheme := map[bool]string{true: "dark", false: "light"}[dark]
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
}

// withoutScript turns JavaScript off in the pages.
func (b *tab) withoutScript() {
	b.t.Helper()
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
}

// passkeys puts an authenticator into the machine that makes and uses passkeys without
// asking a person.
func (b *tab) passkeys() {
	b.t.Helper()
	call(b, webauthn.Enable, webauthn.EnableParams{})
	call(b, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
	}})
}

// download presses what gives a file, and returns the file.
func (b *tab) download(selector string) []byte {
	b.t.Helper()
	return b.downloadBy(chromedp.Click(chromedp.CSS(selector)))
}

func (b *tab) downloadBy(step chromedp.Action[chromedp.Void]) []byte {
	b.t.Helper()
	dir := b.t.TempDir()
	on := true
	ctx, stop := b.limited()
	defer stop()
	_, err := chromedp.CallBrowser(ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllowAndName, BrowserContextID: chromedp.FromContext(b.ctx).BrowserContextID, DownloadPath: dir, EventsEnabled: &on,
	})
	must(b.t, err)
	begun := chromedp.BrowserEvents(ctx, browser.DownloadWillBegin)
	progress := chromedp.BrowserEvents(ctx, browser.DownloadProgress)
	b.do(step)
	var ours string // other tabs of the browser load files too
	for w, err := range begun {
		must(b.t, err)
		if strings.HasPrefix(w.URL, b.base+"/") {
			ours = w.GUID
			break
		}
	}
	for p, err := range progress {
		must(b.t, err)
		if p.GUID == ours && p.State == browser.DownloadProgressStateCompleted {
			file, err := os.ReadFile(filepath.Join(dir, p.GUID))
			must(b.t, err)
			return file
		}
	}
	b.t.Fatal("no file comes")
	return nil
}

// adopt lets the tab in as the browser of the desk is, which has used the token up.
func (b *tab) adopt(d *desk) {
	b.t.Helper()
	u, err := url.Parse(d.base)
	must(b.t, err)
	for _, c := range d.client.Jar.Cookies(u) {
		call(b, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, URL: d.base})
	}
}

// axe wants that the rules of WCAG 2.2 AA which a program can check find nothing in
// the page, in light and dark colours.
func (b *tab) axe() {
	b.t.Helper()
	b.axeIn(false, true)
}

// axeIn is axe in light colours, dark ones, or both.
func (b *tab) axeIn(colours ...bool) {
	b.t.Helper()
	source, err := os.ReadFile("testdata/axe/axe-4.14.1.min.js")
	must(b.t, err)
	eval[bool](b, string(source)+"; true")
	for _, dark := range colours {
		b.dark(dark)
		only := `{type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}`
		if dark { // only colours have changed
			only = `{type: "rule", values: ["color-contrast"]}`
		}
		found := eval[[]string](b, `axe.run({runOnly: `+only+`}).then((r) => r.violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.failureSummary + " " + n.html)))`)
		for _, f := range found {
			b.t.Errorf("%s, dark %t: %s", b.path(), dark, f)
		}
	}
	b.dark(false)
}

// narrow wants that nothing has to be scrolled sideways in a window of 320 pixels.
func (b *tab) narrow() {
	b.t.Helper()
	b.size(narrowest, 700)
	b.fits()
	b.size(1280, 900)
}

// narrowest is the window, in pixels, in which every page must still be usable.
const narrowest = 320

// fits wants that nothing has to be scrolled sideways in the narrowest window.
func (b *tab) fits() {
	b.t.Helper()
	if w := eval[int](b, "document.documentElement.scrollWidth"); w > narrowest {
		wide := eval[[]string](b, `[...document.querySelectorAll("body *")].filter((e) => !e.closest(".scroll") && e.getBoundingClientRect().right > 321).map((e) => e.tagName + "." + e.className + " " + e.innerText.slice(0, 60))`)
		b.t.Errorf("%s is %d wide at %d: %q", b.path(), w, narrowest, wide)
	}
}

// file writes a file for an upload.
func file(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	must(t, os.WriteFile(path, content, 0o600))
	return path
}

// click clicks what leads nowhere.
func click(selector string) chromedp.Action[chromedp.Void] {
	return chromedp.Click(chromedp.CSS(selector))
}
