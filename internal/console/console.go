package console

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"flexybatch/batch"
	"flexybatch/internal/app"
	"flexybatch/internal/secret"
)

// Config is what a console is made with. Folder is needed; the zero value of every
// other field is a sensible default.
type Config struct {
	Folder   app.Folder
	Job      app.App     // what every task needs; Words, Observer and Confirm are set for each
	Account  app.Account // the provider; Simulate makes every batch a simulated one
	Pace     app.Pace    // how fast real batches are sent; the zero value takes the defaults
	Language string      // of who has chosen none: en, fr or ar; empty: en
	People   People      // who sits there; nil: the user of this machine, who may do everything
	Office   *Office     // of many people on other machines; nil: it is for one person on this one
	Vault    secret.Vault
	Needs    app.Approvals // how many people must approve a batch, and whose approval counts
	Quiet    *slog.Logger  // the access log; nil: none
	Upload   int64         // how many bytes a file may have; 0: 64 MiB
	Hosts    []string      // HOST:PORT that the console answers to; empty: those of its listener
	Token    string        // the one-time token; empty: a random one
	Sample   []byte        // a payroll to try the console with; nil: none is offered
}

// Console is the pages and what is behind them. It is an http.Handler.
type Console struct {
	config     Config
	guard      *guard
	pages      *pages
	runs       *runs
	books      *bookshelf
	checks     *checks // of files
	flights    *checks // rehearsals
	stories    *memo[[]batch.HistoryEvent]
	reconciled *memo[*app.Reconciled]
	keys       *keys
	people     People
	office     *officeServer // nil: it is for one person
	masked     *pages        // the pages of an office without phones; nil: there is none

	registrations *challenges // of passkeys that are being made
	root          http.Handler

	quit    chan struct{} // closed when a person ends the console in the page
	endOnce sync.Once

	draining atomic.Bool // nothing new is begun any more
}

// New makes a console. Nothing is served yet.
func New(c Config) (*Console, error) {
	if c.Upload == 0 {
		c.Upload = 64 << 20
	}
	pages, err := newPages(c.Office != nil)
	if err != nil {
		return nil, err
	}
	guard, err := newGuard(c.Token, c.Hosts)
	if err != nil {
		return nil, err
	}
	k := &Console{
		config: c, guard: guard, pages: pages, people: c.People, quit: make(chan struct{}), registrations: newChallenges(),
		runs: newRuns(), books: newBookshelf(), checks: newChecks(), flights: newChecks(), stories: newMemo[[]batch.HistoryEvent](64), reconciled: newMemo[*app.Reconciled](16), keys: newKeys(c),
	}
	if k.people == nil {
		k.people = LocalPerson()
	}
	if c.Office != nil {
		if err := k.openOffice(*c.Office); err != nil {
			return nil, err
		}
	}
	k.root = k.routes()
	return k, nil
}

// ServeHTTP answers one request.
func (k *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) { k.root.ServeHTTP(w, r) }

// Address is what a person opens to be let in, with the one-time token, and be shown a
// page: "/" is the first. l is what the console listens on. Passkeys want a name, so a
// loopback address is called localhost.
func (k *Console) Address(l net.Listener, page string) string {
	address := "http://" + localHost(l.Addr()) + "/?token=" + k.guard.token()
	if page != "/" {
		address += "&to=" + url.QueryEscape(page)
	}
	return address
}

// Take takes a file in before anybody asks, and returns the page that shows its check.
func (k *Console) Take(path string) (page string, err error) {
	from, err := os.Open(path)
	if err != nil {
		return "", app.Failed(app.Nothing, err)
	}
	defer func() { _ = from.Close() }() // it was only read
	person, err := k.people.Who(nil)
	if err != nil {
		return "", app.Failed(app.Nothing, err)
	}
	d, err := k.config.Folder.NewDraft(app.Given{Name: filepath.Base(path), Who: person.Name, From: from})
	if err != nil {
		return "", err
	}
	_, err = k.whose()
	name, err := k.begin(d, noKey(err))
	return address(name), err
}

// localHost is HOST:PORT of a listener as a browser should have it.
func localHost(a net.Addr) string {
	t, ok := a.(*net.TCPAddr)
	if !ok || !t.IP.IsLoopback() {
		return a.String()
	}
	_, port, _ := net.SplitHostPort(a.String())
	return net.JoinHostPort("localhost", port)
}

// Drained tells that a person has asked, in the page, for the console to end.
func (k *Console) Drained() <-chan struct{} { return k.quit }

// Serve serves until drain is done or a person ends the console. Then it begins
// nothing new, finishes what is under way, and goes on showing it until that is done.
// When ctx is done, what is under way is broken off too.
func (k *Console) Serve(ctx, drain context.Context, l net.Listener) error {
	if len(k.config.Hosts) == 0 && k.office == nil {
		k.guard.allow(hostsOf(l.Addr())...)
	}
	server := &http.Server{
		Handler: k, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(k.tlsListener(l)) }()
	stop := context.AfterFunc(ctx, k.runs.abort)
	defer stop()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	case <-drain.Done():
	case <-k.quit:
	}
	k.draining.Store(true)
	k.runs.drain()
	k.runs.wait()
	k.books.close()
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	k.runs.end() // the live views
	err := server.Shutdown(ending)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close()
	}
	if ended := <-served; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return err
}

// hostsOf are the hosts that a browser may name for a listener on loopback.
func hostsOf(a net.Addr) []string {
	_, port, err := net.SplitHostPort(a.String())
	if err != nil {
		return nil
	}
	var hosts []string
	for _, h := range []string{"localhost", "127.0.0.1", "::1"} {
		hosts = append(hosts, net.JoinHostPort(h, port))
	}
	return hosts
}
