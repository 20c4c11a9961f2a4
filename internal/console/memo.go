package console

import (
	"sync"
	"time"
)

// memo keeps what takes its time to work out, for as long as what it depends on stays
// as it is.
type memo[T any] struct {
	mu    sync.Mutex
	most  int
	by    map[string]*work[T]
	order []string // of the keys, oldest first
}

// work is something that is being worked out, or was.
type work[T any] struct {
	done  chan struct{}
	value T
	err   error
}

// newMemo keeps the last most values.
func newMemo[T any](most int) *memo[T] { return &memo[T]{most: most, by: map[string]*work[T]{}} }

// get is the value of a key, and works it out where there is none. ok is false where
// that takes longer than patience.
func (m *memo[T]) get(key string, patience time.Duration, do func() (T, error)) (value T, ok bool, err error) {
	m.mu.Lock()
	w := m.by[key]
	if w == nil {
		w = &work[T]{done: make(chan struct{})}
		m.put(key, w)
		go func() {
			defer close(w.done)
			w.value, w.err = do()
		}()
	}
	m.mu.Unlock()
	return w.wait(patience)
}

// begin works a value out, whatever there was.
func (m *memo[T]) begin(key string, do func() (T, error)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if w := m.by[key]; w != nil && !w.isDone() {
		return
	}
	w := &work[T]{done: make(chan struct{})}
	m.put(key, w)
	go func() {
		defer close(w.done)
		w.value, w.err = do()
	}()
}

// look is the value of a key, if it was ever begun.
func (m *memo[T]) look(key string, patience time.Duration) (value T, begun, ok bool, err error) {
	m.mu.Lock()
	w := m.by[key]
	m.mu.Unlock()
	if w == nil {
		return value, false, false, nil
	}
	value, ok, err = w.wait(patience)
	return value, true, ok, err
}

// put keeps a work, and lets go of the oldest where there are too many.
func (m *memo[T]) put(key string, w *work[T]) {
	if m.by[key] == nil {
		m.order = append(m.order, key)
	}
	m.by[key] = w
	for len(m.order) > m.most {
		delete(m.by, m.order[0])
		m.order = m.order[1:]
	}
}

func (w *work[T]) isDone() bool { return isDone(w.done, 0) }

// isDone waits until something is done, but not for longer than patience.
func isDone(done <-chan struct{}, patience time.Duration) bool {
	select {
	case <-done:
		return true
	default:
	}
	if patience <= 0 {
		return false
	}
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-done:
		return true
	case <-late.C:
		return false
	}
}

// wait waits for the value, but not for long.
func (w *work[T]) wait(patience time.Duration) (value T, ok bool, err error) {
	if !isDone(w.done, patience) {
		return value, false, nil
	}
	return w.value, true, w.err
}
