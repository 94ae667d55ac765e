package witness

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"

	"registre/domain"
	"registre/eventstore/archive"
)

// ErrNotWitnessed says that no checkpoint that covers an event bears the cosignatures that the policy needs, as yet.
var ErrNotWitnessed = errors.New("not witnessed yet")

// Pauses.
const (
	firstPause = 250 * time.Millisecond // after a submission that failed; each further one is twice as long
	longest    = time.Minute
	leisure    = time.Second // between rounds that nobody waits for
)

// RoundsOptions say how witnesses are asked; the zero value is for earnest use.
type RoundsOptions struct {
	Logger *slog.Logger
	Now    func() time.Time // nil for time.Now
	Alarms string           // the file in which alarms stand; "" for none

	pause time.Duration // in the place of firstPause; 0 for that
	http  *http.Client  // nil for one that keeps connections alive
}

// Rounds have a house's log of heads witnessed. A round is one checkpoint, submitted to every witness of the policy that has a
// URL; the next one begins when that has its quorum, or when every witness has answered or failed, with what is newest by then. So
// all who wait for an event share the rounds, and a slow witness holds up nobody who does not need it.
type Rounds struct {
	store  *archive.Store
	policy *archive.Policy
	log    *slog.Logger
	now    func() time.Time
	alarms string
	stop   context.CancelFunc
	pause  time.Duration
	hurry  chan struct{} // closed when nobody has leisure any more
	done   sync.WaitGroup

	keeping sync.Mutex // held while a witnessed checkpoint is judged and kept

	mu       sync.Mutex // guards what follows
	changed  chan struct{}
	round    int // counted from 1; 0 before the first
	signed   []byte
	at       archive.Checkpoint
	got      map[string]archive.Cosignature // of this round, by the policy's name of the witness
	all      []*asked
	kept     uint64 // the size of the newest checkpoint that has its quorum
	standing map[string]Alarm
}

// asked is a witness and what is known of it.
type asked struct {
	client   client
	finished int // the last round in which it has answered or failed
	last     archive.Cosignature
	size     uint64 // it has cosigned in this process
	err      error  // of its last submission
}

// StartRounds begins to have a store's log of heads witnessed, until Close.
func StartRounds(store *archive.Store, policy *archive.Policy, options RoundsOptions) (*Rounds, error) {
	r := &Rounds{
		store: store, policy: policy, log: cmp.Or(options.Logger, slog.New(slog.DiscardHandler)), now: options.Now, alarms: options.Alarms,
		pause: cmp.Or(options.pause, firstPause), hurry: make(chan struct{}),
		changed: make(chan struct{}), standing: map[string]Alarm{},
	}
	if r.now == nil {
		r.now = time.Now
	}
	if err := r.takeUp(cmp.Or(options.http, newHTTP())); err != nil {
		return nil, fmt.Errorf("ask witnesses: %w", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	r.check(ctx)
	r.done.Go(func() { r.lead(ctx) })
	for _, a := range r.all {
		r.done.Go(func() { r.follow(ctx, a) })
	}
	return r, nil
}

// takeUp reads the alarms that stand, and what was witnessed before.
func (r *Rounds) takeUp(to *http.Client) error {
	standing, err := ReadAlarms(r.alarms)
	if err != nil && r.alarms != "" {
		return err
	}
	for _, a := range standing {
		if r.policy.Has(a.Witness) {
			r.standing[a.Witness] = a
		}
	}
	if len(r.standing) < len(standing) { // nobody asks the others any more
		r.writeAlarms()
	}
	by := map[string]uint64{}
	if signed := r.store.Witnessed(); signed != nil {
		at, err := archive.UnverifiedCheckpoint(signed)
		if err != nil {
			return err
		}
		found, err := r.policy.Cosignatures(signed)
		if err == nil && r.policy.Satisfied(found) {
			r.kept = at.Size
		}
		for _, c := range found {
			by[r.policy.NameOf(c.Key)] = at.Size
		}
	}
	for _, w := range r.policy.Witnesses {
		if w.URL != "" {
			r.all = append(r.all, &asked{client: client{name: w.Name, key: w.Key, url: w.URL, http: to, size: by[w.Name]}})
		}
	}
	return nil
}

// check holds the log to what was kept with cosignatures: they say more of it than it says itself.
func (r *Rounds) check(ctx context.Context) {
	signed := r.store.Witnessed()
	if signed == nil {
		return
	}
	c, err := archive.UnverifiedCheckpoint(signed)
	if err == nil {
		err = r.store.Continues(ctx, c)
	}
	if !errors.Is(err, archive.ErrNotProven) {
		return
	}
	r.mu.Lock()
	r.kept = 0
	r.mu.Unlock()
	found, _ := r.policy.Cosignatures(signed)
	now, _ := archive.UnverifiedCheckpoint(r.store.Checkpoint())
	for _, by := range found {
		r.alarm(&ContradictedError{Witness: r.policy.NameOf(by.Key), Theirs: c.Size, Ours: now.Size})
	}
}

// lead begins a round whenever there is something new and the one before is settled.
func (r *Rounds) lead(ctx context.Context) {
	for ctx.Err() == nil {
		changed := r.begin()
		select {
		case <-ctx.Done():
		case <-r.store.Durable():
		case <-changed:
		}
		if r.policy.Quorum == archive.NoQuorum {
			wait(r.hurry, leisure)
		}
	}
}

// wait waits, unless it is told to stop.
func wait(stop <-chan struct{}, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-stop:
	case <-t.C:
	}
}

// begin begins a round, if it is time to. It gives what is closed at the next change.
func (r *Rounds) begin() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	newest := r.store.Checkpoint()
	if newest == nil || bytes.Equal(newest, r.signed) || !r.settled() {
		return r.changed
	}
	at, err := archive.UnverifiedCheckpoint(newest)
	if err != nil {
		r.log.Error("the newest checkpoint cannot be submitted", "cause", err)
		return r.changed
	}
	r.round++
	r.signed, r.at, r.got = newest, at, map[string]archive.Cosignature{}
	r.tell()
	return r.changed
}

