package eventstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"registre/domain"
)

// ErrBroken says that the ledger takes no more commands: the store could not tell whether what it kept is durable.
var ErrBroken = errors.New("the ledger has stopped: open it again")

// A ReusedError says that a command's id was used before, for another command. Nothing was written.
type ReusedError struct {
	Group   domain.GroupID
	Command uuid.UUID
	Number  uint64 // the event that the id stands for
}

func (e *ReusedError) Error() string {
	return fmt.Sprintf("the command id %s stands for another command: event %d of %s", e.Command, e.Number, e.Group)
}

// A MovedError says that a register does not end with the number that a command expected. Nothing was written.
type MovedError struct {
	Group          domain.GroupID
	Expected, Ends uint64
}

func (e *MovedError) Error() string {
	return fmt.Sprintf("the register of %s ends with event %d, not %d", e.Group, e.Ends, e.Expected)
}

// A Result is what became of a command: its events, First to Last in its group's register.
type Result struct {
	Group    domain.GroupID
	Command  uuid.UUID
	First    uint64
	Last     uint64
	Recorded domain.Instant // of the last
	Repeated bool           // it had been recorded before; this is that result
}

// LedgerOptions say how a ledger works; the zero value is for earnest use.
type LedgerOptions struct {
	Now      func() time.Time          // the one clock of the house; nil for time.Now
	NewID    func() (uuid.UUID, error) // of events; nil for uuid.NewV7
	Shared   bool                      // other processes write to the same registers
	Calls    Calls                     // by which they and this one let each other go first; nil for not at all
	Resident int                       // events kept in memory over all groups, beyond which books unused are let go; 0 for 25,000
	Attempts int                       // how often a command is tried whose outcome is unknown; 0 for 8

	Snapshots Snapshots // of books; nil for none
	SaveAfter int       // what is folded of a book before a snapshot of it is saved, in events; 0 for 2,000
}

// A Ledger takes commands, decides them on the registers of a store, and answers when what it decided is durable. It is
// safe for concurrent use. Its store belongs to it.
//
// A command is applied at most once in its group, for ever: its id stands in its events. When the store does not know
// what became of an append, the ledger reads the register again, looks for the command's id, and writes again only under
// the guard; so a late write and a repeated one cannot both be kept.
type Ledger struct {
	store   Store
	options LedgerOptions
	saver   *saver // nil where no snapshots are kept

	syncing sync.Mutex // held while the store is synced: after a sync has failed there must be no other

	mu       sync.Mutex
	books    map[domain.GroupID]*book
	doubts   map[domain.GroupID]doubt // where something may yet be written that nobody acknowledged
	clock    uint64                   // counts uses of books
	answered domain.Instant           // no event will be stamped at or before it
	waiting  []*request
	closed   bool
	broken   error // why nothing more can be made durable

	wake chan struct{} // holds one token while somebody waits
	done chan struct{} // closed when the committer has ended
	stop context.CancelFunc
}

// staleAfter is how long a book is believed to be at its register's end where others write to it too.
const staleAfter = 50 * time.Millisecond

// A doubt is about appends to one register of which the store knew nothing. The guard keeps them out for good once the
// register has moved on.
type doubt struct {
	after uint64         // they can still be written while the register ends at it, or before
	since domain.Instant // their first event would be recorded at it
}

// NewLedger starts a ledger on a store.
func NewLedger(store Store, options LedgerOptions) *Ledger {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.NewID == nil {
		options.NewID = uuid.NewV7
	}
	if options.Resident == 0 {
		options.Resident = 25_000
	}
	if options.Attempts == 0 {
		options.Attempts = 8
	}
	ctx, stop := context.WithCancel(context.Background())
	l := &Ledger{
		store: store, options: options,
		books: make(map[domain.GroupID]*book), doubts: make(map[domain.GroupID]doubt), answered: domain.FirstInstant,
		wake: make(chan struct{}, 1), done: make(chan struct{}), stop: stop,
	}
	if options.Snapshots != nil {
		l.saver = newSaver(options.Snapshots, options.SaveAfter)
	}
	go (&committer{ledger: l, others: newCourtesy(l)}).run(ctx)
	return l
}

