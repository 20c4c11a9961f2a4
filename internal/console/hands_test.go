package console_test

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"flexybatch/batch/oneclick"
	"flexybatch/batch/oneclick/simulator"
	"flexybatch/internal/console"
	"flexybatch/samples"
)

// simple is a payroll whose columns need no question.
const simple = "id,name,phone,plan,amount\n1,Ali,0661000001,PREPAID_MOBILIS,100\n2,Ines,0661000002,PREPAID_MOBILIS,200\n3,Zoé,0661000003,PREPAID_MOBILIS,300\n"

// withKey gives a console the provider's key from its surroundings.
func withKey(c *console.Config) {
	c.Job.Key = func(context.Context, string) (oneclick.Key, error) { return oneclick.NewKey(simulator.DefaultKey), nil }
}

// focusOn moves the focus with the Tab key alone to an element, which must be seen to
// have it.
func (b *tab) focusOn(selector string) {
	b.t.Helper()
	for range 80 {
		b.do(chromedp.KeyEvent(kb.Tab))
		if eval[bool](b, "!!document.activeElement && document.activeElement.matches("+quoted(selector)+")") {
			if eval[string](b, "getComputedStyle(document.activeElement).outlineStyle") == "none" {
				b.t.Errorf("the focus on %s is not seen", selector)
			}
			return
		}
	}
	b.t.Fatalf("the Tab key does not lead to %s:\n%s", selector, b.whole())
}

// enterKey presses the Enter key on what has the focus, and waits for the page that
// follows.
func (b *tab) enterKey() {
	b.t.Helper()
	ctx, stop := b.limited()
	defer stop()
	if _, err := chromedp.RunResponse(ctx, chromedp.KeyEvent(kb.Enter)); err != nil {
		b.t.Fatalf("Enter: %v\n%s", err, b.whole())
	}
	b.settle()
}

// The whole path with the keyboard alone.
func TestKeyboardInBrowser(t *testing.T) {
	t.Parallel()
	p := newRemote(t, simulator.Sandbox)
	d := p.desk(t, withKey)
	b := newTab(t, d.base)
	b.enter("once")
	b.do(chromedp.KeyEvent(kb.Tab))
	if !eval[bool](b, `document.activeElement.matches(".skip")`) {
		t.Error("the first stop is not the link past the navigation")
	}
	call(b, page.SetInterceptFileChooserDialog, page.SetInterceptFileChooserDialogParams{Enabled: true})
	b.focusOn("#file")
	ctx, stop := b.limited()
	defer stop()
	opened := chromedp.Events(ctx, page.FileChooserOpened)
	b.do(chromedp.KeyEvent(kb.Enter))
	for o, err := range opened {
		must(t, err)
		call(b, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: []string{file(t, "payroll.csv", []byte(simple))}, BackendNodeID: o.BackendNodeID})
		break
	}
	b.focusOn("form.upload button.main")
	b.enterKey()
	for b.has(`form[action*="/steps/"]`) {
		b.focusOn(`form[action*="/steps/"] button.main`)
		b.enterKey()
	}
	b.focusOn(`a.main[href$="/answers"]`)
	b.enterKey()
	b.focusOn("button.pay")
	b.enterKey()
	b.until(`!document.querySelector("[data-live]") && !!document.querySelector('a[href$="/download/results.xlsx"]')`)
	b.focusOn(`a[href$="/download/results.xlsx"]`)
	p.agrees(b.downloadBy(chromedp.KeyEvent(kb.Enter)), 3)
}

// The whole path in a browser without JavaScript.
func TestWithoutScriptInBrowser(t *testing.T) {
	t.Parallel()
	p := newRemote(t, simulator.Sandbox)
	d := p.desk(t, withKey)
	b := newTab(t, d.base)
	b.withoutScript()
	b.enter("once")
	b.choose("#file", file(t, "payroll.csv", []byte(strings.Replace(simple, "0661000002", "066", 1))))
	b.press("form.upload button.main")
	b.steps()
	b.fill(`input[name^="new-3-"]`, "0661000002")
	b.press(`form[action$="/mend"] button`)
	b.press(`a.main[href$="/answers"]`)
	b.press("button.pay")
	b.until(`!document.querySelector("[data-live]") && !!document.querySelector('a[href$="/download/results.xlsx"]')`)
	p.agrees(b.download(`a[href$="/download/results.xlsx"]`), 3)
}

