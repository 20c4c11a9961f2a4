package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// The sums are those of the files, and no file is without one.
func TestSums(t *testing.T) {
	sums := made(t, "SHA256SUMS")
	dir := filepath.Dir(sums)
	cmd := exec.Command("sha256sum", "--check", "--quiet", "--strict", "SHA256SUMS")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("sha256sum: %v\n%s", err, out)
	}
	list := read(t, sums)
	for _, name := range below(t, dir) {
		if name != "SHA256SUMS" && !strings.Contains(list, "  ./"+name+"\n") {
			t.Errorf("%s has no sum", name)
		}
	}
}

// The manifests of the release name its own files, with their sums.
func TestReleaseManifests(t *testing.T) {
	checkManifests(t, filepath.Dir(made(t, "manifests/flexybatch.json")), 9)
}

// Each archive has one folder, in it the program and what is to be read, and nothing
// outside of it; the one for Linux runs.
func TestArchives(t *testing.T) {
	for pattern, own := range map[string][]string{
		"flexybatch-*-linux-amd64.tar.gz":  {"flexybatch", "samples/systemd/flexybatch-settle@.service"},
		"flexybatch-*-linux-arm64.tar.gz":  {"flexybatch"},
		"flexybatch-*-darwin-amd64.tar.gz": {"flexybatch", "flexybatch.app/Contents/MacOS/console", "flexybatch.app/Contents/MacOS/flexybatch", "flexybatch.app/Contents/Info.plist", "flexybatch.app/Contents/Resources/flexybatch.icns"},
		"flexybatch-*-darwin-arm64.tar.gz": {"flexybatch", "flexybatch.app/Contents/MacOS/console", "flexybatch.app/Contents/MacOS/flexybatch"},
		"flexybatch-*-windows-amd64.zip":   {"flexybatch.exe", "samples/windows/settle.ps1"},
		"flexybatch-*-windows-arm64.zip":   {"flexybatch.exe"},
	} {
		name := made(t, pattern)
		folder := strings.TrimSuffix(strings.TrimSuffix(filepath.Base(name), ".zip"), ".tar.gz")
		files := unpacked(t, name)
		for _, want := range append(own, "README.md", "README.fr.md", "README.ar.md", "LICENSE", "LICENCES", "CHANGELOG.md", "docs/handbook.ar.md", "man/flexybatch-run.1", "completion/flexybatch.powershell", "samples/payroll.csv") {
			if len(files[path.Join(folder, want)].content) == 0 && files[path.Join(folder, want)].target == "" {
				t.Errorf("%s lacks %s", name, want)
			}
		}
		for file, e := range files {
			if !strings.HasPrefix(file, folder+"/") || strings.Contains(file, "..") {
				t.Errorf("%s has %s", name, file)
			}
			if e.target != "" && len(files[path.Join(path.Dir(file), e.target)].content) == 0 {
				t.Errorf("%s: %s leads nowhere", name, file)
			}
		}
		if plist, is := files[path.Join(folder, "flexybatch.app/Contents/Info.plist")]; is {
			if err := xml.Unmarshal(plist.content, new(struct{})); err != nil {
				t.Errorf("%s: Info.plist: %v", name, err)
			}
		}
		if strings.Contains(pattern, runtime.GOOS+"-"+runtime.GOARCH) {
			program := filepath.Join(t.TempDir(), "flexybatch")
			if err := os.WriteFile(program, files[path.Join(folder, "flexybatch")].content, 0o700); err != nil {
				t.Fatal(err)
			}
			pays(t, program)
		}
	}
}

