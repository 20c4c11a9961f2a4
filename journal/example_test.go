package journal_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"flexybatch/journal"
)

// A journal is opened with a function that is called with the records it holds. When
// Append returns nil, what was appended is on disk.
func Example() {
	dir, err := os.MkdirTemp("", "journal")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "june.journal")
	show := func(e journal.Entry) error {
		fmt.Printf("%s\n", e.Record)
		return nil
	}

	j, _, err := journal.Open(journal.Disk{}, path, show) // nothing to show yet
	if err != nil {
		log.Fatal(err)
	}
	if err := j.Append(time.Now(), []byte(`{"intent":"june-1"}`), []byte(`{"intent":"june-2"}`)); err != nil {
		log.Fatal(err) // nothing may be sent: it is not known to be on disk
	}
	if err := j.Close(); err != nil {
		log.Fatal(err)
	}

	info, err := journal.Read(journal.Disk{}, path, show)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(info.Records, "records, torn:", info.Torn != nil)
	// Output:
	// {"intent":"june-1"}
	// {"intent":"june-2"}
	// 2 records, torn: false
}
