package main

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
	"registre/eventstore/jetstream"
	"registre/eventstore/witness"
	"registre/notify"
	"registre/projections"
	"registre/projections/canonical"
	"registre/replay"
)

// local is the desk of this process.
type local struct {
	ledger     *eventstore.Ledger
	archive    *archive.Store // the second copy; nil where none is kept
	now        func() time.Time
	house      *house                            // whose folder both copies are in; nil where the registers are on a server
	folder     *house                            // of this process, where what is kept beside registers is; nil where it has none
	servers    *jetstream.Servers                // that serve the same registers; nil where no others can
	following  atomic.Int32                      // links of mails of which these are being asked
	socket     *socket                           // through which others reach it; nil for none
	rounds     *witness.Rounds                   // that have the register witnessed; nil where there is no policy
	wrote      atomic.Bool                       // something was recorded here
	dispatcher atomic.Pointer[notify.Dispatcher] // that brings notices; nil where none does
	endAnswers func()                            // ends answering those servers; nil where it does not
	endNotices func()                            // waits until it has ended; nil for none
	release    func() error                      // of a folder beside a server; nil for none
	opening    *lengthy                          // until it answers

	rotating sync.Mutex // held while the key is rotated
}

func newLocal(store eventstore.Store, now func() time.Time, shared bool) *local {
	return newLocalKeeping(store, now, shared, nil)
}

// newLocalKeeping is newLocal, where snapshots are kept.
func newLocalKeeping(store eventstore.Store, now func() time.Time, shared bool, of eventstore.Snapshots) *local {
	second, _ := store.(*archive.Store)
	options := eventstore.LedgerOptions{Now: now, Shared: shared, Snapshots: of}
	var servers *jetstream.Servers
	if shared && second != nil {
		if stream, ok := second.Store.(*jetstream.Store); ok {
			options.Calls = stream.Calls()
			servers = stream.Servers()
		}
	}
	return &local{ledger: eventstore.NewLedger(store, options), archive: second, now: now, servers: servers}
}

// Record implements desk.
func (l *local) Record(ctx context.Context, command []byte) (Recorded, error) {
	c, err := eventstore.DecodeCommand(command)
	if err != nil {
		return Recorded{}, err
	}
	return l.record(ctx, c, l.ledger.Do)
}

// record has the ledger do a command.
func (l *local) record(ctx context.Context, c domain.Command, do func(context.Context, domain.Command) (eventstore.Result, error)) (Recorded, error) {
	if _, ok := c.Act.(*domain.KeyRotated); ok {
		return Recorded{}, misuse("key-by-hand", "", "")
	}
	if err := l.mayRecord(ctx); err != nil {
		return Recorded{}, err
	}
	warnings := l.warnings(ctx, &c)
	r, err := do(ctx, c)
	if r.Repeated {
		warnings = nil
	}
	if err == nil {
		l.wrote.Store(true)
		if d := l.dispatcher.Load(); d != nil {
			d.Nudge()
		}
		err = l.awaitWitnesses(ctx, r.Group, r.First, r.Last)
	}
	return Recorded{
		Command: r.Command.String(), First: r.First, Group: r.Group, Last: r.Last, Recorded: r.Recorded.String(), Repeated: r.Repeated, Warnings: warnings,
	}, err
}

// Records implements desk.
func (l *local) Records(ctx context.Context, group domain.GroupID, after uint64, follow bool) iter.Seq2[eventstore.Record, error] {
	return l.ledger.Records(ctx, group, after, follow)
}

// Close implements desk: those who came through the socket are served first.
func (l *local) Close() error {
	var err error
	if l.socket != nil {
		err = l.socket.Close()
	}
	l.endRounds()
	if l.endAnswers != nil {
		l.endAnswers()
	}
	if l.endNotices != nil {
		l.endNotices()
	}
	err = errors.Join(err, l.ledger.Close())
	if l.release != nil {
		err = errors.Join(err, l.release())
	}
	return err
}

// meta is what travels beside an answer, outside its identity.
type meta struct {
	Checkpoint  string   `json:"checkpoint,omitzero"`  // the newest of the house, signed
	Form        string   `json:"form"`                 // of the answer, with its version
	Head        uint64   `json:"head,omitzero"`        // the register's last number now
	Origin      string   `json:"origin,omitzero"`      // the house that signs
	Provisional bool     `json:"provisional,omitzero"` // the instant asked for is not past yet
	Question    Question `json:"question"`             // as it can be asked again for ever
	Root        string   `json:"root,omitzero"`        // of the tree of the register's events up to known
}

// canonical writes m in its canonical form.
func (m *meta) canonical() (json.RawMessage, error) {
	raw, err := canonical.Marshal(m)
	return raw, err
}

// A resolved question is of a kind there is, tells it what it takes, and has both times settled.
type resolved struct {
	kind
	asked
	meta meta
}

// resolve settles a question.
func (l *local) resolve(ctx context.Context, q Question) (*resolved, error) {
	k, ok := kinds[q.Kind]
	if !ok {
		return nil, misuse("unknown-question", q.Kind, "")
	}
	if !domain.ValidID(q.Group) {
		return nil, misuse("unknown-group", q.Group, "")
	}
	if k.ofHouse && q.Group != string(domain.House) {
		return nil, misuse("house-only", q.Kind, "")
	}
	var err error
	if q.More, err = k.told(q.Kind, q.More); err != nil {
		return nil, err
	}
	at, err := l.day(q.At)
	if err != nil {
		return nil, err
	}
	known, m, err := l.known(ctx, domain.GroupID(q.Group), q.Known)
	if err == nil && m.Head == 0 && !k.ofHouse {
		err = misuse("unknown-group", q.Group, "")
	}
	if err != nil {
		return nil, err
	}
	to := domain.Pair{At: at, Known: known}
	from, err := l.from(ctx, q, to)
	if err != nil {
		return nil, err
	}
	l.imprint(&m, q, from, to)
	return &resolved{
		kind: k, meta: m,
		asked: asked{Question: projections.Question{Group: domain.GroupID(q.Group), At: at, Known: known}, from: from, more: q.More, ctx: ctx, origin: l.origin()},
	}, nil
}

