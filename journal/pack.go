package journal

import (
	"bytes"
	"time"
)

// A journal's lines have a hundred bytes and two checksums each besides what they
// say. So records of the same millisecond, which a fast run has many of, share a
// line until it is a few thousand bytes long.

// packsFrom is the first version of the format in which a line may hold several
// records.
const packsFrom = 2

// maxPack is how many bytes the records of one line have together at most, if there
// are several.
const maxPack = 4 << 10

// pack is the records that will be on one line.
type pack struct {
	text    []byte
	at      time.Time
	records int
}

// fits reports whether one more record can join the others.
func (p *pack) fits(at time.Time, record []byte) bool {
	return at.UnixMilli() == p.at.UnixMilli() && len(p.text)+len(record) < maxPack
}

// addRecord adds a record to the group. It has a line of its own unless it may be
// packed and the records before it or behind it are of the same time.
func (g *group) addRecord(at time.Time, record []byte, packs bool) {
	g.records++
	alone := !packs || len(record) >= maxPack || bytes.IndexByte(record, packMark) >= 0
	p := &g.pack
	if alone || p.records > 0 && !p.fits(at, record) {
		g.endPack()
	}
	if alone {
		g.add(at, []byte(`"rec":`), record)
		return
	}
	if p.at = at; p.records > 0 {
		p.text = append(p.text, ',', packMark)
	}
	p.text = append(p.text, record...)
	p.records++
}

// endPack writes the records that were packed so far as a line.
func (g *group) endPack() {
	p := &g.pack
	switch p.records {
	case 0:
		return
	case 1:
		g.add(p.at, []byte(`"rec":`), p.text)
	default:
		g.add(p.at, []byte(`"recs":[`), p.text, []byte("]"))
	}
	p.text, p.records = p.text[:0], 0
}
