package oneclick

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"flexybatch/batch"
)

// object is a JSON object with its names as they were written. encoding/json
// takes "Success" for success and the last of two equal names; with money,
// neither will do (money rule 12). Members are decoded when they are asked for:
// of a page of the list that is one level after the other, never a tree of any.
type object struct {
	names   []string          // in the order they stand
	members map[string]string // JSON, as it was written
	key     Key               // taken out of every text
}

var errNotObject = errors.New("not a JSON object")

// What no honest answer comes near; without these bounds sixteen megabytes of
// "{}" would take gigabytes.
const (
	mostMembers  = 1_000  // of an object
	mostElements = 10_000 // of an array; a page has 100 (API page)
)

// parseObject reads b whole: nothing may stand behind the object, and no name
// twice in it.
func parseObject(b []byte, key Key) (object, error) {
	if !json.Valid(b) {
		return object{}, errNotObject
	}
	return readObject(string(b), key)
}

// readObject reads what was found to be JSON before, or is empty. gjson trusts
// that, and so finds the members of a page of the list in a fifth of the time that
// encoding/json takes to look at every byte of it again at every level.
func readObject(b string, key Key) (o object, err error) {
	whole := gjson.Parse(b)
	if !whole.IsObject() {
		return object{}, errNotObject
	}
	o = object{members: map[string]string{}, key: key}
	whole.ForEach(func(name, value gjson.Result) bool {
		switch _, twice := o.members[name.Str]; {
		case twice:
			err = fmt.Errorf("%w: a name stands in it twice", errNotObject)
		case len(o.names) == mostMembers:
			err = fmt.Errorf("%w: it has more than %d members", errNotObject, mostMembers)
		}
		o.names, o.members[name.Str] = append(o.names, name.Str), value.Raw
		return err == nil
	})
	if err != nil {
		return object{}, err
	}
	return o, nil
}

// elements is the first elements of an array that was found to be JSON before;
// all is false where there are more of them, or no array.
func elements(array string, most int) (list []string, all bool) {
	whole := gjson.Parse(array)
	if !whole.IsArray() {
		return nil, false
	}
	all = true
	whole.ForEach(func(_, value gjson.Result) bool {
		if all = len(list) < most; all {
			list = append(list, value.Raw)
		}
		return all
	})
	return list, all
}

// given tells whether there is something of that name, and not null.
func (o object) given(name string) bool {
	v := o.members[name]
	return v != "" && v != "null"
}

// object is the object of that name; ok is false where there is none.
func (o object) object(name string) (v object, ok bool) {
	v, err := readObject(o.members[name], o.key)
	return v, err == nil
}

// objects is the array of that name. Elements that are no whole objects are
// empty ones; ok is false where there is no array, or one far too long.
func (o object) objects(name string) (list []object, ok bool) {
	raw, ok := elements(o.members[name], mostElements)
	if !ok {
		return nil, false
	}
	list = make([]object, len(raw))
	for i, r := range raw {
		list[i], _ = readObject(r, o.key)
	}
	return list, true
}

// text is words for people: the first string of these names that is not empty,
// without the key.
func (o object) text(names ...string) string { return o.key.redact(o.first(names)) }

// name is an id, a ref, a code, a status word or a phone: the first string of
// these names that is not empty, as it stands.
func (o object) name(names ...string) string { return o.key.redactName(o.first(names)) }

func (o object) first(names []string) string {
	for _, name := range names {
		if s := unquote(o.members[name]); s != "" {
			return s
		}
	}
	return ""
}

// unquote is the text of a JSON string; empty where v is something else.
func unquote(v string) string {
	if v == "" || v[0] != '"' {
		return ""
	}
	return strings.ToValidUTF8(gjson.Parse(v).Str, "\uFFFD") // as encoding/json does: what is journaled must read back the same
}

// flag is the boolean of that name; ok is false where there is none.
func (o object) flag(name string) (value, ok bool) {
	v := o.members[name]
	return v == "true", v == "true" || v == "false"
}

// number is a JSON number as it is written, or one that an answer puts in
// quotes; empty where there is none. It never goes through a float.
func (o object) number(name string) string {
	v := o.members[name]
	if s := unquote(v); s != "" {
		v = strings.TrimSpace(s)
	}
	if v == "" || v[0] != '-' && (v[0] < '0' || v[0] > '9') || !json.Valid([]byte(v)) {
		return ""
	}
	return v
}

// centimes is the number of dinars of that name as money; nil where there is
// none.
func (o object) centimes(name string) *batch.Centimes {
	c, err := batch.ParseCentimes(o.number(name))
	if err != nil {
		return nil
	}
	return &c
}

// dinars is the number of that name if it is exactly whole, however it is
// written (500, 500.0, "500"); else 0, as where there is none.
func (o object) dinars(name string) batch.Dinars {
	d, ok := batch.WholeDinars(o.number(name))
	if !ok {
		return 0
	}
	return d
}

// count is the number of that name if it is a count; else 0.
func (o object) count(name string) int { return int(max(o.dinars(name), 0)) }

// time is the ISO 8601 time of that name; zero where there is none.
func (o object) time(name string) time.Time {
	t, err := time.Parse(time.RFC3339, o.name(name))
	if err != nil {
		return time.Time{}
	}
	return t
}
