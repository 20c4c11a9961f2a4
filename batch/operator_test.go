package batch_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing/synctest"
	"time"

	"flexybatch/batch"
	"flexybatch/batch/oneclick/simulator"
	"flexybatch/journal"
)

// foreignAmount is the amount of the orders that a stranger makes under our refs.
// No row of a schedule has it.
const foreignAmount = 3999

// newPeople returns the source that draws what people do. It is not the source of
// the faults, so that a new act does not change the faults of a seed.
func newPeople(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0x9e091e)) }

// acts lists what people may do between two runs of a batch. An act is drawn as
// often as its weight says.
func (s *schedule) acts() []act {
	return []act{
		{2, s.reorder},
		{2, s.correct},
		{3, s.moveClock},
		{1, s.strangersOrder},
		{2, func() {}}, // most days nobody does anything
	}
}

type act struct {
	weight int
	do     func()
}

// operate draws one act and does it.
func (s *schedule) operate() {
	acts, total := s.acts(), 0
	for _, a := range acts {
		total += a.weight
	}
	drawn := s.people.IntN(total)
	for _, a := range acts {
		if drawn -= a.weight; drawn < 0 {
			a.do()
			return
		}
	}
}

// reorder sorts the file in another way. The rows stay the same, so nothing may
// change.
func (s *schedule) reorder() {
	s.say("the file is sorted anew")
	s.people.Shuffle(len(s.file), func(i, j int) { s.file[i], s.file[j] = s.file[j], s.file[i] })
	for i := range s.file {
		s.file[i].Number = i + 2
	}
}

// correct changes a row of the file, takes one out, or adds one.
func (s *schedule) correct() {
	i := s.people.IntN(len(s.file))
	switch s.people.IntN(3) {
	case 0:
		s.say("row %d asks for another amount", s.file[i].Number)
		s.file = slices.Clone(s.file)
		s.file[i].Topup.Amount += 7
		s.file[i].Cells = cellsOf(s.file[i].Topup)
	case 1:
		if len(s.file) == 1 {
			return
		}
		s.say("row %d is taken out", s.file[i].Number)
		s.file = slices.Delete(slices.Clone(s.file), i, i+1)
	case 2:
		r := batch.Row{Number: 100 + len(s.file), Topup: batch.Topup{Phone: "0670000067", Plan: "PREPAID_MOBILIS", Amount: batch.Dinars(100 + s.people.IntN(400))}}
		r.Cells = cellsOf(r.Topup)
		s.say("row %d is added", r.Number)
		s.file = append(slices.Clone(s.file), r)
	}
	s.corrected = true
}

// moveClock makes the machine's clock wrong by up to two days: it shifts all times
// in the journal from some record on. Nothing may depend on them.
func (s *schedule) moveClock() {
	synctest.Wait() // until all requests have arrived
	var records []journal.Entry
	if _, err := journal.Read(s.disk.Process("a reader"), journalName, func(e journal.Entry) error {
		e.Record = bytes.Clone(e.Record)
		records = append(records, e)
		return nil
	}); err != nil || len(records) == 0 {
		return
	}
	by := time.Duration(s.people.IntN(96*60)-48*60) * time.Minute
	from := s.people.IntN(len(records))
	s.say("the clock was %v off, from record %d of %d on", by, from, len(records))
	s.disk.WriteFile(journalName, nil)
	process := s.disk.Process("the clock")
	defer process.Kill()
	j, _, err := journal.Open(&syncedFS{process, s}, journalName, func(journal.Entry) error { return nil })
	if err != nil {
		s.t.Fatal(err)
	}
	for i, e := range records {
		if i >= from {
			e.At = e.At.Add(by)
		}
		if err := j.Append(e.At, e.Record); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		s.t.Fatal(err)
	}
}

// strangersOrder makes an order for somebody else under one of our refs, if the
// provider has not seen the ref yet.
func (s *schedule) strangersOrder() {
	refs := slices.Sorted(maps.Keys(s.ours))
	refs = slices.DeleteFunc(refs, func(r batch.Ref) bool { return r == "" })
	if len(refs) == 0 {
		return
	}
	ref := refs[s.people.IntN(len(refs))]
	body, err := json.Marshal(map[string]any{"plan_code": "PREPAID_MOBILIS", "MSSIDN": "0690000069", "amount": foreignAmount, "ref": ref})
	if err != nil {
		s.t.Fatal(err)
	}
	network := simulator.NewMemory()
	server := &http.Server{Handler: s.sim}
	served := make(chan error, 1)
	go func() { served <- server.Serve(network) }()
	transport := &http.Transport{DialContext: network.DialContext}
	client := &http.Client{Transport: transport, Timeout: time.Minute}
	req, err := http.NewRequest(http.MethodPost, "http://localhost/v3/mobile/send", bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Access-Token", s.keys[len(s.keys)-1])
	says := "nothing"
	if res, err := client.Do(req); err == nil {
		text, _ := io.ReadAll(io.LimitReader(res.Body, 1<<10)) // a fault may cut the answer short; the provider's orders are checked anyway
		res.Body.Close()
		says = fmt.Sprintf("%d %.80s", res.StatusCode, text)
	}
	s.say("a stranger orders under our ref %s, and is told %s", ref, says)
	transport.CloseIdleConnections()
	if err := server.Close(); err != nil {
		s.t.Error(err)
	}
	<-served
	synctest.Wait()
}

// forget empties the journal. From here on only the refs protect the rows that
// were paid, and the witness forgets the requests before.
func (s *schedule) forget() {
	if _, err := s.disk.ReadFile(journalName); err != nil {
		return
	}
	synctest.Wait() // until all requests have arrived
	s.say("the journal is emptied")
	s.forgot = true
	s.disk.WriteFile(journalName, nil)
	s.finals, s.synced = map[batch.Ref]batch.State{}, ""
	s.wire.forget()
}
