package batch

import (
	"maps"
	"slices"
	"strings"
)

// holdAgainstLineage finds the new rows that look paid already, and makes them
// invalid unless the operator means to pay them again (money rule 14). The rows
// have their refs.
func (a *assignment) holdAgainstLineage() Findings {
	if a.lineage == nil {
		return Findings{}
	}
	m := a.lineage.matcher(a.rows)
	m.byOrigin()
	m.takeUp(m.orphans, m.fresh, func(*Row) bool { return true })
	unpaid := slices.Concat(m.fresh, m.unsent) // relatives may have paid since what this batch has yet to send
	m.takeUp(m.adrift(a.lineage.kin), unpaid, func(*Row) bool { return true })
	linked := a.lineage.linked(a.rows)
	m.takeUp(m.strangers, unpaid, func(r *Row) bool { return !linked[r.Origin()] })
	found := Findings{Left: m.left}
	for _, i := range slices.Sorted(maps.Keys(m.against)) {
		r, p := &a.rows[i], *m.against[i]
		found.PaidBefore = append(found.PaidBefore, EarlierPayment{Row: r.Number, Payment: p})
		if a.limits.PayAgain {
			r.Remark(func(m *Remarks) { m.Again = p.Ref })
		} else {
			r.AddProblem(p.problem(r, a.name))
		}
	}
	return found
}

// linked tells which origins are surely those of rows that resend wrote: rows of
// relatives that no more than one row of the file names, and that every relative
// still counts as unpaid. Whoever copied rows or made them up by hand is held against
// every payment, and so is a row that has left the file of a relative since, or that
// something else in there stands against: what was paid in its stead has another ref.
func (l *Lineage) linked(rows []Row) map[string]bool {
	named := map[string]int{}
	for i := range rows {
		if r := &rows[i]; r.Resent() {
			named[r.Origin()]++
		}
	}
	linked, doubtful := map[string]bool{}, map[string]bool{}
	if len(named) == 0 {
		return linked
	}
	for _, k := range l.kin {
		head := k.Batch()
		origins := newOrigins(head.Name)
		k.Each(func(s *RowStatus) bool {
			if _, origin, _ := strings.Cut(origins.of(s), "/"); named[origin] == 1 {
				linked[origin] = true
				doubtful[origin] = doubtful[origin] || leftOut(s, &head) != 0
			}
			return true
		})
	}
	maps.DeleteFunc(linked, func(origin string, _ bool) bool { return doubtful[origin] })
	return linked
}

// matcher pairs new rows of a file with payments whose row the file has no more.
type matcher struct {
	rows      []Row
	left      []Payment
	orphans   []*Payment // of this batch, not taken up yet
	strangers []*Payment // of its relatives, likewise
	fresh     []int      // rows that the books do not have
	unsent    []int      // rows that the books have, unsent
	against   map[int]*Payment
}

// matcher sorts rows and payments for being paired.
func (l *Lineage) matcher(rows []Row) *matcher {
	m := &matcher{rows: rows, against: map[int]*Payment{}}
	answered := map[Ref]bool{} // payments after which the operator paid a row of the file again
	if l.own == nil {
		m.fresh = valid(rows)
	} else {
		m.holdAgainst(l.own, answered)
	}
	m.orphans = slices.DeleteFunc(m.orphans, func(p *Payment) bool { return answered[p.Ref] })
	for _, k := range l.kin {
		m.strangers = append(m.strangers, k.payments(func(s *RowStatus) bool { return !answered[s.Ref] })...)
	}
	return m
}

// valid lists the rows that break no rule.
func valid(rows []Row) (list []int) {
	for i := range rows {
		if rows[i].Valid() {
			list = append(list, i)
		}
	}
	return list
}

// holdAgainst notes which valid rows the batch's own books do not have, and which
// they have unsent, and finds the payments whose row the file has no more.
func (m *matcher) holdAgainst(own *Ledger, answered map[Ref]bool) {
	present := own.mark(func(find func(Ref) *RowStatus) {
		for _, i := range valid(m.rows) {
			r := &m.rows[i]
			s := find(r.Ref)
			switch {
			case s == nil:
				m.fresh = append(m.fresh, i)
				continue
			case s.State == Unsent:
				m.unsent = append(m.unsent, i)
			}
			if again := s.Again(); again != "" {
				answered[again] = true
				r.Remark(func(m *Remarks) { m.Again = again })
			}
		}
	})
	m.orphans = own.payments(func(s *RowStatus) bool { return !present[s.at] })
	for _, p := range m.orphans {
		m.left = append(m.left, *p)
	}
	m.orphans = append(m.orphans, m.notBack(own.doubts(present))...)
}

// notBack leaves out payments whose row is back in the file, under the same ref.
func (m *matcher) notBack(doubts []*Payment) []*Payment {
	return slices.DeleteFunc(doubts, func(p *Payment) bool {
		return slices.ContainsFunc(m.fresh, func(i int) bool { return m.rows[i].Ref == p.Ref })
	})
}

// mark tells, for each row of the ledger in its order, whether look has found it. What
// find returns becomes the next row that is found.
func (l *Ledger) mark(look func(find func(Ref) *RowStatus)) (found []bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	found = make([]bool, l.rows.length())
	var s RowStatus
	look(func(ref Ref) *RowStatus {
		at, known := l.rows.position(ref)
		if !known {
			return nil
		}
		found[at] = true
		l.rows.fill(&s, at, ref, nil)
		return &s
	})
	return found
}

