package main

import (
	"bytes"
	"debug/pe"
	"encoding/binary"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A version is what each kind of package takes, and later ones come later.
func TestVersions(t *testing.T) {
	for _, c := range []struct{ name, packaged, windows string }{
		{"v1.2.3", "1.2.3", "1.2.3.0"},
		{"1.2.3", "1.2.3", "1.2.3.0"},
		{"v1.2.3-4-gabcdef0", "1.2.3+4.gabcdef0", "1.2.3.4"},
		{"v1.2.3-4-gabcdef0-dirty", "1.2.3+4.gabcdef0.dirty", "1.2.3.4"},
		{"v1.2.3-dirty", "1.2.3+dirty", "1.2.3.0"},
		{"v1.2.3-99999-gabcdef0", "1.2.3+99999.gabcdef0", "1.2.3.65535"},
		{"c8c7a1b", "0.0.0+0.gc8c7a1b", "0.0.0.0"},
		{"c8c7a1b-dirty", "0.0.0+0.gc8c7a1b.dirty", "0.0.0.0"},
		{"dev", "0.0.0+0.gdev", "0.0.0.0"},
	} {
		if v := parseVersion(c.name); v.packaged() != c.packaged || v.windows() != c.windows {
			t.Errorf("%s: %s and %s, want %s and %s", c.name, v.packaged(), v.windows(), c.packaged, c.windows)
		}
	}
}

// A step that is not there cannot be skipped, and the others can.
func TestSkip(t *testing.T) {
	if _, err := chosen(steps(), []string{"image"}); err == nil {
		t.Error("a step that is not there was skipped")
	}
	list, err := chosen(steps(), []string{"images", "installers"})
	if err != nil || len(list) != len(steps())-2 {
		t.Errorf("%d steps are left: %v", len(list), err)
	}
}

// Icons of both kinds hold the picture.
func TestIcons(t *testing.T) {
	r := testRelease(t)
	ico, err := r.ico()
	if err != nil || len(ico) < 1000 || binary.LittleEndian.Uint16(ico[2:]) != 1 || binary.LittleEndian.Uint16(ico[4:]) < 5 {
		t.Errorf("an .ico of %d bytes: %v", len(ico), err)
	}
	icns, err := r.icns()
	if err != nil || string(icns[:4]) != "icns" || int(binary.BigEndian.Uint32(icns[4:])) != len(icns) {
		t.Fatalf("an .icns of %d bytes: %v", len(icns), err)
	}
	if picture, err := png.Decode(bytes.NewReader(icns[16:])); err != nil || picture.Bounds().Dx() != 512 {
		t.Errorf("the picture in the .icns: %v", err)
	}
}

// The authorities of the image are many, and read as certificates.
func TestCertificates(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ca.crt")
	if err := certificates(path); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(read(t, path), "BEGIN CERTIFICATE"); n < 100 {
		t.Errorf("%d authorities", n)
	}
}

// The installer's text compiles in three languages, twice to the same bytes.
func TestInstallerCompiles(t *testing.T) {
	if !need(t, "makensis", "nsis") {
		return
	}
	r := testRelease(t)
	for _, name := range []string{r.program("windows/amd64"), r.file("LICENCES")} {
		if err := os.WriteFile(name, []byte("a stand-in"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	sums := map[string]bool{}
	for range 2 {
		if err := r.installers(); err != nil {
			t.Fatal(err)
		}
		sum, err := sumOf(r.file(r.called("windows/amd64", "-installer.exe")))
		if err != nil {
			t.Fatal(err)
		}
		sums[sum] = true
	}
	if len(sums) != 1 {
		t.Error("two builds differ")
	}
}

// isProgram tells that a file is a program for Windows on a kind of processor.
func isProgram(t *testing.T, name string, machine uint16) bool {
	t.Helper()
	f, err := pe.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return f.Machine == machine
}

// A program that is not there is said before anything is built, with how to come by it
// and how to do without.
func TestMissingProgram(t *testing.T) {
	r := testRelease(t)
	err := r.tools([]step{{"installers", nil, []program{{"nosuch-makensis", "nsis", "-VERSION"}}}})
	if err == nil || !strings.Contains(err.Error(), "apt-get install nsis, or make dist SKIP=installers") {
		t.Errorf("%v", err)
	}
}
