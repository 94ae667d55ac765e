package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/jetstream"
)

// rate lets so many writers do something until the time is over, and gives how often it was done in a second.
func (b *bench) rate(ctx context.Context, writers int, do func(ctx context.Context, writer int) error) (float64, error) {
	var done atomic.Int64
	var failed atomic.Pointer[error]
	begun := time.Now()
	end := begun.Add(time.Duration(b.seconds / rounds * float64(time.Second)))
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for time.Now().Before(end) && failed.Load() == nil {
				if err := do(ctx, w); err != nil {
					failed.Store(&err)
					return
				}
				done.Add(1)
			}
		})
	}
	all.Wait()
	if err := failed.Load(); err != nil {
		return 0, *err
	}
	return float64(done.Load()) / time.Since(begun).Seconds(), nil
}

// writerCounts are how many write at once.
var writerCounts = []int{1, 16, 256}

// rounds is how often each thing is measured, in turn with what it stands beside; the best counts.
const rounds = 3

// A contestant commits what it is given, as often as it can.
type contestant struct {
	name    string
	writers int
	groups  int // of a ledger's; 0 for a limit
	do      func(ctx context.Context, writer int) error
	close   func() error
	best    float64
}

// commits measures durable commands: through the ledger, beside a bare file and bare JetStream.
func (b *bench) commits(ctx context.Context) error {
	body := make([]byte, 600) // about what a command of this measurement writes
	for _, writers := range writerCounts {
		all, err := b.contestants(ctx, writers, body)
		for range rounds {
			for _, c := range all {
				if err == nil {
					err = b.measure(ctx, c)
				}
			}
		}
		for _, c := range all {
			err = errors.Join(err, c.close())
		}
		if err != nil {
			return err
		}
		b.compare(all)
	}
	return nil
}

func (b *bench) measure(ctx context.Context, c *contestant) error {
	got, err := b.rate(ctx, c.writers, c.do)
	c.best = max(c.best, got)
	return err
}

func (b *bench) contestants(ctx context.Context, writers int, body []byte) (all []*contestant, err error) {
	for _, open := range []func() (*contestant, error){
		func() (*contestant, error) { return b.file(writers, body) },
		func() (*contestant, error) { return b.syncAlways(ctx, writers, body) },
		func() (*contestant, error) { return b.ledger(ctx, writers, 1) },
		func() (*contestant, error) { return b.ledger(ctx, writers, 1000) },
	} {
		c, err := open()
		if err != nil {
			return all, err
		}
		c.writers = writers
		all = append(all, c)
	}
	return all, nil
}

// compare sets the ledgers beside the limits.
func (b *bench) compare(all []*contestant) {
	for _, c := range all {
		if c.groups == 0 {
			b.add(figure{Name: fmt.Sprintf("%s, %d writer%s", c.name, c.writers, plural(c.writers)), Value: c.best, Unit: "/s"})
		}
	}
	for _, c := range all[2:] {
		for i, target := range []map[int]float64{{1: 0.5, 16: 0.33, 256: 0.15}, {16: 4, 256: 10}} {
			f := figure{Name: fmt.Sprintf("commit, %d writer%s, %d group%s", c.writers, plural(c.writers), c.groups, plural(c.groups)), Value: c.best, Unit: "/s", Target: target[c.writers]}
			b.add(beside(f, all[i].best, all[i].name))
		}
	}
	one, many := all[2], all[3]
	spread := figure{Name: fmt.Sprintf("commit, %d writer%s, %d groups", many.writers, plural(many.writers), many.groups), Value: many.best, Unit: "/s", Target: 0.7}
	b.add(beside(spread, one.best, "the same on one"))
}

// file is a file to which writers write and that they sync: where there are several, one does it for all who wait.
func (b *bench) file(writers int, body []byte) (*contestant, error) {
	file, err := os.Create(filepath.Join(b.dir, fmt.Sprint("file-", writers)))
	if err != nil {
		return nil, err
	}
	if writers == 1 {
		return &contestant{name: "write+fsync", close: file.Close, do: func(context.Context, int) error {
			_, err := file.Write(body)
			return errors.Join(err, file.Sync())
		}}, nil
	}
	waiting := make(chan chan error, writers)
	go share(file, waiting, body)
	return &contestant{
		name: "write+fsync, shared", close: func() error { close(waiting); return nil },
		do: func(context.Context, int) error {
			answer := make(chan error, 1)
			waiting <- answer
			return <-answer
		},
	}, nil
}

// share writes for all who wait, syncs once, and answers all, until nobody can wait any more.
func share(file *os.File, waiting chan chan error, body []byte) {
	defer file.Close()
	for first := range waiting {
		runtime.Gosched()
		answers := []chan error{first}
		for more := true; more; {
			select {
			case w, ok := <-waiting:
				if more = ok; ok {
					answers = append(answers, w)
				}
			default:
				more = false
			}
		}
		_, err := file.Write(bytes.Repeat(body, len(answers)))
		err = errors.Join(err, file.Sync())
		for _, answer := range answers {
			answer <- err
		}
	}
}

// syncAlways is bare JetStream, one message each.
func (b *bench) syncAlways(ctx context.Context, writers int, body []byte) (*contestant, error) {
	bare, err := jetstream.OpenBare(ctx, filepath.Join(b.dir, fmt.Sprint("bare-", writers)))
	if err != nil {
		return nil, err
	}
	return &contestant{name: "JetStream SyncAlways", close: bare.Close, do: func(ctx context.Context, w int) error {
		return bare.Publish(ctx, domain.GroupID(fmt.Sprint("w", w)), body)
	}}, nil
}

// ledger commits commands, each a new table of weights.
func (b *bench) ledger(ctx context.Context, writers, groups int) (*contestant, error) {
	l, err := openLedger(ctx, filepath.Join(b.dir, fmt.Sprintf("commit-%d-%d", writers, groups)), 0)
	if err != nil {
		return nil, err
	}
	if err := found(ctx, l, b.seed, groups); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	makers := make([]*history, writers)
	for w := range makers {
		makers[w] = newHistory(b.seed, 1_000_000+w)
		makers[w].day = 740000 // after all that the foundings say
	}
	return &contestant{name: "commit", groups: groups, close: l.Close, do: func(ctx context.Context, w int) error {
		h := makers[w]
		h.group = domain.GroupID(fmt.Sprintf("g-%05d", (w+h.round*writers)%groups))
		h.round++
		h.tell(h.weights("ag", "arrêté", 3))
		c := h.next[0]
		h.next = h.next[:0]
		_, err := l.Do(ctx, c)
		return err
	}}, nil
}

// found founds groups, all at once.
func found(ctx context.Context, l *eventstore.Ledger, seed uint64, groups int) error {
	errs := make(chan error, groups)
	for n := range groups {
		go func() {
			_, err := l.Do(ctx, newHistory(seed, n).command())
			errs <- err
		}()
	}
	for range groups {
		if err := <-errs; err != nil {
			return err
		}
	}
	return nil
}
