package jetstream

import (
	"context"
	"fmt"

	natsjs "github.com/nats-io/nats.go/jetstream"

	"registre/domain"
)

// Bare is JetStream with nothing of ours on top: what `registre bench` prints beside its own figures. It is no store: what
// it keeps has no numbers and no guards.
type Bare struct{ store *Store }

// OpenBare runs a server on a new folder that syncs every message before it acknowledges it.
func OpenBare(ctx context.Context, dir string) (*Bare, error) {
	s, err := Open(ctx, dir, Options{Create: true, way: bySyncAlways})
	if err != nil {
		return nil, err
	}
	return &Bare{store: s}, nil
}

// Publish sends one message and waits for its acknowledgement. Several goroutines may call it at once.
func (b *Bare) Publish(ctx context.Context, group domain.GroupID, body []byte) error {
	_, err := b.store.js.Publish(ctx, subjectOf(group), body)
	return err
}

// Close stops the server.
func (b *Bare) Close() error { return b.store.Close() }

// Discard reads the messages of one group, or of all (""), with an ordered consumer as the client library has it, and throws
// each away unseen. It gives how many there were. It is what reading costs when nothing is counted, checked or decoded.
func (s *Store) Discard(ctx context.Context, group domain.GroupID) (n uint64, err error) {
	filter := allSubjects
	if group != "" {
		filter = subjectOf(group)
	}
	consumer, err := s.js.OrderedConsumer(ctx, streamName, natsjs.OrderedConsumerConfig{FilterSubjects: []string{filter}})
	if err != nil {
		return 0, fmt.Errorf("reading with a bare consumer: %w", err)
	}
	info := consumer.CachedInfo()
	messages, err := consumer.Messages(natsjs.PullMaxMessages(pullEvents))
	if err != nil {
		return 0, fmt.Errorf("reading with a bare consumer: %w", err)
	}
	defer messages.Stop()
	defer s.forget(consumer)
	for end := info.NumPending; n < end; n++ {
		if _, err := messages.Next(natsjs.NextContext(ctx)); err != nil {
			return n, fmt.Errorf("reading with a bare consumer: %w", err)
		}
	}
	return n, nil
}
