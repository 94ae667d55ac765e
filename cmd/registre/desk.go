package main

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/jetstream"
)

// A desk is where commands are brought and questions asked. Its errors are such that faultOf knows them.
type desk interface {
	// Record records one command, a JSON object as eventstore.DecodeCommand reads it. The same one again changes nothing.
	Record(ctx context.Context, command []byte) (Recorded, error)
	// Ask gives the answer to a question: one JSON object, whose keys other than "meta" are for ever the same for the
	// same pair of times.
	Ask(ctx context.Context, q Question) (json.RawMessage, error)
	// Records gives the durable events of a register from after+1 on; with follow also those to come, until ctx ends; group
	// "" with follow means all groups.
	Records(ctx context.Context, group domain.GroupID, after uint64, follow bool) iter.Seq2[eventstore.Record, error]
	// Close gives back what the desk holds.
	Close() error
}

// Recorded is what became of a command.
type Recorded struct {
	Command  string         `json:"command"`
	First    uint64         `json:"first"`
	Group    domain.GroupID `json:"group"`
	Last     uint64         `json:"last"`
	Recorded string         `json:"recorded"`
	Repeated bool           `json:"repeated,omitempty"`
	DryRun   bool           `json:"dry_run,omitempty"`
	Warnings []warned       `json:"warnings,omitempty"`
}

// Question is what is asked, with both times as the user wrote them.
type Question struct {
	At    string            `json:"at,omitempty"`
	Group string            `json:"group,omitempty"`
	Kind  string            `json:"kind"`
	Known string            `json:"known,omitempty"`
	More  map[string]string `json:"more,omitempty"`
}

// name names a question whose times are settled among all others: each of its parts with its length.
func (q *Question) name() string {
	b := make([]byte, 0, 128)
	add := func(part string) {
		b = strconv.AppendInt(b, int64(len(part)), 10)
		b = append(append(b, ':'), part...)
	}
	for _, part := range []string{q.Kind, q.Group, q.At, q.Known} {
		add(part)
	}
	var room [8]string
	names := room[:0]
	for name := range q.More {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		add(name)
		add(q.More[name])
	}
	return string(b)
}

type deskOptions struct {
	house
	NATS, Creds string
	Kept        bool   // with NATS: an archive is kept in the folder
	Guest       bool   // it gives way to a server that wants the folder
	Next        bool   // whoever is to hold the folder next is waited for, however long it takes to open it
	Verb        string // which holds the folder, for whoever waits for it
	Now         func() time.Time
}

// patience is how long a second process waits for the one that holds the folder.
const patience = 10 * time.Second

// openDesk opens the ledger of a folder, or reaches the process that has it open.
func openDesk(ctx context.Context, o deskOptions) (desk, error) {
	if o.NATS != "" && !o.Kept {
		store, err := o.connect(ctx, nil)
		if err != nil {
			return nil, err
		}
		return newLocal(store, o.Now, true), nil
	}
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		err := error(jetstream.ErrLocked)
		if !jetstream.Claimed(o.Data) {
			var l *local
			if l, err = o.openLocal(ctx); err == nil {
				return serving(l, o)
			}
		} else if o.Next {
			deadline = time.Now().Add(patience)
		}
		if !errors.Is(err, jetstream.ErrLocked) {
			return nil, err
		}
		r, away := dial(ctx, o.Data)
		if away == nil {
			return r, nil
		}
		if o.Next && isAtWork(away) {
			deadline = time.Now().Add(patience)
		}
		if time.Now().After(deadline) || ctx.Err() != nil {
			return nil, waitedFor(err, away)
		}
	}
}

// openLocal opens the folder in this process. Where that takes long, whoever comes meanwhile is told so.
func (o deskOptions) openLocal(ctx context.Context) (*local, error) {
	opening := &lengthy{begin: func(since time.Time) *atWork { return beginWork(o.Verb, o.Data, since, true) }}
	o.held = opening.held
	l, err := o.openHere(ctx)
	if err == nil {
		l.opening = opening
	}
	return l, err
}

func (o deskOptions) openHere(ctx context.Context) (*local, error) {
	if o.NATS == "" {
		store, err := o.open(ctx)
		if err != nil {
			return nil, err
		}
		l := newLocalKeeping(store, o.Now, false, o.snapshots(store))
		l.house, l.folder = &o.house, &o.house
		return l, nil
	}
	b, err := o.openBeside(ctx)
	if err != nil {
		return nil, err
	}
	l := newLocalKeeping(b.store, o.Now, true, o.snapshots(b.store))
	l.release, l.folder = b.release, &o.house
	return l, nil
}

// serving lets other processes reach a local desk through the folder.
func serving(l *local, o deskOptions) (desk, error) {
	if err := l.startRounds(o); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	var d desk = l
	var giveWay func() gaveWay
	if o.Guest {
		g := newGuest(l, o.Verb)
		g.mu.Lock() // it can be asked at once, and leaves when it has all that it holds
		defer g.mu.Unlock()
		d, giveWay = g, g.giveWay
	}
	s, err := listen(filepath.Join(o.Data, socketName), l, giveWay)
	if err != nil {
		return nil, errors.Join(failure("failed", o.Data, err), l.Close())
	}
	l.socket = s
	l.opening.over() // what is asked from now on is answered
	return d, nil
}
