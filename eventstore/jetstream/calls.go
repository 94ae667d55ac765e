package jetstream

import (
	"strconv"
	"strings"

	"github.com/nats-io/nats.go"

	"registre/domain"
	"registre/eventstore"
)

// callsPrefix begins the subjects on which processes call that they wait to write to a group. No stream keeps them.
const callsPrefix = "registre-calls."

// Calls carry calls between the processes that are connected to one server, or cluster; see eventstore.Calls. Who may not publish
// there is not heard, and who may not subscribe waits for nobody.
type Calls struct{ conn *nats.Conn }

var _ eventstore.Calls = Calls{}

// Calls gives the calls of those who write to the store's registers.
func (s *Store) Calls() Calls { return Calls{s.writes} }

// Call implements eventstore.Calls.
func (c Calls) Call(call eventstore.Call) {
	_ = c.conn.Publish(callsPrefix+string(call.Group), []byte(call.From+" "+strconv.FormatUint(call.Place, 10)))
}

// Hear implements eventstore.Calls.
func (c Calls) Hear(f func(eventstore.Call)) (stop func(), err error) {
	sub, err := c.conn.Subscribe(callsPrefix+"*", func(msg *nats.Msg) {
		if call, ok := parseCall(msg); ok {
			f(call)
		}
	})
	if err != nil {
		return nil, err
	}
	return func() { _ = sub.Unsubscribe() }, nil
}

// maxName bounds the name of a process, in bytes.
const maxName = 64

func parseCall(msg *nats.Msg) (call eventstore.Call, ok bool) {
	from, number, ok := strings.Cut(string(msg.Data), " ")
	place, err := strconv.ParseUint(number, 10, 64)
	group := strings.TrimPrefix(msg.Subject, callsPrefix)
	if !ok || err != nil || len(from) > maxName || !domain.ValidID(group) {
		return call, false
	}
	return eventstore.Call{From: from, Group: domain.GroupID(group), Place: place}, true
}
