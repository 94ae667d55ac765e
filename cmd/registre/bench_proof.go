package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
)

// proofs measures what it costs that a register proves itself: the room on the disk, and the wait for a receipt.
func (b *bench) proofs(ctx context.Context) error {
	for _, size := range []int{300, 800} {
		if err := b.room(ctx, size); err != nil {
			return err
		}
	}
	return b.receipts(ctx)
}

// Of the folders whose room on the disk is measured.
const (
	roomEvents = 60_000
	roomGroups = 100
	roomRound  = 3000 // events that are synced together
)

// room fills a folder with bodies of one size, and weighs it.
func (b *bench) room(ctx context.Context, size int) error {
	dir := filepath.Join(b.dir, fmt.Sprint("room-", size))
	s, err := house{Data: dir, Create: true}.open(ctx)
	if err != nil {
		return err
	}
	body := bytes.Repeat([]byte("0123456789abcdef"), size/16+1)[:size]
	for n := 0; n < roomEvents && err == nil; n += roomRound {
		appends := make([]eventstore.Append, roomRound)
		for i := range appends {
			appends[i] = eventstore.Append{Group: domain.GroupID(fmt.Sprint("g", (n+i)%roomGroups)), After: uint64((n + i) / roomGroups), Bodies: [][]byte{body}}
		}
		err = errors.Join(errors.Join(s.Write(ctx, appends)...), s.Sync(ctx))
	}
	if err = errors.Join(err, s.Close()); err != nil {
		return err
	}
	stream, err := weigh(filepath.Join(dir, "jetstream"))
	if err != nil {
		return err
	}
	kept, err := weigh(filepath.Join(dir, archiveDir))
	if err != nil {
		return err
	}
	mb := func(bytes int64) float64 { return float64(bytes) / 1e6 }
	target := map[int]float64{300: 2.6, 800: 2.2}[size]
	b.add(beside(figure{Name: fmt.Sprintf("disk, both copies, %d bytes an event", size), Value: mb(stream + kept), Unit: "MB", Target: target, AtMost: true}, mb(int64(roomEvents*size)), "the bodies"))
	b.add(figure{Name: "  of that, the archive", Value: mb(kept), Unit: "MB"})
	return nil
}

// weigh adds up the files below a folder.
func weigh(dir string) (total int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			total += info.Size()
		}
		return err
	})
	return total, err
}

// receipts brings commands at a steady rate, each with its receipt, and tells how long the slowest hundredth waited.
func (b *bench) receipts(ctx context.Context) error {
	s, err := house{Data: filepath.Join(b.dir, "receipts"), Create: true}.open(ctx)
	if err != nil {
		return err
	}
	l := eventstore.NewLedger(s, eventstore.LedgerOptions{})
	if err := found(ctx, l, b.seed, receiptGroups); err != nil {
		return errors.Join(err, l.Close())
	}
	waits, err := b.receiptWaits(ctx, l, s, int(max(b.seconds, 1)*1000))
	if err = errors.Join(err, l.Close()); err != nil {
		return err
	}
	slices.Sort(waits)
	at := func(percent int) float64 { return float64(waits[(len(waits)-1)*percent/100].Microseconds()) / 1000 }
	b.add(figure{Name: "receipt at 1,000 commands/s, p50", Value: at(50), Unit: "ms"})
	b.add(figure{Name: "receipt at 1,000 commands/s, p99", Value: at(99), Unit: "ms", Target: 50, AtMost: true})
	return nil
}

const receiptGroups = 100

// receiptWaits begins a command every millisecond, whether or not those before it were answered, and gives how long each took
// from when it was due until its receipt was there.
func (b *bench) receiptWaits(ctx context.Context, l *eventstore.Ledger, s *archive.Store, n int) ([]time.Duration, error) {
	waits, errs := make([]time.Duration, n), make([]error, n)
	h := newHistory(b.seed, 2_000_000)
	h.day = 740000 // after all that the foundings say
	var all sync.WaitGroup
	begun := time.Now()
	for i := range n {
		h.group = domain.GroupID(fmt.Sprintf("g-%05d", i%receiptGroups))
		h.tell(h.weights("ag", "arrêté", 3))
		c := h.next[0]
		h.next = h.next[:0]
		due := begun.Add(time.Duration(i) * time.Millisecond)
		time.Sleep(time.Until(due))
		all.Go(func() {
			r, err := l.Do(ctx, c)
			if err == nil {
				_, err = s.Receipt(ctx, c.Group, r.Last)
			}
			waits[i], errs[i] = time.Since(due), err
		})
	}
	all.Wait()
	return waits, errors.Join(errs...)
}
