package jetstream

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"

	"registre/domain"
	"registre/eventstore"
)

// Options are how a folder is opened. The zero value opens one that exists, quietly.
type Options struct {
	Create   bool          // make the folder where there is none, or finish one whose making was cut short
	Logger   *slog.Logger  // for what the server says; nil for nowhere
	Patience time.Duration // how long the server may take to answer; 0 for ten seconds
	MinFree  uint64        // bytes of the disk that are not written to; 0 for 32 MiB

	// Listen is an address ("127.0.0.1:4222") on which the server also takes connections from elsewhere; "" for none.
	// Whoever can connect may do anything: nobody is asked who he is.
	Listen string

	// Held is called once this process holds the folder, before anything that may take long, and what it gives before the folder is given
	// back; nil for nothing.
	Held func() (leaving func())

	way syncWay
}

// Remote says which server to use.
type Remote struct {
	URL      string        // nats://…, several separated by commas
	Creds    string        // the file with the credentials; "" for none
	Create   bool          // make the stream where there is none
	Replicas int           // of the stream; 0 for three on a cluster and one otherwise
	Logger   *slog.Logger  // for what happens to the connection; nil for nowhere
	Patience time.Duration // how long the server may take to answer; 0 for ten seconds
}

const (
	defaultPatience = 10 * time.Second
	defaultMinFree  = 32 << 20
)

// Store keeps registers in a JetStream stream; see eventstore.Store for what its methods promise. Write has one caller
// at a time; everything else may be called by several goroutines at once. After Close, every call gives an error.
type Store struct {
	reads    *nats.Conn // apart, so that acknowledgements do not wait behind what is read
	writes   *nats.Conn
	js       natsjs.JetStream
	pub      *publisher
	places   *places
	replicas int
	patience time.Duration
	log      *slog.Logger

	// exclusive says that nobody else can write to the stream and that nothing of ours can still come late. Only then can
	// the sequence of a message be foretold.
	exclusive atomic.Bool

	// atOpening counts the registers' events, by a store that is exclusive.
	atOpening map[domain.GroupID]uint64

	// halves is held for writing while an append of several events is written one by one, and for reading while an end
	// is asked for: nobody learns of an end within an append.
	halves sync.RWMutex

	embedded *embedded // nil with Connect
	closing  sync.Once
	closed   atomic.Bool
}

// embedded is what a store has that runs its own server.
type embedded struct {
	srv     *server.Server
	folder  *folder
	syncer  *syncer
	intents *intents
	ends    *confirmed

	confirming sync.Mutex

	minFree uint64
}

var (
	_ eventstore.Store = (*Store)(nil)

	errAfterAll = errors.New("all registers together can only be followed from their beginning")
)

// Open runs a server on the folder dir and gives the store in it. One process at a time can have a folder open.
//
// When it returns, everything that can be read is durable, the stream and its configuration included, and every append
// is there whole or not at all. Its errors: ErrNoFolder, ErrHalfMade, ErrForeign, ErrNewer, ErrLocked, ErrReadOnly,
// ErrServer, *WeakenedError, and eventstore.ErrDamaged where the stream or a part of an append has gone.
func Open(ctx context.Context, dir string, options Options) (*Store, error) {
	f, err := openFolder(dir, options.Create)
	if err != nil {
		return nil, fmt.Errorf("opening the registers: %w", err)
	}
	if options.Held != nil {
		f.leaving = options.Held()
	}
	s, err := openEmbedded(ctx, f, options)
	if err != nil {
		return nil, fmt.Errorf("opening the registers in %s: %w", dir, err)
	}
	return s, nil
}

