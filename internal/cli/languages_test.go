package cli

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/leonelquinteros/gotext"
	"github.com/spf13/cobra"

	"flexybatch/batch"
	"flexybatch/batch/oneclick/simulator"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/report"
	"flexybatch/samples"
)

// What the program says is wholly in the language that was asked for: every command is
// driven here, and every refusal, and what they say holds no word of another language.

// step is a command of a story, with what comes before it.
type step struct {
	before func(*speaking)
	args   string // parted by spaces; {} stands for the folder
	code   int
	stdin  string
}

// story is what somebody does, one command after the other, in one folder.
type story []step

// stories drive every command.
func stories() map[string]story {
	write := func(name, text string) func(*speaking) {
		return func(s *speaking) { s.write(filepath.Join(s.dir, name), text) }
	}
	const head = "id,phone,plan,amount\n"
	few := head + "E1,0660000001,PREPAID_MOBILIS,100\nE2,0660000002,PREPAID_MOBILIS,200\nE3,0660000003,PREPAID_MOBILIS,300\n"
	key := func(s *speaking) {
		s.env["ONECLICKDZ_API_KEY"], s.env["ONECLICKDZ_BASE_URL"] = "good-key-0123456789", newProvider(s.t, "good-key-0123456789", nil)
	}
	wrongKey := func(s *speaking) { key(s); s.env["ONECLICKDZ_API_KEY"] = "wrong-key" }
	answers := func(handler http.HandlerFunc) func(*speaking) {
		return func(s *speaking) {
			server := httptest.NewServer(handler)
			s.t.Cleanup(server.Close)
			s.env["ONECLICKDZ_API_KEY"], s.env["ONECLICKDZ_BASE_URL"] = "good-key-0123456789", server.URL
		}
	}
	return map[string]story{
		"a payroll": {
			{args: "validate --simulate {}/b1.csv", before: write("b1.csv", string(samples.Payroll))},
			{args: "run --simulate --dry-run {}/b1.csv"},
			{args: "run --simulate {}/b1.csv", code: exitUsage}, // there is nobody to ask
			{args: "run --simulate --yes --canary 2 {}/b1.csv"},
			{args: "run --simulate --yes {}/b1.csv"},
			{args: "status {}/b1.csv"},
			{args: "settle {}/b1.csv"},
			{args: "report {}/b1.csv"},
			{args: "report --format pdf {}/b1.csv", code: exitUsage},
			{args: "reconcile {}/b1.csv"},
			{args: "resend {}/b1.csv"},
			{args: "journal verify {}/b1.csv"},
			{args: "journal show --row 2 {}/b1.csv"},
			{args: "journal show --row 99 {}/b1.csv", code: exitNothing},
			{args: "journal show {}/b1.csv", code: exitUsage},
			{args: "run --yes {}/b1.csv", code: exitNothing}, // and not simulated
			{args: "run --simulate --yes --batch b2 {}/b1.csv"},
			{args: "run --simulate --yes {}/b1.csv", before: write("b1.csv", few), code: exitNothing},
			{args: "run --simulate --yes --amend {}/b1.csv"},
		},
		"a bad file": {
			{args: "validate --simulate {}/b2.csv", before: write("b2.csv", nameless(samples.Invalid)), code: exitProblems},
			{args: "validate --simulate --format pdf {}/b2.csv", code: exitUsage},
			{args: "run --simulate --yes --strict {}/b2.csv", code: exitNothing},
			{args: "run --simulate --yes {}/b2.csv", code: exitProblems},
			{args: "status {}/b2.csv", code: exitProblems},
			{args: "resend {}/b2.csv"},
			{args: "journal show --row 3 {}/b2.csv"},
			{args: "reconcile {}/b2.csv"},
			{args: "run --simulate --yes --expect-rows 7 {}/paie.csv", before: write("paie.csv", few), code: exitNothing},
			{args: "run --simulate --yes --max-total 100 {}/paie.csv", code: exitNothing},
			{args: "run --simulate --yes --pay-again 2 {}/paie.csv", code: exitNothing},
			{args: "run --simulate --yes --pay-again 2 --reason bonus {}/paie.csv", code: exitNothing},
			{args: "run --simulate --yes --batch a/b {}/paie.csv", code: exitUsage},
			{args: "run --simulate --yes --amend {}/paie.csv", code: exitNothing},
			{args: "run --simulate --yes --out {}/paie.csv {}/paie.csv", code: exitUsage},
			{args: "run --simulate --yes --sheet Paie {}/paie.csv", code: exitNothing},
			{args: "run --simulate --yes --map phone=Portable {}/paie.csv", code: exitNothing},
			{args: "run --simulate --yes {}/missing.csv", code: exitNothing},
			{args: "status {}/paie.csv", code: exitNothing},
			{args: "settle {}/paie.csv", code: exitNothing},
			{args: "run --simulate --yes {}/nothing.csv", before: write("nothing.csv", "a,b\n1,2\n"), code: exitNothing},
			{args: "run --simulate --yes {}/empty.csv", before: write("empty.csv", ""), code: exitNothing},
			{args: "run --simulate --yes {}/old.xls", before: write("old.xls", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), code: exitNothing},
			{args: "run --simulate --yes {}/text.pdf", before: write("text.pdf", "%PDF-1.7"), code: exitNothing},
			{args: "run --simulate --yes --plan NOSUCH {}/paie.csv", code: exitNothing},
		},
		"a provider": {
			{args: "plans --simulate"},
			{args: "plans", before: key},
			{args: "run --yes --wait 0 {}/paie.csv", before: write("paie.csv", few), code: exitOpen},
			{args: "template {}/t.xlsx"},
			{args: "template {}/t.pdf", code: exitUsage},
			{args: "template {}/t.xlsx", code: exitNothing},
			{args: "run --yes --batch b2 {}/paie.csv", before: wrongKey, code: exitNothing},
			{args: "run --yes --batch b2 {}/paie.csv", before: answers(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				_, _ = w.Write([]byte("<html>sign in</html>"))
			}), code: exitNothing},
			{args: "run --yes --batch b2 {}/paie.csv", before: answers(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", "86400")
				w.WriteHeader(http.StatusTooManyRequests)
			}), code: exitNothing},
			{args: "plans --base-url http://127.0.0.1:1"},
			{args: "run --yes --batch b2 --base-url http://127.0.0.1:1 {}/paie.csv", code: exitNothing},
			{args: "plans --base-url http://example.com", code: exitUsage},
			{args: "plans --base-url x", code: exitUsage},
			{args: "run --yes --batch b2 {}/paie.csv", before: func(s *speaking) { delete(s.env, "ONECLICKDZ_API_KEY") }, code: exitNothing},
			{args: "plans", before: func(s *speaking) { s.env["ONECLICKDZ_API_KEY"] = `"quoted"` }, code: exitNothing},
			{args: "plans", before: func(s *speaking) { s.env["ONECLICKDZ_API_KEY"] = "KEY=word" }, code: exitNothing},
			{args: "plans --key-file {}/nosuch", code: exitNothing},
			{args: "validate --plans {}/paie.csv {}/paie.csv", code: exitNothing},
		},
		"approvals": {
			{args: "keygen", code: exitUsage},
			{args: "keygen --name Amel --out {}/amel.key"},
			{args: "keygen --name Amel --out {}/amel.key", code: exitNothing},
			{args: "run --prepare {}/paie.csv", before: func(s *speaking) { key(s); write("paie.csv", few)(s) }},
			{args: "approve --show {}/paie.plan.json"},
			{args: "approve {}/paie.plan.json", code: exitUsage},
			{args: "approve --yes --signing-key {}/nosuch.key {}/paie.plan.json", code: exitNothing},
			{args: "approve --yes --signing-key {}/amel.key {}/paie.plan.json"},
			{args: "approve --yes --signing-key {}/amel.key {}/paie.plan.json"},
			{args: "run --yes --require-approvals 2 {}/paie.csv", code: exitUsage},
			{args: "run --yes --approved {}/paie.plan.json {}/paie.csv", code: exitUsage},
			{args: "run --yes --approved {}/paie.plan.json --require-approvals 2 --approvers {}/amel.key.pub {}/paie.csv", code: exitNothing},
		},
		"workers": {
			{args: "database"},
			{args: "database init", code: exitUsage},
			{args: "database init --database x://y", code: exitUsage},
			{args: "database restored --database postgres://127.0.0.1:1/x", code: exitNothing},
			{args: "worker --lease 1s --database postgres://127.0.0.1:1/x", code: exitUsage},
			{args: "worker --resend-after 20s --database postgres://127.0.0.1:1/x", code: exitUsage},
			{args: "worker", code: exitUsage},
			{args: "batches --database postgres://127.0.0.1:1/x", code: exitNothing},
			{args: "submit --database postgres://127.0.0.1:1/x {}/paie.csv", before: write("paie.csv", few), code: exitNothing},
			{args: "submit --at soon {}/paie.csv", code: exitUsage},
			{args: "submit --priority 5 {}/paie.csv", code: exitUsage},
			{args: "submit --canary 0 {}/paie.csv", code: exitUsage},
			{args: "submit --password-file {}/paie.csv {}/paie.csv", code: exitUsage},
			{args: "pause october", code: exitUsage},
			{args: "resume --database postgres://127.0.0.1:1/x october", code: exitNothing},
			{args: "cancel october", code: exitUsage},
			{args: "journal export october", code: exitUsage},
			{args: "journal import {}/paie.csv", code: exitNothing},
			{args: "run --database postgres://127.0.0.1:1/x {}/paie.csv", code: exitUsage},
			{args: "settle --database postgres://127.0.0.1:1/x {}/paie.csv", code: exitNothing},
			{args: "status --database postgres://127.0.0.1:1/x {}/paie.csv", code: exitNothing},
		},
		"settings": {
			{args: "config"},
			{args: "login", before: func(s *speaking) { s.vault = heldKeys{}; key(s) }, stdin: "good-key-0123456789"},
			{args: "config"},
			{args: "logout"},
			{args: "logout"},
			{args: "login", stdin: "two words", code: exitNothing},
			{args: "config", before: func(s *speaking) { s.own("rat = 1") }, code: exitUsage},
			{args: "config", before: func(s *speaking) { s.own("rate = fast") }, code: exitUsage},
			{args: "config", before: func(s *speaking) { s.own("wait = 'long'") }, code: exitUsage},
			{args: "config", before: func(s *speaking) { s.own("amount = 'x'") }, code: exitUsage},
			{args: "config", before: func(s *speaking) { s.own("strict = 1") }, code: exitUsage},
			{args: "config", before: func(s *speaking) { s.own("yes = true") }, code: exitUsage},
		},
		"a wrong command line": {
			{args: "nosuch", code: exitUsage},
			{args: "staus", code: exitUsage},
			{args: "help nosuch", code: exitUsage},
			{args: "journal nosuch", code: exitUsage},
			{args: "run", code: exitUsage},
			{args: "plans extra", code: exitUsage},
			{args: "completion tcsh", code: exitUsage},
			{args: "run --nosuch x", code: exitUsage},
			{args: "run --simulat x", code: exitUsage},
			{args: "run -z x", code: exitUsage},
			{args: "run --amount", code: exitUsage},
			{args: "run --amount abc x", code: exitUsage},
			{args: "run --amount 99999999999999999999 x", code: exitUsage},
			{args: "run --concurrency many x", code: exitUsage},
			{args: "run --concurrency 0 x", code: exitUsage},
			{args: "run --rate fast x", code: exitUsage},
			{args: "run --rate -1 x", code: exitUsage},
			{args: "run --wait long x", code: exitUsage},
			{args: "run --wait -1s x", code: exitUsage},
			{args: "run --yes=maybe x", code: exitUsage},
			{args: "run --canary 0 x", code: exitUsage},
			{args: "run --map phone x", code: exitUsage},
			{args: "run --limit rows x", code: exitUsage},
			{args: "run --limit nosuch=1 x", code: exitUsage},
			{args: "run --progress fast x", code: exitUsage},
			{args: "run --recent -1s x", code: exitUsage},
			{args: "run --log-level loud x", code: exitUsage},
			{args: "run --log-format xml x", code: exitUsage},
			{args: "run --simulate --yes --notify-url ftp://x x", code: exitUsage},
			{args: "run --json --events - x", code: exitUsage},
			{args: "run --prepare --approved x x", code: exitUsage},
			{args: "run --pay-again 0 x", code: exitUsage},
			{args: "journal show --phone x x", code: exitUsage},
			{args: "simulate --speed fast", code: exitUsage},
			{args: "simulate --key-type x", code: exitUsage},
			{args: "simulate --balance x", code: exitUsage},
			{args: "simulate --fault nosuch=1", code: exitUsage},
			{args: "simulate --listen 0.0.0.0:0", code: exitUsage},
			{args: "drill --rows 0", code: exitUsage},
		},
		"an office": {
			{args: "serve invite Amel --role admin --state {}/office --url http://localhost:8443"},
			{args: "serve invite Amel --role king --state {}/office --url http://localhost:8443", code: exitUsage},
			{args: "serve invite Amel --role auditor,clerk --state {}/office --url http://localhost:8443", code: exitUsage},
			{args: "serve invite Amel --role clerk --url http://localhost:8443", code: exitUsage},
			{args: "serve invite", code: exitUsage},
			{args: "serve --url https://192.0.2.1 --state {}/office", code: exitUsage},
			{args: "serve --url http://pay.example --state {}/office", code: exitUsage},
			{args: "serve --url https://pay.example --state {}/office", code: exitUsage},
			{args: "serve --url https://pay.example --state {}/office --trusted-proxy x", code: exitUsage},
			{args: "serve --url https://pay.example --state {}/office --tls-cert x", code: exitUsage},
			{args: "serve --url https://pay.example --state {}/office --tls-cert {}/x --tls-key {}/x", code: exitNothing},
			{args: "serve --url http://localhost:8443 --state {}/office --listen 0.0.0.0:0", code: exitUsage},
			{args: "serve --url http://localhost:8443 --state {}/office --oidc-issuer https://id.example", code: exitUsage},
			{args: "serve --simulate --url http://localhost:8443 --state {}/office --listen 127.0.0.1:0", before: func(s *speaking) { s.stopped = true }},
		},
		"the rest": {
			{args: "simulate --listen 127.0.0.1:0", before: func(s *speaking) { s.stopped = true }},
			{args: "version"},
			{args: "--version"},
			{args: ""},
		},
	}
}

