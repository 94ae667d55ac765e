package main

import (
	"cmp"
	"context"

	"registre/domain"
	"registre/eventstore"
	"registre/projections"
	"registre/replay"
)

// The events at a stretch of an audit: nobody waits longer for the state than it takes to look them over, or to find what strikes.
const (
	auditLooked  = 8192
	auditApplied = 512
)

// A passing audit finds what strikes in the events as they pass by, beside the ledger's own state: nothing is folded for it.
type passing struct {
	l     *local
	audit *replay.Audit
	asked projections.Question
}

// localOf is the desk of this process, where d is that; otherwise nil. It stays that until the verb has ended.
func localOf(d desk) *local {
	switch d := d.(type) {
	case *local:
		return d
	case *guest:
		return d.local()
	case *steady:
		return localOf(d.current())
	}
	return nil
}

// passing begins one of all that is known at a pair.
func (l *local) passing(ctx context.Context, q projections.Question) (*passing, error) {
	p := &passing{l: l, audit: replay.NewAudit(q.Pair()), asked: q}
	for more := true; more; {
		err := p.view(ctx, func(g *domain.Group) { more = p.audit.Look(g, auditLooked) })
		if err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *passing) view(ctx context.Context, do func(*domain.Group)) error {
	err := p.l.ledger.View(ctx, p.asked.Group, func(v *eventstore.View) error { do(v.State); return nil })
	return cmp.Or(err, ctx.Err())
}

// add adds the next events. It reports whether more are wanted.
func (p *passing) add(ctx context.Context, events []eventstore.Envelope) (more bool, err error) {
	err = p.view(ctx, func(g *domain.Group) { more = p.audit.Apply(g, events) })
	return more, err
}

// take adds the next events, and gives what is found in them, as the question has it, but neither sorted nor answered. Without events
// it gives what is found at the end.
func (p *passing) take(ctx context.Context, events []eventstore.Envelope) (found findingsTold, err error) {
	err = p.l.ledger.View(ctx, p.asked.Group, func(v *eventstore.View) error {
		a := &asked{Question: p.asked, ctx: ctx, state: v.State, head: v.Head, margin: v}
		if len(events) == 0 {
			found = a.findingsTold(p.audit.Rest(v.State))
			return nil
		}
		p.audit.Apply(v.State, events)
		found = a.findingsTold(p.audit.Take())
		return nil
	})
	return found, cmp.Or(err, ctx.Err())
}

// audited applies an audit to all that is known at a question's pair.
func (l *local) audited(ctx context.Context, q projections.Question) (*replay.Audit, error) {
	p, err := l.passing(ctx, q)
	if err != nil {
		return nil, err
	}
	stretch := make([]eventstore.Envelope, 0, auditApplied)
	more := true
	add := func() error {
		more, err = p.add(ctx, stretch)
		stretch = stretch[:0]
		return err
	}
	for e, err := range l.ledger.Events(ctx, q.Group, 0) {
		if err != nil {
			return nil, err
		}
		if stretch = append(stretch, e); len(stretch) < auditApplied {
			continue
		}
		if err := add(); !more || err != nil {
			return p.audit, err
		}
	}
	return p.audit, add()
}