func openEmbedded(ctx context.Context, f *folder, options Options) (*Store, error) {
	s := newStore(options.Logger, options.Patience)
	s.replicas = 1
	s.exclusive.Store(options.Listen == "")
	s.embedded = &embedded{folder: f, syncer: newSyncer(f.dir, options.way), minFree: cmp.Or(options.MinFree, defaultMinFree)}
	if err := s.start(ctx, options); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func newStore(logger *slog.Logger, patience time.Duration) *Store {
	return &Store{
		places:   newPlaces(),
		patience: cmp.Or(patience, defaultPatience),
		log:      cmp.Or(logger, slog.New(slog.DiscardHandler)),
	}
}

// start brings the embedded server up and the folder into a state in which everything that can be read is durable.
func (s *Store) start(ctx context.Context, options Options) error {
	e := s.embedded
	if !e.folder.fresh {
		if err := e.folder.lookOver(ctx); err != nil {
			return err
		}
	}
	var err error
	if e.srv, err = startServer(e.folder.dir, options.Listen, options.way, s.log); err != nil {
		return err
	}
	if err := s.connect("", nats.InProcessServer(e.srv), nats.NoReconnect()); err != nil {
		return fmt.Errorf("%w: %w", ErrServer, err)
	}
	if err := s.openStream(ctx, e.folder.fresh); err != nil {
		return err
	}
	if e.ends, err = openConfirmed(e.folder.path(confirmedFile)); err != nil {
		return err
	}
	if err := s.checkEnd(ctx, e.ends.seq); err != nil {
		return err
	}
	if e.intents, err = openIntents(e.folder.path(intentFile)); err != nil {
		return err
	}
	if err := s.completeTorn(ctx); err != nil {
		return err
	}
	if s.atOpening, err = s.counts(ctx); err != nil {
		return err
	}
	if err := e.syncer.syncTree(); err != nil {
		return fmt.Errorf("bringing the folder to the disk: %w", err)
	}
	if err := e.syncer.sync(ctx); err != nil {
		return err
	}
	return e.folder.finish()
}

// Shown is the URL of a server, or of several, as it may be told and logged: without what it says of who asks.
func Shown(urls string) string {
	all := strings.Split(urls, ",")
	for i, url := range all {
		rest := url
		if _, behind, ok := strings.Cut(url, "://"); ok {
			rest = behind
		}
		if at := strings.LastIndexByte(rest, '@'); at >= 0 {
			all[i] = url[:len(url)-len(rest)] + "…" + rest[at:]
		}
	}
	return strings.Join(all, ",")
}

// Connect gives the store on a server that somebody else runs. Sync does nothing: an acknowledged write is as durable as
// that server's configuration makes it (SyncAlways, and three replicas). Its errors: *WeakenedError, eventstore.ErrDamaged
// where there is no stream and none was to be made, and whatever the network gives.
func Connect(ctx context.Context, remote Remote) (*Store, error) {
	s := newStore(remote.Logger, remote.Patience)
	options := []nats.Option{nats.MaxReconnects(-1)}
	if remote.Creds != "" {
		options = append(options, nats.UserCredentials(remote.Creds))
	}
	if err := s.connect(remote.URL, options...); err != nil {
		return nil, fmt.Errorf("connecting to %s: %w", Shown(remote.URL), errors.Join(err, s.Close()))
	}
	s.replicas = cmp.Or(remote.Replicas, s.usualReplicas())
	if err := s.openStream(ctx, remote.Create); err != nil {
		return nil, fmt.Errorf("opening the registers on %s: %w", Shown(remote.URL), errors.Join(err, s.Close()))
	}
	return s, nil
}

func (s *Store) usualReplicas() int {
	if s.reads.ConnectedClusterName() != "" {
		return 3
	}
	return 1
}

// connect opens the two connections. Nothing is kept back while a connection is away: what cannot be sent at once fails
// at once, so that it surely was not sent.
func (s *Store) connect(url string, options ...nats.Option) error {
	options = append(options, nats.Name("registre"), nats.ReconnectBufSize(-1), nats.Timeout(s.patience),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			s.log.Warn("nats: " + err.Error())
		}))
	var err error
	if s.reads, err = nats.Connect(url, options...); err != nil {
		return err
	}
	if s.js, err = natsjs.New(s.reads, natsjs.WithDefaultTimeout(s.patience)); err != nil {
		return err
	}
	if s.writes, err = nats.Connect(url, options...); err != nil {
		return err
	}
	if s.pub, err = newPublisher(s.writes); err != nil {
		return err
	}
	s.writes.SetDisconnectErrHandler(func(*nats.Conn, error) { s.pub.lost() })
	return s.writes.Flush()
}

// usable says why the store cannot be used.
func (s *Store) usable(ctx context.Context) error {
	if s.closed.Load() {
		return eventstore.ErrClosed
	}
	return ctx.Err()
}

// Sync implements eventstore.Store.
func (s *Store) Sync(ctx context.Context) error { return s.SyncAlong(ctx, nil) }

// Flushes says whether Sync has the device flushed that a folder lies on: whether what was written over in place in a file of it, and
// has reached the device before, is durable then. It is false where that is not known; see docs/decisions/024-one-flush.md.
func (s *Store) Flushes(dir string) bool {
	return s.embedded != nil && s.embedded.syncer.way == bySyncFiles &&
		flushes(filepath.Join(s.embedded.syncer.stream, messageDir), dir) == nil
}

