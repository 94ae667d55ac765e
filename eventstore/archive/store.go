package archive

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"

	"registre/domain"
	"registre/eventstore"
)

// The layout of an archive's folder.
const (
	headsDir  = "heads"
	groupsDir = "groups"
	publicKey = "key.pub"
)

// A Store keeps registers twice: in the store that it stands on, and as transparency logs in a folder. It is the store that
// a ledger works on.
//
//	Write   writes to the other store, and takes what that acknowledged into the logs of the groups
//	Sync    gives every group that has grown a head, signs the log of heads, writes all that into the tail,
//	        and syncs both copies at once
//
// So what Sync has confirmed is durable in both copies under a signed checkpoint. Behind that, now and then, the logs are
// cut into tiles and their checkpoints are published; see cut.go. Opening takes up the tail and brings the copies to the
// same end by the same steps; see recover.go.
//
// It is the only writer to the store that it stands on, unless Options.Shared says otherwise; see shared.go. Reading goes to
// the archive; see read.go.
type Store struct {
	eventstore.Store // the other copy
	dir              string
	origin           string // of the log of heads
	key              *Key   // in force; changed with cutting and syncing held as well
	ring             keyring
	log              *slog.Logger
	options          Options
	disk             disk
	others           *others // nil where the store is alone
	flusher          flusher // the other copy, where one flush is enough for both

	syncing sync.Mutex // held while a record is made and brought to the disk
	writing sync.Mutex // held while the other store is written to, until that is in the logs

	mu        sync.Mutex // guards what follows
	groups    map[domain.GroupID]*chain
	heads     *chain
	frame     []byte                    // of the record that is being gathered, nil while there is nothing
	room      int                       // that the next one begins with, in bytes
	touched   []*chain                  // by it, each once
	ahead     *foreseen                 // the checkpoint that it will be closed with, if it was foreseen rightly
	doubtful  map[domain.GroupID]uint64 // what may have been written, or may yet be, while the register ends at this or before
	segment   *segment                  // changed with syncing held as well
	old       []*segment                // that are being cut
	newest    file                      // changed with syncing held
	pending   int64                     // bytes of the segment,
	cutAfter  int64                     // of which so many are cut at once
	signed    []byte                    // the newest checkpoint of the log of heads that is durable; nil for none
	at        uint64                    // its size
	broken    error
	witnessed []byte // the checkpoint that was kept last with cosignatures; nil for none

	keeping sync.Mutex    // held while a witnessed checkpoint is kept
	fresh   chan struct{} // has a token when a newer checkpoint is durable
	cutting sync.Mutex    // held while the logs are cut
	due     chan struct{} // has a token when there is much to cut
	closing chan struct{} // closed by Close
	once    sync.Once
	cutter  sync.WaitGroup
}

// Options say how an archive is kept; the zero value is for earnest use.
type Options struct {
	Logger   *slog.Logger
	Next     *Key  // that is to replace the key, where a rotation was begun; opening finishes that (see [Store.Rotate]), or leaves it
	CutAfter int64 // bytes of the tail after which it is cut into tiles, or four times as many where that takes long; 0 for 16 MiB

	// Shared says that others write to the other store as well; then a fence keeps the key to this process. FollowAfter is how
	// long what they write may wait to be looked for; 0 for a second.
	Shared      bool
	Fence       Fence // nil for none: somebody else sees to it that nobody has a copy of the folder open
	FollowAfter time.Duration

	disk      *disk         // nil for this machine's
	lossPause time.Duration // 0 for lossPause
}

const defaultCutAfter = 16 << 20

// Ring knows the key under the names of all logs of the house: that of heads, and those of groups.
func (k PublicKey) Ring() note.Verifiers { return keyring{k} }

// keyring knows the keys of all logs of a house.
type keyring []PublicKey

// Verifier implements note.Verifiers.
func (k keyring) Verifier(name string, hash uint32) (note.Verifier, error) {
	for _, key := range k {
		if name != key.name && !strings.HasPrefix(name, GroupOrigin(key.name, "")) {
			continue
		}
		if v, err := key.Verifier(name); err == nil && v.KeyHash() == hash {
			return v, nil
		}
	}
	return nil, &note.UnknownVerifierError{Name: name, KeyHash: hash}
}

// Write implements eventstore.Store: what the other store has acknowledged joins the logs.
func (s *Store) Write(ctx context.Context, appends []eventstore.Append) []error {
	if s.others != nil {
		return s.writeShared(ctx, appends)
	}
	return s.write(ctx, appends)
}

func (s *Store) write(ctx context.Context, appends []eventstore.Append) []error {
	if err := s.failed(); err != nil {
		errs := make([]error, len(appends))
		for i := range errs {
			errs[i] = fmt.Errorf("%w: %w", eventstore.ErrNotWritten, err)
		}
		return errs
	}
	prepared := s.reckon(appends)
	s.writing.Lock()
	defer s.writing.Unlock()
	errs := s.Store.Write(ctx, appends)
	p := <-prepared
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ahead = p.ahead
	s.expect(appends)
	for i, a := range appends {
		switch {
		case errors.Is(errs[i], eventstore.ErrUnknown):
			s.doubtful[a.Group] = max(s.doubtful[a.Group], a.After)
		case errs[i] == nil:
			if errs[i] = s.take(ctx, a, p.hashes[i]); errs[i] != nil {
				s.broken = errs[i]
				errs[i] = fmt.Errorf("%w: it is in one copy: %w", eventstore.ErrUnknown, errs[i])
			}
		}
	}
	return errs
}

// A preparation is what can be reckoned while the other store writes.
type preparation struct {
	hashes [][]Hash
	ahead  *foreseen
}

