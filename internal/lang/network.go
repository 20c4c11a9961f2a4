package lang

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"syscall"
)

// ofNetwork tells whether an error itself is the network's.
func ofNetwork(err error) bool {
	switch err.(type) { //nolint:errorlint // the error itself is asked about
	case *url.Error, *net.OpError, *net.DNSError, *net.AddrError, *tls.CertificateVerificationError, tls.RecordHeaderError,
		x509.UnknownAuthorityError, x509.HostnameError, x509.CertificateInvalidError:
		return true
	}
	return false
}

// network says an error of the network.
func network(err error) (Message, bool) {
	if errors.Is(err, context.Canceled) {
		return Msg("it was interrupted"), true
	}
	e, called := errors.AsType[*url.Error](err)
	if called && e.Op == "parse" {
		return Msg("%q is not an address (%s)", e.URL, innermost(e.Err)), true
	}
	if e, ok := errors.AsType[*net.AddrError](err); ok {
		return Msg("%q is not an address (%s)", e.Addr, e.Err), true
	}
	at, spoken := partner(err)
	if s := severed(err); s != connected || spoken {
		return s.from(at, err), true
	}
	return Message{}, false
}

// partner tells with whom an error of the network was met. ok is false where it is no
// error of the network by its type.
func partner(err error) (at string, ok bool) {
	if e, is := errors.AsType[*url.Error](err); is {
		if u, wrong := url.Parse(e.URL); wrong == nil {
			return u.Host, true
		}
		return e.URL, true
	}
	if e, is := errors.AsType[*net.DNSError](err); is {
		return e.Name, true
	}
	if e, is := errors.AsType[*net.OpError](err); is {
		if e.Addr != nil {
			return e.Addr.String(), true
		}
		return "", true
	}
	return "", false
}

// severance is why a connection does not work.
type severance int

const (
	connected severance = iota // as far as is known
	nobody
	noWay
	brokenOff
	late
	taken
	notHere
	reserved
	nameless
	notAsked
	untrusted
	otherName
	outOfDate
	plain
)

// severed tells why a connection does not work.
func severed(err error) severance {
	if e, ok := errors.AsType[*net.DNSError](err); ok {
		if e.IsNotFound {
			return nameless
		}
		return notAsked
	}
	if s := unproven(err); s != connected {
		return s
	}
	if number, ok := errors.AsType[syscall.Errno](err); ok {
		if _, spoken := partner(err); spoken {
			return severances()[number]
		}
		return connected // it is the number of a file
	}
	if timeout, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err); ok && timeout.Timeout() || errors.Is(err, os.ErrDeadlineExceeded) {
		return late
	}
	if _, spoken := partner(err); spoken && (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)) {
		return brokenOff
	}
	return connected
}

// unproven tells why a partner is not known to be who it should be.
func unproven(err error) severance {
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return plain
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return untrusted
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return otherName
	}
	if e, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		if e.Reason == x509.Expired {
			return outOfDate
		}
		return untrusted
	}
	return connected
}

// from says why a connection with somebody does not work.
func (s severance) from(partner string, err error) Message {
	words := innermost(err)
	if s == late && partner == "" {
		return Msg("no answer came in time (%s)", words)
	}
	var at any = partner
	if partner == "" {
		at = Msg("the other machine")
	}
	switch s {
	case nobody:
		return Msg("nobody answers at %v (%s)", at, words)
	case noWay:
		return Msg("there is no way to %v: is there a connection to the Internet? (%s)", at, words)
	case brokenOff:
		return Msg("%v broke the connection off (%s)", at, words)
	case late:
		return Msg("%v did not answer in time (%s)", at, words)
	case taken:
		return Msg("another program uses the address %v already", at)
	case notHere:
		return Msg("this machine does not have the address %v", at)
	case reserved:
		return Msg("the system does not let you use the address %v", at)
	case nameless:
		return Msg("there is no machine of the name %v: is the address right, and is there a connection to the Internet?", at)
	case notAsked:
		return Msg("the name %v could not be looked up: is there a connection to the Internet? (%s)", at, words)
	case untrusted:
		return Msg("the certificate of %v is from nobody whom this machine trusts (%s)", at, words)
	case otherName:
		return Msg("the certificate of %v is for another name (%s)", at, words)
	case outOfDate:
		return Msg("the certificate of %v is out of date, or the clock of this machine is wrong (%s)", at, words)
	case plain:
		return Msg("%v does not answer with HTTPS (%s)", at, words)
	}
	return Msg("%v cannot be reached (%s)", at, words)
}
