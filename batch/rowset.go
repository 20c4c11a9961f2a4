package batch

import (
	"math"
	"strings"
)

// rowSet holds rows in their order, packed, and finds them by their refs and by the
// provider's ids of their orders. It hands out copies. A nil rowSet is empty.
type rowSet struct {
	rows  chunked[packedRow]
	rests []rowRest
	texts rowTexts
	times packedTimes
	head  string // of the refs that are packed
	plans []string
	codes map[string]int // the indexes of plans

	refs   rowIndex
	orders rowIndex // so that one order never settles two rows (money rule 15)
}

// position is where in a rowSet a row is, from 0.
type position uint32

func newRowSet() *rowSet {
	return &rowSet{codes: map[string]int{}, refs: newRowIndex(), orders: newRowIndex()}
}

// length returns how many rows there are.
func (r *rowSet) length() position {
	if r == nil {
		return 0
	}
	return position(r.rows.taken)
}

// add adds a row behind the others. It is not found by its ref before indexRef.
func (r *rowSet) add(s *RowStatus) {
	r.put(r.rows.take(), s, 0) // and nothing is read of the new row: memory is cheaper to have if it is written to first
}

// replace makes s the row at a position. Only its status may differ from what is indexed.
func (r *rowSet) replace(at position, s *RowStatus) {
	p := r.rows.at(int(at))
	r.put(p, s, p.file.text)
}

// put packs s. before is the text that its place had before.
func (r *rowSet) put(p *packedRow, s *RowStatus, before uint32) {
	file, fits := r.packFile(&s.Row, before)
	if !fits {
		r.keepWhole(p, s)
		return
	}
	p.file = file
	r.pack(p, s, false)
}

// update makes the status of s that of the row at a position, and its remarks. The rest
// of s is what fill has put there.
func (r *rowSet) update(at position, s *RowStatus) {
	p := r.rows.at(int(at))
	had := r.hasOrder(p, s.TopupID)
	if whole := r.whole(p); whole != nil {
		s.TopupID = strings.Clone(s.TopupID)
		*whole = *s
	} else {
		r.pack(p, s, had)
	}
	if !had && s.TopupID != "" {
		r.indexOrder(at, s.TopupID)
	}
}

// pack packs a row whose packedFile is there. hasID says that the provider's id is, too.
func (r *rowSet) pack(p *packedRow, s *RowStatus, hasID bool) {
	status, fits := r.packStatus(s)
	if hasID {
		status.id = p.status.id
	} else {
		fits = status.id.pack(s.TopupID) && fits
	}
	if !fits {
		r.keepWhole(p, s)
		return
	}
	p.status = status
	if p.rest != 0 || s.Remarks != nil || s.Evidence != nil {
		*r.restOf(p) = rowRest{remarks: s.Remarks, evidence: s.Evidence}
	}
}

// keepWhole keeps a row that cannot be packed.
func (r *rowSet) keepWhole(p *packedRow, s *RowStatus) {
	*r.restOf(p) = rowRest{whole: s.kept()}
}

// restOf returns what there is of a row beside the packedRow, to be changed.
func (r *rowSet) restOf(p *packedRow) *rowRest {
	if p.rest == 0 {
		r.rests = append(r.rests, rowRest{})
		p.rest = uint32(len(r.rests))
	}
	return &r.rests[p.rest-1]
}

// whole returns a row that could not be packed; else nil.
func (r *rowSet) whole(p *packedRow) *RowStatus {
	if p.rest == 0 {
		return nil
	}
	return r.rests[p.rest-1].whole
}

// kept returns a copy of the row with texts of its own.
func (s *RowStatus) kept() *RowStatus {
	k := *s
	k.Cells.text, k.TopupID, k.Ref = strings.Clone(s.Cells.text), strings.Clone(s.TopupID), Ref(strings.Clone(string(s.Ref)))
	t := &k.Topup
	t.Phone, t.Plan, t.ID = Phone(strings.Clone(string(t.Phone))), strings.Clone(t.Plan), strings.Clone(t.ID)
	return &k
}

// fill copies the row at a position into s. ref is its ref, or empty for fill to make
// it. The texts that it makes, it makes in made, unless that is nil.
func (r *rowSet) fill(s *RowStatus, at position, ref Ref, made *texts) {
	p := r.rows.at(int(at))
	if whole := r.whole(p); whole != nil {
		*s = *whole
		s.at = at
		return
	}
	*s = RowStatus{at: at}
	r.unpackFile(&s.Row, &p.file)
	r.unpackStatus(s, &p.status)
	if p.rest != 0 {
		rest := &r.rests[p.rest-1]
		s.Remarks, s.Evidence = rest.remarks, rest.evidence
	}
	var b [64]byte
	if s.Ref = ref; ref == "" && p.file.ref != (packedRef{}) {
		s.Ref = Ref(made.add(r.appendRef(b[:0], &p.file.ref)))
	}
	if p.status.packed&hasID != 0 {
		s.TopupID = made.add(p.status.id.append(b[:0]))
	}
}

// each calls f for every row, in their order, until f returns false. The RowStatus
// becomes the next row when f has returned.
func (r *rowSet) each(f func(*RowStatus) bool) {
	var s RowStatus
	var made texts
	for at := range r.length() {
		r.fill(&s, at, "", &made)
		if !f(&s) {
			return
		}
	}
}

// status returns a row, if there is one at this position.
func (r *rowSet) status(at position, ok bool) (RowStatus, bool) {
	var s RowStatus
	if ok {
		r.fill(&s, at, "", nil)
	}
	return s, ok
}

// phone returns the phone of a row.
func (r *rowSet) phone(at position) Phone {
	p := r.rows.at(int(at))
	if whole := r.whole(p); whole != nil {
		return whole.Topup.Phone
	}
	return p.file.phone(r.texts.from(p.file.text))
}

// plan returns the index of a plan's code among those of the rows.
func (r *rowSet) plan(code string) int {
	at, known := r.codes[code]
	if !known {
		if len(r.plans) > math.MaxUint16 {
			return len(r.plans) // which no packedFile takes
		}
		at, code = len(r.plans), strings.Clone(code)
		r.plans = append(r.plans, code)
		r.codes[code] = at
	}
	return at
}

// rowTexts holds texts in blocks, each found by a number that is half as long as a
// string is.
type rowTexts struct {
	blocks []string
	last   strings.Builder // the last block
}

// blockSize is the most bytes that a block has. A block and a byte in it have 16 bits
// each in the number of a text.
const blockSize = math.MaxUint16 + 1

// add returns the number of a text, which is that of an earlier text if this begins with
// it. ok is false if the text is too long, or there are too many.
func (t *rowTexts) add(text string, earlier uint32) (number uint32, ok bool) {
	if len(t.blocks) > 0 && strings.HasPrefix(t.from(earlier), text) {
		return earlier, true
	}
	if t.last.Cap()-t.last.Len() < len(text) || len(t.blocks) == 0 {
		if len(text) > blockSize || len(t.blocks) == blockSize {
			return 0, false
		}
		t.last = strings.Builder{}
		t.last.Grow(max(len(text), blockSize>>max(0, 4-len(t.blocks)))) // small batches have small blocks
		t.blocks = append(t.blocks, "")
	}
	block, at := len(t.blocks)-1, t.last.Len()
	t.last.WriteString(text)
	t.blocks[block] = t.last.String()
	return uint32(block)<<16 | uint32(at), true
}

// from returns the block of a text from its beginning on.
func (t *rowTexts) from(number uint32) string { return t.blocks[number>>16][number&(blockSize-1):] }
