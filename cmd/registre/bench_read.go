package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/atmost"
	"registre/eventstore/jetstream"
	"registre/projections"
)

// oneByOneUpTo is how many events a folder may hold for its groups to be read one by one as well: the server looks for the
// messages of one group among all others', so that the whole takes the square of them.
const oneByOneUpTo = 200_000

// perGroup is about how many events a group of the folder has that is read and opened.
const perGroup = 1000

// reading measures how fast a register is read and a folder opened.
func (b *bench) reading(ctx context.Context) error {
	dir := filepath.Join(b.dir, "read")
	begun := time.Now()
	if err := fill(ctx, dir, b.seed, b.events); err != nil {
		return err
	}
	b.add(figure{Name: fmt.Sprintf("fill, %d events", b.events), Value: float64(b.events) / time.Since(begun).Seconds(), Unit: "/s"})
	if err := fillOne(ctx, filepath.Join(b.dir, "one"), b.seed, b.events/4); err != nil {
		return err
	}
	whats := []string{"bare", "replay", "lazy", "fold", "bare-one", "replay-one", readFiles, verifyArchive, verifyStream}
	if b.events <= oneByOneUpTo {
		whats = append(whats, "every")
	}
	results := map[string]childResult{}
	for range rounds {
		for _, what := range whats {
			r, err := b.inChild(ctx, what, filepath.Join(b.dir, map[bool]string{true: "one", false: "read"}[strings.HasSuffix(what, "-one")]))
			if err != nil {
				return err
			}
			if best, ok := results[what]; !ok || r.Open+r.Read < best.Open+best.Read {
				results[what] = r
			}
		}
	}
	bare, replay, lazy, every := results["bare"], results["replay"], results["lazy"], results["every"]
	n := float64(bare.Events)
	one, bareOne := results["replay-one"], results["bare-one"]
	b.add(beside(figure{Name: "replay of a register, decoded strictly", Value: float64(one.Events) / one.Read, Unit: "/s", Target: 0.7}, float64(bareOne.Events)/bareOne.Read, "bare ordered consumer"))
	b.add(beside(figure{Name: "replay of all, decoded strictly", Value: n / replay.Read, Unit: "/s", Target: 0.7}, n/bare.Read, "bare ordered consumer"))
	b.add(beside(figure{Name: "open, one question", Value: lazy.Open + lazy.Read, Unit: "s", Target: 1.5, AtMost: true}, bare.Read, "bare ordered consumer"))
	b.add(figure{Name: "  of that, the server's start", Value: lazy.Open, Unit: "s"})
	b.add(figure{Name: "  resident, at most", Value: lazy.Peak, Unit: "MB", Target: 300, AtMost: true})
	fold := results["fold"]
	b.add(beside(figure{Name: "open, every group folded in one pass", Value: fold.Open + fold.Read, Unit: "s", Target: 1.5, AtMost: true}, bare.Read, "bare ordered consumer"))
	b.add(figure{Name: "  resident, at most", Value: fold.Peak, Unit: "MB", Target: 300, AtMost: true})
	if b.events <= oneByOneUpTo {
		b.add(beside(figure{Name: "open, every group one by one", Value: every.Open + every.Read, Unit: "s"}, bare.Read, "bare ordered consumer"))
		b.add(figure{Name: "  resident, at most", Value: every.Peak, Unit: "MB"})
		b.add(figure{Name: "  resident then", Value: every.Resident, Unit: "MB"})
	}
	b.add(figure{Name: "bare consumer, resident, at most", Value: bare.Peak, Unit: "MB"})
	return b.verified(ctx, results)
}

// fill writes histories into a folder, through the ledger, many groups at a time.
func fill(ctx context.Context, dir string, seed uint64, events int) error {
	l, err := openLedger(ctx, dir, 0)
	if err != nil {
		return err
	}
	groups := max(events/perGroup, 1)
	queue := make(chan int, groups)
	for n := range groups {
		queue <- n
	}
	close(queue)
	errs := make(chan error, groups)
	var all sync.WaitGroup
	for range min(groups, 256) {
		all.Go(func() {
			for n := range queue {
				h := newHistory(seed, n)
				for last := uint64(0); last < uint64(events/groups); {
					r, err := l.Do(ctx, h.command())
					if err != nil {
						errs <- err
						return
					}
					last = r.Last
				}
			}
		})
	}
	all.Wait()
	close(errs)
	if err := <-errs; err != nil {
		return err
	}
	return l.Close()
}

