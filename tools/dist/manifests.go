package main

import (
	"os"
	"path/filepath"
	"strings"
)

// manifests fills in what Scoop, winget and Homebrew want to know, from templates.
func (r *release) manifests() error {
	templates, err := filepath.Glob(r.source("tools", "dist", "manifests", "*.tmpl"))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(r.file("manifests"), 0o755); err != nil {
		return err
	}
	for _, path := range templates {
		text, err := r.filled(path)
		if err != nil {
			return err
		}
		if err := os.WriteFile(r.file("manifests", strings.TrimSuffix(filepath.Base(path), ".tmpl")), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
