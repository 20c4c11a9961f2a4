package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// binaries builds the program for each platform, with a bill of its materials.
func (r *release) binaries() error {
	for _, p := range r.platforms {
		fmt.Println(p)
		if err := r.binary(p); err != nil {
			return err
		}
		file := r.program(p)
		if err := r.tool(r.root, []string{"GOFLAGS=-trimpath"}, "cyclonedx-gomod", "bin", "-json", "-noserial", "-notimestamp", "-std",
			"-version", r.version.name, "-output", file+".cdx.json", file); err != nil {
			return err
		}
	}
	return nil
}

// binary builds the program for one platform.
func (r *release) binary(platform string) error {
	goos, arch, ok := strings.Cut(platform, "/")
	if !ok {
		return fmt.Errorf("%q is no platform such as linux/amd64", platform)
	}
	env := []string{"CGO_ENABLED=0", "GOOS=" + goos, "GOARCH=" + arch}
	ldflags := "-s -w -X flexybatch/internal/cli.version=" + r.version.name + " -buildid="
	if err := r.run(r.root, env, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", ldflags, "-o", r.program(platform), "."); err != nil {
		return err
	}
	if goos != "windows" {
		return nil
	}
	if err := r.resources(r.program(platform)); err != nil {
		return err
	}
	return r.sign(r.program(platform))
}

// resources gives a program for Windows its icon, its version and its manifest. They
// are put into the finished program: nothing lies in the module's folder that other
// builds would find.
func (r *release) resources(file string) error {
	return r.tool(r.root, nil, "go-winres", "patch", "--in", r.source("tools", "dist", "windows", "winres.json"), "--no-backup",
		"--product-version", r.version.windows(), "--file-version", r.version.windows(), file)
}

// program is the file of the program for a platform.
func (r *release) program(platform string) string {
	name := r.file("flexybatch-" + strings.ReplaceAll(platform, "/", "-"))
	if strings.HasPrefix(platform, "windows/") {
		name += ".exe"
	}
	return name
}

// texts makes the manual pages, the shells' completions and the licences. What is built
// for that is built as the binaries are, so that their packages need not be built again.
func (r *release) texts() error {
	if err := os.MkdirAll(r.file("man"), 0o755); err != nil {
		return err
	}
	env := []string{"FLEXYBATCH_MAN=" + r.file("man"), fmt.Sprintf("SOURCE_DATE_EPOCH=%d", r.date.Unix())}
	if err := r.run(r.root, env, "go", "test", "-trimpath", "-run", "^TestManPages$", "-count", "1", "./internal/cli"); err != nil {
		return err
	}
	if err := r.completions(); err != nil {
		return err
	}
	args := append([]string{"run", "./deps", "-dir", r.root, "-out", r.file("LICENCES")}, r.platforms...)
	if err := r.run(r.source("tools"), nil, "go", args...); err != nil {
		return err
	}
	return copyFile(r.source("LICENSE"), r.file("LICENSE"), 0o644)
}

// completions are what each shell runs when Tab is pressed.
func (r *release) completions() error {
	if err := os.MkdirAll(r.file("completion"), 0o755); err != nil {
		return err
	}
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		script, err := r.output(r.root, nil, "go", "run", "-trimpath", "-buildvcs=false", ".", "completion", shell, "--lang", "en")
		if err != nil {
			return err
		}
		if err := os.WriteFile(r.file("completion", "flexybatch."+shell), []byte(script), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// copyFile copies a file and gives it a mode.
func copyFile(from, to string, mode os.FileMode) error {
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(to), 0o755)
	}
	if err == nil {
		err = os.WriteFile(to, b, mode)
	}
	return err
}
