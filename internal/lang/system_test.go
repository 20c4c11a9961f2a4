package lang

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// failing is a real call that fails, and what is said of its error in English.
type failing struct {
	name string
	call func() error
	want string // a pattern of the whole
}

// says holds every language to what is said of the errors of real calls.
func says(t *testing.T, calls []failing) {
	t.Helper()
	for _, c := range calls {
		t.Run(c.name, func(t *testing.T) {
			err := c.call()
			if err == nil {
				t.Fatal("the call did not fail")
			}
			if got := (*Printer)(nil).Error(err); !regexp.MustCompile("^" + c.want + "$").MatchString(got) {
				t.Errorf("%#v is said %q, want %s", err, got, c.want)
			}
			wrapped := Errorf("opening the catalogue of plans: %w", err)
			for _, language := range Languages[1:] {
				p, _ := New(language)
				ours, _, _ := strings.Cut(p.Error(err), "(")
				for _, word := range strings.Fields(ours) {
					if systemWord.MatchString(word) {
						t.Errorf("%s: %q says %q", language, p.Error(err), word)
					}
				}
				if !strings.Contains(p.Error(wrapped), p.Error(err)) {
					t.Errorf("%s: within a message it is %q", language, p.Error(wrapped))
				}
			}
		})
	}
}

// systemWord is what no sentence of ours has: names of functions, and English.
var systemWord = regexp.MustCompile(`^(open|stat|lstat|read|write|rename|link|mkdir|remove|unlinkat|dial|lookup|tcp|listen|parsing|the|is|and|no|not|such)$|strconv|Parse|json:|toml:|zip:|x509|tls:`)

