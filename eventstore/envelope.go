package eventstore

import (
	"errors"
	"fmt"
	"strings"
	"unsafe"

	"github.com/google/uuid"

	"registre/domain"
)

// An Envelope is one event with everything that counts about it: it is what a register keeps, as the body that Append
// writes. No figure depends on anything outside it.
type Envelope struct {
	Group        domain.GroupID
	Number       uint64 // its place in the register, from 1
	ID           uuid.UUID
	Command      uuid.UUID // the command that it came of
	Type         string    // as the catalogue names Act
	Version      int       // in which it was written; Act is always what it is today
	Effective    domain.Date
	Recorded     domain.Instant
	Actor        string
	OnBehalfOf   domain.MemberID
	Evidence     []domain.Evidence
	Illustrative string // what of it is invented; "" in earnest
	Act          domain.Act
}

// NewEnvelope is the event ev that was decided on the command c, at its place in the register.
func NewEnvelope(c *domain.Command, ev domain.Event, number uint64, id uuid.UUID, recorded domain.Instant) Envelope {
	e := Envelope{
		Group: c.Group, Number: number, ID: id, Command: c.ID, Effective: ev.Effective, Recorded: recorded,
		Actor: c.Actor, OnBehalfOf: c.OnBehalfOf, Evidence: c.Evidence, Illustrative: c.Illustrative, Act: ev.Act,
	}
	if k := Events.of(ev.Act); k != nil {
		e.Type, e.Version = k.Type, k.Version
	}
	return e
}

// Event is what the envelope says to the domain.
func (e *Envelope) Event() domain.Event { return domain.Event{Effective: e.Effective, Act: e.Act} }

// CommandOf is the command that a command's first event says exactly; false for an event that nobody commands.
func CommandOf(e *Envelope) (domain.Command, bool) {
	if k := Events.of(e.Act); k == nil || k.Command == "" {
		return domain.Command{}, false
	}
	return domain.Command{
		ID: e.Command, Group: e.Group, Effective: e.Effective, Actor: e.Actor, OnBehalfOf: e.OnBehalfOf,
		Evidence: e.Evidence, Illustrative: e.Illustrative, Act: e.Act,
	}, true
}

// Append appends the one form of e to dst. It fails with a *WireError, and appends nothing, when e has none: matching
// ErrUnknownType when Type does not name Act, and ErrUnknownVersion when Version is not the newest, as with an event that
// was read in an older one (keep its bytes instead).
//
//	Decode(Append(e)) == e, where empty lists are nil
//	Append(Decode(b)) == b, where b is of the newest version
func (e *Envelope) Append(dst []byte) ([]byte, error) { return Events.Append(dst, e) }

// Append is [Envelope.Append] by the catalogue c.
func (c *Catalogue) Append(dst []byte, e *Envelope) ([]byte, error) {
	k := c.writer(dst)
	k.envelope(e)
	out, err := k.written(dst)
	if err != nil {
		return dst, err
	}
	if n := len(out) - len(dst); n > MaxBody {
		return dst, &WireError{Offset: -1, Problem: TooLong, Cause: fmt.Errorf("%d bytes, and %d are the most", n, MaxBody)}
	}
	return out, nil
}

// Decode reads the body of an event. It takes only what Append writes, or wrote in an older version, byte for byte; the
// bytes are not kept. Its error is a *WireError and matches ErrUnknownType, ErrUnknownVersion or else ErrNotCanonical.
func Decode(body []byte) (Envelope, error) { return Events.Decode(body) }

// Decode is [Decode] by the catalogue c.
func (c *Catalogue) Decode(body []byte) (Envelope, error) {
	if n := len(body); n > MaxBody {
		return Envelope{}, &WireError{Offset: MaxBody, Problem: TooLong, Cause: notCanonical{fmt.Errorf("%d bytes, and %d are the most", n, MaxBody)}}
	}
	// Nothing that is read keeps the bytes, so they need not be copied; an error can, and is told of a copy.
	e, err := c.decode(unsafe.String(unsafe.SliceData(body), len(body)))
	if err == nil {
		return e, nil
	}
	_, err = c.decode(string(body))
	if !errors.Is(err, ErrUnknownType) && !errors.Is(err, ErrUnknownVersion) && !errors.Is(err, ErrNotCanonical) {
		err.Cause = notCanonical{err.Cause}
	}
	return Envelope{}, err
}

