package oneclick

import (
	"context"
	"time"

	"flexybatch/batch"
)

// Entry is what Collect must know of a thing on a list.
type Entry struct {
	ID string
	At time.Time // zero where the answer does not say
}

// pageSize is the most that a page can have (API page).
const pageSize = 100

// Collect reads a list of the provider's, newest first, back to a time: each
// thing that was on it when the reading began, once. ask fetches a page and tells
// how many there are, 0 where the answer does not say, as Transactions does; its
// errors are returned as they are.
//
// The list may grow meanwhile: what comes in at its top pushes the rest towards
// later pages, where it is met again. Some of what came in may be in the result,
// and then all that is older is, but not in the order of the list. What is taken
// out of the list meanwhile pulls the rest up, and a thing may be passed over; no
// answer tells that, so who needs the list without a gap must be able to see one.
func Collect[T any](ctx context.Context, since time.Time, entry func(T) Entry, ask func(context.Context, batch.ListQuery) ([]T, int, error)) ([]T, error) {
	var list []T
	seen := map[string]bool{}
	q := batch.ListQuery{PageSize: pageSize}
	if !since.IsZero() {
		// A wish, and a wide one: their clock need not be ours.
		q.From, q.To = since, time.Now().Add(24*time.Hour)
	}
	for q.Page = 1; ; q.Page++ {
		items, pages, err := ask(ctx, q)
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
		// A page can be empty before the last: what has vanished leaves its place.
		if older || pages > 0 && q.Page >= pages || pages == 0 && len(items) == 0 {
			return list, nil
		}
	}
}
