package journal_test

import (
	"bytes"
	"errors"
	"os"
	"slices"
	"testing"

	"flexybatch/journal"
	"flexybatch/journal/journaltest"
)

// Whatever the bytes are: Read says what they are, and Open agrees. Open either
// refuses the file and leaves it as it is, or cuts the tail off, and what Read
// returned is what a later Open returns.
func FuzzRead(f *testing.F) {
	real, err := os.ReadFile(golden)
	must(f, err)
	packed, err := os.ReadFile(goldenPacked)
	must(f, err)
	small, _ := written(f, 1, 0, 2)
	for _, content := range [][]byte{real, packed, small} {
		f.Add(content)
		f.Add(content[:len(content)/2])
		f.Add(content[1:])
		f.Add(bytes.ReplaceAll(content, []byte("\n"), []byte("\r\n")))
		f.Add(bytes.ReplaceAll(content, []byte(`"group":2`), []byte(`"group":3`)))
		f.Add(append(slices.Clone(content), content...))
		for i := 0; i < len(content); i += 61 {
			flipped := bytes.Clone(content)
			flipped[i] ^= 1
			f.Add(flipped)
		}
	}
	f.Add([]byte(laterVersion))
	f.Add([]byte(nil))
	f.Add(make([]byte, 1000))
	f.Fuzz(func(t *testing.T, content []byte) {
		records, info, err := read(content)
		if err != nil {
			_, corrupt := errors.AsType[*journal.Corrupt](err)
			if !corrupt && !errors.Is(err, journal.ErrNotJournal) && !errors.Is(err, journal.ErrVersion) {
				t.Fatalf("an error without a name: %v", err)
			}
			leftAlone(t, content)
			return
		}
		disk := journaltest.NewDisk()
		disk.WriteFile(name, content)
		j, opened, cut := open(t, disk.Process("p"))
		if !slices.Equal(opened, records) || (cut != nil) != (info.Torn != nil) {
			t.Fatalf("Read gave %q, Open %q", records, opened)
		}
		after, err := disk.ReadFile(name)
		must(t, err)
		if !bytes.Equal(after, content[:info.Size]) {
			t.Fatalf("Open left %q", after)
		}
		must(t, j.Append(at, rec(1)), j.Close())
		j, again, cut := open(t, disk.Process("q"))
		if !slices.Equal(again, append(records, string(rec(1)))) || cut != nil {
			t.Fatalf("Read gave %q, one was appended, now there is %q", records, again)
		}
		must(t, j.Close())
	})
}