// settled says whether nothing more is to be waited for in this round. The caller holds r.mu.
func (r *Rounds) settled() bool {
	if r.policy.Quorum != archive.NoQuorum && r.round > 0 && r.policy.Satisfied(slices.Collect(maps.Values(r.got))) {
		return true
	}
	return !slices.ContainsFunc(r.all, func(a *asked) bool { return a.finished < r.round })
}

// tell wakes everybody who waits for a change. The caller holds r.mu.
func (r *Rounds) tell() {
	close(r.changed)
	r.changed = make(chan struct{})
}

// follow brings every round to one witness.
func (r *Rounds) follow(ctx context.Context, a *asked) {
	done, pause := 0, r.pause
	for {
		round, signed, at := r.after(ctx, done)
		if ctx.Err() != nil {
			return
		}
		c, err := a.client.submit(ctx, signed, at, r.store.Consistency)
		if ctx.Err() != nil {
			return
		}
		r.finish(ctx, a, round, at, c, err)
		if err == nil {
			done, pause = round, r.pause
			continue
		}
		wait(ctx.Done(), pause+rand.N(pause/4+1)) // so that not all come back at once
		pause = min(2*pause, longest)
	}
}

// after waits for a round beyond the last that was done, and gives the newest.
func (r *Rounds) after(ctx context.Context, done int) (round int, signed []byte, at archive.Checkpoint) {
	for {
		r.mu.Lock()
		round, signed, at = r.round, r.signed, r.at
		changed := r.changed
		r.mu.Unlock()
		if round > done {
			return round, signed, at
		}
		select {
		case <-ctx.Done():
			return 0, nil, at
		case <-changed:
		}
	}
}

// finish takes note of what a witness has answered.
func (r *Rounds) finish(ctx context.Context, a *asked, round int, at archive.Checkpoint, c archive.Cosignature, err error) {
	if err == nil {
		r.keep(ctx, a, round, at, c)
		r.calm(a.client.name)
	}
	if against := new(ContradictedError); errors.As(err, &against) {
		r.alarm(against)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil && (a.err == nil || a.err.Error() != err.Error()) {
		r.log.Info("a witness has not cosigned", "witness", a.client.name, "url", a.client.url, "cause", err)
	}
	a.finished, a.err = round, err
	if err == nil {
		a.last, a.size = c, at.Size
	}
	r.tell()
}

// keep keeps a checkpoint with one more cosignature, where it is better than what was kept: it has its quorum, or that had none.
func (r *Rounds) keep(ctx context.Context, a *asked, round int, at archive.Checkpoint, c archive.Cosignature) {
	r.keeping.Lock()
	defer r.keeping.Unlock()
	was := r.store.Witnessed()
	signed, by := was, []archive.Cosignature{c}
	r.mu.Lock()
	if round == r.round {
		r.got[a.client.name] = c
		signed, by = r.signed, slices.Collect(maps.Values(r.got))
	}
	before := r.kept
	r.mu.Unlock()
	if now, err := archive.UnverifiedCheckpoint(signed); err != nil || now != at {
		return // a late answer, for what was passed over
	}
	if bytes.HasPrefix(was, signed) {
		signed = was // with the cosignatures that others have under it, who are not asked here or have not answered yet
	}
	candidate := archive.WithCosignatures(signed, by...)
	all, err := r.policy.Cosignatures(candidate)
	enough := err == nil && r.policy.Satisfied(all)
	if err == nil && (enough || before == 0) {
		err = r.store.KeepWitnessed(ctx, candidate)
	}
	if err != nil {
		r.log.Error("a witnessed checkpoint could not be kept", "cause", err)
		return
	}
	if enough {
		r.mu.Lock()
		r.kept = max(r.kept, at.Size)
		r.tell()
		r.mu.Unlock()
	}
}

// alarm lets a contradiction stand.
func (r *Rounds) alarm(e *ContradictedError) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, stands := r.standing[e.Witness]; stands {
		return
	}
	r.log.Error("a witness contradicts this register: an older copy was put back, or history was rewritten", "witness", e.Witness, "theirs", e.Theirs, "ours", e.Ours)
	r.standing[e.Witness] = Alarm{Witness: e.Witness, Theirs: e.Theirs, Ours: e.Ours, Seen: r.now().UTC().Truncate(time.Second)}
	r.writeAlarms()
}

