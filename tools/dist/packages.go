package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// packages makes a .deb and an .rpm for each Linux, as nfpm.yaml says.
func (r *release) packages() error {
	stage := filepath.Join(r.temp, "linux")
	if err := r.stage(stage); err != nil {
		return err
	}
	for _, p := range r.platforms {
		arch, linux := strings.CutPrefix(p, "linux/")
		if !linux {
			continue
		}
		if err := copyFile(r.program(p), filepath.Join(stage, "flexybatch"), 0o755); err != nil {
			return err
		}
		env := []string{
			"ARCH=" + arch, "VERSION=" + r.version.packaged(), "SITE=" + r.site, "MAINTAINER=" + r.maintainer(),
			fmt.Sprintf("SOURCE_DATE_EPOCH=%d", r.date.Unix()),
		}
		for _, kind := range []string{"deb", "rpm"} {
			if err := r.tool(stage, env, "nfpm", "package", "--config", r.source("tools", "dist", "linux", "nfpm.yaml"), "--packager", kind, "--target", r.out); err != nil {
				return err
			}
		}
	}
	return nil
}

// maintainer is who answers for the packages.
func (r *release) maintainer() string {
	_, host, _ := strings.Cut(r.site, "//")
	host, _, _ = strings.Cut(host, "/")
	return "The flexybatch authors <packages@" + host + ">"
}

// stage lays out what packages hold beside the program, as they hold it.
func (r *release) stage(dir string) error {
	if err := r.stageMan(filepath.Join(dir, "man")); err != nil {
		return err
	}
	for _, shell := range []string{"bash", "zsh", "fish"} {
		if err := copyFile(r.file("completion", "flexybatch."+shell), filepath.Join(dir, "completion", shell), 0o644); err != nil {
			return err
		}
	}
	if err := r.stageUnits(filepath.Join(dir, "units")); err != nil {
		return err
	}
	if err := r.stageDoc(filepath.Join(dir, "doc")); err != nil {
		return err
	}
	for to, from := range map[string]string{
		"doc/README.md": r.source("README.md"), "icon.svg": r.source("internal", "console", "assets", "icon.svg"),
		"flexybatch.desktop": r.source("tools", "dist", "linux", "flexybatch.desktop"), "lintian-overrides": r.source("tools", "dist", "linux", "lintian-overrides"),
	} {
		if err := copyFile(from, filepath.Join(dir, to), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// stageDoc writes what Debian's policy wants to know of a package: what is new, in the
// program and in the package, and under which licences it all stands.
func (r *release) stageDoc(dir string) error {
	changes, err := os.ReadFile(r.source("CHANGELOG.md"))
	if err != nil {
		return err
	}
	others, err := os.ReadFile(r.file("LICENCES"))
	if err != nil {
		return err
	}
	own, err := os.ReadFile(r.source("LICENSE"))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	packaged := fmt.Sprintf("flexybatch (%s-1) stable; urgency=medium\n\n  * Version %s. What is new stands in changelog.gz.\n\n -- %s  %s\n",
		r.version.packaged(), r.version.packaged(), r.maintainer(), r.date.Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	for name, text := range map[string][]byte{"changelog.gz": changes, "changelog.Debian.gz": []byte(packaged), "LICENCES.gz": others} {
		if err := writeFile(filepath.Join(dir, name), func(w io.Writer) error { return compress(w, text) }); err != nil {
			return err
		}
	}
	text := "flexybatch, from " + r.site + "\n\n" + string(own) +
		"\nThe licences of the modules in the program stand in LICENCES.gz. On Debian the text of\none of them, Apache-2.0, is in /usr/share/common-licenses/Apache-2.0.\n"
	return os.WriteFile(filepath.Join(dir, "copyright"), []byte(text), 0o644)
}

// stageMan compresses the manual pages, as Debian's policy wants it.
func (r *release) stageMan(dir string) error {
	pages, err := filepath.Glob(r.file("man", "*.1"))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			return err
		}
		if err := writeFile(filepath.Join(dir, filepath.Base(page)+".gz"), func(w io.Writer) error { return compress(w, text) }); err != nil {
			return err
		}
	}
	return nil
}

// compress writes a text as gzip -9n does.
func compress(w io.Writer, text []byte) error {
	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(text); err != nil {
		return err
	}
	return z.Close()
}

// stageUnits copies the units for systemd, which call the program where packages put it.
func (r *release) stageUnits(dir string) error {
	units, err := filepath.Glob(r.source("samples", "systemd", "*"))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, unit := range units {
		text, err := os.ReadFile(unit)
		if err != nil {
			return err
		}
		text = bytes.ReplaceAll(text, []byte("/usr/local/bin/"), []byte("/usr/bin/"))
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(unit)), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
