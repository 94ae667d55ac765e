package jetstream

import (
	"context"
	"errors"

	"github.com/nats-io/nats.go"
)

// serversSubject is where those that serve the same registers ask each other. No stream keeps it.
const serversSubject = "registre-servers"

// What one server answers at once, and how much of what it was asked waits: what is more is not answered.
const (
	serversAtOnce  = 8
	serversWaiting = 64
)

// Servers are all processes that serve the same registers, as far as they are connected to one server, or cluster. What is asked of
// them is heard at most once, and by each of them; who may not publish or subscribe there is not heard, and does not hear.
type Servers struct{ conn *nats.Conn }

// Servers gives those that serve the store's registers.
func (s *Store) Servers() Servers { return Servers{s.writes} }

// Answer answers what others ask, several at once, until it is stopped; with nil it says nothing. What waits then is not answered.
func (s Servers) Answer(answer func(question []byte) []byte) (stop func(), err error) {
	places := make(chan struct{}, serversAtOnce)
	sub, err := s.conn.Subscribe(serversSubject, func(msg *nats.Msg) {
		if msg.Reply == "" {
			return
		}
		places <- struct{}{}
		go func() {
			defer func() { <-places }()
			if text := answer(msg.Data); text != nil {
				_ = msg.Respond(text)
			}
		}()
	})
	if err == nil {
		err = sub.SetPendingLimits(serversWaiting, -1)
	}
	if err != nil {
		return nil, err
	}
	return func() { _ = sub.Unsubscribe() }, nil
}

// Ask asks all of them, this process among them where it answers, and takes their answers until it has enough of them or ctx ends,
// which is no error. That the question went round is known where it came back: otherwise that nobody answers says nothing.
func (s Servers) Ask(ctx context.Context, question []byte, take func(answer []byte) (enough bool)) (wentRound bool, err error) {
	arrived, inbox := make(chan *nats.Msg, serversWaiting), s.conn.NewInbox()
	for _, subject := range []string{serversSubject, inbox} {
		sub, err := s.conn.ChanSubscribe(subject, arrived)
		if err != nil {
			return false, err
		}
		defer func() { _ = sub.Unsubscribe() }()
	}
	if err := s.conn.PublishRequest(serversSubject, inbox, question); err != nil {
		return false, err
	}
	for {
		select {
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return wentRound, nil
			}
			return wentRound, ctx.Err()
		case msg := <-arrived:
			switch {
			case msg.Subject == serversSubject:
				wentRound = wentRound || msg.Reply == inbox
			case take(msg.Data):
				return true, nil
			}
		}
	}
}
