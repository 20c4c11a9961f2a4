package batch

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"flexybatch/journal"
)

// decodeRecord reads what encode wrote. A kind that this version does not know
// is an error: skipping it could skip a charge.
func decodeRecord(b []byte) (Record, error) {
	var r Record
	if err := json.Unmarshal(b, &r); err != nil {
		return Record{}, fmt.Errorf("%w: %w", ErrRecord, err)
	}
	if r == (Record{}) {
		return Record{}, fmt.Errorf("%w: unknown kind in %.80s", ErrRecord, b)
	}
	return r, nil
}

// decoder is decodeRecord for millions of records in a row. Those that are
// about a row are read by hand where they are written exactly as encode writes
// them, which is to say nearly always; encoding/json reads the others. It never
// says anything else than decodeRecord does (FuzzDecode). What it gives back is
// good until Reset; who keeps a text of a record that is no row must clone it,
// since it shares its memory with others.
type decoder struct {
	text      []byte // what is not read yet
	plain     bool   // the record has no escapes, no control characters and nothing that is not ASCII
	high      bool   // there was a byte that is not ASCII
	plan      string // most rows have the plan of the row before
	kept      texts  // of rows, which stay in the books
	transient texts  // of other records
	row       []byte
	rows      chunked[RowRecord]
	intents   chunked[IntentRecord]
	answers   chunked[AnswerRecord]
	looks     chunked[LookRecord]
	money     chunked[Centimes]
}

// replayed is a journal.Fold that folds records into the ledger.
func (l *Ledger) replayed() journal.Fold[Record] {
	return journal.Fold[Record]{
		Decoder: newDecoder,
		Take:    func(e journal.Entry, r Record) error { return inLine(e, l.Fold(r, e.At)) },
	}
}

func newDecoder() journal.Decoder[Record] { return new(decoder) }

// Decode reads the record of an entry.
func (d *decoder) Decode(e journal.Entry) (Record, error) {
	r, err := d.decode(e.Record)
	return r, inLine(e, err)
}

// Reset takes back the memory of all records.
func (d *decoder) Reset() {
	d.rows.reset()
	d.intents.reset()
	d.answers.reset()
	d.looks.reset()
	d.money.reset()
}

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

// readRow reads a RowRecord from behind `"row":`; nil if that cannot be done by
// hand.
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
	// Phone and id are mostly what a cell says: the same memory then.
	r.Phone, r.ID = Phone(r.Cells.find(phone, &d.kept)), r.Cells.find(id, &d.kept)
	if string(plan) != d.plan {
		d.plan = string(plan)
	}
	r.Plan = d.plan
	return r
}

// find is the first cell that says text, or a copy of it.
func (c Cells) find(text []byte, otherwise *texts) string {
	for _, cell := range c.All() {
		if cell == string(text) {
			return cell
		}
	}
	return otherwise.add(text)
}

func (d *decoder) readIntent() *IntentRecord {
	r := d.intents.take()
	var ref []byte
	if !d.string(&ref) || !d.skip(`,"attempt":`) || !d.int(&r.Attempt) {
		return nil
	}
	r.Ref = Ref(d.transient.add(ref))
	return r
}

func (d *decoder) readAnswer() *AnswerRecord {
	r := d.answers.take()
	var ref, result, code, message, id, request []byte
	ok := d.string(&ref) && d.skip(`,"attempt":`) && d.int(&r.Attempt) && d.skip(`,"result":`) && d.string(&result) &&
		(!d.skip(`,"status":`) || d.int(&r.Status)) && d.optional(`,"code":`, &code) && d.optional(`,"message":`, &message) &&
		d.optional(`,"topup_id":`, &id) && d.optional(`,"request_id":`, &request) && d.optionalMoney(`,"balance":`, &r.Balance)
	if !ok {
		return nil
	}
	r.Ref, r.Result, r.Code, r.Message = Ref(d.transient.add(ref)), d.transient.add(result), d.transient.add(code), d.transient.add(message)
	r.TopupID, r.RequestID = d.transient.add(id), d.transient.add(request)
	return r
}

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
	r.Ref, r.By, r.Conflict, r.Status = Ref(d.transient.add(ref)), d.transient.add(by), d.transient.add(conflict), d.transient.add(status)
	r.TopupID, r.Message, r.RequestID = d.transient.add(id), d.transient.add(message), d.transient.add(request)
	return r
}

// The readers below take what stands next off d.text and tell whether it was
// what they read. They are stricter than JSON.

func (d *decoder) skip(s string) bool {
	if len(d.text) < len(s) || string(d.text[:len(s)]) != s {
		return false
	}
	d.text = d.text[len(s):]
	return true
}

// optional reads a member that may be left out, and is never empty.
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

// plain tells a text in which a quote ends a string and every byte is a
// character, eight bytes at a time.
func plain(b []byte) bool {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	for ; len(b) >= 8; b = b[8:] {
		w := binary.LittleEndian.Uint64(b)
		// Of bytes below 0x80, the top bit of w-ones*n is set where a byte is below n.
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

// number reads a whole number, not below zero, of up to 15 digits.
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

func (d *decoder) int(to *int) bool {
	n, ok := d.number()
	*to = int(n)
	return ok && int64(*to) == n
}

func (d *decoder) amount(to *Dinars) bool {
	n, ok := d.number()
	*to = Dinars(n)
	return ok
}

// centimes reads money as Centimes.String writes it, in quotes.
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

// list reads cells; null is none.
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

// texts makes strings with few allocations.
type texts struct{ made strings.Builder }

func (t *texts) add(b []byte) string {
	t.room(len(b))
	t.made.Write(b)
	return t.made.String()[t.made.Len()-len(b):]
}

// keep is a copy.
func (t *texts) keep(s string) string {
	t.room(len(s))
	t.made.WriteString(s)
	return t.made.String()[t.made.Len()-len(s):]
}

func (t *texts) room(n int) {
	if t.made.Cap()-t.made.Len() < n {
		t.made = strings.Builder{}
		t.made.Grow(max(n, 4<<10))
	}
}

// chunked makes things with few allocations.
type chunked[T any] struct {
	chunks [][]T
	taken  int
}

// chunkSize things take more than 32 kB: smaller blocks are rounded up by a seventh
// and more.
const chunkSize = 512

func (s *chunked[T]) take() *T {
	at := s.taken / chunkSize
	if at == len(s.chunks) {
		s.chunks = append(s.chunks, make([]T, chunkSize))
	}
	v := &s.chunks[at][s.taken%chunkSize]
	s.taken++
	return v
}

// reset takes all of them back.
func (s *chunked[T]) reset() {
	for _, c := range s.chunks {
		clear(c)
	}
	s.taken = 0
}
