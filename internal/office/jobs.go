package office

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"flexybatch/report"
)

// driveKind is the kind of the jobs that say that somebody should drive the batches of
// an account.
const driveKind = "drive"

// driveArgs says that somebody should drive the batches of an account, as its owner
// under an epoch. There is one job for an epoch, and a further one (Round) where that
// one has led to nothing: River takes completed jobs, and those of a worker that has
// died, for duplicates too.
type driveArgs struct {
	Account int64 `json:"account"`
	Epoch   int64 `json:"epoch"`
	Round   int64 `json:"round"`
}

// Kind names the jobs in the database.
func (driveArgs) Kind() string { return driveKind }

// dueArgs says that a batch is due, at the time at which the job is scheduled.
type dueArgs struct {
	Account int64 `json:"account"`
	Batch   int64 `json:"batch"`
}

// Kind names the jobs in the database.
func (dueArgs) Kind() string { return "due" }

// settleArgs says that open outcomes are to be asked about again.
type settleArgs struct{}

// Kind names the jobs in the database.
func (settleArgs) Kind() string { return "settle" }

// notifyArgs says that a summary is to be posted.
type notifyArgs struct {
	Summary report.Summary `json:"summary"`
}

// Kind names the jobs in the database.
func (notifyArgs) Kind() string { return "notify" }

// inserter puts jobs in the database, and works on none.
func (d *Database) inserter() (*river.Client[pgx.Tx], error) {
	return river.NewClient(riverpgxv5.New(d.pool), &river.Config{Logger: silent()})
}

// inLine puts an account in line, now or when a batch is due.
func (d *Database) inLine(ctx context.Context, tx pgx.Tx, account, id int64, at time.Time, priority int) error {
	jobs, err := d.inserter()
	if err != nil {
		return err
	}
	if time.Until(at) > 0 {
		_, err := jobs.InsertTx(ctx, tx, dueArgs{Account: account, Batch: id}, &river.InsertOpts{Queue: officeQueue, ScheduledAt: at})
		return err
	}
	var epoch int64
	if err := tx.QueryRow(ctx, "select epoch from account where id = $1", account).Scan(&epoch); err != nil {
		return err
	}
	return insertDrive(ctx, tx, jobs, driveArgs{Account: account, Epoch: epoch + 1}, priority)
}

// insertDrive puts a job in line that makes somebody the owner of an account.
func insertDrive(ctx context.Context, tx pgx.Tx, jobs *river.Client[pgx.Tx], args driveArgs, priority int) error {
	_, err := jobs.InsertTx(ctx, tx, args, &river.InsertOpts{
		Queue: accountQueue(args.Account), Priority: min(max(priority, 1), 4), MaxAttempts: 3, UniqueOpts: river.UniqueOpts{ByArgs: true},
	})
	return err
}
