package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"registre/domain"
	"registre/eventstore"
)

// Presets of generate.
const (
	regionSchools = 841 // the public figure for the Grand Est, stated without a day
	nationGroups  = 1000
	nationLines   = 10_000_000
)

// A generation makes groups that order, and says what it made.
type generation struct {
	app    *app
	preset string
	direct bool

	groups, lines int
	seed          uint64

	mu       sync.Mutex
	progress *progress
	Made     generated
}

// generated is what was made, as --json prints it.
type generated struct {
	Groups       int     `json:"groups"`
	Lines        int     `json:"lines"`
	Events       uint64  `json:"events"`
	Commands     int     `json:"commands"`
	Repeated     int     `json:"repeated"` // of the commands, those that had been recorded before
	Seed         uint64  `json:"seed"`
	Direct       bool    `json:"direct"`
	Seconds      float64 `json:"seconds"`
	Illustrative bool    `json:"illustrative"`
}

func (a *app) generateVerb() *cobra.Command {
	g := &generation{app: a}
	cmd := &cobra.Command{
		Use:   "generate",
		Short: "Write groups that order for ten school years; everything in them is invented",
		Long: `Write groups that order for ten school years: agreements, schools, order forms of up to 2,000 lines, monthly amendments,
cancellations, double counts, unknown headcounts, corrections, a succession of members, facts recorded late. Everything is
invented, and marked illustrative. The same --seed makes the same commands; run again after an interruption, it goes on.

The commands go the way of all others, each decided and on the disk. With --direct they are decided, and written straight
into the register, thousands with one sync: many times as fast, for a folder that has none of these groups; what is cut short
is begun again in another folder.

  region   one group: 841 schools, about 11,000 lines
  nation   1,000 groups: 10 million lines, one in forty of them in the largest group`,
		Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := g.settle(cmd.Flags().Changed); err != nil {
				return err
			}
			return g.run(cmd.Context())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&g.preset, "preset", "", "region or nation")
	flags.IntVar(&g.groups, "groups", 1, "how many groups, the first ones the largest")
	flags.IntVar(&g.lines, "lines", regionSchools*linesOfASchool, "how many lines of order forms, of all groups, about")
	flags.Uint64Var(&g.seed, "seed", 1, "of what is made up")
	flags.BoolVar(&g.direct, "direct", false, "write straight into the register, thousands of events with one sync")
	return cmd
}

// settle puts in what a preset says.
func (g *generation) settle(given func(string) bool) error {
	groups, lines := g.groups, g.lines
	switch g.preset {
	case "":
	case "region":
		groups, lines = 1, regionSchools*linesOfASchool
	case "nation":
		groups, lines = nationGroups, nationLines
	default:
		return misuse("generate-preset", g.preset, "")
	}
	if !given("groups") {
		g.groups = groups
	}
	if !given("lines") {
		g.lines = lines
	}
	if g.groups < 1 || g.lines < g.groups {
		return misuse("generate-few", "", "--groups >= 1, --lines >= --groups")
	}
	return nil
}

// run makes the groups.
func (g *generation) run(ctx context.Context) error {
	g.progress = newProgress(g.app, int64(g.lines))
	begun := time.Now()
	do := g.throughTheDesk
	if g.direct {
		do = g.straight
	}
	if err := do(ctx); err != nil {
		return err
	}
	g.progress.clear()
	g.Made.Groups, g.Made.Seed, g.Made.Direct, g.Made.Illustrative = g.groups, g.seed, g.direct, true
	g.Made.Seconds = time.Since(begun).Seconds()
	if g.app.asJSON {
		return json.NewEncoder(g.app.out).Encode(&g.Made)
	}
	g.app.printf(g.app.tr(
		"%d groupements, %d lignes, %d événements, en %.1f s. Tout y est inventé, et marqué « illustratif ».\n",
		"%d groups, %d lines, %d events, in %.1f s. Everything in them is invented, and marked illustrative.\n"),
		g.Made.Groups, g.Made.Lines, g.Made.Events, g.Made.Seconds)
	return nil
}

// sizes share lines out among groups: the first has most, the n-th an eighth as many as it would have at n = 1 by 1/(n+8).
func sizes(groups, lines int) []int {
	all, sum := make([]int, groups), 0.0
	for n := range groups {
		sum += 1 / float64(n+8)
	}
	for n := range groups {
		all[n] = max(1, int(float64(lines)/sum/float64(n+8)))
	}
	return all
}

// each lets some workers make the groups, each group by one of them.
func (g *generation) each(workers int, do func(o *ordering) error) error {
	queue, errs := make(chan *ordering), make([]error, workers)
	var all sync.WaitGroup
	failed := make(chan struct{})
	var once sync.Once
	for w := range workers {
		all.Go(func() {
			for o := range queue {
				if errs[w] = do(o); errs[w] != nil {
					once.Do(func() { close(failed) })
					return
				}
			}
		})
	}
	for n, lines := range sizes(g.groups, g.lines) {
		o := newOrdering(g.seed, n, lines)
		select {
		case queue <- o:
			continue
		case <-failed:
		}
		break
	}
	close(queue)
	all.Wait()
	return errors.Join(errs...)
}

