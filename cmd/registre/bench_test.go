package main

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/projections"
)

func historyOf(b *testing.B, events int) (*domain.Group, *history, [][]byte) {
	g, h := &domain.Group{}, newHistory(1, 0)
	var bodies [][]byte
	for g.Head() < uint64(events) {
		made, err := enact(g, h)
		require.NoError(b, err)
		bodies = append(bodies, made...)
	}
	return g, h, bodies
}

// TestFigureReached: a target is reached by the ratio, or by a value that is enough whatever the ratio.
func TestFigureReached(t *testing.T) {
	for _, f := range []struct {
		value, limit float64
		want         bool
	}{{400_000, 1_200_000, true}, {350_000, 1_200_000, true}, {300_000, 1_200_000, false}, {300_000, 700_000, true}} {
		got := beside(figure{Unit: "/s", Value: f.value, Target: 0.4, Enough: 350_000}, f.limit, "reading")
		require.Equal(t, f.want, got.reached(), "%v of %v", f.value, f.limit)
		require.Equal(t, "≥ 0.40 or ≥ 350000 /s", got.wanted("or"))
	}
	require.False(t, (&figure{Value: 101, Target: 100, AtMost: true}).reached())
	require.True(t, (&figure{Value: 100, Target: 100, AtMost: true}).reached())
	require.Equal(t, "≤ 100", (&figure{Target: 100, AtMost: true}).wanted("or"))
}

// BenchmarkWeights asks at random pairs in a group of 10,000 events.
func BenchmarkWeights(b *testing.B) {
	g, h, _ := historyOf(b, 10_000)
	random := rand.New(rand.NewPCG(1, 1))
	asked := make([]projections.Question, 4096)
	for i := range asked {
		asked[i] = projections.Question{At: 735965 + domain.Day(random.IntN(int(h.day-735965))), Known: 1 + random.Uint64N(g.Head())}
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		_, err := projections.Weights(g, asked[i%len(asked)], "cogouv", false)
		require.NoError(b, err)
		i++
	}
}

// BenchmarkFold decodes a group of 1,000 events, and folds it too.
func BenchmarkFold(b *testing.B) {
	_, _, bodies := historyOf(b, 1000)
	for name, fold := range map[string]bool{"decode": false, "fold": true} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				g := &domain.Group{}
				for _, body := range bodies {
					e, err := eventstore.Decode(body)
					if err != nil {
						b.Fatal(err)
					}
					if fold {
						g = domain.Evolve(g, e.Event())
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(bodies)), "ns/event")
		})
	}
}

// BenchmarkAsk asks of the case what a desk answers, by the question.
func BenchmarkAsk(b *testing.B) {
	all, err := story()
	require.NoError(b, err)
	d := storyDesk(b, all)
	for _, kind := range []string{"weights", "members", "enrolment", "decisions", "sitting", "event", "timeline"} {
		q := Question{Kind: kind, Group: demoGroup, At: "2022-11-30", More: asking("body", "ag", "number", "5", "sitting", "ag-2018")}
		for _, why := range []bool{false, true} {
			name := kind
			if why {
				q.More["why"], name = "yes", kind+" why"
			}
			b.Run(name, func(b *testing.B) {
				for b.Loop() {
					_, err := d.Ask(b.Context(), q)
					require.NoError(b, err)
				}
			})
		}
	}
}
