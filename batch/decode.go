package batch

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"flexybatch/journal"
)

// decodeRecord decodes what encode wrote. A kind that this version does not know
// is an error, because skipping the record could skip a charge.
func decodeRecord(b []byte) (Record, error) {
	var r Record
	if err := json.Unmarshal(b, &r); err != nil {
		return Record{}, Errorf("%w: %w", ErrRecord, err)
	}
	if r == (Record{}) {
		return Record{}, Errorf("%w: unknown kind in %.80s", ErrRecord, b)
	}
	r.restoreWords()
	return r, nil
}

// decoder decodes millions of records faster than decodeRecord and with the same
// result (FuzzDecode). It parses a record about a row itself if the record has
// exactly the form that encode writes, which is nearly always the case, and leaves
// the others to encoding/json. The records it returns are valid until Reset. The
// texts of a RowRecord may be kept. A text of any other record must be cloned to
// be kept, because it shares a block of memory with many others.
type decoder struct {
	text      []byte // the rest of the record, not read yet
	plain     bool   // the record is ASCII, without escapes and control characters
	high      bool   // a byte was read that is not ASCII
	plan      string // the plan of the row before, since most rows have the same plan
	kept      texts  // the texts of rows, which the ledger keeps
	transient texts  // the texts of other records
	row       []byte // the cells of the row that is being read
	rows      chunked[RowRecord]
	intents   chunked[IntentRecord]
	answers   chunked[AnswerRecord]
	looks     chunked[LookRecord]
	money     chunked[Centimes]
}

// replayed returns a journal.Fold that folds the records of a journal into the
// ledger.
func (l *Ledger) replayed() journal.Fold[Record] {
	return journal.Fold[Record]{
		Decoder: newDecoder,
		Take:    func(e journal.Entry, r Record) error { return inLine(e, l.Fold(r, e.At)) },
	}
}

// newDecoder returns a decoder for the records of a journal.
func newDecoder() journal.Decoder[Record] { return new(decoder) }

// Decode decodes the record of an entry.
func (d *decoder) Decode(e journal.Entry) (Record, error) {
	r, err := d.decode(e.Record)
	return r, inLine(e, err)
}

// Reset reuses the memory of all records that Decode has returned.
func (d *decoder) Reset() {
	d.rows.reset()
	d.intents.reset()
	d.answers.reset()
	d.looks.reset()
	d.money.reset()
}

// decode decodes a record.
func (d *decoder) decode(b []byte) (Record, error) {
	var r Record
	d.text, d.plain, d.high = b, plain(b), false
	switch {
	case d.skip(`{"row":{"row":`):
		r.Row = d.readRow()
	case d.skip(`{"intent":{"ref":`):
		r.Intent = d.readIntent()
	case d.skip(`{"answer":{"ref":`):
		r.Answer = d.readAnswer()
	case d.skip(`{"look":{"ref":`):
		r.Look = d.readLook()
	}
	if r == (Record{}) || string(d.text) != "}}" || d.high && !utf8.Valid(b) {
		return decodeRecord(b)
	}
	return r, nil
}

// readRow parses a RowRecord that begins behind `"row":`. It returns nil if the
// record does not have the form that encode writes.
func (d *decoder) readRow() *RowRecord {
	r := d.rows.take()
	var ref, phone, plan, id, written []byte
	ok := d.int(&r.Number) &&
		d.optional(`,"ref":`, &ref) && d.optional(`,"phone":`, &phone) && d.optional(`,"plan":`, &plan) &&
		(!d.skip(`,"amount":`) || d.amount(&r.Amount)) && d.optional(`,"id":`, &id) &&
		d.skip(`,"cost":`) && d.centimes(&r.Cost) &&
		d.skip(`,"cells":`) && d.list(&r.Cells) && d.optional(`,"written":`, &written)
	if !ok {
		return nil
	}
	r.Hidden = d.skip(`,"hidden":true`)
	r.Ref, r.Written = Ref(d.kept.add(ref)), d.kept.add(written)
	// Phone and id are mostly the text of a cell; then they share its memory.
	r.Phone, r.ID = Phone(r.Cells.find(phone, &d.kept)), r.Cells.find(id, &d.kept)
	if string(plan) != d.plan {
		d.plan = string(plan)
	}
	r.Plan = d.plan
	return r
}

