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
	told    func(*work)  // by whoever holds the folder: that it gives way, or what it ends before
	release func() error // of the claim; nil where there is none yet
	last    *gaveWay     // what was told last
	at      time.Time    // and when
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
	var l *local
	err := t.take(ctx, func() (err error) { l, err = t.openLocal(ctx); return err })
	if err != nil {
		return nil, err
	}
	return serving(l, t.deskOptions)
}

// take takes the folder, once nobody else holds it. Whoever does is asked to give way, and waited for as long as it answers.
func (t *takingOver) take(ctx context.Context, hold func() error) error {
	for deadline := time.Now().Add(patience); ; time.Sleep(t.pause()) {
		err := error(jetstream.ErrLocked)
		if t.claim() {
			err = hold()
		}
		if !errors.Is(err, jetstream.ErrLocked) {
			return err
		}
		gives, there := t.askToGiveWay(ctx)
		switch {
		case gives:
			deadline = time.Now().Add(leavesWithin)
		case there:
			return misuse("serve-held", t.Data, "")
		}
		if time.Now().After(deadline) || ctx.Err() != nil {
			return err
		}
	}
}

// pause is how long it waits before it looks again: whoever gives way may have something to end before.
func (t *takingOver) pause() time.Duration {
	switch {
	case t.last == nil:
		return 5 * time.Millisecond
	case t.last.Work == nil:
		return 20 * time.Millisecond
	}
	return 200 * time.Millisecond
}

// askToGiveWay asks whoever holds the folder. A server does not know the request, and neither does a program that is older than it.
func (t *takingOver) askToGiveWay(ctx context.Context) (gives, there bool) {
	ctx, done := context.WithTimeout(ctx, patience)
	defer done()
	r := remoteOf(t.Data)
	defer r.Close()
	var answer gaveWay
	if err := r.post(ctx, giveWayPath, nil, &answer); err != nil {
		return false, faultOf(err).Name != "unreachable"
	}
	t.hear(&answer)
	return true, true
}

// hear tells what whoever holds the folder says: what is new, and every few seconds what it is still at.
func (t *takingOver) hear(answer *gaveWay) {
	same := t.last != nil && (t.last.Work == nil) == (answer.Work == nil) && (answer.Work == nil || answer.Work.Since.Equal(t.last.Work.Since))
	if t.last = answer; !same || answer.Work != nil && time.Since(t.at) >= patience {
		t.at = time.Now()
		t.told(answer.Work)
	}
}

// logWaiting is how a server tells it.
func logWaiting(log *slog.Logger) func(*work) {
	return func(w *work) {
		if w == nil {
			log.Info("whoever holds the folder gives way")
			return
		}
		log.Warn("whoever holds the folder ends first", "verb", w.Verb, "since", w.Since, "done", w.Done, "total", w.Total)
	}
}
