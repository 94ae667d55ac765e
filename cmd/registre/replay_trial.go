package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
	"registre/replay"
)

// A trial replays groups of an archive that was verified, or whose groups are verified as they are read.
type trial struct {
	found    *archive.Verification
	records  func(_ context.Context, _ domain.GroupID, kept bool) iter.Seq2[eventstore.Record, error] // kept: by who asks, as they are
	now      func() time.Time
	ask      Question
	kept     bool // it is held to a checkpoint that was kept elsewhere
	stream   string
	progress *progress
	aside    *replayAside // where what is found lies

	at          domain.Day
	known       replay.Known
	sizes       map[domain.GroupID]uint64 // at that checkpoint; nil for none
	done, total atomic.Uint64
}

// run replays the groups that are asked for, as many at a time as there are processors.
func (t *trial) run(ctx context.Context) (answer replayAnswer, err error) {
	if err := t.times(); err != nil {
		return answer, err
	}
	ends := t.ends()
	answer = replayAnswer{At: t.at.String(), Groups: make([]replayedGroup, len(ends)), Meta: replayMeta{
		Checkpoint: string(t.found.Signed), Replayed: domain.InstantOf(t.now()).String(),
	}}
	if t.kept {
		if t.sizes, err = t.found.Kept(); err != nil && !errors.Is(err, archive.ErrRewritten) {
			return answer, err
		}
	}
	defer collectLate(auditRoom)()
	t.progress.again()
	errs := make([]error, len(ends))
	inParallel(len(ends), func(i int) {
		if errs[i] = ctx.Err(); errs[i] == nil {
			answer.Groups[i], errs[i] = t.group(ctx, i, ends[i])
		}
	})
	err = errors.Join(append(errs, t.found.Rest(ctx), ctx.Err())...)
	for i := range answer.Groups {
		if err == nil {
			err = answer.Groups[i].callGone()
		}
	}
	answer.Meta.Verification = answerOf(t.found, true, t.stream)
	return answer, err
}

// auditRoom is by how much the heap may grow in an audit, in bytes: it keeps little, and makes much.
const auditRoom = 64 << 20

// replayRoom is by how much it may grow at most, where a long register stands in it: with half of that the collector takes a quarter more of
// the processor.
const replayRoom = 128 << 20

// times reads the pair of times that is asked about.
func (t *trial) times() (err error) {
	if t.at = domain.InstantOf(t.now()).Day(); t.ask.At != "" {
		if t.at, err = domain.ParseDay(t.ask.At); err != nil {
			return misuse("day-unreadable", t.ask.At, err.Error())
		}
	}
	if t.known, err = replay.ParseKnown(t.ask.Known); err != nil {
		return misuse("known-unreadable", t.ask.Known, err.Error())
	}
	return nil
}

// ends are the groups to be replayed, each with its last number.
func (t *trial) ends() []eventstore.Head {
	asked := strings.Fields(t.ask.Group)
	ends := slices.DeleteFunc(t.found.Ends(), func(h eventstore.Head) bool {
		return len(asked) > 0 && !slices.Contains(asked, string(h.Group))
	})
	for _, h := range ends {
		t.total.Add(h.Number)
	}
	return ends
}

// upTo reads a group from a store that goes on growing, as far as it was verified.
func upTo(found *archive.Verification, store *archive.Store) func(context.Context, domain.GroupID, bool) iter.Seq2[eventstore.Record, error] {
	last := map[domain.GroupID]uint64{}
	for _, h := range found.Ends() {
		last[h.Group] = h.Number
	}
	return func(ctx context.Context, group domain.GroupID, _ bool) iter.Seq2[eventstore.Record, error] {
		return func(yield func(eventstore.Record, error) bool) {
			for r, err := range store.Read(ctx, group, 0) {
				if err == nil && r.Number > last[group] || !yield(r, err) {
					return
				}
			}
		}
	}
}