// find returns the first cell that equals text, or a copy of text if none does.
func (c Cells) find(text []byte, otherwise *texts) string {
	for _, cell := range c.All() {
		if cell == string(text) {
			return cell
		}
	}
	return otherwise.add(text)
}

// readIntent parses an IntentRecord as readRow does a RowRecord.
func (d *decoder) readIntent() *IntentRecord {
	r := d.intents.take()
	var ref []byte
	if !d.string(&ref) || !d.skip(`,"attempt":`) || !d.int(&r.Attempt) {
		return nil
	}
	r.Ref = Ref(d.transient.add(ref))
	return r
}

// readAnswer parses an AnswerRecord as readRow does a RowRecord.
func (d *decoder) readAnswer() *AnswerRecord {
	r := d.answers.take()
	var ref, result, code, message, id, request []byte
	ok := d.string(&ref) && d.skip(`,"attempt":`) && d.int(&r.Attempt) && d.skip(`,"result":`) && d.string(&result) &&
		(!d.skip(`,"status":`) || d.int(&r.Status)) && d.optional(`,"code":`, &code) && d.optional(`,"message":`, &message) &&
		d.optional(`,"topup_id":`, &id) && d.optional(`,"request_id":`, &request) && d.optionalMoney(`,"balance":`, &r.Balance)
	if !ok {
		return nil
	}
	r.Ref, r.Result, r.Code, r.Message = Ref(d.transient.add(ref)), d.transient.add(result), d.transient.add(code), Literal(d.transient.add(message))
	r.TopupID, r.RequestID = d.transient.add(id), d.transient.add(request)
	return r
}

// readLook parses a LookRecord as readRow does a RowRecord.
func (d *decoder) readLook() *LookRecord {
	r := d.looks.take()
	var ref, by, conflict, status, id, message, request []byte
	ok := d.string(&ref) && d.skip(`,"by":`) && d.string(&by) && d.skip(`,"found":`)
	r.Found = d.skip(`true`)
	ok = ok && (r.Found || d.skip(`false`))
	r.Clear = d.skip(`,"clear":true`)
	ok = ok && d.optional(`,"conflict":`, &conflict) && d.optional(`,"status":`, &status) && d.optional(`,"topup_id":`, &id) &&
		d.optionalMoney(`,"charged":`, &r.Charged) && d.optional(`,"message":`, &message) && d.optional(`,"request_id":`, &request)
	if !ok {
		return nil
	}
	r.Ref, r.By, r.Conflict, r.Status = Ref(d.transient.add(ref)), d.transient.add(by), Literal(d.transient.add(conflict)), d.transient.add(status)
	r.TopupID, r.Message, r.RequestID = d.transient.add(id), d.transient.add(message), d.transient.add(request)
	return r
}

// The methods below read what comes next in d.text and report whether it has the
// form that they expect. They accept less than JSON allows.

// skip reads exactly s.
func (d *decoder) skip(s string) bool {
	if len(d.text) < len(s) || string(d.text[:len(s)]) != s {
		return false
	}
	d.text = d.text[len(s):]
	return true
}

// optional reads a member that may be left out but is never empty.
func (d *decoder) optional(name string, to *[]byte) bool {
	return !d.skip(name) || d.string(to) && len(*to) > 0
}

// string reads a string without escapes.
func (d *decoder) string(to *[]byte) bool {
	if len(d.text) == 0 || d.text[0] != '"' {
		return false
	}
	if d.plain {
		end := bytes.IndexByte(d.text[1:], '"')
		if end >= 0 {
			*to, d.text = d.text[1:1+end], d.text[end+2:]
		}
		return end >= 0
	}
	for i := 1; i < len(d.text); i++ {
		switch c := d.text[i]; {
		case c == '"':
			*to, d.text = d.text[1:i], d.text[i+1:]
			return true
		case c == '\\' || c < ' ':
			return false
		case c >= utf8.RuneSelf:
			d.high = true
		}
	}
	return false
}