// A file is dropped on the page, as from a folder.
func TestDroppedInBrowser(t *testing.T) {
	t.Parallel()
	d := startDesk(t)
	b := newTab(t, d.base)
	b.enter("once")
	path := file(t, "payroll.csv", samples.Payroll)
	at := eval[[]float64](b, `(() => { document.querySelector(".drop").scrollIntoView(); const r = document.querySelector(".drop").getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()`)
	for _, what := range []input.DispatchDragEventType{input.DispatchDragEventTypeDragEnter, input.DispatchDragEventTypeDragOver, input.DispatchDragEventTypeDrop} {
		call(b, input.DispatchDragEvent, input.DispatchDragEventParams{Type: what, X: at[0], Y: at[1], Data: &input.DragData{Items: []*input.DragDataItem{}, Files: []string{path}, DragOperationsMask: 1}})
	}
	b.until(`document.querySelector("#file").files.length === 1`)
	b.press("form.upload button.main")
	b.steps()
	b.shows("payroll.csv", "20")
}

// The button that pays is pressed twice, the page that follows is loaded anew, and
// another tab presses it too: it is one run, and nobody is paid twice.
func TestStartedOnceInBrowser(t *testing.T) {
	t.Parallel()
	p := newRemote(t, simulator.Sandbox)
	p.hold.Store(1)
	d := p.desk(t, withKey)
	b := newTab(t, d.base)
	b.enter("once")
	b.choose("#file", file(t, "payroll.csv", []byte(simple)))
	b.press("form.upload button.main")
	b.steps()
	b.press(`a.main[href$="/answers"]`)
	other := b.another()
	other.open("/batches/payroll/answers")
	ctx, stop := b.limited()
	defer stop()
	if _, err := chromedp.RunResponse(ctx, chromedp.DoubleClick(chromedp.CSS("button.pay"))); err != nil {
		t.Fatal(err)
	}
	<-p.at
	other.press("button.pay")
	b.do(chromedp.Reload())
	if b.path() != "/batches/payroll" || !b.has("[data-live]") || !other.has("[data-live]") {
		t.Errorf("a tab does not show the run:\n%s\n%s", b.whole(), other.whole())
	}
	close(p.free)
	for _, x := range []*tab{b, other} {
		x.until(`!document.querySelector("[data-live]") && !!document.querySelector("h1")`)
	}
	p.agrees(b.download(`a[href$="/download/results.xlsx"]`), 3)
	if n := len(p.sim.Orders()); n != 3 || p.sends.Load() != 3 {
		t.Errorf("%d orders by %d sends", n, p.sends.Load())
	}
}

// Names and cells that look like markup are shown as what they are. The browser would
// complain of anything that it was kept from running.
func TestMarkupInBrowser(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	b := newTab(t, d.base)
	b.adopt(d)
	image := `<img src=x onerror=alert(1)>`
	content := strings.NewReplacer("Ali", image, "0661000002", "<b>066</b>", "Zoé", `"x"" autofocus onfocus=""alert(1)"`).Replace(simple)
	for _, name := range []string{`<script>alert(1)<`, "../../x", `"onload="alert(1)`, "..\\..\\y"} {
		a := d.send("/files", name+".csv", []byte(content), http.StatusOK)
		batch := "/batches/" + url.PathEscape(strings.Split(a.Request.URL.Path, "/")[2])
		b.open(batch)
		b.steps()
		for _, page := range []string{"", "/check?rows=all", "/history", "/steps/columns", "/answers"} {
			b.open(batch + page)
			if eval[int](b, `document.querySelectorAll("main img, main script, main b, [onerror], [onload], [onfocus]").length`) > 0 {
				t.Errorf("%s%s: markup of the file is markup of the page", name, page)
			}
		}
		b.open(batch + "/check?rows=all")
		b.shows(image)
		if !strings.Contains(b.whole()+eval[string](b, `[...document.querySelectorAll("main input")].map((i) => i.value).join(" ")`), "<b>066</b>") {
			t.Errorf("%s: the cell is not shown as it is:\n%s", name, b.whole())
		}
	}
	b.open("/")
	if entries := d.outside(); len(entries) > 0 {
		t.Errorf("files beside the folder: %q", entries)
	}
}

// outside are the files beside the folder of a console.
func (d *desk) outside() (names []string) {
	d.t.Helper()
	entries, err := os.ReadDir(filepath.Dir(d.folder.Path))
	must(d.t, err)
	for _, e := range entries {
		if e.Name() != filepath.Base(d.folder.Path) && !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}