// The launcher of the application for macOS opens the console of the program beside it,
// wherever it is started.
func TestApplicationLauncher(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a folder")
	if err := copyFile(filepath.Join("macos", "console"), filepath.Join(dir, "console"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "flexybatch"), []byte("#!/bin/sh\necho \"$0 $*\"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if got, want := ran(t, nil, filepath.Join(dir, "console")), filepath.Join(dir, "flexybatch")+" console\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// The .deb installs a program that pays, a manual that is read, completion and an entry
// of the desktop; lintian finds no error; purged, it leaves nothing.
func TestDeb(t *testing.T) {
	deb := made(t, "flexybatch_*_amd64.deb")
	need(t, "dpkg", "dpkg")
	need(t, "lintian", "lintian")
	need(t, "desktop-file-validate", "desktop-file-utils")
	root := t.TempDir()
	for _, dir := range []string{"info", "updates", "triggers"} {
		if err := os.MkdirAll(filepath.Join(root, "var", "lib", "dpkg", dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"status", "available"} {
		if err := os.WriteFile(filepath.Join(root, "var", "lib", "dpkg", name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	dpkg := func(args ...string) {
		t.Helper()
		ran(t, nil, "dpkg", append([]string{"--root=" + root, "--force-not-root", "--force-script-chrootless", "--log=/dev/null"}, args...)...)
	}
	dpkg("--install", deb)
	usr := filepath.Join(root, "usr")
	pays(t, filepath.Join(usr, "bin", "flexybatch"))
	if page := ran(t, []string{"MANPAGER=cat", "MANWIDTH=80"}, "man", filepath.Join(usr, "share", "man", "man1", "flexybatch-run.1.gz")); !strings.Contains(page, "flexybatch run") {
		t.Errorf("the manual says %.300s", page)
	}
	if out := ran(t, nil, "bash", "--norc", "-c", `source "$1" && complete -p flexybatch`, "bash", filepath.Join(usr, "share", "bash-completion", "completions", "flexybatch")); !strings.Contains(out, "__start_flexybatch") {
		t.Errorf("completion: %s", out)
	}
	ran(t, nil, "desktop-file-validate", filepath.Join(usr, "share", "applications", "flexybatch.desktop"))
	if unit := read(t, filepath.Join(root, "lib", "systemd", "system", "flexybatch-settle@.service")); !strings.Contains(unit, "ExecStart=/usr/bin/flexybatch settle") {
		t.Errorf("the unit calls another program:\n%s", unit)
	}
	dpkg("--purge", "flexybatch")
	for _, name := range below(t, root) {
		if !strings.HasPrefix(name, "var/lib/dpkg/") || strings.Contains(name, "flexybatch") {
			t.Errorf("left was %s", name)
		}
	}
	out, err := exec.Command("lintian", "--allow-root", "--tag-display-limit", "0", deb).CombinedOutput()
	if t.Logf("lintian says: %s", out); err != nil || bytes.Contains(out, []byte("E: ")) {
		t.Errorf("lintian: %v", err)
	}
}

// The .rpm has what the .deb has, and says who made it without naming a machine.
func TestRPM(t *testing.T) {
	file := made(t, "flexybatch-*.x86_64.rpm")
	need(t, "rpm", "rpm")
	ran(t, nil, "rpm", "--checksig", "--nosignature", file)
	if host := ran(t, nil, "rpm", "-qp", "--queryformat", "%{NAME} %{BUILDHOST} %{LICENSE} %{ARCH}", file); host != "flexybatch flexybatch.example MIT x86_64" {
		t.Errorf("it says %q", host)
	}
	list := strings.Fields(ran(t, nil, "rpm", "-qpl", file))
	for _, want := range []string{"/usr/bin/flexybatch", "/usr/share/man/man1/flexybatch.1.gz", "/usr/share/bash-completion/completions/flexybatch", "/usr/share/zsh/site-functions/_flexybatch",
		"/usr/share/fish/vendor_completions.d/flexybatch.fish", "/usr/lib/systemd/system/flexybatch-settle@.timer", "/usr/share/applications/flexybatch.desktop", "/usr/share/doc/flexybatch/changelog.gz"} {
		if !slices.Contains(list, want) {
			t.Errorf("it lacks %s", want)
		}
	}
}

// The image runs, without a shell and as nobody, and knows authorities.
func TestImage(t *testing.T) {
	image := made(t, "flexybatch-*-linux-amd64.oci.tar")
	need(t, "buildah", "buildah")
	dir := t.TempDir()
	buildah := func(args ...string) string {
		t.Helper()
		return strings.TrimSpace(ran(t, nil, "buildah", append([]string{"--storage-driver", "vfs", "--root", filepath.Join(dir, "store"), "--runroot", filepath.Join(dir, "run")}, args...)...))
	}
	lines := strings.Split(buildah("from", "--quiet", "oci-archive:"+image), "\n")
	container := lines[len(lines)-1]
	defer buildah("rm", container)
	mounted := buildah("mount", container)
	if !strings.Contains(read(t, filepath.Join(mounted, "etc", "ssl", "certs", "ca-certificates.crt")), "BEGIN CERTIFICATE") {
		t.Error("it has no authorities")
	}
	data := t.TempDir()
	if err := os.Chmod(data, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := copyFile(filepath.Join("..", "..", "samples", "payroll.csv"), filepath.Join(data, "paie.csv"), 0o644); err != nil {
		t.Fatal(err)
	}
	if out := buildah("run", "--isolation", "chroot", "--volume", data+":/data", container, "/flexybatch", "run", "--simulate", "--yes", "paie.csv"); !strings.Contains(out, "20 fulfilled") {
		t.Errorf("the image says %s", out)
	}
	if owner := ran(t, nil, "stat", "--format=%u", filepath.Join(data, "paie.results.xlsx")); owner != "65532\n" {
		t.Errorf("the report is of user %s", owner)
	}
	if inspected := buildah("inspect", "--type", "container", container); !strings.Contains(inspected, `"/flexybatch"`) {
		t.Error("the program is not what the image starts")
	}
	if files := below(t, filepath.Join(mounted)); len(slices.DeleteFunc(files, func(name string) bool {
		return name == "flexybatch" || name == "etc/ssl/certs/ca-certificates.crt"
	})) > 4 { // what buildah mounts beside
		t.Errorf("it holds %q", files)
	}
}

// What is signed with a certificate of one's own is found signed by it, the program that
// uninstalls among it.
func TestSigned(t *testing.T) {
	program := made(t, "flexybatch-windows-amd64.exe")
	for program, pkg := range map[string]string{"osslsigncode": "osslsigncode", "openssl": "openssl", "makensis": "nsis"} {
		need(t, program, pkg)
	}
	r := testRelease(t)
	key, cert, p12, password := r.file("key"), r.file("cert"), r.file("p12"), r.file("password")
	if err := os.WriteFile(password, []byte("a b'c"), 0o600); err != nil {
		t.Fatal(err)
	}
	ran(t, nil, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=a test", "-addext", "extendedKeyUsage=codeSigning")
	ran(t, nil, "openssl", "pkcs12", "-export", "-inkey", key, "-in", cert, "-out", p12, "-passout", "file:"+password)
	r.signer = signer{certificate: p12, passwordFile: password}
	for _, err := range []error{copyFile(program, r.program("windows/amd64"), 0o755), copyFile(cert, r.file("LICENCES"), 0o644), r.sign(r.program("windows/amd64")), r.installers()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{r.program("windows/amd64"), r.file(r.called("windows/amd64", "-installer.exe"))} {
		if out := ran(t, nil, "osslsigncode", "verify", "-CAfile", cert, "-in", name); !strings.Contains(out, "Succeeded") {
			t.Errorf("%s: %s", name, out)
		}
	}
}

// pays runs a simulated batch with a program.
func pays(t *testing.T, program string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "Paie été.csv")
	if err := copyFile(filepath.Join("..", "..", "samples", "payroll.csv"), file, 0o600); err != nil {
		t.Fatal(err)
	}
	if out := ran(t, nil, program, "run", "--simulate", "--yes", file); !strings.Contains(out, "20 fulfilled") {
		t.Errorf("%s says %s", program, out)
	}
}

// below are the files below a folder.
func below(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		names = append(names, filepath.ToSlash(name))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// unpacked are the files of an archive.
func unpacked(t *testing.T, name string) map[string]entry {
	t.Helper()
	files := map[string]entry{}
	if strings.HasSuffix(name, ".zip") {
		z, err := zip.OpenReader(name)
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			files[f.Name] = entry{name: f.Name, content: b, mode: f.Mode()}
		}
		return files
	}
	z, err := gzip.NewReader(strings.NewReader(read(t, name)))
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[h.Name] = entry{name: h.Name, target: h.Linkname, content: b, mode: fs.FileMode(h.Mode)}
	}
}