// heldKeys is a keyring in memory.
type heldKeys map[string]string

func (h heldKeys) Get(host string) (string, error) {
	if key, ok := h[host]; ok {
		return key, nil
	}
	return "", notKept
}

func (h heldKeys) Set(host, key string) error { h[host] = key; return nil }

func (h heldKeys) Delete(host string) error {
	if _, ok := h[host]; !ok {
		return notKept
	}
	delete(h, host)
	return nil
}

// speaking is a desk at which the program speaks a language.
type speaking struct {
	*desk
	language string
	foreign  foreignWords
	stopped  bool // the next command is told to stop at once
	driven   map[string]bool
	refused  map[string]bool
}

// Every command, as it is driven by the stories, speaks the language and no other.
func TestCommandsSpeakTheLanguage(t *testing.T) {
	for _, language := range lang.Languages[1:] {
		driven, refused := map[string]bool{}, map[string]bool{}
		for name, story := range stories() {
			t.Run(language+"/"+name, func(t *testing.T) {
				s := &speaking{desk: newDesk(t), language: language, foreign: newForeignWords(t, language), driven: driven, refused: refused}
				t.Chdir(s.dir) // as people work: in the folder of their files
				for _, step := range story {
					s.take(step)
				}
			})
		}
		missing := map[string]bool{
			"flexybatch drill":   true, // runs the program's own file: its words are tested below
			"flexybatch console": true, // its pages are tested in internal/console
		}
		for _, cmd := range allCommands(newRoot(machine{})) {
			if path := cmd.CommandPath(); cmd.Runnable() && !driven[path] && !missing[path] {
				t.Errorf("%s: no story has %s", language, path)
			}
		}
		for _, name := range refusalTypes(t) {
			if _, built := builtRefusals()[name]; !built && !refused[name] {
				t.Errorf("%s: the refusal app.%s is met by no story: add a step, or build one", language, name)
			}
		}
	}
}

