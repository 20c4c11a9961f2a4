package oneclick_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"flexybatch/batch"
	"flexybatch/batch/oneclick"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// secret is long enough to be looked for everywhere.
const secret = "s3cr3t+key/0123456789abcdef=="

// order is what the golden bodies answer to.
var order = batch.Order{
	Ref:   "golden-aaaaaaaaaaaaaaaaaaaa",
	Topup: batch.Topup{Phone: "0770000003", Plan: "PREPAID_DJEZZY", Amount: 500},
}

const orderID = "65f1a0000000000000000001"

// golden is a body of the vendor's documentation.
func golden(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "golden", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// dial is a client of that server.
func dial(t testing.TB, c oneclick.Config) *oneclick.Client {
	t.Helper()
	if c.Key.Empty() {
		c.Key = oneclick.NewKey(secret)
	}
	if c.Timeout == 0 {
		c.Timeout = 10 * time.Second
	}
	client, err := oneclick.New(c)
	if err != nil {
		t.Fatal(err)
	}
	if throughTransport {
		oneclick.ThroughTransport(client, c)
	}
	if byReading {
		oneclick.ProbeByReading(client)
	}
	t.Cleanup(client.Close)
	return client
}

// serve starts a server on a real socket and a client for it.
func serve(t testing.TB, h http.HandlerFunc) *oneclick.Client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return dial(t, oneclick.Config{BaseURL: s.URL})
}

// say answers every call alike.
func say(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}
