package oneclick_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"flexybatch/batch"
	"flexybatch/batch/oneclick"
)

// book is a list that grows while it is read: its oldest thing first.
type book struct {
	things []oneclick.Entry
	quiet  bool // it does not say how many pages there are
	filter bool // it grants the wish for from and to
}

var opened = time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)

func (b *book) add(n int) {
	for range n {
		i := len(b.things)
		b.things = append(b.things, oneclick.Entry{ID: fmt.Sprint(i), At: opened.Add(time.Duration(i) * time.Second)})
	}
}

// page answers as the provider does.
func (b *book) page(q batch.ListQuery) ([]oneclick.Entry, int) {
	list := slices.Clone(b.things)
	slices.Reverse(list)
	if b.filter {
		list = slices.DeleteFunc(list, func(e oneclick.Entry) bool { return e.At.Before(q.From) })
	}
	pages := (len(list) + q.PageSize - 1) / q.PageSize
	from, to := min((q.Page-1)*q.PageSize, len(list)), min(q.Page*q.PageSize, len(list))
	if b.quiet {
		pages = 0
	}
	return list[from:to], pages
}

// Whatever comes in while the pages are read, nothing that was there is lost or
// listed twice, and no more pages are read than there may be.
func TestCollectWhileTheListGrows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := &book{quiet: rapid.Bool().Draw(t, "quiet"), filter: rapid.Bool().Draw(t, "filter")}
		b.add(rapid.IntRange(0, 700).Draw(t, "things"))
		there := len(b.things)
		var since time.Time
		first := 0
		if there > 0 && rapid.Bool().Draw(t, "since") {
			first = rapid.IntRange(0, there-1).Draw(t, "first")
			since = b.things[first].At
		} else {
			b.filter = false
		}
		calls := 0
		list, err := oneclick.Collect(t.Context(), since, func(e oneclick.Entry) oneclick.Entry { return e },
			func(_ context.Context, q batch.ListQuery) ([]oneclick.Entry, int, error) {
				if calls++; calls > 30 {
					t.Fatalf("page %d is asked for", q.Page)
				}
				items, pages := b.page(q)
				if calls < 8 {
					b.add(rapid.IntRange(0, 120).Draw(t, "arriving"))
				}
				return items, pages, nil
			})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]bool{}
		newest := there - 1
		for _, e := range list {
			if got[e.ID] {
				t.Errorf("%s is listed twice", e.ID)
			}
			got[e.ID] = true
			newest = max(newest, int(e.At.Sub(opened)/time.Second))
		}
		for i := first; i <= newest; i++ {
			if !got[fmt.Sprint(i)] {
				t.Errorf("%d is lost; %d were there, and %d is in the result", i, there, newest)
			}
		}
	})
}

func TestCollectGivesUp(t *testing.T) {
	wrong := errors.New("wrong")
	_, err := oneclick.Collect(t.Context(), time.Time{}, func(e oneclick.Entry) oneclick.Entry { return e },
		func(context.Context, batch.ListQuery) ([]oneclick.Entry, int, error) { return nil, 0, wrong })
	if !errors.Is(err, wrong) {
		t.Errorf("error %v", err)
	}
}
