package cli

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// freeAddress is an address of this machine that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// The built program serves an office: whoever was not invited sees the login alone, the
// first admin has an invitation, the machines have their own address, and the log is of
// lines of JSON. It ends when it is told, and one office is served once.
func TestServe(t *testing.T) {
	t.Parallel()
	state, listen, metrics := filepath.Join(t.TempDir(), "office"), freeAddress(t), freeAddress(t)
	_, port, _ := net.SplitHostPort(listen)
	site := []string{"--state", state, "--url", "http://localhost:" + port}
	invitation, err := exec.CommandContext(t.Context(), binary, append([]string{"serve", "invite", "Nadia", "--role", "admin"}, site...)...).Output()
	if err != nil || !strings.HasPrefix(string(invitation), "http://localhost:"+port+"/invitations/") {
		t.Fatalf("the invitation is %q, %v", invitation, err)
	}
	args := append([]string{"serve", "--simulate", "--listen", listen, "--metrics", metrics}, site...)
	cmd := exec.CommandContext(t.Context(), binary, args...)
	log := &strings.Builder{}
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if address, err := bufio.NewReader(out).ReadString('\n'); err != nil || strings.TrimSpace(address) != "http://localhost:"+port {
		t.Fatalf("the address is %q, %v", address, err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	defer client.CloseIdleConnections()
	get := func(address string, want int) string {
		t.Helper()
		resp, err := client.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		b, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != want {
			t.Fatalf("%s: %d, %v", address, resp.StatusCode, err)
		}
		return resp.Request.URL.Path + string(b)
	}
	if page := get("http://localhost:"+port+"/", http.StatusOK); !strings.HasPrefix(page, "/login") {
		t.Errorf("a stranger sees %s", page)
	}
	if page := get(strings.TrimSpace(string(invitation)), http.StatusOK); !strings.Contains(page, "Nadia") {
		t.Errorf("the invitation shows %s", page)
	}
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		get("http://"+metrics+path, http.StatusOK)
	}
	other, err := exec.CommandContext(t.Context(), binary, append([]string{"serve", "--simulate", "--listen", freeAddress(t)}, site...)...).CombinedOutput()
	if err == nil || !strings.Contains(string(other), "this office is served already") {
		t.Errorf("a second server: %v, %s", err, other)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
	requests := 0
	for line := range strings.Lines(log.String()) {
		var entry struct{ Msg, ID string }
		if strings.HasPrefix(line, "{") && json.Unmarshal([]byte(line), &entry) == nil && entry.Msg == "request" && entry.ID != "" {
			requests++
		}
	}
	if requests < 2 || !strings.Contains(log.String(), "Nobody is let in yet.") {
		t.Errorf("the log is\n%s", log)
	}
}

// What would let others read along, or promises what cannot be, is refused.
func TestServeRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for args, want := range map[string]string{
		"--url https://pay.example":                                                           "--state",
		"--state {}":                                                                          "--url",
		"--state {} --url ftp://pay.example":                                                  "--url",
		"--state {} --url https://pay.example/path":                                           "--url",
		"--state {} --url https://192.0.2.1":                                                  "passkeys are made for names alone",
		"--state {} --url http://pay.example":                                                 "over plain HTTP only this machine",
		"--state {} --url https://pay.example":                                                "give --tls-cert and --tls-key, or --trusted-proxy",
		"--state {} --url http://localhost:8443 --listen 0.0.0.0:8443":                        "plain HTTP is for this machine alone",
		"--state {} --url http://localhost:8443 --listen :8443":                               "plain HTTP is for this machine alone",
		"--state {} --url https://pay.example --tls-cert x":                                   "go together",
		"--state {} --url https://pay.example --tls-cert {}/x --tls-key {}/x":                 "reading the certificate",
		"--state {} --url https://pay.example --trusted-proxy everybody":                      "--trusted-proxy",
		"--state {} --url http://localhost:8443 --session-idle 0s":                            "--session-idle",
		"--state {} --url http://localhost:8443 --session-most 1m":                            "--session-most",
		"--state {} --url http://localhost:8443 --oidc-issuer https://id.example":             "--oidc-client",
		"invite --state {} --url http://localhost:8443 --role admin":                          "the name of one person",
		"invite Nadia --state {} --url http://localhost:8443":                                 "--role",
		"invite Nadia --state {} --url http://localhost:8443 --role king":                     "--role",
		"invite Nadia --state {} --url http://localhost:8443 --role auditor,clerk":            "no other role",
		"--state {} --url https://pay.example --trusted-proxy 127.0.0.1 --listen 192.0.2.1:1": "listening",
	} {
		out, err := exec.CommandContext(t.Context(), binary, append([]string{"serve"}, strings.Fields(strings.ReplaceAll(args, "{}", dir))...)...).CombinedOutput()
		if err == nil || !strings.Contains(string(out), want) {
			t.Errorf("serve %s: %v, %s", args, err, out)
		}
	}
	if entries, err := os.ReadDir(filepath.Join(dir, "people")); err == nil && len(entries) > 2 { // the book of acts and its lock
		t.Errorf("what was refused has left %v", entries)
	}
}
