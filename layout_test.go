package main

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// rooms is the floor plan: every package of the program, and which others of it
// each may import. Data runs one way: file → ingest → batch → journal → ledger →
// report.
var rooms = map[string][]string{
	"flexybatch": {"flexybatch/batch", "flexybatch/batch/approval", "flexybatch/batch/oneclick", "flexybatch/batch/oneclick/simulator",
		"flexybatch/ingest", "flexybatch/journal", "flexybatch/report", "flexybatch/report/lang", "flexybatch/samples"},
	"flexybatch/batch":                    {"flexybatch/journal"},
	"flexybatch/batch/approval":           {"flexybatch/batch"},
	"flexybatch/batch/oneclick":           {"flexybatch/batch"},
	"flexybatch/batch/oneclick/simulator": {},
	"flexybatch/ingest":                   {"flexybatch/batch"},
	"flexybatch/journal":                  {},
	"flexybatch/journal/journaltest":      {"flexybatch/journal"}, // a disk for tests
	"flexybatch/report":                   {"flexybatch/batch", "flexybatch/report/lang"},
	"flexybatch/report/lang":              {},
	"flexybatch/samples":                  {},
}

func TestLayout(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,Doc", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	d := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p struct {
			ImportPath, Doc string
			Imports         []string
		}
		if err := d.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		allowed, known := rooms[p.ImportPath]
		if !known {
			t.Errorf("package %s is not on the floor plan", p.ImportPath)
		}
		if p.Doc == "" {
			t.Errorf("package %s has no package comment", p.ImportPath)
		}
		for _, i := range p.Imports {
			if strings.HasPrefix(i, "flexybatch/") && !slices.Contains(allowed, i) {
				t.Errorf("package %s may not import %s", p.ImportPath, i)
			}
		}
	}
}

// One place ends the process: main. Everything below returns.
func TestOneExit(t *testing.T) {
	out, err := exec.Command("git", "grep", "-nE", `os\.Exit|log\.Fatal`, "--", "*.go", ":!*_test.go", ":!tools").Output()
	if err != nil {
		t.Skipf("git grep: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, "main.go:") && !strings.Contains(line, "//") {
			t.Errorf("the process ends elsewhere than in main: %s", line)
		}
	}
	if _, err := os.Stat("main.go"); err != nil {
		t.Error(err)
	}
}
