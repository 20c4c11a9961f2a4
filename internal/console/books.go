package console

import (
	"errors"
	"sync"
	"time"

	"flexybatch/batch"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
)

// bookshelf keeps what journals tell, so that a page need not replay one. What lies
// there is as good as the journal's size and time say; a journal that is written
// meanwhile is replayed anew behind the page.
type bookshelf struct {
	mu  sync.Mutex
	by  map[string]*volume // by the journal's path
	use int64              // counts the uses
	all sync.WaitGroup

	counts map[string]counted // of journals, by path, also of those that are kept no more
	turns  chan struct{}      // holds one for each journal that is being read
}

// counted is how many rows of a journal have which outcome, as it lay there.
type counted struct {
	size  int64
	at    time.Time
	tally batch.Tally
}

// mostRead is how many journals are read at a time: each may take half a gigabyte, and
// the list of batches asks for all.
const mostRead = 2

// mostShelved is how many bytes the journals may have together that are kept. A
// journal takes about as much room in memory as on the disk.
const mostShelved = 1 << 30

func newBookshelf() *bookshelf {
	return &bookshelf{by: map[string]*volume{}, counts: map[string]counted{}, turns: make(chan struct{}, mostRead)}
}

// volume is one journal, as it was read.
type volume struct {
	path    string
	size    int64
	at      time.Time     // when the journal was written last
	loading chan struct{} // closed when the reading is over; nil: nothing is read
	used    int64

	known *app.Known // nil: it was never read whole
	err   error
}

// read is what a journal tells, waiting no longer than patience for it to be read. A
// Known that is not nil is whole, but may be a little older than the journal; nil
// without an error says that it is being read.
func (b *bookshelf) read(place app.Place, patience time.Duration) (*app.Known, error) {
	path := place.File
	touched, size, err := place.Look()
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	v := b.by[path]
	if v == nil {
		v = &volume{path: path}
		b.by[path] = v
	}
	b.use++
	v.used = b.use
	if v.size == size && v.at.Equal(touched) && v.loading == nil {
		defer b.mu.Unlock()
		return v.known, v.err
	}
	if v.loading == nil {
		v.loading = make(chan struct{})
		b.all.Go(func() { b.load(v, place, touched, size) })
	}
	loading := v.loading
	b.mu.Unlock()
	isDone(loading, patience)
	b.mu.Lock()
	defer b.mu.Unlock()
	return v.known, v.err
}

// tally is how many rows of a journal have which outcome. Of one that was counted and
// has not changed it is known without reading it again; nil without an error says that
// it is being read.
func (b *bookshelf) tally(place app.Place) (*batch.Tally, error) {
	touched, size, err := place.Look()
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	c, ok := b.counts[place.File]
	b.mu.Unlock()
	if ok && c.size == size && c.at.Equal(touched) {
		return &c.tally, nil
	}
	known, err := b.read(place, 0)
	if known == nil {
		return nil, err
	}
	t := known.Ledger.Tally()
	return &t, nil
}

// load reads a journal.
func (b *bookshelf) load(v *volume, place app.Place, touched time.Time, size int64) {
	b.turns <- struct{}{}
	known, err := app.ReadKnown(place)
	<-b.turns
	b.mu.Lock()
	defer b.mu.Unlock()
	v.size, v.at, v.err = size, touched, err
	if err == nil {
		v.known = known
		b.counts[v.path] = counted{v.size, v.at, known.Ledger.Tally()}
	}
	close(v.loading)
	v.loading = nil
	b.thin()
}

// thin lets go of the journals that were used longest ago.
func (b *bookshelf) thin() {
	for {
		sum, oldest := int64(0), (*volume)(nil)
		for _, v := range b.by {
			sum += v.size
			if v.loading == nil && (oldest == nil || v.used < oldest.used) {
				oldest = v
			}
		}
		if sum <= mostShelved || oldest == nil || len(b.by) == 1 {
			return
		}
		delete(b.by, oldest.path)
	}
}

// close waits until nothing is read any more.
func (b *bookshelf) close() { b.all.Wait() }

// patience is how long a page waits for what it shows before it shows that it is
// being read.
const patience = 400 * time.Millisecond

// errReading says that a journal is being read, and the page must be asked for again.
var errReading = lang.Errorf("the books of this batch are being read; look again in a moment")

// ledger is what is known of a batch: by the run that is under way here, or by its
// journal. The error is errReading where that takes longer than a page may.
func (k *Console) ledger(name string) (*batch.Ledger, error) {
	run := k.runs.of(name)
	if run != nil && run.isOver() {
		run = nil
	}
	if run != nil {
		if l := run.ledger(); l != nil {
			return l, nil
		}
	}
	known, err := k.books.read(k.config.Folder.Books(name), patience)
	switch {
	case known != nil:
		return known.Ledger, nil
	case err != nil && run != nil: // its rows are being written down, and cannot be read yet
		isDone(run.begun, patience)
		return nil, errReading
	case err != nil:
		return nil, err
	}
	return nil, errReading
}

// ledgerWhole is ledger for a search, which waits until a journal is read.
func (k *Console) ledgerWhole(name string) (*batch.Ledger, error) {
	for {
		l, err := k.ledger(name)
		if !errors.Is(err, errReading) {
			return l, err
		}
	}
}