// adrift takes the payments out of strangers whose row the relative's own file, or
// that of its first batch, no longer has: which row they pay nobody knows, so they
// stand against any.
func (m *matcher) adrift(kin []*Ledger) (list []*Payment) {
	if len(m.strangers) == 0 {
		return nil
	}
	there := originsOf(kin)
	m.strangers = slices.DeleteFunc(m.strangers, func(p *Payment) bool {
		gone := p.gone || !there[p.Origin]
		if gone {
			list = append(list, p)
		}
		return gone
	})
	return list
}

// originsOf is the origins of the rows that are in the files of first batches.
func originsOf(kin []*Ledger) map[string]bool {
	there := map[string]bool{}
	for _, k := range kin {
		name := k.Batch().Name
		origins := newOrigins(name)
		k.Each(func(s *RowStatus) bool {
			if first, origin, _ := strings.Cut(origins.of(s), "/"); !s.Gone && first == name {
				there[origin] = true
			}
			return true
		})
	}
	return there
}

// byOrigin sets rows against payments for the same row of the batch that they
// were all resent from, or for the row itself in such a batch.
func (m *matcher) byOrigin() {
	paid := map[string]*Payment{}
	for _, p := range slices.Concat(m.orphans, m.strangers) {
		paid[p.Origin] = p
	}
	if len(paid) == 0 {
		return
	}
	here := map[string]bool{} // origins of payments that are rows of the file
	for i := range m.rows {
		if r := &m.rows[i]; r.Valid() && paid[r.Origin()] != nil {
			here[r.Origin()] = true
		}
	}
	for _, i := range slices.Concat(m.fresh, m.unsent) {
		if p := paid[m.rows[i].Origin()]; p != nil && m.rows[i].Again() == "" {
			m.against[i] = p
		}
	}
	known := func(p *Payment) bool { return here[p.Origin] }
	m.orphans, m.strangers = slices.DeleteFunc(m.orphans, known), slices.DeleteFunc(m.strangers, known)
}

// takeUp lets each payment take up one of the rows that pick names, for the same phone or
// for the same id spelt otherwise. Where several payments and rows hang together by
// phones and ids, as many rows are taken up as there are payments, the surest
// pairs first.
func (m *matcher) takeUp(payments []*Payment, list []int, pick func(*Row) bool) {
	if len(payments) == 0 {
		return
	}
	keys := links{}
	byKey := map[string][]*Payment{}
	for _, p := range payments {
		phone, id := keysOf(p.Topup)
		keys.join(phone, id)
		for _, k := range []string{phone, id} {
			if k != "" {
				byKey[k] = append(byKey[k], p)
			}
		}
	}
	rows := map[string][]int{} // that hang together, by the name of what they hang on
	for _, i := range list {
		phone, id := keysOf(m.rows[i].Topup)
		if m.against[i] == nil && m.rows[i].Again() == "" && pick(&m.rows[i]) && (byKey[phone] != nil || byKey[id] != nil) {
			if byKey[phone] != nil && byKey[id] != nil {
				keys.join(phone, id)
			}
			name := phone
			if byKey[phone] == nil {
				name = id
			}
			rows[name] = append(rows[name], i)
		}
	}
	together := map[string][]int{}
	for name, list := range rows {
		together[keys.find(name)] = append(together[keys.find(name)], list...)
	}
	many := map[string]int{}
	for _, p := range payments {
		phone, _ := keysOf(p.Topup)
		many[keys.find(phone)]++
	}
	for name, list := range together {
		m.pair(list, many[name], byKey)
	}
}

// pair sets as many rows as there are payments against one of them each.
func (m *matcher) pair(rows []int, payments int, byKey map[string][]*Payment) {
	slices.Sort(rows)
	used := map[*Payment]bool{}
	set := func(i int, list []*Payment, fits func(*Payment) bool) {
		for _, p := range list {
			if m.against[i] == nil && payments > 0 && !used[p] && fits(p) {
				m.against[i], used[p] = p, true
				payments--
			}
		}
	}
	anyOf := func(*Payment) bool { return true }
	for _, fits := range []func(i int) func(*Payment) bool{
		func(i int) func(*Payment) bool {
			return func(p *Payment) bool { return p.Phone == m.rows[i].Topup.Phone }
		},
		func(int) func(*Payment) bool { return anyOf },
	} {
		for _, i := range rows {
			phone, id := keysOf(m.rows[i].Topup)
			set(i, byKey[id], fits(i))
			set(i, byKey[phone], fits(i))
		}
	}
	for _, i := range rows { // whoever hangs on payments that others have taken up
		phone, id := keysOf(m.rows[i].Topup)
		if list := slices.Concat(byKey[id], byKey[phone]); m.against[i] == nil && payments > 0 && len(list) > 0 {
			m.against[i] = list[0]
			payments--
		}
	}
}

// keysOf is what tells that two top-ups are for the same person: the phone, and
// the id however it is spelt; empty for none.
func keysOf(t Topup) (phone, id string) {
	if id = IDKey(t.ID); id != "" {
		id = "id " + id
	}
	return "phone " + string(t.Phone), id
}

// links are names that hang together, as a forest: each name leads to another of
// its tree, and the last one names the tree.
type links map[string]string

// find is the name of the tree that a name belongs to.
func (l links) find(name string) string {
	for l[name] != "" {
		if next := l[l[name]]; next != "" {
			l[name] = next // the way is halved for those who come later
		}
		name = l[name]
	}
	return name
}

// join makes one tree of those of two names; an empty name joins nothing.
func (l links) join(a, b string) {
	if a == "" || b == "" {
		return
	}
	if a, b = l.find(a), l.find(b); a != b {
		l[a] = b
	}
}