func (c *Catalogue) decode(body string) (e Envelope, err *WireError) {
	k := c.reader(body)
	k.envelope(&e)
	return e, k.finish()
}

// DecodeAround is Decode, but for what the act says: that is passed over, and the envelope has no act.
func DecodeAround(body []byte) (Envelope, error) {
	var e Envelope
	k := Events.reader(unsafe.String(unsafe.SliceData(body), len(body)))
	k.around = true
	if k.envelope(&e); k.finish() == nil && len(body) <= MaxBody {
		return e, nil
	}
	e, err := Decode(body) // which says what is wrong
	e.Act = nil
	return e, err
}

// notCanonical is a cause for which bytes are not canonical.
type notCanonical struct{ cause error }

func (e notCanonical) Error() string {
	if e.cause == nil {
		return ErrNotCanonical.Error()
	}
	return e.cause.Error()
}

func (e notCanonical) Is(target error) bool { return target == ErrNotCanonical }
func (e notCanonical) Unwrap() error        { return e.cause }

func (c *coder) envelope(e *Envelope) {
	around := c.open("")
	k := c.envelopeKind(e)
	if c.err != nil {
		return
	}
	value(c, "actor", optional, &e.Actor, texts)
	value(c, "command", required, &e.Command, uuids)
	c.act(&e.Act, k)
	value(c, "effective", required, &e.Effective, dates)
	objects(c, "evidence", optional, &e.Evidence, evidence)
	value(c, "group", required, &e.Group, groups)
	value(c, "id", required, &e.ID, uuids)
	value(c, "illustrative", optional, &e.Illustrative, texts)
	number(c, "number", &e.Number)
	value(c, "on_behalf_of", optional, &e.OnBehalfOf, members)
	value(c, "recorded", required, &e.Recorded, instants)
	c.constant("type", k.Type)
	c.version(k)
	c.close(around)
}

// envelopeKind is the kind of e, or of the envelope that is read.
func (c *coder) envelopeKind(e *Envelope) *Kind {
	switch {
	case c.mode == describing:
		return &Kind{}
	case c.mode == writing:
		return c.writable(e)
	case c.err != nil:
		return nil
	}
	name, version, ok := c.typeBehind()
	if !ok {
		name, version = c.stringAhead("type"), c.numberAhead("version")
	}
	if c.err != nil {
		return nil
	}
	k := c.find(name, version)
	if k != nil {
		e.Type, e.Version = k.Type, k.Version
	}
	return k
}

func (c *coder) writable(e *Envelope) *Kind {
	k := c.find(e.Type, uint64(e.Version))
	switch {
	case k == nil:
	case k.is == nil:
		c.fail("version", UnknownVersion, fmt.Errorf("%w: %s, version %d, is only read", ErrUnknownVersion, k.Type, k.Version))
	case !k.is(e.Act):
		c.fail("type", UnknownType, fmt.Errorf("%w: %s is not the type of a %T", ErrUnknownType, k.Type, e.Act))
	}
	return k
}

// typeBehind finds the type and the version at the end of an envelope, where the order of the keys puts them.
func (c *coder) typeBehind() (name string, version uint64, ok bool) {
	const typeKey, versionKey = `,"type":`, `,"version":`
	at := c.pos
	last := strings.LastIndexByte(c.in, ',')
	c.pos = strings.LastIndexByte(c.in[:max(last, 0)], ',')
	if ok = c.pos >= 0 && c.skipPast(typeKey); ok {
		name, _ = c.readString()
		ok = c.skipPast(versionKey)
		version = c.readNumber()
	}
	ok = ok && c.err == nil && c.pos == len(c.in)-1
	c.pos, c.err = at, nil // whatever it is, it will be read again in its order
	return name, version, ok
}
