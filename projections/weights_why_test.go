package projections_test

import (
	"fmt"
	"testing"

	"registre/domain"
	. "registre/projections"
)

// BenchmarkWeightsWhy is who holds how many voices among twenty, and which events that follows from.
func BenchmarkWeightsWhy(b *testing.B) {
	g := thousandSittings(b, 1)
	q := Question{Group: "g", At: domain.LastDay, Known: g.Head()}
	for _, why := range []bool{false, true} {
		b.Run(fmt.Sprintf("why=%v", why), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if a, err := Weights(g, q, "ag", why); err != nil || len(a.Members) != seated {
					b.Fatal(err, len(a.Members))
				}
			}
		})
	}
}
