package simulator

import "time"

// given is an answer that the provider itself gave, and when.
type given struct {
	answer response
	at     time.Time
}

// How old an answer is that comes again. It has reached its own client before, and
// the connection that it comes again on is still open.
const (
	leastOld = 10 * time.Millisecond
	mostOld  = 20 * time.Second
	kept     = 16 // answers of each endpoint
)

// remember keeps an answer, for FaultRepeated.
func (s *Simulator) remember(e Endpoint, r response) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.given[e] = append(s.given[e], given{r, time.Now()})
	if n := len(s.given[e]); n > kept {
		s.given[e] = s.given[e][n-kept:]
	}
}

// earlierAnswer returns an answer of the endpoint that can come again, if there is
// one.
func (s *Simulator) earlierAnswer(e Endpoint) response {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.given[e]) - 1; i >= 0; i-- {
		switch age := time.Since(s.given[e][i].at); {
		case age > mostOld:
			return response{}
		case age >= leastOld:
			return s.given[e][i].answer
		}
	}
	return response{}
}
