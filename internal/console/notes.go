package console

import (
	"sync"

	"flexybatch/internal/app"
	"flexybatch/internal/lang"
)

// notes keeps what a task tells.
type notes struct {
	app.Unobserved
	mu   sync.Mutex
	list []lang.Message
}

// Note keeps a note.
func (n *notes) Note(m lang.Message) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.list = append(n.list, m)
}

// all are the notes so far.
func (n *notes) all() []lang.Message {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.list
}
