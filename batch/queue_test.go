package batch

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Whatever turns out not to have been sent, every row leaves the queue, no phone
// is used twice within the gap, and a row waits only while its phone was used less
// than the gap ago.
func TestQueueKeepsPhonesApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const gap = time.Minute
		q := newQueue(gap)
		rows := make([]*RowStatus, rapid.IntRange(1, 15).Draw(t, "rows"))
		for i := range rows {
			phone := Phone(fmt.Sprintf("066000000%d", rapid.IntRange(0, 3).Draw(t, "phone")))
			rows[i] = &RowStatus{Row: Row{Number: i, Topup: Topup{Phone: phone}}}
			q.add(rows[i])
		}
		now := time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)
		used := map[Phone]time.Time{}
		left, excused := len(rows), 0
		for steps := 0; left > 0; steps++ {
			if steps > 1000 {
				t.Fatalf("%d rows are stuck", left)
			}
			s, wait := q.next(now)
			if s == nil {
				if wait <= 0 || wait > gap {
					t.Fatalf("%d rows are left, and the wait is %s", left, wait)
				}
				for _, r := range q.waiting {
					if at, ok := used[r[0].Topup.Phone]; !ok || now.Sub(at) >= gap {
						t.Fatalf("row %d waits though its phone is free", r[0].Number)
					}
				}
				now = now.Add(wait)
				continue
			}
			phone := s.Topup.Phone
			if at, ok := used[phone]; ok && now.Sub(at) < gap {
				t.Fatalf("the phone of row %d was used %s ago", s.Number, now.Sub(at))
			}
			q.pop(s, now)
			if excused < 10 && rapid.Bool().Draw(t, "not sent") {
				excused++
				q.again(s, now)
				continue
			}
			used[phone] = now
			left--
		}
		if !q.empty() {
			t.Fatal("the queue is not empty")
		}
	})
}
