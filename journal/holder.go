package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strconv"
	"sync"
	"time"
)

// holderFile is the path of a file beside a journal that says who has the journal
// locked. It is for people only: no lock depends on it, so whoever removes or
// changes it changes nothing but what others are told. It is removed when the
// journal is closed.
type holderFile string

// holderOf returns the holder file of a journal.
func holderOf(journal string) holderFile { return holderFile(journal + ".lock") }

// holderStart is how every holder file begins, after the zero byte that an earlier
// version of this program put first.
const holderStart = "process "

// write writes who holds the lock. It returns no error, because a run that cannot
// be named to others is still a run. A file of that name that is not a holder file
// is left as it is.
func (h holderFile) write() {
	if !h.replaceable() {
		return
	}
	host, err := os.Hostname()
	if err != nil {
		host = "this machine"
	}
	text := fmt.Sprintf(holderText, os.Getpid(), host, time.Now().Format(time.DateTime))
	_ = os.WriteFile(string(h), []byte(text), 0o600)
}

// holderText is what stands in a holder file.
const holderText = "process %d on %s, since %s"

// holderForm is a holder file's text.
var holderForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^process ([0-9]{1,9}) on (.*), since (.*)$`)
})

// holderMessage makes a message of what a holder file says.
func holderMessage(text string) Message {
	if text == unknownHolder {
		return say("another process")
	}
	if m := holderForm().FindStringSubmatch(text); m != nil {
		process, err := strconv.Atoi(m[1])
		since, wrong := time.ParseInLocation(time.DateTime, m[3], time.Local)
		if err == nil && wrong == nil {
			return say(holderText, process, m[2], since)
		}
	}
	return say("%s", text)
}

// unknownHolder is what is known of a holder without a holder file.
const unknownHolder = "another process"

// remove removes the file, if it is a holder file.
func (h holderFile) remove() {
	if h.replaceable() {
		_ = os.Remove(string(h)) // what stays is replaced by the next holder
	}
}

// read returns who holds the lock.
func (h holderFile) read() string {
	if text, err := h.content(); err == nil && bytes.HasPrefix(text, []byte(holderStart)) {
		return string(text)
	}
	return unknownHolder
}

// replaceable tells whether the file is a holder file, or absent.
func (h holderFile) replaceable() bool {
	info, err := os.Lstat(string(h))
	if errors.Is(err, fs.ErrNotExist) {
		return true
	}
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	text, err := h.content()
	return err == nil && (len(text) == 0 || bytes.HasPrefix(text, []byte(holderStart)))
}

// content reads the beginning of the file, without zeros and space around it.
func (h holderFile) content() ([]byte, error) {
	f, err := os.Open(string(h))
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(f, 1<<10))
	return bytes.Trim(text, "\x00\r\n "), err
}
