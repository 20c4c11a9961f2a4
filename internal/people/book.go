package people

import (
	"encoding/json"
	"sync"
	"time"

	"flexybatch/journal"
)

// Act is something that a person did, or tried to do, in the pages.
type Act struct {
	At     time.Time `json:"-"`   // the journal's own time
	Who    string    `json:"who"` // empty: somebody who was not let in
	What   string    `json:"act"` // the method and pattern of the address
	Batch  string    `json:"batch,omitempty"`
	Detail string    `json:"detail,omitempty"`
	ID     string    `json:"request"`          // of the request; the same in both of its acts
	Status int       `json:"status,omitempty"` // how it was answered; 0: it was only asked for
}

// Book is the book of acts: who did what, and when. It is a journal, whose hash chain
// proves that nothing was taken out or changed.
type Book struct {
	journal *journal.Journal

	mu   sync.Mutex
	last []Act // newest last
}

// mostActs is how many acts are kept in memory, to be shown.
const mostActs = 1000

// OpenBook opens a book, or makes one. A *journal.Locked says that another process has
// it.
func OpenBook(on journal.FS, path string) (*Book, error) {
	b := &Book{}
	j, _, err := journal.Open(on, path, func(e journal.Entry) error {
		var a Act
		if err := json.Unmarshal(e.Record, &a); err != nil {
			return err
		}
		a.At = e.At
		b.keep(a)
		return nil
	})
	b.journal = j
	return b, err
}

// Write writes an act. It is on the disk when Write returns.
func (b *Book) Write(a Act) error {
	a.At = time.Now().UTC().Truncate(time.Millisecond)
	text, err := json.Marshal(a)
	if err == nil {
		err = b.journal.Append(a.At, text)
	}
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.keep(a)
	return nil
}

func (b *Book) keep(a Act) {
	if b.last = append(b.last, a); len(b.last) > 2*mostActs {
		b.last = append([]Act{}, b.last[mostActs:]...)
	}
}

// Last returns the last acts, newest first.
func (b *Book) Last(most int) (list []Act) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := len(b.last) - 1; i >= 0 && len(list) < most; i-- {
		list = append(list, b.last[i])
	}
	return list
}

// Close closes the book.
func (b *Book) Close() error { return b.journal.Close() }