// Do records a command. A nil error says that its events are durable; a repetition of a command recorded before gives the
// first result again. A *domain.Malformed, a *domain.Refusal and a *ReusedError prove that this call wrote nothing, as does
// what matches ErrNotWritten. ErrUnknown, and the end of ctx, prove nothing: ask again with the same command id. What the
// command points to must not be changed afterwards.
func (l *Ledger) Do(ctx context.Context, c domain.Command) (Result, error) {
	return l.do(&request{ctx: ctx, command: &c})
}

// DoAt is Do, where the register must end with a number: otherwise nothing is written, and the error is a MovedError. A
// command that was recorded before is answered as it was then, wherever the register ends now.
func (l *Ledger) DoAt(ctx context.Context, c domain.Command, ends uint64) (Result, error) {
	return l.do(&request{ctx: ctx, command: &c, ends: &ends})
}

func (l *Ledger) do(r *request) (Result, error) {
	if err := r.command.Check(); err != nil {
		return Result{}, err
	}
	r.answer = make(chan answer, 1)
	if err := l.enqueue(r); err != nil {
		return Result{}, err
	}
	select {
	case a := <-r.answer:
		return a.result, a.err
	case <-r.ctx.Done():
		return Result{}, fmt.Errorf("%w: %w", ErrUnknown, context.Cause(r.ctx))
	}
}

func (l *Ledger) enqueue(r *request) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return fmt.Errorf("%w: %w", ErrNotWritten, ErrBroken)
	}
	l.waiting = append(l.waiting, r)
	l.beckon()
	return nil
}