// fillOne writes one long history into a folder. What one writer records, one command at a time, would take minutes; so its
// events are decided and written as the ledger does, many with one sync.
func fillOne(ctx context.Context, dir string, seed uint64, events int) (err error) {
	store, err := house{Data: dir, Create: true}.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	g, h := &domain.Group{}, newHistory(seed, 0)
	for g.Head() < uint64(events) {
		var appends []eventstore.Append
		for range 1000 {
			after := g.Head()
			bodies, err := enact(g, h)
			if err != nil {
				return err
			}
			for i := range bodies {
				appends = append(appends, eventstore.Append{Group: h.group, After: after + uint64(i), Bodies: bodies[i : i+1]})
			}
		}
		if err := errors.Join(store.Write(ctx, appends)...); err != nil {
			return err
		}
	}
	return store.Sync(ctx)
}

// enact decides the next command of a history, and gives the bodies of its events.
func enact(g *domain.Group, h *history) ([][]byte, error) {
	c := h.command()
	return enactCommand(g, &c, h.id)
}

func enactCommand(g *domain.Group, c *domain.Command, id func() uuid.UUID) ([][]byte, error) {
	n := g.Head()
	events, err := domain.Enact(g, *c)
	if err != nil {
		return nil, err
	}
	bodies := make([][]byte, len(events))
	for i, e := range events {
		n++
		envelope := eventstore.NewEnvelope(c, e, n, id(), domain.Instant(n))
		if bodies[i], err = envelope.Append(nil); err != nil {
			return nil, err
		}
	}
	return bodies, nil
}

// childResult is what a process of its own has measured, so that its memory is its own too.
type childResult struct {
	Events   uint64
	Open     float64 // seconds
	Read     float64
	Peak     float64 // MB
	Resident float64
	Kept     float64 // MB of the heap that are the register as it stands
	Sized    *sized  `json:",omitempty"`
}

// inChild measures in a new process.
func (b *bench) inChild(ctx context.Context, what, dir string) (r childResult, err error) {
	self, err := os.Executable()
	if err != nil {
		return r, err
	}
	cmd := exec.CommandContext(ctx, self, "bench", "--child", what, "--data", dir, "--lines", strconv.Itoa(b.lines), "--seed", strconv.FormatUint(b.seed, 10))
	cmd.Stderr = b.app.errs
	out, err := cmd.Output()
	if err != nil {
		return r, fmt.Errorf("%s: %w", what, err)
	}
	return r, json.Unmarshal(out, &r)
}

// child opens the folder, reads what it is asked to, and tells how long it took.
func (b *bench) child(ctx context.Context, what string) (err error) {
	var r childResult
	of, file, imported := strings.Cut(what, ":")
	switch group, bare := strings.CutPrefix(what, "bare"); {
	case imported:
		r, err = b.importChild(ctx, of, file)
	case bare:
		r, err = b.discard(ctx, map[string]domain.GroupID{"-one": "g-00000"}[group])
	case what == readFiles, what == verifyArchive, what == verifyStream:
		r, err = b.verifyChild(ctx, what)
	case what == evidenceLogs, what == evidenceWhole:
		r, err = b.evidenceChild(ctx, what)
	case strings.HasPrefix(what, "audit-"):
		r, err = b.auditChild(ctx, what)
	case what == explainChild:
		r, err = b.explain(ctx)
	case strings.HasPrefix(what, "size-"):
		r, err = b.sizeChild(ctx, what)
	case what == startFolding, what == startSaving, what == startSaved:
		r, err = b.startWith(ctx, what)
	default:
		r, err = b.replay(ctx, what)
	}
	if err != nil {
		return err
	}
	if r.Resident == 0 {
		r.Peak, r.Resident = memory()
	}
	return json.NewEncoder(b.app.out).Encode(r)
}

// discard reads with a bare consumer.
func (b *bench) discard(ctx context.Context, group domain.GroupID) (r childResult, err error) {
	begun := time.Now()
	stream, err := jetstream.Open(ctx, b.app.data, jetstream.Options{})
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, stream.Close()) }()
	r.Open = time.Since(begun).Seconds()
	begun = time.Now()
	r.Events, err = stream.Discard(ctx, group)
	r.Read = time.Since(begun).Seconds()
	return r, err
}

