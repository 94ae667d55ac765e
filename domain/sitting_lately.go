package domain

import "slices"

// What was said of a sitting lately is at hand too: a register runs ahead of what is durable, and whoever reads keeps to that. Of a
// sitting that goes on, its state is kept every so many events, a few of them, and what came after one is taken again.
const (
	pastEvery = 128
	pastsKept = 8
)

// A past is a sitting as it stood once, when all that had been said of it was said in order.
type past struct {
	heard uint64
	then  *Sitting
}

// remember keeps the state of a sitting that goes on, if it is time.
func (s *sitting) remember() {
	s.untold++
	if s.live == nil || s.untold < pastEvery {
		return
	}
	s.untold = 0
	if len(s.pasts) == pastsKept {
		s.pasts = slices.Delete(s.pasts, 0, 1)
	}
	s.pasts = append(s.pasts, past{s.heard, s.live.clone()})
}

// forget lets the states go: something was said out of order, or unsaid.
func (s *sitting) forget() { s.pasts, s.untold = nil, 0 }

// atHand is the sitting at q, made of the last state that is kept and of what came after it; nil where none is.
func (s *sitting) atHand(q Pair) *Sitting {
	if s.live != nil && q.Known >= s.heard && q.At >= s.live.last.Day {
		return s.live
	}
	for _, p := range slices.Backward(s.pasts) {
		if p.heard > q.Known || p.then.last.Day > q.At {
			continue
		}
		now := p.then.clone()
		for e := range s.log.behind(p.then.last, q.Known) {
			if e.Place.Day > q.At {
				break
			}
			now.apply(e.Place, e.Value)
		}
		return now
	}
	return nil
}

// clone is a sitting of its own: what is still said of one changes nothing in the other.
func (s *Sitting) clone() *Sitting {
	c := *s
	c.There, c.Proxies, c.Notices, c.Answers = slices.Clone(s.There), slices.Clone(s.Proxies), slices.Clone(s.Notices), slices.Clone(s.Answers)
	c.Agenda = slices.Clone(s.Agenda)
	for i, of := range c.Agenda {
		item := *of
		item.Recused, item.Ballots = slices.Clone(of.Recused), slices.Clone(of.Ballots)
		for k, b := range item.Ballots {
			item.Ballots[k] = b.clone()
		}
		c.Agenda[i] = &item
	}
	return &c
}

// clone is a ballot of its own. Votes are cast on an open one alone: a closed one shares them.
func (b *Ballot) clone() *Ballot {
	c := *b
	if b.IsOpen() {
		c.Marked, c.inked = slices.Clone(b.Marked), slices.Clone(b.inked)
		if b.count != nil {
			count := *b.count
			count.votes, count.columns = slices.Clone(count.votes), slices.Clone(count.columns)
			c.count = &count
		}
	}
	return &c
}
