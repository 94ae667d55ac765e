package domain

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

const longFirst Day = 730000

const longDays = 8000

// longRegister makes about n commands of a group of twelve: tables, avenants that all carry, successions, late facts and corrections.
func longRegister(n int) (commands []Command) {
	r := rand.New(rand.NewPCG(7, 7))
	g, day := &Group{}, longFirst
	try := func(on Day, a Act) {
		c := Command{ID: uuid.UUID{15: 1}, Group: "g", Effective: OnDay(on), Actor: "a", Act: a}
		if _, err := Enact(g, c); err == nil {
			commands = append(commands, c)
		}
	}
	f := &GroupFounded{Name: "G", Title: "T", Changes: []Change{&BodyCreated{Body: "ag", Name: "AG"}, &BodyCreated{Body: "cogouv", Name: "C"}}}
	for i := range 12 {
		f.Changes = append(f.Changes, &MemberJoined{Member: MemberID(fmt.Sprintf("m%02d", i)), Name: "M"})
	}
	try(day, f)
	for round := 0; int(g.Head()) < n; round++ {
		day = longFirst + Day(int(g.Head())*longDays/n)
		members := g.Members(Now(day))
		set := &WeightsSet{Basis: "x", Body: BodyID([]string{"ag", "cogouv"}[r.IntN(2)])}
		for _, m := range members {
			set.Weights = append(set.Weights, MemberWeight{m.Member, Weight{num: int64(1 + r.IntN(9)), less: int64(r.IntN(2))}})
		}
		switch k := r.IntN(100); {
		case k < 4: // late
			try(longFirst+Day(r.IntN(int(day-longFirst)+1)), set)
		case k < 7:
			try(day, &EventCorrected{Kind: Clerical, Reason: "r", Target: 2 + r.Uint64N(g.Head())})
		case k < 10 && round%20 == 0:
			id := MemberID(fmt.Sprintf("s%05d", round))
			try(day, &MembersSucceeded{Basis: "x", Predecessors: []MemberID{members[0].Member}, Successors: []Named{{id, "S"}}, Policies: []Policy{
				{Body: "ag", Way: Sum}, {Body: "cogouv", Way: Keep, Of: members[0].Member},
			}})
		case k < 14:
			set.Basis = ""
			id := TextID(fmt.Sprintf("avenant-%d", round))
			try(day, &AvenantDrafted{Avenant: id, Title: "T", Changes: []Change{set}})
			for _, m := range members {
				try(day, &MemberDeliberated{Member: m.Member, Text: id})
				try(day, &MemberSigned{Member: m.Member, Text: id})
			}
		default:
			try(day, set)
		}
	}
	return commands
}

func enacted(t require.TestingT, commands []Command) (g *Group) {
	g = &Group{}
	for _, c := range commands {
		_, err := Enact(g, c)
		require.NoError(t, err)
	}
	return g
}

func BenchmarkWeights(b *testing.B) {
	g := enacted(b, longRegister(10000))
	r := rand.New(rand.NewPCG(1, 2))
	b.ReportAllocs()
	for b.Loop() {
		q := Pair{longFirst + Day(r.IntN(longDays)), 1 + r.Uint64N(g.Head())}
		if _, err := g.Weights("ag", q); err != nil {
			b.Fatal(err)
		}
	}
}

// Every iteration folds one event; the group starts anew after ten thousand.
func BenchmarkEvolve(b *testing.B) {
	g := enacted(b, longRegister(10000))
	events := make([]Event, g.Head())
	for i := range events {
		events[i] = g.Original(uint64(i + 1))
	}
	again := &Group{}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if i%len(events) == 0 {
			again = &Group{}
		}
		Evolve(again, events[i%len(events)])
	}
}

func BenchmarkEnact(b *testing.B) {
	commands := longRegister(10000)
	g := &Group{}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if i%len(commands) == 0 {
			g = &Group{}
		}
		if _, err := Enact(g, commands[i%len(commands)]); err != nil {
			b.Fatal(err)
		}
	}
}

// A promise of Weights.
func TestWeightsAllocatesOnce(t *testing.T) {
	g := enacted(t, longRegister(300))
	n := testing.AllocsPerRun(100, func() {
		if _, err := g.Weights("ag", Now(longFirst+longDays)); err != nil {
			t.Fatal(err)
		}
	})
	require.LessOrEqual(t, n, 2.0)
}
