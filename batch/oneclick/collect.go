package oneclick

import (
	"context"
	"time"

	"flexybatch/batch"
)

// Entry is what Collect must know about an item of a list.
type Entry struct {
	ID string
	At time.Time // zero if the answer does not say
}

// pageSize is the most items that a page can have (API page).
const pageSize = 100

// Collect reads one of the provider's lists, newest first, back to a time. It
// returns each item that was on the list when the reading began, once. ask
// fetches a page and returns its items and how many pages there are, or 0 if the
// answer does not say, as Transactions does. Its errors are returned unchanged.
//
// The list may grow meanwhile. New items at its top push the others towards later
// pages, where Collect meets them again. If some of the new items are in the
// result, all older ones are too, but not in the order of the list. An item that
// is removed from the list meanwhile pulls the others up, and one may be missed.
// No answer shows that, so a caller who needs a list without gaps must be able to
// detect one.
func Collect[T any](ctx context.Context, since time.Time, entry func(T) Entry, do func(context.Context, batch.ListQuery) ([]T, int, error)) ([]T, error) {
	var list []T
	seen := map[string]bool{}
	q := batch.ListQuery{PageSize: pageSize}
	if !since.IsZero() {
		// The provider may ignore the filter. It is a day wide because its clock
		// need not agree with ours.
		q.From, q.To = since, time.Now().Add(24*time.Hour)
	}
	for q.Page = 1; ; q.Page++ {
		items, pages, err := do(ctx, q)
		if err != nil {
			return nil, err
		}
		older := len(items) > 0
		for _, item := range items {
			e := entry(item)
			older = older && !e.At.IsZero() && e.At.Before(since)
			if !seen[e.ID] {
				seen[e.ID] = true
				list = append(list, item)
			}
		}
		// A page before the last can be empty: orders that have vanished still
		// take up their places.
		if older || pages > 0 && q.Page >= pages || pages == 0 && len(items) == 0 {
			return list, nil
		}
	}
}