// nameless is a payroll without the names of its people, which are English words in
// the sample and the user's own in any file.
func nameless(payroll []byte) string {
	var b strings.Builder
	for i, line := range strings.SplitAfter(string(payroll), "\n") {
		if cells := strings.Split(line, ";"); i > 0 && len(cells) > 2 {
			cells[1] = "Amel"
			line = strings.Join(cells, ";")
		}
		b.WriteString(line)
	}
	return b.String()
}

// take takes a step of a story.
func (s *speaking) take(step step) {
	s.t.Helper()
	if step.before != nil {
		step.before(s)
	}
	s.stdin = step.stdin
	args := strings.Fields(strings.ReplaceAll(step.args, "{}", s.dir))
	s.stdout.Reset()
	s.stderr.Reset()
	w := s.machine(append([]string{"--lang", s.language}, args...)...)
	ctx, cancel := context.WithCancel(s.t.Context())
	if s.stopped {
		cancel()
	}
	defer cancel()
	cmd, err := w.execute(ctx)
	w.tell(cmd, err)
	if cmd != nil {
		s.driven[cmd.CommandPath()] = true
	}
	if code := exitOf(err); code != step.code {
		s.t.Errorf("flexybatch %s: exit %d, want %d\n%s%s", step.args, code, step.code, s.stdout.String(), s.stderr.String())
	}
	for _, name := range appErrors(err) {
		s.refused[name] = true
	}
	for _, text := range []string{s.stdout.String(), s.stderr.String()} {
		if json.Valid([]byte(text)) {
			continue
		}
		if words := s.foreign.in(text, s.dir); len(words) > 0 {
			s.t.Errorf("flexybatch %s says %q in\n%s", step.args, words, text)
		}
	}
}