// plain reports whether b is ASCII without backslashes and control characters: a
// quote then ends a string. It tests eight bytes at a time.
func plain(b []byte) bool {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	for ; len(b) >= 8; b = b[8:] {
		w := binary.LittleEndian.Uint64(b)
		// If all bytes are below 0x80, w-ones*n has the top bit set in each byte that is below n.
		if (w|(w-ones*' ')|((w^ones*'\\')-ones))&tops != 0 {
			return false
		}
	}
	for _, c := range b {
		if c < ' ' || c >= utf8.RuneSelf || c == '\\' {
			return false
		}
	}
	return true
}

// number reads a whole number without sign, of up to 15 digits.
func (d *decoder) number() (n int64, ok bool) {
	i := 0
	for i < len(d.text) && i < 15 && d.text[i] >= '0' && d.text[i] <= '9' {
		n = n*10 + int64(d.text[i]-'0')
		i++
	}
	if i == 0 || i > 1 && d.text[0] == '0' {
		return 0, false
	}
	d.text = d.text[i:]
	return n, true
}

// int reads a number that is an int.
func (d *decoder) int(to *int) bool {
	n, ok := d.number()
	*to = int(n)
	return ok && int64(*to) == n
}

// amount reads a number of dinars.
func (d *decoder) amount(to *Dinars) bool {
	n, ok := d.number()
	*to = Dinars(n)
	return ok
}

// centimes reads money as Centimes.MarshalJSON writes it.
func (d *decoder) centimes(to *Centimes) bool {
	if !d.skip(`"`) {
		return false
	}
	n, ok := d.number()
	if !ok || len(d.text) < len(`.00"`) || d.text[0] != '.' || d.text[3] != '"' {
		return false
	}
	tens, ones := d.text[1]-'0', d.text[2]-'0'
	if tens > 9 || ones > 9 {
		return false
	}
	*to = Centimes(n*100 + int64(tens*10+ones))
	d.text = d.text[len(`.00"`):]
	return true
}

// optionalMoney reads money that may be left out.
func (d *decoder) optionalMoney(name string, to **Centimes) bool {
	if !d.skip(name) {
		return true
	}
	*to = d.money.take()
	return d.centimes(*to)
}

// list reads cells; null stands for none.
func (d *decoder) list(to *Cells) bool {
	if d.skip(`null`) {
		return true
	}
	if !d.skip(`[`) {
		return false
	}
	d.row = d.row[:0]
	for n := 1; ; n++ {
		var cell []byte
		if !d.string(&cell) {
			return false
		}
		if n > 1 {
			d.row = append(d.row, separator)
		}
		d.row = append(d.row, cell...)
		if d.skip(`]`) {
			*to = joined(d.kept.add(d.row), n)
			return true
		}
		if !d.skip(`,`) {
			return false
		}
	}
}

// texts makes many strings with few allocations: they share blocks of memory. A nil
// texts makes each by itself.
type texts struct{ made strings.Builder }

// add returns a string with the bytes b.
func (t *texts) add(b []byte) string {
	if t == nil {
		return string(b)
	}
	t.room(len(b))
	t.made.Write(b)
	return t.made.String()[t.made.Len()-len(b):]
}

// room makes room for n bytes, in a new block if the present one is too full.
func (t *texts) room(n int) {
	if t.made.Cap()-t.made.Len() < n {
		t.made = strings.Builder{}
		t.made.Grow(max(n, 4<<10))
	}
}

// chunked makes many values of one type with few allocations.
type chunked[T any] struct {
	chunks [][]T
	taken  int
}

// chunkSize is large enough for a chunk of the larger types to exceed 32 kB. The
// allocator rounds smaller blocks up to a size class.
const chunkSize = 512

// take returns a pointer to a zero value.
func (s *chunked[T]) take() *T {
	at := s.taken / chunkSize
	if at == len(s.chunks) {
		s.chunks = append(s.chunks, make([]T, chunkSize))
	}
	v := &s.chunks[at][s.taken%chunkSize]
	s.taken++
	return v
}

// at returns a pointer to a value that was taken, by its number from 0.
func (s *chunked[T]) at(i int) *T { return &s.chunks[i/chunkSize][i%chunkSize] }

// reset clears all values and lets take return them again.
func (s *chunked[T]) reset() {
	for _, c := range s.chunks {
		clear(c)
	}
	s.taken = 0
}
