package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

// schemaOf names the schema of each manifest. The schemas in testdata say what the ones
// of winget 1.10.0 and of Scoop say of the fields that are used here, and forbid all
// others; SCHEMAS may name a folder with the vendors' own under the same names.
var schemaOf = map[string]string{
	"flexybatch.json":                         "scoop.json",
	"Flexybatch.Flexybatch.yaml":              "winget.version.json",
	"Flexybatch.Flexybatch.installer.yaml":    "winget.installer.json",
	"Flexybatch.Flexybatch.locale.en-US.yaml": "winget.defaultLocale.json",
	"Flexybatch.Flexybatch.locale.fr-FR.yaml": "winget.locale.json",
	"Flexybatch.Flexybatch.locale.ar-DZ.yaml": "winget.locale.json",
}

// Every manifest is as its package manager wants it, and names the files and their sums.
func TestManifests(t *testing.T) {
	r := testRelease(t)
	for _, p := range []string{"linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64", "windows/amd64", "windows/arm64"} {
		for _, ending := range []string{".tar.gz", ".zip", "-installer.exe"} {
			if err := os.WriteFile(r.file(r.called(p, ending)), []byte(p+ending), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := r.manifests(); err != nil {
		t.Fatal(err)
	}
	checkManifests(t, r.file("manifests"), 9)
}

// checkManifests checks the manifests in a folder, and that each sum is that of the
// file in the folder above. sums is how many different files there are.
func checkManifests(t *testing.T, dir string, sums int) {
	t.Helper()
	for name, schema := range schemaOf {
		for _, problem := range violations(t, filepath.Join(dir, name), schema) {
			t.Errorf("%s: %s", name, problem)
		}
	}
	found := map[string]bool{}
	for _, name := range glob(t, filepath.Join(dir, "*")) {
		text := read(t, name)
		urls := regexp.MustCompile(`https://[^\s"]+/releases/[^\s"]+`).FindAllString(text, -1)
		hashes := regexp.MustCompile(`\b[0-9a-f]{64}\b`).FindAllString(text, -1)
		if len(urls) != len(hashes) {
			t.Errorf("%s: %d addresses and %d sums", name, len(urls), len(hashes))
			continue
		}
		for i, url := range urls { // each is before its sum
			file := filepath.Join(filepath.Dir(dir), url[strings.LastIndex(url, "/")+1:])
			if sum, err := sumOf(file); err != nil || sum != hashes[i] {
				t.Errorf("%s: the sum of %s is %s, want %s (%v)", name, url, hashes[i], sum, err)
			}
			found[file] = true
		}
	}
	if len(found) != sums-1 { // the archives of six platforms, two installers
		t.Errorf("%d files are named: %v", len(found), found)
	}
	if need(t, "ruby", "ruby") {
		if out, err := exec.Command("ruby", "-c", filepath.Join(dir, "flexybatch.rb")).CombinedOutput(); err != nil || !bytes.Contains(out, []byte("Syntax OK")) {
			t.Errorf("ruby -c: %v: %s", err, out)
		}
	}
}

// The schemas find what they are there for.
func TestSchemasRefuse(t *testing.T) {
	dir := t.TempDir()
	for schema, text := range map[string]string{
		"winget.version.json":   "PackageIdentifier: NoDot\nPackageVersion: 1.0.0\nDefaultLocale: en-US\nManifestType: version\nManifestVersion: 1.10.0\n",
		"winget.installer.json": "PackageIdentifier: A.B\nPackageVersion: 1.0.0\nScope: me\nInstallers:\n  - Architecture: x64\n    InstallerUrl: https://a.example/b\n    InstallerSha256: short\nManifestType: installer\nManifestVersion: 1.10.0\n",
		"winget.locale.json":    "PackageIdentifier: A.B\nPackageVersion: 1.0.0\nPackageLocale: fr-FR\nDescripton: a wrong name\nManifestType: locale\nManifestVersion: 1.10.0\n",
		"scoop.json":            `{"version": "1.0.0", "license": "MIT"}`,
	} {
		name := filepath.Join(dir, schema)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if len(violations(t, name, schema)) == 0 {
			t.Errorf("%s has nothing against\n%s", schema, text)
		}
	}
}

// violations are what a manifest does against its schemas.
func violations(t *testing.T, name, schema string) (problems []string) {
	t.Helper()
	var manifest any
	if err := yaml.Unmarshal([]byte(read(t, name)), &manifest); err != nil { // JSON is YAML too
		return []string{err.Error()}
	}
	folders := []string{filepath.Join("testdata", "schemas")}
	if own := os.Getenv("SCHEMAS"); own != "" {
		folders = append(folders, own)
	}
	for _, folder := range folders {
		var doc any
		if err := json.Unmarshal([]byte(read(t, filepath.Join(folder, schema))), &doc); err != nil {
			t.Fatal(err)
		}
		c := jsonschema.NewCompiler()
		c.AssertFormat()
		if err := c.AddResource("schema.json", doc); err != nil {
			t.Fatal(err)
		}
		s, err := c.Compile("schema.json")
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(manifest); err != nil {
			problems = append(problems, folder+": "+err.Error())
		}
	}
	return problems
}

// testRelease is a release of a version, in a folder of the test.
func testRelease(t *testing.T) *release {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return &release{
		root: root, out: t.TempDir(), temp: t.TempDir(), version: parseVersion("v1.2.3"), date: time.Date(2026, 11, 30, 2, 0, 0, 0, time.UTC),
		site: "https://flexybatch.example", platforms: []string{"linux/amd64", "darwin/arm64", "windows/amd64"},
	}
}
