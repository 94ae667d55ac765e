package jetstream

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nuid"

	"registre/domain"
	"registre/eventstore"
)

// How much is published at once, below what the server queues for a stream before it refuses (10,000 and 128 MiB).
const (
	maxRound      = 4096
	maxRoundBytes = 32 << 20
	manyEvents    = 256 // of an append: from here on a batch is not slower
)

// A pending append has yet to be published, from one of its events on.
type pending struct {
	index int
	from  int   // how many of its events are written
	at    place // where the last of them stands
}

// writeStraight publishes appends event by event, in rounds. Where an event follows another of the same round, its
// guard is the sequence that the other will get. If something before it was refused the other gets a different one, the
// guard refuses, and the next round has the right one.
//
// An append of several events is noted first (intent.go). While it is being written, nobody reads an end from this store.
func (w *writing) writeStraight(ctx context.Context, indexes []int) {
	id, several := w.noteSeveral(indexes)
	if several {
		w.store.halves.Lock()
		defer w.store.halves.Unlock()
	}
	var rest []pending
	for _, i := range indexes {
		if w.errs[i] == nil {
			rest = append(rest, pending{index: i})
		}
	}
	for len(rest) > 0 {
		n := w.fits(rest)
		again := w.writeRound(ctx, rest[:n], id)
		rest = append(again, rest[n:]...)
	}
}

// noteSeveral notes the appends of several events, if there are any, under the id it gives. They are ErrNotWritten where
// that fails.
func (w *writing) noteSeveral(indexes []int) (id string, several bool) {
	it := intent{id: nuid.Next()}
	for _, i := range indexes {
		if len(w.appends[i].Bodies) > 1 {
			it.appends = append(it.appends, w.appends[i])
		}
	}
	if err := w.store.note(it); err != nil {
		for _, i := range indexes {
			w.errs[i] = err
		}
	}
	return it.id, len(it.appends) > 0
}

// fits says how many of the appends can be published at once.
func (w *writing) fits(rest []pending) int {
	events, size := 0, 0
	for n, p := range rest {
		events, size = events+len(w.appends[p.index].Bodies), size+sizeOf(w.appends[p.index])
		if n > 0 && (events > maxRound || size > maxRoundBytes) {
			return n
		}
	}
	return len(rest)
}

// writeRound publishes appends, takes note of the answers, and gives those that have to be published again.
func (w *writing) writeRound(ctx context.Context, round []pending, id string) (again []pending) {
	round, msgs := w.prepare(round, id)
	verdicts := w.store.publish(ctx, msgs)
	failed := map[domain.GroupID]bool{}
	seen := map[domain.GroupID]bool{}
	for _, p := range round {
		a := w.appends[p.index]
		before, n := p.from, len(a.Bodies)-p.from
		err := w.learnVerdicts(&p, verdicts[:n])
		verdicts = verdicts[n:]
		foretold := seen[a.Group] || p.from > before // the guard that was refused
		seen[a.Group] = true
		switch {
		case err == nil:
		case !failed[a.Group] && foretold && errors.Is(err, eventstore.ErrOvertaken):
			again = append(again, p)
		default:
			w.failStraight(p, err)
			failed[a.Group] = true
		}
	}
	return again
}

// learnVerdicts takes note of the events that were written, up to the first that was not.
func (w *writing) learnVerdicts(p *pending, verdicts []verdict) error {
	for _, v := range verdicts {
		if v.err != nil {
			return v.err
		}
		a := w.appends[p.index]
		p.from++
		p.at = place{number: a.After + uint64(p.from), seq: v.seq}
		w.store.places.learn(a.Group, p.at)
	}
	return nil
}

// failStraight takes note of an append that was not acknowledged. If a part of it is written, or may be, nothing more
// may be: opening the folder again makes it whole.
func (w *writing) failStraight(p pending, err error) {
	torn := p.from > 0 || len(w.appends[p.index].Bodies) > 1 && errors.Is(err, eventstore.ErrUnknown)
	if torn {
		err = fmt.Errorf("%w: a part of the append may be written: %w", eventstore.ErrUnknown, err)
		w.store.embedded.syncer.poison(fmt.Errorf("the folder must be opened again: %w", err))
	}
	w.fail(p.index, err)
}

// prepare makes the messages of a round, in order. Appends that do not follow on their register's end, as it will be
// when those before them are written, are overtaken.
func (w *writing) prepare(round []pending, id string) (kept []pending, msgs []*nats.Msg) {
	ends := map[domain.GroupID]place{}
	base := w.store.pub.lastSeq()
	for _, p := range round {
		a := w.appends[p.index]
		end, err := w.endFor(p, ends)
		if err == nil && end.number != a.After+uint64(p.from) {
			err = overtaken(a, end.number)
		}
		if err != nil {
			w.errs[p.index] = err
			continue
		}
		for _, body := range a.Bodies[p.from:] {
			msg := guarded(subjectOf(a.Group), body, end.seq)
			if len(a.Bodies) > 1 {
				msg.Header[appendHeader] = []string{id}
			}
			msgs = append(msgs, msg)
			end = place{number: end.number + 1, seq: base + uint64(len(msgs))}
		}
		ends[a.Group] = end
		kept = append(kept, p)
	}
	return kept, msgs
}

// endFor gives the end that an append of a round follows on: as foretold, as far as itself is written, or as known.
func (w *writing) endFor(p pending, foretold map[domain.GroupID]place) (place, error) {
	group := w.appends[p.index].Group
	if end, ok := foretold[group]; ok {
		return end, nil
	}
	if p.from > 0 {
		return p.at, nil
	}
	return w.startAt(group)
}
