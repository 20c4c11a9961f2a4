package simulator

import (
	"net/url"
	"sort"
	"strconv"
	"time"
)

const (
	defaultPageSize = 20
	maxPageSize     = 100
)

// page is what the query of a list call asks for.
type page struct {
	number, size int
	dated        bool
	from, to     int64 // Unix nanoseconds, both included
}

// readPage reads page, pageSize, from and to.
func readPage(q url.Values) (page, []problem) {
	var problems []problem
	whole := func(field string, byDefault, most int) int {
		n, err := byDefault, error(nil)
		if s := q.Get(field); s != "" {
			n, err = strconv.Atoi(s)
		}
		if err != nil || n < 1 || n > most {
			problems = append(problems, problem{field, "must be a whole number from 1 to " + strconv.Itoa(most)})
		}
		return n
	}
	date := func(field string) int64 {
		for _, layout := range []string{time.RFC3339, time.DateOnly} {
			if t, err := time.Parse(layout, q.Get(field)); err == nil {
				return t.UnixNano()
			}
		}
		problems = append(problems, problem{field, "must be an ISO 8601 date; give both from and to, or neither"})
		return 0
	}
	p := page{number: whole("page", 1, 1_000_000_000), size: whole("pageSize", defaultPageSize, maxPageSize)}
	if p.dated = q.Has("from") || q.Has("to"); p.dated {
		p.from, p.to = date("from"), date("to")
	}
	return p, problems
}

// cut returns one page of n items whose times rise: the indices of its items,
// newest first, and the pagination to show with them.
func (p page) cut(n int, at func(i int) int64) (indices []int, shown pagination) {
	first, end := 0, n
	if p.dated {
		first = sort.Search(n, func(i int) bool { return at(i) >= p.from })
		end = max(first, sort.Search(n, func(i int) bool { return at(i) > p.to }))
	}
	total := end - first
	newest := end - 1 - (p.number-1)*p.size
	for i := newest; i >= first && i > newest-p.size; i-- {
		indices = append(indices, i)
	}
	return indices, pagination{
		Page: p.number, PageSize: p.size, TotalPages: (total + p.size - 1) / p.size, TotalResults: total,
	}
}

// list answers with a page of the orders. An order that has vanished still takes
// up its place, so its page has fewer items.
func (s *Simulator) list(c call) response {
	p, problems := readPage(c.query)
	if problems != nil {
		return invalidFields(problems)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now()
	indices, shown := p.cut(len(s.account.orders), func(i int) int64 { return s.account.orders[i].created })
	items := make([]orderData, 0, len(indices))
	for _, i := range indices {
		if d, visible := s.orderData(int32(i), c.key); visible {
			items = append(items, d)
		}
	}
	return succeed(pageData{items, shown})
}

// transactions answers with a page of the account's statement.
func (s *Simulator) transactions(c call) response {
	p, problems := readPage(c.query)
	if problems != nil {
		return invalidFields(problems)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now()
	indices, shown := p.cut(len(s.account.movements), func(i int) int64 { return s.account.movements[i].at })
	items := make([]transactionData, 0, len(indices))
	for _, i := range indices {
		t := s.account.transaction(i)
		d := transactionData{
			ID: t.ID, Type: t.Type, Operation: "+", Amount: dinars(t.Amount), OldBalance: dinars(t.Old), NewBalance: dinars(t.New),
			ObjID: t.OrderID, Time: wireTime(t.Time.UnixNano()),
		}
		if t.Amount < 0 {
			d.Operation, d.Amount = "-", -d.Amount
		}
		items = append(items, d)
	}
	return succeed(pageData{items, shown})
}
