package batch

import (
	"encoding/json"
	"strconv"
)

// encode appends the record's stored form to b.
func (r *Record) encode(b []byte) ([]byte, error) {
	e := encoder{text: b}
	if e.record(r) {
		return e.text, nil
	}
	stored := *r
	stored.Words = r.words()
	text, err := json.Marshal(&stored)
	if err != nil {
		return nil, Errorf("encoding a journal record: %w", err)
	}
	return append(b, text...), nil
}

// encoder writes the records that nearly all of a journal consists of, with the same
// result as encoding/json and in a fraction of the time. It leaves to encoding/json
// every record with a text that needs escapes or with a message in parts, and all other
// kinds.
type encoder struct {
	text   []byte
	failed bool // it cannot write the record
}

// record writes a record, and reports whether it could.
func (e *encoder) record(r *Record) bool {
	switch {
	case r.Intent != nil:
		e.intent(r.Intent)
	case r.Answer != nil:
		e.answer(r.Answer)
	case r.Look != nil && len(r.Look.Offers) == 0 && r.Look.Earlier == nil:
		e.look(r.Look)
	case r.Row != nil && len(r.Row.Problems) == 0 && r.Row.Cells.separator != 0:
		e.row(r.Row)
	default:
		return false
	}
	e.raw(`}}`)
	return !e.failed
}

func (e *encoder) intent(r *IntentRecord) {
	e.string(`{"intent":{"ref":`, string(r.Ref))
	e.int(`,"attempt":`, int64(r.Attempt))
}

func (e *encoder) answer(r *AnswerRecord) {
	e.string(`{"answer":{"ref":`, string(r.Ref))
	e.int(`,"attempt":`, int64(r.Attempt))
	e.string(`,"result":`, r.Result)
	if r.Status != 0 {
		e.int(`,"status":`, int64(r.Status))
	}
	e.optional(`,"code":`, r.Code)
	e.message(`,"message":`, r.Message)
	e.optional(`,"topup_id":`, r.TopupID)
	e.optional(`,"request_id":`, r.RequestID)
	e.optionalMoney(`,"balance":`, r.Balance)
	e.flag(`,"unnamed":true`, r.Unnamed)
}

func (e *encoder) look(r *LookRecord) {
	e.string(`{"look":{"ref":`, string(r.Ref))
	e.string(`,"by":`, r.By)
	e.raw(`,"found":`)
	e.text = strconv.AppendBool(e.text, r.Found)
	e.flag(`,"clear":true`, r.Clear)
	e.message(`,"conflict":`, r.Conflict)
	e.message(`,"foreign":`, r.Foreign)
	e.flag(`,"nameless":true`, r.Nameless)
	e.optional(`,"status":`, r.Status)
	e.optional(`,"topup_id":`, r.TopupID)
	e.optionalMoney(`,"charged":`, r.Charged)
	e.optional(`,"message":`, r.Message)
	e.optional(`,"request_id":`, r.RequestID)
}

func (e *encoder) row(r *RowRecord) {
	e.int(`{"row":{"row":`, int64(r.Number))
	e.optional(`,"ref":`, string(r.Ref))
	e.optional(`,"phone":`, string(r.Phone))
	e.optional(`,"plan":`, r.Plan)
	if r.Amount != 0 {
		e.int(`,"amount":`, int64(r.Amount))
	}
	e.optional(`,"id":`, r.ID)
	e.money(`,"cost":`, r.Cost)
	before := `,"cells":[`
	for _, cell := range r.Cells.All() {
		e.string(before, cell)
		before = `,`
	}
	e.raw(`]`)
	e.optional(`,"written":`, r.Written)
	e.flag(`,"hidden":true`, r.Hidden)
	e.optional(`,"origin":`, r.Origin)
	e.optional(`,"again":`, string(r.Again))
}

func (e *encoder) raw(s string) { e.text = append(e.text, s...) }

// flag writes s if on.
func (e *encoder) flag(s string, on bool) {
	if on {
		e.raw(s)
	}
}

func (e *encoder) int(name string, n int64) {
	e.raw(name)
	e.text = strconv.AppendInt(e.text, n, 10)
}

// string writes a text, or fails if the text needs escapes.
func (e *encoder) string(name, s string) {
	e.failed = e.failed || !escapeless(s)
	e.raw(name)
	e.text = append(append(append(e.text, '"'), s...), '"')
}

// optional writes a text unless it is empty.
func (e *encoder) optional(name, s string) {
	if s != "" {
		e.string(name, s)
	}
}

// message writes a message unless it says nothing, or fails if it is in parts.
func (e *encoder) message(name string, m Message) {
	text, ok := m.Literal()
	e.failed = e.failed || !ok
	e.optional(name, text)
}

// money writes an amount as Centimes.MarshalJSON does.
func (e *encoder) money(name string, c Centimes) {
	e.raw(name)
	e.text = append(c.append(append(e.text, '"')), '"')
}

// optionalMoney writes an amount unless there is none.
func (e *encoder) optionalMoney(name string, c *Centimes) {
	if c != nil {
		e.money(name, *c)
	}
}

// escapeless reports whether encoding/json writes s as it is.
func escapeless(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ' || c > '~', c == '"', c == '\\', c == '<', c == '>', c == '&':
			return false
		}
	}
	return true
}