// replay reads as the program does.
func (b *bench) replay(ctx context.Context, what string) (r childResult, err error) {
	begun := time.Now()
	l, err := openLedger(ctx, b.app.data, 1<<40)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	r.Open = time.Since(begun).Seconds()
	begun = time.Now()
	switch what {
	case "replay-one":
		for _, err = range l.Events(ctx, "g-00000", 0) {
			if err != nil {
				break
			}
			r.Events++
		}
	case "replay":
		r.Events, err = replayAll(ctx, l, func(*eventstore.Envelope) {})
	case "fold":
		groups := map[domain.GroupID]*domain.Group{}
		r.Events, err = replayAll(ctx, l, func(e *eventstore.Envelope) {
			g := groups[e.Group]
			if g == nil {
				g = &domain.Group{}
			}
			groups[e.Group] = domain.Evolve(g, e.Event())
		})
		defer runtime.KeepAlive(groups)
	case "lazy":
		err = look(ctx, l, "g-00000")
	case "every":
		err = lookAtAll(ctx, l)
	}
	r.Read = time.Since(begun).Seconds()
	return r, err
}

// replayAll reads every event of all registers, decoded strictly and checked for its place.
func replayAll(ctx context.Context, l *eventstore.Ledger, see func(*eventstore.Envelope)) (n uint64, err error) {
	for e, err := range l.All(ctx) {
		if err != nil {
			return n, err
		}
		see(&e)
		n++
	}
	return n, nil
}

func look(ctx context.Context, l *eventstore.Ledger, group domain.GroupID) error {
	return l.View(ctx, group, func(v *eventstore.View) error {
		_, err := projections.Weights(v.State, projections.Question{Group: group, At: 737000, Known: v.Head}, "ag", false)
		return err
	})
}

func lookAtAll(ctx context.Context, l *eventstore.Ledger) error {
	heads, err := l.Heads(ctx)
	if err != nil {
		return err
	}
	for _, h := range heads {
		if err := look(ctx, l, h.Group); err != nil {
			return err
		}
	}
	return nil
}

// memory is the most that this process has been resident with, and what it is now, in MB; 0 where the system does not tell.
func memory() (peak, now float64) {
	runtime.GC()
	status, _ := atmost.File("/proc/self/status", maxBenchFile)
	for lines := bufio.NewScanner(bytes.NewReader(status)); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), ":")
		kb, _ := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
		switch name {
		case "VmHWM":
			peak = kb / 1024
		case "VmRSS":
			now = kb / 1024
		}
	}
	return peak, now
}

// questions measures weights at random pairs in a group of 10,000 events.
func (b *bench) questions(context.Context) error {
	g, h := &domain.Group{}, newHistory(b.seed, 0)
	for g.Head() < 10_000 {
		if _, err := domain.Enact(g, h.command()); err != nil {
			return err
		}
	}
	const times = 200_000
	random := rand.New(rand.NewPCG(b.seed, 1))
	asked := make([]projections.Question, 4096)
	held := map[domain.Pair]int{}
	for i := range asked {
		asked[i] = projections.Question{Group: h.group, At: 735965 + domain.Day(random.IntN(int(h.day-735965))), Known: 1 + random.Uint64N(g.Head())}
		held[asked[i].Pair()] = i
	}
	var failed error
	nanos, allocs := timed(times, func(i int) {
		if _, err := projections.Weights(g, asked[i%len(asked)], "cogouv", false); err != nil {
			failed = err
		}
	})
	found := 0
	lookup, _ := timed(times, func(i int) { found += held[asked[i%len(asked)].Pair()] })
	b.add(figure{Name: "weights, any pair of 10,000 events", Value: nanos, Unit: "ns", Target: 2000, AtMost: true})
	b.add(beside(figure{Name: "  the same", Value: nanos, Unit: "ns"}, lookup, "map look-up"))
	b.add(figure{Name: "  allocations", Value: allocs, Unit: "", Target: 2, AtMost: true})
	return failed
}

// timed gives the nanoseconds and the allocations of one of many calls.
func timed(times int, do func(i int)) (nanos, allocs float64) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	begun := time.Now()
	for i := range times {
		do(i)
	}
	took := time.Since(begun)
	runtime.ReadMemStats(&after)
	return float64(took.Nanoseconds()) / float64(times), math.Round(100*float64(after.Mallocs-before.Mallocs)/float64(times)) / 100
}
