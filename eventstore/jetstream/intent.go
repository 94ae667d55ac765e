package jetstream

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"

	"registre/eventstore"
	"registre/eventstore/atmost"
)

// An append of several events is noted here, durably, before any of them is published, and Open completes those of which
// it finds a part. Events that are published one by one need it for every interruption. The server's atomic batches need
// it for a power cut: the server writes a batch first into files of its own, then into the stream, and removes those
// files when the stream's are written, not when they are durable.
//
// A note whose append is there whole, or not at all, says nothing, so that an old one does no harm.

// appendHeader is on every event of an append of several, and names its note.
const appendHeader = "Registre-Append"

// An intent is a note: these appends are about to be published together.
type intent struct {
	id      string
	appends []eventstore.Append
}

// intents is the file of the notes. A note is a frame that holds the id on a line of its own, and the appends.
type intents struct {
	mu    sync.Mutex
	file  *os.File
	size  int64    // of the notes that still count; what follows is old
	done  int64    // of those whose appends were answered
	found []intent // when the file was opened
}

// maxIntents is how many bytes of notes are read. The file is begun again whenever no append is under way.
const maxIntents = 1 << 30

func openIntents(path string) (*intents, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	text, err := atmost.Read(file, maxIntents)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &intents{file: file, found: parseIntents(text)}, nil
}

// note makes an intent durable.
func (n *intents) note(it intent) error {
	record := formatIntent(it)
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, err := n.file.WriteAt(record, n.size); err != nil {
		return err
	}
	n.size += int64(len(record))
	return n.file.Sync()
}

// answered says that everything noted so far was written, or refused.
func (n *intents) answered() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.done = n.size
}

// noted says how far the notes go whose appends were answered.
func (n *intents) noted() int64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.done
}

// drop lets the notes be written over, unless others were added since they went as far as upTo.
func (n *intents) drop(upTo int64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.size == upTo {
		n.size, n.done = 0, 0
	}
}

func (n *intents) close() error { return n.file.Close() }

// formatIntent gives a note as it stands in the file.
func formatIntent(it intent) []byte {
	b := make([]byte, eventstore.FrameHeader)
	b = append(append(b, it.id...), '\n')
	for _, a := range it.appends {
		b, _ = a.AppendTo(b)
	}
	eventstore.SealFrame(b)
	return b
}

// parseIntents reads notes up to the first that is not whole.
func parseIntents(text []byte) []intent {
	var found []intent
	for {
		note, rest, ok := eventstore.CutFrame(text)
		if !ok {
			return found
		}
		it, err := parseIntent(note)
		if err != nil {
			return found
		}
		found, text = append(found, it), rest
	}
}

var errNoIntent = errors.New("not a note")

func parseIntent(b []byte) (intent, error) {
	id, rest, ok := bytes.Cut(b, []byte{'\n'})
	if !ok {
		return intent{}, errNoIntent
	}
	it := intent{id: string(id)}
	for len(rest) > 0 {
		var a eventstore.Append
		var err error
		if a, rest, err = eventstore.CutAppend(rest); err != nil {
			return intent{}, err
		}
		it.appends = append(it.appends, a)
	}
	return it, nil
}

// completeTorn makes the appends whole of which a power cut has left a part.
func (s *Store) completeTorn(ctx context.Context) error {
	for _, it := range s.embedded.intents.found {
		for _, a := range it.appends {
			if err := s.complete(ctx, it.id, a); err != nil {
				return fmt.Errorf("completing an append to %s that was cut short: %w", a.Group, err)
			}
		}
	}
	last, err := s.lastOf(ctx, allSubjects)
	if err != nil {
		return err
	}
	if last.header.Get(batchIDHeader) != "" && last.header.Get(batchCommitHeader) == "" {
		return fmt.Errorf("%w: an append to %s has only its first events, and no note of the others",
			eventstore.ErrDamaged, groupOf(last.subject))
	}
	return nil
}

// complete publishes what is missing of an append, if a part of it is the end of its register.
func (s *Store) complete(ctx context.Context, id string, a eventstore.Append) error {
	last, err := s.lastOf(ctx, subjectOf(a.Group))
	if err != nil || last.header.Get(appendHeader) != id {
		return err
	}
	end, err := s.fetchEnd(ctx, a.Group)
	if err != nil || end.number <= a.After || end.number >= a.After+uint64(len(a.Bodies)) {
		return err
	}
	s.log.Warn("completing an append that was cut short", "group", a.Group, "after", a.After, "kept", end.number-a.After)
	for _, body := range a.Bodies[end.number-a.After:] {
		msg := guarded(subjectOf(a.Group), body, end.seq)
		msg.Header.Set(appendHeader, id)
		v := s.publish(ctx, []*nats.Msg{msg})[0]
		if v.err != nil {
			return v.err
		}
		end = place{number: end.number + 1, seq: v.seq}
	}
	s.places.settle(a.Group, end)
	return nil
}

// A kept message is one as the server gives it back.
type keptMessage struct {
	subject string
	seq     uint64
	header  nats.Header
}

// lastOf asks the stream's leader for the last message of a subject; seq is 0 where there is none. It never gives one
// from within an append.
func (s *Store) lastOf(ctx context.Context, subject string) (keptMessage, error) {
	s.halves.RLock()
	defer s.halves.RUnlock()
	return s.message(ctx, map[string]any{"last_by_subj": subject})
}

// message asks the stream's leader for one message; seq is 0 where there is none.
func (s *Store) message(ctx context.Context, request map[string]any) (keptMessage, error) {
	var answer struct {
		Message struct {
			Subject string `json:"subject"`
			Seq     uint64 `json:"seq"`
			Header  []byte `json:"hdrs"`
		} `json:"message"`
		Error *natsjs.APIError `json:"error"`
	}
	if err := s.ask(ctx, "STREAM.MSG.GET."+streamName, request, &answer); err != nil {
		return keptMessage{}, err
	}
	if answer.Error != nil && answer.Error.ErrorCode == codeMessageNotFound {
		return keptMessage{}, nil
	}
	if answer.Error != nil {
		return keptMessage{}, answer.Error
	}
	kept := keptMessage{subject: answer.Message.Subject, seq: answer.Message.Seq}
	if len(answer.Message.Header) == 0 {
		return kept, nil
	}
	var err error
	kept.header, err = nats.DecodeHeadersMsg(answer.Message.Header)
	return kept, err
}
