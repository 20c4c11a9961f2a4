package ingest

import (
	"runtime"
	"testing"
)

// The titles of the columns are kept while a batch is sent, and must not keep the whole
// file in memory.
func TestTitlesDoNotKeepTheFile(t *testing.T) {
	content := payrollCSV(50_000)
	path := file(t, "payroll", content)
	size := uint64(len(content))
	before := alive()
	in, err := Read(t.Context(), path, Options{}, Rules{Catalogue: catalogue(t)})
	if err != nil {
		t.Fatal(err)
	}
	in.Rows = nil
	if grown := alive() - before; int64(grown) > int64(size)/2 {
		t.Errorf("of a file of %d bytes %d are kept beside its rows", size, grown)
	}
	runtime.KeepAlive(in)
}

// alive returns how many bytes are in use.
func alive() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
