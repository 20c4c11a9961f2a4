package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"flexybatch/internal/app"
	"flexybatch/internal/console"
	"flexybatch/internal/people"
	"flexybatch/internal/secret"
	"flexybatch/internal/settings"
	"flexybatch/journal"
	"flexybatch/samples"
)

const serveHelp = `The console's pages for an office: several people on machines of their own, each
with a login and roles. Whoever gives, mends or prepares a file does not approve it.

  flexybatch serve invite "Nadia Ben Ali" --role admin --state office --url https://pay.example.org
  flexybatch serve --state office --url https://pay.example.org --listen :443 --tls-cert cert.pem --tls-key key.pem
  flexybatch serve --state office --url https://pay.example.org --trusted-proxy 127.0.0.1

The first line makes the first admin: open the address that it prints. Everybody else
is invited in the page. Roles: clerk gives files, mends and starts them; approver
approves what others have prepared; auditor sees everything but phones and changes
nothing; admin invites people and enters the key.

With --database the office's workers send (flexybatch worker), and the pages put
batches in line for them, need no key and ask the provider nothing; people and their
sessions are in the database, and --state keeps the files that people give.

People log in with passkeys, or with the office's own login (--oidc-issuer). It speaks
TLS, or stands behind a proxy that does; plain HTTP it speaks on this machine alone. It
ends with Ctrl-C: what is under way is finished first, and nothing new is begun.`

// serveOptions is what serve was asked for.
type serveOptions struct {
	machine
	site      siteFlags
	account   accountFlags
	send      sendFlags
	required  int
	approvers string
	listen    string
	metrics   string
	tls       struct{ cert, key string }
	proxies   []string
	oidc      struct{ issuer, client, secret string }
	idle      time.Duration
	most      time.Duration
}

func newServe(w machine) *cobra.Command {
	o := &serveOptions{machine: w}
	cmd := takesNothing(&cobra.Command{
		Use: "serve", Short: "The pages for an office: logins, roles, TLS", Long: serveHelp,
		RunE: func(cmd *cobra.Command, _ []string) error { return runServe(cmd, o) },
	})
	o.site.add(cmd)
	o.account.add(cmd)
	o.send.add(cmd)
	f := cmd.Flags()
	f.StringVar(&o.listen, "listen", "localhost:8443", "address to listen on")
	f.StringVar(&o.tls.cert, "tls-cert", "", "file of the certificate, with those that lead to its root (PEM); read anew when it is replaced")
	f.StringVar(&o.tls.key, "tls-key", "", "file of the certificate's key (PEM)")
	f.StringArrayVar(&o.proxies, "trusted-proxy", nil, "address or network of a proxy that speaks TLS for it, and sets X-Forwarded-Proto, -Host and -For; may be given again")
	f.StringVar(&o.metrics, "metrics", "", "another address, for /healthz, /readyz and /metrics; nobody logs in there")
	f.StringVar(&o.oidc.issuer, "oidc-issuer", "", "address of the office's own login (OpenID Connect)")
	f.StringVar(&o.oidc.client, "oidc-client", "", "the client that it knows flexybatch as")
	f.StringVar(&o.oidc.secret, "oidc-secret-file", "", "file that holds the client's secret, and that nobody else can read")
	f.DurationVar(&o.idle, "session-idle", 30*time.Minute, "after so long without a request a person logs in again")
	f.DurationVar(&o.most, "session-most", 12*time.Hour, "after so long a person logs in again whatever they do")
	f.Var(settings.NewWhole(&o.required, 1), "require-approvals", "send only what so many different people have approved")
	f.StringVar(&o.approvers, "approvers", "", "file of the people whose approval counts: a line of flexybatch keygen for each")
	for _, file := range []string{"tls-cert", "tls-key", "oidc-secret-file", "approvers"} {
		complete(cmd, file, files())
	}
	cmd.AddCommand(newInvite(w))
	return cmd
}

// runServe serves until it is told to end.
func runServe(cmd *cobra.Command, o *serveOptions) error {
	store, line, closeStore, err := o.site.store(cmd.Context(), o.machine)
	if err != nil {
		return err
	}
	defer closeStore()
	office, err := o.office(store)
	if err != nil {
		return err
	}
	if office.Line = line; line != nil && o.account.simulate {
		return badFlag("simulate", "--simulate: with a database the workers send; start them with the address of flexybatch simulate")
	}
	c, err := o.config(cmd)
	if err != nil {
		return err
	}
	if office.Book, err = o.site.book(); err != nil {
		return err
	}
	defer func() { _ = office.Book.Close() }() // what it has confirmed is on the disk
	c.Office = office
	k, err := console.New(c)
	if err != nil {
		return app.Failed(app.Internal, err)
	}
	l, err := net.Listen("tcp", o.listen)
	if err != nil {
		return nothingf("listening: %w", err)
	}
	stopMetrics, err := serveOperations(o.metrics, k.Operations())
	if err != nil {
		_ = l.Close() // nobody was served yet
		return err
	}
	defer stopMetrics()
	if err := o.welcome(cmd.Context(), office); err != nil {
		return err
	}
	abort, drain, stop := o.signals(cmd.Context())
	defer stop()
	if err := k.Serve(abort, drain, l); err != nil {
		return nothingf("serving: %w", err)
	}
	return nil
}

