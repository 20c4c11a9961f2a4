package app_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"flexybatch/batch/oneclick/simulator"
	"flexybatch/internal/register"
)

// office is one office with its people, its files and its provider.
type office struct {
	t     *testing.T
	rng   *rand.Rand
	root  string // the folder of all its files
	tally tally
	fails []string

	config   simulator.Config
	sim      atomic.Pointer[simulator.Simulator]
	network  *simulator.Memory
	posts    atomic.Int64
	register *register.Register

	people   []*human
	payrolls []*payroll
	copies   []*sheet // of the latest payroll, under other names and in other folders
	resends  []*sheet // files that resend wrote
	archived string   // a journal that was moved away: its path before; empty: none
	ids      int      // which kind of ids the office gives

	sent  map[string]*sentOrder // by ref: what the journals told of it
	seen  map[string]string     // by path: the journals that were read, as they were then
	books map[string]string     // by path: the root of the lineage that a journal belongs to
}

// human is a person whom the office pays, and how often that is meant.
type human struct {
	name   string
	phones []string // all numbers that the person ever had, the present one last
	due    map[*payroll]int
}

// payroll is one pay period: how many payments each person was meant to get of it.
type payroll struct {
	name    string
	main    *sheet
	begun   bool // a run was let through
	lost    bool // a journal was deleted, or moved away and is not back
	deleted bool // a journal was deleted
}

