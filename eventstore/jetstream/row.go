package jetstream

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"

	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"

	"registre/domain"
	"registre/eventstore"
)

// How much is published at once, below what the server queues for a stream before it refuses (10,000 and 128 MiB).
const (
	maxRow      = 4096
	maxRowBytes = 32 << 20
	manyEvents  = 256 // of an append: from here on a batch is not slower
)

// writeRow publishes appends event by event where nobody else can write to the stream. Each message is guarded by the
// sequence of the one before it, whatever its register, so that what the server keeps of a row is always its beginning,
// and the answers to the first and the last speak for all. Against a register's own guard and an answer for each event,
// which other writers would require, that saves the server a look at the register's last message, and an answer.
//
// An append of several events is noted first (intent.go). While it is being written, nobody reads an end from this store.
func (w *writing) writeRow(ctx context.Context, indexes []int) {
	id, several := w.noteSeveral(indexes)
	if several {
		w.store.halves.Lock()
		defer w.store.halves.Unlock()
	}
	for len(indexes) > 0 {
		n := w.fits(indexes)
		w.publishRow(ctx, w.following(indexes[:n]), id)
		indexes = indexes[n:]
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

// fits says how many of the appends can be published at once: at least one.
func (w *writing) fits(indexes []int) int {
	events, size := 0, 0
	for n, i := range indexes {
		events, size = events+len(w.appends[i].Bodies), size+sizeOf(w.appends[i])
		if n > 0 && (events > maxRow || size > maxRowBytes) {
			return n
		}
	}
	return len(indexes)
}

// following drops what does not follow on its register's end, as it will be when those before it are written.
func (w *writing) following(indexes []int) []int {
	ends := make(map[domain.GroupID]uint64)
	kept := make([]int, 0, len(indexes))
	for _, i := range indexes {
		a := w.appends[i]
		end, ok := ends[a.Group]
		if !ok && w.errs[i] == nil {
			var at place
			at, w.errs[i] = w.startAt(a.Group)
			end = at.number
		}
		switch {
		case w.errs[i] != nil:
		case a.After != end:
			w.errs[i] = overtaken(a, end)
		default:
			ends[a.Group] = end + uint64(len(a.Bodies))
			kept = append(kept, i)
		}
	}
	return kept
}

// publishRow publishes appends in a row and takes note of what became of each.
func (w *writing) publishRow(ctx context.Context, indexes []int, id string) {
	if len(indexes) == 0 {
		return
	}
	base := w.store.pub.lastSeq()
	end := base + w.eventsOf(indexes)
	first, last := w.sendRow(ctx, indexes, base, id)
	if first.err == nil && last.err == nil && last.seq == end {
		w.learnRow(indexes, base, end, nil)
		return
	}
	reached, err := w.reached(ctx, base, end, first, last)
	w.learnRow(indexes, base, reached, err)
}

// reached gives the sequence up to which a row was kept, and what became of the rest of it. A stream that had moved on
// before the row came has another writer, whom this way of writing does not suffer: parts of the row may stand anywhere.
func (w *writing) reached(ctx context.Context, base, end uint64, first, last verdict) (uint64, error) {
	switch {
	case errors.Is(first.err, eventstore.ErrOvertaken):
		err := fmt.Errorf("%w: somebody else has written to the stream: %v", eventstore.ErrUnknown, first.err) //nolint:errorlint // it proves nothing
		w.store.embedded.syncer.poison(err)
		return base, err
	case first.err != nil:
		return base, first.err
	case errors.Is(last.err, eventstore.ErrUnknown):
		return base, last.err
	}
	info, err := w.store.info(ctx, "", 0)
	if err != nil {
		return base, fmt.Errorf("%w: %w", eventstore.ErrUnknown, err)
	}
	reached := info.State.LastSeq
	w.store.pub.reached(reached)
	if reached <= base || reached >= end {
		return base, fmt.Errorf("%w: the stream ends at %d, not from %d to %d", eventstore.ErrUnknown, reached, base+1, end-1)
	}
	return reached, fmt.Errorf("%w: the server kept the first %d events of %d", eventstore.ErrNotWritten, reached-base, end-base)
}

func (w *writing) eventsOf(indexes []int) (n uint64) {
	for _, i := range indexes {
		n += uint64(len(w.appends[i].Bodies))
	}
	return n
}

// sendRow publishes the events and gives the answers to the first, which tells a cause, and to the last, which tells all.
func (w *writing) sendRow(ctx context.Context, indexes []int, base uint64, id string) (first, last verdict) {
	p, n := w.store.pub, w.eventsOf(indexes)
	slots := int(min(n, 2))
	p.begin(slots)
	sent, slot := uint64(0), 0
	for msg := range w.row(indexes, base, id) {
		var err error
		if sent++; slot == 0 || sent == n {
			err = p.send(msg, slot)
			slot++
		} else {
			err = p.sendOn(msg)
		}
		if err != nil {
			return w.brokenOff(ctx, sent == 1, err)
		}
	}
	verdicts := w.store.verdicts(ctx)
	return verdicts[0], verdicts[slots-1]
}

// brokenOff gives what stands for the answers to a row of which a message could not be sent. Only of the first one does
// that prove anything.
func (w *writing) brokenOff(ctx context.Context, atFirst bool, cause error) (first, last verdict) {
	w.store.pub.skip(0, cause)
	if first = w.store.verdicts(ctx)[0]; !atFirst {
		first.err = fmt.Errorf("%w: the row broke off: %v", eventstore.ErrUnknown, cause) //nolint:errorlint // it proves nothing
	}
	return first, first
}

// row gives the messages of a row, one after the other in the same place.
func (w *writing) row(indexes []int, base uint64, id string) iter.Seq[*nats.Msg] {
	return func(yield func(*nats.Msg) bool) {
		guard := []string{""}
		alone := &nats.Msg{Header: nats.Header{natsjs.ExpectedLastSeqHeader: guard}}
		together := &nats.Msg{Header: nats.Header{natsjs.ExpectedLastSeqHeader: guard, appendHeader: {id}}}
		for _, i := range indexes {
			msg := alone
			if len(w.appends[i].Bodies) > 1 {
				msg = together
			}
			msg.Subject = subjectOf(w.appends[i].Group)
			for _, body := range w.appends[i].Bodies {
				guard[0], msg.Data = strconv.FormatUint(base, 10), body
				if !yield(msg) {
					return
				}
				base++
			}
		}
	}
}

// learnRow takes note of the events of a row, which was kept up to a sequence; err is what became of the others.
func (w *writing) learnRow(indexes []int, base, reached uint64, err error) {
	for _, i := range indexes {
		a := w.appends[i]
		n := uint64(len(a.Bodies))
		switch {
		case base+n <= reached:
			for k := range n {
				w.store.places.learn(a.Group, place{number: a.After + k + 1, seq: base + k + 1})
			}
		case w.broken[a.Group] && !errors.Is(err, eventstore.ErrUnknown):
			_, w.errs[i] = w.startAt(a.Group)
		default:
			w.failRow(i, base < reached, err)
		}
		base += n
	}
}

// failRow takes note of an append that was not kept. If a part of it is written, or may be, nothing more may be: opening
// the folder again makes it whole.
func (w *writing) failRow(i int, torn bool, err error) {
	if torn || len(w.appends[i].Bodies) > 1 && errors.Is(err, eventstore.ErrUnknown) {
		err = fmt.Errorf("%w: a part of the append may be written: %w", eventstore.ErrUnknown, err)
		w.store.embedded.syncer.poison(fmt.Errorf("the folder must be opened again: %w", err))
	}
	w.fail(i, err)
}
