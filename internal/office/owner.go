package office

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
)

// driver works on the jobs that make a worker the owner of its account.
type driver struct {
	river.WorkerDefaults[driveArgs]
	worker *Worker
}

// Timeout says that River does not end the job: the lease does.
func (*driver) Timeout(*river.Job[driveArgs]) time.Duration { return -1 }

// Work claims the lease under the job's epoch and drives the account's batches. A job
// whose epoch is over has nothing to do.
func (d *driver) Work(_ context.Context, job *river.Job[driveArgs]) error {
	w := d.worker
	if w.drain.Err() != nil || w.rests() {
		return river.JobSnooze(time.Second) // another worker may take it
	}
	lease, err := w.claim(job.Args.Epoch)
	if err != nil || lease == nil {
		return err
	}
	w.figures.takeovers.Add(1)
	w.log().Info("owns the account", "epoch", lease.epoch)
	w.own(lease)
	w.log().Info("gave the account back", "epoch", lease.epoch)
	return nil
}

// claim takes the lease as the owner of an epoch, and waits for it while its holder may
// be dead. It returns nil if the epoch is over, or if the holder lives.
func (w *Worker) claim(epoch int64) (*Lease, error) {
	beat := int64(-1)
	for {
		ctx, cancel := context.WithTimeout(w.drain, w.Lease/2)
		seen, err := w.Database.look(ctx, w.account)
		cancel()
		switch {
		case err != nil:
			return nil, err
		case seen.epoch+1 != epoch, beat >= 0 && seen.beat != beat && seen.holder != "":
			return nil, nil
		case w.watch.free(seen):
			ctx, cancel := limited(w.drain)
			defer cancel()
			return claim(ctx, w.Database, sinceBoot, w.account, seen, w.Name, w.Lease)
		}
		beat = seen.beat
		select {
		case <-w.drain.Done():
			return nil, nil
		case <-time.After(min(time.Second, w.Lease/5)):
		}
	}
}

// owner is a worker while it owns its account.
type owner struct {
	*Worker
	lease *Lease
	drain context.Context // done: begin nothing more
	abort context.Context // done: break off what is under way

	driving driving // the batch that is being driven
}

// own drives batches until none is due, or until the worker has to let go.
func (w *Worker) own(lease *Lease) {
	drain, cancelDrain := context.WithCancel(w.drain)
	abort, cancelAbort := context.WithCancel(w.abort)
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		lease.keep(abort)
	}()
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		select {
		case <-lease.Over():
			cancelDrain()
			cancelAbort()
		case <-abort.Done():
		}
	}()
	o := &owner{Worker: w, lease: lease, drain: drain, abort: abort}
	w.setOwner(o)
	released := o.driveAll()
	w.setOwner(nil)
	cancelDrain()
	cancelAbort()
	<-kept
	<-watched
	if lease.Sure() != nil && !released {
		w.figures.lost.Add(1)
	}
	if !released {
		if err := lease.release(context.WithoutCancel(w.abort)); err != nil {
			w.log().Warn("the lease could not be given back; it ends by itself", "error", err)
		}
	}
}

func (w *Worker) setOwner(o *owner) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.owner = o
}

// driveAll drives the batches that are due, one after the other. It tells whether it has
// given the lease back, since none was left.
func (o *owner) driveAll() (released bool) {
	for o.drain.Err() == nil {
		b, err := o.next()
		if err != nil {
			o.log().Warn("the database does not answer", "error", err)
			return false
		}
		if b == nil {
			if released, err = o.releaseIdle(); err != nil || released {
				return released
			}
			continue
		}
		if !o.drive(b) {
			return false
		}
	}
	return false
}

// dueSQL selects the batches of an account that are to be driven now.
const dueSQL = `from batch b join account a on a.id = b.account where a.id = $1 and a.stopped = '' and b.due <= now()
	and (b.state in ('waiting', 'running') or b.settle_at <= now())`

// anyDue tells whether the account has work.
func anyDue(ctx context.Context, q querier, account int64) (due bool, err error) {
	err = q.QueryRow(ctx, "select exists (select 1 "+dueSQL+")", account).Scan(&due)
	return due, err
}

// next is the batch to be driven next: one that was begun, then the most urgent.
func (o *owner) next() (*dueBatch, error) {
	ctx, cancel := limited(o.drain)
	defer cancel()
	var b dueBatch
	err := o.Database.pool.QueryRow(ctx, "select b.id, b.name, b.state, b.options, b.doubted, a.type, b.wish "+dueSQL+
		" order by b.state = 'running' desc, b.priority, b.due, b.id limit 1", o.account).
		Scan(&b.id, &b.name, &b.state, &b.options, &b.doubted, &b.accountType, &b.wish)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	return &b, err
}

// releaseIdle gives the lease back, if no batch is due at that moment.
func (o *owner) releaseIdle() (released bool, err error) {
	ctx, cancel := limited(o.drain)
	defer cancel()
	err = pgx.BeginFunc(ctx, o.Database.pool, func(tx pgx.Tx) error {
		var epoch int64
		if err := tx.QueryRow(ctx, "select epoch from account where id = $1 for update", o.account).Scan(&epoch); err != nil {
			return err
		}
		due, err := anyDue(ctx, tx, o.account)
		if err != nil || due || epoch != o.lease.epoch {
			return err
		}
		released = true
		_, err = tx.Exec(ctx, "update account set beat = beat + 1, holder = '' where id = $1", o.account)
		return err
	})
	if released = released && err == nil; released {
		o.lease.end()
	}
	return released, err
}