// folder is a folder in memory, where the system has one: fsync takes most of the
// time elsewhere.
func folder(t *testing.T) string {
	dir, err := os.MkdirTemp("/dev/shm", "people")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// newOffice makes an office with some people and a first payroll.
func newOffice(t *testing.T, seed uint64, root string) *office {
	o := &office{t: t, rng: rand.New(rand.NewPCG(seed, 14)), root: root, sent: map[string]*sentOrder{}, seen: map[string]string{}, books: map[string]string{}}
	o.ids = o.rng.IntN(4)
	o.config = simulator.Config{
		Keys:  []simulator.Key{{Key: simulator.DefaultKey, Type: simulator.Production}},
		Store: filepath.Join(root, "provider"), Seed: seed, Latency: time.Duration(o.rng.IntN(400)) * time.Millisecond,
		Faults: o.faults(), PrefixRefs: o.chance(3), SettleUnknown: 24 * time.Hour,
	}
	if o.chance(4) {
		o.config.Balance = int64(500+o.rng.IntN(2500)) * 100 // it does not go far
	}
	var err error
	if o.register, err = register.Open(filepath.Join(root, "user")); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"pay", "other", "archive"} {
		if err := os.Mkdir(o.path(dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	_ = os.Symlink(o.path("pay"), o.path("link")) // not everybody may make one on Windows
	o.open()
	o.foreignFiles()
	o.newPayroll()
	return o
}

// faults draws a few faults of the provider, with small shares. Answers that come
// again are not among them: here they would be hours old, as no connection is.
func (o *office) faults() map[simulator.Fault]float64 {
	f := map[simulator.Fault]float64{}
	if o.chance(4) {
		return f
	}
	all := []simulator.Fault{
		simulator.FaultResetBefore, simulator.FaultResetAfter, simulator.FaultTruncated, simulator.FaultError500After, simulator.FaultError500Before,
		simulator.FaultError502, simulator.FaultLate, simulator.FaultLate, simulator.FaultUnknownError,
		simulator.FaultThrottle, simulator.FaultOtherID, simulator.FaultNameless, simulator.FaultNoList, simulator.FaultEmptyAccount,
	}
	for range 1 + o.rng.IntN(4) {
		f[all[o.rng.IntN(len(all))]] = 0.02 + 0.15*o.rng.Float64()
	}
	for _, unpaid := range []simulator.Fault{simulator.FaultRefuse, simulator.FaultRefunded} { // without them there is nothing to resend
		if o.chance(2) {
			f[unpaid] = 0.1 + 0.15*o.rng.Float64()
		}
	}
	return f
}

// open opens the provider, whose account is in its store.
func (o *office) open() {
	sim, err := simulator.New(o.config)
	if err != nil {
		o.t.Fatal(err)
	}
	o.sim.Store(sim)
}

// serve serves the provider in memory.
func (o *office) serve() (closed func()) {
	o.network = simulator.NewMemory()
	server := &http.Server{Handler: o}
	served := make(chan error, 1)
	go func() { served <- server.Serve(o.network) }()
	return func() {
		if err := server.Close(); err != nil {
			o.t.Error(err)
		}
		<-served
		if err := o.sim.Load().Close(); err != nil {
			o.t.Error(err)
		}
	}
}

// ServeHTTP is the provider.
func (o *office) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		o.posts.Add(1)
	}
	o.sim.Load().ServeHTTP(w, r)
}

// path is a path in the office's folder.
func (o *office) path(parts ...string) string {
	return filepath.Join(append([]string{o.root}, parts...)...)
}

// chance is true once in n times.
func (o *office) chance(n int) bool { return o.rng.IntN(n) == 0 }

// tell adds a line to the story.
func (o *office) tell(format string, args ...any) {
	if *story {
		o.t.Logf("%s  %s", time.Now().Format("02 15:04:05"), fmt.Sprintf(format, args...))
	}
}

// complain notes a violation.
func (o *office) complain(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	o.tell("VIOLATION: %s", text)
	o.fails = append(o.fails, text)
}

// wait lets time pass.
func (o *office) wait(d time.Duration) {
	o.tell("%s pass", d)
	time.Sleep(d)
}

// must fails the test for an error of the office's own doing.
func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// latest is the payroll that the office works on.
func (o *office) latest() *payroll { return o.payrolls[len(o.payrolls)-1] }

// hire makes a person who is not in a file yet.
func (o *office) hire() *human {
	n := len(o.people) + 1
	h := &human{name: fmt.Sprintf("Person %d", n), phones: []string{o.number()}, due: map[*payroll]int{}}
	o.people = append(o.people, h)
	return h
}

// number is a number that nobody had before.
func (o *office) number() string {
	total := 0
	for _, h := range o.people {
		total += len(h.phones)
	}
	return fmt.Sprintf("066%07d", 1000+total)
}

// id is the id that the office gives its nth person.
func (o *office) id(n int) string {
	switch o.ids {
	case 0:
		return fmt.Sprintf("%05d", 100+n)
	case 1:
		return fmt.Sprintf("E%d", n)
	case 2:
		return fmt.Sprintf("a %d", n)
	}
	return fmt.Sprint(n)
}

// newPayroll begins a pay period: everybody who is in the last one gets a payment.
func (o *office) newPayroll() {
	p := &payroll{name: []string{"october", "november", "december", "january"}[len(o.payrolls)]}
	p.main = &sheet{payroll: p, dir: o.path("pay"), stem: p.name, ext: []string{".csv", ".xlsx"}[o.rng.IntN(2)], idTitle: "id", eol: "\n", sep: ","}
	if o.chance(3) {
		p.main.idTitle = ""
	}
	p.main.root = p.main.place()
	if len(o.payrolls) == 0 {
		for range 3 + o.rng.IntN(6) {
			o.add(p.main, o.hire())
		}
	} else {
		for _, l := range o.latest().main.lines {
			if l.who.due[p] == 0 {
				o.add(p.main, l.who)
			}
		}
	}
	o.payrolls, o.copies, o.resends = append(o.payrolls, p), nil, nil
	o.tell("payroll %s: %d people, %s", p.name, len(p.main.lines), p.main.base())
	o.save(p.main)
}

// add adds a person to a payroll, who is meant to get a payment of it.
func (o *office) add(s *sheet, h *human) {
	n := 0
	for i, other := range o.people {
		if other == h {
			n = i + 1
		}
	}
	s.lines = append(s.lines, &line{who: h, id: o.id(n), phone: h.phones[len(h.phones)-1], amount: 100 + 10*o.rng.IntN(40)})
	h.due[s.payroll]++
}