// group replays one. What is damaged in it is part of the answer.
func (t *trial) group(ctx context.Context, i int, end eventstore.Head) (g replayedGroup, err error) {
	if n, ok := t.known.Number(); ok && n > end.Number && len(strings.Fields(t.ask.Group)) == 1 {
		return g, misuse("known-ahead", t.ask.Known, "#"+decimal(end.Number))
	}
	retrial, err := t.retry(ctx, end)
	if ctx.Err() != nil {
		return g, ctx.Err()
	}
	g = replayedGroup{Group: string(end.Group), Known: retrial.Book.Head(), Checked: retrial.Checked, aside: t.aside.of(i)}
	if err != nil {
		g.Damage = damageOf(retrial.Book.Head()+1, err)
	}
	if g.Known == end.Number {
		root := t.found.Root(end.Group)
		g.Root = hex.EncodeToString(root[:])
	}
	if g.Known > 0 {
		first := retrial.Book.Envelope(1)
		g.Name = nameIn(&first)
	}
	if err := t.since(&g, retrial); err != nil {
		return g, err
	}
	return g, t.judge(&g, retrial)
}

// retry decides the events of a group again, as far as may be known. Where the group was verified on the way and is not whole, that was
// in vain: then what there is of it is read again.
func (t *trial) retry(ctx context.Context, end eventstore.Head) (*replay.Retrial, error) {
	r, err := t.retryOnce(ctx, end)
	if errors.Is(err, archive.ErrNotWhole) {
		t.done.Add(-r.Book.Head())
		r, err = t.retryOnce(ctx, end)
	}
	return r, err
}

func (t *trial) retryOnce(ctx context.Context, end eventstore.Head) (*replay.Retrial, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	r := replay.NewRetrial(domain.InstantOf(t.now()))
	expected := end.Number
	if n, ok := t.known.Number(); ok {
		expected = min(expected, n)
	}
	r.Expect(expected)
	return r, r.Read(t.within(t.events(ctx, end)))
}

// events decodes a group: one event when the one before was judged, where other groups keep the processors busy; otherwise ahead, on
// all of them. It is read, and verified, to its end in any case.
func (t *trial) events(ctx context.Context, end eventstore.Head) iter.Seq2[eventstore.Envelope, error] {
	from := eventstore.Head{Group: end.Group}
	if end.Number*uint64(2*runtime.GOMAXPROCS(0)) <= t.total.Load() {
		return eventstore.Opened(t.records(ctx, end.Group, false), from)
	}
	return eventstore.Envelopes(ctx, from, func(context.Context) iter.Seq2[eventstore.Record, error] { return t.records(ctx, end.Group, true) })
}

// within passes on the events that may be known, and counts them.
func (t *trial) within(events iter.Seq2[eventstore.Envelope, error]) iter.Seq2[eventstore.Envelope, error] {
	number, byNumber := t.known.Number()
	instant, byInstant := t.known.Instant()
	return func(yield func(eventstore.Envelope, error) bool) {
		for e, err := range events {
			if err == nil && (byNumber && e.Number > number || byInstant && e.Recorded > instant) {
				return
			}
			if !yield(e, err) || err != nil {
				return
			}
			if done := t.done.Add(1); done%1024 == 0 {
				t.progress.of(done, t.total.Load())
			}
		}
	}
}

// damageOf is what cannot be read as it was written.
func damageOf(at uint64, err error) *foundThing {
	f := faultOf(err)
	return &foundThing{Cause: fmt.Sprint(err), Code: f.Code, Copy: archive.InArchive, Kind: f.Name, Number: at}
}

// inParallel does something n times, on every processor.
func inParallel(n int, do func(i int)) {
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		workers.Go(func() {
			for i := next.Add(1) - 1; int(i) < n; i = next.Add(1) - 1 {
				do(int(i))
			}
		})
	}
	workers.Wait()
}
