package archive_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	inEntry = 1 << iota
	inTile
)

// alterHead alters the leaf that the log of heads has for a state of a group: its entry, its hash in the tile, or both.
func (h aHouse) alterHead(t testing.TB, group string, size, where int) {
	t.Helper()
	line := fmt.Appendf(nil, "/%s\n%d\n", group, size)
	for name, content := range h.files(t) {
		number, isBundle := strings.CutPrefix(name, "heads/tile/entries/")
		at := bytes.Index(content, line)
		if !isBundle || at < 0 {
			continue
		}
		if where&inTile != 0 {
			tile := h.files(t)["heads/tile/0/"+number]
			leaf := bytes.Count(content[:at], []byte("\n")) / 3 // an entry has three lines
			tile[leaf*32+5] ^= 8
			h.put(t, "heads/tile/0/"+number, tile)
		}
		if where&inEntry != 0 {
			content[at+len(line)+3] ^= 2
			h.put(t, name, content)
		}
		return
	}
	t.Fatalf("%s #%d is no head", group, size)
}

// TestRepairOfHeadsThatNothingNames: where a leaf of the log of heads has suffered in its entry and in its tile, it is the state that
// the group can have had there; also where many others come behind, in the tail, and where a commit brings several events, so that
// most states are no heads.
func TestRepairOfHeadsThatNothingNames(t *testing.T) {
	for each, sizes := range map[int][]int{1: {1, 3, 99, 170, 171, 200, 256, 260}, 5: {99, 170, 260}} { // 260 is the newest published
		h := buildOf(t, 300, 260, each)
		before := h.files(t)
		for _, size := range sizes {
			h.alterHead(t, "alpha", size*each, inEntry|inTile)
		}
		h.alterHead(t, "beta", 100*each, inEntry|inTile)
		steps, left := h.repair(t, h.memory.Handle())
		require.Empty(t, left, "%d events a commit: %v", each, steps)
		requireSame(t, before, h.files(t))
	}
}

// TestRepairOfAGroupThatOnlyTheHeadsKnow: where a group's checkpoint is gone, its tiles have suffered, and heads of it as well, these are
// made again from the stream; and then they tell where the group ends.
func TestRepairOfAGroupThatOnlyTheHeadsKnow(t *testing.T) {
	h := build(t, 300, 260)
	before := h.files(t)
	for name, content := range before {
		if group := "groups/alpha/"; strings.HasPrefix(name, group+"tile/") || name == group+"checkpoint" {
			content = slices.Clone(content)
			content[7] ^= 1
			content[len(content)-9] ^= 1
			h.put(t, name, content)
		}
	}
	h.alterHead(t, "alpha", 40, inEntry)
	h.alterHead(t, "alpha", 233, inTile)
	h.alterHead(t, "alpha", 260, inEntry)
	h.alterHead(t, "beta", 77, inEntry|inTile)
	steps, left := h.repair(t, h.memory.Handle())
	require.Empty(t, left, steps)
	requireSame(t, before, h.files(t))
}

// TestRepairOfHeadsWithoutTheirCheckpoint: where the checkpoint of the log of heads is gone and some of its leaves have suffered, it ends
// where the newest checkpoint was noted, or where the tail goes on from it; and what is signed there again is what was.
func TestRepairOfHeadsWithoutTheirCheckpoint(t *testing.T) {
	for what, cutEvery := range map[string]int{"all is published": 300, "the tail goes on": 260, "no more than one record does": 299} {
		h := build(t, 300, cutEvery)
		before := h.files(t)
		h.put(t, "heads/checkpoint", bytes.Repeat([]byte("x"), 100))
		h.alterHead(t, "alpha", 40, inEntry)
		h.alterHead(t, "alpha", 41, inTile)
		h.alterHead(t, "alpha", 255, inEntry|inTile)
		h.alterHead(t, "alpha", 260, inEntry)
		h.alterHead(t, "beta", 130, inEntry|inTile)
		steps, left := h.repair(t, h.memory.Handle())
		require.Empty(t, left, "%s: %v", what, steps)
		requireSame(t, before, h.files(t))
	}
}
