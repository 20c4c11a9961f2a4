package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"flexybatch/samples"
)

// audited is a folder with the sample payroll, run in simulation.
func audited(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "payroll.csv"), samples.Payroll, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, code := command(t, dir, binary, "run", "--simulate", "--yes", "--quiet", "payroll.csv"); code != 0 {
		t.Fatalf("%d: %s", code, out)
	}
	return dir
}

// command runs a command in a folder.
func command(t *testing.T, dir, name string, args ...string) (out string, code int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(binary)+string(os.PathListSeparator)+os.Getenv("PATH"))
	b, err := cmd.CombinedOutput()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		t.Fatal(err)
	}
	return string(b), cmd.ProcessState.ExitCode()
}

// lines are those of a journal.
func lines(t *testing.T, dir string) []string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "payroll.journal"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.SplitAfter(strings.TrimSuffix(string(b), "\n")+"\n", "\n")[:strings.Count(string(b), "\n")]
}

// single returns the same lines with no more than one record on each. What forge makes
// of them is a journal.
func single(lines []string) (list []string) {
	for _, line := range lines {
		begin, records, packed := strings.Cut(line, `"recs":[`)
		if !packed {
			list = append(list, line)
			continue
		}
		for record := range strings.SplitSeq(strings.TrimSuffix(records, "]}\n"), ",\t") {
			list = append(list, begin+`"rec":`+record+"}\n")
		}
	}
	return list
}

// forge makes a journal of lines that somebody has changed, with every checksum,
// link and count as it must be.
func forge(t *testing.T, lines []string) string {
	t.Helper()
	var b strings.Builder
	before, records, group := "", 0, 1
	shape := regexp.MustCompile(`^\{"crc":"[0-9a-f]{8}","link":"[0-9a-f]{32}","n":[0-9]+,"group":[0-9]+,(.*)\n$`)
	for n, line := range lines {
		m := shape.FindStringSubmatch(line)
		if m == nil {
			t.Fatalf("no line of a journal: %s", line)
		}
		rest, of := m[1], group
		switch {
		case strings.Contains(rest, `"rec":`):
			records++
		case strings.Contains(rest, `"recs":`):
			records += 1 + strings.Count(rest, ",\t")
		case strings.Contains(rest, `"commit":`):
			rest = rest[:strings.LastIndex(rest, ":")+1] + fmt.Sprint(records) + "}"
			records = 0
			group++
		}
		text := fmt.Sprintf(`"n":%d,"group":%d,%s`, n, of, rest)
		sum := sha256.Sum256([]byte(before + text))
		before = hex.EncodeToString(sum[:])[:32]
		text = fmt.Sprintf(`"link":"%s",%s`, before, text)
		fmt.Fprintf(&b, "{\"crc\":\"%08x\",%s\n", crc32.Checksum([]byte(text), crc32.MakeTable(crc32.Castagnoli)), text)
	}
	return b.String()
}

