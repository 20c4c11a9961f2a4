package cli

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/cenkalti/backoff/v5"

	"flexybatch/report"
)

// The headers of a notification.
const (
	stampHeader     = "X-Flexybatch-Timestamp"
	signatureHeader = "X-Flexybatch-Signature"
)

// secretVariable is the environment variable that holds the secret.
const secretVariable = "FLEXYBATCH_NOTIFY_SECRET"

// notifier posts a summary when a run has ended.
type notifier struct {
	url    string
	secret []byte
	client *http.Client
}

const (
	notifyTries = 3
	notifyTry   = 10 * time.Second // for one try
	notifyAll   = 30 * time.Second // for all of them
)

// newNotifier checks where --notify-url leads.
func newNotifier(to string, getenv func(string) string) (*notifier, error) {
	u, err := url.Parse(to)
	if err != nil || u.Host == "" || u.User != nil {
		return nil, failf(exitUsage, "--notify-url %q: give an address such as https://example.org/payroll", to)
	}
	ip := net.ParseIP(u.Hostname())
	if u.Scheme != "https" && (u.Scheme != "http" || u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback())) {
		return nil, failf(exitUsage, "--notify-url %q: plain http is allowed to this machine only; use https", to)
	}
	secret := getenv(secretVariable)
	if secret == "" {
		return nil, failf(exitUsage, "--notify-url signs what it posts: set %s to a secret that the receiver has too", secretVariable)
	}
	return &notifier{url: to, secret: []byte(secret), client: &http.Client{
		Timeout: notifyTry,
		CheckRedirect: func(*http.Request, []*http.Request) error { // the summary is for this receiver
			return http.ErrUseLastResponse
		},
	}}, nil
}

// post posts a summary. It tries again while the receiver cannot be reached or
// is not well, but not for long.
func (n *notifier) post(ctx context.Context, s report.Summary) error {
	body, err := json.Marshal(s)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, notifyAll)
	defer cancel()
	_, err = backoff.Retry(ctx, func() (struct{}, error) { return struct{}{}, n.try(ctx, body) },
		backoff.WithMaxTries(notifyTries), backoff.WithMaxElapsedTime(notifyAll))
	return err
}

// try posts once. An error that no further try can mend is permanent.
func (n *notifier) try(ctx context.Context, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, n.url, bytes.NewReader(body))
	if err != nil {
		return backoff.Permanent(err)
	}
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "flexybatch/"+version)
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
		return fmt.Errorf("the receiver answered %s", resp.Status)
	default:
		return backoff.Permanent(fmt.Errorf("the receiver answered %s", resp.Status))
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

// notify posts how the run ended. That it could not is told, and no more.
func (r *runner) notify(ctx context.Context) {
	if r.notifier == nil || r.ended == nil {
		return
	}
	err := r.notifier.post(ctx, *r.ended)
	if err == nil {
		r.log.Info("notified")
		return
	}
	var failed *url.Error
	if errors.As(err, &failed) {
		err = failed.Err // without the address, which may hold a token
	}
	r.log.Warn("notification failed", "why", err)
	r.say("Note: --notify-url could not be told how the batch ended: %v. The batch itself is not concerned.\n", err)
}