// View lets a function look at a register as it stands now. The function must be quick: the group's commands wait for it.
func (l *Ledger) View(ctx context.Context, group domain.GroupID, look func(*View) error) error {
	b, err := l.current(ctx, group)
	if err != nil {
		return err
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	return look(&View{State: b.state, Head: b.committed, book: b, store: l.store})
}

// Known resolves an instant to the number of the last event recorded at or before it. No event will ever be stamped at or
// before an instant that was answered, so the answer is for ever. It is provisional for an instant that is not past yet, and
// while an append may still be written that was stamped before it and of which the store knows nothing.
func (l *Ledger) Known(ctx context.Context, group domain.GroupID, t domain.Instant) (n uint64, provisional bool, err error) {
	now := domain.InstantOf(l.options.Now())
	until := min(t, now)
	for {
		b, err := l.take(ctx, group, l.options.Shared)
		if err != nil {
			return 0, false, err
		}
		doubtful := l.closeUntil(b, until)
		inFlight := b.inFlight()
		if b.written() == b.committed || b.recorded[b.committed] > until {
			inFlight = nil
		}
		n = b.known(t)
		b.mu.Unlock()
		if inFlight == nil {
			return n, t > now || doubtful, nil
		}
		select {
		case <-inFlight:
		case <-ctx.Done():
			return 0, false, ctx.Err()
		}
	}
}

// Settled gives an instant, at present, and the end of every register: what was recorded at or before the instant is durable, in whichever
// register, and no event will ever be stamped at or before it; what the ends hold beyond that was recorded later. While an append may still
// be written of which the store knows nothing, the instant lies before it. Where others write to the same registers, it says nothing of them.
func (l *Ledger) Settled(ctx context.Context) (until domain.Instant, heads []Head, err error) {
	l.mu.Lock()
	until = max(l.answered, domain.InstantOf(l.options.Now()))
	l.answered = until
	books := slices.Collect(maps.Values(l.books))
	l.mu.Unlock()
	for _, b := range books { // whoever is shelved from now on stamps behind it
		b.mu.RLock()
		inFlight := b.inFlight()
		if b.written() == b.committed || b.recorded[b.committed] > until {
			inFlight = nil
		}
		b.mu.RUnlock()
		if inFlight == nil {
			continue
		}
		select {
		case <-inFlight:
		case <-ctx.Done():
			return 0, nil, ctx.Err()
		}
	}
	if until, err = l.undoubted(ctx, until); err != nil {
		return 0, nil, err
	}
	heads, err = l.store.Heads(ctx)
	return until, heads, err
}

// undoubted is the last instant up to t before which nothing may yet be written of which the store knew nothing.
func (l *Ledger) undoubted(ctx context.Context, t domain.Instant) (domain.Instant, error) {
	l.mu.Lock()
	doubts := maps.Clone(l.doubts)
	l.mu.Unlock()
	for group, d := range doubts {
		b, err := l.open(ctx, group, false)
		if err != nil {
			return 0, err
		}
		b.mu.RLock()
		if b.committed <= d.after {
			t = min(t, d.since-1)
		}
		b.mu.RUnlock()
	}
	return t, nil
}

// closeUntil lets no event be stamped at or before t any more, and reports whether one that was may yet be written. The caller
// holds b.mu.
func (l *Ledger) closeUntil(b *book, t domain.Instant) (doubtful bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answered = max(l.answered, t)
	d, ok := l.doubts[b.id]
	return ok && b.committed <= d.after && d.since <= t
}

// Events gives the durable events of a register in their order, from after+1 on, each decoded and checked for its place.
func (l *Ledger) Events(ctx context.Context, group domain.GroupID, after uint64) iter.Seq2[Envelope, error] {
	return durables(ctx, l, Envelopes(ctx, Head{group, after}, func(ctx context.Context) iter.Seq2[Record, error] {
		return l.store.Read(ctx, group, after)
	}), placeOf, false)
}

// All gives the durable events of all registers; within a register they keep their order.
func (l *Ledger) All(ctx context.Context) iter.Seq2[Envelope, error] {
	return durables(ctx, l, Envelopes(ctx, Head{}, l.store.ReadAll), placeOf, false)
}

// Follow gives what Events gives and goes on with events as they become durable, until ctx ends; group "" is all groups.
func (l *Ledger) Follow(ctx context.Context, group domain.GroupID, after uint64) iter.Seq2[Envelope, error] {
	return durables(ctx, l, Opened(l.store.Follow(ctx, group, after), Head{group, after}), placeOf, true)
}

// Records gives what Events gives, or with follow what Follow gives, as it is kept: not decoded, and not checked.
func (l *Ledger) Records(ctx context.Context, group domain.GroupID, after uint64, follow bool) iter.Seq2[Record, error] {
	read := l.store.Read
	if follow {
		read = l.store.Follow
	}
	return durables(ctx, l, read(ctx, group, after), func(r *Record) Head { return Head{r.Group, r.Number} }, follow)
}

func placeOf(e *Envelope) Head { return Head{e.Group, e.Number} }

// durables passes on what has been committed; for what has not it waits, or leaves it out. Where the context ends, what does not wait
// ends with its error, and never as if it were whole.
func durables[T any](ctx context.Context, l *Ledger, events iter.Seq2[T, error], place func(*T) Head, wait bool) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for e, err := range events {
			ok := true
			if err == nil {
				ok, err = l.durable(ctx, place(&e), wait)
			}
			switch {
			case !ok && err == nil && wait:
				return
			case !ok && err == nil:
				continue
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
		if err := context.Cause(ctx); err != nil && !wait {
			var none T
			yield(none, err)
		}
	}
}

// durable reports whether a record that was read has been committed; it waits for that if it is to.
func (l *Ledger) durable(ctx context.Context, r Head, wait bool) (bool, error) {
	for {
		ok, inFlight := l.standing(r)
		switch {
		case ok:
			return true, nil
		case inFlight == nil: // it was found, not acknowledged
			if _, err := l.open(ctx, r.Group, true); err != nil {
				return false, err
			}
			continue
		case !wait:
			return false, nil
		}
		select {
		case <-inFlight:
		case <-ctx.Done():
			return false, nil
		}
	}
}

// standing reports whether a record is known to be durable, and if not, what it waits for, if for anything.
func (l *Ledger) standing(r Head) (durable bool, inFlight chan struct{}) {
	l.mu.Lock()
	b := l.books[r.Group]
	l.mu.Unlock()
	if b != nil {
		b.mu.RLock()
		durable, inFlight = r.Number <= b.committed, b.inFlight()
		b.mu.RUnlock()
	}
	return durable || inFlight == nil && !l.doubtful(r.Group), inFlight
}

// Heads gives the end of every register, in the order of the group ids.
func (l *Ledger) Heads(ctx context.Context) ([]Head, error) { return l.store.Heads(ctx) }

// Close lets the commands that wait be answered and releases the store.
func (l *Ledger) Close() error {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.stop()
	<-l.done
	l.saveAll()
	return l.store.Close()
}

// saveAll saves what is worth it, of the books that are due and of those on the shelf.
func (l *Ledger) saveAll() {
	if l.saver == nil {
		return
	}
	l.saver.close()
	l.mu.Lock()
	books := slices.Collect(maps.Values(l.books))
	l.mu.Unlock()
	for _, b := range books {
		l.saver.save(b)
	}
}

// current gives a book that holds everything that anybody had been answered when it was called. One in flight cannot be
// read on; but where a second flight has ended well, it began later and met the register's end.
func (l *Ledger) current(ctx context.Context, group domain.GroupID) (*book, error) {
	for flights := 0; ; flights++ {
		b, inFlight, err := l.fetch(ctx, group, l.options.Shared && flights < 2)
		if err != nil || inFlight == nil {
			return b, err
		}
		select {
		case <-inFlight:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// open gives the book of a group, read from the store if need be; fresh, up to the end that others may have given it,
// unless it is in flight.
func (l *Ledger) open(ctx context.Context, group domain.GroupID, fresh bool) (*book, error) {
	b, _, err := l.fetch(ctx, group, fresh)
	return b, err
}

// fetch opens a book, and says what it waits for if it was to be fresh and is in flight.
func (l *Ledger) fetch(ctx context.Context, group domain.GroupID, fresh bool) (b *book, inFlight chan struct{}, err error) {
	for {
		b = l.shelve(group)
		b.mu.RLock()
		ready := b.loaded && !fresh && !b.gone()
		b.mu.RUnlock()
		if ready {
			return b, nil, nil
		}
		b.mu.Lock()
		if b.gone() { // it was thrown away while it was waited for: what it holds beyond its last commit never was
			b.mu.Unlock()
			continue
		}
		defer b.mu.Unlock()
		if b.loaded && (!fresh || b.flight != nil) {
			return b, b.inFlight(), nil
		}
		if err := l.load(ctx, b); err != nil {
			l.forget(b)
			return nil, nil, err
		}
		return b, nil, nil
	}
}

// take opens the book of a group and locks it. It is the only one of its group and stays on the shelf while it is locked.
func (l *Ledger) take(ctx context.Context, group domain.GroupID, fresh bool) (*book, error) {
	for {
		b, err := l.open(ctx, group, fresh)
		if err != nil {
			return nil, err
		}
		b.mu.Lock()
		l.mu.Lock()
		shelved := l.books[group] == b
		l.mu.Unlock()
		if shelved {
			return b, nil
		}
		b.mu.Unlock()
	}
}

// load reads what the store has beyond the book.
func (l *Ledger) load(ctx context.Context, b *book) error {
	if b.loaded {
		head, err := l.store.Head(ctx, b.id)
		if err != nil {
			return err
		}
		if head.Number == b.written() {
			b.seen = time.Now()
			return nil
		}
	} else {
		l.restore(ctx, b)
	}
	read := func(ctx context.Context) iter.Seq2[Record, error] { return l.store.Read(ctx, b.id, b.written()) }
	for e, err := range Envelopes(ctx, Head{b.id, b.written()}, read) {
		if err != nil {
			return fmt.Errorf("reading the register %s: %w", b.id, err)
		}
		if err := b.add(&e); err != nil {
			return err
		}
	}
	if err := l.confirm(ctx, b); err != nil {
		return err
	}
	b.committed, b.loaded, b.seen = b.written(), true, time.Now()
	l.saver.consider(b)
	return nil
}

// restore fills an empty book with the snapshot of it, if there is one.
func (l *Ledger) restore(ctx context.Context, b *book) {
	if l.saver == nil || b.written() > 0 {
		return
	}
	loaded := newBook(b.id)
	err := l.options.Snapshots.Load(ctx, b.id, func(number uint64, content *io.SectionReader) {
		_ = loaded.loadSnapshot(number, content)
	})
	if err != nil || loaded.written() == 0 {
		return // the book is read from its first event
	}
	b.takeOver(loaded)
}

// confirm makes durable what a book has read and nobody acknowledged.
func (l *Ledger) confirm(ctx context.Context, b *book) error {
	l.mu.Lock()
	d, doubtful := l.doubts[b.id]
	broken := l.broken
	l.mu.Unlock()
	if broken != nil || !doubtful {
		return broken
	}
	if err := l.sync(ctx); err != nil {
		return err
	}
	if b.written() > d.after {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.doubts[b.id] == d {
			delete(l.doubts, b.id)
		}
	}
	return nil
}

// write writes to the store, unless what it holds can no longer be made durable.
func (l *Ledger) write(ctx context.Context, appends []Append) []error {
	if err := l.failed(); err != nil {
		return slices.Repeat([]error{fmt.Errorf("%w: %w", ErrNotWritten, err)}, len(appends))
	}
	return l.store.Write(ctx, appends)
}

// sync makes durable what the store holds. After it has failed nothing can be: its error, which matches ErrBroken, stays.
func (l *Ledger) sync(ctx context.Context) error {
	l.syncing.Lock()
	defer l.syncing.Unlock()
	if err := l.failed(); err != nil {
		return err
	}
	err := l.store.Sync(context.WithoutCancel(ctx))
	if err == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.broken = fmt.Errorf("%w: %w", ErrBroken, err)
	return l.broken
}

// failed gives what has broken the ledger, if anything has.
func (l *Ledger) failed() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.broken
}

// closedUntil is the instant at or before which no event is stamped any more.
func (l *Ledger) closedUntil() domain.Instant {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.answered
}

// doubtful reports whether something may yet be written to a register that nobody acknowledged.
func (l *Ledger) doubtful(group domain.GroupID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, ok := l.doubts[group]
	return ok
}

// doubted notes that nobody knows what became of an append.
func (l *Ledger) doubted(group domain.GroupID, after uint64, since domain.Instant) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if d, ok := l.doubts[group]; ok {
		after, since = max(after, d.after), min(since, d.since)
	}
	l.doubts[group] = doubt{after: after, since: since}
}

// shelve finds the book of a group, or puts a new one on the shelf and takes the longest unused off it.
func (l *Ledger) shelve(group domain.GroupID) *book {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.clock++
	b := l.books[group]
	if b == nil {
		l.evict()
		b = newBook(group)
		l.books[group] = b
	}
	b.used = l.clock
	return b
}

// evict lets go of books not in use until those that stay hold at most Resident events. The caller holds l.mu.
func (l *Ledger) evict() {
	for {
		total, oldest := 0, (*book)(nil)
		for _, b := range l.books {
			if !b.mu.TryRLock() {
				continue
			}
			total += len(b.recorded)
			if b.flight == nil && (oldest == nil || b.used < oldest.used) {
				oldest = b
			}
			b.mu.RUnlock()
		}
		if total <= l.options.Resident || oldest == nil {
			return
		}
		delete(l.books, oldest.id)
	}
}

// stale reports whether a book has not been at its register's end for so long that others may well have written since. To look
// costs less than to be overtaken, and to read all of the register again.
func (l *Ledger) stale(group domain.GroupID) bool {
	if !l.options.Shared {
		return false
	}
	l.mu.Lock()
	b := l.books[group]
	l.mu.Unlock()
	if b == nil {
		return false
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.flight == nil && time.Since(b.seen) > staleAfter
}

// shelved reports whether there is a book of a group on the shelf.
func (l *Ledger) shelved(group domain.GroupID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.books[group] != nil
}

// writing reports whether anything of a group is in flight.
func (l *Ledger) writing(group domain.GroupID) bool {
	l.mu.Lock()
	b := l.books[group]
	l.mu.Unlock()
	if b == nil {
		return false
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.flight != nil
}

// forget takes a book off the shelf: it will be read again.
func (l *Ledger) forget(b *book) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.books[b.id] == b {
		delete(l.books, b.id)
	}
}
