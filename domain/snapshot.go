package domain

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// A snapshot is a group as it stands, in bytes, so that it need not be folded again from all its events. It is a cache and never
// a truth: who keeps one sees to it that the same code reads it that wrote it, and that the register is the one it was made of.
//
// For all groups g, made by Evolve or loaded, and all events e:
//
//	LoadSnapshot(g.AppendSnapshot(nil)) answers every question as g does
//	Evolve(LoadSnapshot(g.AppendSnapshot(nil)), e) answers as Evolve(g, e) does
//	LoadSnapshot(b).AppendSnapshot(nil) == b, where b is a snapshot
//
// It has no version: its form is whatever Code says. There is one description of each type, by which it is both written
// and read (see scribe); what follows from the rest is not written, but made again as Evolve makes it.

// ErrSnapshot says that bytes are no snapshot of a group, or a group none that can be written.
var ErrSnapshot = errors.New("not a snapshot")

// WriteSnapshot writes a snapshot of g, some of it at a time. It does not change g; Evolve must not run beside it. It fails with
// ErrSnapshot where g is not as Evolve makes it, and otherwise as w does; what was written then is none.
func (g *Group) WriteSnapshot(w io.Writer) error {
	s := newWriter(w)
	s.group(g)
	return s.end()
}

// AppendSnapshot appends to b what WriteSnapshot writes. Where it fails it appends nothing.
func (g *Group) AppendSnapshot(b []byte) ([]byte, error) {
	all := bytes.NewBuffer(b)
	if err := g.WriteSnapshot(all); err != nil {
		return b, err
	}
	return all.Bytes(), nil
}

// LoadSnapshot is the group of a snapshot, which is read once, some of it at a time. It fails with ErrSnapshot, and never otherwise, where
// there is none, or it cannot be read; but bytes that merely look like a snapshot it takes, so whoever keeps one knows it again by its
// hash.
func LoadSnapshot(from *io.SectionReader) (*Group, error) { return loadSnapshot(from, windowSize) }

func loadSnapshot(from *io.SectionReader, window int) (*Group, error) {
	s, err := newReader(from, window)
	if err != nil {
		return nil, err
	}
	defer s.release()
	g := new(Group)
	s.group(g)
	if left := s.left() + s.textLeft(); s.err == nil && left > 0 {
		s.fail("%d bytes are left", left)
	}
	if s.err != nil {
		return nil, s.err
	}
	return g, nil
}

func (s *scribe) fail(format string, args ...any) {
	if s.err == nil {
		s.err = fmt.Errorf("%w: %s", ErrSnapshot, fmt.Sprintf(format, args...))
	}
	s.at, s.behind.at = len(s.in), s.behind.end
}

// group is everything; the events come first, since the rest points into their acts, and members before what names their places.
func (s *scribe) group(g *Group) {
	list(s, &g.events, (*scribe).saying)
	registered(s, &g.members, func(s *scribe, m *member) { timeline(s, &m.standing, (*scribe).standing) })
	registered(s, &g.agreements, func(s *scribe, a *agreement) {
		timeline(s, &a.launches, act)
		timeline(s, &a.terms, (*scribe).term)
	})
	registered(s, &g.schools, func(s *scribe, c *school) { timeline(s, &c.life, (*scribe).schooling) })
	s.lineCounts(&g.counts, g)
	registered(s, &g.orders, (*scribe).order)
	registered(s, &g.sittings, func(s *scribe, t *sitting) { timeline(s, &t.log, (*scribe).act) })
	registered(s, &g.decisions, func(s *scribe, d *decision) {
		timeline(s, &d.said, (*scribe).act)
		timeline(s, &d.fate, (*scribe).act)
	})
	registered(s, &g.documents, func(s *scribe, d *document) {
		timeline(s, &d.said, act)
		timeline(s, &d.kept, act)
		timeline(s, &d.ends, act)
	})
	timeline(s, &g.answers, act)
	registered(s, &g.bodies, func(s *scribe, b *body) { s.body(b, g) })
	registered(s, &g.texts, func(s *scribe, t *text) { s.textOf(t, g) })
	timeline(s, &g.founding, act)
	timelines(s, &g.roles, func(s *scribe, v **RoleGiven) { anyAct(s, v) })
	timelines(s, &g.duties, act)
	timeline(s, &g.rules, act)
	timeline(s, &g.turnover, nothing)
	timeline(s, &g.doubts, (*scribe).doubt)
	list(s, &g.open, func(s *scribe, i *int) { place(s, i, len(g.texts.all)) })
	list(s, &g.rotations, act)
	s.rights(g)
}

