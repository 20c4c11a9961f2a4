package cli

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"time"

	"github.com/spf13/cobra"

	"flexybatch/batch"
	"flexybatch/internal/app"
	"flexybatch/internal/office"
	"flexybatch/internal/publish"
	"flexybatch/internal/settings"
)

const workerHelp = `Send the batches of an office, or stand by while another worker of the same account
does. Start as many as you like, on any machines, with the same key; one of them owns
the account at a time, and when it dies another takes over within the lease and ten
seconds. The API key lives with the workers alone.

  flexybatch worker
  flexybatch worker --lease 15s --listen 127.0.0.1:9101

--listen serves /healthz, /readyz and /metrics (Prometheus), to whoever can reach it.

SIGTERM drains it: nothing new is begun, the answers under way are waited for, and
the account is given back. Once more to leave at once.`

// workerOptions is what worker was asked for.
type workerOptions struct {
	machine
	office    officeFlags
	account   accountFlags
	send      sendFlags
	log       output
	required  int
	approvers string
	lease     time.Duration
	settle    time.Duration
	listen    string
	name      string
	notifyURL string
}

func newWorker(w machine) *cobra.Command {
	o := &workerOptions{machine: w, log: output{machine: w}}
	cmd := takesNothing(&cobra.Command{
		Use: "worker", Short: "Send an office's batches, one worker at a time for an account", Long: workerHelp,
		RunE: func(cmd *cobra.Command, _ []string) error { return runWorker(cmd, o) },
	})
	o.office.addDatabase(cmd)
	o.account.addKey(cmd)
	o.send.add(cmd)
	o.log.addLog(cmd)
	f := cmd.Flags()
	f.DurationVar(&o.lease, "lease", 15*time.Second, "how long a worker may be silent before another takes over")
	f.DurationVar(&o.settle, "settle-every", 24*time.Hour, "between two looks at a batch whose outcomes stay open")
	f.StringVar(&o.listen, "listen", "", "address for /healthz, /readyz and /metrics, such as 127.0.0.1:9101 (default none)")
	f.StringVar(&o.name, "name", "", "how the worker is named to people (default by machine and process)")
	f.StringVar(&o.notifyURL, "notify-url", "", "post the summary to this address at the end, signed with the secret in FLEXYBATCH_NOTIFY_SECRET")
	f.Var(settings.NewWhole(&o.required, 0), "require-approvals", "send only what so many different people have approved")
	f.StringVar(&o.approvers, "approvers", "", "file of the people whose approval counts: a line of flexybatch keygen for each")
	complete(cmd, "approvers", files())
	return cmd
}

// runWorker works until it is told to stop.
func runWorker(cmd *cobra.Command, o *workerOptions) error {
	pace, err := o.send.pace(cmd)
	if err != nil {
		return err
	}
	if o.log.log.level == "" {
		o.log.log.level = "info" // what a service does is wanted
	}
	log, closeLog, err := o.log.logger()
	if err != nil {
		return err
	}
	abort, drain, stop := o.signals(cmd.Context())
	defer stop()
	err = o.work(abort, drain, pace, log)
	if drain.Err() != nil && errors.Is(err, context.Canceled) {
		err = nil // it was told to stop before it could work
	}
	return errors.Join(err, closeLog())
}

// work connects, and works.
func (o *workerOptions) work(abort, drain context.Context, pace app.Pace, log *slog.Logger) error {
	c := office.WorkerConfig{Account: o.account.account(), Pace: pace, Lease: o.lease, Settle: o.settle, Name: o.name,
		Needs: app.Approvals{Required: o.required, Approvers: o.approvers}}
	if err := c.Check(); err != nil {
		return officeError(err)
	}
	if o.notifyURL != "" {
		hook, err := publish.NewWebhook(o.notifyURL, o.getenv(publish.SecretVariable), "flexybatch/"+version)
		if err != nil {
			return badTarget(err)
		}
		c.Notify = hook.Post
	}
	var err error
	if c.Database, err = waited(drain, log, func() (*office.Database, error) { return o.office.open(drain, o.machine) }); err != nil {
		return err
	}
	defer c.Database.Close()
	c.Job = *o.app(&o.account)
	c.Job.Log, c.Job.Register = log, nil
	if c.Whose, err = waited(drain, log, func() (batch.Account, error) { return o.whose(drain) }); err != nil {
		return err
	}
	worker, err := office.NewWorker(drain, c)
	if err != nil {
		return officeError(err)
	}
	end, err := o.serve(abort, worker, log)
	if err != nil {
		return err
	}
	defer end()
	return officeError(worker.Run(abort, drain))
}

// whose is the account of the key.
func (o *workerOptions) whose(ctx context.Context) (batch.Account, error) {
	account := o.account.account()
	key, _, err := o.account.key(ctx, o.machine, account.Host())
	if err != nil {
		return batch.Account{}, err
	}
	return o.app(&o.account).Identify(ctx, account, key)
}

// serve answers monitoring, where that is wanted.
func (o *workerOptions) serve(ctx context.Context, worker *office.Worker, log *slog.Logger) (end func(), err error) {
	if o.listen == "" {
		return func() {}, nil
	}
	l, err := net.Listen("tcp", o.listen)
	if err != nil {
		return nil, nothingf("listening: %w", err)
	}
	log.Info("listens", "address", l.Addr().String())
	ctx, cancel := context.WithCancel(ctx)
	served := make(chan error, 1)
	go func() { served <- worker.Serve(ctx, l) }()
	return func() {
		cancel()
		if err := <-served; err != nil {
			log.Warn("the address for monitoring", "error", err)
		}
	}, nil
}

// waited tries again every few seconds, while the database or the provider cannot be
// reached: a worker may be started before them.
func waited[T any](drain context.Context, log *slog.Logger, try func() (T, error)) (v T, err error) {
	for {
		v, err = try()
		if err == nil || drain.Err() != nil || !passes(err) {
			return v, err
		}
		log.Warn("not ready yet", "error", err)
		select {
		case <-drain.Done():
			return v, err
		case <-time.After(3 * time.Second):
		}
	}
}

// passes tells an error that may pass by itself.
func passes(err error) bool {
	if _, away := errors.AsType[*office.Unreachable](err); away {
		return true
	}
	if _, denied := errors.AsType[*app.Denied](err); denied {
		return false
	}
	f, ok := errors.AsType[*batch.Fault](err)
	return ok && (f.Class == batch.ClassUnreached || f.Class == batch.ClassUnknown || f.Class == batch.ClassThrottled)
}
