package register

import (
	"path/filepath"
	"runtime"

	"flexybatch/batch"
)

// errNoFolder says that the environment names no folder of the user's.
var errNoFolder = batch.Errorf("the user's state folder is not known, since the environment names no home folder")

// Folder returns the user's state folder for this program:
// $XDG_STATE_HOME/flexybatch or ~/.local/state/flexybatch, on Windows
// %LocalAppData%\flexybatch, and on macOS, which has no other, the folder in
// configDir. A program gives it os.Getenv and os.UserConfigDir.
func Folder(getenv func(string) string, configDir func() (string, error)) (string, error) {
	return folder(runtime.GOOS, getenv, configDir)
}

func folder(goos string, getenv func(string) string, configDir func() (string, error)) (string, error) {
	base, home := "", getenv("HOME")
	switch {
	case goos == "windows":
		base = getenv("LocalAppData")
	case goos == "darwin":
		base, _ = configDir() // it fails where there is no home folder
	case filepath.IsAbs(getenv("XDG_STATE_HOME")): // the specification wants a relative one ignored
		base = getenv("XDG_STATE_HOME")
	case home != "":
		base = filepath.Join(home, ".local", "state")
	}
	if base == "" {
		return "", errNoFolder
	}
	return filepath.Join(base, "flexybatch"), nil
}
