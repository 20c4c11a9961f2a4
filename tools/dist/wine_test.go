//go:build unix

package main

import (
	"bufio"
	"bytes"
	"debug/pe"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// wine is a Windows of its own, in a folder of the test, with a screen that nobody sees
// and a browser that only writes down what it was to open.
type wine struct {
	t      *testing.T
	prefix string
	env    []string
	opened *os.File // a pipe: the addresses that the browser got
}

// folder is where the installer puts the program, below the user's folder.
const folder = `AppData\Local\Programs\flexybatch`

// What is for Windows does its work under Wine: the installer in three languages, a
// batch whose name has accents, the refusal while the program runs, the double-click,
// the language, and the removal that leaves nothing.
func TestWine(t *testing.T) {
	installer, program := made(t, "flexybatch-*-windows-amd64-installer.exe"), made(t, "flexybatch-windows-amd64.exe")
	for program, pkg := range map[string]string{"wine": "wine", "x86_64-w64-mingw32-gcc": "gcc-mingw-w64-x86-64", "Xvfb": "xvfb", "localedef": "locales"} {
		need(t, program, pkg)
	}
	w := newWine(t)
	before := w.files()
	for _, c := range []struct{ locale, verb string }{{"C.UTF-8", "Check with flexybatch"}, {"fr_FR.UTF-8", "Vérifier avec flexybatch"}, {"ar_DZ.UTF-8", "الفحص بـ flexybatch"}} {
		if code, out := w.run(c.locale, installer, "/S"); code != 0 {
			t.Fatalf("the installer: exit %d: %s", code, out)
		}
		w.settled()
		if !strings.Contains(w.registry(), c.verb) {
			t.Errorf("in %s the files' menu does not say %q", c.locale, c.verb)
		}
	}
	w.installed(before)
	w.pays()
	w.speaks()
	w.refuses(installer)
	w.clicked(program)
	if code, out := w.run("C.UTF-8", w.home()+folder+`\uninstall.exe`, "/S"); code != 0 {
		t.Errorf("the removal: exit %d: %s", code, out)
	}
	w.settled()
	if left := w.files(); !slices.Equal(left, before) {
		t.Errorf("left were %q", slices.DeleteFunc(left, func(name string) bool { return slices.Contains(before, name) }))
	}
	if strings.Contains(strings.ToLower(w.registry()), "flexybatch") {
		t.Errorf("left was in the registry:\n%s", grep(w.registry(), "flexybatch"))
	}
}

// installed checks what the installer laid out.
func (w *wine) installed(before []string) {
	w.t.Helper()
	var names []string
	for _, name := range w.files() {
		if !slices.Contains(before, name) {
			names = append(names, filepath.Base(name))
		}
	}
	slices.Sort(names)
	if want := []string{"LICENCES.txt", "LICENSE.txt", "flexybatch", "flexybatch.exe", "flexybatch.lnk", "flexybatch.lnk", "uninstall.exe"}; !slices.Equal(names, want) {
		w.t.Errorf("installed are %q, want %q", names, want)
	}
	registry := w.registry()
	for _, part := range []string{`SystemFileAssociations\\.xlsx\\shell\\flexybatch\\command]`, `\\.xlsm\\shell\\flexybatch]`, `\\.csv\\shell\\flexybatch]`,
		`App Paths\\flexybatch.exe]`, `CurrentVersion\\Uninstall\\flexybatch]`, `flexybatch.exe\" console \"%1\""`, `"QuietUninstallString"`} {
		if !strings.Contains(registry, part) {
			w.t.Errorf("the registry lacks %s", part)
		}
	}
	if strings.Contains(grep(registry, `"path"=`), "flexybatch") {
		w.t.Error("PATH was changed")
	}
}

// pays runs a simulated batch whose name has a space and accents.
func (w *wine) pays() {
	w.t.Helper()
	dir := filepath.Join(w.prefix, "drive_c", "Paie été")
	if err := copyFile(filepath.Join("..", "..", "samples", "payroll.csv"), filepath.Join(dir, "Paie été.csv"), 0o600); err != nil {
		w.t.Fatal(err)
	}
	code, out := w.run("C.UTF-8", w.program(), "run", "--simulate", "--yes", `C:\Paie été\Paie été.csv`)
	if code != 0 || !strings.Contains(out, "20 fulfilled") {
		w.t.Errorf("the batch: exit %d: %s", code, out)
	}
	for _, name := range []string{"Paie été.journal", "Paie été.results.xlsx"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			w.t.Error(err)
		}
	}
}

// speaks checks that the language is that of Windows where no variable names one.
func (w *wine) speaks() {
	w.t.Helper()
	for locale, word := range map[string]string{"fr_FR.UTF-8": "tableau", "ar_DZ.UTF-8": "جدول", "C.UTF-8": "spreadsheet"} {
		code, out := w.run(locale, "cmd", "/c", "set LC_ALL=&& set LANG=&& "+w.program()+" --help")
		if code != 0 || !strings.Contains(out, word) {
			w.t.Errorf("in %s: exit %d, and no %q in %.300s", locale, code, word, out)
		}
	}
}

