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
		if _, err := d.pool.Exec(t.Context(), "truncate person, session, invitation"); err != nil {
			t.Fatal(err)
		}
		return d.People()
	})
}
