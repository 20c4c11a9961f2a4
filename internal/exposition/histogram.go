package exposition

import (
	"maps"
	"math"
	"slices"
)

// bound is the label of a bucket that tells up to which value it counts.
const bound = "le"

// Distribution counts values by their size. The zero value with its bounds is ready.
type Distribution struct {
	Bounds []float64 // upper bounds of the buckets, from the least to the most
	counts []int     // by bucket; behind the last, what is larger than every bound
	sum    float64
}

// Add counts a value.
func (d *Distribution) Add(v float64) {
	if d.counts == nil {
		d.counts = make([]int, len(d.Bounds)+1)
	}
	bucket, _ := slices.BinarySearch(d.Bounds, v) // a value on a bound is within it
	d.counts[bucket]++
	d.sum += v
}

// Samples are the distribution as values of a histogram with these labels: for each
// bound how many values are not above it, then their sum and their number.
func (d *Distribution) Samples(labels Labels) []Sample {
	var samples []Sample
	upTo := 0
	for i, n := range d.counts {
		upTo += n
		most := math.Inf(1)
		if i < len(d.Bounds) {
			most = d.Bounds[i]
		}
		bucket := Labels{bound: number(most)}
		maps.Copy(bucket, labels)
		samples = append(samples, Sample{"_bucket", bucket, float64(upTo)})
	}
	return append(samples, Sample{"_sum", labels, d.sum}, Sample{"_count", labels, float64(upTo)})
}
