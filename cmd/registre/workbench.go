package main

import (
	"context"
	"errors"
	"iter"
	"strconv"
	"strings"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/jetstream"
)

// A workbench is where a verb records commands: on the desk, or for a dry run on a rehearsal that begins as the desk stands.
type workbench struct {
	a        *app
	desk     desk // nil for a dry run without a folder
	rehearse *local
	me       string // the current user's pseudonym, once it was needed
}

// An outcome is what became of a command, with the events that it made: the first is the command's own, the others
// followed by themselves.
type outcome struct {
	Recorded
	Events []madeEvent `json:"events"`
}

// workbench opens the workbench. A dry run never makes a folder: where there is none it begins with nothing.
func (a *app) workbench(ctx context.Context, dryRun, create bool) (*workbench, error) {
	b := &workbench{a: a}
	if !dryRun {
		if err := a.besideNamed(); err != nil {
			return nil, err
		}
		a.recording = true
	}
	d, err := a.open(ctx, create && !dryRun)
	missing := errors.Is(err, jetstream.ErrNoFolder) || errors.Is(err, jetstream.ErrHalfMade)
	if err != nil && !(dryRun && create && missing) {
		return nil, err
	}
	b.desk = d
	if !dryRun {
		return b, nil
	}
	var base eventstore.Store = eventstore.NewMemory()
	if d != nil {
		base = deskStore{base, d}
	}
	b.rehearse = newLocal(eventstore.NewRehearsal(base), a.now, false)
	return b, nil
}

func (b *workbench) close() {
	if b.rehearse != nil {
		_ = b.rehearse.Close() // in memory
	}
}

// record records a command, or tries it, and looks what it made. A command without an actor is the current user's; that
// somebody else recorded it before changes nothing: the ledger leaves the actor out when it compares.
func (b *workbench) record(ctx context.Context, c *domain.Command) (*outcome, error) {
	// Once begun, a command is carried through: an interruption comes between two of them.
	ctx = context.WithoutCancel(ctx)
	if c.Actor == "" {
		var err error
		if c.Actor, err = b.actor(ctx); err != nil {
			return nil, err
		}
	}
	if err := c.Check(); err != nil {
		return nil, err
	}
	done, err := b.bring(ctx, c)
	if err != nil {
		return nil, err
	}
	return b.outcome(ctx, c, done)
}

// bring brings a command to the desk.
func (b *workbench) bring(ctx context.Context, c *domain.Command) (Recorded, error) {
	body, err := eventstore.AppendCommand(nil, c)
	if err != nil {
		return Recorded{}, wireFault(err)
	}
	arrived := b.a.waiting()
	done, err := b.at().Record(withWitnessTimeout(ctx, b.a.patience), body)
	arrived()
	if b.rehearse != nil {
		done.DryRun = true
		if !done.Repeated {
			done.Recorded = "" // nothing was
		}
	}
	return done, err
}

// envelope reads one event.
func (b *workbench) envelope(ctx context.Context, group domain.GroupID, n uint64) (eventstore.Envelope, error) {
	for r, err := range b.at().Records(ctx, group, n-1, false) {
		if err != nil {
			return eventstore.Envelope{}, err
		}
		return eventstore.Open(r)
	}
	return eventstore.Envelope{}, misuse("event-unknown", string(group), "#"+strconv.FormatUint(n, 10))
}

// outcome looks at the events that a command made.
func (b *workbench) outcome(ctx context.Context, c *domain.Command, done Recorded) (*outcome, error) {
	o := &outcome{Recorded: done}
	if done.Last == done.First {
		e := eventstore.NewEnvelope(c, domain.Event{Effective: c.Effective, Act: c.Act}, done.First, c.ID, 0)
		o.Events = []madeEvent{madeOf(&e)}
		return o, nil
	}
	for n := done.First; n <= done.Last; n++ {
		e, err := b.envelope(ctx, c.Group, n)
		if err != nil {
			return nil, err
		}
		o.Events = append(o.Events, madeOf(&e))
	}
	return o, nil
}

func (b *workbench) at() desk {
	if b.rehearse != nil {
		return b.rehearse
	}
	return b.desk
}

// actor is the pseudonym of the current user. A dry run gives nobody one.
func (b *workbench) actor(ctx context.Context) (string, error) {
	switch {
	case b.me != "":
		return b.me, nil
	case b.rehearse != nil:
		return "dry-run", nil
	}
	p, err := b.a.people()
	if err != nil {
		return "", err
	}
	b.me, err = p.me(ctx)
	return b.me, err
}

// deskStore reads what a desk has, wherever its ledger is. It is good for nothing but to begin a rehearsal.
type deskStore struct {
	eventstore.Store
	desk desk
}

// Read implements eventstore.Store.
func (s deskStore) Read(ctx context.Context, group domain.GroupID, after uint64) iter.Seq2[eventstore.Record, error] {
	return s.desk.Records(ctx, group, after, false)
}

// wireFault says in our own words what is wrong with the form of a command.
func wireFault(err error) error {
	var wire *eventstore.WireError
	if !errors.As(err, &wire) {
		return err
	}
	name := "unreadable-" + wire.Problem
	if _, ok := sayingOf(name); !ok {
		return err
	}
	f := misuse(name, "", "")
	f.Field = wire.Path
	if wire.Cause != nil {
		f.Detail = strings.TrimPrefix(wire.Cause.Error(), "jsontext: ")
	}
	return f
}
