package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"
)

// Why an archive cannot be written to although its files are whole.
var (
	// ErrFenced says that what was signed last with this key does not stand in this archive: another process signs with it.
	ErrFenced = errors.New("another process signs with this key")
	// ErrOlder says that more was signed with this key than this archive has: it was put back from an older copy.
	ErrOlder = errors.New("the archive is older than what was signed with its key")
)

// A Fence keeps a key from being used by two processes at once, or by one that has an older copy of the archive. It is a place
// outside of the archive's folder, one for each origin, that holds the newest signed checkpoint of the log of heads. It is
// moved at every commit, before anybody is answered.
//
// It has one caller at a time in this process; those in others are told apart by the revision, which is another one after
// each move and never 0.
type Fence interface {
	// Standing gives what stands there and its revision; nil and 0 where nothing does. It may be out of date: it is a hint,
	// and Move judges. Its error proves nothing.
	Standing(ctx context.Context) (signed []byte, revision uint64, err error)
	// Move puts signed in the place of what stands there at a revision, 0 for nothing, and gives the new revision. Its error is
	// eventstore.ErrOvertaken where something else stands there; eventstore.ErrNotWritten where it has not moved for another
	// reason; eventstore.ErrUnknown where it may have moved, or may yet.
	Move(ctx context.Context, signed []byte, revision uint64) (moved uint64, err error)
}

// How long an archive waits for a server that is away, and how long it pauses between two tries.
const (
	serverPatience = time.Minute
	shortestPause  = 10 * time.Millisecond
	longestPause   = time.Second
)

// patiently calls try until it succeeds, says by done that trying again is of no use, or the server's time is up. While the
// store is being closed it is tried once.
func (s *Store) patiently(ctx context.Context, try func() (done bool, err error)) error {
	deadline := time.Now().Add(serverPatience)
	for pause := shortestPause; ; pause = min(2*pause, longestPause) {
		done, err := try()
		if err == nil || done || time.Now().After(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-s.closing:
			return err
		case <-time.After(pause):
		}
	}
}

// moveFence moves the fence to a checkpoint whose record is durable. What is not known it looks up, and tries again; under the
// same revision, so that a move that comes late and the repeated one cannot both be. The caller holds s.syncing.
//
// It comes after the record's sync and not with it: so the archive is never behind its fence, save where it was put back from
// an older copy.
func (s *Store) moveFence(ctx context.Context, signed []byte) error {
	fence := s.options.Fence
	if fence == nil || s.others == nil {
		return nil
	}
	err := s.patiently(ctx, func() (done bool, err error) {
		moved, err := fence.Move(ctx, signed, s.others.revision)
		if err == nil {
			s.others.revision = moved
			return true, nil
		}
		stands, at, unread := fence.Standing(ctx)
		switch {
		case unread != nil:
			return false, errors.Join(err, unread)
		case bytes.Equal(stands, signed):
			s.others.revision = at
			return true, nil
		case at > s.others.revision:
			return true, fmt.Errorf("%w: %w", ErrFenced, err)
		}
		return false, err
	})
	if err != nil {
		return fmt.Errorf("moving the fence: %w", err)
	}
	return nil
}

// openFence says whether nothing stands at the fence: then nothing was signed with the key yet.
func (s *Store) openFence(ctx context.Context) (fresh bool, err error) {
	if s.options.Fence == nil {
		return true, nil
	}
	signed, _, err := s.options.Fence.Standing(ctx)
	if err != nil {
		return false, fmt.Errorf("reading the fence: %w", err)
	}
	if signed == nil {
		return true, nil
	}
	if _, _, err := OpenCheckpoint(signed, s.key.Name(), s.ring); err != nil {
		return false, fmt.Errorf("%w: what stands at its fence is not of this key: %w", ErrFenced, err)
	}
	return false, nil
}

