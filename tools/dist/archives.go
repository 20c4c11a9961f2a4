package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// entry is a file of an archive; with a target it is a link.
type entry struct {
	name, target string
	content      []byte
	mode         fs.FileMode
}

// archives packs, for each platform, the program with all that is to be read.
func (r *release) archives() error {
	common, err := r.readable()
	if err != nil {
		return err
	}
	for _, p := range r.platforms {
		own, err := r.ownFiles(p)
		if err != nil {
			return err
		}
		ending, write := ".tar.gz", writeTar
		if strings.HasPrefix(p, "windows/") {
			ending, write = ".zip", writeZip
		}
		list := slices.Concat(own, common)
		folder := r.called(p, "")
		for i := range list {
			list[i].name = path.Join(folder, list[i].name)
		}
		slices.SortFunc(list, func(a, b entry) int { return strings.Compare(a.name, b.name) })
		if err := writeFile(r.file(r.called(p, ending)), func(w io.Writer) error { return write(w, list, r.date) }); err != nil {
			return err
		}
	}
	return nil
}

// readable are the files that every archive has.
func (r *release) readable() (list []entry, err error) {
	for _, glob := range []struct{ pattern, to string }{
		{r.source("README*.md"), ""}, {r.source("CHANGELOG.md"), ""}, {r.source("docs", "*.md"), "docs"}, {r.source("samples", "payroll.csv"), "samples"},
		{r.file("LICEN*"), ""}, {r.file("completion", "*"), "completion"}, {r.file("man", "*.1"), "man"},
	} {
		if list, err = appendFiles(list, glob.pattern, glob.to); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// ownFiles are the files of one platform's archive: the program, what starts it
// regularly, and on macOS an application with an icon, in which the program lies.
func (r *release) ownFiles(platform string) (list []entry, err error) {
	program, err := os.ReadFile(r.program(platform))
	if err != nil {
		return nil, err
	}
	switch goos, _, _ := strings.Cut(platform, "/"); goos {
	case "windows":
		return appendFiles([]entry{{name: "flexybatch.exe", content: program, mode: 0o755}}, r.source("samples", "windows", "*"), "samples/windows")
	case "darwin":
		return r.application(program)
	default:
		return appendFiles([]entry{{name: "flexybatch", content: program, mode: 0o755}}, r.source("samples", "systemd", "*"), "samples/systemd")
	}
}

// appendFiles appends the files of a pattern, in a folder of the archive. A pattern
// that finds none is an error: something has moved.
func appendFiles(list []entry, pattern, to string) ([]entry, error) {
	names, err := filepath.Glob(pattern)
	if err == nil && len(names) == 0 {
		err = &fs.PathError{Op: "find", Path: pattern, Err: fs.ErrNotExist}
	}
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		list = append(list, entry{name: path.Join(to, filepath.Base(name)), content: b, mode: 0o644})
	}
	return list, nil
}

// writeFile makes a file of what is written.
func writeFile(name string, write func(io.Writer) error) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	err = write(f)
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}

// writeTar writes files of nobody in particular, all of one date, compressed.
func writeTar(w io.Writer, list []entry, date time.Time) error {
	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	if err := writePlainTar(z, list, date); err != nil {
		return err
	}
	return z.Close()
}

// writePlainTar is writeTar, not compressed.
func writePlainTar(w io.Writer, list []entry, date time.Time) error {
	t := tar.NewWriter(w)
	for _, e := range list {
		h := &tar.Header{Name: e.name, Size: int64(len(e.content)), Mode: int64(e.mode), ModTime: date, Typeflag: tar.TypeReg, Format: tar.FormatPAX}
		if e.target != "" {
			h.Typeflag, h.Linkname = tar.TypeSymlink, e.target
		}
		if err := t.WriteHeader(h); err != nil {
			return err
		}
		if _, err := t.Write(e.content); err != nil {
			return err
		}
	}
	return t.Close()
}

// writeZip writes files of one date.
func writeZip(w io.Writer, list []entry, date time.Time) error {
	z := zip.NewWriter(w)
	for _, e := range list {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate, Modified: date}
		h.SetMode(e.mode)
		f, err := z.CreateHeader(h)
		if err != nil {
			return err
		}
		if _, err := f.Write(e.content); err != nil {
			return err
		}
	}
	return z.Close()
}
