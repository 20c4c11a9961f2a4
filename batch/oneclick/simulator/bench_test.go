package simulator_test

import (
	"fmt"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"

	"flexybatch/batch/oneclick/simulator"
)

func BenchmarkSend(b *testing.B) {
	for name, config := range map[string]func(b *testing.B) simulator.Config{
		"memory": func(*testing.B) simulator.Config { return simulator.Config{} },
		"store": func(b *testing.B) simulator.Config {
			return simulator.Config{Store: filepath.Join(b.TempDir(), "store")}
		},
		"faults": func(*testing.B) simulator.Config {
			return simulator.Config{Faults: map[simulator.Fault]float64{simulator.FaultRefuse: 0.01, simulator.FaultRefunded: 0.01}}
		},
	} {
		b.Run(name, func(b *testing.B) {
			c := config(b)
			c.Balance = 1 << 60
			sim := open(b, c)
			var n atomic.Int64
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					deliver(sim, order("PREPAID_DJEZZY", "0770000003", 500, fmt.Sprint("october-", n.Add(1))))
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "sends/s")
		})
	}
}

func BenchmarkSendOverSocket(b *testing.B) {
	a := start(b, simulator.Config{Balance: 1 << 60})
	var n atomic.Int64
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			a.send("PREPAID_DJEZZY", "0770000003", 500, fmt.Sprint("october-", n.Add(1)))
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "sends/s")
}

// BenchmarkList asks for the page in the middle of a hundred thousand orders.
func BenchmarkList(b *testing.B) {
	a := start(b, simulator.Config{Balance: 1 << 60})
	for i := range 100_000 {
		deliver(a.sim, order("PREPAID_DJEZZY", "0770000003", 500, fmt.Sprint("october-", i)))
	}
	for b.Loop() {
		a.get("/v3/mobile/list?page=500&pageSize=100")
	}
}

// BenchmarkMemory tells how many bytes an order takes.
func BenchmarkMemory(b *testing.B) {
	const orders = 200_000
	for b.Loop() {
		var before, after runtime.MemStats
		sim := open(b, simulator.Config{Balance: 1 << 60})
		runtime.GC()
		runtime.ReadMemStats(&before)
		for i := range orders {
			deliver(sim, order("PREPAID_DJEZZY", "0770000003", 500, fmt.Sprintf("october-%020d", i)))
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/orders, "B/order")
		runtime.KeepAlive(sim)
	}
}
