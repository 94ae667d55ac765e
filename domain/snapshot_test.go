package domain_test

import (
	"bytes"
	"encoding/binary"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	. "registre/domain"
	"registre/domain/domaintest"
)

// reloaded writes a group, reads it, and holds both to each other, field by field.
func reloaded(t require.TestingT, g *Group) *Group {
	b, err := g.AppendSnapshot([]byte("before"))
	require.NoError(t, err)
	b, ok := bytes.CutPrefix(b, []byte("before"))
	require.True(t, ok)
	loaded, err := LoadBytes(b)
	require.NoError(t, err)
	require.Empty(t, Difference(g, loaded))
	narrowly, err := LoadNarrowly(b, LeastWindow+len(b)%7)
	require.NoError(t, err)
	require.Empty(t, Difference(g, narrowly))
	again, err := loaded.AppendSnapshot(nil)
	require.NoError(t, err)
	require.True(t, bytes.Equal(b, again), "it is written otherwise than it was read")
	return loaded
}

// A group that was loaded answers as the one that was folded, and both go on alike.
func TestASnapshotIsTheGroup(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := domaintest.Events(domaintest.Rapid(t), 60)
		goOn(t, events, rapid.IntRange(0, len(events)).Draw(t, "until"), drawPair(t, uint64(len(events))))
	})
}

func TestASnapshotIsTheGroupFromSeeds(t *testing.T) {
	for seed := range uint64(12) {
		events := domaintest.Events(domaintest.Seeded(seed), 400)
		until := len(events) * int(seed) / 12
		goOn(t, events, until, Pair{At: domaintest.First + Day(seed*5), Known: uint64(len(events) - int(seed))})
	}
}

// goOn folds some events, writes and reads the group, and folds the others on both.
func goOn(t require.TestingT, events []Event, until int, q Pair) {
	g := folded(events[:until])
	before := Pair{q.At, min(q.Known, g.Head())}
	then := render(g, before)
	loaded := reloaded(t, g)
	require.Equal(t, string(then), string(render(loaded, before)))
	for _, e := range events[until:] {
		Evolve(g, e)
		Evolve(loaded, e)
	}
	for _, q := range []Pair{q, before, Now(q.At), {q.At + 20, q.Known}} {
		require.Equal(t, string(render(g, q)), string(render(loaded, q)))
	}
	require.Equal(t, string(render(g, before)), string(render(reloaded(t, loaded), before)))
	for _, c := range domaintest.History(domaintest.Seeded(uint64(until)), 10) {
		a, err := Decide(g, c)
		b, other := Decide(loaded, c)
		require.Equal(t, a, b)
		require.Equal(t, err, other)
	}
}

// unfilled are the fields that are empty between one event and the next.
var unfilled = []string{"lineCounts.posts", "past.heard", "past.then", "post.cell", "post.day", "post.taken", "sitting.heard", "sitting.live", "sitting.pasts", "sitting.untold"}

// rare is a history of what others do not have: a table without a total, an order form of twenty years, and a member that deliberates on a
// text again and again.
func rare(t *testing.T) *Group {
	weight := func(den int64) Weight {
		w, err := NewWeight(1, den)
		require.NoError(t, err)
		return w
	}
	lines, err := PackLines([]Line{{LineKey: LineKey{domaintest.Schools[0], "college"}, Headcount: 7, Kind: Live, Day: domaintest.First}})
	require.NoError(t, err)
	var events []Event
	for _, a := range []Act{
		&GroupFounded{Name: "G", Title: "T", SHA256: Hash{1}, Changes: []Change{
			&MemberJoined{Member: "a", Name: "A"}, &MemberJoined{Member: "b", Name: "B"}, &BodyCreated{Body: "ag", Name: "AG"},
			&WeightsSet{Body: "ag", Weights: []MemberWeight{{"a", weight(1<<62 - 57)}, {"b", weight(1<<61 - 1)}}},
		}},
		&AvenantDrafted{Avenant: "avenant-1", Title: "1", Articles: []string{"3"}},
		&AgreementLaunched{Agreement: "ent", Title: "E", Until: domaintest.First + 9000},
		&OrderIssued{Agreement: "ent", Member: "a", Number: "O-1", From: domaintest.First, Until: domaintest.First + 8000, Lines: lines},
		&KeyRotated{NewKey: "new", OldKey: "old", Reason: "lost"},
		&RightGranted{Principal: "p", Role: SittingOfficer, Groups: []GroupID{"g"}, Body: "ag", Until: domaintest.First + 9},
		&RightGranted{Principal: "p", Role: SittingOfficer, Groups: []GroupID{"g"}, Sitting: "s"},
		&RightGranted{Principal: "p", Role: MemberClerk, Groups: []GroupID{"g"}, Member: "a"},
		&RightGranted{Principal: Anonymous, Role: Public, Every: true}, &RightEnded{Reason: "over", Right: 6},
		&SubscriptionMade{Subscription: "s", Principal: "p", Channel: ByWebhook, Groups: []GroupID{"g"}, Kinds: []NoticeKind{"k"}, Bodies: []BodyID{"b"}, Members: []MemberID{"m"}, FromNumber: 7},
		&SubscriptionMade{Subscription: "t", Principal: "p", Channel: ByDigest, Every: true, Past: true}, &DeliveryResumed{Subscription: "s", Group: "g"},
		&NoticeSkipped{Subscription: "s", Notice: "g/1/k", Reason: "r"}, &SubscriptionEnded{Subscription: "s", Reason: "r"},
	} {
		events = append(events, Event{OnDay(domaintest.First), a})
	}
	for day := range Day(40) {
		events = append(events, Event{OnDay(domaintest.First + day), &MemberDeliberated{Member: "b", Reference: "CP", Text: "avenant-1"}})
	}
	return folded(events)
}

