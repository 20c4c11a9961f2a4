package batch

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"strings"
)

// packedRow is a RowStatus in 80 bytes without a pointer, beside its texts. There may
// be a million rows in a run, and the garbage collector need not look into them.
type packedRow struct {
	file   packedFile
	status packedStatus
	rest   uint32 // 1 + the index of what else there is of the row; 0: nothing
}

// packedFile is what the file says of a row. Its cells, and where they do not have
// them its phone and its id, stand in a text.
type packedFile struct {
	text    uint32 // where the text is
	number  uint32
	amount  uint32 // in dinars
	cost    uint32 // in centimes
	ref     packedRef
	between byte   // the separator of the cells
	cells   uint16 // the length of the cells, with which the text begins
	phoneAt uint16
	idAt    uint16
	plan    uint16 // its index among the plans of the rows

	phoneLength uint8
	idLength    uint8
}

// packedStatus is what became of a row.
type packedStatus struct {
	charged  uint32 // in centimes
	sent     uint32 // like tried and settled a packed moment
	tried    uint32
	settled  uint32
	id       packedID
	version  uint16
	attempts uint8
	state    State
	flags    rowFlags
	packed   packedFlags
}

// packedFlags is a set of facts that a RowStatus has in fields.
type packedFlags uint8

const (
	gone     packedFlags = 1 << iota
	hasID                // the provider's
	moneyOut             // what was charged was refunded, all of it
)

// rowRest is what few rows have. A row with a value that does not go into a packedRow
// is here as a whole.
type rowRest struct {
	remarks  *Remarks
	evidence *Evidence
	whole    *RowStatus // nil: the packedRow and the rest above are the row
}

// fit notes whether all values went into the smaller types that they were put in.
type fit struct{ no bool }

func (f *fit) uint32(n int64) uint32 {
	f.no = f.no || n < 0 || n > math.MaxUint32
	return uint32(n)
}

func (f *fit) uint16(n int) uint16 {
	f.no = f.no || n < 0 || n > math.MaxUint16
	return uint16(n)
}

func (f *fit) uint8(n int) uint8 {
	f.no = f.no || n < 0 || n > math.MaxUint8
	return uint8(n)
}

// packFile packs what the file says of a row. before is the text that its place had
// before. ok is false if the row does not go into a packedFile.
func (r *rowSet) packFile(row *Row, before uint32) (p packedFile, ok bool) {
	var f fit
	t := &row.Topup
	p = packedFile{
		number: f.uint32(int64(row.Number)), amount: f.uint32(int64(t.Amount)), cost: f.uint32(int64(row.Cost)),
		cells: f.uint16(len(row.Cells.text)), between: row.Cells.separator,
		phoneLength: f.uint8(len(t.Phone)), idLength: f.uint8(len(t.ID)), plan: f.uint16(r.plan(t.Plan)),
	}
	if row.Ref != "" {
		f.no = !r.packRef(&p.ref, row.Ref) || f.no
	}
	text, phoneAt := with(row.Cells.text, string(t.Phone))
	text, idAt := with(text, t.ID)
	p.phoneAt, p.idAt = f.uint16(phoneAt), f.uint16(idAt)
	if f.no {
		return packedFile{}, false
	}
	p.text, ok = r.texts.add(text, before)
	return p, ok
}

// with returns a text that has the part, and where: the text itself, as a rule.
func with(text, part string) (string, int) {
	if at := strings.Index(text, part); at >= 0 {
		return text, at
	}
	return text + part, len(text)
}

// unpackFile unpacks what the file says of a row, all but its ref and its remarks.
func (r *rowSet) unpackFile(row *Row, p *packedFile) {
	text := r.texts.from(p.text)
	*row = Row{
		Number: int(p.number), Cost: Centimes(p.cost), Cells: Cells{text: text[:p.cells], separator: p.between},
		Topup: Topup{Phone: p.phone(text), Plan: r.plans[p.plan], Amount: Dinars(p.amount), ID: text[p.idAt:][:p.idLength]},
	}
}

func (p *packedFile) phone(text string) Phone { return Phone(text[p.phoneAt:][:p.phoneLength]) }

