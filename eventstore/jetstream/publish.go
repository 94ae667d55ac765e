package jetstream

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"
	"github.com/synadia-io/orbit.go/jetstreamext"

	"registre/eventstore"
)

// A publisher sends messages to the stream and gathers what the server answers to each. It has its own inbox, since the
// client library's way costs a future, a timer and two map entries for each message; this one costs a slot in a slice.
type publisher struct {
	conn   *nats.Conn
	prefix string // of the replies' subjects

	mu     sync.Mutex
	number uint64     // of the present round; what comes for an earlier one is late and is dropped
	round  []verdict  // one for each message that asked for an answer
	left   int        // how many of them are open
	done   chan error // gets one value when none is left, or when none can come any more
	last   uint64     // the highest sequence that the server has answered
}

// A verdict is the server's answer to one message.
type verdict struct {
	seq uint64 // of the message in the stream, where err is nil
	err error
}

const (
	batchIDHeader       = jetstreamext.BatchIDHeader
	batchSequenceHeader = jetstreamext.BatchSeqHeader
	batchCommitHeader   = jetstreamext.BatchCommitHeader
)

var errNoAnswer = errors.New("no answer")

func newPublisher(conn *nats.Conn) (*publisher, error) {
	p := &publisher{conn: conn, prefix: nats.NewInbox() + ".", done: make(chan error, 1)}
	sub, err := conn.Subscribe(p.prefix+"*.*", p.take)
	if err != nil {
		return nil, err
	}
	return p, sub.SetPendingLimits(-1, -1)
}

// begin opens a round with room for n answers.
func (p *publisher) begin(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.number++
	p.round = make([]verdict, n)
	for i := range p.round {
		p.round[i].err = errNoAnswer
	}
	p.left = n
	select {
	case <-p.done: // of a round that was given up
	default:
	}
}

// send publishes the message whose answer goes to the given slot of the round.
func (p *publisher) send(msg *nats.Msg, slot int) error {
	msg.Reply = p.prefix + strconv.FormatUint(p.number, 36) + "." + strconv.Itoa(slot)
	return p.conn.PublishMsg(msg)
}

// sendOn publishes a message to which no answer is wanted.
func (p *publisher) sendOn(msg *nats.Msg) error {
	msg.Reply = ""
	return p.conn.PublishMsg(msg)
}

// skip says that the message of a slot could not be published, and that those after it were not.
func (p *publisher) skip(from int, err error) {
	proved := eventstore.ErrUnknown // it may have gone out in part or whole, unless the connection says that it was away
	if errors.Is(err, nats.ErrConnectionClosed) || errors.Is(err, nats.ErrReconnectBufExceeded) {
		proved = eventstore.ErrNotWritten
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := from; i < len(p.round); i++ {
		p.round[i].err = fmt.Errorf("%w: not sent: %w", proved, err)
		proved = eventstore.ErrNotWritten
		p.left--
	}
	if p.left == 0 {
		p.finish(nil)
	}
}

// reached takes note that the stream has come to a sequence.
func (p *publisher) reached(seq uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = max(p.last, seq)
}

// lastSeq gives the highest sequence in the stream that is known.
func (p *publisher) lastSeq() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.last
}

// wait gives the verdicts of the round. Those that did not come before ctx ended say ErrUnknown.
func (p *publisher) wait(ctx context.Context) []verdict {
	var cause error
	select {
	case cause = <-p.done:
	case <-ctx.Done():
		cause = ctx.Err()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.round {
		if p.round[i].err == errNoAnswer {
			p.round[i].err = fmt.Errorf("%w: %w from the server: %w", eventstore.ErrUnknown, errNoAnswer, cause)
		}
	}
	p.number++
	p.left = 0
	return p.round
}

// lost ends the present round: the connection has gone, and with it the answers.
func (p *publisher) lost() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.left > 0 {
		p.left = 0
		p.finish(errors.New("the connection was lost"))
	}
}

func (p *publisher) finish(err error) {
	select {
	case p.done <- err:
	default:
	}
}

func (p *publisher) take(msg *nats.Msg) {
	round, slot, ok := strings.Cut(msg.Subject[len(p.prefix):], ".")
	number, err := strconv.ParseUint(round, 36, 64)
	index, err2 := strconv.Atoi(slot)
	if !ok || err != nil || err2 != nil {
		return
	}
	v := judge(msg)
	p.mu.Lock()
	defer p.mu.Unlock()
	if number != p.number || index >= len(p.round) || p.round[index].err != errNoAnswer || p.left == 0 {
		return
	}
	p.round[index] = v
	p.last = max(p.last, v.seq)
	if p.left--; p.left == 0 {
		p.finish(nil)
	}
}