// A journal whose lines are whole, and which tells what the money rules do not
// allow, is refused, and the line is named.
func TestImpossibleStoriesAreNamed(t *testing.T) {
	dir := audited(t)
	whole := single(lines(t, dir))
	find := func(what string) int {
		i := slices.IndexFunc(whole, func(line string) bool { return strings.Contains(line, what) })
		if i < 0 {
			t.Fatalf("no line holds %s", what)
		}
		return i
	}
	intent, answer := find(`{"intent":`), find(`{"answer":`)
	ref := regexp.MustCompile(`"ref":"([^"]*)"`).FindStringSubmatch(whole[intent])[1]
	final := -1 // the last line about that row
	for i, line := range whole {
		if strings.Contains(line, ref) {
			final = i
		}
	}
	row, planned, batch := find(`{"row":{"row":5,`), find(`{"planned":`), find(`{"batch":`)
	with := func(at int, line string) []string { return slices.Insert(slices.Clone(whole), at, line) }
	changed := func(at int, old, new string) []string {
		if !strings.Contains(whole[at], old) {
			t.Fatalf("line %d does not hold %s: %s", at+1, old, whole[at])
		}
		list := slices.Clone(whole)
		list[at] = strings.Replace(list[at], old, new, 1)
		return list
	}
	without := func(at int) []string { return slices.Delete(slices.Clone(whole), at, at+1) }
	again := strings.Replace(whole[intent], `"attempt":1`, `"attempt":2`, 1)
	look := func(rest string) string {
		return regexp.MustCompile(`\{"intent":.*\n$`).ReplaceAllLiteralString(whole[intent], `{"look":{"ref":"`+ref+`","by":"ref",`+rest+"}}}\n")
	}
	answerOf := slices.IndexFunc(whole, func(line string) bool {
		return strings.Contains(line, `{"answer":{"ref":"`+ref)
	})
	for _, c := range []struct {
		name  string
		lines []string
		line  int // counted from 1
	}{
		{"an answer without its intent", without(intent), answerOf},
		{"an answer twice", with(answer+1, whole[answer]), answer + 2},
		{"sent again while the answer is out", with(intent+1, again), intent + 2},
		{"sent again when it was accepted", with(answerOf+1, again), answerOf + 2},
		{"sent again when it was final", with(final+1, again), final + 2},
		{"cleared though it was accepted", with(answerOf+1, look(`"found":false,"clear":true`)), answerOf + 2},
		{"the second attempt is the first", changed(intent, `"attempt":1`, `"attempt":2`), intent + 1},
		{"looked for before it was sent", with(intent, look(`"found":false`)), intent + 1},
		{"a row that is in no plan", changed(intent, ref, "payroll-aaaaaaaaaaaaaaaaaaaa"), intent + 1},
		{"two rows under one reference", with(row+1, whole[row]), planned + 2}, // the seal finds it
		{"a row is missing in the plan", without(row), planned},
		{"sent before the plan was sealed", with(planned, whole[intent]), planned + 1},
		{"a row without a plan", without(batch), batch + 1},
		{"a kind of record that nobody knows", changed(intent, `"intent":`, `"permit":`), intent + 1},
		{"no record at all", changed(intent, `"intent":`, `"intent":7,"x":`), intent + 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "payroll.journal")
			if err := os.WriteFile(file, []byte(forge(t, c.lines)), 0o600); err != nil {
				t.Fatal(err)
			}
			out, code := command(t, filepath.Dir(file), binary, "journal", "verify", "payroll.journal")
			if want := fmt.Sprintf("line %d: ", c.line); code != 1 || !strings.Contains(out, want) || !strings.Contains(out, "lines are whole") {
				t.Errorf("exit code %d, want the words %q: %s", code, want, out)
			}
		})
	}
	// The same on a line that several records share.
	packed := lines(t, dir)
	shared := slices.IndexFunc(packed, func(line string) bool {
		return strings.Contains(line, `"recs":[`) && strings.Contains(line, `{"row":{"row":5,`)
	})
	twice := slices.Clone(packed)
	twice[shared] = strings.Replace(twice[shared], `{"row":{"row":5,`, `{"row":{"row":6,"ref":"","cost":"0.00","cells":null}},`+"\t"+`{"row":{"row":5,`, 1)
	file := filepath.Join(t.TempDir(), "payroll.journal")
	if err := os.WriteFile(file, []byte(forge(t, twice)), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, code := command(t, dir, binary, "journal", "verify", file); code != 1 || !strings.Contains(out, fmt.Sprintf("line %d: ", shared+1)) {
		t.Errorf("a row that is neither valid nor invalid, on line %d: %d: %s", shared+1, code, out)
	}
	// What was forged is nothing but the story: unchanged, it verifies.
	for _, unchanged := range [][]string{whole, packed} {
		if err := os.WriteFile(file, []byte(forge(t, unchanged)), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, code := command(t, dir, binary, "journal", "verify", file); code != 0 {
			t.Errorf("%d: %s", code, out)
		}
	}
}

// guide is the commands of the auditor's document, each by itself.
func guide(t *testing.T) (commands []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "audit.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		commands = append(commands, m[1])
	}
	return commands
}

