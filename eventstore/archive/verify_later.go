package archive

import (
	"context"
	"errors"
	"iter"
	"sync"

	"registre/domain"
	"registre/eventstore"
)

// ErrNotWhole says that a log which was checked while it was read is not as it was signed. The findings say where.
var ErrNotWhole = errors.New("the log is not as it was signed: what was read of it does not count")

// checkRooms are for checks that begin one by one.
var checkRooms = sync.Pool{New: func() any { return new(room) }}

// leave leaves the logs of which nothing is found so far for later, where that is wanted. It gives where in the findings those of them
// belong, -1 where none is left.
func (v *Verification) leave() (at int) {
	if !v.options.Later || !v.options.Full {
		return -1
	}
	for _, g := range v.groups {
		g.later = g.whole && !g.lost && g.at.Size > 0 && (v.options.Only == "" || v.options.Only == g.group)
	}
	return len(v.Findings)
}

// Checked gives the events of a group as Records does, or, where nothing of them is kept, as Scan does. Where the verification has left
// the group for later, it is checked on the way, so that it is read and hashed once and not twice: then what was given counts only
// where no error follows. ErrNotWhole says that it does not; Checked gives, when it is called again, what there is. The check comes to
// its end whether more events are wanted or not.
//
// It may be used for several groups at once, and not while Rest is.
func (v *Verification) Checked(ctx context.Context, group domain.GroupID, kept bool) iter.Seq2[eventstore.Record, error] {
	g := v.groups[group]
	if g == nil || !g.later {
		return v.read(ctx, group, !kept)
	}
	return func(yield func(eventstore.Record, error) bool) {
		err := v.checkReading(ctx, g, kept, yield)
		if err != nil {
			yield(eventstore.Record{}, err)
		}
	}
}

// checkReading checks a log, and gives its events as long as they are wanted. It has no error where they are not any more.
func (v *Verification) checkReading(ctx context.Context, g *kept, kept bool, yield func(eventstore.Record, error) bool) error {
	g.later = false
	if !g.whole {
		v.checkLog(g, watch{tick: v.untold(ctx)})
		return ErrNotWhole
	}
	room := checkRooms.Get().(*room)
	defer func() {
		if kept {
			room.file = nil
		}
		checkRooms.Put(room)
	}()
	number, more := uint64(0), true
	give := func(body []byte) {
		if more && g.whole {
			number++
			more = yield(eventstore.Record{Group: g.group, Number: number, Body: body}, nil)
		}
	}
	v.checkLog(g, watch{each: func(_ uint64, body []byte) { give(body) }, tick: v.untold(ctx), room: room, keep: kept})
	switch {
	case !more:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case !g.whole:
		return ErrNotWhole
	}
	for _, body := range g.chain.bodies {
		give(body)
	}
	return nil
}

// untold goes on until the end, and tells nobody how far it has come.
func (v *Verification) untold(ctx context.Context) func(int) bool {
	return func(int) bool { return ctx.Err() == nil }
}

// Rest checks what was left for later and nobody has read. Then the verification is what it would be if nothing had been left.
func (v *Verification) Rest(ctx context.Context) error {
	var left []*kept
	for _, g := range v.groups {
		if g.later {
			left = append(left, g)
		}
		g.later = false
	}
	return v.checkThese(ctx, left)
}