// calm takes an alarm back: the witness has cosigned what is here.
func (r *Rounds) calm(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, stands := r.standing[name]; stands {
		r.log.Warn("a witness cosigns this register again", "witness", name)
		delete(r.standing, name)
		r.writeAlarms()
	}
}

func (r *Rounds) writeAlarms() {
	if r.alarms == "" {
		return
	}
	if err := writeAlarms(r.alarms, slices.Collect(maps.Values(r.standing))); err != nil {
		r.log.Error("the alarms could not be kept", "cause", err)
	}
}

// Ready waits until every witness has answered or failed once, or ctx ends.
func (r *Rounds) Ready(ctx context.Context) {
	r.until(ctx, func() bool {
		return r.store.Checkpoint() == nil || r.round > 0 && !slices.ContainsFunc(r.all, func(a *asked) bool { return a.finished == 0 })
	})
}

// until waits for something that r.mu guards; false where ctx ends first.
func (r *Rounds) until(ctx context.Context, holds func() bool) bool {
	for {
		r.mu.Lock()
		changed, yes := r.changed, holds()
		r.mu.Unlock()
		if yes {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-changed:
		}
	}
}

// Contradicted gives the first contradiction by a witness that can count for the quorum; nil where there is none. Nothing more
// must be recorded then.
func (r *Rounds) Contradicted() *ContradictedError {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(r.standing)) {
		if r.policy.Needs(name) {
			return r.standing[name].Error()
		}
	}
	return nil
}

// Await waits until an event, which must be durable, is covered by a checkpoint that has its quorum. Its error is ErrNotWitnessed when
// ctx ends first. Without a quorum it waits for nothing.
func (r *Rounds) Await(ctx context.Context, group domain.GroupID, number uint64) error {
	if r.policy.Quorum == archive.NoQuorum {
		return nil
	}
	newest, err := archive.UnverifiedCheckpoint(r.store.Checkpoint())
	if err != nil {
		return err
	}
	r.mu.Lock()
	kept := r.kept
	r.mu.Unlock()
	if kept >= newest.Size {
		return nil
	}
	if kept > 0 {
		if covers, err := r.store.WitnessedCovers(group, number); covers || err != nil {
			return err
		}
	}
	if !r.until(ctx, func() bool { return r.kept >= newest.Size }) {
		return fmt.Errorf("%w: #%d of %s", ErrNotWitnessed, number, group)
	}
	return nil
}

// A Report is what is known of one witness.
type Report struct {
	Name  string
	URL   string    // "" where it is not asked
	Size  uint64    // that it has cosigned, as far as is known here; 0 for none
	Time  time.Time // of that cosignature
	Err   error     // of the last submission in this process
	Alarm *Alarm    // that stands
	Needs bool      // it can count for the quorum
}

// Report tells of every witness of the policy, and up to which size there is a quorum.
func (r *Rounds) Report() (all []Report, kept uint64) {
	found, _ := r.policy.Cosignatures(r.store.Witnessed())
	at, _ := archive.UnverifiedCheckpoint(r.store.Witnessed())
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, w := range r.policy.Witnesses {
		one := Report{Name: w.Name, URL: w.URL, Needs: r.policy.Needs(w.Name)}
		for _, c := range found {
			if r.policy.NameOf(c.Key) == w.Name {
				one.Size, one.Time = at.Size, c.Time
			}
		}
		for _, a := range r.all {
			if a.client.name == w.Name {
				one.Err = a.err
				if a.size > one.Size {
					one.Size, one.Time = a.size, a.last.Time
				}
			}
		}
		if alarm, stands := r.standing[w.Name]; stands {
			one.Alarm = &alarm
		}
		all = append(all, one)
	}
	return all, r.kept
}

// Policy is whom the rounds ask.
func (r *Rounds) Policy() *archive.Policy { return r.policy }

// Close ends the rounds. Until ctx ends it waits for the newest checkpoint to be answered by every witness.
func (r *Rounds) Close(ctx context.Context) {
	close(r.hurry)
	r.until(ctx, func() bool {
		newest := r.store.Checkpoint()
		return newest == nil || bytes.Equal(newest, r.signed) && !slices.ContainsFunc(r.all, func(a *asked) bool { return a.finished < r.round })
	})
	r.stop()
	r.done.Wait()
}
