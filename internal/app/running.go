package app

import (
	"time"

	"flexybatch/batch"
	"flexybatch/internal/lang"
	"flexybatch/journal"
)

// Running is another process that runs a batch, and how far it is.
type Running struct {
	By      lang.Message
	Since   time.Time // zero: By says it
	Rows    int       // valid ones of the file
	Sent    int
	Settled int
	Left    time.Duration // until all are sent, at the pace so far; 0: nobody knows, or all are
}

// holder is the process that holds the journal, as it names itself; empty if nobody
// does, or the journal is no file.
func (at *Location) holder() string {
	if _, file := at.storage().(Disk); !file {
		return ""
	}
	return journal.Holder(at.Journal())
}

// running finds out from its books how far a process is that holds a journal.
func running(holder string, l *batch.Ledger, now time.Time) *Running {
	file := l.Tally().File()
	r := &Running{By: lang.Msg("%s", (&journal.Locked{Holder: holder}).By()), Rows: file.Valid()}
	r.Sent = r.Rows - file.Of(batch.Unsent)
	r.Settled = r.Sent - file.Open()
	session, ok := openSession(l.Notes())
	if !ok {
		return r
	}
	r.By, r.Since = lang.Msg("%s", session.Text), session.At
	sent := 0
	l.Each(func(s *batch.RowStatus) bool {
		if s.State != batch.Unsent && !s.Tried().Before(session.At) {
			sent++
		}
		return true
	})
	if sent > 0 && file.Of(batch.Unsent) > 0 {
		r.Left = time.Duration(float64(now.Sub(session.At)) / float64(sent) * float64(file.Of(batch.Unsent)))
	}
	return r
}

// openSession finds the session that has begun and not ended.
func openSession(notes []batch.Note) (last batch.Note, open bool) {
	for _, n := range notes {
		switch n.What {
		case batch.NoteStarted:
			last, open = n, true
		case batch.NoteEnded, batch.NoteStopped, batch.NotePanic:
			open = false
		}
	}
	return last, open
}
