package journal

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"sync"
)

// A line's link is a hash of the line and of the link of the line before, and
// that link stands in the line before. So a line can be checked without anything
// that came earlier. A journal is therefore read, checked and decoded in blocks,
// on all processors, ahead of the goroutine that takes the records in order.

// blockSize is about how many bytes of a journal are parsed at a time.
const blockSize = 256 << 10

// block is a stretch of whole lines.
type block[T any] struct {
	text    []byte // with a newline behind each line
	before  []byte // the link that stands in the line before the first one
	decoder Decoder[T]
	lines   []line        // parsed; if the last one is invalid, the lines behind it are missing
	values  []T           // what the decoder made of their records
	next    int           // the first line that was not handed on yet
	given   int           // how many values were handed on
	end     error         // why no other block follows; nil if one does
	done    chan struct{} // closed when lines and values are filled
	panic   any           // with which the decoder panicked
}

// readAhead reads a file and parses it a few blocks ahead of the caller.
type readAhead[T any] struct {
	file       io.Reader
	newDecoder func() Decoder[T]
	queue      chan *block[T] // in the order of the file
	spare      chan *block[T] // to be used again
	quit       chan struct{}  // closed by stop
	workers    sync.WaitGroup // the reader and the parsers
}

// startReadAhead begins to read size bytes of file.
func startReadAhead[T any](file io.Reader, size int64, newDecoder func() Decoder[T]) *readAhead[T] {
	procs := runtime.GOMAXPROCS(0)
	a := &readAhead[T]{
		file: file, newDecoder: newDecoder, queue: make(chan *block[T], procs), spare: make(chan *block[T], 2*procs), quit: make(chan struct{}),
	}
	a.workers.Go(func() { a.read(int(min(size+1, blockSize))) })
	return a
}

// stop ends the reading. When it returns, nothing uses the file any more.
func (a *readAhead[T]) stop() {
	close(a.quit)
	a.workers.Wait()
}

// nextBlock returns the next block, or nil behind the last one.
func (a *readAhead[T]) nextBlock() *block[T] {
	b, ok := <-a.queue
	if !ok {
		return nil
	}
	<-b.done
	if b.panic != nil {
		panic(b.panic)
	}
	return b
}

// recycle takes back a block whose lines nobody needs any more.
func (a *readAhead[T]) recycle(b *block[T]) {
	select {
	case a.spare <- b:
	default:
	}
}

// read cuts the file into blocks until its end.
func (a *readAhead[T]) read(size int) {
	defer close(a.queue)
	var rest []byte // the beginning of a line, left over from the block before
	var before []byte
	for end := error(nil); end == nil; {
		b := a.emptyBlock(size)
		b.text = append(b.text, rest...)
		end = b.fill(a.file)
		cut := bytes.LastIndexByte(b.text, '\n') + 1
		rest = append(rest[:0], b.text[cut:]...)
		b.text = b.text[:cut]
		if end == io.EOF && len(rest) > 0 {
			end = &badLine{reason: say("it breaks off before its end")}
		}
		if len(rest) > maxLine {
			end = errLineLength
		}
		b.before, b.end = before, end
		before = lastLink(b.text)
		a.workers.Go(b.parse)
		select {
		case a.queue <- b:
		case <-a.quit:
			return
		}
	}
}

// emptyBlock returns a block to be filled.
func (a *readAhead[T]) emptyBlock(size int) *block[T] {
	select {
	case used := <-a.spare:
		used.decoder.Reset()
		return &block[T]{
			text: used.text[:0], decoder: used.decoder, lines: used.lines[:0], values: used.values[:0], done: make(chan struct{}),
		}
	default:
		return &block[T]{text: make([]byte, 0, size), decoder: a.newDecoder(), done: make(chan struct{})}
	}
}

// maxLine is the longest a line may be, with its newline.
const maxLine = MaxRecord + 1024

// fill reads until the block is full, and goes on while it holds no whole line.
// The error says why there is nothing left to read.
func (b *block[T]) fill(file io.Reader) error {
	for {
		begun := len(b.text)
		n, err := io.ReadFull(file, b.text[begun:cap(b.text)])
		b.text = b.text[:begun+n]
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return io.EOF
		case err != nil:
			return errorf("reading the journal: %w", err)
		case bytes.IndexByte(b.text[begun:], '\n') >= 0 || len(b.text) > maxLine:
			return nil
		}
		b.text = append(make([]byte, 0, min(2*cap(b.text), maxLine+1)), b.text...)
	}
}

// lastLink returns the link that stands in the last of these lines. It returns
// nil if that is too short to be a line: then nothing behind it counts.
func lastLink(text []byte) []byte {
	if len(text) == 0 {
		return nil
	}
	l := text[bytes.LastIndexByte(text[:len(text)-1], '\n')+1:]
	if len(l) < linkAt+linkLength {
		return nil
	}
	return bytes.Clone(l[linkAt : linkAt+linkLength])
}

// parse fills lines and values, up to and including the first invalid line.
func (b *block[T]) parse() {
	defer close(b.done)
	defer func() { b.panic = recover() }()
	p := parser{before: b.before}
	for rest := b.text; len(rest) > 0; {
		size := bytes.IndexByte(rest, '\n') + 1
		l := line{err: errLineLength}
		if size <= maxLine {
			l = p.parse(rest[:size-1])
		}
		if l.kind == lineRecord {
			b.decode(&l)
		}
		b.lines = append(b.lines, l)
		if l.kind == lineInvalid {
			return
		}
		rest = rest[size:]
	}
}

// decode decodes the records of a line, up to the first that cannot be decoded.
func (b *block[T]) decode(l *line) {
	for e := range l.entries() {
		value, err := b.decoder.Decode(e)
		if err != nil {
			l.err = err
			return
		}
		b.values = append(b.values, value)
		l.decoded++
	}
}