// Every page of help is in the language.
func TestHelpSpeaksTheLanguage(t *testing.T) {
	for _, language := range lang.Languages[1:] {
		foreign := newForeignWords(t, language)
		for _, cmd := range allCommands(newRoot(machine{})) {
			d := newDesk(t)
			path := strings.Fields(cmd.CommandPath())[1:]
			stdout, _ := d.run(exitDone, append([]string{"--lang", language, "help"}, path...)...)
			if words := foreign.in(stdout, d.dir); len(words) > 0 {
				t.Errorf("%s: help %s says %q in\n%s", language, path, words, stdout)
			}
		}
	}
}

// Every refusal of the job, also one that is hard to come by, is said in the language.
func TestRefusalsSpeakTheLanguage(t *testing.T) {
	cmd := newRun(machine{})
	for _, language := range lang.Languages[1:] {
		words, err := lang.New(language)
		if err != nil {
			t.Fatal(err)
		}
		foreign := newForeignWords(t, language)
		for name, list := range builtRefusals() {
			for _, err := range list {
				if !slices.Contains(appErrors(err), name) {
					t.Errorf("%T is no app.%s", err, name)
				}
				text := words.Error(worded(cmd, err))
				if found := foreign.in(text, ""); len(found) > 0 {
					t.Errorf("%s: app.%s says %q in\n%s", language, name, found, text)
				}
			}
		}
	}
}

