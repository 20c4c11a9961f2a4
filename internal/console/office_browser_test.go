package console_test

import (
	"testing"

	"flexybatch/internal/people"
)

// comesIn opens an invitation in a tab of its own, whose browser makes the passkey.
func (h *house) comesIn(name string, roles ...people.Role) *tab {
	h.t.Helper()
	token, err := h.office.People.Invite(h.t.Context(), name, roles, "test")
	must(h.t, err)
	b := newTab(h.t, h.base)
	b.passkeys()
	b.open("/invitations/" + token)
	b.shows(name)
	b.axe()
	b.narrow()
	b.press(`form[data-passkey=make] button`)
	b.shows("You are " + name)
	return b
}

// An office in real browsers: people come by invitations, with passkeys of their own; the
// clerk prepares, the director signs, and only then is it sent. Then the director goes,
// and comes again with the passkey. Each page keeps the rules of accessibility.
func TestOfficeInBrowser(t *testing.T) {
	t.Parallel()
	startChromium(t)
	h := newHouse(t)
	admin, clerk, director := h.comesIn("Admin", people.Admin), h.comesIn("Amel", people.Clerk), h.comesIn("Nadia", people.Approver)

	clerk.choose("#file", file(t, "payroll.csv", []byte(simple)))
	clerk.press("form.upload button.main")
	clerk.steps()
	clerk.open("/batches/payroll/approval")
	clerk.axe()
	clerk.press(`form[action$="/approval"] button`)
	clerk.shows("Prepared by", "Amel")

	admin.open("/approvers")
	admin.shows("Nadia")
	admin.axe()
	admin.narrow()
	admin.press(`form[action="/approvers/people"] button`)

	director.open("/batches/payroll/approval")
	director.axe()
	director.press(`form[data-passkey=sign] button`)
	director.shows("1 has approved it")

	clerk.open("/batches/payroll/answers")
	clerk.press("button.pay")
	clerk.until(`!document.querySelector("[data-live]") && !!document.querySelector('a[href$="/download/results.xlsx"]')`)

	director.press(`form[action="/logout"] button`)
	director.shows("Log in with my passkey")
	director.axe()
	director.narrow()
	director.press(`form[data-passkey=sign] button`)
	director.shows("You are Nadia")
	for _, language := range []string{"fr", "ar", "en"} {
		for _, path := range []string{"/people", "/acts", "/me"} {
			admin.open(path)
			admin.speak(language)
			admin.axe()
			admin.narrow()
		}
	}
}
