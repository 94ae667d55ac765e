package eventstore

import "time"

// A pace decides when a round is handed on. Writers who were answered come back at once, as a rule, while others of theirs
// have been decided meanwhile. Handing those on at once has the two halves of the writers take turns; waiting until all are
// back has them share one sync, at the price of the wait. The wait pays when it is shorter than the sync.
type pace struct {
	sync   time.Duration // how long a sync takes, smoothed
	decide time.Duration // how long it takes to decide a command, smoothed
	want   int           // the turns that the next round has when all are back
	until  time.Time     // when it is handed on all the same
}

// A keeping is what became of a round: how many were answered, and how long the sync took.
type keeping struct {
	answered int
	sync     time.Duration
}

// smooth moves a measure an eighth of the way.
func smooth(was, now time.Duration) time.Duration { return was + (now-was)/8 }

// kept takes note that a round was answered while the next one had so many turns.
func (p *pace) kept(k keeping, next int) {
	p.sync = smooth(p.sync, k.sync)
	p.want = 0
	if time.Duration(k.answered)*p.decide < p.sync {
		p.want, p.until = next+k.answered, time.Now().Add(p.sync)
	}
}

// decided takes note of how long some commands took.
func (p *pace) decided(n int, took time.Duration) {
	if n > 0 {
		p.decide = smooth(p.decide, took/time.Duration(n))
	}
}

// wait is how long a round of so many turns should wait for others.
func (p *pace) wait(turns int) time.Duration {
	if turns >= p.want {
		return 0
	}
	return time.Until(p.until)
}