// standAtFence holds the archive to the fence. One that was cut off after its last record was durable moves it now.
func (s *Store) standAtFence(ctx context.Context) error {
	fence := s.options.Fence
	if fence == nil {
		return nil
	}
	err := s.patiently(ctx, func() (done bool, err error) {
		stands, revision, err := fence.Standing(ctx)
		if err != nil {
			return false, err
		}
		s.others.revision = revision
		if same, err := s.judgeFence(stands); same || err != nil || s.signed == nil {
			return true, err
		}
		if stands == nil {
			s.log.Warn("the fence is gone: it is set anew where the archive ends", "size", s.at)
		}
		s.others.revision, err = fence.Move(ctx, s.signed, revision)
		return false, err
	})
	if err != nil {
		return fmt.Errorf("the fence: %w", err)
	}
	return nil
}

// judgeFence says whether the fence stands where the archive ends, or why the archive must not go on from it.
func (s *Store) judgeFence(stands []byte) (same bool, err error) {
	if bytes.Equal(stands, s.signed) {
		return true, nil
	}
	if stands == nil {
		return false, nil
	}
	at, _, err := OpenCheckpoint(stands, s.key.Name(), s.ring)
	if err != nil {
		return false, fmt.Errorf("%w: what stands there is not of this key: %w", ErrFenced, err)
	}
	if at.Size > s.at {
		return false, fmt.Errorf("%w: it ends at %d, and %d was signed", ErrOlder, s.at, at.Size)
	}
	proof, err := ProveConsistency(s.heads.hashes(), at.Size, s.at)
	if err != nil {
		return false, err
	}
	if err := CheckConsistency(proof, at, s.heads.checkpoint()); err != nil {
		return false, fmt.Errorf("%w: %w", ErrFenced, err)
	}
	return false, nil
}

// fence says whether an archive goes on from what stands at its fence: ErrOlder or ErrFenced where not.
func (v *Verification) fence(stands []byte) (at Checkpoint, err error) {
	at, _, err = OpenCheckpoint(stands, v.Key.name, v.ring)
	switch {
	case err != nil:
		return at, fmt.Errorf("%w: %w", ErrFenced, err)
	case at.Size > v.Newest.Size:
		return at, fmt.Errorf("%w: it ends at %d, and %d was signed", ErrOlder, v.Newest.Size, at.Size)
	case at.Size == 0:
		return at, nil
	}
	if err := v.continuesFrom(stands); err != nil {
		return at, fmt.Errorf("%w: %w", ErrFenced, err)
	}
	return at, nil
}

// HoldToFence finds out whether an archive that was verified has what was signed last with its key: ErrOlder and ErrFenced are
// its findings.
func (v *Verification) HoldToFence(ctx context.Context, fence Fence) error {
	stands, _, err := fence.Standing(ctx)
	if err != nil || stands == nil {
		return err
	}
	if _, err := v.fence(stands); err != nil {
		v.found(Finding{Copy: InArchive, File: headsDir, Cause: err})
	}
	return nil
}

// TakeFence moves a fence back to where an archive ends that is older than what was signed with its key, and gives the checkpoint
// that stood there, which from then on has no successor: whoever keeps it will see that. It does nothing where the archive goes
// on from the fence. ErrFenced says that the archive has another history: then it must not be written on. The archive was
// verified, and must not be open.
func (v *Verification) TakeFence(ctx context.Context, key *Key, fence Fence) (left *Checkpoint, err error) {
	stands, revision, err := fence.Standing(ctx)
	if err != nil || stands == nil {
		return nil, err
	}
	at, err := v.fence(stands)
	if !errors.Is(err, ErrOlder) {
		return nil, err
	}
	signed := v.Signed
	if signed == nil { // the archive begins anew
		if signed, err = v.signEmpty(key); err != nil {
			return nil, err
		}
	}
	if _, err := fence.Move(ctx, signed, revision); err != nil {
		return nil, err
	}
	return &at, nil
}

func (v *Verification) signEmpty(key *Key) ([]byte, error) {
	signer, err := key.Signer(v.Key.name)
	if err != nil {
		return nil, err
	}
	return Checkpoint{Origin: v.Key.name, Root: emptyRoot}.Sign(signer)
}
