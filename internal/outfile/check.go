package outfile

import (
	"errors"
	"flexybatch/internal/lang"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Check returns an error, which wraps a *Refused, if one of the targets is not to be
// written. A command calls it before it sends anything, with all files that it will
// write, and with all files that it reads or must not lose. Check changes nothing.
func Check(targets []Target, inputs []Input) error {
	for i, t := range targets {
		for _, in := range inputs {
			if same(t.Path, in.Path) {
				return &Refused{Target: t, Reason: IsInput, Role: in.Role}
			}
		}
		for _, other := range targets[:i] {
			if same(t.Path, other.Path) {
				return &Refused{Target: t, Reason: IsTwice, As: other.Kind}
			}
		}
		if err := t.check(); err != nil {
			return err
		}
	}
	return nil
}

// check looks at one target by itself.
func (t Target) check() error {
	if t.Kind.reserved(t.Path) || t.Kind.reserved(resolve(t.Path)) {
		return &Refused{Target: t, Reason: ReservedName}
	}
	info, err := os.Stat(t.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return t.checkNew()
	case err != nil:
		return &Refused{Target: t, Reason: NotWritable, Err: system(err)}
	case info.IsDir():
		return &Refused{Target: t, Reason: IsFolder}
	case t.Kind.appended() && (!info.Mode().IsRegular() || isStream(t.Path)):
		return nil // opening it finds out whether somebody reads it
	case !info.Mode().IsRegular():
		return &Refused{Target: t, Reason: NotOrdinary}
	}
	return t.checkExisting()
}

// checkNew looks at a target that does not exist.
func (t Target) checkNew() error {
	if !t.Kind.fits(t.Path) {
		return &Refused{Target: t, Reason: WrongName}
	}
	return t.checkFolder()
}

// checkExisting looks at a target that is a file.
func (t Target) checkExisting() error {
	has, err := identify(t.Path)
	if err != nil {
		return &Refused{Target: t, Reason: NotWritable, Err: system(err)}
	}
	if err := t.mayReplace(has); err != nil {
		return err
	}
	if !t.Kind.fits(t.Path) {
		return &Refused{Target: t, Reason: WrongName}
	}
	f, err := os.OpenFile(t.Path, os.O_WRONLY, 0)
	if err != nil && runtime.GOOS == "windows" {
		err = lang.Errorf("is it open in Excel? %w", system(err))
	}
	if err != nil {
		return &Refused{Target: t, Reason: NotWritable, Err: system(err)}
	}
	if err := f.Close(); err != nil || t.Kind.appended() {
		return err
	}
	return t.checkFolder()
}

// mayReplace says whether the target may take the place of a file that holds this.
func (t Target) mayReplace(has content) error {
	refuse := func(r Reason) error { return &Refused{Target: t, Reason: r, Holds: has.kind, Of: has.batch} }
	switch {
	case has.kind == nothing:
		return nil
	case has.kind == books, has.kind == ApprovalRequest && t.Kind != ApprovalRequest, has.kind == Key:
		return refuse(HoldsOther)
	case t.Kind.neverReplaced():
		return refuse(ExistsAlready)
	case has.kind == empty, t.movesAside(has):
		return nil
	case has.kind == foreign:
		return refuse(NotOurs)
	case has.changed:
		return refuse(WasChanged)
	case has.kind != t.Kind:
		return refuse(HoldsOther)
	case has.batch != "" && t.Batch != "" && has.batch != t.Batch:
		return refuse(OfOtherBatch)
	}
	return nil
}

// movesAside tells whether Write moves a file that holds this aside.
func (t Target) movesAside(has content) bool {
	return t.Aside >= Changed && has.kind == unsealed || t.Aside == Workbook && has.kind == foreign && has.sheets
}

// checkFolder finds out whether files can be made in the target's folder, by making
// one.
func (t Target) checkFolder() error {
	dir := filepath.Dir(resolve(t.Path))
	switch info, err := os.Stat(dir); {
	case errors.Is(err, fs.ErrNotExist), err == nil && !info.IsDir():
		return &Refused{Target: t, Reason: NoFolder}
	case err != nil:
		return &Refused{Target: t, Reason: NotWritable, Err: system(err)}
	}
	f, err := os.CreateTemp(dir, temporary)
	if err == nil {
		err = errors.Join(f.Close(), os.Remove(f.Name()))
	}
	if err != nil {
		return &Refused{Target: t, Reason: NotWritable, Err: system(err)}
	}
	return nil
}

// isStream tells whether a path leads to a stream of the process, whatever that is
// redirected to.
func isStream(path string) bool {
	path = filepath.ToSlash(path)
	return strings.HasPrefix(path, "/dev/") || strings.HasPrefix(path, "/proc/self/fd/")
}

// same tells whether two paths lead to the same file, or would if it existed.
func same(a, b string) bool {
	one, errA := os.Stat(a)
	two, errB := os.Stat(b)
	if errA == nil && errB == nil {
		return os.SameFile(one, two)
	}
	a, b = resolve(a), resolve(b)
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" { // names there differ by more than case
		return strings.EqualFold(a, b)
	}
	return a == b
}

// resolve returns the absolute path of the file that a path leads to, after links. The
// file itself need not exist.
func resolve(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	if to, err := filepath.EvalSymlinks(path); err == nil {
		return to
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		return filepath.Join(dir, filepath.Base(path))
	}
	return path
}

// system returns what the system says, without the name of the file, which the
// Refused error has already.
func system(err error) error {
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		return at.Err
	}
	return err
}
