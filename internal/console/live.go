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
	Counts  *tallyLine
	Percent int
	Left    time.Duration // about how long it takes yet; 0: not known
	Said    string        // the same in a sentence, for screen readers
}

// liveBody is the state of a run as the live view shows it.
func (k *Console) liveBody(p *page, s snapshot) liveBody {
	b := liveBody{snapshot: s, Counts: newTally(s.Tally)}
	done := s.Tally.Total - s.Tally.Open() - b.Counts.Left()
	if s.Tally.Total > 0 {
		b.Percent = 100 * done / s.Tally.Total
	}
	if took := time.Since(s.Started); s.Working && s.Progress.Requests > 0 && b.Counts.Left() > 0 {
		b.Left = (took / time.Duration(s.Progress.Requests) * time.Duration(b.Counts.Left())).Round(time.Second)
	}
	b.Said = p.Say(lang.Msg("%d of %d rows have come to their end, %d are left to send.", done, s.Tally.Total, b.Counts.Left()))
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
