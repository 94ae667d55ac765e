package jetstream

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"registre/domain"
	"registre/eventstore"
)

// Write implements eventstore.Store. It returns when the server has answered every append, or when its time is up: what
// is then open is ErrUnknown. With Connect it also returns when ctx has ended; an embedded server answers at once, or is
// broken, and is not left in the middle of an append.
//
// Where nobody else can write, events are published in one row (row.go). Elsewhere an event alone in its register is
// published with a guard of its own (singly.go), and those that belong together, or follow each other, go in the server's
// atomic batches (batch.go).
func (s *Store) Write(ctx context.Context, appends []eventstore.Append) []error {
	w := &writing{store: s, appends: appends, errs: make([]error, len(appends)), broken: map[domain.GroupID]bool{}}
	if err := s.writable(ctx, appends); err != nil {
		w.failAll(fmt.Errorf("%w: %w", eventstore.ErrNotWritten, err))
		return w.errs
	}
	if s.embedded != nil {
		ctx = context.WithoutCancel(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	unbatched, batched := w.split()
	w.knowEnds(ctx)
	if s.exclusive.Load() {
		w.writeRow(ctx, unbatched)
	} else {
		w.writeSingly(ctx, unbatched)
	}
	w.writeBatches(ctx, batched)
	if s.embedded != nil {
		s.embedded.intents.answered()
	}
	return w.errs
}

// writable says why nothing may be sent.
func (s *Store) writable(ctx context.Context, appends []eventstore.Append) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	if s.embedded == nil {
		return nil
	}
	if err := s.embedded.syncer.failed(); err != nil {
		return err
	}
	return s.embedded.room(appends)
}

// room refuses what the disk may not hold: the server answers nothing on a full disk, and must then be started again.
func (e *embedded) room(appends []eventstore.Append) error {
	free, err := freeSpace(e.folder.dir)
	if err != nil {
		return fmt.Errorf("asking for the disk's free space: %w", err)
	}
	need := e.minFree
	for _, a := range appends {
		for _, body := range a.Bodies {
			need += 3 * (uint64(len(body)) + 256) // in the note, in the batch's files and in the stream
		}
	}
	if free < need {
		return fmt.Errorf("the disk is full: %d bytes free, %d needed", free, need)
	}
	return nil
}

// A writing is one call of Write.
type writing struct {
	store   *Store
	appends []eventstore.Append
	errs    []error                 // what is nil at the end was acknowledged
	broken  map[domain.GroupID]bool // whether an append to the register was sent and not acknowledged
}

func (w *writing) failAll(err error) {
	for i := range w.errs {
		w.errs[i] = err
	}
}

// split refuses what no store could take, and parts the others by how their registers are written to.
func (w *writing) split() (unbatched, batched []int) {
	inBatch := map[domain.GroupID]bool{}
	count := map[domain.GroupID]int{}
	for i, a := range w.appends {
		if w.errs[i] = a.Check(); w.errs[i] == nil {
			count[a.Group]++
			if w.store.needsBatch(a, count[a.Group]) {
				inBatch[a.Group] = true
			}
		}
	}
	for i, a := range w.appends {
		switch {
		case w.errs[i] != nil:
		case inBatch[a.Group]:
			batched = append(batched, i)
		default:
			unbatched = append(unbatched, i)
		}
	}
	return unbatched, batched
}

// needsBatch says whether an append, the nth of its register in one call, has to be written by an atomic batch. What
// others can get between cannot be foretold: where they can, events that belong together or follow each other go so.
func (s *Store) needsBatch(a eventstore.Append, nth int) bool {
	alone := nth == 1 && len(a.Bodies) == 1
	switch {
	case !s.exclusive.Load():
		return !alone
	case s.embedded.syncer.way == byBatch:
		return true
	case s.embedded.syncer.way == bySyncAlways:
		return len(a.Bodies) > 1
	}
	return len(a.Bodies) > manyEvents || len(a.Bodies) > 1 && sizeOf(a) > maxRowBytes/2
}

// knowEnds asks the server for the ends that are not known, or that are known to have moved.
func (w *writing) knowEnds(ctx context.Context) {
	asked := map[domain.GroupID]bool{}
	var unknown []domain.GroupID
	for i, a := range w.appends {
		if w.errs[i] != nil || asked[a.Group] {
			continue
		}
		asked[a.Group] = true
		if end, known := w.store.places.end(a.Group); !known || a.After > end.number {
			unknown = append(unknown, a.Group)
		}
	}
	if len(unknown) > 0 {
		w.fetchEnds(ctx, unknown)
	}
}

// fetchEnds asks for several ends at a time. An end that it does not get stays unknown, and its appends unwritten.
func (w *writing) fetchEnds(ctx context.Context, groups []domain.GroupID) {
	next := make(chan domain.GroupID)
	var workers sync.WaitGroup
	for range min(16, len(groups)) {
		workers.Go(func() {
			for group := range next {
				if _, err := w.store.fetchEnd(ctx, group); err != nil {
					w.store.places.doubt(group)
				}
			}
		})
	}
	for _, group := range groups {
		next <- group
	}
	close(next)
	workers.Wait()
}

// fetchEnd asks the server where a register ends: for its last message; where that is not the one known to be the end,
// for their count; and for the last message again. No message is given while a batch is half written, but it is counted:
// the count is one of whole appends where the last message was the same before and after.
func (s *Store) fetchEnd(ctx context.Context, group domain.GroupID) (place, error) {
	if end, ok, err := s.endAtOpening(ctx, group); ok || err != nil {
		return end, err
	}
	last, err := s.lastOf(ctx, subjectOf(group))
	for err == nil {
		if end, known := s.places.end(group); known && end.seq == last.seq {
			return end, nil
		}
		var info *streamInfo
		if info, err = s.info(ctx, subjectOf(group), 0); err != nil {
			break
		}
		before := last.seq
		if last, err = s.lastOf(ctx, subjectOf(group)); err == nil && last.seq == before {
			end := place{number: info.State.Subjects[subjectOf(group)], seq: last.seq}
			s.places.learn(group, end)
			return end, nil
		}
	}
	return place{}, err
}

// endAtOpening gives the end of a register to which nothing can have been written since the opening, which counted them.
func (s *Store) endAtOpening(ctx context.Context, group domain.GroupID) (end place, ok bool, err error) {
	if !s.exclusive.Load() || s.atOpening == nil || !s.places.untouched(group) {
		return place{}, false, nil
	}
	if end.number = s.atOpening[group]; end.number > 0 {
		last, err := s.lastOf(ctx, subjectOf(group))
		if err != nil {
			return place{}, false, err
		}
		end.seq = last.seq
	}
	return end, s.places.learnFirst(group, end), nil
}

// startAt gives the end of a register, or why nothing can be appended there.
func (w *writing) startAt(group domain.GroupID) (place, error) {
	end, known := w.store.places.end(group)
	if w.broken[group] {
		return end, fmt.Errorf("%w: an append to %s before this one was not acknowledged", eventstore.ErrOvertaken, group)
	}
	if !known {
		return end, fmt.Errorf("%w: the server does not say where the register ends", eventstore.ErrNotWritten)
	}
	return end, nil
}

func overtaken(a eventstore.Append, end uint64) error {
	return fmt.Errorf("%w: %s ends at %d, not at %d", eventstore.ErrOvertaken, a.Group, end, a.After)
}

// fail takes note of an append that was not acknowledged, and of what is now in doubt.
func (w *writing) fail(i int, err error) {
	w.errs[i] = fmt.Errorf("%s after %d: %w", w.appends[i].Group, w.appends[i].After, err)
	w.store.places.doubt(w.appends[i].Group)
	w.broken[w.appends[i].Group] = true
	if errors.Is(err, eventstore.ErrUnknown) {
		w.store.exclusive.Store(false) // what may still come late would be mistaken for what was foretold
	}
}

// publish sends messages without waiting in between, and gives what the server says of each.
func (s *Store) publish(ctx context.Context, msgs []*nats.Msg) []verdict {
	if len(msgs) == 0 {
		return nil
	}
	s.pub.begin(len(msgs))
	for slot, msg := range msgs {
		if err := s.pub.send(msg, slot); err != nil {
			s.pub.skip(slot, err)
			break
		}
	}
	return s.verdicts(ctx)
}

// verdicts waits for the answers of the round.
func (s *Store) verdicts(ctx context.Context) []verdict {
	verdicts := s.pub.wait(ctx)
	for i, v := range verdicts {
		if errors.Is(v.err, errNoAnswer) {
			verdicts[i].err = s.explain(v.err)
		}
	}
	return verdicts
}

// explain adds to a missing answer what can be seen of its cause. An embedded server that does not answer has failed to
// write, as a rule; it would go on so, and has to be started again.
func (s *Store) explain(err error) error {
	if s.embedded == nil {
		return err
	}
	if free, e := freeSpace(s.embedded.folder.dir); e == nil && free < s.embedded.minFree {
		err = fmt.Errorf("%w; the disk has %d bytes left", err, free)
	}
	if health := s.embedded.srv.Healthz(&server.HealthzOptions{}); health.Status != "ok" {
		err = fmt.Errorf("%w; the server is not well: %s", err, health.Error)
	}
	return err
}
