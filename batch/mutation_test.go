package batch_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// mutation is the program with one money rule broken on purpose.
type mutation struct {
	name  string
	file  string // from the module's root
	edits [][2]string
	seeds string // within which the torture must find it
}

// Each rule, broken where it is kept. A check that cannot fail is worth nothing:
// TestTorture must find every one of them.
var mutations = []mutation{
	{"the request leaves before its intent is on disk", "batch/engine.go", [][2]string{{
		"	attempt, ok, err := r.Books.Intend(o.Ref)\n	if res.err = err; err != nil || !ok {\n		return\n	}\n",
		"	var attempt int\n",
	}, {
		"	if !r.awaitTurn(off) {\n", "	if !r.awaitTurn(off) {\n		return\n",
	}, {
		"	receipt, err := r.request(o)\n",
		"	receipt, err := r.request(o)\n	var ok bool\n	attempt, ok, res.err = r.Books.Intend(o.Ref)\n	if res.err != nil || !ok {\n		return\n	}\n",
	}}, "50"},
	{"a send that was called off leaves after all", "batch/engine.go", [][2]string{{
		"	if !r.awaitTurn(off) {\n", "	if !r.awaitTurn(off) {\n		_, _ = r.Provider.Send(r.ctx, o)\n",
	}}, "500"},
	{"a lost send is sent again without a check", "batch/look.go", [][2]string{{
		"found, err = r.Provider.CheckRef(r.ctx, w.ref)", "err = &Fault{Class: ClassNotFound}",
	}}, "200"},
	{"a lost send is sent again without the grace period", "batch/decide.go", [][2]string{{"&& lostFor >= grace", "&& lostFor <= grace*100"}}, "400"},
	{"a 500 is trusted as a refusal", "batch/rowstatus.go", [][2]string{{
		"	case ClassRefused.String():\n", "	case ClassRefused.String(), ClassUnknown.String():\n",
	}}, "200"},
	{"DUPLICATED_REF is taken for a failure", "batch/rowstatus.go", [][2]string{{
		"	case ClassRefused.String():\n", "	case ClassRefused.String(), ClassDuplicate.String():\n",
	}}, "1000"},
	{"an fsync that failed is tried again", "journal/journal.go", [][2]string{{
		"	if err := j.file.Sync(); err != nil {\n		return fmt.Errorf(\"%w: fsync: %w\", ErrFailed, err)",
		"	if err := j.file.Sync(); err != nil && j.file.Sync() != nil {\n		return fmt.Errorf(\"%w: fsync: %w\", ErrFailed, err)",
	}}, "2000"},
	{"the lock is ignored", "journal/open.go", [][2]string{{
		"	if err != nil {\n		return nil, nil, fmt.Errorf(\"locking %s: %w\", filepath.Base(name), err)\n	}\n",
		"	if err != nil {\n		lock = io.NopCloser(nil)\n	}\n",
	}}, "500"},
	{"torn records are accepted", "journal/line.go", [][2]string{{"if string(crc) != string(want[:]) {", "if string(crc) != string(want[:]) && len(crc) == 0 {"}}, "2000"},
	{"a stranger's order under our ref is taken for ours", "batch/look.go", [][2]string{{"l.Conflict = contradiction(t, o)", "l.Conflict = \"\""}}, "500"},
	{"the wall clock says how long a send is lost", "batch/engine.go", [][2]string{{"r.polling.add(s, r.start, r.start)", "r.polling.add(s, s.Sent(), r.start)"}}, "500"},
	{"UNKNOWN_ERROR is taken for a refund", "batch/state.go", [][2]string{{`case "REFUNDED", "FAILED":`, `case "REFUNDED", "FAILED", "UNKNOWN_ERROR":`}}, "500"},
}

func TestTortureFindsEveryBrokenRule(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the package once for every rule")
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mutations {
		t.Run(m.name, func(t *testing.T) {
			path := filepath.Join(root, m.file)
			source, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			mutated := string(source)
			for _, e := range m.edits {
				if strings.Count(mutated, e[0]) != 1 {
					t.Fatalf("%s has changed: it holds %d times %q", m.file, strings.Count(mutated, e[0]), e[0])
				}
				mutated = strings.Replace(mutated, e[0], e[1], 1)
			}
			dir := t.TempDir()
			replaced, overlay := filepath.Join(dir, "mutated.go"), filepath.Join(dir, "overlay.json")
			list, err := json.Marshal(map[string]map[string]string{"Replace": {path: replaced}})
			if err != nil {
				t.Fatal(err)
			}
			for name, content := range map[string][]byte{replaced: []byte(mutated), overlay: list} {
				if err := os.WriteFile(name, content, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			cmd := exec.Command("go", "test", "-overlay", overlay, "-run", "TestTorture$", "-timeout", "3m", "./batch", "-seeds", m.seeds)
			cmd.Dir = root
			out, err := cmd.CombinedOutput()
			if err == nil {
				t.Errorf("the torture did not find it in %s seeds", m.seeds)
			} else if !strings.Contains(string(out), "again, with its trace") {
				t.Errorf("the torture failed in another way:\n%s", out)
			} else {
				_, found, _ := strings.Cut(string(out), "seed ")
				t.Logf("found by seed %.160s", found)
			}
		})
	}
}
