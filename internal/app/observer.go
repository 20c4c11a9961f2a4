package app

import (
	"time"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// Observer watches a task and shows it to people or to other programs. Its methods
// are called by one goroutine, in the order of the task, and the task waits for
// them; only the functions of a Work may be called from others. Embed Unobserved to
// watch less than everything.
type Observer interface {
	// Note tells something that a person should know and that stops nothing.
	Note(lang.Message)
	// Ready says that no other process runs the batch, and that its file and its
	// books were read. Nothing was asked, written down or sent yet. An error
	// refuses the task.
	Ready(Ready) error
	// Preflight shows what is about to be sent, before the question.
	Preflight(*Preflight)
	// Began says that the batch is in the books, and that nothing of this task was
	// sent yet. An error refuses the task.
	Began(Began) error
	// Working says that rows are being sent and followed. What it returns is called
	// when that has ended.
	Working(Work) (ended func())
	// Canary shows what became of the first rows, before the rest is asked for.
	Canary(*CanaryResult)
}

// Ready is a batch that is about to be run.
type Ready struct {
	Batch   string
	Started time.Time
	Ledger  *batch.Ledger // what the books tell so far; nil: there are none yet
	Calls   func() int    // how many API calls were made
}

// Began is a batch whose books are open for writing.
type Began struct {
	Batch   string
	Books   *batch.Books
	Journal string // its file
}

// Work is sending and following rows. Its functions may be called at any time by
// any goroutine until the work has ended.
type Work struct {
	Sends    int           // rows that are to be sent
	Poll     time.Duration // between two looks at an open row
	Wait     time.Duration // for outcomes, after every row was sent once
	Tally    func() batch.Tally
	Progress func() batch.Progress
	Sent     int // requests to send of this task before this work
}

// Unobserved is an Observer that watches nothing.
type Unobserved struct{}

// Note watches nothing.
func (Unobserved) Note(lang.Message) {}

// Ready watches nothing.
func (Unobserved) Ready(Ready) error { return nil }

// Preflight watches nothing.
func (Unobserved) Preflight(*Preflight) {}

// Began watches nothing.
func (Unobserved) Began(Began) error { return nil }

// Working watches nothing.
func (Unobserved) Working(Work) func() { return func() {} }

// Canary watches nothing.
func (Unobserved) Canary(*CanaryResult) {}
