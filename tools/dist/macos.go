package main

import (
	"bytes"
	"os"
	"text/template"
)

// application is what the archive for macOS holds instead of a bare program: a folder
// that the Finder shows as one application, whose launcher opens the console. The
// program lies within, so that the application can be moved, and a link leads to it.
func (r *release) application(program []byte) ([]entry, error) {
	launcher, err := os.ReadFile(r.source("tools", "dist", "macos", "console"))
	if err != nil {
		return nil, err
	}
	icon, err := r.icns()
	if err != nil {
		return nil, err
	}
	info, err := r.filled(r.source("tools", "dist", "macos", "Info.plist.tmpl"))
	if err != nil {
		return nil, err
	}
	const inside = "flexybatch.app/Contents/"
	return []entry{
		{name: "flexybatch", target: inside + "MacOS/flexybatch", mode: 0o777},
		{name: inside + "Info.plist", content: info, mode: 0o644},
		{name: inside + "MacOS/console", content: launcher, mode: 0o755},
		{name: inside + "MacOS/flexybatch", content: program, mode: 0o755},
		{name: inside + "Resources/flexybatch.icns", content: icon, mode: 0o644},
	}, nil
}

// filled is a template of a text, filled in with what is known of the release.
func (r *release) filled(path string) ([]byte, error) {
	t, err := template.New("").Option("missingkey=error").Funcs(template.FuncMap{
		"sum":  func(platform, ending string) (string, error) { return sumOf(r.file(r.called(platform, ending))) },
		"url":  func(platform, ending string) string { return r.releases() + "/" + r.called(platform, ending) },
		"name": r.called,
	}).ParseFiles(path)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Templates()[0].Execute(&b, map[string]string{
		"Version": r.version.packaged(), "Number": r.version.windows(), "Site": r.site, "Releases": r.releases(), "Date": r.date.Format("2006-01-02"),
	})
	return b.Bytes(), err
}

// releases is the address below which this version's files are published.
func (r *release) releases() string { return r.site + "/releases/" + r.version.packaged() }
