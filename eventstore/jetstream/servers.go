package jetstream

import (
	"context"
	"errors"
	"sync"

	"github.com/nats-io/nats.go"
)

// serversSubject is where those that serve the same registers ask each other. No stream keeps it.
const serversSubject = "registre-servers"

// How much one server does of this at once: what it asks, what it answers, and how much of what it was asked waits; what is more is not
// answered. Whoever asks hears each question himself, so what is under way of one process is bounded by the square of the first.
const (
	serversAsking  = 4
	serversAtOnce  = 8
	serversWaiting = 64
)

// Servers are all processes that serve the same registers, as far as they are connected to one server, or cluster. What is asked of
// them is heard at most once, and by each of them; who may not publish or subscribe there is not heard, and does not hear.
type Servers struct {
	conn   *nats.Conn
	asking chan struct{}
}

// Servers gives those that serve the store's registers. They are asked beside what is read, not beside what is written.
func (s *Store) Servers() *Servers { return &Servers{s.reads, make(chan struct{}, serversAsking)} }

// Answer answers what others ask, several at once, until it is stopped, which waits for what is being answered; with nil it says
// nothing. What waits then is not answered.
func (s *Servers) Answer(answer func(question []byte) []byte) (stop func(), err error) {
	var (
		begins sync.Mutex // held while it is settled whether one more is begun
		over   bool
		atWork sync.WaitGroup
	)
	places, stopped := make(chan struct{}, serversAtOnce), make(chan struct{})
	sub, err := s.conn.Subscribe(serversSubject, func(msg *nats.Msg) {
		select {
		case places <- struct{}{}:
		case <-stopped:
			return
		}
		begins.Lock()
		defer begins.Unlock()
		if over || msg.Reply == "" {
			<-places
			return
		}
		atWork.Go(func() {
			defer func() { <-places }()
			if text := answer(msg.Data); text != nil {
				_ = msg.Respond(text)
			}
		})
	})
	if err == nil {
		err = sub.SetPendingLimits(serversWaiting, -1)
	}
	if err != nil {
		return nil, err
	}
	return func() {
		_ = sub.Unsubscribe()
		begins.Lock()
		over = true
		begins.Unlock()
		close(stopped)
		atWork.Wait()
	}, nil
}

// Tell tells all of them something that nobody answers, this process among them where it answers. It neither waits nor takes a turn from
// those who ask; who is not connected at the moment does not hear it.
func (s *Servers) Tell(what []byte) error {
	return s.conn.PublishRequest(serversSubject, s.conn.NewInbox(), what)
}

// Ask asks all of them, this process among them where it answers, and takes their answers until it has enough of them or ctx ends,
// which is no error. That the question went round is known where it came back: otherwise that nobody answers says nothing. Some are
// asked at a time; others wait for their turn.
func (s *Servers) Ask(ctx context.Context, question []byte, take func(answer []byte) (enough bool)) (wentRound bool, err error) {
	ended := func() error { // it is none that time is over
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return nil
		}
		return ctx.Err()
	}
	select {
	case s.asking <- struct{}{}:
		defer func() { <-s.asking }()
	case <-ctx.Done():
		return false, ended()
	}
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
			return wentRound, ended()
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