// The questions, the verdict of a drill, and what a run says at its end.
func TestQuestionsAndEndsSpeakTheLanguage(t *testing.T) {
	for _, language := range lang.Languages[1:] {
		words, err := lang.New(language)
		if err != nil {
			t.Fatal(err)
		}
		foreign := newForeignWords(t, language)
		d := newDesk(t)
		w := d.machine()
		w.words = words
		o := &output{machine: w}
		for about := app.AboutRun; about <= app.AboutReason; about++ {
			for _, account := range []string{batch.Simulated, batch.Sandbox, batch.Production} {
				o.note(question(app.Question{About: about, Rows: 3, Cost: 100, Account: account, As: "Amel"}))
			}
		}
		for _, state := range batch.States {
			o.note(report.InStates(func(s batch.State) int { return map[batch.State]int{state: 3}[s] })[0])
		}
		for _, stopped := range []error{nil, batch.ErrNoBalance, batch.ErrDenied, batch.ErrTrouble, batch.ErrPushedBack, batch.ErrPause,
			&batch.Fault{Class: batch.ClassDenied, Code: "ERR_AUTH", TriesLeft: 4}, &batch.Fault{Class: batch.ClassDenied, Code: "IP_BLOCKED"},
			&batch.Fault{Class: batch.ClassDenied, Code: "IP_NOT_ALLOWED"}, &batch.Fault{Class: batch.ClassDenied, Code: "API_DISABLED"},
			&batch.Fault{WebPage: true, Message: batch.Literal("FORBIDDEN")}} {
			r := &app.RunResult{}
			r.Sending.Stopped, r.Sending.Drained = stopped, stopped == nil
			o.stopped(r)
		}
		for _, held := range []bool{true, false} {
			v := verdict{Held: held, Rows: 3, Kills: 2, Acts: 1}
			if !held {
				v = judge([]simulator.Order{{Ref: "x"}, {Ref: "x"}}, &batch.Ledger{}, nil)
				v.Differences = append(v.Differences, paidOnce(1, nil)...)
			}
			told := drill{output: *o}
			told.page = told.stdout
			_ = told.tell(v)
		}
		if found := foreign.in(d.stdout.String()+d.stderr.String(), d.dir); len(found) > 0 {
			t.Errorf("%s: %q in\n%s%s", language, found, d.stdout.String(), d.stderr.String())
		}
	}
}

