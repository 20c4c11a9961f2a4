package approval_test

import (
	"testing"

	"flexybatch/batch/approval"
	"flexybatch/batch/approval/approvaltest"
)

// A passkey answers the challenge that it was given, on its own pages, and no other.
func TestPasskeyAnswers(t *testing.T) {
	p := approvaltest.New(t, approvaltest.ES256)
	key := p.Approver(t, "Amel").Key
	challenge := []byte("a challenge that nobody guesses")
	as, signature := p.Assert(t, challenge)
	must(t, key.Answers(challenge, as, signature))
	if key.Answers([]byte("another"), as, signature) == nil {
		t.Error("it answers another challenge")
	}
	if approvaltest.New(t, approvaltest.ES256).Approver(t, "Nadia").Key.Answers(challenge, as, signature) == nil {
		t.Error("another passkey answers")
	}
	if approver(t, "Omar").Key.Answers(challenge, as, signature) == nil {
		t.Error("a key file answers")
	}
	p.Origin = "https://evil.example"
	if as, signature := p.Assert(t, challenge); key.Answers(challenge, as, signature) == nil {
		t.Error("pages of another host")
	}
}

func TestSamePerson(t *testing.T) {
	for a, b := range map[string]string{"Amel Bénali": "AMEL BENALI", "Nadia": "Nаdia"} { // the second with a Cyrillic а
		if !approval.SamePerson(a, b) {
			t.Errorf("%s and %s are two people", a, b)
		}
	}
	if approval.SamePerson("Amel", "Nadia") {
		t.Error("Amel and Nadia are one")
	}
}
