//go:build linux

package office

import (
	"testing"

	"flexybatch/internal/people"
	"flexybatch/internal/people/peopletest"
)

// The database keeps people as files do.
func TestPeople(t *testing.T) {
	d := connected(t, shared.Database(t))
	peopletest.Suite(t, func(t *testing.T) people.Store {
		t.Helper()
		if _, err := d.pool.Exec(t.Context(), "drop table if exists person, session, invitation cascade"); err != nil {
			t.Fatal(err)
		}
		for range 2 { // which makes the tables once
			if _, err := d.People(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		s, err := d.People(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}
