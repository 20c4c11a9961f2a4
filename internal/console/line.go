package console

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"flexybatch/internal/app"
	"flexybatch/internal/lang"
	"flexybatch/internal/office"
)

// An office with a database has workers that send: the pages put a batch in line, and
// look on. Whoever has started it, and however often the pages were stopped meanwhile,
// a batch that is in line or being sent is followed from the first look on.

// inLine is the line of an office with workers; nil: this process sends.
func (k *Console) inLine() *office.Line {
	if k.office == nil {
		return nil
	}
	return k.office.Line
}

// openLine makes the pages those of an office with workers.
func (k *Console) openLine(l *office.Line) {
	k.config.Folder.Storage, k.config.Folder.Taken = l.Storage(), func(name string) (bool, error) {
		_, err := l.Batch(context.Background(), name)
		if _, free := errors.AsType[*office.NoSuchBatch](err); free {
			return false, nil
		}
		return true, err
	}
	k.config.Job.Provider, k.config.Job.Key, k.config.Job.Register = l.Provider(), nil, nil
	k.config.Sample, k.config.Vault = nil, nil
}

// standing is how a batch stands in the line; nil: it is not in one.
func (k *Console) standing(ctx context.Context, name string) (*office.Batch, error) {
	l := k.inLine()
	if l == nil {
		return nil, nil
	}
	b, err := l.Batch(ctx, name)
	if _, none := errors.AsType[*office.NoSuchBatch](err); none {
		return nil, nil
	}
	return b, err
}

// underWay tells a batch that the workers send, or are about to.
func underWay(b *office.Batch) bool {
	return b != nil && (b.State == office.Waiting || b.State == office.Running)
}

// pay is the task of a start: it puts the batch in line for the workers, and looks on.
func (k *Console) pay(b *app.FolderBatch, o app.RunOptions, by string) task {
	return func(ctx, drain context.Context, now *run) (*app.RunResult, error) {
		order, err := k.order(ctx, b, o, now)
		if err != nil {
			return nil, err
		}
		order.By = by
		if err := k.inLine().Pay(ctx, order); err != nil {
			return nil, lineError(err)
		}
		now.once.Do(func() { close(now.begun) })
		return k.lookOn(ctx, drain, now)
	}
}

// order is what a person has said in the pages, who was shown what would be paid.
func (k *Console) order(ctx context.Context, b *app.FolderBatch, o app.RunOptions, said *run) (order office.Order, err error) {
	if o.Reading.Options.Password != "" {
		return order, app.Failed(app.Usage, lang.Errorf("an office keeps no passwords: save the workbook without one, and give it as a corrected file"))
	}
	var c *checking
	for ok := false; !ok; {
		if c, ok = k.rehearse(b); ctx.Err() != nil {
			return order, ctx.Err()
		}
	}
	if c.err != nil {
		return order, c.err
	}
	q := app.Question{About: app.AboutRun, Rows: c.flight.ToSend.Valid, Cost: c.flight.ToSend.Cost, Account: c.flight.Account.Type}
	if said.told.Canary > 0 {
		q.About, q.Rows = app.AboutCanary, min(said.told.Canary, q.Rows)
	}
	if err := q.Ask(ctx, said); err != nil {
		return order, app.Failed(app.Nothing, lang.Errorf("nothing was sent: %w", err))
	}
	draft, _ := k.config.Folder.Draft(b.Name)
	if n := k.needs(draft); k.approvalsOf(b.Name) < n {
		return order, &app.ApprovalsNeeded{Required: n, File: o.Place.File}
	}
	order = office.Order{Name: b.Name, Run: o, Makers: k.makers(b.Name)}
	if draft != nil {
		order.MadeBy = draft.Versions[0].Who
		for _, v := range draft.Versions {
			order.Versions = append(order.Versions, v.SHA256)
		}
	}
	return order, nil
}

// lineError gives an error of package office its outcome.
func lineError(err error) error {
	if _, ours := app.OutcomeOf(err); ours || err == nil {
		return err
	}
	return app.Failed(app.Nothing, err)
}

// follow looks on from now on while the workers send a batch.
func (k *Console) follow(name string) {
	k.runs.start(&run{batch: name, sends: true}, func(ctx, drain context.Context, now *run) (*app.RunResult, error) {
		return k.lookOn(ctx, drain, now)
	})
}

// mostSilent is how many looks in a row the database may leave without an answer.
const mostSilent = 30

// lookOn looks on until the workers have nothing to do with the batch any more, or the
// pages end.
func (k *Console) lookOn(ctx, drain context.Context, now *run) (*app.RunResult, error) {
	tick := time.NewTicker(snapshotEvery)
	defer tick.Stop()
	for silent := 0; ; {
		going, err := k.look(ctx, now)
		switch {
		case err != nil && silent == mostSilent:
			return nil, lineError(err)
		case err != nil:
			silent++
		case !going:
			return nil, nil
		default:
			silent = 0
		}
		select {
		case <-drain.Done():
			return nil, nil
		case <-tick.C:
		}
	}
}

