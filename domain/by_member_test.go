package domain

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// The oracle is a timeline for each member, whether it has done anything or not.
func TestByMemberAgainstATimelineForEach(t *testing.T) {
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 3))
		all, lines := byMember[int]{}, make([]Timeline[int], 7)
		for n := uint64(1); n <= 600; n++ {
			m := min(r.IntN(7), r.IntN(7), r.IntN(7)) // the last of them do little
			p := pen{known: n, number: 1 + r.Uint64N(n), date: OnDay(Day(r.IntN(9))), rank: uint32(r.IntN(2)), erase: r.IntN(4) == 0}
			all.mark(&p, m, int(n))
			mark(&p, &lines[m], int(n))
			if n%40 == 0 {
				sameLines(t, &all, lines, n/2)
				sameLines(t, &all, lines, Latest)
			}
		}
		require.NotEmpty(t, all.longer)
		require.NotEmpty(t, all.members)
	}
}

func sameLines(t *testing.T, all *byMember[int], lines []Timeline[int], known uint64) {
	t.Helper()
	var want, got []string
	for m := range lines {
		of := all.of(m)
		require.Equal(t, entriesOf(&lines[m], known), entriesOf(&of, known))
		for day := range Day(10) {
			require.Equal(t, lines[m].on(day, known), all.floor(m, endOf(day), known))
		}
		if s := entriesOf(&lines[m], known); s != "" {
			want = append(want, s)
		}
	}
	for line := range all.all() {
		if s := entriesOf(&line, known); s != "" {
			got = append(got, s)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	require.Equal(t, want, got)
}

func entriesOf(line *Timeline[int], known uint64) (s string) {
	for e := range line.from(0, known) {
		s += fmt.Sprint(*e)
	}
	return s
}

// What members have done takes the room of what they have done.
func TestByMemberTakesNoRoomForOthers(t *testing.T) {
	var all byMember[struct{}]
	for m := range 10 {
		all.mark(&pen{known: uint64(m) + 1, number: uint64(m) + 1, date: OnDay(1)}, 99*m, struct{}{})
	}
	require.LessOrEqual(t, cap(all.members)+cap(all.entries), 32)
	require.Empty(t, all.longer)
}

// A value without any size takes none: signatures are such, as many as a register has.
func TestAnEntryWithoutAValueTakesNoRoomForIt(t *testing.T) {
	require.Equal(t, reflect.TypeFor[entry[uint64]]().Size()-8, reflect.TypeFor[entry[struct{}]]().Size())
}
