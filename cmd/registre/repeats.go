package main

import "crypto/sha256"

// maxRepeats is how many notices are remembered: more than an event has, or come within the minute that a place lags behind the present
// where others write to the same registers.
const maxRepeats = 16_384

// repeats knows the notices that were given last. Several of one event have one place, and beside a server a place lags behind: whoever
// goes on from it gets some again.
type repeats struct {
	anew bool // somebody else goes on from a place
	seen map[[sha256.Size]byte]bool
	all  [][sha256.Size]byte // a ring of the same
	next int
}

// knows remembers a notice, and reports whether it is one that was given before somebody else went on.
func (r *repeats) knows(notice []byte) bool {
	if len(notice) == 0 {
		return false // it only says that somebody is there
	}
	sum := sha256.Sum256(notice)
	if r.seen[sum] {
		return r.anew
	}
	if r.seen == nil {
		r.seen = map[[sha256.Size]byte]bool{}
	}
	if r.seen[sum] = true; len(r.all) < maxRepeats {
		r.all = append(r.all, sum)
		return false
	}
	delete(r.seen, r.all[r.next])
	r.all[r.next] = sum
	r.next = (r.next + 1) % maxRepeats
	return false
}
