// Command deps reviews what the program is built of. Every module in the binary,
// on any platform, must be under a licence of the short list below; every module
// that go.mod requires directly must say there, in a comment, what it is for. It
// prints the list, and with -out writes it with the texts, which the licences want
// to go with the binaries. It is called by make licences.
package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/google/licenseclassifier/v2/assets"
	"golang.org/x/mod/modfile"
)

// permitted are the licences that a dependency may have: all let the binary be given
// away under the MIT licence. They ask for no more than to hand on their texts; MPL-2.0
// also asks to say where the source of its files is, which the list does by the module's
// path and version, as long as none of them is changed.
var permitted = []string{"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MPL-2.0"}

func main() {
	dir := flag.String("dir", ".", "folder of the module")
	out := flag.String("out", "", "write the list with the licences' texts to this file")
	flag.Parse()
	if err := review(*dir, *out, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "deps:", err)
		os.Exit(1)
	}
}

// review does it all for platforms such as linux/amd64.
func review(dir, out string, platforms []string) error {
	if len(platforms) == 0 {
		platforms = []string{runtime.GOOS + "/" + runtime.GOARCH}
	}
	if err := reasons(filepath.Join(dir, "go.mod")); err != nil {
		return err
	}
	modules, err := linked(dir, platforms)
	if err != nil {
		return err
	}
	var list, texts strings.Builder
	var bad []error
	for _, m := range slices.SortedFunc(maps.Values(modules), func(a, b *module) int { return cmp.Compare(a.Path, b.Path) }) {
		names, err := m.licences(&texts)
		bad = append(bad, err)
		fmt.Fprintf(&list, "%-40s %-40s %s\n", m.Path, m.Version, strings.Join(names, ", "))
	}
	if err := errors.Join(bad...); err != nil {
		return err
	}
	if out == "" {
		_, err = io.WriteString(os.Stdout, list.String())
		return err
	}
	return os.WriteFile(out, []byte("What flexybatch is built of, and under which licences.\n\n"+list.String()+texts.String()), 0o644)
}

// reasons is an error for each direct requirement that does not say what it is for.
func reasons(file string) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	mod, err := modfile.Parse(file, b, nil)
	if err != nil {
		return err
	}
	var bad []error
	for _, r := range mod.Require {
		if !r.Indirect && len(r.Syntax.Suffix) == 0 {
			bad = append(bad, fmt.Errorf("%s:%d: %s: say in a comment behind it what it is for", file, r.Syntax.Start.Line, r.Mod.Path))
		}
	}
	return errors.Join(bad...)
}

// module is one that is linked into the binary, and where its licences stand.
type module struct {
	Path, Version, Dir string
	Main               bool

	files map[string]bool
}

// linked are the modules whose code is in the binary on some platform, the
// standard library among them.
func linked(dir string, platforms []string) (map[string]*module, error) {
	modules := map[string]*module{}
	for _, p := range platforms {
		goos, arch, ok := strings.Cut(p, "/")
		if !ok {
			return nil, fmt.Errorf("%q is no platform such as linux/amd64", p)
		}
		list := exec.Command("go", "list", "-deps", "-json=Dir,Standard,Module", ".")
		list.Dir, list.Stderr = dir, os.Stderr
		list.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+arch, "CGO_ENABLED=0")
		answer, err := list.Output()
		if err != nil {
			return nil, fmt.Errorf("listing the packages for %s: %w", p, err)
		}
		for d := json.NewDecoder(bytes.NewReader(answer)); ; {
			var pkg struct {
				Dir      string
				Standard bool
				Module   *module
			}
			if err := d.Decode(&pkg); err == io.EOF {
				break
			} else if err != nil {
				return nil, err
			}
			if pkg.Standard {
				root := goroot(pkg.Dir)
				pkg.Module, pkg.Dir = &module{Path: "std", Version: runtime.Version(), Dir: root}, root
			}
			if pkg.Module.Main {
				continue
			}
			m := cmp.Or(modules[pkg.Module.Path], pkg.Module)
			modules[m.Path] = m
			if err := m.look(pkg.Dir); err != nil {
				return nil, err
			}
		}
	}
	return modules, nil
}

// goroot is the folder above src of a package of the standard library.
func goroot(dir string) string {
	before, _, _ := strings.Cut(filepath.ToSlash(dir), "/src/")
	return filepath.FromSlash(before)
}

var licenceName = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice)([-._].*)?$`)

// look notes the licences that hold for a package: those in its folder and in the
// ones above it, up to the module's.
func (m *module) look(dir string) error {
	if m.files == nil {
		m.files = map[string]bool{}
	}
	for ; ; dir = filepath.Dir(dir) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if e.Type().IsRegular() && licenceName.MatchString(e.Name()) && filepath.Ext(e.Name()) != ".go" {
				m.files[filepath.Join(dir, e.Name())] = true
			}
		}
		if dir == m.Dir || len(dir) < len(m.Dir) {
			return nil
		}
	}
}

// licences names the module's licences and writes their texts. It is an error when
// there is none, or one that is not permitted.
func (m *module) licences(texts io.Writer) ([]string, error) {
	classifier, err := assets.DefaultClassifier()
	if err != nil {
		return nil, err
	}
	var names []string
	for _, file := range slices.Sorted(maps.Keys(m.files)) {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		inside, err := filepath.Rel(m.Dir, file)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(texts, "\n%s\n%s %s: %s\n\n%s\n", strings.Repeat("=", 80), m.Path, m.Version, filepath.ToSlash(inside), bytes.TrimSpace(b))
		known := false
		for _, match := range classifier.Match(b).Matches {
			if match.MatchType != "License" {
				continue
			}
			known = true
			if !slices.Contains(permitted, match.Name) {
				return nil, fmt.Errorf("%s: %s is under %s, which is not permitted", m.Path, file, match.Name)
			}
			names = append(names, match.Name)
		}
		if !known && !strings.HasPrefix(strings.ToLower(filepath.Base(file)), "notice") {
			return nil, fmt.Errorf("%s: %s is no licence that is known", m.Path, file)
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s has no licence", m.Path)
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}
