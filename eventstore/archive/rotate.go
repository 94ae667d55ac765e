package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"registre/domain"
	"registre/eventstore"
)

// The key of a house is changed in steps, and can be cut off between any two of them:
//
//  1. the new key is kept in a file of its own, beside the old one;
//  2. the event that names it is recorded in the house register, as any other, under the old key;
//  3. all is cut into tiles, and while nothing can be committed a receipt of the event, at the last checkpoint that the old key
//     signs, is written to rotations/N;
//  4. every published checkpoint is signed again with the new key, at the state that it had, and then key.pub is replaced;
//  5. the new key takes the old one's place.
//
// Opening finishes what has come to step 2, since the event stands, and drops a new key that no event names. From step 3 on the
// old key signs nothing more, whatever happens. The first two steps and the last are the caller's.

// Rotate does the third step and the fourth: it signs with next from now on, which the newest rotation in the house register must
// name. When next is the key in force it does nothing. After an error that matches ErrUnfinished the archive must be
// opened again, with both keys; after another it may be tried again.
func (s *Store) Rotate(ctx context.Context, next *Key) error {
	s.cutting.Lock()
	defer s.cutting.Unlock()
	s.syncing.Lock()
	defer s.syncing.Unlock()
	if s.key.same(next.PublicKey) && len(s.ring) == 1 {
		return nil
	}
	if err := s.failed(); err != nil {
		return fmt.Errorf("rotating the key: %w: %w", eventstore.ErrNotWritten, err)
	}
	if err := s.rotate(ctx, next); err != nil {
		return fmt.Errorf("rotating the key: %w", err)
	}
	return nil
}

// rotate is Rotate. The caller holds s.cutting and s.syncing, so that nothing is committed and nothing published meanwhile.
func (s *Store) rotate(ctx context.Context, next *Key) error {
	if !s.key.same(next.PublicKey) {
		if _, err := s.rotationTo(ctx, next); err != nil {
			return fmt.Errorf("%w: %w", eventstore.ErrNotWritten, err)
		}
	}
	done, err := s.commit(ctx)
	if err != nil {
		s.breakOff(err)
		return err
	}
	s.settle(done)
	if err := s.cut(ctx, s.planHeld); err != nil {
		return fmt.Errorf("%w: %w", eventstore.ErrNotWritten, err)
	}
	if err := s.dropPublished(); err != nil {
		return fmt.Errorf("%w: %w", eventstore.ErrNotWritten, err)
	}
	if !s.key.same(next.PublicKey) {
		err = s.writeRotation(ctx, next)
	}
	if err == nil {
		err = s.signAgain(next)
	}
	if err != nil {
		err = fmt.Errorf("%w: %v", ErrUnfinished, err) //nolint:errorlint // it must not match ErrNotWritten
		s.breakOff(err)
	}
	return err
}

var errNoRotation = errors.New("no event of the house register says that this key replaces the one in force")

// rotationTo finds the event that puts next in the place of the key in force.
func (s *Store) rotationTo(ctx context.Context, next *Key) (event eventstore.Record, err error) {
	for r, err := range s.Read(ctx, domain.House, 0) {
		if err != nil {
			return event, err
		}
		e, err := eventstore.Open(r)
		if err != nil {
			return event, err
		}
		if a, ok := e.Act.(*domain.KeyRotated); ok {
			event = eventstore.Record{}
			if string(a.NewKey) == FormatPublicKey(next.PublicKey) && string(a.OldKey) == FormatPublicKey(s.key.PublicKey) {
				event = r
			}
		}
	}
	if event.Number == 0 {
		err = errNoRotation
	}
	return event, err
}