// refuses checks that neither the installer nor the removal touch a program that runs.
func (w *wine) refuses(installer string) {
	w.t.Helper()
	cmd := w.command("C.UTF-8", w.program(), "console", "--no-browser", "--simulate")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		w.t.Fatal(err)
	}
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(address, "http://localhost:") {
		w.t.Fatalf("the console says %q: %v", address, err)
	}
	const running = 10 // as installer.nsi says
	if code, out := w.run("C.UTF-8", installer, "/S"); code != running {
		w.t.Errorf("the installer while the program runs: exit %d, want %d: %s", code, running, out)
	}
	if code, out := w.run("C.UTF-8", w.home()+folder+`\uninstall.exe`, "/S", "_?="+w.home()+folder); code != running {
		w.t.Errorf("the removal while the program runs: exit %d, want %d: %s", code, running, out)
	}
	w.kill()
	_, _ = io.Copy(io.Discard, out)
	_ = cmd.Wait() // it was killed
}

// clicked opens the program as a double-click does, and a file as one that is dragged on
// it: the browser gets a page that is there, and the file's.
func (w *wine) clicked(program string) {
	w.t.Helper()
	if err := copyFile(program, filepath.Join(w.prefix, "drive_c", "flexybatch.exe"), 0o700); err != nil {
		w.t.Fatal(err)
	}
	defer os.Remove(filepath.Join(w.prefix, "drive_c", "flexybatch.exe"))
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"explorer", `C:\flexybatch.exe`}, "flexybatch"},
		{[]string{"cmd", "/c", "start", "", `C:\flexybatch.exe`, `C:\Paie été\Paie été.csv`}, "Paie été.csv"},
	} {
		cmd := w.command("C.UTF-8", c.args...)
		if err := cmd.Start(); err != nil {
			w.t.Fatal(err)
		}
		if page := w.page(); !strings.Contains(page, c.want) {
			w.t.Errorf("%q shows no %q in %.500s", c.args, c.want, page)
		}
		w.kill()
		_ = cmd.Wait() // explorer's exit code says nothing
	}
}

// page is what the browser shows of the next address that it gets.
func (w *wine) page() string {
	w.t.Helper()
	if err := w.opened.SetReadDeadline(time.Now().Add(2 * time.Minute)); err != nil {
		w.t.Fatal(err)
	}
	address, err := bufio.NewReader(w.opened).ReadString('\n')
	if err != nil {
		w.t.Fatalf("no browser was opened: %v", err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	browser := http.Client{Jar: jar}
	defer browser.CloseIdleConnections()
	resp, err := browser.Get(strings.TrimSpace(address))
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		w.t.Fatalf("%s: %s, %v", address, resp.Status, err)
	}
	return string(b)
}

// newWine makes a Windows that has what Debian's Wine lacks, and a screen.
func newWine(t *testing.T) *wine {
	t.Helper()
	dir := t.TempDir()
	pipe := filepath.Join(dir, "opened")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	browser := "#!/bin/sh\nprintf '%s\\n' \"$1\" > " + pipe + "\n"
	if err := os.MkdirAll(filepath.Join(dir, "bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "bin", "xdg-open"), []byte(browser), 0o700); err != nil {
		t.Fatal(err)
	}
	opened, err := os.OpenFile(pipe, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = opened.Close() })
	for _, locale := range []string{"fr_FR", "ar_DZ"} {
		ran(t, nil, "localedef", "-i", locale, "-f", "UTF-8", "--no-archive", filepath.Join(dir, locale+".UTF-8"))
	}
	w := &wine{t: t, prefix: filepath.Join(dir, "prefix"), opened: opened, env: []string{
		"HOME=" + dir, "WINEPREFIX=" + filepath.Join(dir, "prefix"), "WINEDEBUG=-all", "WINEDLLOVERRIDES=winemenubuilder.exe=d;mscoree=d;mshtml=d",
		"LOCPATH=" + dir, "DISPLAY=" + screen(t), "PATH=" + filepath.Join(dir, "bin") + ":" + os.Getenv("PATH"), "LANG=", "BROWSER=",
	}}
	t.Cleanup(func() { _ = w.command("C.UTF-8", "wineboot", "-k").Run() })
	if code, out := w.run("C.UTF-8", "wineboot", "-i"); code != 0 {
		t.Fatalf("wineboot: exit %d: %s", code, out)
	}
	w.settled()
	ran(t, nil, "x86_64-w64-mingw32-gcc", "-shared", "-O2", "-o", filepath.Join(w.prefix, "drive_c", "windows", "system32", "bcryptprimitives.dll"),
		filepath.Join("testdata", "prng.c"), "-ladvapi32")
	return w
}

// screen starts a screen that nobody sees, and returns its name.
func screen(t *testing.T) string {
	t.Helper()
	r, wr, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "800x600x24", "-nolisten", "tcp")
	cmd.ExtraFiles = []*os.File{wr}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	_ = wr.Close()
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatal("Xvfb names no screen: ", err)
	}
	return ":" + strings.TrimSpace(number)
}

