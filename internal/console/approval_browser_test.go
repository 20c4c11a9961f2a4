package console_test

import (
	"testing"

	"github.com/chromedp/cdproto/webauthn"

	"flexybatch/batch/oneclick/simulator"
	"flexybatch/internal/app"
)

// Two people with machines of their own: one prepares a batch, the other signs it with
// a passkey, and the signed file comes back. Only then can it be sent.
func TestPasskeyBetweenTwoMachinesInBrowser(t *testing.T) {
	t.Parallel()
	p := newRemote(t, simulator.Sandbox)
	office, home := p.desk(t, withKey), startDesk(t)
	clerk, director := newTab(t, office.base), newTab(t, home.base)
	clerk.enter("once")
	director.enter("once")
	director.passkeys()

	director.open("/approvers")
	director.axe()
	director.narrow()
	director.fill("#name", "Nadia")
	director.press(`form[data-passkey=make] button`)
	line := eval[string](director, `document.querySelector("textarea[readonly]").value`)

	clerk.choose("#file", file(t, "payroll.csv", []byte(simple)))
	clerk.press("form.upload button.main")
	clerk.steps()
	clerk.open("/batches/payroll/approval")
	clerk.fill("#maker", "Amel")
	clerk.press(`form[action$="/approval"] button`)
	clerk.axe()
	request := clerk.download(`a[href$="/approval/file"]`)

	director.open("/requests")
	director.axe()
	director.narrow()
	director.choose("#file", file(t, "payroll.plan.json", request))
	director.press(`form[action="/requests"] button`)
	director.shows("Amel", "payroll")
	director.axe()
	director.narrow()
	director.press(`form[data-passkey=sign] button`)
	director.shows("Nadia", "passkey")
	signed := director.download(`a[href$="/file"]`)

	clerk.open("/approvers")
	clerk.fill("#line", line)
	clerk.press(`form[action="/approvers"] button`)
	clerk.open("/batches/payroll/approval")
	clerk.choose("#file", file(t, "payroll.plan.json", signed))
	clerk.press(`form[action$="/signed"] button`)
	clerk.axe()
	clerk.narrow()
	clerk.press(`a.main[href$="/answers"]`)
	clerk.press("button.pay")
	clerk.until(`!document.querySelector("[data-live]") && !!document.querySelector('a[href$="/download/results.xlsx"]')`)
	p.agrees(clerk.download(`a[href$="/download/results.xlsx"]`), 3)

	f, err := app.ReadRequest(office.folder.Path + "/payroll.plan.json")
	must(t, err)
	if len(f.Approvals) != 1 || !f.Signed(f.Approvals[0]) || !f.Approvals[0].Key.IsPasskey() {
		t.Errorf("the request holds %+v", f.Approvals)
	}
}

// A passkey that does not make sure who uses it signs nothing, and the page says so.
func TestPasskeyWithoutAPersonInBrowser(t *testing.T) {
	t.Parallel()
	d := startDesk(t)
	b := newTab(t, d.base)
	b.enter("once")
	call(b, webauthn.Enable, webauthn.EnableParams{})
	call(b, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: false, AutomaticPresenceSimulation: true,
	}})
	b.open("/approvers")
	b.fill("#name", "Nadia")
	b.do(click(`form[data-passkey=make] button`))
	b.until(`document.querySelector("form[data-passkey] [role=alert]").innerText !== ""`)
	b.shows("No passkey was made")
	if b.has("textarea[readonly]") {
		t.Errorf("somebody approves without having been asked:\n%s", b.whole())
	}
}