// dropPublished removes the segments of the tail in which nothing is that is not published: what a cut could not remove.
func (s *Store) dropPublished() error {
	numbers, err := segmentsIn(s.dir)
	if err != nil {
		return err
	}
	for _, number := range numbers {
		if number < s.segment.number {
			if err := (&segment{path: segmentPath(s.dir, number), disk: s.disk}).drop(); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeRotation keeps the receipt of the event that names next, under the old key.
func (s *Store) writeRotation(ctx context.Context, next *Key) error {
	event, err := s.rotationTo(ctx, next)
	if err != nil {
		return err
	}
	receipt, err := s.receipt(domain.House, event.Number)
	if err != nil {
		return err
	}
	r, err := newRotation(event.Body, receipt)
	if err != nil {
		return err
	}
	if err := r.Check(); err != nil {
		return err
	}
	before, err := Rotations(s.dir)
	if err != nil {
		return err
	}
	dir := filepath.Join(s.dir, rotationsDir)
	if err := s.disk.mkdir(dir); err != nil {
		return err
	}
	return s.place(filepath.Join(dir, strconv.Itoa(len(before)+1)), r.Format(), s.dir)
}

// place puts a file in its place, durably, and brings other folders to the disk with it.
func (s *Store) place(name string, content []byte, folders ...string) error {
	temp := name + tempSuffix
	if err := s.disk.write(temp, content); err != nil {
		return err
	}
	l := landing{disk: s.disk, temps: []string{temp}, finals: []string{name}, folders: append([]string{filepath.Dir(name)}, folders...)}
	if err := l.sync(l.temps); err != nil {
		return err
	}
	return l.rename()
}

// signAgain signs every published checkpoint with the key next, publishes it, replaces the public key, and goes on with next.
func (s *Store) signAgain(next *Key) error {
	both := append(keyring{next.PublicKey}, s.ring...)
	again := map[*chain][]byte{}
	var groups []publication
	for _, c := range s.publishedChains() {
		p, err := c.signedAgain(next, both, s.disk)
		if err != nil {
			return err
		}
		again[c] = p.signed
		groups = append(groups, p)
	}
	heads := len(groups) - 1 // which comes last
	for _, some := range [][]publication{groups[:heads], groups[heads:]} {
		if len(some) > 0 {
			if err := publish(some); err != nil {
				return err
			}
		}
	}
	public := []byte(FormatPublicKey(next.PublicKey) + "\n")
	if err := s.place(filepath.Join(s.dir, publicKey), public, filepath.Dir(filepath.Clean(s.dir))); err != nil {
		return err
	}
	if err := s.goOnWith(next, again); err != nil {
		return err
	}
	return s.noteNewest(s.signed)
}

// publishedChains are the logs that have a published checkpoint, that of heads last.
func (s *Store) publishedChains() []*chain {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []*chain
	for _, c := range s.groups {
		if c.was != nil {
			all = append(all, c)
		}
	}
	return append(all, s.heads)
}

// signedAgain is the published state of a log, signed with another key. That it has been signed with it already changes nothing.
func (c *chain) signedAgain(key *Key, ring keyring, d disk) (publication, error) {
	signer, err := key.Signer(c.log.origin)
	if err != nil {
		return publication{}, err
	}
	at := Checkpoint{Origin: c.log.origin, Size: c.published.size, Root: c.published.Root()}
	signed, err := at.Sign(signer)
	return publication{log: &Log{dir: c.log.dir, origin: c.log.origin, verifiers: ring, disk: d}, was: c.was, signed: signed}, err
}

// goOnWith takes note that a key is in force, with which the published checkpoints were signed again.
func (s *Store) goOnWith(next *Key, again map[*chain][]byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	ring := keyring{next.PublicKey}
	all := []*chain{s.heads}
	for _, c := range s.groups {
		all = append(all, c)
	}
	for _, c := range all {
		signer, err := next.Signer(c.log.origin)
		if err != nil {
			return err
		}
		log := *c.log
		log.verifiers = ring
		c.log, c.signer = &log, signer
		if signed, ok := again[c]; ok {
			c.was = signed
		}
	}
	s.key, s.ring, s.signed = next, ring, s.heads.was
	return nil
}

// ErrNextKey says that an archive goes on under a key that was not given: its predecessor has signed its last checkpoint.
var ErrNextKey = errors.New("the key that replaces this one is needed")

// InForce says which of two keys an archive is signed with from now on: key, or next, which is to replace it, where a rotation
// says that it has. next may be nil; where a rotation has put another key in the place of key, the error is ErrNextKey.
func InForce(dir string, key, next *Key) (*Key, error) {
	rotations, err := Rotations(dir)
	if err != nil && next == nil {
		return key, nil // which is found by verifying; what follows does not lean on it
	}
	if n := len(rotations); err == nil && n > 0 {
		switch last := rotations[n-1]; {
		case next != nil && last.To.same(next.PublicKey):
			return next, nil
		case last.From.same(key.PublicKey):
			return nil, fmt.Errorf("%w: %s", ErrNextKey, FormatPublicKey(last.To))
		}
	}
	return key, err
}

// chooseKey takes the key that signs from now on. Where it has just come into force, its predecessor's signatures may still
// stand.
func (s *Store) chooseKey(public []byte) error {
	key, err := InForce(s.dir, s.key, s.options.Next)
	if errors.Is(err, ErrNextKey) && !s.ring.named(public) {
		return nil // it is an old key, and the rotation is long done
	}
	if err != nil {
		return err
	}
	if key != s.key {
		s.key, s.ring = key, keyring{key.PublicKey, s.key.PublicKey}
	}
	return nil
}

// named says whether a file is that of one of the keys.
func (k keyring) named(public []byte) bool {
	return slices.ContainsFunc(k, func(key PublicKey) bool { return FormatPublicKey(key)+"\n" == string(public) })
}

// finish finishes a rotation that was begun: the new key signs already, or an event of the house register names it.
func (s *Store) finish(ctx context.Context) error {
	next := s.options.Next
	if next == nil {
		return nil
	}
	if !s.key.same(next.PublicKey) {
		_, err := s.rotationTo(ctx, next)
		if errors.Is(err, errNoRotation) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	s.log.Warn("the key was being replaced: this is finished", "key", FormatPublicKey(next.PublicKey))
	return s.Rotate(ctx, next)
}

// NextKey is the file of the key that is to replace the one in another file.
func NextKey(path string) string { return path + ".next" }

// ReadNextKey reads the key that is to replace the one in path; nil where there is none.
func ReadNextKey(path string) (*Key, error) {
	key, err := ReadKey(NextKey(path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return key, err
}

// SettleKey does the last step of a rotation, durably: where next is in force its file takes the name of the old one, whose secret
// is gone then; where it is not, and so never was, it goes.
func SettleKey(path string, next *Key, inForce PublicKey) error {
	var err error
	if next.same(inForce) {
		err = os.Rename(NextKey(path), path)
	} else {
		err = os.Remove(NextKey(path))
	}
	if err != nil {
		return fmt.Errorf("settle the key: %w", err)
	}
	return syncPath(filepath.Dir(path))
}
