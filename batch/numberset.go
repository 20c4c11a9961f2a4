package batch

import (
	"iter"
	"math/bits"
)

// numberSet is a set of numbers from 0, a bit each.
type numberSet []uint64

const wordBits = 64

func (s *numberSet) add(n int) {
	*s = reaching(*s, n/wordBits)
	(*s)[n/wordBits] |= 1 << (n % wordBits)
}

// remove removes a number that is in the set.
func (s numberSet) remove(n int) { s[n/wordBits] &^= 1 << (n % wordBits) }

// count returns how many numbers from first to last are in the set.
func (s numberSet) count(first, last int) (n int) {
	first, last = max(first, 0), min(last, len(s)*wordBits-1)
	for start := first - first%wordBits; start <= last; start += wordBits {
		n += bits.OnesCount64(s.word(start, first, last))
	}
	return n
}

// each yields the numbers from first to last that are in the set, in their order.
func (s numberSet) each(first, last int) iter.Seq[int] {
	return func(yield func(int) bool) {
		first, last := max(first, 0), min(last, len(s)*wordBits-1)
		for start := first - first%wordBits; start <= last; start += wordBits {
			for word := s.word(start, first, last); word != 0; word &= word - 1 {
				if !yield(start + bits.TrailingZeros64(word)) {
					return
				}
			}
		}
	}
}

// word returns the bits of the word whose lowest bit stands for start, but only those of
// numbers from first to last.
func (s numberSet) word(start, first, last int) uint64 {
	word := s[start/wordBits]
	if start < first {
		word &= ^uint64(0) << (first - start)
	}
	if after := start + wordBits - 1 - last; after > 0 {
		word &= ^uint64(0) >> after
	}
	return word
}
