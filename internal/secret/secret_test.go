package secret

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A private file is its owner's alone, and is not written over.
func TestWriteNew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	if err := WriteNew(path, []byte("word"), true); err != nil {
		t.Fatal(err)
	}
	if b, err := ReadFile(path); err != nil || string(b) != "word" {
		t.Errorf("%q, %v", b, err)
	}
	if err := WriteNew(path, []byte("other"), true); !errors.Is(err, fs.ErrExist) {
		t.Errorf("written over: %v", err)
	}
	if runtime.GOOS == "windows" {
		return
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestExposed(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("this system has no such modes")
	}
	for mode, want := range map[os.FileMode]struct{ read, write bool }{
		0o600: {}, 0o400: {}, 0o640: {read: true}, 0o604: {read: true}, 0o644: {read: true}, 0o620: {true, true}, 0o666: {true, true}, 0o610: {read: true},
	} {
		path := filepath.Join(t.TempDir(), "file")
		if err := errors.Join(os.WriteFile(path, []byte("hidden"), 0o600), os.Chmod(path, mode)); err != nil {
			t.Fatal(err)
		}
		b, err := ReadFile(path)
		if e, exposed := errors.AsType[*Exposed](err); exposed != want.read || !want.read && err != nil || exposed && (len(b) > 0 || e.Path != path || !strings.Contains(err.Error(), "chmod 600")) {
			t.Errorf("%s to read: %q, %v", mode, b, err)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := CheckUnwritable(f); (err != nil) != want.write || want.write && !strings.Contains(err.Error(), "chmod go-w") {
			t.Errorf("%s to write: %v", mode, err)
		}
		f.Close()
	}
}

// memory is a vault; nil answers nothing.
type memory map[string]string

func (m memory) Get(host string) (string, error) {
	if m == nil {
		select {}
	}
	key, ok := m[host]
	if !ok {
		return "", ErrNotKept
	}
	if key == "locked" {
		return "", errors.New("it is locked")
	}
	return key, nil
}

func (m memory) Set(string, string) error { return nil }
func (m memory) Delete(string) error      { return nil }

// The nearest source that has a key holds, and a broken one is not passed over.
func TestKeySources(t *testing.T) {
	file := filepath.Join(t.TempDir(), "key")
	if err := WriteNew(file, []byte(" of-file\n"), true); err != nil {
		t.Fatal(err)
	}
	vault := memory{"api.example": "of-vault", "broken.example": "locked", "empty.example": " "}
	for _, c := range []struct {
		KeySources
		key, from, wrong string
	}{
		{KeySources{File: file, Variable: "of-variable", Vault: vault, Host: "api.example"}, "of-file", "the file " + file, ""},
		{KeySources{Variable: " of-variable ", Vault: vault, Host: "api.example"}, "of-variable", "the variable ONECLICKDZ_API_KEY", ""},
		{KeySources{Variable: " ", Vault: vault, Host: "api.example"}, "of-vault", "the system keyring", ""},
		{KeySources{File: file + "2", Variable: "of-variable", Vault: vault, Host: "api.example"}, "", "", "reading the key: "},
		{KeySources{Variable: "two words"}, "", "", "more than one word"},
		{KeySources{Vault: vault, Host: "other.example"}, "", "", "flexybatch login"},
		{KeySources{Vault: vault, Host: "broken.example"}, "", "", "cannot be asked: it is locked"},
		{KeySources{Vault: vault, Host: "empty.example"}, "", "", "the API key is empty"},
		{KeySources{Vault: vault}, "", "", "there is no API key"},
		{KeySources{}, "", "", "there is no API key"},
	} {
		key, from, err := c.Find(t.Context())
		if err == nil && (key != c.key || from.String() != c.from || c.wrong != "") || err != nil && (c.wrong == "" || !strings.Contains(err.Error(), c.wrong)) {
			t.Errorf("%+v: %q from %q, %v", c.KeySources, key, from, err)
		}
	}
}

// A key is read as a Windows editor saves it; what cannot be one is refused before a
// try is lost.
func TestParseKey(t *testing.T) {
	for text, want := range map[string]string{
		"good-key": "good-key", " good-key\r\n": "good-key", "\ufeffgood-key\r\n": "good-key",
		"\xff\xfek\x00e\x00y\x00\r\x00\n\x00": "key", "\xfe\xff\x00k\x00e\x00y": "key",
		"Z29vZA==": "Z29vZA==", "a=b": "a=b",
	} {
		if got, err := ParseKey(text); got != want || err != nil {
			t.Errorf("%q is %q: %v", text, got, err)
		}
	}
	for text, want := range map[string]string{
		"": "empty", "\ufeff": "empty", "\xff\xfe": "empty", "a b": "more than one word", "\ufeffa b": "more than one word",
		"\"good-key\"": "in quotes", "'good-key'": "in quotes", "“good-key”": "in quotes", "« good-key »": "more than one word", "«good-key»": "in quotes",
		"ONECLICKDZ_API_KEY=good-key": "stand before", "\ufeffoneclickdz_api_key=good-key": "stand before", "API_KEY=good-key": "stand before",
		"apikey=good": "stand before", "export ONECLICKDZ_API_KEY=good": "more than one word", "k\x00e\x00y\x00": "plain text",
	} {
		if got, err := ParseKey(text); err == nil || got != "" || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "good") {
			t.Errorf("%q is %q: %v", text, got, err)
		}
	}
}

// A keyring that never answers is given up, for each thing that it can be asked.
func TestVaultWithoutAnswer(t *testing.T) {
	for name, ask := range map[string]func(context.Context, Vault) error{
		"get": func(ctx context.Context, v Vault) error {
			_, _, err := KeySources{Vault: v, Host: "api.example"}.Find(ctx)
			return err
		},
		"keep":   func(ctx context.Context, v Vault) error { return Keep(ctx, v, "api.example", "key") },
		"forget": func(ctx context.Context, v Vault) error { return Forget(ctx, v, "api.example") },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				end := make(chan struct{})
				defer synctest.Wait()
				defer close(end)
				begun := time.Now()
				if err := ask(t.Context(), deaf(end)); !errors.Is(err, ErrNoAnswer) || time.Since(begun) != patience {
					t.Errorf("after %s: %v", time.Since(begun), err)
				}
			})
		})
	}
}

// deaf is a vault that answers nothing before it ends.
type deaf chan struct{}

func (d deaf) Get(string) (string, error) { <-d; return "", nil }
func (d deaf) Set(string, string) error   { <-d; return nil }
func (d deaf) Delete(string) error        { <-d; return nil }

// A keyring that asks its user is not waited for when the run is to end.
func TestStuckVault(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := (KeySources{Vault: memory(nil), Host: "api.example"}).Find(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
