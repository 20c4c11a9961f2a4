// Command dist makes everything that is given away, byte for byte the same wherever it
// is built: binaries with their bills of materials, archives, packages for Linux,
// installers for Windows, container images, manifests for package managers, and the
// sums of all of it. It is called by make dist.
//
// Go and its tools are pinned in go.mod. The others come from Debian: their versions
// are printed, and kept in the file TOOLS, since the bytes depend on them.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	var r release
	var name, skip string
	var date int64
	flag.StringVar(&r.root, "root", "..", "folder of the module")
	flag.StringVar(&r.out, "out", "../dist", "folder that is made, and emptied before")
	flag.StringVar(&name, "version", "dev", "version, as git describe says it")
	flag.Int64Var(&date, "date", 0, "date of all files, in seconds since 1970")
	flag.StringVar(&r.site, "site", "https://flexybatch.example", "address of the pages; the files are below its releases/VERSION")
	flag.StringVar(&skip, "skip", "", "steps to leave out, such as \"installers images\"")
	flag.StringVar(&r.signer.certificate, "certificate", "", "PKCS #12 file that signs what is for Windows")
	flag.StringVar(&r.signer.passwordFile, "password-file", "", "file with the certificate's password")
	flag.StringVar(&r.signer.timestamps, "timestamps", "", "address of a server that dates signatures")
	flag.Parse()
	r.version, r.date, r.platforms = parseVersion(name), time.Unix(date, 0).UTC(), flag.Args()
	if err := r.make(strings.Fields(skip)); err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err)
		os.Exit(1)
	}
}

// release is what is made.
type release struct {
	root, out string // folders
	version   version
	date      time.Time // of every file in what is made
	site      string    // address of the pages
	platforms []string  // such as linux/amd64
	signer    signer

	temp string // folder of what is not given away
}

// step is a part of the work, and the programs of Debian that it needs.
type step struct {
	name  string
	do    func(*release) error
	needs []program
}

// steps are all parts, in their order: each may use what those before it made.
func steps() []step {
	return []step{
		{"binaries", (*release).binaries, nil},
		{"texts", (*release).texts, nil},
		{"archives", (*release).archives, nil},
		{"packages", (*release).packages, nil},
		{"installers", (*release).installers, []program{{"makensis", "nsis", "-VERSION"}}},
		{"images", (*release).images, []program{{"buildah", "buildah", "--version"}}},
		{"manifests", (*release).manifests, nil},
	}
}

// make takes the steps, all of whose programs must be there before the first.
func (r *release) make(skip []string) error {
	list, err := chosen(steps(), skip)
	if err != nil {
		return err
	}
	if err := r.folders(); err != nil {
		return err
	}
	defer os.RemoveAll(r.temp)
	if err := r.tools(list); err != nil {
		return err
	}
	for _, s := range list {
		begin := time.Now()
		if err := s.do(r); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		fmt.Printf("%-10s %6.1f s\n", s.name, time.Since(begin).Seconds())
	}
	return r.sums()
}

// chosen are the steps that are not to be left out.
func chosen(all []step, skip []string) (list []step, err error) {
	left := map[string]bool{}
	for _, name := range skip {
		left[name] = true
	}
	for _, s := range all {
		if !left[s.name] {
			list = append(list, s)
		}
		delete(left, s.name)
	}
	for name := range left {
		return nil, fmt.Errorf("there is no step %q to skip", name)
	}
	return list, nil
}

// folders makes the paths absolute and the folder of what is made empty.
func (r *release) folders() (err error) {
	for _, dir := range []*string{&r.root, &r.out} {
		if *dir, err = filepath.Abs(*dir); err != nil {
			return err
		}
	}
	if err := os.RemoveAll(r.out); err != nil {
		return err
	}
	if err := os.MkdirAll(r.out, 0o755); err != nil {
		return err
	}
	r.temp, err = os.MkdirTemp("", "flexybatch-dist-")
	return err
}

// file is a path in the folder of what is made.
func (r *release) file(name ...string) string {
	return filepath.Join(append([]string{r.out}, name...)...)
}

// source is a path in the module.
func (r *release) source(name ...string) string {
	return filepath.Join(append([]string{r.root}, name...)...)
}

// called is the name of a file that is given away: with the version and the platform.
func (r *release) called(platform, ending string) string {
	return "flexybatch-" + r.version.packaged() + "-" + strings.ReplaceAll(platform, "/", "-") + ending
}
