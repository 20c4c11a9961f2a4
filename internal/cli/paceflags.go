package cli

import (
	"time"

	"github.com/spf13/cobra"

	"flexybatch/internal/app"
	"flexybatch/internal/settings"
)

// rateFlags say how fast the API is called. Every command takes them that calls it
// more than once.
type rateFlags struct {
	rate    settings.Rate
	timeout time.Duration
}

func (r *rateFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.Var(&r.rate, "rate", "API calls a minute at most, 0 for no limit, auto to look for the provider's own, upward from the default (what the key allows: 60 sandbox, 120 production; none with --simulate)")
	f.DurationVar(&r.timeout, "timeout", 30*time.Second, "time for one API call")
	complete(cmd, "rate", words(settings.AutoRate, "0", "60", "120"))
}

// pace is what the flags say.
func (r *rateFlags) pace(cmd *cobra.Command) (app.Pace, error) {
	if r.timeout < time.Millisecond {
		return app.Pace{}, badDuration("timeout", r.timeout)
	}
	if !(r.rate.Number >= 0) {
		return app.Pace{}, badFlag("rate", "--rate and --stop-after take no number below zero")
	}
	p := app.Pace{Timeout: r.timeout, Auto: r.rate.Auto}
	if cmd.Flags().Changed("rate") {
		p.Rate = orNone(r.rate.Number)
	}
	return p, nil
}

func badDuration(flag string, d time.Duration) error {
	return badFlag(flag, "--%s %s: give a duration such as 30s or 5m", flag, d)
}

// orNone is the value of a flag that was given, or that has its default on the
// command line: zero is then none at all.
func orNone[T int | float64 | time.Duration](value T) T {
	if value == 0 {
		return app.None
	}
	return value
}

// lookFlags say how patiently rows are followed.
type lookFlags struct {
	rateFlags
	poll, wait, resendAfter time.Duration
}

func (l *lookFlags) add(cmd *cobra.Command) {
	l.rateFlags.add(cmd)
	f := cmd.Flags()
	f.DurationVar(&l.poll, "poll-interval", 5*time.Second, "between two looks at open rows")
	f.DurationVar(&l.wait, "wait", 10*time.Minute, "how long to wait for final outcomes, and to repeat lost sends, after every row was sent once")
	f.DurationVar(&l.resendAfter, "resend-after", 120*time.Second, "how long a lost send must have been over before a check may clear its ref")
}

// pace is what the flags say.
func (l *lookFlags) pace(cmd *cobra.Command) (app.Pace, error) {
	p, err := l.rateFlags.pace(cmd)
	switch {
	case err != nil:
		return p, err
	case l.poll < time.Millisecond:
		return p, badDuration("poll-interval", l.poll)
	case l.wait < 0:
		return p, badDuration("wait", l.wait)
	case l.resendAfter < 0:
		return p, badDuration("resend-after", l.resendAfter)
	}
	if cmd.Flags().Changed("poll-interval") {
		p.Poll = l.poll
	}
	p.Wait, p.ResendAfter = orNone(l.wait), orNone(l.resendAfter)
	return p, nil
}

// sendFlags say how fast rows are sent.
type sendFlags struct {
	lookFlags
	concurrency int
	phoneGap    time.Duration
	stopAfter   int
}

func (s *sendFlags) add(cmd *cobra.Command) {
	s.lookFlags.add(cmd)
	f := cmd.Flags()
	f.Var(settings.NewWhole(&s.concurrency, 8), "concurrency", "sends in flight at once")
	f.DurationVar(&s.phoneGap, "phone-gap", time.Minute, "least time between two sends to one phone (default with --simulate: 0)")
	f.Var(settings.NewWhole(&s.stopAfter, 20), "stop-after", "stop after so many failures in a row that are not the rows' own fault; 0: never")
}

// pace is what the flags say.
func (s *sendFlags) pace(cmd *cobra.Command) (app.Pace, error) {
	p, err := s.lookFlags.pace(cmd)
	switch {
	case err != nil:
		return p, err
	case s.concurrency < 1 || s.concurrency > 10_000:
		return p, badFlag("concurrency", "--concurrency %d: give a number from 1 to 10000", s.concurrency)
	case s.phoneGap < 0:
		return p, badDuration("phone-gap", s.phoneGap)
	case s.stopAfter < 0:
		return p, badFlag("stop-after", "--rate and --stop-after take no number below zero")
	}
	if cmd.Flags().Changed("phone-gap") {
		p.PhoneGap = orNone(s.phoneGap)
	}
	p.Concurrency, p.StopAfter = s.concurrency, orNone(s.stopAfter)
	return p, nil
}
