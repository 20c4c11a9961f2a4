package console

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"flexybatch/batch"
	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/office"
)

// job is the job with the words of a language.
func (k *Console) job(words *lang.Printer) *app.App {
	job := k.config.Job
	job.Words, job.Key, job.Observer, job.Confirm = words, k.keys.key, nil, nil
	return &job
}

// jobOf is the job for who sends a request, in their language.
func (k *Console) jobOf(r *http.Request) *app.App {
	job := k.job(k.say(r))
	if k.office != nil {
		job.Who = visitOf(r).person.Name
	}
	return job
}

// log is where the log goes.
func (k *Console) log() *slog.Logger {
	if k.config.Job.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return k.config.Job.Log
}

// account is the provider that a draft is paid by.
func (k *Console) account(d *app.Draft) app.Account {
	a := k.config.Account
	a.Simulate = a.Simulate || d.Simulate
	return a
}

// accountOf is the provider of a batch: its journal's, where it has one.
func (k *Console) accountOf(b *app.FolderBatch) app.Account {
	a := k.config.Account
	if b.Begun && b.Err == nil {
		a.Simulate = b.Head.Account.Type == batch.Simulated
	} else if d, err := k.config.Folder.Draft(b.Name); err == nil {
		a.Simulate = a.Simulate || d.Simulate
	}
	return a
}

// paceOf is how fast a batch is sent.
func (k *Console) paceOf(a app.Account) app.Pace {
	if a.Simulate {
		return app.Pace{}
	}
	if l := k.inLine(); l != nil { // whose workers have a pace of their own
		terms, err := l.Terms(context.Background())
		if err == nil && terms.Rate > 0 {
			return app.Pace{Rate: terms.Rate}
		}
		return app.Pace{}
	}
	return k.config.Pace
}

// whose is the account that the key belongs to, waiting a little for the provider to
// say; nil while it is not known. The error says why it is not: there is no key, or
// the provider refuses it.
func (k *Console) whose() (*batch.Account, error) {
	if k.config.Account.Simulate {
		return &batch.Account{Type: batch.Simulated}, nil
	}
	if l := k.inLine(); l != nil {
		return whoseLine(l)
	}
	k.keys.mu.Lock()
	if k.keys.whose != nil {
		defer k.keys.mu.Unlock()
		return k.keys.whose, nil
	}
	if k.keys.asking == nil {
		k.keys.asking = make(chan struct{})
		go k.identify(k.keys.asking)
	}
	asking := k.keys.asking
	k.keys.mu.Unlock()
	isDone(asking, patience/2)
	k.keys.mu.Lock()
	defer k.keys.mu.Unlock()
	return k.keys.whose, k.keys.err
}

// whoseLine is the account that an office's workers pay from.
func whoseLine(l *office.Line) (*batch.Account, error) {
	a := l.Account()
	if terms, err := l.Terms(context.Background()); err == nil {
		a = terms.Account
	}
	return &a, nil
}

// identify asks the provider whose the key is.
func (k *Console) identify(done chan struct{}) {
	defer close(done)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	key, err := k.keys.key(ctx, k.config.Account.Host())
	var whose batch.Account
	if err == nil {
		whose, err = k.job(nil).Identify(ctx, k.config.Account, key)
	}
	k.keys.mu.Lock()
	defer k.keys.mu.Unlock()
	if k.keys.asking != done {
		return // another key was entered meanwhile
	}
	if k.keys.err = err; err == nil {
		k.keys.whose = &whose
	}
	if err != nil { // asked anew by the next page but one, so that a network that comes back is seen
		time.AfterFunc(5*time.Second, func() {
			k.keys.mu.Lock()
			defer k.keys.mu.Unlock()
			if k.keys.asking == done {
				k.keys.asking = nil
			}
		})
	}
}

// kindOf is how pages about a batch look: simulated, sandbox, production, or none
// where that is not known.
func (k *Console) kindOf(b *app.FolderBatch) string {
	if b.Begun && b.Err == nil {
		return strings.ToLower(b.Head.Account.Type)
	}
	if k.accountOf(b).Simulate {
		return "simulated"
	}
	if whose, err := k.whose(); err == nil && whose != nil {
		return strings.ToLower(whose.Type)
	}
	return "none"
}
