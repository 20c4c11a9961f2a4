package outfile

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"regexp"
	"sync"
)

// SealCSV writes a CSV file with a seal. The seal is the title of a last column, whose
// cells are empty; it has a hash of the file as it is without the title. So write is
// called twice, at first with an empty title, and must write the same both times.
func SealCSV(w io.Writer, write func(w io.Writer, title string) error) error {
	sum := sha256.New()
	if err := write(sum, ""); err != nil {
		return err
	}
	return write(w, csvSeal(sum.Sum(nil)))
}

// csvSeal returns the title for a hash. Readers of payrolls pass over all columns
// whose titles begin like this.
func csvSeal(sum []byte) string { return fmt.Sprintf("flexybatch: #%x", sum[:8]) }

// csvSealPattern finds the title at the end of the first line.
var csvSealPattern = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[^\n]*(flexybatch: #[0-9a-f]{16})\r?\n`)
})

// maxHeader is the longest first line in which a seal is found, in bytes.
const maxHeader = 1 << 16

// csvSealed tells whether a CSV file is as SealCSV wrote it.
func csvSealed(path string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer func() { _ = f.Close() }() // it was only read
	r := bufio.NewReaderSize(f, maxHeader)
	head, _ := r.Peek(maxHeader) // a shorter file is no error; reading on finds any other
	at := csvSealPattern().FindSubmatchIndex(head)
	if at == nil {
		return false, nil
	}
	title := string(head[at[2]:at[3]])
	sum := sha256.New()
	sum.Write(head[:at[2]])
	if _, err := r.Discard(at[3]); err != nil {
		return false, err
	}
	if _, err := io.Copy(sum, r); err != nil {
		return false, err
	}
	return csvSeal(sum.Sum(nil)) == title, nil
}