// look asks once how the batch stands, and how far it is. It tells whether it goes on.
func (k *Console) look(ctx context.Context, now *run) (going bool, err error) {
	b, err := k.inLine().Batch(ctx, now.batch)
	if err != nil {
		return false, err
	}
	live, err := k.inLine().Live(ctx, now.batch)
	if err != nil {
		return false, err
	}
	now.mu.Lock()
	now.line, now.live = b, live
	now.mu.Unlock()
	if live != nil {
		now.once.Do(func() { close(now.begun) })
	}
	return underWay(b), nil
}

// writable is the folder for somebody who writes a note to a journal. In an office with
// workers nobody may be sending meanwhile.
func (k *Console) writable(ctx context.Context, by string) (f app.Folder, release func(), err error) {
	f = k.config.Folder
	l := k.inLine()
	if l == nil {
		return f, func() {}, nil
	}
	f.Storage, release, err = l.Borrow(ctx, by)
	return f, release, err
}

// withLine adds to the batches of the folder those that are in line and were not begun,
// and finds how each stands there.
func (k *Console) withLine(ctx context.Context, list []app.FolderBatch) ([]app.FolderBatch, map[string]*office.Batch, error) {
	l := k.inLine()
	if l == nil {
		return list, nil, nil
	}
	lines, err := l.Batches(ctx)
	if err != nil {
		return nil, nil, lineError(err)
	}
	by := map[string]*office.Batch{}
	for i := range lines {
		by[lines[i].Name] = &lines[i]
	}
	known := map[string]bool{}
	for _, b := range list {
		known[b.Name] = true
	}
	var more []app.FolderBatch
	for _, b := range lines { // the newest first
		if !known[b.Name] {
			more = append(more, app.FolderBatch{Name: b.Name, Touched: b.Due})
		}
	}
	return append(more, list...), by, nil
}

// showLine shows a batch that is in line and of which nothing was sent yet.
func (k *Console) showLine(w http.ResponseWriter, r *http.Request, b *office.Batch) {
	p := k.newPage(r, lang.Msg("Batch %s", b.Name))
	p.Kind, p.Body = k.kindOf(&app.FolderBatch{Name: b.Name}), b
	if underWay(b) {
		p.Again = 2
	}
	k.show(w, http.StatusOK, "line", p)
}

// Standing is how a batch stands in the line, in words.
func (p *page) Standing(b *office.Batch) string {
	if wish := office.WishTitle(b.Wish); !wish.IsZero() {
		return p.Say(wish)
	}
	return p.Say(office.StateTitle(b.State))
}

// Note is why a batch stands as it does, in words; empty where that goes without saying.
func (p *page) Note(b *office.Batch) string { return b.NoteIn(p.Lang()) }

// AccountNote is why nothing of the batch's account is sent.
func (p *page) AccountNote(b *office.Batch) string { return b.StoppedIn(p.Lang()) }

// inLineOnly is a handler of pages whose office has workers.
func (k *Console) inLineOnly(do func(ctx context.Context, l *office.Line, name, by string) error) func(http.ResponseWriter, *http.Request, *app.FolderBatch) {
	return func(w http.ResponseWriter, r *http.Request, b *app.FolderBatch) {
		l := k.inLine()
		if l == nil {
			k.refuse(w, r, http.StatusNotFound)
			return
		}
		if err := do(r.Context(), l, b.Name, visitOf(r).person.Name); err != nil {
			k.fail(w, r, lineError(err))
			return
		}
		k.follow(b.Name)
		back(w, r, address(b.Name))
	}
}

// resume lets a batch go on. To send the rest after a canary the number of rows is typed,
// where it is real money.
func (k *Console) resume(w http.ResponseWriter, r *http.Request, b *app.FolderBatch) {
	if err := limitForm(w, r); err != nil {
		k.refuse(w, r, http.StatusRequestEntityTooLarge)
		return
	}
	said := &run{told: consent{Typed: rowCount(r.PostFormValue("rows"))}}
	k.inLineOnly(func(ctx context.Context, l *office.Line, name, by string) error {
		in, err := l.Batch(ctx, name)
		if err != nil {
			return err
		}
		if in.State == office.Held {
			q := app.Question{About: app.AboutCanary, Rows: in.Rows["unsent"], Account: strings.ToUpper(k.kindOf(b))}
			if err := q.Ask(ctx, said); err != nil {
				return app.Failed(app.Nothing, lang.Errorf("nothing was sent: %w", err))
			}
		}
		return l.Resume(ctx, name, by)
	})(w, r, b)
}

// lineRoutes are those of an office with workers; without any they are refused.
func (k *Console) lineRoutes() map[string]route {
	return map[string]route{
		"POST /batches/{name}/resume": {access: needs(Clerk), do: k.withBatch(k.resume)},
		"POST /batches/{name}/cancel": {access: needs(Clerk), do: k.withBatch(k.inLineOnly(func(ctx context.Context, l *office.Line, name, by string) error { return l.Cancel(ctx, name, by) }))},
	}
}
