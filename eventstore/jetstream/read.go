package jetstream

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"time"

	natsjs "github.com/nats-io/nats.go/jetstream"
	"github.com/synadia-io/orbit.go/jetstreamext"

	"registre/domain"
	"registre/eventstore"
)

// How the server is asked for events: few are fetched with one request each, many are delivered by a consumer. The
// bytes bound what is on its way, well below what the client lets a subscription hold (64 MiB).
const (
	fewEvents   = 512
	fetchEvents = 256
	pullEvents  = 5000
	pullBytes   = 16 << 20

	// After twice as long without a word the client asks again, by a new consumer. On a cluster a first request can come to a
	// server that does not know yet where the consumer is.
	pullHeartbeat = time.Second
)

// Read implements eventstore.Store. Where the last event is not reached although the server has it, or is reached with
// another number than it was given, events were lost, and the last thing that Read gives is eventstore.ErrDamaged; with Connect
// an event that does not come may be late, and the error says no more than that.
func (s *Store) Read(ctx context.Context, group domain.GroupID, after uint64) iter.Seq2[eventstore.Record, error] {
	return func(yield func(eventstore.Record, error) bool) {
		if !domain.ValidID(string(group)) {
			return
		}
		if err := s.read(ctx, group, after, yield); err != nil {
			yield(eventstore.Record{}, fmt.Errorf("reading %s: %w", group, err))
		}
	}
}

func (s *Store) read(ctx context.Context, group domain.GroupID, after uint64, yield func(eventstore.Record, error) bool) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	last, err := s.lastOf(ctx, subjectOf(group))
	if err != nil {
		return err
	}
	r := s.reading(group, after, last.seq, yield)
	if r.done() {
		return nil
	}
	if err := r.fetch(ctx); err != nil {
		return err
	}
	return r.consume(ctx)
}

// ReadAll implements eventstore.Store. The order is that of the stream.
func (s *Store) ReadAll(ctx context.Context) iter.Seq2[eventstore.Record, error] {
	return func(yield func(eventstore.Record, error) bool) {
		if err := s.readAll(ctx, yield); err != nil {
			yield(eventstore.Record{}, fmt.Errorf("reading all registers: %w", err))
		}
	}
}

func (s *Store) readAll(ctx context.Context, yield func(eventstore.Record, error) bool) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	last, err := s.lastOf(ctx, allSubjects)
	if err != nil {
		return err
	}
	return s.reading("", 0, last.seq, yield).consume(ctx)
}

// Follow implements eventstore.Store. It waits as long as it takes: a server that is away comes back.
func (s *Store) Follow(ctx context.Context, group domain.GroupID, after uint64) iter.Seq2[eventstore.Record, error] {
	return func(yield func(eventstore.Record, error) bool) {
		if err := s.follow(ctx, group, after, yield); err != nil && ctx.Err() == nil {
			yield(eventstore.Record{}, fmt.Errorf("following %s: %w", group, err))
		}
	}
}

func (s *Store) follow(ctx context.Context, group domain.GroupID, after uint64, yield func(eventstore.Record, error) bool) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	if group == "" && after != 0 {
		return errAfterAll
	}
	if group != "" && !domain.ValidID(string(group)) {
		<-ctx.Done() // nothing can ever come
		return nil
	}
	return s.reading(group, after, endless, yield).consume(ctx)
}

// endless is the sequence at which Follow stops.
const endless = ^uint64(0)

// A reading gives the events of one register, or of all, in the order of the stream, and counts them.
type reading struct {
	store   *Store
	group   domain.GroupID // "" for all
	after   uint64         // what comes up to this number is read and not given
	end     uint64         // the sequence of the last message to read
	at      place          // of the last event that was read
	numbers map[domain.GroupID]uint64
	yield   func(eventstore.Record, error) bool
	enough  bool // whether the caller wants no more
}

// reading begins at the last place that is known before what is asked for. end is a sequence that the server has given
// when no batch was half written; so nothing that ends there ends within an append.
func (s *Store) reading(group domain.GroupID, after, end uint64, yield func(eventstore.Record, error) bool) *reading {
	r := &reading{store: s, group: group, after: after, end: end, yield: yield}
	if group == "" {
		r.numbers = map[domain.GroupID]uint64{}
	} else {
		r.at = s.places.before(group, after)
	}
	return r
}

func (r *reading) done() bool { return r.enough || r.at.seq >= r.end }

// take counts an event and gives it to the caller.
func (r *reading) take(subject string, seq uint64, body []byte) {
	if seq > r.end {
		r.at.seq = seq // it was written since the call
		return
	}
	r.at = place{number: r.at.number + 1, seq: seq}
	record := eventstore.Record{Group: r.group, Number: r.at.number, Body: body}
	if r.group == "" {
		record.Group = groupOf(subject)
		r.numbers[record.Group]++
		record.Number = r.numbers[record.Group]
	}
	if record.Number%markEvery == 0 || r.group != "" && seq == r.end {
		r.store.places.learn(record.Group, place{number: record.Number, seq: seq})
	}
	if record.Number > r.after {
		r.enough = !r.yield(record, nil)
	}
}

