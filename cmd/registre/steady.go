package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"sync"
	"time"

	"registre/domain"
	"registre/eventstore"
	"registre/web"
)

// steady is the desk of whoever holds the folder at the moment: when that process leaves, it reaches the next one, or opens
// the folder itself. What was asked is asked again; a command's id makes that harmless.
type steady struct {
	reopen  func(context.Context) (desk, error)
	gaveWay func() // tells that this process has held the folder, and another wants it; nil where nobody is told

	mu  sync.Mutex
	now desk
}

func (s *steady) current() desk {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// mostLost is how often in a row whoever holds the folder may be lost before anything came of asking: with the pauses, as long as patience.
const mostLost = 16

// losses are how often in a row whoever holds the folder was lost.
type losses int

// pause waits before another is looked for, longer each time: the process that went may still be leaving, and one that answers something
// else may lose each who asks for this. It reports whether to go on.
func (l *losses) pause(ctx context.Context) bool {
	*l++
	if *l > mostLost {
		return false
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(min(time.Second, 10*time.Millisecond<<(*l-1))):
		return true
	}
}

// held begins the count anew where the one who is lost now had held on for a while: nobody follows what seldom happens for nothing.
func (l *losses) held(since time.Time) {
	if time.Since(since) >= patience {
		*l = 0
	}
}

// again reports whether err says that the process behind d has gone, and another was reached, or is there already.
func (s *steady) again(ctx context.Context, d desk, err error, lost *losses) bool {
	var f *Fault
	if !errors.As(err, &f) || f.Name != "unreachable" || !lost.pause(ctx) {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now != d {
		return true
	}
	if _, held := d.(*guest); held && s.gaveWay != nil {
		s.gaveWay()
	}
	next, err := s.reopen(ctx)
	if err != nil {
		return false
	}
	_ = d.Close() // it leads nowhere any more
	s.now = next
	return true
}

// Record implements desk.
func (s *steady) Record(ctx context.Context, command []byte) (Recorded, error) {
	for lost := losses(0); ; {
		d := s.current()
		done, err := d.Record(ctx, command)
		if !s.again(ctx, d, err, &lost) {
			return done, err
		}
	}
}

// Ask implements desk.
func (s *steady) Ask(ctx context.Context, q Question) (json.RawMessage, error) {
	for lost := losses(0); ; {
		d := s.current()
		answer, err := d.Ask(ctx, q)
		if !s.again(ctx, d, err, &lost) {
			return answer, err
		}
	}
}

// Records implements desk. What was given is not given again.
func (s *steady) Records(ctx context.Context, group domain.GroupID, after uint64, follow bool) iter.Seq2[eventstore.Record, error] {
	return func(yield func(eventstore.Record, error) bool) {
		given := map[domain.GroupID]uint64{}
		if group != "" {
			given[group] = after
		}
		for lost := losses(0); ; {
			d, gone, begun := s.current(), error(nil), time.Now()
			for r, err := range d.Records(ctx, group, given[group], follow) {
				if err != nil {
					gone = err
					break
				}
				if r.Number <= given[r.Group] {
					continue
				}
				given[r.Group], lost = r.Number, 0
				if !yield(r, nil) {
					return
				}
			}
			lost.held(begun)
			if gone == nil && (!follow || ctx.Err() != nil) {
				return
			}
			if gone == nil {
				gone = failure("unreachable", "", nil) // what is followed only ends when the other process does
			}
			if !s.again(ctx, d, gone, &lost) {
				if ctx.Err() == nil {
					yield(eventstore.Record{}, gone)
				}
				return
			}
		}
	}
}

// Close implements desk.
func (s *steady) Close() error {
	return s.current().Close()
}

// TellAll implements allNoticing. What was given is not given again: it goes on from the last place.
func (s *steady) TellAll(ctx context.Context, q web.AllNoticesAsked) iter.Seq2[web.Item, error] {
	return func(yield func(web.Item, error) bool) {
		var given repeats
		for lost := losses(0); ; given.anew = true {
			d, gone, begun := s.current(), error(nil), time.Now()
			all, ok := d.(allNoticing)
			if !ok {
				yield(web.Item{}, failure("unreachable", "", nil))
				return
			}
			for item, err := range all.TellAll(ctx, q) {
				if err != nil {
					gone = err
					break
				}
				if !given.knows(item.Body) && !yield(item, nil) {
					return
				}
				q.Last, lost = cmp.Or(item.ID, q.Last), 0
			}
			lost.held(begun)
			if gone == nil && (!q.Follow || ctx.Err() != nil) {
				return
			}
			if gone == nil {
				gone = failure("unreachable", "", nil) // as of records
			}
			if !s.again(ctx, d, gone, &lost) {
				if ctx.Err() == nil {
					yield(web.Item{}, gone)
				}
				return
			}
		}
	}
}
