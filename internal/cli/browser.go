package cli

import "context"

// hasDisplay tells that a browser could be seen: on Windows and macOS always, elsewhere
// where the session has a screen.
func hasDisplay(goos string, getenv func(string) string) bool {
	return goos == "windows" || goos == "darwin" || getenv("DISPLAY") != "" || getenv("WAYLAND_DISPLAY") != ""
}

// openBrowser opens an address in the user's browser, or says that it could not.
func (w machine) openBrowser(ctx context.Context, address string) {
	name, args := opener(w.goos, address)
	if err := startProgram(ctx, name, args...); err != nil {
		w.words.Fprintf(w.stderr, "No browser could be opened (%v): open the address yourself.\n", err)
	}
}

// opener is the command with which a system opens an address.
func opener(goos, address string) (name string, args []string) {
	switch goos {
	case "darwin":
		return "open", []string{address}
	case "windows":
		return "rundll32", []string{"url.dll,FileProtocolHandler", address}
	}
	return "xdg-open", []string{address}
}
