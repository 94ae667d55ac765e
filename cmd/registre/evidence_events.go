package main

import (
	"bytes"
	"cmp"
	"context"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
	"registre/projections"
	"registre/replay/evidence"
)

// eventsRead is how many events are read at a stretch, by a goroutine of their own.
const eventsRead = 256

// readEvents is what is read of the events while the logs are written: the tables of events and of documents.
type readEvents struct {
	f                 *takenEvidence
	ctx               context.Context // of the one who wants them
	line              evidence.InOrder
	events, documents *growing
	tree              archive.Tree // of what is known, where that is less than the register
	next              *stretch
	spare             []*stretch // that were taken
	audit             *passing   // of what is known; nil where the state is another process's, which is asked for what is found
}

func (f *takenEvidence) readEvents(ctx context.Context) (*readEvents, error) {
	r := &readEvents{f: f, ctx: ctx, next: &stretch{}}
	var err error
	if r.audit, err = f.passing(ctx); err != nil {
		return nil, err
	}
	if r.events, err = f.newGrowing(eventColumns); err != nil {
		return nil, err
	}
	if r.documents, err = f.newGrowing(documentColumns); err != nil {
		r.events.Remove()
		return nil, err
	}
	return r, nil
}

func (r *readEvents) remove() {
	r.events.Remove()
	r.documents.Remove()
}

// A stretch is events that follow each other, and what they add to the tables.
type stretch struct {
	first             uint64 // the number of the first
	bodies            []byte
	ends              []int
	read              []eventstore.Envelope
	events, documents *rowsPart
	texts             [2]bytes.Buffer // of both
	err               error
}

// reset empties a stretch, and keeps its room.
func (s *stretch) reset() {
	clear(s.read)
	s.bodies, s.ends, s.read, s.err = s.bodies[:0], s.ends[:0], s.read[:0], nil
}

// add takes the next body. An error may be that of one before.
func (r *readEvents) add(index uint64, body []byte) error {
	if index < r.f.known && r.f.known < r.f.extract.Group.Size {
		r.tree.Append(archive.LeafHash(body))
	}
	s := r.next
	if len(s.ends) == 0 {
		s.first = index + 1
	}
	s.bodies = append(s.bodies, body...)
	if s.ends = append(s.ends, len(s.bodies)); len(s.ends) < eventsRead {
		return nil
	}
	return r.pass()
}

// pass sets the stretch to being read.
func (r *readEvents) pass() error {
	s := r.next
	if n := len(r.spare); n > 0 {
		r.next, r.spare = r.spare[n-1], r.spare[:n-1]
	} else {
		r.next = &stretch{bodies: make([]byte, 0, len(s.bodies)+len(s.bodies)/8), ends: make([]int, 0, eventsRead), read: make([]eventstore.Envelope, 0, eventsRead)}
	}
	return r.line.Add(func() func() error {
		s.err = r.read(s)
		return func() error { return r.take(s) }
	})
}

// read decodes a stretch, and writes its rows.
func (r *readEvents) read(s *stretch) error {
	events, documents := r.events.part(&s.texts[0]), r.documents.part(&s.texts[1])
	from := 0
	for i, end := range s.ends {
		e, err := eventstore.Open(eventstore.Record{Group: domain.GroupID(r.f.group), Number: s.first + uint64(i), Body: s.bodies[from:end]})
		if err == nil {
			err = addEvent(events, documents, &e, r.f.files)
		}
		if err != nil {
			return err
		}
		s.read = append(s.read, e)
		from = end
	}
	if err := events.Close(); err != nil {
		return err
	}
	if err := documents.Close(); err != nil {
		return err
	}
	s.events, s.documents = events, documents
	return nil
}

// take adds what was read of a stretch.
func (r *readEvents) take(s *stretch) error {
	if s.err != nil {
		return s.err
	}
	for i := range s.read {
		r.f.index.event(&s.read[i])
	}
	if err := r.found(s.read); err != nil {
		return err
	}
	if err := r.events.add(s.events); err != nil {
		return err
	}
	err := r.documents.add(s.documents)
	s.reset()
	r.spare = append(r.spare, s)
	return err
}

// end ends when all is read, or what was begun where err ended the reading: nothing is being read any more then.
func (r *readEvents) end(err error) error {
	if err == nil && len(r.next.ends) > 0 {
		err = r.pass()
	}
	if err := r.line.WaitAfter(err); err != nil {
		return err
	}
	return r.found(nil)
}

// found puts aside what is found in events; without some, what is found at the end.
func (r *readEvents) found(events []eventstore.Envelope) error {
	if r.audit == nil {
		return nil
	}
	found, err := r.audit.take(r.ctx, events)
	r.f.found.told = events == nil
	r.f.found.call(&found.Named)
	for i := range found.Findings {
		err = cmp.Or(err, r.f.found.addTold(&found.Findings[i]))
	}
	return err
}

// passing begins the audit of what is known, beside the state where that is this process's. It is not where nothing is asked of it.
func (f *takenEvidence) passing(ctx context.Context) (*passing, error) {
	l := localOf(f.desk)
	if l == nil {
		return nil, nil
	}
	at, err := domain.ParseDay(f.at)
	if err != nil {
		return nil, err
	}
	return l.passing(ctx, projections.Question{Group: domain.GroupID(f.group), At: at, Known: f.known})
}
