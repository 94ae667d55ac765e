package jetstream

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nuid"

	"registre/domain"
	"registre/eventstore"
)

// How much goes into one atomic batch.
const (
	maxBatch      = eventstore.MaxAppend // the server takes no more
	maxBatchBytes = 8 << 20              // unless one append has more
)

// A chain is one register's appends that follow each other and are written together.
type chain struct {
	group   domain.GroupID
	indexes []int
}

// writeBatches writes appends in atomic batches: first, for each register, as many as fit, then the next.
func (w *writing) writeBatches(ctx context.Context, pending []int) {
	for len(pending) > 0 {
		var batch []chain
		batch, pending = w.nextBatch(pending)
		w.writeBatch(ctx, batch)
	}
}

// nextBatch takes from the pending appends what fits into one batch. A register of which an append did not fit gets no
// more into this one.
func (w *writing) nextBatch(pending []int) (batch []chain, rest []int) {
	at := map[domain.GroupID]int{}
	full := map[domain.GroupID]bool{}
	events, size := 0, 0
	for _, i := range pending {
		a := w.appends[i]
		n, bytes := len(a.Bodies), sizeOf(a)
		if full[a.Group] || events > 0 && (events+n > maxBatch || size+bytes > maxBatchBytes) {
			full[a.Group] = true
			rest = append(rest, i)
			continue
		}
		if _, ok := at[a.Group]; !ok {
			at[a.Group] = len(batch)
			batch = append(batch, chain{group: a.Group})
		}
		c := &batch[at[a.Group]]
		c.indexes = append(c.indexes, i)
		events, size = events+n, size+bytes
	}
	return batch, rest
}

func sizeOf(a eventstore.Append) int {
	size := 0
	for _, body := range a.Bodies {
		size += len(body)
	}
	return size
}

// writeBatch writes chains of different registers together. If the server refuses them, one of them was overtaken and
// none is written: each half is tried by itself.
func (w *writing) writeBatch(ctx context.Context, batch []chain) {
	batch = w.fitting(batch)
	if len(batch) == 0 {
		return
	}
	last, err := w.publishBatch(ctx, batch)
	if len(batch) > 1 && errors.Is(err, eventstore.ErrOvertaken) {
		half := len(batch) / 2
		w.writeBatch(ctx, batch[:half])
		w.writeBatch(ctx, batch[half:])
		return
	}
	if err != nil {
		for _, c := range batch {
			for _, i := range c.indexes {
				w.fail(i, err)
			}
		}
		return
	}
	w.learnBatch(batch, last)
}

// fitting drops from the chains what does not follow on its register's end.
func (w *writing) fitting(batch []chain) []chain {
	var kept []chain
	for _, c := range batch {
		end, err := w.startAt(c.group)
		number := end.number
		c.indexes = slices.DeleteFunc(slices.Clone(c.indexes), func(i int) bool {
			a := w.appends[i]
			switch {
			case err != nil:
				w.errs[i] = err
			case a.After != number:
				w.errs[i] = overtaken(a, number)
			default:
				number += uint64(len(a.Bodies))
				return false
			}
			return true
		})
		if len(c.indexes) > 0 {
			kept = append(kept, c)
		}
	}
	return kept
}

// publishBatch gives the sequence of the batch's last message.
func (w *writing) publishBatch(ctx context.Context, batch []chain) (uint64, error) {
	msgs, id, err := w.batchMessages(batch)
	if err != nil {
		return 0, err
	}
	s := w.store
	s.pub.begin(1)
	if err := s.pub.sendBatch(msgs, id, 0); err != nil {
		s.pub.skip(0, err)
	}
	v := s.verdicts(ctx)[0]
	return v.seq, v.err
}

// batchMessages makes the messages of a batch, only the first of each register guarded, and notes what is intended.
func (w *writing) batchMessages(batch []chain) ([]*nats.Msg, string, error) {
	id := nuid.Next()
	var msgs []*nats.Msg
	var noted []eventstore.Append
	for _, c := range batch {
		end, err := w.startAt(c.group)
		if err != nil {
			return nil, "", err
		}
		first := len(msgs)
		for _, i := range c.indexes {
			for _, body := range w.appends[i].Bodies {
				msgs = append(msgs, inAppend(subjectOf(c.group), body, id))
			}
			if len(w.appends[i].Bodies) > 1 {
				noted = append(noted, w.appends[i])
			}
		}
		guard(msgs[first], end.seq)
	}
	return msgs, id, w.store.note(intent{id: id, appends: noted})
}

// note keeps the intent where the server's own way of completing a batch does not outlive a power cut.
func (s *Store) note(it intent) error {
	if s.embedded == nil || s.embedded.syncer.way.always() || len(it.appends) == 0 {
		return nil
	}
	if err := s.embedded.intents.note(it); err != nil {
		s.embedded.syncer.poison(fmt.Errorf("noting an append of several events: %w", err))
		return fmt.Errorf("%w: noting what is intended: %w", eventstore.ErrNotWritten, err)
	}
	return nil
}

// learnBatch takes note of where the events of a batch stand. Its messages follow each other in the stream.
func (w *writing) learnBatch(batch []chain, last uint64) {
	seq := last
	for _, c := range batch {
		for _, i := range c.indexes {
			seq -= uint64(len(w.appends[i].Bodies))
		}
	}
	for _, c := range batch {
		for _, i := range c.indexes {
			a := w.appends[i]
			for n := range a.Bodies {
				seq++
				w.store.places.learn(c.group, place{number: a.After + uint64(n) + 1, seq: seq})
			}
		}
	}
}
