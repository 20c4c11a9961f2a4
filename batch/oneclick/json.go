package oneclick

import (
	"encoding/json"
	"iter"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"flexybatch/batch"
)

// object is a JSON object with its names as they were written. encoding/json
// accepts "Success" for success and takes the last of two equal names; both are
// too lenient where money is concerned (money rule 12). Members are decoded when
// they are asked for, one level at a time.
type object struct {
	members []member       // in their order in the text
	index   map[string]int // of members, if there are many of them
	key     Key            // removed from every text that is read
}

// member is a member of an object.
type member struct {
	name  string
	value string // its JSON, as it was written
}

// fewMembers is how many members are found without an index.
const fewMembers = 24

// member returns the JSON of the member of this name, or nothing.
func (o *object) member(name string) string {
	if o.index != nil {
		if i, ok := o.index[name]; ok {
			return o.members[i].value
		}
		return ""
	}
	for i := range o.members {
		if o.members[i].name == name {
			return o.members[i].value
		}
	}
	return ""
}

// add adds a member, whose value is never empty.
func (o *object) add(name, value string) error {
	switch {
	case o.member(name) != "":
		return batch.Errorf("%w: a name stands in it twice", errNotObject)
	case len(o.members) == maxMembers:
		return batch.Errorf("%w: it has more than %d members", errNotObject, maxMembers)
	}
	if o.index == nil && len(o.members) == fewMembers {
		o.index = make(map[string]int, 2*fewMembers)
		for i, m := range o.members {
			o.index[m.name] = i
		}
	}
	if o.index != nil {
		o.index[name] = len(o.members)
	}
	o.members = append(o.members, member{name, value})
	return nil
}

var errNotObject = batch.Errorf("not a JSON object")

// Bounds far above what any real answer needs. Without them sixteen megabytes of
// "{}" would take gigabytes of memory.
const (
	maxMembers  = 1_000  // of an object
	maxElements = 10_000 // of an array; a page has at most 100 (API page)
)

// parseObject parses b whole: nothing may follow the object, and no name may be
// in it twice.
func parseObject(b []byte, key Key) (object, error) {
	if !json.Valid(b) {
		return object{}, errNotObject
	}
	return readObject(string(b), key)
}

// readObject reads an object from text that is valid JSON, or empty. gjson relies
// on that, and so finds the members of a page of the list in a fifth of the time
// of encoding/json, which checks every byte again at every level.
func readObject(b string, key Key) (o object, err error) {
	if b == "" {
		return object{}, errNotObject
	}
	return readObjectInto(make([]member, 0, 8), b, key)
}

// readObjectInto does the same, with the memory of these members for its own.
func readObjectInto(members []member, b string, key Key) (o object, err error) {
	whole := gjson.Parse(b)
	if !whole.IsObject() {
		return object{}, errNotObject
	}
	o = object{members: members[:0], key: key}
	whole.ForEach(func(name, value gjson.Result) bool {
		err = o.add(name.Str, value.Raw)
		return err == nil
	})
	if err != nil {
		return object{}, err
	}
	return o, nil
}

// elements returns the first elements, at most limit, of an array that is valid
// JSON. all is false if there are more of them, or if there is no array.
func elements(array string, limit int) (list []string, all bool) {
	whole := gjson.Parse(array)
	if !whole.IsArray() {
		return nil, false
	}
	all = true
	whole.ForEach(func(_, value gjson.Result) bool {
		if all = len(list) < limit; all {
			list = append(list, value.Raw)
		}
		return all
	})
	return list, all
}

// given reports whether there is a member of this name that is not null.
func (o object) given(name string) bool {
	v := o.member(name)
	return v != "" && v != "null"
}

// object returns the object of this name; ok is false if there is none.
func (o object) object(name string) (v object, ok bool) {
	v, err := readObject(o.member(name), o.key)
	return v, err == nil
}

// objects iterates over the objects in the array of this name, of which there are n.
// They share their memory, so that each is good until the next. An element that is not
// an object becomes an empty one. ok is false if there is no array, or if it is far too
// long.
func (o object) objects(name string) (list iter.Seq[object], n int, ok bool) {
	raw, ok := elements(o.member(name), maxElements)
	if !ok {
		return func(func(object) bool) {}, 0, false
	}
	return func(yield func(object) bool) {
		members := make([]member, 0, fewMembers)
		for _, r := range raw {
			item, err := readObjectInto(members, r, o.key)
			if !yield(item) {
				return
			}
			if err == nil {
				members = item.members
			}
		}
	}, len(raw), true
}

// text returns words for people: the first string of these names that is not
// empty, without the key.
func (o object) text(names ...string) string { return o.key.redact(o.first(names)) }

// name returns an id, a ref, a code, a status word or a phone: the first string
// of these names that is not empty. redactName says when the key is removed.
func (o object) name(names ...string) string { return o.key.redactName(o.first(names)) }

func (o object) first(names []string) string {
	for _, name := range names {
		if s := unquote(o.member(name)); s != "" {
			return s
		}
	}
	return ""
}

// unquote returns the text of a JSON string, or nothing if v is something else.
func unquote(v string) string {
	if v == "" || v[0] != '"' {
		return ""
	}
	return strings.ToValidUTF8(gjson.Parse(v).Str, "\uFFFD") // as encoding/json does, so that what is journaled reads back the same
}

// flag returns the boolean of this name; ok is false if there is none.
func (o object) flag(name string) (value, ok bool) {
	v := o.member(name)
	return v == "true", v == "true" || v == "false"
}

// number returns the JSON number of this name as it is written, also if it is in
// quotes, or nothing if there is none. It is never converted to a float.
func (o object) number(name string) string {
	v := o.member(name)
	if s := unquote(v); s != "" {
		v = strings.TrimSpace(s)
	}
	if v == "" || v[0] != '-' && (v[0] < '0' || v[0] > '9') || !json.Valid([]byte(v)) {
		return ""
	}
	return v
}

// centimes returns the number of dinars of this name as money, or nil if there is
// none.
func (o object) centimes(name string) *batch.Centimes {
	c, err := batch.ParseCentimes(o.number(name))
	if err != nil {
		return nil
	}
	return &c
}

// dinars returns the number of this name if it is whole, however it is written
// (500, 500.0, "500"), and 0 otherwise.
func (o object) dinars(name string) batch.Dinars {
	d, ok := batch.WholeDinars(o.number(name))
	if !ok {
		return 0
	}
	return d
}

// count returns the number of this name if it is whole and not negative, and 0
// otherwise.
func (o object) count(name string) int { return int(max(o.dinars(name), 0)) }

// time returns the ISO 8601 time of this name, or the zero time if there is none.
func (o object) time(name string) time.Time {
	t, err := time.Parse(time.RFC3339, o.name(name))
	if err != nil {
		return time.Time{}
	}
	return t
}
