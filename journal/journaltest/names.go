package journaltest

import (
	"io/fs"
	"path/filepath"
	"strings"
)

// The methods of this file are what other people do with files while processes use
// them. No hook is called, and the result is on disk at once.

// Rename gives a file another name, in place of the file of that name. Processes
// that have either open keep it.
func (d *Disk) Rename(old, name string) error {
	return d.change("rename", old, func(old string, n *inode) {
		delete(d.files, old)
		d.files[d.resolve(name)] = n
	})
}

// Remove takes a name from a file. Processes that have the file open keep it.
func (d *Disk) Remove(name string) error {
	return d.change("remove", name, func(name string, _ *inode) { delete(d.files, name) })
}

// Link gives a file a second name (a hard link).
func (d *Disk) Link(old, name string) error {
	return d.change("link", old, func(_ string, n *inode) { d.files[filepath.Clean(name)] = n })
}

// Symlink makes a symbolic link to a file or folder, which need not exist. The
// target is a path as processes write it, and not relative to the link.
func (d *Disk) Symlink(target, name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.symlinks[filepath.Clean(name)] = filepath.Clean(target)
	return nil
}

// change calls act with a file that exists, and its name.
func (d *Disk) change(op, name string, act func(name string, n *inode)) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	at := d.resolveDir(name)
	n := d.files[at]
	if n == nil {
		return &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
	}
	act(at, n)
	return nil
}

// maxSymlinks is how many links are followed in one name. More are a circle.
const maxSymlinks = 40

// resolve returns the clean path that name leads to.
func (d *Disk) resolve(name string) string {
	name = filepath.Clean(name)
	for range maxSymlinks {
		link := d.firstSymlink(name)
		if link == "" {
			break
		}
		name = filepath.Join(d.symlinks[link], strings.TrimPrefix(name, link))
	}
	return name
}

// resolveDir returns the clean path that name leads to, without following name
// itself if it is a link.
func (d *Disk) resolveDir(name string) string {
	return filepath.Join(d.resolve(filepath.Dir(name)), filepath.Base(name))
}

// firstSymlink returns the first symbolic link on the way along name.
func (d *Disk) firstSymlink(name string) (first string) {
	for link := range d.symlinks {
		onTheWay := name == link || strings.HasPrefix(name, link+string(filepath.Separator))
		if onTheWay && (first == "" || len(link) < len(first)) {
			first = link
		}
	}
	return first
}
