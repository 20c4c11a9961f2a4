//go:build linux

package cli

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"go.yaml.in/yaml/v3"
)

// composeFile is what the test reads of the sample.
type composeFile struct {
	Services map[string]struct {
		Image       string
		Command     []string
		Environment map[string]string
	}
}

// The office of the sample starts, as far as it can without containers: each of its
// services as a process, with the command and the variables that the file gives it, and
// the addresses of this machine.
func TestComposeFile(t *testing.T) {
	t.Parallel()
	o := newBureau(t, 0) // whose database it is; its provider is not used
	b, err := os.ReadFile(filepath.Join("..", "..", "samples", "office", "compose.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var c composeFile
	if err := yaml.Unmarshal(b, &c); err != nil {
		t.Fatal(err)
	}
	database := c.Services["worker-1"].Environment["FLEXYBATCH_DATABASE"]
	if want := "@database/" + c.Services["database"].Environment["POSTGRES_DB"]; !strings.HasSuffix(database, want) {
		t.Errorf("the workers' database is %q, not %s", database, want)
	}
	for i, v := range o.env {
		if strings.HasPrefix(v, "FLEXYBATCH_DATABASE=") {
			database = strings.TrimPrefix(v, "FLEXYBATCH_DATABASE=")
			o.env[i] = "FLEXYBATCH_DATABASE=" + database
		}
	}
	ports := map[string]string{}
	here := func(text string) string { // a free port for each that the file names
		return regexp.MustCompile(`127\.0\.0\.1:[0-9]+`).ReplaceAllStringFunc(text, func(address string) string {
			if ports[address] == "" {
				ports[address] = freeAddress(t)
			}
			return ports[address]
		})
	}
	start := func(name string) *exec.Cmd {
		s := c.Services[name]
		if s.Image != "flexybatch" || len(s.Command) == 0 {
			t.Fatalf("%s has no command of ours: %+v", name, s)
		}
		args := make([]string, len(s.Command))
		for i, a := range s.Command {
			if args[i] = here(a); a == ":8444" { // where the pages listen for their proxy
				args[i] = freeAddress(t)
			}
		}
		cmd := exec.Command(binary, args...)
		cmd.Dir, cmd.Env = o.dir, os.Environ()
		for key, value := range s.Environment {
			if value = here(value); key == "FLEXYBATCH_DATABASE" {
				value = database
			}
			cmd.Env = append(cmd.Env, key+"="+value)
		}
		log, err := os.Create(filepath.Join(o.dir, name+".log"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = log.Close() }() // the process has one of its own
		cmd.Stdout, cmd.Stderr = log, log
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd
	}
	if err := start("tables").Wait(); err != nil {
		t.Fatalf("tables: %v", err)
	}
	for _, name := range []string{"provider", "worker-1", "worker-2"} {
		o.workers[name] = start(name)
	}
	o.write("october.csv", 3)
	o.await("the account is known", func() bool { out, _ := o.command("submit", "october.csv"); return strings.Contains(out, "in line") })
	o.awaitState("october", "done")
	o.workers["serve"] = start("serve")
	o.await("the pages are ready", func() bool {
		resp, err := http.Get("http://" + ports["127.0.0.1:9103"] + "/readyz")
		if err != nil {
			return false
		}
		_ = resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
	out := o.must("serve", "invite", "Nadia", "--role", "admin", "--state", "office", "--url", "https://localhost:8443", "--database", database)
	if !strings.HasPrefix(out, "https://localhost:8443/invitations/") {
		t.Errorf("the invitation: %s", out)
	}
	for _, name := range []string{"serve", "worker-1", "worker-2", "provider"} {
		cmd := o.workers[name]
		delete(o.workers, name)
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("%s does not end well: %v", name, err)
		}
	}
}
