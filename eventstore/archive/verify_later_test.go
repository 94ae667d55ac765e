package archive_test

import (
	"context"
	"errors"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
)

// told is what a verification says, and what it gives to read.
type told struct {
	findings []string
	bodies   map[domain.GroupID][]string
	errs     map[domain.GroupID]string
}

// read takes what is given of a group, as often as what was given does not count.
func (o *told) read(group domain.GroupID, records func() iter.Seq2[eventstore.Record, error]) (again bool) {
	o.bodies[group], o.errs[group] = nil, ""
	var kept []eventstore.Record
	for r, err := range records() {
		if err != nil {
			o.errs[group] = err.Error()
			again = errors.Is(err, archive.ErrNotWhole)
			break
		}
		kept = append(kept, r)
	}
	for i, r := range kept {
		if r.Number != uint64(i+1) || r.Group != group {
			o.errs[group] += " out of its place"
		}
		o.bodies[group] = append(o.bodies[group], string(r.Body))
	}
	return again
}

// tell verifies a house and reads it: first the one and then the other, or both at once.
func (h aHouse) tell(t *testing.T, later, kept bool) (o told) {
	o = told{bodies: map[domain.GroupID][]string{}, errs: map[domain.GroupID]string{}}
	v := h.verify(t, archive.VerifyOptions{Full: true, Later: later})
	for _, group := range []domain.GroupID{"alpha", "beta", "nobody"} {
		records := func() iter.Seq2[eventstore.Record, error] { return v.Checked(context.Background(), group, kept) }
		if !kept { // then a body is good until the next alone
			of := records
			records = func() iter.Seq2[eventstore.Record, error] {
				return func(yield func(eventstore.Record, error) bool) {
					for r, err := range of() {
						r.Body = slices.Clone(r.Body)
						if !yield(r, err) {
							return
						}
					}
				}
			}
		}
		if o.read(group, records) {
			require.False(t, o.read(group, records), "twice not whole")
		}
	}
	require.NoError(t, v.Rest(t.Context()))
	for _, f := range v.Findings {
		o.findings = append(o.findings, f.String())
	}
	slices.Sort(o.findings)
	return o
}

// TestCheckedOnTheWay: what is checked as it is read is found, and given, as what is checked before it is read; also where bytes of any
// file are altered or files are gone, and whether what is given is kept or not.
func TestCheckedOnTheWay(t *testing.T) {
	h := build(t, 620, 600)
	whole := h.tell(t, true, true)
	require.Empty(t, whole.findings)
	require.Len(t, whole.bodies["alpha"], 620)
	require.Equal(t, h.tell(t, false, true), whole)
	require.Equal(t, whole, h.tell(t, true, false))

	r := rand.New(rand.NewPCG(9, 9))
	files, notWhole := h.files(t), 0
	for _, name := range slices.Sorted(maps.Keys(files)) {
		content := files[name]
		for range 4 {
			altered := slices.Clone(content)
			altered[r.IntN(len(altered))] ^= byte(1 << r.IntN(8))
			if r.IntN(4) == 0 {
				altered = altered[:r.IntN(len(altered))]
			}
			h.put(t, name, altered)
			if name == "key.pub" {
				break
			}
			before := h.tell(t, false, true)
			require.Equal(t, before, h.tell(t, true, true), name)
			require.Equal(t, before, h.tell(t, true, false), name)
			if strings.HasPrefix(name, "groups/") && len(before.findings) > 0 {
				notWhole++
			}
		}
		h.put(t, name, content)
	}
	require.Greater(t, notWhole, 20)
}

// TestRestChecksWhatNobodyRead: what was left and not read, or not to its end, is checked all the same.
func TestRestChecksWhatNobodyRead(t *testing.T) {
	h := build(t, 620, 600)
	name := "groups/alpha/tile/entries/001"
	content := h.files(t)[name]
	content[len(content)/2] ^= 1
	h.put(t, name, content)
	for _, read := range []int{0, 1, 300} {
		v := h.verify(t, archive.VerifyOptions{Full: true, Later: true})
		require.Empty(t, v.Findings)
		if read > 0 {
			n := 0
			for _, err := range v.Checked(t.Context(), "alpha", true) {
				require.NoError(t, err)
				if n++; n == min(read, 250) {
					break
				}
			}
			require.Len(t, v.Findings, 1, "the check goes on to the end")
		}
		require.NoError(t, v.Rest(t.Context()))
		require.Len(t, v.Findings, 1)
		require.Equal(t, name, v.Findings[0].File)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	v := h.verify(t, archive.VerifyOptions{Full: true, Later: true})
	require.ErrorIs(t, v.Rest(ctx), context.Canceled)
}
