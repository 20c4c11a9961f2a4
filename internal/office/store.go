package office

import (
	"context"
	"time"
)

// store is the database as leases and files need it: PostgreSQL, or a model of it in
// memory for tests in virtual time. Each method is one transaction.
type store interface {
	look(ctx context.Context, account int64) (standing, error)
	// claim makes holder the owner, if the lease is as it was seen.
	claim(ctx context.Context, account int64, seen standing, holder string, length time.Duration) (epoch int64, ok bool, err error)
	renew(ctx context.Context, account, epoch int64) (ok bool, err error)
	release(ctx context.Context, account, epoch int64) error

	// find's error wraps fs.ErrNotExist if there is no such file.
	find(ctx context.Context, account int64, name string) (fileInfo, error)
	names(ctx context.Context, account int64) ([]string, error)
	// create's error wraps fs.ErrExist if there is one.
	create(ctx context.Context, by writer, name string) (id int64, err error)
	size(ctx context.Context, file int64) (int64, error)
	// read returns bytes of the file from an offset on; none at its end.
	read(ctx context.Context, file, at int64) ([]byte, error)
	// write and truncate fail with a *LeaseLost if by's epoch is over, and with an error
	// that wraps journal.ErrMoved if the file does not have that name any more.
	write(ctx context.Context, by writer, file int64, name string, at int64, b []byte) error
	truncate(ctx context.Context, by writer, file int64, name string, size int64) error
	// lock fails with a *journal.Locked if another handle has the file locked.
	lock(ctx context.Context, by writer, file int64) error
	unlock(ctx context.Context, by writer, file int64) error
}

// writer is who writes: an owner by its epoch, and one of its open files.
type writer struct {
	account, epoch int64
	handle         string // of the file that holds the lock; empty: it holds none
	holder         string // for people
}

// fileInfo is what the database knows of a file.
type fileInfo struct {
	id, size int64
	touched  time.Time
}

// callLimit is how long one call of the database may take.
const callLimit = 10 * time.Second

// limited is a context for one call of the database.
func limited(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, callLimit)
}
