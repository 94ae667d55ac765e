package eventstore

import "time"

// A pace decides how many rounds share a sync. Writers who were answered come back at once, as a rule, while others of
// theirs are ready to be synced. Syncing those at once has the two halves of the writers take turns; waiting until all
// are back has them share one sync, at the price of the wait. The wait pays when it is shorter than the sync.
type pace struct {
	sync     time.Duration // how long a sync takes, smoothed
	back     time.Duration // how long it takes one of those who were answered to be back and written, smoothed
	turns    int           // of the last sync
	answered time.Time     // when they were
}

// smooth moves a measure an eighth of the way.
func smooth(was, now time.Duration) time.Duration { return was + (now-was)/8 }

// gather gives the rounds to sync together: r, and those for which it pays to wait.
func (p *pace) gather(r *round, syncing <-chan *round) []*round {
	together, turns := []*round{r}, len(r.turns)
	want, wait := p.turns, p.sync
	if r.written.Before(p.answered) { // others than those who were answered
		want += turns
	}
	if p.turns == 0 || time.Since(p.answered) > wait || time.Duration(p.turns)*p.back > wait {
		return together
	}
	timer := time.NewTimer(wait - time.Since(p.answered))
	defer timer.Stop()
	for turns < want {
		select {
		case next, ok := <-syncing:
			if !ok {
				return together
			}
			together, turns = append(together, next), turns+len(next.turns)
			p.back = smooth(p.back, time.Since(p.answered)/time.Duration(max(turns, 1)))
		case <-timer.C:
			p.back = smooth(p.back, wait)
			return together
		}
	}
	return together
}

// synced takes note of a sync.
func (p *pace) synced(together []*round, took time.Duration) {
	p.turns = 0
	for _, r := range together {
		p.turns += len(r.turns)
	}
	p.sync = smooth(p.sync, took)
}