// Every field that a group can hold is filled by one of these histories, and comes back: a field that the scribe does not
// know would be missed here, or there.
func TestASnapshotHasEveryField(t *testing.T) {
	filled := make(map[string]bool)
	take := func(g *Group) {
		reloaded(t, g)
		FilledFields(g, filled)
	}
	for seed := range uint64(30) {
		take(folded(domaintest.Events(domaintest.Seeded(seed), 300)))
	}
	take(folded(domaintest.Events(domaintest.Seeded(99), 1500)))
	take(ManyLines(60_000))
	take(rare(t))
	take(sittings())
	missing := slices.DeleteFunc(slices.Sorted(maps.Keys(FieldsOfGroups())), func(field string) bool { return filled[field] })
	assert.Equal(t, unfilled, missing)
}

// Every type that is an act has a form.
func TestASnapshotKnowsEveryAct(t *testing.T) {
	var acts []string
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		require.NoError(t, err)
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv == nil || f.Name.Name != "judge" {
				continue
			}
			if star, ok := f.Recv.List[0].Type.(*ast.StarExpr); ok {
				acts = append(acts, star.X.(*ast.Ident).Name)
			}
		}
	}
	require.Greater(t, len(acts), 30)
	assert.ElementsMatch(t, acts, ActForms())
}

// What is cut off or has changed is refused, or is some other group; nothing makes the reading panic.
func FuzzLoadSnapshot(f *testing.F) {
	for seed := range uint64(4) {
		b, err := folded(domaintest.Events(domaintest.Seeded(seed), 60)).AppendSnapshot(nil)
		require.NoError(f, err)
		f.Add(b)
		f.Add(b[:len(b)/2])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		g, err := LoadBytes(b)
		_, alike := LoadNarrowly(b, LeastWindow)
		require.Equal(t, err == nil, alike == nil)
		if err != nil {
			require.ErrorIs(t, err, ErrSnapshot)
			require.Nil(t, g)
			return
		}
		again, err := g.AppendSnapshot(nil)
		if err != nil {
			return // no fold makes it
		}
		other, err := LoadBytes(again)
		require.NoError(t, err)
		third, err := other.AppendSnapshot(nil)
		require.NoError(t, err)
		require.Equal(t, again, third)
	})
}

// A snapshot that cannot be read to its end, wherever that is, is none.
func TestASnapshotThatCannotBeReadIsRefused(t *testing.T) {
	b, err := folded(domaintest.Events(domaintest.Seeded(3), 80)).AppendSnapshot(nil)
	require.NoError(t, err)
	for n := range b {
		_, err := LoadSnapshot(io.NewSectionReader(bytes.NewReader(b[:n]), 0, int64(len(b))))
		require.ErrorIs(t, err, ErrSnapshot, "%d bytes of %d", n, len(b))
	}
}

func TestASnapshotThatIsCutOffIsRefused(t *testing.T) {
	b, err := folded(domaintest.Events(domaintest.Seeded(3), 80)).AppendSnapshot(nil)
	require.NoError(t, err)
	for n := range b {
		_, err := LoadBytes(b[:n])
		require.ErrorIs(t, err, ErrSnapshot, "%d bytes of %d", n, len(b))
		_, err = LoadNarrowly(b[:n], LeastWindow)
		require.ErrorIs(t, err, ErrSnapshot, "%d bytes of %d", n, len(b))
	}
	_, err = LoadBytes(append(b, 0))
	require.ErrorIs(t, err, ErrSnapshot)
	for _, b := range [][]byte{b, mustSnapshot(t, new(Group))} {
		at := len(b) - 8
		for _, length := range []uint64{0, uint64(at) + 1, uint64(at) + 8, math.MaxInt64 + 1, math.MaxUint64} {
			bad := binary.LittleEndian.AppendUint64(bytes.Clone(b[:at]), length)
			_, err := LoadBytes(bad)
			require.ErrorIs(t, err, ErrSnapshot, length)
		}
	}
}

func mustSnapshot(t *testing.T, g *Group) []byte {
	b, err := g.AppendSnapshot(nil)
	require.NoError(t, err)
	return b
}
