package console_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"flexybatch/samples"
)

// The list of batches is paged, and what a journal comes to is known after it was read
// once.
func TestListOfBatches(t *testing.T) {
	d := newDesk(t)
	d.run("payroll", samples.Payroll)
	draft, err := d.folder.Draft("payroll")
	must(t, err)
	for i := range 60 {
		name := fmt.Sprintf("other-%02d", i)
		must(t, os.MkdirAll(filepath.Join(d.folder.Path, name+".input", "1"), 0o700))
		other := *draft
		other.Name = name
		must(t, d.folder.Keep(&other))
	}
	first, second := d.get("/", http.StatusOK), d.get("/?page=2", http.StatusOK)
	d.has(first, "Page 1 of 2", `href="/?page=2"`)
	for page, want := range map[*answer]int{&first: 50, &second: 11} {
		if n := strings.Count(page.text, `<th scope="row">`); n != want {
			t.Errorf("%s lists %d batches, want %d", page.Request.URL, n, want)
		}
	}
	for range 100 {
		if a := d.get("/?page=2", http.StatusOK).text + d.get("/", http.StatusOK).text; strings.Contains(a, "state-fulfilled") {
			return
		}
	}
	t.Error("the journal that was read is not counted")
}