// reckon does that. Where one flush is enough for both copies nothing is signed ahead: that is done while the stream's bytes are on
// their way to the device (see bring). Then a few hashes are not worth a goroutine, which another processor would have to wake up for.
func (s *Store) reckon(appends []eventstore.Append) <-chan preparation {
	prepared := make(chan preparation, 1)
	switch few := len(appends) <= aheadUpTo; {
	case s.flusher != nil && few:
		prepared <- preparation{hashes: leafHashes(appends)}
	case s.flusher != nil:
		go func() { prepared <- preparation{hashes: leafHashes(appends)} }()
	default:
		go func() {
			hashes := leafHashes(appends)
			prepared <- preparation{hashes: hashes, ahead: s.foresee(appends, hashes)}
		}()
	}
	return prepared
}

// leafHashes gives the hash of each body of each append.
func leafHashes(appends []eventstore.Append) [][]Hash {
	all := make([][]Hash, len(appends))
	for i, a := range appends {
		all[i] = make([]Hash, len(a.Bodies))
		for k, body := range a.Bodies {
			all[i][k] = LeafHash(body)
		}
	}
	return all
}

// take puts an append that the other store has into its group's log. The caller holds s.mu.
func (s *Store) take(ctx context.Context, a eventstore.Append, hashes []Hash) error {
	c, err := s.chainOf(a.Group)
	if err != nil {
		return err
	}
	if c.tree.size < a.After {
		if err := s.catchUp(ctx, a.Group, a.After); err != nil {
			return err
		}
	}
	if c.tree.size != a.After {
		return fmt.Errorf("%w: the archive of %s ends at %d, and the other copy has taken an append after %d", eventstore.ErrDamaged, a.Group, c.tree.size, a.After)
	}
	s.enter(c, a, hashes)
	return nil
}

// A record begins with room for so many bytes at least, and at most for so many as the last one had.
const (
	minRoom = 4 << 10
	maxRoom = 1 << 20
)

// expect makes the next record begin with room for these appends. One that outgrows its room leaves behind, for as long as
// the bodies in it are kept, what it lay in before. The caller holds s.mu.
func (s *Store) expect(appends []eventstore.Append) {
	const around = 16 // a body, and its append, in the record: some lengths, and a number
	need := 1024      // for the checkpoint
	for _, a := range appends {
		need += len(a.Group) + around
		for _, body := range a.Bodies {
			need += len(body) + around
		}
	}
	s.room = max(s.room, need)
}

// enter notes an append for the next record and adds it to its log. The caller holds s.mu.
func (s *Store) enter(c *chain, a eventstore.Append, hashes []Hash) {
	if s.frame == nil {
		s.frame = make([]byte, eventstore.FrameHeader, max(s.room, minRoom))
	}
	if !c.touched {
		c.touched, s.touched = true, append(s.touched, c)
	}
	before := len(s.frame)
	var bodies [][]byte
	s.frame, bodies = a.AppendTo(append(s.frame, tagAppend))
	s.pending += int64(len(s.frame) - before)
	for i, body := range bodies {
		c.add(body, hashes[i])
	}
}

// catchUp takes into the log of a group what the other store has beyond it, up to a number. The caller holds s.mu.
func (s *Store) catchUp(ctx context.Context, group domain.GroupID, upTo uint64) error {
	c, err := s.chainOf(group)
	if err != nil {
		return err
	}
	for r, err := range s.Store.Read(ctx, group, c.tree.size) {
		if err != nil {
			return err
		}
		if r.Number > upTo {
			break
		}
		a := eventstore.Append{Group: group, After: r.Number - 1, Bodies: [][]byte{r.Body}}
		s.enter(c, a, leafHashes([]eventstore.Append{a})[0])
	}
	return nil
}

// chainOf gives the log of a group. The caller holds s.mu.
func (s *Store) chainOf(group domain.GroupID) (*chain, error) {
	if c := s.groups[group]; c != nil {
		return c, nil
	}
	c, err := s.openChain(filepath.Join(groupsDir, string(group)), GroupOrigin(s.origin, string(group)))
	if err == nil {
		s.groups[group] = c
	}
	return c, err
}

func (s *Store) openChain(dir, origin string) (*chain, error) {
	signer, err := s.key.Signer(origin)
	if err != nil {
		return nil, err
	}
	log := OpenLog(filepath.Join(s.dir, dir), origin, s.ring)
	log.disk = s.disk
	c, err := openChain(log, signer)
	if err != nil {
		return nil, fmt.Errorf("the log in %s: %w", dir, err)
	}
	return c, nil
}

// failed says why nothing more can be kept twice.
func (s *Store) failed() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.broken
}

// breakOff lets nothing more be kept.
func (s *Store) breakOff(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken == nil {
		s.broken = err
	}
}

// Close implements eventstore.Store: what is durable is cut into tiles first.
func (s *Store) Close() error {
	var err error
	s.once.Do(func() {
		close(s.closing)
		s.cutter.Wait()
		s.part()
		if s.failed() == nil {
			err = s.Cut(context.Background())
		}
		s.breakOff(eventstore.ErrClosed)
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, segment := range append(s.old, s.segment) {
			if segment != nil {
				err = errors.Join(err, segment.close())
			}
		}
		if s.newest != nil {
			err = errors.Join(err, s.newest.Close())
		}
	})
	return errors.Join(err, s.Store.Close())
}

// Checkpoint gives the newest signed checkpoint of the log of heads that is durable; nil where there is none yet.
func (s *Store) Checkpoint() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.signed
}

// Keys are the public keys of all the logs.
func (s *Store) Keys() note.Verifiers {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ring
}

// PublicKey is the key that the logs are signed with.
func (s *Store) PublicKey() PublicKey {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.key.PublicKey
}
