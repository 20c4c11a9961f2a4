package simulator

import "time"

// lastSaid is an answer and when it was given.
type lastSaid struct {
	answer response
	at     time.Time
}

// repeatable is how long an answer can come again: it does so on a connection that is
// kept open.
const repeatable = 20 * time.Second

// remember keeps an answer, for FaultRepeated.
func (s *Simulator) remember(e Endpoint, r response) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last[e] = lastSaid{r, time.Now()}
}

// lastAnswer returns the last answer of an endpoint that met no fault, if it was given
// a moment ago.
func (s *Simulator) lastAnswer(e Endpoint) response {
	s.mu.Lock()
	defer s.mu.Unlock()
	if last := s.last[e]; time.Since(last.at) < repeatable {
		return last.answer
	}
	return response{}
}
