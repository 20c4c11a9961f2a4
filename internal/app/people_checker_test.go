package app_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"flexybatch/batch"
	"flexybatch/batch/oneclick/simulator"
	"flexybatch/journal"
)

// order is an order of the provider, with what the office knows of it.
type order struct {
	simulator.Order
	sent *sentOrder
	who  *human
}

// orders are the provider's orders that were not refunded.
func (o *office) orders() (list []order) {
	for _, x := range o.sim.Load().Orders() {
		if x.Status == simulator.Refunded {
			continue
		}
		found := order{Order: x, sent: o.sent[shortRef(x.Ref)]}
		for _, h := range o.people {
			for _, phone := range h.phones {
				if phone == x.Phone {
					found.who = h
				}
			}
		}
		list = append(list, found)
	}
	return list
}

// shortRef is a ref without what the provider puts in front of it.
func shortRef(ref string) string {
	if rest, prefixed := strings.CutPrefix(ref, "API-simulator-"); prefixed {
		return rest
	}
	return ref
}

// checkPayments makes sure that nobody was paid more often than meant.
func (o *office) checkPayments(what string) {
	type key struct {
		who     *human
		payroll *payroll
	}
	paid := map[key][]string{}
	for _, x := range o.orders() {
		if x.who == nil || x.sent == nil {
			o.complain("%s: nobody knows the order %+v", what, x.Order)
			continue
		}
		k := key{x.who, x.sent.payroll}
		paid[k] = append(paid[k], fmt.Sprintf("%s %d (%s)", x.Phone, x.Amount, x.Ref))
	}
	for k, list := range paid {
		if due := k.who.due[k.payroll]; len(list) > due && len(o.fails) == 0 {
			o.complain("%s: %s is paid %d times for %s, and %d is meant: %s", what, k.who.name, len(list), k.payroll.name, due, strings.Join(list, ", "))
		}
	}
}

// net is how often a person was paid for a payroll.
func (o *office) net(h *human, p *payroll) (n int) {
	for _, x := range o.orders() {
		if x.who == h && x.sent != nil && x.sent.payroll == p {
			n++
		}
	}
	return n
}

// ledger reads a journal.
func (o *office) ledger(path string) (*batch.Ledger, error) {
	l, _, err := batch.ReadLedger(journal.Disk{}, path)
	if err == nil && !l.Sealed() {
		err = errNotDrawn
	}
	return l, err
}

// identity names a journal: a new one at the path of another is another.
func (o *office) identity(path string) string {
	content, err := os.ReadFile(path)
	o.must(err)
	first, _, _ := strings.Cut(string(content), "\n")
	return fmt.Sprintf("%s %x", path, sha256.Sum256([]byte(first)))
}

// payrollOf is the payroll that a batch belongs to: every file of it has its name.
func (o *office) payrollOf(name string) *payroll {
	for _, p := range o.payrolls {
		if strings.Contains(strings.ToLower(name), p.name) {
			return p
		}
	}
	o.t.Fatalf("whose batch is %q?", name)
	return nil
}

// uncovered says why the rules do not keep a run from paying somebody twice, so that
// it is not drawn. Each person in the sheet who was paid must be known by something
// that the program can see:
//
//   - the lineage of the batch at hand sent the order, and phone or id are still the
//     same person's: rule 14. Where a row without id gets another number nobody can
//     tell, and neither where id and phone change both.
//   - or the row still has the ref of the order: the provider refuses it.
//   - or the batch has no books yet, and the provider's list shows an order for the
//     same phone and amount: then all such rows together are refused, or told before
//     the question. A run without a question pays where fewer than half of the rows
//     look paid, or where the list cannot be read.
//
// A batch that has books is not held against others any more: whoever begins a batch
// that pays nobody yet of those in a copy or under another name, lets that pay them,
// and then goes on with the first may pay twice.
func (o *office) uncovered(s *sheet, h how) string {
	first := !s.begun()
	if first && s.payroll.begun {
		o.wait(10 * time.Minute) // what was lost on the way has come by then
	}
	kin := o.lineage(s, first)
	told, stakes := 0, ""
	orders := o.orders()
	for _, l := range s.lines {
		seen := false
		for _, x := range orders {
			if x.who != l.who || x.sent == nil || x.sent.payroll != s.payroll || s.keeps(l, x) || kin.knows(s, l, x) {
				continue
			}
			if !first || h.means || x.Created.Before(time.Now().Add(-71*time.Hour)) || x.Phone != l.number() || x.Amount != int64(l.amount) {
				stakes = fmt.Sprintf("%s was paid by %s", l.who.name, x.Ref)
			}
			seen = true
		}
		if seen {
			told++
		}
	}
	switch {
	case stakes != "":
		return stakes
	case told > 0 && h.yes && (told < len(s.lines) || o.config.Faults[simulator.FaultNoList]+o.config.Faults[simulator.FaultNameless] > 0):
		return "nobody is asked"
	case first && s.payroll.begun && !s.resent && told == 0 && s.place() != s.payroll.main.root:
		return "the batch that was begun would go on" // and has paid nobody yet
	}
	return ""
}

// keeps tells whether a line still has the ref of an order.
func (s *sheet) keeps(l *line, x order) bool {
	t := s.topup(l)
	if x.sent.batch != s.stem || t.ID != "" && strings.TrimSpace(t.ID) != x.sent.ID {
		return false
	}
	return t.ID != "" || x.sent.Topup == t
}

// kin are the journals that the lineage of a sheet can be read from.
type kin map[string]*batch.Ledger

// lineage finds them. The books of a batch tell where its rows went; without them
// only the usual names do.
func (o *office) lineage(s *sheet, first bool) kin {
	k := kin{}
	if !s.resent && s.place() != s.root {
		return k // under this name it is another batch
	}
	for path, root := range o.books {
		usual := strings.HasPrefix(stemOf(path)+"-r", filepath.Base(s.root)+"-r")
		if root != s.root || !usual && (first && !s.resent || s.payroll.lost) {
			continue
		}
		if _, err := os.Stat(path); err != nil {
			continue
		}
		if l, err := o.ledger(path); err == nil {
			k[o.identity(path)] = l
		}
	}
	return k
}

// knows tells whether the lineage keeps an order from being paid again for a line.
func (k kin) knows(s *sheet, l *line, x order) bool {
	sameID := x.sent.ID != "" && s.hasIDs() && batch.IDKey(x.sent.ID) == batch.IDKey(l.id)
	if x.Phone != l.number() && !sameID {
		return false
	}
	ours := len(x.sent.owners) > 0
	for owner := range x.sent.owners {
		if k[owner] == nil {
			ours = false
		}
	}
	for _, ledger := range k {
		if row, known := ledger.Row(batch.Ref(shortRef(x.Ref))); known && row.MayBeCharged() {
			return true
		}
	}
	return ours
}
