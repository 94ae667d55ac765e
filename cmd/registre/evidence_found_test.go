package main

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/replay"
)

// TestFoundAside: what lies aside comes in the order of findings, each once, with all that the file says of it.
func TestFoundAside(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 5))
	aside := newFoundAside(t.TempDir())
	defer aside.sorter.Remove()
	var want []replay.Finding
	kinds := replay.FindingKinds()
	for range 5000 {
		k := kinds[random.IntN(len(kinds))]
		f := replay.Finding{Code: k.Code, Name: k.Name, Severity: k.Severity, Rule: k.Source, Args: map[string]string{}}
		for range random.IntN(3) {
			f.Events = append(f.Events, 1+random.Uint64N(300))
		}
		f.Subject = []string{"", "a", "a\x00b", "é", "ab"}[random.IntN(5)]
		for range random.IntN(3) {
			f.Args["arg"+strconv.Itoa(random.IntN(3))] = strconv.Itoa(random.IntN(2))
		}
		want = append(want, f)
		require.NoError(t, aside.addTold(&findingTold{f, len(f.Events) > 1}))
	}
	slices.SortStableFunc(want, func(x, y replay.Finding) int { return x.Compare(&y) })
	want = slices.CompactFunc(want, func(x, y replay.Finding) bool { return x.Same(&y) })
	require.Less(t, len(want), 5000, "nothing was found twice: the test sees nothing of it")
	n, serious := 0, 0
	same := func(w *replay.Finding, f *finding) {
		require.ElementsMatch(t, w.Events, f.Events)
		require.Equal(t, &finding{Args: w.Args, Code: w.Code, Events: f.Events, Illustrative: len(w.Events) > 1, Name: w.Name, Rule: w.Rule, Severity: w.Severity, Subject: w.Subject}, f)
	}
	var first []*replay.Finding
	for some, err := range aside.some() {
		require.NoError(t, err)
		for f := range some.all() {
			if same(&want[n], f); f.serious() {
				serious++
				first = append(first, &want[n])
			}
			n++
		}
	}
	require.Len(t, want, n)
	require.Greater(t, serious, pageRows, "all have room on the page: the test sees nothing of it")
	require.Equal(t, []int{serious, n - serious}, []int{aside.serious, aside.rest})
	n = 0
	for f := range aside.first.all() {
		same(first[n], f)
		n++
	}
	require.Equal(t, pageRows, n)
}

// TestInvented: of some events those that remarks name, by their numbers.
func TestInvented(t *testing.T) {
	t.Parallel()
	remarks := []remark{{Event: 2}, {Event: 5}, {Event: 9}}
	for want, events := range map[string][]uint64{"": {1, 3}, numbers([]uint64{2, 9}): {9, 2, 9, 4}, numbers([]uint64{5}): {5}} {
		require.Equal(t, want, invented(remarks, events))
	}
	require.Empty(t, invented(nil, []uint64{1}))
}
