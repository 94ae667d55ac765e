package main

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/replay"
)

// wholeAnswer is an answer with all that lies aside of it, as it comes out of its JSON: which is as encode writes it.
func wholeAnswer(t *testing.T, told *replayAnswer) (answer replayAnswer) {
	t.Helper()
	var text bytes.Buffer
	require.NoError(t, told.writeJSON(&text))
	require.NoError(t, json.Unmarshal(text.Bytes(), &answer))
	whole, err := encode(answer)
	require.NoError(t, err)
	require.Equal(t, string(whole), text.String())
	return answer
}

// someFound is a finding by chance, as a replay tells it, without its sentences.
func someFound(random *rand.Rand) replayedFinding {
	kinds := replay.FindingKinds()
	k := kinds[random.IntN(len(kinds))]
	f := replayedFinding{Finding: replay.Finding{Args: map[string]string{}, Code: k.Code, Name: k.Name, Severity: k.Severity, Rule: k.Source, Events: []uint64{}}, Documents: []foundDocument{}, Facts: []foundEvent{}}
	for range 1 + random.IntN(3) {
		n := 1 + random.Uint64N(30)
		f.Events = append(f.Events, n)
		f.Facts = append(f.Facts, foundEvent{Effective: "2020-01-01", Number: n, Recorded: "2020-01-02T00:00:00.000001Z", Type: "group-founded"})
	}
	f.Subject = []string{"", "a", "a\x00b", "é"}[random.IntN(4)]
	for range random.IntN(3) {
		f.Args["arg"+strconv.Itoa(random.IntN(2))] = strconv.Itoa(random.IntN(2))
	}
	f.Illustrative = f.Events[0]%2 == 0
	for range random.IntN(2) {
		f.Documents = append(f.Documents, foundDocument{Event: f.Events[0], Kind: "minutes", Reference: "PV\n«1»", SHA256: []string{"", "00ff"}[random.IntN(2)]})
	}
	if random.IntN(8) == 0 {
		f.Answered = random.IntN(2) == 0
		f.Answers = []replay.Answer{{Actor: "a", Documents: []replay.Document{}, Earlier: f.Events, Effective: domain.OnDay(20_000), Event: 7, Recorded: 1_700_000_000_000_000, Text: "x"}}
	}
	return f
}

// TestReplayAside: what two groups find at two ends lies aside, and each gives of a kind, or of all, what it finds now, what of that is
// new, and what is gone: with all that was known of it, in the order of findings.
func TestReplayAside(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 9))
	dir := t.TempDir()
	aside := newReplayAside(dir)
	groups := make([]replayedGroup, 3)
	now, gone := make([][]replayedFinding, 3), make([][]replayedFinding, 3)
	for i := range groups {
		g := &groups[i]
		g.aside, g.Since = aside.of(i), &sinceKept{}
		g.aside.since = i > 0
		before, inNow, count := map[string]bool{}, map[string]bool{}, []int{6000, 5000, 0}[i]
		var then []replayedFinding
		for range count {
			if f := someFound(random); i > 0 && !before[f.Identity()] {
				before[f.Identity()] = true
				then = append(then, f)
				require.NoError(t, g.aside.lay(foundBefore, &f))
			}
		}
		for n := range count {
			f := someFound(random)
			if i > 0 && n%2 == 0 {
				f = then[random.IntN(len(then))]
			}
			if id := f.Identity(); !inNow[id] {
				inNow[id] = true
				require.NoError(t, g.aside.lay(foundNow, &f))
				f.New = i > 0 && !before[id]
				g.count(&f)
				now[i] = append(now[i], f)
			}
		}
		gone[i] = slices.DeleteFunc(then, func(f replayedFinding) bool { return inNow[f.Identity()] })
	}
	require.NotEmpty(t, gone[1])
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left, "what lies aside has a name")
	for i := range groups {
		requireLaid(t, &groups[i], "", now[i], gone[i])
		for _, k := range replay.FindingKinds() {
			requireLaid(t, &groups[i], k.Code, ofKind(now[i], k.Code), gone[i])
		}
	}
	require.Len(t, groups[0].kinds(), len(replay.FindingKinds()))
	aside.remove()
}

func ofKind(all []replayedFinding, code string) (some []replayedFinding) {
	for _, f := range all {
		if f.Code == code {
			some = append(some, f)
		}
	}
	return some
}

// requireLaid wants a group to find these of a kind.
func requireLaid(t *testing.T, g *replayedGroup, code string, now, gone []replayedFinding) {
	t.Helper()
	inOrder := func(want []replayedFinding) (all []replayedFinding) {
		for _, f := range want {
			g.say(&f)
			all = append(all, f)
		}
		slices.SortStableFunc(all, func(x, y replayedFinding) int { return x.Compare(&y.Finding) })
		return all
	}
	var all, noMore []replayedFinding
	var first []uint64
	newOnes := 0
	for f, err := range g.findings(code) {
		require.NoError(t, err)
		all = append(all, *f)
		first = append(first, f.Events[0])
		if f.New {
			newOnes++
		}
	}
	requireSameOnes(t, inOrder(now), all)
	events, fresh, err := g.firstEvents(code)
	require.NoError(t, err)
	require.Equal(t, first, events)
	require.Equal(t, newOnes, fresh)
	for f, err := range g.gone() {
		require.NoError(t, err)
		noMore = append(noMore, *f)
	}
	requireSameOnes(t, inOrder(gone), noMore)
}

func requireSameOnes(t *testing.T, want, got []replayedFinding) {
	t.Helper()
	require.Equal(t, len(want), len(got))
	for i := range want {
		require.Equal(t, want[i], got[i])
	}
}

// TestReplayAsideFails: where nothing can be laid aside, that is what whoever replays is told.
func TestReplayAsideFails(t *testing.T) {
	aside := newReplayAside(t.TempDir() + "/nowhere")
	defer aside.remove()
	random := rand.New(rand.NewPCG(3, 9))
	g := aside.of(0)
	var err error
	for n := 0; err == nil && n < 100_000; n++ {
		f := someFound(random)
		err = g.lay(foundNow, &f)
	}
	f := faultOf(err)
	require.Equal(t, []any{"aside-unwritable", exitFailed}, []any{f.Name, f.Exit})
}
