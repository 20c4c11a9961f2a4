package console_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"flexybatch/batch/oneclick/simulator"
	"flexybatch/internal/app"
	"flexybatch/internal/console"
)

// remote is a simulated provider behind a socket, which may hold sends back.
type remote struct {
	t     testing.TB
	sim   *simulator.Simulator
	url   string
	sends atomic.Int64
	hold  atomic.Int64  // after so many sends the others wait; 0: none does
	free  chan struct{} // closed when they need not any more
	at    chan struct{} // closed when so many have come
}

// newRemote starts a provider with keys of this type.
func newRemote(t testing.TB, kind string) *remote {
	t.Helper()
	sim, err := simulator.New(simulator.Config{Keys: []simulator.Key{{Key: simulator.DefaultKey, Type: kind}}, Speed: 500})
	must(t, err)
	p := &remote{t: t, sim: sim, free: make(chan struct{}), at: make(chan struct{})}
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	p.url = server.URL
	return p
}

// ServeHTTP is the provider.
func (p *remote) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if hold := p.hold.Load(); r.Method == http.MethodPost && hold > 0 {
		n := p.sends.Add(1)
		if n == hold {
			close(p.at)
		}
		if n > hold {
			select {
			case <-p.free:
			case <-r.Context().Done():
				return
			}
		}
	}
	p.sim.ServeHTTP(w, r)
}

// desk starts a console that pays by the provider.
func (p *remote) desk(t *testing.T, change ...func(*console.Config)) *desk {
	t.Helper()
	return startDesk(t, append([]func(*console.Config){func(c *console.Config) {
		c.Account = app.Account{BaseURL: p.url}
		c.Pace = app.Pace{Rate: app.None, Poll: 50 * time.Millisecond, Wait: 20 * time.Second, ResendAfter: 200 * time.Millisecond, PhoneGap: app.None, Timeout: 5 * time.Minute}
	}}, change...)...)
}

// payroll is a workbook of n people. change may spoil cells of it.
func payroll(t testing.TB, n int, change ...func(*excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	must(t, f.SetSheetRow("Sheet1", "A1", &[]any{"Matricule", "Nom", "Téléphone", "Offre", "Montant"}))
	for i := range n {
		must(t, f.SetSheetRow("Sheet1", fmt.Sprint("A", i+2), &[]any{fmt.Sprintf("E%03d", i), fmt.Sprint("Agent ", i), fmt.Sprintf("0661%06d", i), "PREPAID_MOBILIS", 100 + i}))
	}
	for _, c := range change {
		c(f)
	}
	b, err := f.WriteToBuffer()
	must(t, err)
	return b.Bytes()
}

// agrees wants that a results workbook and the provider's own records tell the same:
// each order in one row, with its phone and amount, and no row that was paid twice.
func (p *remote) agrees(workbook []byte, want int) {
	p.t.Helper()
	f, err := excelize.OpenReader(strings.NewReader(string(workbook)))
	must(p.t, err)
	told := map[string]string{} // by reference
	rows, err := f.GetRows(f.GetSheetName(0), excelize.Options{RawCellValue: true})
	must(p.t, err)
	for _, name := range f.GetSheetList()[1:] {
		more, err := f.GetRows(name, excelize.Options{RawCellValue: true})
		must(p.t, err)
		rows = append(rows, more...)
	}
	orders := p.sim.Orders()
	phones := map[string]int{}
	for _, o := range orders {
		phones[o.Phone]++
		for _, row := range rows {
			line := strings.Join(row, "|")
			if strings.Contains(line, o.Ref) && strings.Contains(line, o.Phone) && strings.Contains(line, fmt.Sprint("|", o.Amount, "|")) {
				told[o.Ref] = line
			}
		}
		if told[o.Ref] == "" {
			p.t.Errorf("the workbook does not tell of %+v", o)
		}
	}
	for phone, n := range phones {
		if n > 1 {
			p.t.Errorf("%s was paid %d times", phone, n)
		}
	}
	if len(orders) != want || len(told) != want {
		p.t.Errorf("%d orders, %d of them in the workbook, want %d", len(orders), len(told), want)
	}
}
