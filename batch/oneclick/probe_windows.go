package oneclick

import (
	"errors"
	"net"
	"os"
	"time"
)

// probe looks at what has come on a connection. Windows can do so only by reading.
type probe struct{}

// newProbe returns the probe of a connection.
func newProbe(net.Conn) *probe { return &probe{} }

// quiet reports whether nothing has come, not even the end, and nothing comes for a
// millisecond.
func (*probe) quiet(c *conn) bool {
	if c.SetReadDeadline(time.Now().Add(time.Millisecond)) != nil {
		return false
	}
	_, err := c.in.Peek(1)
	return errors.Is(err, os.ErrDeadlineExceeded)
}
