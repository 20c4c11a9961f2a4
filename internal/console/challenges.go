package console

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"sync"
	"time"
)

// challenges gives out what passkeys are to answer. A challenge proves itself that it
// is one of these and not too old, so that whoever asks for many fills no memory; only
// those that were answered are remembered, so that each is good once.
type challenges struct {
	key []byte

	mu       sync.Mutex
	answered map[string]time.Time // until when each would be good
}

// challengeLife is how long a person may take to answer.
const challengeLife = 10 * time.Minute

// The parts of a challenge: random bytes, until when it is good, and the proof.
const (
	challengeRandom = 16
	challengeText   = challengeRandom + 8
)

func newChallenges() *challenges {
	return &challenges{key: random(32), answered: map[string]time.Time{}}
}

// issue gives out a new challenge.
func (c *challenges) issue() string {
	b := binary.BigEndian.AppendUint64(random(challengeRandom), uint64(time.Now().Add(challengeLife).Unix()))
	return base64.RawURLEncoding.EncodeToString(append(b, c.proof(b)...))
}

func (c *challenges) proof(b []byte) []byte {
	mac := hmac.New(sha256.New, c.key)
	_, _ = mac.Write(b) // it never fails
	return mac.Sum(nil)[:16]
}

// take takes a challenge back, once. It returns its bytes.
func (c *challenges) take(s string) (raw []byte, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) != challengeText+16 || !hmac.Equal(b[challengeText:], c.proof(b[:challengeText])) {
		return nil, false
	}
	now := time.Now()
	until := time.Unix(int64(binary.BigEndian.Uint64(b[challengeRandom:challengeText])), 0)
	c.mu.Lock()
	defer c.mu.Unlock()
	for old, at := range c.answered {
		if now.After(at) {
			delete(c.answered, old)
		}
	}
	if _, again := c.answered[string(b)]; again || now.After(until) {
		return nil, false
	}
	c.answered[string(b)] = until
	return b, true
}
