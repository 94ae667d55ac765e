package eventstore

import (
	"bufio"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/google/uuid"

	"registre/domain"
)

// Snapshots keep books as they stood, so that a ledger need not fold registers again from their first events. They are a cache:
// it is they who see to it that what they give was made by this code, of this register as it stands, and has not changed
// since; and where they give nothing, only time is lost. They are safe for concurrent use.
type Snapshots interface {
	// Load gives to use the book of a register as it was saved after its event number, unless there is none that may be used.
	// The content can be read only until use returns. What use makes of it counts unless Load has an error.
	Load(ctx context.Context, group domain.GroupID, use func(number uint64, content *io.SectionReader)) error
	// Save keeps a book, which write writes, in the place of one that was saved before. Its last event, number, is durable. Where write
	// fails, or is not called, nothing has changed.
	Save(ctx context.Context, group domain.GroupID, number uint64, write func(io.Writer) error)
}

// leastFolded is what must have been folded since a book was saved for it to be saved again, in events: about a millisecond.
const leastFolded = 250

// linesPerEvent is how many lines of an order form take as long to fold as an event takes to decode.
const linesPerEvent = 4

// folding is about how long an act takes to be folded, in events.
func folding(a domain.Act) uint64 {
	lines := 0
	switch a := a.(type) {
	case *domain.OrderIssued:
		lines = a.Lines.Len()
	case *domain.OrderAmended:
		lines = a.Added.Len() + a.Replaced.Len() + a.Removed.Len()
	}
	return 1 + uint64(lines/linesPerEvent)
}

// fold takes note that an act was folded into the book.
func (b *book) fold(a domain.Act) {
	n := folding(a)
	b.folded, b.unsaved = b.folded+n, b.unsaved+n
}

// worthSaving reports whether enough has come to the book since it was saved: as much as to be worth a file, and a quarter of it
// all, so that what is saved as a register grows comes to a few times its size.
func (b *book) worthSaving(least uint64) bool { return b.unsaved >= least && 4*b.unsaved >= b.folded }

// A saver saves books, one at a time, behind those who use them.
type saver struct {
	to    Snapshots
	least uint64

	mu     sync.Mutex
	due    map[domain.GroupID]*book
	closed bool
	wake   chan struct{} // has a token when there is something to do
	done   chan struct{} // closed when all is done
}

// mostDue bounds the books that wait to be saved, which memory holds for as long. The others are due the next time.
const mostDue = 32

func newSaver(to Snapshots, least int) *saver {
	s := &saver{to: to, least: uint64(cmp.Or(least, leastFolded)), due: make(map[domain.GroupID]*book), wake: make(chan struct{}, 1), done: make(chan struct{})}
	go s.run()
	return s
}

// consider saves a book in a while, if it is worth it. The caller holds b.mu.
func (s *saver) consider(b *book) {
	if s == nil || !b.worthSaving(s.least) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.due) < mostDue || s.due[b.id] != nil {
		s.due[b.id] = b
	}
	s.beckon()
}

func (s *saver) beckon() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *saver) run() {
	defer close(s.done)
	for range s.wake {
		b, closed := s.next()
		for ; b != nil; b, closed = s.next() {
			s.save(b)
		}
		if closed {
			return
		}
	}
}

// next takes one of the books that are due; nil where none is.
func (s *saver) next() (b *book, closed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, b := range s.due {
		delete(s.due, id)
		return b, false
	}
	return nil, s.closed
}

// save saves a book, unless it is in flight, and so ahead of what is durable: then it is considered again when that has settled.
// While it is written down, commands of its group wait.
func (s *saver) save(b *book) {
	b.mu.RLock()
	number, unsaved := b.committed, b.unsaved
	ready := b.loaded && b.flight == nil && !b.failed && !b.spoilt && b.written() == number && b.worthSaving(s.least)
	if ready {
		s.to.Save(context.Background(), b.id, number, b.writeSnapshot)
	}
	b.mu.RUnlock()
	if !ready {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.unsaved -= min(unsaved, b.unsaved)
}

// close saves what is due, and ends.
func (s *saver) close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.beckon()
	<-s.done
}

// errSnapshot says that something is no snapshot of a book.
var errSnapshot = errors.New("not a snapshot of a book")

// writeSnapshot writes the book, which must hold nothing that is not durable: the instants, each after the one before it, the commands, by
// their first events, what is invented, and the group.
func (b *book) writeSnapshot(w io.Writer) error {
	out := bufio.NewWriterSize(w, snapshotRoom)
	room := binary.AppendUvarint(nil, b.folded)
	room = binary.AppendUvarint(room, uint64(len(b.recorded)))
	last := domain.Instant(0)
	for _, at := range b.recorded {
		_, _ = out.Write(binary.AppendVarint(room, int64(at-last)))
		room, last = room[:0], at
	}
	room = binary.AppendUvarint(room, uint64(len(b.commands.all)))
	first := uint64(0)
	for i := range b.commands.all {
		c := &b.commands.all[i]
		room = append(binary.AppendUvarint(room, c.first-first), c.id[:]...)
		_, _ = out.Write(binary.LittleEndian.AppendUint64(room, c.by))
		room, first = room[:0], c.first
	}
	if _, err := out.Write(b.invented.append(room)); err != nil {
		return err // also where one before it has failed
	}
	if err := b.state.WriteSnapshot(out); err != nil {
		return err
	}
	return out.Flush()
}

// loadSnapshot fills an empty book with a snapshot of it after its event number. Where that fails it is still empty.
func (b *book) loadSnapshot(number uint64, content *io.SectionReader) error {
	n := newBook(b.id)
	c := newSnapshotReader(content)
	n.folded = c.number()
	n.loadRecorded(c)
	n.loadCommands(c)
	n.invented.load(c, len(n.recorded))
	rest, err := c.rest()
	if err == nil {
		n.state, err = domain.LoadSnapshot(rest)
	}
	if err != nil {
		return err
	}
	if n.written() != number || uint64(len(n.recorded)) != number {
		return fmt.Errorf("%w: %d events, and %d instants, where there should be %d", errSnapshot, n.written(), len(n.recorded), number)
	}
	b.takeOver(n)
	return nil
}

// takeOver takes what a snapshot held.
func (b *book) takeOver(n *book) {
	b.folded, b.recorded, b.commands, b.invented, b.state = n.folded, n.recorded, n.commands, n.invented, n.state
}

func (b *book) loadRecorded(c *snapshotReader) {
	count := c.number()
	if !c.holds(count) {
		return
	}
	b.recorded = make([]domain.Instant, count)
	last := domain.Instant(0)
	for i := range b.recorded {
		after := c.signed()
		if i > 0 && after <= 0 {
			c.fail()
		}
		if c.failed {
			return
		}
		last += domain.Instant(after)
		b.recorded[i] = last
	}
}

func (b *book) loadCommands(c *snapshotReader) {
	count := c.number()
	if !c.holds(count) || count > uint64(len(b.recorded)) {
		c.fail()
		return
	}
	b.commands = newCommands(int(count))
	var id uuid.UUID
	t := told{}
	for range count {
		after := c.number()
		copy(id[:], c.bytes(len(id)))
		by := c.bytes(8)
		if c.failed || after == 0 || after > uint64(len(b.recorded))-t.first {
			c.fail()
			return
		}
		t.first, t.by = t.first+after, binary.LittleEndian.Uint64(by)
		if !b.commands.add(id, t) {
			c.fail()
			return
		}
	}
}