// SyncAlong is Sync for one who has something of his own for the same flush. Once what Sync has to write is on its way, it calls
// along, and it has the device flushed after that has returned. Where along fails, that is the error, and nothing is synced.
func (s *Store) SyncAlong(ctx context.Context, along func() error) error {
	if err := s.usable(ctx); err != nil {
		return fmt.Errorf("syncing: %w", err)
	}
	if s.embedded == nil {
		if along != nil {
			return along()
		}
		return nil
	}
	// What is noted until now belongs to appends that this sync makes durable; what Write notes meanwhile stays.
	noted, reached := s.embedded.intents.noted(), s.pub.lastSeq()
	if err := s.embedded.syncer.syncAlong(ctx, along); err != nil {
		return fmt.Errorf("syncing: %w", err)
	}
	s.embedded.intents.drop(noted)
	if err := s.embedded.confirm(reached); err != nil {
		return fmt.Errorf("noting what is durable: %w", err)
	}
	return nil
}

// confirm notes how far the stream is durable. Several syncs may run at once.
func (e *embedded) confirm(seq uint64) error {
	e.confirming.Lock()
	defer e.confirming.Unlock()
	return e.ends.confirm(seq)
}

// Head implements eventstore.Store. It asks the stream's leader.
func (s *Store) Head(ctx context.Context, group domain.GroupID) (eventstore.Head, error) {
	head := eventstore.Head{Group: group}
	if err := s.usable(ctx); err != nil {
		return head, fmt.Errorf("reading the end of %s: %w", group, err)
	}
	if !domain.ValidID(string(group)) {
		return head, nil
	}
	end, err := s.fetchEnd(ctx, group)
	if err != nil {
		return head, fmt.Errorf("reading the end of %s: %w", group, err)
	}
	head.Number = end.number
	return head, nil
}

// Heads implements eventstore.Store. It asks the stream's leader, in several requests when there are many registers:
// each end was right at some moment of the call.
func (s *Store) Heads(ctx context.Context) ([]eventstore.Head, error) {
	heads, err := s.heads(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the ends: %w", err)
	}
	return heads, nil
}

// heads counts twice. The server counts what it has of a batch that it is just writing, but does not give a message
// before it has written the batch: so a count that is the same before and after a message was given is one of whole
// appends. Those that differ are asked for one by one.
func (s *Store) heads(ctx context.Context) ([]eventstore.Head, error) {
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	before, err := s.counts(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := s.lastOf(ctx, allSubjects); err != nil {
		return nil, err
	}
	after, err := s.counts(ctx)
	if err != nil {
		return nil, err
	}
	for group, number := range after {
		if before[group] == number {
			continue
		}
		end, err := s.fetchEnd(ctx, group)
		if err != nil {
			return nil, err
		}
		after[group] = end.number
	}
	return sorted(after), nil
}

// counts gives how many messages each register has.
func (s *Store) counts(ctx context.Context) (map[domain.GroupID]uint64, error) {
	numbers := map[domain.GroupID]uint64{}
	for offset := 0; ; {
		info, err := s.info(ctx, allSubjects, offset)
		if err != nil {
			return nil, err
		}
		for subject, number := range info.State.Subjects {
			numbers[groupOf(subject)] = number
		}
		if offset += len(info.State.Subjects); offset >= info.Total || len(info.State.Subjects) == 0 {
			return numbers, nil
		}
	}
}

func sorted(numbers map[domain.GroupID]uint64) []eventstore.Head {
	heads := make([]eventstore.Head, 0, len(numbers))
	for group, number := range numbers {
		heads = append(heads, eventstore.Head{Group: group, Number: number})
	}
	slices.SortFunc(heads, func(a, b eventstore.Head) int { return cmp.Compare(a.Group, b.Group) })
	return heads
}

// Close implements eventstore.Store. Closing again does nothing.
func (s *Store) Close() error {
	var err error
	s.closing.Do(func() {
		s.closed.Store(true)
		for _, conn := range []*nats.Conn{s.writes, s.reads} {
			if conn != nil {
				conn.Close()
			}
		}
		if s.embedded != nil {
			err = s.embedded.close()
		}
	})
	return err
}

func (e *embedded) close() error {
	if e.srv != nil {
		e.srv.Shutdown()
		e.srv.WaitForShutdown()
	}
	var err error
	if e.intents != nil {
		err = e.intents.close()
	}
	if e.ends != nil {
		err = errors.Join(err, e.ends.close())
	}
	return errors.Join(err, e.folder.close())
}

// Replicas is how many servers keep the stream.
func (s *Store) Replicas() int { return s.replicas }
