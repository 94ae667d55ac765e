package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"registre/domain"
	"registre/eventstore"
)

// What a process of its own does with a folder of order forms.
const (
	startFolding = "start-folding" // answers of every group, without snapshots
	startSaving  = "start-saving"  // the same, and saves them
	startSaved   = "start-saved"   // the same, from them
)

// linesOfAStart are the lines of a group of the folder that is started from.
const linesOfAStart = 10_000

// starting measures how long it takes until every group of a folder has answered: from its events, and from snapshots.
func (b *bench) starting(ctx context.Context) error {
	dir := filepath.Join(b.dir, "start")
	lines := max(b.events, 2*linesOfAStart)
	if err := fillOrdering(ctx, dir, b.seed, lines/linesOfAStart, linesOfAStart); err != nil {
		return err
	}
	if _, err := b.inChild(ctx, startSaving, dir); err != nil {
		return err
	}
	results := map[string]childResult{}
	for range rounds {
		for _, what := range []string{startFolding, startSaved} {
			r, err := b.inChild(ctx, what, dir)
			if err != nil {
				return err
			}
			if best, ok := results[what]; !ok || r.Read < best.Read {
				results[what] = r
			}
		}
	}
	b.addStart(lines, results[startFolding], results[startSaved], folderSize(filepath.Join(dir, cacheDir)))
	return nil
}

// The nation of the reference loads starts in three seconds from snapshots, in sixty without.
const (
	linesOfANation = 10_000_000
	savedNation    = 3.0 // seconds
	foldedNation   = 60.0
)

func (b *bench) addStart(lines int, folding, saved childResult, size int64) {
	share := float64(lines) / linesOfANation
	b.add(figure{Name: fmt.Sprintf("start, %d groups of %d lines, without snapshots", lines/linesOfAStart, linesOfAStart), Value: folding.Read, Unit: "s", Target: foldedNation * share, AtMost: true})
	b.add(beside(figure{Name: "  from snapshots", Value: saved.Read, Unit: "s"}, folding.Read, "without"))
	b.add(figure{Name: "  the same", Value: saved.Read, Unit: "s", Target: savedNation * share, AtMost: true})
	b.add(figure{Name: "  opening, before that", Value: saved.Open, Unit: "s"})
	b.add(figure{Name: "  snapshots on the disk", Value: float64(size) / float64(lines), Unit: "B a line"})
}

// savedStart saves snapshots of a folder's groups, and starts from them, best of some rounds.
func (b *bench) savedStart(ctx context.Context, dir string) (fastest childResult, err error) {
	if _, err := b.inChild(ctx, startSaving, dir); err != nil {
		return fastest, err
	}
	return best(func() (childResult, error) { return b.inChild(ctx, startSaved, dir) })
}

func (b *bench) addSaved(say string, lines float64, r childResult, size int64) {
	b.add(figure{Name: say + "start from snapshots, until every group has answered", Value: r.Open + r.Read, Unit: "s", Target: savedNation, AtMost: true})
	b.add(figure{Name: "  of that, opening", Value: r.Open, Unit: "s"})
	b.add(figure{Name: "  resident at most", Value: r.Peak, Unit: "MB", Target: 2500, AtMost: true})
	b.add(figure{Name: "  snapshots on the disk", Value: float64(size) / lines, Unit: "B a line"})
}

func folderSize(dir string) (size int64) {
	_ = filepath.Walk(dir, func(_ string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() {
			size += info.Size()
		}
		return nil
	})
	return size
}

// fillOrdering writes groups that order for ten school years, of so many lines each, straight into a folder.
func fillOrdering(ctx context.Context, dir string, seed uint64, groups, lines int) (err error) {
	store, err := house{Data: dir, Create: true}.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	for n := range groups {
		if err := fillOrders(ctx, store, newOrdering(seed, n, lines)); err != nil {
			return err
		}
	}
	return store.Sync(ctx)
}

func fillOrders(ctx context.Context, store eventstore.Store, o *ordering) error {
	g := &domain.Group{}
	for more := true; more; {
		var appends []eventstore.Append
		for len(appends) < 500 {
			var c domain.Command
			if c, more = o.command(); !more {
				break
			}
			after := g.Head()
			bodies, err := enactCommand(g, &c, o.id)
			if refused := (*domain.Refusal)(nil); errors.As(err, &refused) {
				continue // it is made up without looking at the group
			}
			if err != nil {
				return err
			}
			appends = append(appends, eventstore.Append{Group: o.group, After: after, Bodies: bodies})
		}
		if err := errors.Join(store.Write(ctx, appends)...); err != nil {
			return err
		}
	}
	return nil
}

// start opens a folder and has every group answer.
func (b *bench) startWith(ctx context.Context, what string) (r childResult, err error) {
	begun := time.Now()
	h := house{Data: b.app.data}
	store, err := h.open(ctx)
	if err != nil {
		return r, err
	}
	options := eventstore.LedgerOptions{Resident: 1 << 40}
	if what != startFolding {
		options.Snapshots = h.snapshots(store)
	}
	l := eventstore.NewLedger(store, options)
	r.Open = time.Since(begun).Seconds()
	begun = time.Now()
	r.Events, err = answerAll(ctx, l)
	r.Read = time.Since(begun).Seconds()
	return r, errors.Join(err, l.Close())
}

// answerAll asks every group for its total, as many at once as there are processors, and gives how many events they have.
func answerAll(ctx context.Context, l *eventstore.Ledger) (events uint64, err error) {
	heads, err := l.Heads(ctx)
	if err != nil {
		return 0, err
	}
	queue, errs := make(chan domain.GroupID, len(heads)), make(chan error, len(heads))
	for _, h := range heads {
		events += h.Number
		queue <- h.Group
	}
	close(queue)
	workers := runtime.GOMAXPROCS(0)
	for range workers {
		go func() {
			var err error
			for group := range queue {
				err = errors.Join(err, l.View(ctx, group, func(v *eventstore.View) error {
					v.State.Enrolment(domain.Pair{At: 738000, Known: v.Head}, domain.Selection{})
					return nil
				}))
			}
			errs <- err
		}()
	}
	for range workers {
		err = errors.Join(err, <-errs)
	}
	return events, err
}
