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
		rows := make([]Phone, rapid.IntRange(1, 15).Draw(t, "rows"))
		q := newQueue(gap, func(at position) Phone { return rows[at] })
		for i := range rows {
			rows[i] = Phone(fmt.Sprintf("066000000%d", rapid.IntRange(0, 3).Draw(t, "phone")))
			q.add(position(i))
		}
		now := time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)
		used := map[Phone]time.Time{}
		left, excused := len(rows), 0
		for steps := 0; left > 0; steps++ {
			if steps > 1000 {
				t.Fatalf("%d rows are stuck", left)
			}
			row, wait, ok := q.next(now)
			if !ok {
				if wait <= 0 || wait > gap {
					t.Fatalf("%d rows are left, and the wait is %s", left, wait)
				}
				for _, r := range q.waiting {
					if at, ok := used[rows[r[0]]]; !ok || now.Sub(at) >= gap {
						t.Fatalf("row %d waits though its phone is free", r[0])
					}
				}
				now = now.Add(wait)
				continue
			}
			phone := rows[row]
			if at, ok := used[phone]; ok && now.Sub(at) < gap {
				t.Fatalf("the phone of row %d was used %s ago", row, now.Sub(at))
			}
			q.pop(row, now)
			if excused < 10 && rapid.Bool().Draw(t, "not sent") {
				excused++
				q.again(row, now)
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
