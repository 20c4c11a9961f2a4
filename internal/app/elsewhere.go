package app

import (
	"context"
	"time"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// What the search for the same rows elsewhere may cost. Together these are at most
// 20 calls; only where a row is found that an earlier run paid, whose books are
// lost, is the list read further.
const (
	recentPages = 17  // of the provider's list
	lostPages   = 200 // of the same, to find what a lost journal told
	probes      = 3   // rows whose refs are looked up
	pageSize    = 100 // orders
)

// defaultRecent is how far back the provider's own list is searched: a payroll of
// last month is older.
const defaultRecent = 72 * time.Hour

// elsewhere is what is known of the rows of a batch that has no books yet.
type elsewhere struct {
	orders []batch.RemoteOrder // that the provider holds, as far as they were asked for
	held   map[batch.Ref]batch.RemoteOrder
	others []batch.EarlierPayment // rows that look paid by other batches, or by hand
	unread error                  // why the provider's list could not be read; nil: it was
	same   bool                   // the rows are those of another batch, by half or more
}

// findElsewhere holds the rows of a batch that has no books yet against what was
// paid elsewhere: by the batches beside it, by those in the register, and by
// whatever the provider's own list shows.
func (j *job) findElsewhere(ctx context.Context) error {
	if j.books.begun() {
		return nil
	}
	e, rows := &j.rows.elsewhere, j.rows.file.Rows
	since := time.Now().Add(-j.recent())
	if j.recent() > 0 && j.provider.whose.Type != batch.Simulated {
		e.orders, e.unread = j.provider.recentOrders(ctx, since, recentPages)
		e.held = batch.Held(rows, e.orders)
		if err := j.probe(ctx); err != nil {
			return err
		}
	}
	search := batch.NewElsewhere(since)
	for i := range rows {
		search.Exclude(rows[i].Ref)
	}
	if err := j.addBatches(ctx, search, since); err != nil {
		return err
	}
	search.AddOrders(e.orders)
	e.others = search.Find(rows, func(r *batch.Row) bool { _, held := e.held[r.Ref]; return !held && r.Again() == "" })
	j.rows.nameOthers()
	return nil
}

// nameOthers names the persons whom the provider's list knows by their phones alone,
// as the rows do against which the payments stand.
func (p *payroll) nameOthers() {
	columns := batch.NameColumns(p.file.Header)
	rows := map[int]*batch.Row{}
	for i := range p.file.Rows {
		rows[p.file.Rows[i].Number] = &p.file.Rows[i]
	}
	for i := range p.elsewhere.others {
		if e := &p.elsewhere.others[i]; e.Payment.Name == "" {
			e.Payment.Name = batch.NameIn(rows[e.Row].Cells, columns)
		}
	}
}

// recent is how far back is searched; 0 for not at all.
func (j *job) recent() time.Duration {
	switch r := j.options.Recent; {
	case r == 0:
		return defaultRecent
	case r < 0:
		return 0
	default:
		return r
	}
}

// addBatches adds what other batches paid that were touched since then, and finds
// out whether one of them has the same rows by half or more.
func (j *job) addBatches(ctx context.Context, search *batch.Elsewhere, since time.Time) error {
	k, err := j.app.journals(ctx, j.at, j.options.Account.Simulate)
	if err != nil {
		return err
	}
	kin, err := k.relatives(nil, j.rows.file.Rows)
	if err != nil {
		return err
	}
	family := map[string]bool{}
	for _, relative := range kin {
		family[relative.path] = true
		for _, p := range relative.ledger.Payments() { // the others may have been paid elsewhere under the same refs
			search.Exclude(p.Ref)
		}
	}
	for _, path := range k.order {
		touched, _, err := j.at.storage().Look(path)
		if err != nil || touched.Before(since) || family[path] {
			continue
		}
		l, _, err := batch.ReadLedger(j.at.storage(), path)
		if err != nil || !l.Sealed() || !sameOwner(l.Batch().Account, j.provider.whose) {
			continue // the preflight names what cannot be read
		}
		search.AddLedger(l)
		if 2*l.Shared(j.rows.file.Rows) >= j.rows.totals.Valid {
			j.rows.elsewhere.same = true
		}
	}
	return nil
}

// sameOwner tells whether two keys move the money of one account.
func sameOwner(a, b batch.Account) bool {
	return a.Host == b.Host && a.Username == b.Username
}

// probe looks up the refs of a few rows. If the provider holds one of them that its
// list of late did not show, an earlier run of this batch paid it and its books are
// lost: then the list is read as far back as that.
func (j *job) probe(ctx context.Context) error {
	e := &j.rows.elsewhere
	var oldest time.Time
	for _, r := range probeRows(j.rows.file.Rows, e.held) {
		o, err := j.provider.client.CheckRef(ctx, r.Ref)
		if err != nil || !r.Ref.Is(o.Ref) {
			continue // it is not there, or nobody can say: the row's own send will tell
		}
		e.orders = append(e.orders, o)
		if oldest.IsZero() || o.Created.Before(oldest) {
			oldest = o.Created
		}
	}
	if oldest.IsZero() {
		return ctx.Err()
	}
	older, err := j.provider.recentOrders(ctx, oldest.Add(-24*time.Hour), lostPages)
	if err != nil {
		e.unread = err
	}
	e.orders = append(e.orders, older...)
	e.held = batch.Held(j.rows.file.Rows, e.orders)
	return ctx.Err()
}

// probeRows picks the first, the middle and the last of the valid rows that the
// provider is not known to hold.
func probeRows(rows []batch.Row, held map[batch.Ref]batch.RemoteOrder) (list []*batch.Row) {
	var valid []*batch.Row
	for i := range rows {
		if _, known := held[rows[i].Ref]; rows[i].Valid() && !known {
			valid = append(valid, &rows[i])
		}
	}
	if len(valid) <= probes {
		return valid
	}
	return []*batch.Row{valid[0], valid[len(valid)/2], valid[len(valid)-1]}
}

// recentOrders reads the provider's list of orders, newest first, until an order is
// older than since, the list ends, or so many pages were read.
func (c *connection) recentOrders(ctx context.Context, since time.Time, pages int) (orders []batch.RemoteOrder, err error) {
	var nameless error
	seen := map[string]bool{} // while pages are read, new orders may push others on to the next
	for page := 1; page <= pages; page++ {
		p, err := patiently(ctx, lang.Msg("asking for the list of top-ups"), func(ctx context.Context) (batch.Page, error) {
			return c.client.List(ctx, batch.ListQuery{Page: page, PageSize: pageSize})
		})
		if err != nil {
			return orders, err
		}
		old := len(p.Items) > 0
		for _, o := range p.Items {
			if o.Created.IsZero() || !o.Created.Before(since) {
				old = false
			}
			if o.Phone == "" || o.Amount == 0 {
				nameless = lang.Errorf("the list does not say whose orders it shows")
			}
			if o.ID == "" || !seen[o.ID] {
				orders = append(orders, o)
			}
			seen[o.ID] = true
		}
		if old || len(p.Items) < pageSize || p.Pages > 0 && page >= p.Pages {
			break
		}
	}
	return orders, nameless
}

// adopt takes orders into the books that an earlier run made, whose books are lost
// (money rule 19).
func (j *job) adopt() error {
	if len(j.rows.elsewhere.held) == 0 {
		return nil
	}
	if _, err := j.books.open.Adopt(j.rows.elsewhere.orders); err != nil {
		return refusef("%w; nothing was sent", err)
	}
	return nil
}
