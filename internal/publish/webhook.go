package publish

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/cenkalti/backoff/v5"

	"flexybatch/internal/lang"
	"flexybatch/report"
)

// The headers of a notification.
const (
	stampHeader     = "X-Flexybatch-Timestamp"
	signatureHeader = "X-Flexybatch-Signature"
)

// SecretVariable is the environment variable that holds the secret.
const SecretVariable = "FLEXYBATCH_NOTIFY_SECRET"

// Webhook posts a summary when a run has ended, to the address that --notify-url
// names.
type Webhook struct {
	url    string
	secret []byte
	agent  string
	client *http.Client
}

const (
	notifyTries = 3
	notifyTry   = 10 * time.Second // for one try
	notifyAll   = 30 * time.Second // for all of them
)

// NewWebhook makes one for an address. The secret signs what is posted; agent is what
// the program calls itself. What is wrong with the address is a *BadTarget.
func NewWebhook(to, secret, agent string) (*Webhook, error) {
	u, err := url.Parse(to)
	if err != nil || u.Host == "" || u.User != nil {
		return nil, badTarget("notify-url", lang.Msg("--notify-url %q: give an address such as https://example.org/payroll", to))
	}
	ip := net.ParseIP(u.Hostname())
	if u.Scheme != "https" && (u.Scheme != "http" || u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback())) {
		return nil, badTarget("notify-url", lang.Msg("--notify-url %q: plain http is allowed to this machine only; use https", to))
	}
	if secret == "" {
		return nil, badTarget("notify-url", lang.Msg("--notify-url signs what it posts: set %s to a secret that the receiver has too", SecretVariable))
	}
	return &Webhook{url: to, secret: []byte(secret), agent: agent, client: &http.Client{
		Timeout: notifyTry,
		CheckRedirect: func(*http.Request, []*http.Request) error { // the summary is for this receiver
			return http.ErrUseLastResponse
		},
	}}, nil
}

// Post posts a summary. It tries again while the receiver cannot be reached or is
// not well, but not for long. Its error does not tell the address, which may hold a
// token.
func (n *Webhook) Post(ctx context.Context, s report.Summary) error {
	body, err := json.Marshal(s)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, notifyAll)
	defer cancel()
	_, err = backoff.Retry(ctx, func() (struct{}, error) { return struct{}{}, n.try(ctx, body) },
		backoff.WithMaxTries(notifyTries), backoff.WithMaxElapsedTime(notifyAll))
	var failed *url.Error
	if errors.As(err, &failed) {
		err = failed.Err
	}
	return err
}

// try posts once. An error that no further try can mend is permanent.
func (n *Webhook) try(ctx context.Context, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, n.url, bytes.NewReader(body))
	if err != nil {
		return backoff.Permanent(err)
	}
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", n.agent)
	req.Header.Set(stampHeader, stamp)
	req.Header.Set(signatureHeader, "v1="+signature(n.secret, stamp, body))
	resp, err := n.client.Do(req)
	if err != nil {
		return err
	}
	_, _ = io.CopyN(io.Discard, resp.Body, 1<<16) // so that the connection can be used again
	if err := resp.Body.Close(); err != nil {
		return err
	}
	switch code := resp.StatusCode; {
	case code >= 200 && code < 300:
		return nil
	case code >= 500 || code == http.StatusTooManyRequests || code == http.StatusRequestTimeout:
		return lang.Errorf("the receiver answered %s", resp.Status)
	default:
		return backoff.Permanent(lang.Errorf("the receiver answered %s", resp.Status))
	}
}

// signature is HMAC-SHA256 (RFC 2104) over the time stamp, a dot and the body,
// in hex. With the time in it an old request cannot be played again for long.
func signature(secret []byte, stamp string, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(stamp + "."))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}
