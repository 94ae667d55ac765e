package archive

import (
	"context"
	"errors"
	"fmt"

	"registre/domain"
	"registre/eventstore"
)

// Sync implements eventstore.Store.
func (s *Store) Sync(ctx context.Context) error {
	s.syncing.Lock()
	defer s.syncing.Unlock()
	if err := s.failed(); err != nil {
		return err
	}
	done, err := s.commit(ctx)
	if err != nil {
		err = fmt.Errorf("syncing both copies: %w", err)
		s.breakOff(err)
		return err
	}
	s.settle(done)
	return nil
}

// A sealed record is what commit has written: the newest states of the logs that it covers.
type sealed struct {
	signed  []byte
	size    uint64
	touched []*chain
	heads   []head
}

// A flusher is a store whose Sync has the device flushed that a path lies on. SyncAlong calls along when what it has to write itself is
// on its way, and has it flushed after that, unless that fails.
type flusher interface {
	Flushes(path string) bool
	SyncAlong(ctx context.Context, along func() error) error
}

// commit makes the record of what was written since the last one, and brings both copies to the disk.
func (s *Store) commit(ctx context.Context) (*sealed, error) {
	if err := s.resolve(ctx, ""); err != nil {
		return nil, err
	}
	done, err := s.bring(ctx)
	if err == nil && done != nil {
		err = errors.Join(s.segment.confirm(), s.noteNewest(done.signed))
	}
	if err == nil && done != nil {
		err = s.moveFence(ctx, done.signed)
	}
	return done, err
}

// bring brings both copies to the disk: by one flush for both where it can, otherwise with a sync of each, at once. It gives what the
// record covers; nil where there is none.
func (s *Store) bring(ctx context.Context) (done *sealed, err error) {
	if s.flusher != nil {
		err = s.flusher.SyncAlong(ctx, func() (err error) {
			done, err = s.note(true)
			return err
		})
		return done, err
	}
	noted := make(chan error, 1)
	go func() {
		var err error
		done, err = s.note(false)
		noted <- err
	}()
	err = s.Store.Sync(ctx)
	err = errors.Join(err, <-noted) // done can be read from here on
	return done, err
}

// note seals the record, writes it and brings it to the disk, or where a flush is to follow to the device, while the other store does
// the same with its own. What is written to that only now stands in the record too, and is answered after the next sync.
func (s *Store) note(flushed bool) (done *sealed, err error) {
	frame, done, err := s.seal()
	if err == nil && frame != nil {
		err = s.segment.add(frame)
	}
	if err == nil && frame != nil {
		err = s.segment.sync(flushed)
	}
	return done, err
}

// resolve takes up what may have been written to a group, or with "" to any, without having been acknowledged. What is just
// being written is waited for: who writes it takes it up. A group stays in doubt until its register has moved on; only
// then does the guard keep out what may still come late.
func (s *Store) resolve(ctx context.Context, only domain.GroupID) error {
	switch {
	case !s.inDoubt(only), s.others != nil && only != "": // what is beyond the archive is read from the stream
		return nil
	case s.others != nil:
		return s.resolveShared(ctx)
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	for group, after := range s.doubtful {
		if only != "" && only != group {
			continue
		}
		end, err := s.Store.Head(ctx, group)
		if err != nil {
			return err
		}
		if err := s.catchUp(ctx, group, end.Number); err != nil {
			return err
		}
		if end.Number > after {
			delete(s.doubtful, group)
		}
	}
	return nil
}

// inDoubt says whether a group is in doubt, or with "" any.
func (s *Store) inDoubt(group domain.GroupID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.doubtful[group]
	return ok || group == "" && len(s.doubtful) > 0
}

// seal gives every log that has grown a head, signs the log of heads, and closes the record. frame is nil where nothing
// has grown.
func (s *Store) seal() (frame []byte, done *sealed, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.frame == nil {
		return nil, nil, nil
	}
	done = &sealed{touched: s.touched, heads: make([]head, len(s.touched))}
	for i, c := range s.touched {
		done.heads[i] = s.addHead(c)
	}
	if done.signed, err = s.sign(s.heads.checkpoint()); err != nil {
		return nil, nil, err
	}
	done.size = s.heads.tree.size
	frame = append(append(s.frame, tagCheckpoint), done.signed...)
	eventstore.SealFrame(frame)
	s.frame, s.touched, s.room = nil, nil, min(len(frame), maxRoom)
	return frame, done, nil
}

// sign signs a checkpoint of the log of heads, unless that was done ahead. The caller holds s.mu.
func (s *Store) sign(at Checkpoint) ([]byte, error) {
	ahead := s.ahead
	s.ahead = nil
	if ahead != nil && ahead.at == at && ahead.signer == s.heads.signer {
		return ahead.signed, nil
	}
	return at.Sign(s.heads.signer)
}

// addHead adds the state of a group's log to the log of heads. The caller holds s.mu.
func (s *Store) addHead(c *chain) head {
	c.head, c.touched = head{size: c.tree.size, index: s.heads.tree.size}, false
	s.heads.append(c.checkpoint().Text())
	return c.head
}

// settle takes note that a record is durable.
func (s *Store) settle(done *sealed) {
	if done == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.signed, s.at = done.signed, done.size
	select {
	case s.fresh <- struct{}{}:
	default:
	}
	for i, c := range done.touched {
		c.kept = done.heads[i]
	}
	if s.pending >= s.cutAfter {
		select {
		case s.due <- struct{}{}:
		default:
		}
	}
}