func TestFileErrors(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, dir := range []string{"folder", filepath.Join("full", "of")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile("a.csv", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	calls := []failing{
		{"missing", func() error { _, err := os.Open("paie.csv"); return err }, `there is no file paie\.csv in this folder`},
		{"missing elsewhere", func() error { _, err := os.Stat(filepath.Join("folder", "paie.csv")); return err }, `there is no file paie\.csv in the folder folder`},
		{"renamed", func() error { return os.Rename("b.csv", "c.csv") }, `b\.csv cannot become c\.csv: there is no file c\.csv in this folder`},
		{"bytes missing", func() error { _, err := io.ReadFull(strings.NewReader("a"), make([]byte, 2)); return err }, `it ends too early`},
		{"no program", func() error { return exec.Command("no-such-program").Run() }, `the program no-such-program cannot be started \(.*\)`},
		{"wrapped", func() error {
			_, err := os.Open("paie.csv")
			return fmt.Errorf("from below: %w", err)
		}, `there is no file paie\.csv in this folder \(from below: open paie\.csv: .*\)`},
	}
	if runtime.GOOS != "windows" {
		calls = append(calls,
			failing{"folder", func() error { _, err := os.ReadFile("folder"); return err }, `folder is a folder, not a file`},
			failing{"no folder", func() error { _, err := os.Open("a.csv/b.csv"); return err }, `a part of the path a\.csv/b\.csv is a file, not a folder`},
			failing{"existing", func() error { return os.Mkdir("folder", 0o700) }, `folder exists already`},
			failing{"linked", func() error { return os.Symlink("a.csv", "folder") }, `a\.csv cannot become folder: folder exists already`},
			failing{"not empty", func() error { return os.Remove("full") }, `the folder full is not empty`},
			failing{"long name", func() error { _, err := os.Create(strings.Repeat("a", 300)); return err }, `the system does not accept the name a{300} \(file name too long\)`},
			failing{"other", func() error { return os.Chmod("a\x00b", 0) }, `a\x00b cannot be used \(invalid argument\)`},
		)
	}
	if runtime.GOOS == "linux" {
		calls = append(calls,
			failing{"full", func() error { return os.WriteFile("/dev/full", []byte("a"), 0o600) }, `the disk is full: /dev/full cannot be written \(no space left on device\)`},
			failing{"forbidden", func() error { return os.WriteFile("/proc/sys/kernel/ostype", []byte("a"), 0o600) }, `the system does not let you use /proc/sys/kernel/ostype`},
		)
	}
	says(t, calls)
}

func TestSyntaxErrors(t *testing.T) {
	says(t, []failing{
		{"number", func() error { _, err := strconv.Atoi("abc"); return err }, `"abc" is not a number`},
		{"fraction", func() error { _, err := strconv.ParseFloat("1;5", 64); return err }, `"1;5" is not a number`},
		{"large", func() error { _, err := strconv.ParseInt("99999999999999999999", 10, 64); return err }, `"9{20}" is too large a number`},
		{"bool", func() error { _, err := strconv.ParseBool("oui"); return err }, `"oui" is neither true nor false`},
		{"JSON", func() error { return json.Unmarshal([]byte(`{"a":x}`), &struct{}{}) }, `it is not JSON, from byte 6 on \(invalid character 'x' .*\)`},
		{"JSON type", func() error { return json.Unmarshal([]byte(`{"a":"x"}`), &struct{ A int }{}) }, `the JSON has something else at "A" than belongs there \(byte 8: string\)`},
		{"JSON end", func() error { return json.NewDecoder(strings.NewReader(`{"a"`)).Decode(&struct{}{}) }, `it ends too early`},
		{"TOML", func() error { return toml.Unmarshal([]byte("a = 1\nb = = 2"), &struct{}{}) }, `line 2, column 5 cannot be understood \(toml: .*\)`},
		{"CSV", func() error { _, err := csv.NewReader(strings.NewReader("a\nb\"c")).ReadAll(); return err }, `line 2 is not as CSV is written \(bare .*\)`},
		{"ZIP", func() error { _, err := zip.NewReader(bytes.NewReader([]byte("no archive")), 10); return err }, `it is not a ZIP archive, as every workbook is`},
		{"time", func() error { _, err := time.Parse(time.DateOnly, "29.11.2026"); return err }, `"29\.11\.2026" is not a time`},
	})
}

func TestNetworkErrors(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := closed.Addr().String()
	closed.Close()
	open, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	ended, end := context.WithCancel(t.Context())
	end()

	release := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer silent.Close()
	defer close(release)
	rude := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		c, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			c.Close()
		}
	}))
	defer rude.Close()
	secret := httptest.NewUnstartedServer(http.NotFoundHandler())
	secret.Config.ErrorLog = log.New(io.Discard, "", 0)
	secret.StartTLS()
	defer secret.Close()

	get := func(c *http.Client, address string) func() error {
		return func() error {
			answer, err := c.Get(address)
			if err == nil {
				answer.Body.Close()
			}
			return err
		}
	}
	trusting := func(change func(*tls.Config)) *http.Client {
		c := secret.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
		change(c)
		return &http.Client{Transport: &http.Transport{TLSClientConfig: c}}
	}
	const local = `127\.0\.0\.1:\d+`
	says(t, []failing{
		{"refused", func() error { _, err := net.Dial("tcp", port); return err }, `nobody answers at ` + local + ` \(.*refused.*\)`},
		{"refused by HTTP", get(http.DefaultClient, "http://"+port+"/v3"), `nobody answers at ` + local + ` \(.*refused.*\)`},
		{"taken", func() error { _, err := net.Listen("tcp", open.Addr().String()); return err }, `another program uses the address ` + local + ` already`},
		{"not here", func() error { _, err := net.Listen("tcp", "192.0.2.1:0"); return err }, `this machine does not have the address 192\.0\.2\.1:0`},
		{"no port", func() error { _, err := net.Listen("tcp", "localhost"); return err }, `"localhost" is not an address \(missing port in address\)`},
		{"no name", func() error { _, err := net.LookupHost("no..such"); return err }, `there is no machine of the name no\.\.such: .*`},
		{"no name by HTTP", get(http.DefaultClient, "http://no..such/"), `there is no machine of the name no\.\.such: .*`},
		{"no name server", func() error {
			r := net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) { return nil, io.ErrClosedPipe }}
			_, err := r.LookupHost(t.Context(), "api.example.com")
			return err
		}, `the name api\.example\.com could not be looked up: is there a connection to the Internet\? \(.*\)`},
		{"address", func() error { _, err := url.Parse(strings.Join([]string{"http://[", "::1"}, "")); return err }, `"http://\[::1" is not an address \(missing .*\)`},
		{"silent", get(&http.Client{Timeout: 20 * time.Millisecond}, silent.URL), local + ` did not answer in time \(.*\)`},
		{"late", func() error {
			ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
			defer cancel()
			<-ctx.Done()
			return ctx.Err()
		}, `no answer came in time \(context deadline exceeded\)`},
		{"interrupted", func() error { return ended.Err() }, `it was interrupted`},
		{"broken off", get(http.DefaultClient, rude.URL), local + ` broke the connection off \(EOF\)`},
		{"plain", get(http.DefaultClient, strings.Replace(silent.URL, "http:", "https:", 1)), local + ` (does not answer with HTTPS|cannot be reached) \(.*\)`},
		{"untrusted", get(http.DefaultClient, secret.URL), `the certificate of ` + local + ` is from nobody whom this machine trusts \(.*\)`},
		{"other name", get(trusting(func(c *tls.Config) { c.ServerName = "api.example.dz" }), secret.URL), `the certificate of ` + local + ` is for another name \(.*\)`},
		{"out of date", get(trusting(func(c *tls.Config) { c.Time = func() time.Time { return time.Now().AddDate(200, 0, 0) } }), secret.URL), `the certificate of ` + local + ` is out of date, .*`},
	})
}
