package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"registre/eventstore/jetstream"
)

const (
	giveWayPath  = "/give-way"  // at the socket of whoever holds a folder
	leavesWithin = 3 * patience // after he has last said so: his own questions, those of others, and closing
)

// A takingOver is a server on its way to hold a folder. Until it does, and can be reached through it, nobody else takes the folder up.
type takingOver struct {
	deskOptions
	log     *slog.Logger
	release func() error // of the claim; nil where there is none yet
	asked   bool         // somebody gives way
}

// claim says that this process is to hold the folder next. Where there is no whole folder nobody holds one: opening it says what is wrong.
func (t *takingOver) claim() (open bool) {
	if t.release != nil {
		return true
	}
	release, err := jetstream.Claim(t.Data)
	if errors.Is(err, jetstream.ErrClaimed) {
		return false
	}
	if err == nil {
		t.release = release
	}
	return true
}

// done lets others go by who holds the folder.
func (t *takingOver) done() {
	if t.release != nil {
		_ = t.release() // it only lets go of a lock
		t.release = nil
	}
}

// open opens the folder; whoever holds it is asked to give way, unless he serves himself.
func (t *takingOver) open(ctx context.Context) (desk, error) {
	if t.NATS != "" && !t.Kept {
		return openDesk(ctx, t.deskOptions)
	}
	for deadline := time.Now().Add(patience); ; time.Sleep(t.pause()) {
		err := error(jetstream.ErrLocked)
		if t.claim() {
			var l *local
			if l, err = t.openLocal(ctx); err == nil {
				return serving(l, t.deskOptions)
			}
		}
		if !errors.Is(err, jetstream.ErrLocked) {
			return nil, err
		}
		gives, there := t.askToGiveWay(ctx)
		switch {
		case gives:
			deadline = time.Now().Add(leavesWithin)
		case there:
			return nil, misuse("serve-held", t.Data, "")
		}
		if time.Now().After(deadline) || ctx.Err() != nil {
			return nil, err
		}
	}
}

// pause is how long it waits before it looks again: whoever gives way may have something to end before.
func (t *takingOver) pause() time.Duration {
	if t.asked {
		return 20 * time.Millisecond
	}
	return 5 * time.Millisecond
}

// askToGiveWay asks whoever holds the folder. A server does not know the request, and neither does a program that is older than it.
func (t *takingOver) askToGiveWay(ctx context.Context) (gives, there bool) {
	ctx, done := context.WithTimeout(ctx, patience)
	defer done()
	r := remoteOf(t.Data)
	defer r.Close()
	var answer struct{}
	if err := r.post(ctx, giveWayPath, nil, &answer); err != nil {
		return false, faultOf(err).Name != "unreachable"
	}
	if !t.asked {
		t.asked = true
		t.log.Info("whoever holds the folder gives way")
	}
	return true, true
}
