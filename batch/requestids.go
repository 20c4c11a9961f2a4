package batch

import (
	"strings"
	"sync"
)

// requestIDs remembers the request ids of recent answers. An id that comes again
// means that an earlier answer was given a second time, as can happen on a
// connection that is kept open. Such an answer says nothing about the request
// that it seems to answer. Many goroutines may use it.
type requestIDs struct {
	mu     sync.Mutex
	seen   map[string]bool
	recent []string // the remembered ids in a ring
	next   int      // where in the ring the next id goes
}

// rememberedIDs bounds the memory of requestIDs. An answer that is repeated on a
// connection follows soon after its first.
const rememberedIDs = 4096

// repeats reports whether an answer with this request id came before, and
// remembers the id. An answer without an id is taken for a new one.
func (r *requestIDs) repeats(id string) bool {
	if id == "" {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen[id] {
		return true
	}
	id = strings.Clone(id) // which must not keep the answer that it is cut from
	if r.seen == nil {
		r.seen = map[string]bool{}
	}
	if len(r.recent) < rememberedIDs {
		r.recent = append(r.recent, id)
	} else {
		delete(r.seen, r.recent[r.next])
		r.recent[r.next] = id
		r.next = (r.next + 1) % rememberedIDs
	}
	r.seen[id] = true
	return false
}

// repeatedAnswer is the fault of an answer whose request id came before (money
// rule 16).
func repeatedAnswer(id string, status int) *Fault {
	return &Fault{Status: status, RequestID: id, Message: Msg("the answer to an earlier request came again")}
}
