package console

import (
	"bytes"
	"fmt"
	"net/http"
	"time"

	"flexybatch/internal/app"
	"flexybatch/internal/lang"
)

// How the live view is sent: a snapshot at most each second, and at least something
// each heartbeat, so that no proxy and no sleeping machine takes the stream for dead.
const (
	snapshotEvery = time.Second
	heartbeat     = 15 * time.Second
	stillInEvery  = 5 * time.Second // whoever is removed or logs out sees no more soon
)

// liveBody is what the live view shows.
type liveBody struct {
	snapshot
	Counts *tallyLine
	Left   time.Duration // about how long it takes yet; 0: not known
	Said   string        // how far it is, in a sentence
}

// Percent is how much has come of what the person waits for now.
func (b liveBody) Percent() int {
	if b.Gauge.Total == 0 {
		return 0
	}
	return 100 * b.Gauge.Part() / b.Gauge.Total
}

// liveBody is the state of a run as the live view shows it.
func (k *Console) liveBody(p *page, s snapshot) liveBody {
	b := liveBody{snapshot: s, Counts: newTally(s.Tally)}
	switch g := s.Gauge; {
	case !s.Working:
	case g.AllSent:
		b.Said = p.Say(lang.Msg("%s of %s sent rows settled", lang.Number(g.Settled), lang.Number(g.Total)))
	default:
		b.Left = g.Left.Round(time.Second)
		b.Said = p.Say(lang.Msg("%s of %s rows sent", lang.Number(g.Sent), lang.Number(g.Total)))
	}
	return b
}

// live streams the state of a run for as long as somebody looks on. It is a snapshot
// that is whole each time, so that a browser which comes again misses nothing.
func (k *Console) live(w http.ResponseWriter, r *http.Request, b *app.FolderBatch) {
	now := k.runs.of(b.Name)
	if now == nil {
		http.Error(w, "", http.StatusNoContent) // which tells a browser not to come again
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	stream := http.NewResponseController(w)
	p := k.newPage(r, lang.Message{})
	var last []byte
	said, checked := time.Now(), time.Now()
	for id := 1; ; id++ {
		s := now.look()
		p.Body = k.liveBody(p, s)
		var text bytes.Buffer
		if err := k.pagesFor(p).by["batch"].ExecuteTemplate(&text, "live", p); err != nil {
			return
		}
		switch {
		case !bytes.Equal(last, text.Bytes()):
			last, said = bytes.Clone(text.Bytes()), time.Now()
			writeEvent(w, id, "snapshot", last)
		case time.Since(said) > heartbeat:
			said = time.Now()
			_, _ = fmt.Fprint(w, ": still here\n\n")
		}
		if time.Since(checked) > stillInEvery {
			if checked = time.Now(); !k.stillIn(r) {
				return
			}
		}
		if s.Over {
			writeEvent(w, id+1, "ended", nil)
			_ = stream.Flush()
			return
		}
		if stream.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-k.runs.ended:
			return
		case <-now.over:
		case <-time.After(snapshotEvery):
		}
	}
}

// writeEvent writes an event of a stream. Whoever does not read it has gone.
func writeEvent(w http.ResponseWriter, id int, name string, data []byte) {
	_, _ = fmt.Fprintf(w, "id: %d\nevent: %s\n", id, name)
	for line := range bytes.Lines(data) {
		_, _ = fmt.Fprintf(w, "data: %s\n", bytes.TrimRight(line, "\r\n"))
	}
	if len(data) == 0 {
		_, _ = fmt.Fprint(w, "data:\n")
	}
	_, _ = fmt.Fprint(w, "\n")
}