// What the auditor's document tells to type works, says what the document says it
// does, and finds what was changed.
func TestAuditorsGuide(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the document's commands are those of sh")
	}
	commands := guide(t)
	if len(commands) != 8 {
		t.Fatalf("the document has %d commands", len(commands))
	}
	oneLine, allLines, paper, file, order, story, money := commands[0], commands[1], commands[2], commands[3], commands[4], commands[5], commands[6]
	dir := audited(t)
	sh := func(dir, script string) []string {
		t.Helper()
		out, code := command(t, dir, "sh", "-eu", "-c", script)
		if code != 0 {
			t.Fatalf("exit code %d: %s\n%s", code, script, out)
		}
		return strings.Split(strings.TrimSpace(out), "\n")
	}
	if got := sh(dir, oneLine); len(got) != 2 || got[0] != got[1] {
		t.Errorf("the line's link: %q", got)
	}
	n := len(lines(t, dir))
	if got := sh(dir, allLines); got[0] != fmt.Sprintf("%d lines, each follows from those before it", n) {
		t.Errorf("all links: %q", got)
	}
	head, _ := command(t, dir, binary, "journal", "verify", "payroll.journal")
	if last := lines(t, dir)[n-1][26:58]; !strings.Contains(head, "head "+last) {
		t.Errorf("the last line's link is %s, and verify says %s", last, head)
	}

	// The paper names a line, and the document's command prints its link.
	f, err := excelize.OpenFile(filepath.Join(dir, "payroll.results.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("Journal")
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(rows, func(r []string) bool { return len(r) > 2 && r[1] == "last record" })
	named := regexp.MustCompile(`line (\d+), link ([0-9a-f]{32})`).FindStringSubmatch(rows[i][2])
	if named == nil {
		t.Fatalf("the report says %q", rows[i])
	}
	tied := regexp.MustCompile(`line=\d+`).ReplaceAllString(paper, "line="+named[1])
	if got := sh(dir, tied); got[0] != named[2] {
		t.Errorf("the report's link is %s, the journal's %q", named[2], got)
	}

	if got := sh(dir, file); len(got) != 2 || got[1] != fmt.Sprintf("%q:%q", "sha256", got[0]) {
		t.Errorf("the file: %q", got)
	}
	if got := sh(dir, order); len(got) != 1 || got[0] != "20 sends, all of them announced" {
		t.Errorf("the order of events: %q", got)
	}
	if got := sh(dir, story); len(got) < 4 || !strings.Contains(got[0], `"row":{"row":5,`) || !strings.Contains(got[len(got)-1], `"status":"FULFILLED"`) {
		t.Errorf("one row's story: %q", got)
	}
	if got := sh(dir, money); len(got) != 2 || !strings.HasPrefix(got[0], "started ") || !strings.HasPrefix(got[1], "ended ") {
		t.Errorf("the balances: %q", got)
	}

	// What was changed is found: one digit of an amount, and a story forged with all
	// its links.
	other := t.TempDir()
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(other, "payroll.journal"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	all := single(lines(t, dir))
	for text, line := range map[string]int{forge(t, all): 3, strings.Join(lines(t, dir), ""): 2} {
		write(strings.Replace(text, `"amount":1000,"id"`, `"amount":1001,"id"`, 1))
		if got := sh(other, allLines); !strings.Contains(got[0], fmt.Sprintf("line %d does not follow", line)) {
			t.Errorf("an amount was changed: %q", got)
		}
	}
	intent := slices.IndexFunc(all, func(line string) bool { return strings.Contains(line, `{"intent":`) })
	write(forge(t, slices.Insert(slices.Clone(all), intent+1, strings.Replace(all[intent], `"attempt":1`, `"attempt":2`, 1))))
	if got := sh(other, order); !strings.Contains(got[0], fmt.Sprintf("line %d: sent again without a check", intent+2)) {
		t.Errorf("a row was sent twice: %q", got)
	}
	write(forge(t, slices.Delete(slices.Clone(all), intent, intent+1)))
	if got := sh(other, order); !strings.Contains(got[0], "an answer that nobody asked for") {
		t.Errorf("an intent was taken out: %q", got)
	}
	if got := sh(other, tied); got[0] == named[2] {
		t.Error("the forged journal has the link that is on paper")
	}
	// The words of the table are those of the format.
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "audit.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]*)` \\|").FindAllStringSubmatch(string(text), -1) {
		if m[1] == `{"look":` {
			continue // the simulator is so fast that a list may show all; its own test is above
		}
		if !strings.Contains(strings.Join(all, ""), m[1]) {
			t.Errorf("no line begins %s", m[1])
		}
	}
}
