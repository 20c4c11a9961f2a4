package app

import (
	"context"
	"log/slog"
	"net"
	"runtime/debug"

	"flexybatch/batch"
	"flexybatch/batch/oneclick"
	"flexybatch/internal/lang"
	"flexybatch/internal/register"
)

// App is what every task needs of the door that calls it. The zero App works: it
// speaks English, logs nothing, has no key, asks nobody and is watched by nobody.
type App struct {
	Version  string        // of the program; the books and the provider are told it
	Who      string        // for whom the task is done, where that is not the user of this machine; the books are told it
	Words    *lang.Printer // the language of workbooks; nil: English
	Log      *slog.Logger  // nil: nothing is logged
	Observer Observer      // nil: nobody watches
	Confirm  Confirm       // nil: nobody can be asked

	// Key finds the API key that is meant for a host. nil: there is no key.
	Key func(ctx context.Context, host string) (oneclick.Key, error)

	// Provider is what stands in the place of the provider that the key leads to, for a
	// door that must not ask it itself. nil: the key's own.
	Provider Provider

	// Register knows the user's batches wherever they lie. nil: only those beside a
	// batch are known. Simulated batches are entered in none.
	Register *register.Register

	// Files are what the door writes and reads itself beside a task.
	Files Files

	// Uncompared says that nobody is shown how a batch differs from the earlier ones,
	// which then are not read for it.
	Uncompared bool

	// TuneMemory sets the garbage collector by how many rows are held, for a
	// process that runs one batch and nothing else.
	TuneMemory bool

	// Guard wraps the provider that rows are sent through, where a door may lose its
	// right to send while a batch is run. nil: the provider is used as it is.
	Guard func(batch.Provider) batch.Provider

	// Dial replaces the network, for tests in virtual time and for doors that guard
	// their connections.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// log is where the log goes.
func (a *App) log() *slog.Logger {
	if a.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return a.Log
}

// watcher is who watches.
func (a *App) watcher() Observer {
	if a.Observer == nil {
		return Unobserved{}
	}
	return a.Observer
}

// reading keeps memory small while rows are read, a million perhaps. With Go's own
// 100 the heap may grow to twice what they take before anything is collected; half
// of that costs a twentieth of the time. It returns what ends that.
func (a *App) reading() (end func()) { return a.collect(50) }

// holding does the same while so many rows are held and sent. Where they take little
// room, collecting seldom leaves a sixth more time for sending to a provider that is
// fast. The more room they take, the more often is collected, so that a million rows
// take less than 600 MB.
func (a *App) holding(rows int) (end func()) { return a.collect(garbagePercent(rows)) }

// garbagePercent returns how much garbage there may be while so many rows are held, as
// a percentage of what is held.
func garbagePercent(rows int) int {
	const aRow, heap = 200, 300 << 20 // bytes that a row takes, and that all may take together
	const seldom, often = 200, 30
	return min(max(100*heap/(aRow*max(rows, 1))-100, often), seldom)
}

// collect sets Go's percentage, where the door lets it.
func (a *App) collect(percent int) (end func()) {
	if !a.TuneMemory {
		return func() {}
	}
	before := debug.SetGCPercent(percent)
	return func() { debug.SetGCPercent(before) }
}