// welcome says where the office is, and how the first admin comes in.
func (o *serveOptions) welcome(ctx context.Context, office *console.Office) error {
	if _, err := fmt.Fprintln(o.stdout, office.URL); err != nil {
		return nothingf("%w", err)
	}
	list, err := office.People.People(ctx)
	if err != nil {
		return nothingf("reading the people of the office: %w", err)
	}
	if len(list) == 0 {
		o.words.Fprintf(o.stderr, "Nobody is let in yet. Invite the first admin with: flexybatch serve invite NAME --role admin\n")
	}
	return nil
}

// config is the console that the flags ask for, without its office.
func (o *serveOptions) config(cmd *cobra.Command) (c console.Config, err error) {
	pace, err := o.send.pace(cmd)
	if err != nil {
		return c, err
	}
	if o.account.simulate { // whose provider is fast
		pace = app.Pace{}
	}
	job := o.app(&o.account)
	job.Log, job.TuneMemory = o.serverLog(), false
	return console.Config{
		Folder: app.Folder{Path: o.site.state}, Job: *job, Account: o.account.account(), Pace: pace, Language: o.words.Language(),
		Needs: app.Approvals{Required: o.required, Approvers: o.approvers}, Sample: samples.Payroll,
	}, nil
}

// serverLog is a log for machines: a line of JSON for each request, and for whatever
// goes wrong.
func (o *serveOptions) serverLog() *slog.Logger {
	return slog.New(slog.NewJSONHandler(o.stderr, &slog.HandlerOptions{Level: slog.LevelInfo}))
}

// serveOperations serves what machines ask at an address of its own, if there is one.
func serveOperations(address string, h http.Handler) (stop func(), err error) {
	if address == "" {
		return func() {}, nil
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, nothingf("listening: %w", err)
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l) // until it is closed
	}()
	return func() {
		_ = server.Close() // nobody waits for an answer
		<-done
	}, nil
}

// office is who is let in, and how.
func (o *serveOptions) office(store people.Store) (*console.Office, error) {
	u, err := o.site.address()
	if err != nil {
		return nil, err
	}
	if o.idle <= 0 {
		return nil, badDuration("session-idle", o.idle)
	}
	if o.most < o.idle {
		return nil, badDuration("session-most", o.most)
	}
	office := &console.Office{URL: u, People: people.Office{Store: store, Idle: o.idle, Most: o.most}, Log: o.serverLog()}
	if err := o.secure(office); err != nil {
		return nil, err
	}
	office.Login, err = o.login(office)
	return office, err
}

// login is the office's own login; nil: there is none.
func (o *serveOptions) login(office *console.Office) (*console.OIDC, error) {
	if o.oidc.issuer == "" {
		return nil, nil
	}
	if o.oidc.client == "" {
		return nil, badFlag("oidc-client", "--oidc-issuer needs --oidc-client: the client that the login knows flexybatch as")
	}
	login := &console.OIDC{Issuer: o.oidc.issuer, Client: o.oidc.client, Back: office.URL.JoinPath("login", "oidc", "callback").String()}
	if o.oidc.secret != "" {
		b, err := secret.ReadFile(o.oidc.secret)
		if err != nil {
			return nil, nothingf("reading the client's secret: %w", err)
		}
		if login.Secret, err = secret.ParseKey(string(b)); err != nil {
			return nil, nothingf("%s: %w", o.oidc.secret, err)
		}
	}
	return login, nil
}

// book is the book of acts, which one server has at a time.
func (s *siteFlags) book() (*people.Book, error) {
	path := filepath.Join(s.people(), "acts.journal")
	if err := makePrivateFolder(s.people()); err != nil {
		return nil, err
	}
	book, err := people.OpenBook(journal.Disk{}, path)
	if locked, ok := errors.AsType[*journal.Locked](err); ok {
		return nil, nothingf("this office is served already, by %s", locked.By())
	}
	if err != nil {
		return nil, nothingf("opening the book of acts: %w", err)
	}
	return book, nil
}
