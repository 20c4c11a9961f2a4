package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// sums writes the sum of every file that was made, as sha256sum reads them.
func (r *release) sums() error {
	var b strings.Builder
	err := filepath.WalkDir(r.out, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		sum, err := sumOf(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(r.out, path)
		fmt.Fprintf(&b, "%s  ./%s\n", sum, filepath.ToSlash(name))
		return err
	})
	if err != nil {
		return err
	}
	fmt.Print(b.String())
	return os.WriteFile(r.file("SHA256SUMS"), []byte(b.String()), 0o644)
}

// sumOf is the SHA-256 of a file.
func sumOf(path string) (string, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:]), nil
}