// allCommands are a command and all below it.
func allCommands(cmd *cobra.Command) []*cobra.Command {
	list := []*cobra.Command{cmd}
	for _, sub := range cmd.Commands() {
		list = append(list, allCommands(sub)...)
	}
	return list
}

// appErrors are the names of the errors of package app in a chain.
func appErrors(err error) (names []string) {
	switch e := err.(type) { //nolint:errorlint // the chain is walked link by link
	case nil:
		return nil
	case interface{ Unwrap() error }:
		names = appErrors(e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			names = append(names, appErrors(inner)...)
		}
	}
	kind := reflect.TypeOf(err)
	if kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	if kind.PkgPath() == reflect.TypeFor[app.Error]().PkgPath() {
		names = append(names, kind.Name())
	}
	return names
}

// foreignWords are the words of English that the catalogue of a language does not have.
type foreignWords struct {
	english map[string]bool
	other   *regexp.Regexp // letters that no word of the language has
}

// always are words that only English has, whatever a catalogue says.
var always = strings.Fields("the is are was were not this that which has have been there nothing of and or with without they its it")

// latinWords are the words of a text in Latin letters.
var latinWords = regexp.MustCompile(`\p{Latin}{2,}(?:'[a-z]+)?`)

// foreignLists are the words by language: to read a catalogue takes seconds with the race
// detector, and many tests want it.
var foreignLists sync.Map

func newForeignWords(t *testing.T, language string) foreignWords {
	t.Helper()
	if known, ok := foreignLists.Load(language); ok {
		return known.(foreignWords)
	}
	f := readForeignWords(t, language)
	foreignLists.Store(language, f)
	return f
}

