package main

import (
	"bytes"
	"encoding/pem"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// images makes a container image for each Linux, as Containerfile says.
func (r *release) images() error {
	for _, p := range r.platforms {
		if arch, linux := strings.CutPrefix(p, "linux/"); linux {
			if err := r.image(p, arch); err != nil {
				return err
			}
		}
	}
	return nil
}

// image makes one image and packs it as OCI does, with one date for all.
func (r *release) image(platform, arch string) error {
	context := filepath.Join(r.temp, "image-"+arch)
	root := filepath.Join(context, "root")
	if err := copyFile(r.program(platform), filepath.Join(root, "flexybatch"), 0o755); err != nil {
		return err
	}
	if err := certificates(filepath.Join(root, "etc", "ssl", "certs", "ca-certificates.crt")); err != nil {
		return err
	}
	for _, dir := range []string{"tmp", "data"} { // where the program may write
		if err := os.Mkdir(filepath.Join(root, dir), 0o700); err != nil {
			return err
		}
		if err := os.Chmod(filepath.Join(root, dir), 0o777|fs.ModeSticky); err != nil {
			return err
		}
	}
	name, packed := "flexybatch:"+strings.ReplaceAll(r.version.packaged(), "+", "_"), filepath.Join(context, "oci")
	store := []string{"--storage-driver", "vfs", "--root", filepath.Join(context, "store"), "--runroot", filepath.Join(context, "run")}
	build := append(slices.Clone(store), "build", "--isolation", "chroot", "--timestamp", fmt.Sprint(r.date.Unix()), "--identity-label=false",
		"--arch", arch, "--file", r.source("tools", "dist", "linux", "Containerfile"), "--tag", name, context)
	if err := r.run(context, nil, "buildah", build...); err != nil {
		return err
	}
	if err := r.run(context, nil, "buildah", append(slices.Clone(store), "push", name, "oci:"+packed+":"+name)...); err != nil {
		return err
	}
	list, err := filesBelow(packed)
	if err != nil {
		return err
	}
	return writeFile(r.file(r.called(platform, ".oci.tar")), func(w io.Writer) error { return writePlainTar(w, list, r.date) })
}

// certificates writes the authorities that Mozilla trusts without conditions, from a
// module that go.sum pins.
func certificates(path string) error {
	var b bytes.Buffer
	for root := range bundle.Roots() {
		if root.Constraint != nil {
			continue
		}
		if err := pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o644)
}

// filesBelow are the files of a folder, in the order of their names.
func filesBelow(dir string) (list []entry, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		list = append(list, entry{name: filepath.ToSlash(name), content: content, mode: 0o644})
		return err
	})
	return list, err
}