// origin is the name of the log; "-" where the registers are in none.
func (l *local) origin() string {
	if l.archive == nil {
		return "-"
	}
	return l.archive.PublicKey().Name()
}

// answer answers a question that was resolved, behind what stands in room; what stands in its meta belongs at place.
func (l *local) answer(r *resolved, room []byte) (text []byte, place int, err error) {
	err = l.look(&r.asked, r.kind, func() error {
		answer, err := r.kind.answer(&r.asked)
		if err = cmp.Or(err, r.lost); err != nil {
			return err
		}
		text, place, err = canonical.AppendAround(room, answer, "meta")
		return err
	})
	return text, place, err
}

// Ask implements desk.
func (l *local) Ask(ctx context.Context, q Question) (json.RawMessage, error) {
	if beside, ok := besides[q.Kind]; ok {
		return beside(l, ctx, q)
	}
	r, err := l.resolve(ctx, q)
	if err != nil {
		return nil, err
	}
	said, err := r.meta.canonical()
	if err != nil {
		return nil, err
	}
	text, place, err := l.answer(r, nil)
	if err != nil {
		return nil, err
	}
	return slices.Insert(text, place, said...), nil
}

// look lets a question see the register while it is answered.
func (l *local) look(a *asked, k kind, answer func() error) (err error) {
	if k.whole || k.wholeWith != "" && a.more[k.wholeWith] != "" {
		if a.book, err = replay.Fold(l.ledger.Events(a.ctx, a.Group, 0)); err != nil {
			return err
		}
		a.state, a.head, a.margin = a.book.Group, a.book.Head(), bookMargin{a.book}
		return answer()
	}
	if k.audits {
		if a.audit, err = l.audited(a.ctx, a.Question); err != nil {
			return err
		}
	}
	return l.ledger.View(a.ctx, a.Group, func(v *eventstore.View) error {
		a.state, a.head, a.margin = v.State, v.Head, v
		return answer()
	})
}

// imprint says in m of which question, and of which register, an answer is.
func (l *local) imprint(m *meta, q Question, from, to domain.Pair) {
	m.Form = versioned("answer")
	m.Question = Question{At: to.At.String(), Group: q.Group, Kind: q.Kind, Known: "#" + decimal(to.Known), More: maps.Clone(q.More)}
	if m.Question.More["from"] != "" {
		m.Question.More["from"] = from.At.String()
	}
	if m.Question.More["from_known"] != "" {
		m.Question.More["from_known"] = "#" + decimal(from.Known)
	}
	if l.archive == nil {
		return
	}
	m.Origin, m.Checkpoint = l.archive.PublicKey().Name(), string(l.archive.Checkpoint())
	if root, err := l.archive.RootAt(domain.GroupID(q.Group), to.Known); err == nil { // beside a server it may lag
		m.Root = hex.EncodeToString(root[:])
	}
}

// encode writes what is answered beside questions in its canonical form.
func encode(answer any) ([]byte, error) { return canonical.Marshal(answer) }

// day reads a day; none is today in Paris.
func (l *local) day(s string) (domain.Day, error) {
	if s == "" {
		return domain.InstantOf(l.now()).Day(), nil
	}
	d, err := domain.ParseDay(s)
	if err != nil {
		return 0, misuse("day-unreadable", s, err.Error())
	}
	return d, nil
}

// known resolves what may be known to a number in a group's register, and refuses a group that nobody founded; the house register may
// have no event yet.
func (l *local) known(ctx context.Context, group domain.GroupID, s string) (uint64, meta, error) {
	var m meta
	err := l.ledger.View(ctx, group, func(v *eventstore.View) error { m.Head = v.Head; return nil })
	switch {
	case err != nil:
		return 0, m, err
	case m.Head == 0 && group != domain.House:
		return 0, m, misuse("unknown-group", string(group), "")
	case s == "":
		return m.Head, m, nil
	case strings.HasPrefix(s, "#"):
		return numbered(s, m)
	}
	t, err := instant(s)
	if err != nil {
		return 0, m, misuse("known-unreadable", s, err.Error())
	}
	n, provisional, err := l.ledger.Known(ctx, group, t)
	m.Provisional = provisional
	return n, m, err
}

func numbered(s string, m meta) (uint64, meta, error) {
	n, err := strconv.ParseUint(s[1:], 10, 53)
	if err != nil || strconv.FormatUint(n, 10) != s[1:] {
		return 0, m, misuse("known-unreadable", s, s)
	}
	if n > m.Head {
		return 0, m, misuse("known-ahead", s, "#"+strconv.FormatUint(m.Head, 10))
	}
	return n, m, nil
}

// instant reads an instant, or a day, which means its end in Paris.
func instant(s string) (domain.Instant, error) {
	if d, err := domain.ParseDay(s); err == nil {
		return domain.EndOfDay(d), nil
	}
	return domain.ParseRFC3339(s)
}
