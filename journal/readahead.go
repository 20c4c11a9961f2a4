package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
)

// Each line names the link of the line before it by being hashed with it, and
// that link stands in the line before: so a line can be checked without what
// came long before it, and a journal is read, checked and decoded in blocks, on
// all processors, ahead of the one who takes the records in, in order.

// blockSize is about how much of a journal is taken apart at a time, in bytes.
const blockSize = 256 << 10

// block is a stretch of whole lines.
type block[T any] struct {
	text    []byte // with a newline behind each line
	before  []byte // link of the line before the first, as that line gives it
	decoder Decoder[T]
	lines   []line        // taken apart; the last may be none, and then the others behind it are not here
	values  []T           // what the decoder has made of them, where they are records
	next    int           // the first line that is not handed on
	end     error         // why no other block follows; nil: one does
	done    chan struct{} // closed when lines and values are filled
	panic   any           // of the decoder
}

// ahead reads a file and has it taken apart, a few blocks ahead of who asks.
type ahead[T any] struct {
	file    io.Reader
	decoder func() Decoder[T]
	queue   chan *block[T] // in the order of the file
	spare   chan *block[T] // to be used again
	quit    chan struct{}  // closed by stop
	all     sync.WaitGroup // of the reader and of who takes blocks apart
}

// startAhead begins to read what is to be read of file.
func startAhead[T any](file io.Reader, size int64, decoder func() Decoder[T]) *ahead[T] {
	procs := runtime.GOMAXPROCS(0)
	a := &ahead[T]{
		file: file, decoder: decoder, queue: make(chan *block[T], procs), spare: make(chan *block[T], 2*procs), quit: make(chan struct{}),
	}
	a.all.Go(func() { a.read(int(min(size+1, blockSize))) })
	return a
}

// stop ends the reading. Nothing touches the file any more when it returns.
func (a *ahead[T]) stop() {
	close(a.quit)
	a.all.Wait()
}

// block is the next one, nil behind the last.
func (a *ahead[T]) block() *block[T] {
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

// recycle takes a block back whose lines nobody needs any more.
func (a *ahead[T]) recycle(b *block[T]) {
	select {
	case a.spare <- b:
	default:
	}
}

// read cuts the file into blocks until its end.
func (a *ahead[T]) read(size int) {
	defer close(a.queue)
	var rest []byte // of the block before: the beginning of a line
	var before []byte
	for end := error(nil); end == nil; {
		b := a.fresh(size)
		b.text = append(b.text, rest...)
		end = b.fill(a.file)
		cut := bytes.LastIndexByte(b.text, '\n') + 1
		rest = append(rest[:0], b.text[cut:]...)
		b.text = b.text[:cut]
		if end == io.EOF && len(rest) > 0 {
			end = &badLine{reason: "it breaks off before its end"}
		}
		if len(rest) > maxLine {
			end = errLong
		}
		b.before, b.end = before, end
		before = lastLink(b.text)
		a.all.Go(b.takeApart)
		select {
		case a.queue <- b:
		case <-a.quit:
			return
		}
	}
}

// fresh is an empty block.
func (a *ahead[T]) fresh(size int) *block[T] {
	select {
	case used := <-a.spare:
		used.decoder.Reset()
		return &block[T]{
			text: used.text[:0], decoder: used.decoder, lines: used.lines[:0], values: used.values[:0], done: make(chan struct{}),
		}
	default:
		return &block[T]{text: make([]byte, 0, size), decoder: a.decoder(), done: make(chan struct{})}
	}
}

// maxLine is the longest a line may be, with its newline.
const maxLine = MaxRecord + 1024

// fill reads until the block is full, and further while it holds no whole line.
// The error says why nothing is left to read.
func (b *block[T]) fill(file io.Reader) error {
	for {
		begun := len(b.text)
		n, err := io.ReadFull(file, b.text[begun:cap(b.text)])
		b.text = b.text[:begun+n]
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return io.EOF
		case err != nil:
			return fmt.Errorf("reading the journal: %w", err)
		case bytes.IndexByte(b.text[begun:], '\n') >= 0 || len(b.text) > maxLine:
			return nil
		}
		b.text = append(make([]byte, 0, min(2*cap(b.text), maxLine+1)), b.text...)
	}
}

// lastLink is the link that the last of these lines gives as its own; none where
// it is no line, and then nothing behind it counts.
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

// takeApart fills lines and values, up to the first line that is none.
func (b *block[T]) takeApart() {
	defer close(b.done)
	defer func() { b.panic = recover() }()
	p := parser{before: b.before}
	for rest := b.text; len(rest) > 0; {
		size := bytes.IndexByte(rest, '\n') + 1
		l, value := line{err: errLong}, *new(T)
		if size <= maxLine {
			l = p.parse(rest[:size-1])
		}
		if l.kind == isRecord {
			value, l.err = b.decoder.Decode(l.entry())
		}
		b.lines, b.values = append(b.lines, l), append(b.values, value)
		if l.kind == isNone {
			return
		}
		rest = rest[size:]
	}
}
