package publish

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"flexybatch/batch"
	"flexybatch/internal/lang"
)

// chunk is how many events a test's reader takes at once.
const chunk = 1000

// What is in the file may be anything: a damaged one is named, never guessed at.
func FuzzEventsTold(f *testing.F) {
	f.Add([]byte(`{"seq":1,"batch":"payroll","ref":"a"}` + "\n" + `{"seq":2,"batch":"payroll","ref":"b"}` + "\n" + `{"seq":3,"ba`))
	f.Add([]byte("id,phone\n"))
	f.Add([]byte("{\"seq\":0}\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(t.TempDir(), "events")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		told, _, err := toldBy(file, "payroll")
		after, _ := os.ReadFile(path)
		if err != nil {
			if !bytes.Equal(after, content) {
				t.Errorf("%v, and it was changed", err)
			}
			return
		}
		n := 0
		for _, k := range told {
			n += k
		}
		if want := bytes.Count(content, []byte("\n")); n != want || !bytes.HasPrefix(content, after) || len(after) > 0 && after[len(after)-1] != '\n' {
			t.Errorf("%d events in %d lines; %q became %q", n, want, content, after)
		}
	})
}

// A reader that takes nothing holds up nobody: the stream ends, and the batch
// goes on.
func TestStuckReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		read, write := io.Pipe()
		var said []string
		var mu sync.Mutex
		s := newEvents(write, func(m lang.Message) {
			mu.Lock()
			defer mu.Unlock()
			said = append(said, m.String())
		})
		s.books = &batch.Books{Ledger: batch.NewLedger()}
		go s.write(0)
		for range mostWaiting + 3*chunk {
			s.add(&Event{})
		}
		synctest.Wait()
		if !s.broken.Load() || len(said) != 1 || !strings.Contains(said[0], "The batch goes on without it") {
			t.Errorf("broken %v, and it said %q", s.broken.Load(), said)
		}
		read.CloseWithError(errors.New("gone")) // so that the goroutine can end
		if err := s.Close(); err != nil || len(said) != 1 {
			t.Errorf("%v; it said %q", err, said)
		}
	})
}

// At the end, a reader that takes nothing is waited for, but not for long; one
// that is only slow is.
func TestEndWaitsForReader(t *testing.T) {
	for _, slow := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			read, write := io.Pipe()
			var said []string
			s := newEvents(write, func(m lang.Message) { said = append(said, m.String()) })
			s.books = &batch.Books{Ledger: batch.NewLedger()}
			go s.write(0)
			const n = 20 * chunk
			for range n {
				s.add(&Event{})
			}
			lines := 0
			done := make(chan struct{})
			if slow {
				go func() {
					defer close(done)
					for in := bufio.NewReaderSize(read, 1<<20); ; lines++ {
						if _, err := in.ReadBytes('\n'); err != nil {
							return
						}
						if lines%chunk == 0 {
							time.Sleep(patience - time.Second)
						}
					}
				}()
			}
			start := time.Now()
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			switch took := time.Since(start); {
			case slow && (len(said) > 0 || took < 60*time.Second):
				t.Errorf("a slow reader: %q after %s", said, took)
			case !slow && (len(said) != 1 || took > 3*patience):
				t.Errorf("a stuck reader: %q after %s", said, took)
			}
			write.Close()
			read.Close()
			if slow {
				if <-done; lines != n {
					t.Errorf("%d events came, of %d", lines, n)
				}
			}
		})
	}
}
