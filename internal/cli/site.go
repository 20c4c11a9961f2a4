package cli

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"flexybatch/internal/console"
	"flexybatch/internal/office"
	"flexybatch/internal/people"
)

// siteFlags say where an office is: its folder, and its address.
type siteFlags struct {
	state, url string
	office     officeFlags
}

func (s *siteFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&s.state, "state", "", "folder of the office: its batches, and its people")
	f.StringVar(&s.url, "url", "", "the address at which people reach it, such as https://pay.example.org")
	complete(cmd, "state", folders)
	s.office.add(cmd)
}

// address is where people reach the office. Passkeys are made for a host's name, and
// for no number.
func (s *siteFlags) address() (*url.URL, error) {
	if s.state == "" {
		return nil, badFlag("state", "--state: give the folder of the office")
	}
	u, err := url.Parse(s.url)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil {
		return nil, badFlag("url", "--url %q: give the address at which people reach the office, such as https://pay.example.org", s.url)
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil {
		return nil, badFlag("url", "--url %q: give a name and no number: passkeys are made for names alone", s.url)
	}
	if u.Scheme == "http" && u.Hostname() != "localhost" {
		return nil, badFlag("url", "--url %q: over plain HTTP only this machine is served, as http://localhost:PORT", s.url)
	}
	return &url.URL{Scheme: u.Scheme, Host: strings.ToLower(u.Host)}, nil
}

// people is the folder of those who are let in.
func (s *siteFlags) people() string { return filepath.Join(s.state, "people") }

// store keeps those who are let in: the office's database, where it has one. What it
// returns closes that.
func (s *siteFlags) store(ctx context.Context, w machine) (store people.Store, line *office.Line, end func(), err error) {
	if s.office.address(w) == "" {
		return &people.Folder{Path: s.people()}, nil, func() {}, nil
	}
	d, a, err := s.office.openAccount(ctx, w)
	if err != nil {
		return nil, nil, nil, err
	}
	return d.People(), d.Line(*a), d.Close, nil
}

// invited is store for an invitation, which is about no account.
func (s *siteFlags) invited(ctx context.Context, w machine) (store people.Store, end func(), err error) {
	if s.office.address(w) == "" {
		return &people.Folder{Path: s.people()}, func() {}, nil
	}
	d, err := s.office.open(ctx, w)
	if err != nil {
		return nil, nil, err
	}
	return d.People(), d.Close, nil
}

// makePrivateFolder makes a folder for its owner alone.
func makePrivateFolder(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nothingf("making the folder of the people: %w", err)
	}
	return nil
}

// secure gives the office its TLS, or the proxies that have it. Without either it is
// served to this machine alone.
func (o *serveOptions) secure(office *console.Office) (err error) {
	for _, text := range o.proxies {
		p, err := parseNetwork(text)
		if err != nil {
			return badFlag("trusted-proxy", "--trusted-proxy %q: give an address or a network, such as 10.0.0.0/8", text)
		}
		office.Trusted = append(office.Trusted, p)
	}
	switch {
	case o.tls.cert != "" && o.tls.key != "":
		if office.TLS, err = console.TLSFiles(o.tls.cert, o.tls.key); err != nil {
			return nothingf("reading the certificate: %w", err)
		}
	case o.tls.cert != "" || o.tls.key != "":
		return badFlag("tls-cert", "--tls-cert and --tls-key go together")
	case len(office.Trusted) == 0 && office.URL.Scheme == "https":
		return badFlag("url", "--url %s: give --tls-cert and --tls-key, or --trusted-proxy for a proxy that speaks TLS for it", office.URL)
	case len(office.Trusted) == 0 && !isLoopback(o.listen):
		return badFlag("listen", "--listen %q: plain HTTP is for this machine alone; give --tls-cert and --tls-key, or --trusted-proxy", o.listen)
	}
	if office.TLS != nil && office.URL.Scheme != "https" {
		return badFlag("url", "--url %s: with a certificate it begins with https", office.URL)
	}
	return nil
}

// parseNetwork reads an address or a network.
func parseNetwork(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	return netip.ParsePrefix(text)
}

// isLoopback tells an address of this machine alone.
func isLoopback(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false
	}
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

const inviteHelp = `Make an invitation into an office, and print its address. It is good once, for a day:
whoever opens it makes a passkey, or logs in with the office's own login, and is let in
from then on. The first admin comes so; everybody else is invited in the page.

  flexybatch serve invite "Nadia Ben Ali" --role admin --state office --url https://pay.example.org
  flexybatch serve invite Amel --role clerk,approver --state office --url https://pay.example.org`

func newInvite(w machine) *cobra.Command {
	var site siteFlags
	var roles string
	cmd := &cobra.Command{
		Use: "invite NAME", Short: "Invite somebody, such as the first admin", Long: inviteHelp,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("%s takes the name of one person", cmd.CommandPath())
			}
			return nil
		},
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(cmd *cobra.Command, args []string) error { return runInvite(cmd, w, site, args[0], roles) },
	}
	site.add(cmd)
	cmd.Flags().StringVar(&roles, "role", "", "what the person may do: clerk, approver, auditor or admin; several with commas between")
	complete(cmd, "role", words("clerk", "approver", "auditor", "admin"))
	return cmd
}

// runInvite makes an invitation.
func runInvite(cmd *cobra.Command, w machine, site siteFlags, name, text string) error {
	u, err := site.address()
	if err != nil {
		return err
	}
	roles, err := people.ParseRoles(text)
	if err != nil {
		return badFlag("role", "--role: %w", err)
	}
	store, end, err := site.invited(cmd.Context(), w)
	if err != nil {
		return err
	}
	defer end()
	office := console.Office{URL: u, People: people.Office{Store: store}}
	by, err := console.LocalPerson().Who(nil)
	if err != nil {
		return nothingf("%w", err)
	}
	token, err := office.People.Invite(cmd.Context(), name, roles, by.Name)
	if err != nil {
		return nothingf("%w", err)
	}
	if _, err := fmt.Fprintln(w.stdout, office.Link(token)); err != nil {
		return nothingf("%w", err)
	}
	w.words.Fprintf(w.stderr, "Give this address to %s alone. It is good once, for a day.\n", name)
	return nil
}
