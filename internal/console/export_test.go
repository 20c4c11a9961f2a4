package console

import (
	"io"
	"maps"
	"slices"
)

// Patterns are the addresses of the pages.
func (k *Console) Patterns() []string {
	return slices.Sorted(maps.Keys(k.table()))
}

// Policy is the content security policy.
const Policy = policy

// RowCount is the number of rows that a person has typed.
var RowCount = rowCount

// Busy makes large files wait, until the function that it returns is called.
func (k *Console) Busy() (free func()) {
	for range mostLarge {
		k.checks.turns <- struct{}{}
	}
	return func() {
		for range mostLarge {
			<-k.checks.turns
		}
	}
}

// HasRead makes the check of a batch's file tell that it has read so many rows.
func (k *Console) HasRead(name string, rows int) {
	k.checks.mu.Lock()
	defer k.checks.mu.Unlock()
	k.checks.by[name].read(rows)
}

// HurryStarts lets the page of a start wait for nothing.
func (k *Console) HurryStarts() { k.runs.patience = 0 }

// Sent is how many requests the run of a batch has sent so far.
func (k *Console) Sent(name string) int {
	r := k.runs.of(name)
	if r == nil {
		return 0
	}
	return r.look().Progress.Requests
}

// Snapshot writes what a live view of a batch shows.
func (k *Console) Snapshot(name string) error {
	p := &page{words: k.pages.words["en"]}
	p.Body = k.liveBody(p, k.runs.of(name).look())
	return k.pages.by["batch"].ExecuteTemplate(io.Discard, "live", p)
}

// Abort breaks every run off, and waits until it is over.
func (k *Console) Abort() {
	k.runs.abort()
	k.runs.wait()
}

// ForgetTries lets everybody try to log in as often as in the beginning.
func (k *Console) ForgetTries() {
	k.office.throttle.mu.Lock()
	defer k.office.throttle.mu.Unlock()
	clear(k.office.throttle.by)
}