// command is one of Wine's, in a locale.
func (w *wine) command(locale string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(w.t.Context(), "wine", args...)
	cmd.Env = append(os.Environ(), append(w.env, "LC_ALL="+locale)...)
	return cmd
}

// run runs a command of Wine, and returns its exit code and what it said.
func (w *wine) run(locale string, args ...string) (int, string) {
	w.t.Helper()
	out, err := w.command(locale, args...).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		w.t.Fatal(err)
	}
	if exit != nil {
		return exit.ExitCode(), string(out)
	}
	return 0, string(out)
}

// settled waits until all programs have ended and the registry is written.
func (w *wine) settled() {
	w.t.Helper()
	cmd := exec.Command("wineserver", "-w")
	cmd.Env = append(os.Environ(), w.env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		w.t.Fatalf("wineserver: %v: %s", err, out)
	}
}

// kill ends the program as the Task Manager does.
func (w *wine) kill() {
	w.t.Helper()
	if code, out := w.run("C.UTF-8", "taskkill", "/f", "/im", "flexybatch.exe"); code != 0 {
		w.t.Errorf("taskkill: exit %d: %s", code, out)
	}
}

// home is the user's folder as Windows calls it.
func (w *wine) home() string {
	w.t.Helper()
	for _, name := range glob(w.t, filepath.Join(w.prefix, "drive_c", "users", "*")) {
		if filepath.Base(name) != "Public" {
			return `C:\users\` + filepath.Base(name) + `\`
		}
	}
	w.t.Fatal("Wine has no user")
	return ""
}

// program is the installed program.
func (w *wine) program() string { return w.home() + folder + `\flexybatch.exe` }

// files are the files of the users and of all programs, but those for a while.
func (w *wine) files() (names []string) {
	w.t.Helper()
	for _, root := range []string{"users", "ProgramData", "Program Files"} {
		err := filepath.WalkDir(filepath.Join(w.prefix, "drive_c", root), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.Name() == "Temp" {
				return fs.SkipDir
			}
			if !d.IsDir() || d.Name() == "flexybatch" {
				names = append(names, path)
			}
			return nil
		})
		if err != nil {
			w.t.Fatal(err)
		}
	}
	return names
}

// registry is the user's part of it, as Wine keeps it.
func (w *wine) registry() string {
	w.t.Helper()
	w.settled()
	text := read(w.t, filepath.Join(w.prefix, "user.reg"))
	return unescaped(text)
}

// unescaped are the lines of a registry whose letters beyond ASCII are written \x….
func unescaped(text string) string {
	var b bytes.Buffer
	for i := 0; i < len(text); i++ {
		var r rune
		n := 0
		if strings.HasPrefix(text[i:], `\x`) {
			for n < 4 && i+2+n < len(text) && strings.IndexByte("0123456789abcdef", text[i+2+n]) >= 0 {
				r = r<<4 | rune(strings.IndexByte("0123456789abcdef", text[i+2+n]))
				n++
			}
		}
		if n == 0 {
			b.WriteByte(text[i])
			continue
		}
		b.WriteRune(r)
		i += 1 + n
	}
	return b.String()
}

// grep are the lines that have a part, whatever their case.
func grep(text, part string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.Contains(strings.ToLower(line), strings.ToLower(part)) {
			b.WriteString(line)
		}
	}
	return b.String()
}

// The programs for Windows are for the processor that their name says, and have an
// icon, a version in three languages and a manifest.
func TestResources(t *testing.T) {
	for arch, machine := range map[string]uint16{"amd64": pe.IMAGE_FILE_MACHINE_AMD64, "arm64": pe.IMAGE_FILE_MACHINE_ARM64} {
		name := made(t, "flexybatch-windows-"+arch+".exe")
		if !isProgram(t, name, machine) {
			t.Errorf("%s is for another processor", name)
		}
		need(t, "wrestool", "icoutils")
		list := ran(t, nil, "wrestool", "-l", name)
		for _, part := range []string{"type=group_icon", "--type=16 --name=1 --language=1025", "--type=16 --name=1 --language=1033", "--type=16 --name=1 --language=1036", "--type=24 --name=1"} {
			if !strings.Contains(list, part) {
				t.Errorf("%s lacks %s:\n%s", name, part, list)
			}
		}
		manifest := ran(t, nil, "wrestool", "--raw", "-x", "-t", "24", name)
		for _, part := range []string{"UTF-8</activeCodePage>", "true</longPathAware>", "PerMonitorV2</dpiAwareness>", `level="asInvoker"`} {
			if !strings.Contains(manifest, part) {
				t.Errorf("the manifest of %s lacks %s", name, part)
			}
		}
	}
}
