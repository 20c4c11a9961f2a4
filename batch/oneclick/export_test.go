package oneclick

import (
	"cmp"
	"crypto/x509"
	"net"
)

// ThroughTransport makes a client carry its calls as it does through a proxy, though
// there is none.
func ThroughTransport(c *Client, config Config) {
	config.Connections = cmp.Or(config.Connections, 8)
	c.carrier = newProxied(config, c.base, nil)
}

// ProbeByReading makes a client look at its idle connections as it does on Windows.
func ProbeByReading(c *Client) {
	c.carrier.(*wire).probe = func(net.Conn) probe { return probeByReading }
}

// Trust makes a client believe the certificates of these authorities.
func Trust(c *Client, roots *x509.CertPool) { c.carrier.(*wire).secure.RootCAs = roots }