// fetch reads with requests for a few events each, while few are left. It may come to nothing before the end: a replica
// that lags behind answers too, and what it does not give is left to consume.
func (r *reading) fetch(ctx context.Context) error {
	for !r.done() {
		left, err := r.fetchSome(ctx)
		if err != nil || left == 0 || left > fewEvents {
			return err
		}
	}
	return nil
}

// fetchSome also gives how many events were left when the server answered.
func (r *reading) fetchSome(ctx context.Context) (left uint64, err error) {
	ctx, cancel := context.WithTimeout(ctx, r.store.patience)
	defer cancel()
	batch, err := jetstreamext.GetBatch(ctx, r.store.js, streamName, fetchEvents, jetstreamext.GetBatchSeq(r.at.seq+1),
		jetstreamext.GetBatchSubject(r.filter()), jetstreamext.GetBatchMaxBytes(pullBytes))
	if err != nil {
		return 0, err
	}
	for msg, err := range batch {
		if errors.Is(err, jetstreamext.ErrNoMessages) {
			return 0, nil
		}
		if err != nil {
			return 0, err
		}
		if left, err = strconv.ParseUint(msg.Header.Get("Nats-Num-Pending"), 10, 64); err != nil {
			return 0, err
		}
		if r.take(msg.Subject, msg.Sequence, msg.Data); r.done() {
			break
		}
	}
	return left, nil
}

// consume reads with an ordered consumer, which begins again by itself where a message was missed. What the server has
// may take a while to come from a replica that lags behind.
func (r *reading) consume(ctx context.Context) error {
	if r.done() {
		return nil
	}
	consumer, err := r.consumer(ctx)
	if err != nil {
		return err
	}
	messages, err := consumer.Messages(natsjs.PullMaxMessagesWithBytesLimit(pullEvents, pullBytes), natsjs.PullHeartbeat(pullHeartbeat))
	if err != nil {
		return err
	}
	defer messages.Stop()
	defer r.store.forget(consumer)
	return r.each(ctx, messages)
}

// filter gives the subjects that are read.
func (r *reading) filter() string {
	if r.group == "" {
		return allSubjects
	}
	return subjectOf(r.group)
}

// consumer has the server make a consumer. Whoever no longer waits for it is let go at once; it is forgotten when it comes, since
// the server would keep it for minutes.
func (r *reading) consumer(ctx context.Context) (natsjs.Consumer, error) {
	type answer struct {
		consumer natsjs.Consumer
		err      error
	}
	answered := make(chan answer, 1)
	from := r.at.seq + 1
	asking, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.store.patience)
	go func() {
		defer cancel()
		consumer, err := r.store.js.OrderedConsumer(asking, streamName, natsjs.OrderedConsumerConfig{
			FilterSubjects: []string{r.filter()}, DeliverPolicy: natsjs.DeliverByStartSequencePolicy, OptStartSeq: from,
		})
		answered <- answer{consumer, err}
	}()
	select {
	case a := <-answered:
		return a.consumer, a.err
	case <-ctx.Done():
		go func() {
			if a := <-answered; a.err == nil {
				r.store.forget(a.consumer)
			}
		}()
		return nil, ctx.Err()
	}
}

// each takes messages until the end. It waits for one no longer than the server's time, or for ever when following.
func (r *reading) each(ctx context.Context, messages natsjs.MessagesContext) error {
	waiting, stop := context.WithCancel(ctx)
	defer stop()
	timer := time.AfterFunc(r.store.patience, stop)
	defer timer.Stop()
	for !r.done() {
		if r.end != endless {
			timer.Reset(r.store.patience)
		} else {
			timer.Stop()
		}
		msg, err := messages.Next(natsjs.NextContext(waiting))
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case waiting.Err() != nil:
			if err := r.fetch(ctx); err != nil || r.done() {
				return err // it was only the consumer that did not get on
			}
			return r.cutShort()
		case err != nil:
			return err
		}
		timer.Stop() // the caller may take its time
		meta, err := msg.Metadata()
		if err != nil {
			return err
		}
		r.take(msg.Subject(), meta.Sequence.Stream, msg.Data())
	}
	return nil
}

// cutShort is the error of a reading to which nothing more is given. Of an embedded server that is damage; another one may have
// lost its leader meanwhile.
func (r *reading) cutShort() error {
	err := fmt.Errorf("the server has events up to its %d, and gives them up to %d", r.end, r.at.seq)
	if r.store.embedded == nil {
		return err
	}
	return fmt.Errorf("%w: %w", eventstore.ErrDamaged, err)
}

// forget removes the consumer, which the server would otherwise keep for some minutes.
func (s *Store) forget(consumer natsjs.Consumer) {
	name := consumer.CachedInfo().Name
	_ = s.reads.Publish("$JS.API.CONSUMER.DELETE."+streamName+"."+name, nil)
}
