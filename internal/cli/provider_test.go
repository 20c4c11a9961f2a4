package cli

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"

	"flexybatch/batch/oneclick/simulator"
)

// unsteady is a provider of a transcript: one address, behind which account and
// prices change. Its orders stay.
type unsteady struct {
	mu  sync.Mutex
	sim *simulator.Simulator
}

func (c *unsteady) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	sim := c.sim
	c.mu.Unlock()
	sim.ServeHTTP(w, r)
}

// changeProvider is the command `provider [NAME=VALUE …]` of transcripts. It starts a
// provider and puts it into the environment, or changes the one there is: the price
// of a plan (PREPAID_MOBILIS=0.97), the account (username=other), the type of key.
func changeProvider(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("usage: provider [NAME=VALUE …]")
	}
	config := simulator.Config{Speed: 500, Store: ts.MkAbs("provider.store"), Plans: simulator.DefaultPlans(), Keys: []simulator.Key{{Key: simulator.DefaultKey}}}
	for _, arg := range args {
		name, value, _ := strings.Cut(arg, "=")
		switch name {
		case "username":
			config.Keys[0].Username = value
		case "type":
			config.Keys[0].Type = value
		default:
			for i := range config.Plans {
				if config.Plans[i].Code == name {
					config.Plans[i].Cost = value
				}
			}
		}
	}
	c, started := ts.Value("provider").(*unsteady)
	if !started {
		ts.Fatalf("there is no provider: see Setup")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sim != nil {
		ts.Check(c.sim.Close())
	}
	var err error
	c.sim, err = simulator.New(config)
	ts.Check(err)
	if ts.Getenv("ONECLICKDZ_BASE_URL") == "" {
		server := httptest.NewServer(c)
		ts.Defer(server.Close)
		ts.Setenv("ONECLICKDZ_BASE_URL", server.URL)
		ts.Setenv("ONECLICKDZ_API_KEY", simulator.DefaultKey)
	}
}