func (s *scribe) saying(e *saying) {
	s.event(&e.said)
	optional(s, &e.since, func(s *scribe, l *since) {
		s.flag(&l.corrected)
		s.flag(&l.void)
		s.eventOrNone(&l.now)
		list(s, &l.corrections, natural)
		list(s, &l.dependents, natural)
	})
}

func (s *scribe) event(e *Event) {
	s.date(&e.Effective)
	s.act(&e.Act)
	if e.Act == nil {
		s.fail("an event says nothing")
	}
}

func (s *scribe) eventOrNone(e *Event) {
	s.date(&e.Effective)
	s.act(&e.Act)
}

func (s *scribe) date(d *Date) {
	signed(s, &d.First)
	natural(s, &d.Precision)
}

func (s *scribe) doubt(d *Doubt) {
	natural(s, &d.Event)
	s.date(&d.Date)
	natural(s, &d.Of)
	words(s, &d.Body)
}

func (s *scribe) standing(v *standing) {
	s.flag(&v.active)
	words(s, &v.name)
	anyAct(s, &v.by)
}

func (s *scribe) term(t *term) {
	signed(s, &t.until)
	s.ceiling(&t.ceiling)
	words(s, &t.ended)
}

func (s *scribe) schooling(v *schooling) {
	if described := v.facts != nil; s.whether(&described) {
		ref(s, &v.facts, (*scribe).facts)
	}
	anyAct(s, &v.moved)
	natural(s, &v.to)
	s.flag(&v.merged)
}

func (s *scribe) order(o *order) {
	timeline(s, &o.issues, act)
	timeline(s, &o.amendments, act)
	timeline(s, &o.ends, act)
	timeline(s, &o.receipts, nothing)
	list(s, &o.writs, func(s *scribe, w **writ) { made(s, w, (*scribe).writ) })
	natural(s, &o.counted)
}

func (s *scribe) writ(w *writ) {
	s.act(&w.act)
	natural(s, &w.event)
	natural(s, &w.first)
	natural(s, &w.n)
}

func (s *scribe) body(b *body, g *Group) {
	timeline(s, &b.life, func(s *scribe, l *life) {
		s.flag(&l.exists)
		words(s, &l.name)
		words(s, &l.by)
	})
	timeline(s, &b.tables, func(s *scribe, t **table) { s.table(t, g) })
	list(s, &b.cells, func(s *scribe, t **Timeline[cell]) {
		optional(s, t, func(s *scribe, t *Timeline[cell]) { timeline(s, t, (*scribe).cell) })
	})
	list(s, &b.owners, func(s *scribe, m *int32) { place(s, m, len(g.members.all)) })
	s.place(&b.lastOwn)
	timelines(s, &b.voting, act)
}

func (s *scribe) cell(c *cell) {
	s.weight(&c.weight)
	list(s, &c.heirs, words)
	s.flag(&c.undetermined)
}

// table is a table of weights, which follows from the act that set it.
func (s *scribe) table(t **table, g *Group) {
	members := len(g.members.all)
	ref(s, t, func(s *scribe, t *table) {
		act(s, &t.set)
		if s.reading && s.err == nil {
			*t = *t.set.table(g)
		}
	})
	if len(g.members.all) != members {
		s.fail("a table of weights of strangers")
	}
}

func (s *scribe) textOf(t *text, g *Group) {
	natural(s, &t.drafted)
	timeline(s, &t.drafts, act)
	membersOf(s, &t.approvals, g, func(s *scribe, a *approval) { anyAct(s, &a.by) })
	membersOf(s, &t.signatures, g, nothing)
	timeline(s, &t.ends, func(s *scribe, e *end) { s.flag(&e.inForce) })
	if t.drafted > g.Head() {
		s.fail("a text of event %d", t.drafted)
	}
}