// The acknowledgement of a message is nearly always exactly this with a number between; the rest is read as JSON.
const (
	ackPrefix = `{"stream":"` + streamName + `","seq":`
	ackSuffix = `}`
)

// judge reads the server's answer to a published message.
func judge(msg *nats.Msg) verdict {
	if number, ok := bytes.CutPrefix(msg.Data, []byte(ackPrefix)); ok {
		if number, ok = bytes.CutSuffix(number, []byte(ackSuffix)); ok {
			if seq, err := strconv.ParseUint(string(number), 10, 64); err == nil && seq > 0 {
				return verdict{seq: seq}
			}
		}
	}
	return judgeSlowly(msg)
}

func judgeSlowly(msg *nats.Msg) verdict {
	var ack struct {
		Stream    string           `json:"stream"`
		Seq       uint64           `json:"seq"`
		Duplicate bool             `json:"duplicate"`
		Error     *natsjs.APIError `json:"error"`
	}
	switch err := json.Unmarshal(msg.Data, &ack); {
	case err != nil && msg.Header.Get("Status") == "503":
		return verdict{err: fmt.Errorf("%w: nobody keeps the stream", eventstore.ErrUnknown)}
	case err != nil:
		return verdict{err: fmt.Errorf("%w: an answer that is none: %q", eventstore.ErrUnknown, msg.Data)}
	case ack.Error != nil:
		return verdict{err: refusal(ack.Error)}
	case ack.Stream != streamName || ack.Seq == 0 || ack.Duplicate:
		return verdict{err: fmt.Errorf("%w: an answer that is not ours: %q", eventstore.ErrUnknown, msg.Data)}
	}
	return verdict{seq: ack.Seq}
}

// The codes by which the server proves that it has not written. It checks all of these before it stores anything.
var (
	overtakenCodes = []natsjs.ErrorCode{
		natsjs.JSErrCodeStreamWrongLastSequence,         // the guard is not the subject's last
		natsjs.JSErrCodeStreamWrongLastSequenceConstant, // the same on several replicas, or in flight
	}
	notWrittenCodes = []natsjs.ErrorCode{
		10023, // insufficient resources
		10028, // memory resources exceeded
		10047, // storage resources exceeded
		10054, // message exceeds the maximum
		10060, // another stream was expected
		10097, // headers exceed the maximum
		10109, // the stream is sealed
		10167, // too many requests
		10174, // atomic publish is disabled
		10175, // batch sequence missing
		10176, // batch incomplete and abandoned
		10177, // unsupported header in a batch
		10199, // batch too large
		10210, // too many batches in flight
	}
)

// refusal tells what a server's error proves. A code that is not known to prove something proves nothing.
func refusal(err *natsjs.APIError) error {
	proved := eventstore.ErrUnknown
	switch {
	case slices.Contains(overtakenCodes, err.ErrorCode):
		proved = eventstore.ErrOvertaken
	case slices.Contains(notWrittenCodes, err.ErrorCode):
		proved = eventstore.ErrNotWritten
	}
	return fmt.Errorf("%w: %w", proved, err)
}

// guarded makes the message of an event. seq is the stream's sequence of the last message on the subject, 0 for none.
func guarded(subject string, body []byte, seq uint64) *nats.Msg {
	msg := &nats.Msg{Subject: subject, Data: body, Header: nats.Header{}}
	guard(msg, seq)
	return msg
}

func guard(msg *nats.Msg, seq uint64) {
	msg.Header[natsjs.ExpectedLastSubjSeqHeader] = []string{strconv.FormatUint(seq, 10)}
}

// inAppend makes the message of an event of several.
func inAppend(subject string, body []byte, id string) *nats.Msg {
	return &nats.Msg{Subject: subject, Data: body, Header: nats.Header{appendHeader: []string{id}}}
}

// sendBatch publishes messages to be written together or not at all; the one answer goes to the given slot.
func (p *publisher) sendBatch(msgs []*nats.Msg, id string, slot int) error {
	for i, msg := range msgs {
		msg.Header[batchIDHeader] = []string{id}
		msg.Header[batchSequenceHeader] = []string{strconv.Itoa(i + 1)}
	}
	last := msgs[len(msgs)-1]
	for _, msg := range msgs[:len(msgs)-1] {
		if err := p.conn.PublishMsg(msg); err != nil {
			return err
		}
	}
	last.Header[batchCommitHeader] = []string{"1"}
	return p.send(last, slot)
}