func readForeignWords(t *testing.T, language string) foreignWords {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "lang", language+".po"))
	if err != nil { // a story has changed the folder
		t.Fatal(err)
	}
	po := gotext.NewPo()
	po.Parse(text)
	f := foreignWords{english: map[string]bool{}, other: regexp.MustCompile(`\p{Arabic}+`)}
	if language == "ar" {
		f.other = regexp.MustCompile(`[a-z]*[àâçéèêëîïôùûœ][a-zà-ÿœ]*`)
	}
	known := map[string]bool{}
	each := func(translations map[string]*gotext.Translation) {
		for id, tr := range translations {
			for _, key := range []string{id, tr.PluralID} {
				for _, word := range latinWords.FindAllString(ownless(key), -1) {
					f.english[strings.ToLower(word)] = true
				}
			}
			for _, translation := range tr.Trs {
				for _, word := range latinWords.FindAllString(translation, -1) {
					known[strings.ToLower(word)] = true
				}
			}
		}
	}
	each(po.GetDomain().GetTranslations())
	for _, titles := range po.GetDomain().GetCtxTranslations() {
		each(titles)
	}
	for word := range known {
		delete(f.english, word)
	}
	for _, word := range always {
		f.english[word] = true
	}
	if len(f.english) < 500 {
		t.Fatalf("only %d words of English were found", len(f.english))
	}
	return f
}

// own is what is nobody's language: what somebody typed, names of files, flags,
// addresses, codes and states, and what the provider or the system said.
var own = []*regexp.Regexp{
	regexp.MustCompile(`"(?:[^"\\]|\\.)*"|«[^»]*»`),
	regexp.MustCompile(`HTTP \d+ [^\n]*`),
	regexp.MustCompile(`\b[0-9a-f]{16,}\b|\bSHA256:\S+|\bssh-ed25519 \S+`), // digests and keys
	regexp.MustCompile(`[^\s()]*[/\\._=@][^\s()]*`),
	regexp.MustCompile(`--?[a-z][a-z-]*(?:[ =](?:text|json|auto|plain|xlsx|csv|ndjson))?`),
	regexp.MustCompile(`\b[A-Z][A-Z_:=-]+\b`),
	regexp.MustCompile(`\b[a-z0-9]+(?:-[a-z0-9]+)+\b`), // faults, settings
	regexp.MustCompile(`(?m)^ {0,2}[a-z]+ {2,}`),       // settings, commands, faults
	regexp.MustCompile(`[^\n]* \| [^\n]*`),             // the provider's names of plans
	regexp.MustCompile(`téléphone|الهاتف`),             // headers of columns
	regexp.MustCompile(`(?m)^ {2,}(?:ONECLICKDZ_API_KEY=\S+ )?(?:pass show \S+ \| )?flexybatch [^\n]*?(?:   |$)`),
	regexp.MustCompile(`flexybatch [a-z]+(?: (?:show|verify))?`),
	regexp.MustCompile(`(?:open|stat) +: +no such file or directory|no such file or directory|connection refused|dial tcp|is a directory`),
}

// ownless is a text without what is nobody's language.
func ownless(text string) string {
	for _, o := range own {
		text = o.ReplaceAllString(text, " ")
	}
	return text
}

// in are the foreign words of a text.
func (f foreignWords) in(text, dir string) (found []string) {
	if dir != "" {
		text = strings.ReplaceAll(text, dir, "")
	}
	found = f.other.FindAllString(ownless(text), -1)
	for _, word := range latinWords.FindAllString(ownless(text), -1) {
		if f.english[strings.ToLower(word)] {
			found = append(found, word)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// The word list finds what was left in English, and nothing in good sentences.
func TestForeignWordsAreFound(t *testing.T) {
	for _, c := range []struct {
		language, text string
		want           []string
	}{
		{"fr", "asking pour the plan catalogue", []string{"asking", "the"}},
		{"fr", "le fichier \"the rows\" manque : /home/the/rows.csv --amount abc", nil},
		{"fr", "الكشف", []string{"الكشف"}},
		{"ar", "لم يُرسل شيء: nothing was there", []string{"nothing", "there", "was"}},
		{"ar", "a été réglé", []string{"réglé", "été"}},
		{"ar", "أعط --format csv أو json", nil},
	} {
		if got := newForeignWords(t, c.language).in(c.text, ""); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q has %q, want %q", c.language, c.text, got, c.want)
		}
	}
}

var errDisk = errors.New("EIO")
