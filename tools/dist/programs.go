package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// program is one that is not pinned: it comes with Debian.
type program struct{ name, pkg, versionFlag string }

// tools prints the versions of all that makes the release, and keeps them in a file. A
// program that is not there is an error that says how to come by it, or do without.
func (r *release) tools(list []step) error {
	var b strings.Builder
	goVersion, err := r.output(r.root, nil, "go", "version")
	if err != nil {
		return err
	}
	fmt.Fprintln(&b, strings.TrimSpace(goVersion))
	pinned, err := r.output(r.root, nil, "go", "list", "-modfile=tools/go.mod", "-m", "github.com/goreleaser/nfpm/v2", "github.com/tc-hib/go-winres",
		"github.com/CycloneDX/cyclonedx-gomod", "golang.org/x/crypto/x509roots/fallback")
	if err != nil {
		return err
	}
	b.WriteString(pinned)
	var missing []error
	for _, s := range list {
		for _, p := range s.needs {
			if _, err := exec.LookPath(p.name); err != nil {
				missing = append(missing, fmt.Errorf("%s is not installed: apt-get install %s, or make dist SKIP=%s", p.name, p.pkg, s.name))
				continue
			}
			says, err := r.output(r.root, nil, p.name, p.versionFlag)
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, "%s %s\n", p.name, strings.TrimSpace(says))
		}
	}
	if err := errors.Join(missing...); err != nil {
		return err
	}
	fmt.Print(b.String())
	return os.WriteFile(r.file("TOOLS"), []byte(b.String()), 0o644)
}

// output runs a program in a folder and returns what it prints.
func (r *release) output(dir string, env []string, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	var said, failed bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &failed
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s: %w\n%s%s", strings.Join(cmd.Args, " "), err, said.String(), failed.String())
	}
	return said.String(), nil
}

// run runs a program in a folder, which has nothing to say unless it fails.
func (r *release) run(dir string, env []string, name string, args ...string) error {
	_, err := r.output(dir, env, name, args...)
	return err
}

// tool runs one of the tools that are pinned, in a folder.
func (r *release) tool(dir string, env []string, name string, args ...string) error {
	path, err := r.output(r.root, nil, "go", "tool", "-modfile=tools/go.mod", "-n", name)
	if err != nil {
		return err
	}
	return r.run(dir, env, strings.TrimSpace(path), args...)
}
