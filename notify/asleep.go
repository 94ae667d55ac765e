package notify

import (
	"context"

	"registre/domain"
	"registre/eventstore"
)

// A sleeper is one who follows and has all that was: he is woken by what comes of the groups within his reach, and by nothing else.
// What comes of others passes him by.
type sleeper struct {
	groups []string
	woken  chan struct{}
	next   uint64 // the place to go on from
	from   Mark   // up to which nothing is missing
}

// manyGroups is of how many groups somebody is woken for each notice, as if it were of all.
const manyGroups = 64

// standing tells rights that stand from those that stood.
type standing struct {
	house uint64 // the last event of the house register
	today domain.Day
}

func (t *Together) standingNow(ctx context.Context) (s standing, err error) {
	s.today = t.Source.Now().Day()
	return s, t.Source.Log.View(ctx, domain.House, func(v *eventstore.View) error {
		s.house = v.Head
		return nil
	})
}

// anyGroup is what wakes everybody who sleeps.
const anyGroup = ""

// rest waits behind all that is kept until there may be more for whoever follows, and gives the place to go on from.
func (f *following) rest(ctx context.Context, next uint64) uint64 {
	f.look()
	f.mu.Lock()
	if next < f.first+uint64(len(f.kept)) || f.asOf != f.rights {
		f.mu.Unlock()
		return next
	}
	if f.every {
		changed := f.changed
		f.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
		}
		return next
	}
	s := &sleeper{groups: f.reach, woken: make(chan struct{}), next: next, from: f.From}
	f.lay(s)
	f.mu.Unlock()
	select {
	case <-s.woken:
	case <-ctx.Done():
		f.mu.Lock()
		f.rouse(s)
		f.mu.Unlock()
	}
	f.From = s.from
	return s.next
}

// look looks up how far somebody's rights reach, where they may be others than they were.
func (f *following) look() {
	f.mu.Lock()
	rights := f.rights
	f.mu.Unlock()
	if f.reach != nil && f.asOf == rights {
		return
	}
	f.asOf, f.every = rights, true
	var groups []string
	if f.Reach != nil {
		groups, f.every = f.Reach()
	}
	f.reach = append([]string{anyGroup}, groups...)
	f.every = f.every || len(groups) > manyGroups
}

// lay has somebody sleep. The caller holds mu.
func (t *Together) lay(s *sleeper) {
	for _, g := range s.groups {
		if t.asleep[g] == nil {
			t.asleep[g] = map[*sleeper]bool{}
		}
		t.asleep[g][s] = true
	}
}

// wake wakes whoever sleeps until something of a group comes; where all that is kept passed him by, he goes on behind it. The caller
// holds mu.
func (t *Together) wake(group string, passed bool) {
	for s := range t.asleep[group] {
		if passed {
			s.next, s.from = t.first+uint64(len(t.kept)), t.behind
			if n := len(t.kept); n > 0 {
				s.from = t.kept[n-1].Place
			}
		}
		t.rouse(s)
	}
}

// rouse has somebody sleep no more. The caller holds mu.
func (t *Together) rouse(s *sleeper) {
	for _, g := range s.groups {
		delete(t.asleep[g], s)
		if len(t.asleep[g]) == 0 {
			delete(t.asleep, g)
		}
	}
	select {
	case <-s.woken: // before
	default:
		close(s.woken)
	}
}