// throughTheDesk records every command as any other.
func (g *generation) throughTheDesk(ctx context.Context) error {
	bench, err := g.app.workbench(ctx, false, true)
	if err != nil {
		return err
	}
	defer bench.close()
	return g.each(min(g.groups, 64), func(o *ordering) error {
		for {
			before := o.lines
			c, ok := o.command()
			if !ok {
				return nil
			}
			body, err := eventstore.AppendCommand(nil, &c)
			if err != nil {
				return err
			}
			done, err := bench.at().Record(context.WithoutCancel(ctx), body)
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return err
			}
			g.made(o.lines-before, 1, done.Last-done.First+1, done.Repeated)
		}
	})
}

// made counts a command.
func (g *generation) made(lines, commands int, events uint64, repeated bool) {
	g.mu.Lock()
	g.Made.Lines, g.Made.Commands, g.Made.Events = g.Made.Lines+lines, g.Made.Commands+commands, g.Made.Events+events
	if repeated {
		g.Made.Repeated += commands
	}
	done := g.Made.Lines
	g.mu.Unlock()
	g.progress.of(uint64(done), uint64(g.lines))
}

// straight decides the commands, and writes their events into the store.
func (g *generation) straight(ctx context.Context) (err error) {
	if g.app.nats != "" {
		return misuse("generate-direct", g.app.nats, "")
	}
	store, err := house{Data: g.app.data, Create: true}.open(ctx)
	if err != nil {
		return err
	}
	g.app.work = beginWork(g.app.verb, g.app.data, time.Now(), true)
	g.progress = cmp.Or(g.progress, newProgress(g.app, int64(g.lines)))
	defer func() {
		err = errors.Join(err, g.app.work.end(), store.Close())
		g.app.work = nil
	}()
	return generateInto(ctx, store, g)
}

// generateInto writes the groups of a generation into a store that has none of them.
func generateInto(ctx context.Context, store eventstore.Store, g *generation) error {
	heads, err := store.Heads(ctx)
	if err != nil {
		return err
	}
	for _, h := range heads {
		for n := range g.groups {
			if h.Group == groupOf(n) {
				return misuse("generate-there", string(h.Group), "")
			}
		}
	}
	w := &straightWriter{ctx: ctx, store: store, g: g}
	if err := g.each(runtime.GOMAXPROCS(0), w.group); err != nil {
		return err
	}
	return store.Sync(ctx)
}

func groupOf(n int) domain.GroupID { return domain.GroupID(fmt.Sprintf("gen-%05d", n)) }

// A straightWriter writes what several workers decide, one after the other.
type straightWriter struct {
	ctx   context.Context
	store eventstore.Store
	g     *generation
	mu    sync.Mutex
	last  domain.Instant
	since int // events since the last sync
}

const (
	directBatch = 500    // commands that are written at once
	directSync  = 20_000 // events, after which the store is synced: until then it keeps them in memory
)

// group decides and writes all commands of one group.
func (w *straightWriter) group(o *ordering) error {
	state := &domain.Group{}
	var commands []domain.Command
	for {
		before := o.lines
		commands = commands[:0]
		for len(commands) < directBatch {
			c, ok := o.command()
			if !ok {
				break
			}
			commands = append(commands, c)
		}
		if len(commands) == 0 {
			return nil
		}
		after := state.Head()
		if err := w.write(o, state, commands); err != nil {
			return err
		}
		w.g.made(o.lines-before, len(commands), state.Head()-after, false)
	}
}

// write decides some commands, and writes their events.
func (w *straightWriter) write(o *ordering, state *domain.Group, commands []domain.Command) error {
	var appends []eventstore.Append
	at := w.stamp(len(commands) * 4)
	for i := range commands {
		c, after := &commands[i], state.Head()
		events, err := domain.Enact(state, *c)
		if err != nil {
			return fmt.Errorf("%s: %w", o.group, err)
		}
		var bodies [][]byte
		for n, e := range events {
			id, err := uuid.NewV7()
			if err != nil {
				return err
			}
			at++
			envelope := eventstore.NewEnvelope(c, e, after+uint64(n)+1, id, at)
			body, err := envelope.Append(nil)
			if err != nil {
				return err
			}
			bodies = append(bodies, body)
		}
		appends = append(appends, eventstore.Append{Group: o.group, After: after, Bodies: bodies})
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := errors.Join(errors.Join(w.store.Write(w.ctx, appends)...), w.ctx.Err()); err != nil {
		return err
	}
	if w.since += len(appends); w.since < directSync {
		return nil
	}
	w.since = 0
	return w.store.Sync(w.ctx)
}

// stamp gives the present instant, and keeps as many after it for its caller.
func (w *straightWriter) stamp(events int) domain.Instant {
	w.mu.Lock()
	defer w.mu.Unlock()
	at := max(domain.InstantOf(w.g.app.now()), w.last)
	w.last = at + domain.Instant(events)
	return at
}