// packStatus packs what became of a row, all but the provider's id and the evidence. ok
// is false if it does not go into a packedStatus.
func (r *rowSet) packStatus(s *RowStatus) (p packedStatus, ok bool) {
	var f fit
	p = packedStatus{
		charged: f.uint32(int64(s.Charged)), version: s.Version, attempts: f.uint8(s.Attempts), state: s.State, flags: s.flags,
		sent: r.times.pack(s.sent, &f), tried: r.times.pack(s.tried, &f), settled: r.times.pack(s.settled, &f),
	}
	if s.Gone {
		p.packed |= gone
	}
	if s.TopupID != "" {
		p.packed |= hasID
	}
	switch s.Refunded {
	case 0:
	case s.Charged:
		p.packed |= moneyOut
	default:
		f.no = true
	}
	return p, !f.no && s.earlier == 0
}

// unpackStatus unpacks what became of a row, all but the provider's id and the
// evidence.
func (r *rowSet) unpackStatus(s *RowStatus, p *packedStatus) {
	s.State, s.flags, s.Version, s.Attempts = p.state, p.flags, p.version, int(p.attempts)
	s.Gone, s.Charged = p.packed&gone != 0, Centimes(p.charged)
	s.sent, s.tried, s.settled = r.times.unpack(p.sent), r.times.unpack(p.tried), r.times.unpack(p.settled)
	if p.packed&moneyOut != 0 {
		s.Refunded = s.Charged
	}
}

// packedTimes packs moments as milliseconds since one that is a few days before the
// first that it was given.
type packedTimes struct{ since moment }

// clocksBack is how far back a clock may jump for its moments to be packed still. They
// may go on for a month after the first.
const clocksBack = moment(1 << 30)

func (t *packedTimes) pack(m moment, f *fit) uint32 {
	if m == 0 {
		return 0
	}
	if t.since == 0 {
		t.since = m - clocksBack
	}
	f.no = f.no || m <= t.since
	return f.uint32(int64(m - t.since))
}

func (t *packedTimes) unpack(p uint32) moment {
	if p == 0 {
		return 0
	}
	return t.since + moment(p)
}

// packedID is the provider's id of an order, if it has 24 hexadecimal digits, as the
// provider's ids have.
type packedID [12]byte

// pack reports whether the id has that form, or is empty.
func (p *packedID) pack(id string) bool {
	if id == "" {
		return true
	}
	if len(id) != 2*len(p) || strings.Trim(id, "0123456789abcdef") != "" {
		return false
	}
	_, err := hex.Decode(p[:], []byte(id))
	return err == nil
}

func (p *packedID) append(b []byte) []byte { return hex.AppendEncode(b, p[:]) }

// packedRef is the hash that a ref ends with: the first 12 characters in 8 bytes, and the
// other 8 in 5. What stands before it is the same for all rows of a batch. The zero
// packedRef is that of a row without a ref.
type packedRef [13]byte

// packRef reports whether the ref has the form that refs makes, and begins as those of
// other rows do.
func (r *rowSet) packRef(p *packedRef, ref Ref) bool {
	cut := len(ref) - hashLength
	if cut <= 0 {
		return false
	}
	head, okHead := digits32(ref[cut : cut+12])
	tail, okTail := digits32(ref[cut+12:])
	if !okHead || !okTail {
		return false
	}
	if r.head == "" {
		r.head = strings.Clone(string(ref[:cut]))
	}
	binary.BigEndian.PutUint64(p[:], head)
	binary.BigEndian.PutUint32(p[8:], uint32(tail))
	p[12] = byte(tail >> 32)
	return r.head == string(ref[:cut]) && *p != (packedRef{})
}

// appendRef appends the ref that packRef has packed.
func (r *rowSet) appendRef(b []byte, p *packedRef) []byte {
	b = append32(append(b, r.head...), binary.BigEndian.Uint64(p[:]), 12)
	return append32(b, uint64(p[12])<<32|uint64(binary.BigEndian.Uint32(p[8:])), 8)
}

// digits32 returns the number that characters of refEncoding are the digits of.
func digits32(s Ref) (n uint64, ok bool) {
	for _, c := range []byte(s) {
		switch {
		case c >= 'a' && c <= 'z':
			n = n<<5 | uint64(c-'a')
		case c >= '2' && c <= '7':
			n = n<<5 | uint64(c-'2'+26)
		default:
			return 0, false
		}
	}
	return n, true
}

// append32 appends a number as digits32 reads it, with so many digits.
func append32(b []byte, n uint64, digits int) []byte {
	for shift := 5 * (digits - 1); shift >= 0; shift -= 5 {
		b = append(b, refDigits[n>>shift&31])
	}
	return b
}
