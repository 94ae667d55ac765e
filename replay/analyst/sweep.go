package analyst

import (
	"registre/domain"
	"registre/replay/analyst/sqlite"
)

// A fact is a row as it is found, without its times.
type fact struct {
	table tableID
	row   []sqlite.Value
	key   string // the same for the same table and row, and for no other
}

// A stretch is a fact with the days from which and before which it is so, by their places among the days of a sweep.
type stretch struct {
	fact
	from, until int
}

type stretchKey struct {
	key         string
	from, until int
}

// A sweep finds what is so at each event and on each day at which it can change, and tells of each fact from when to when.
type sweep struct {
	*subject
	days  []domain.Day
	tell  func(q domain.Pair, put func(tableID, ...sqlite.Value)) // what is so at a pair
	emit  func(s *stretch, from, until domain.Day, since, ended uint64)
	done  func() error
	onDay [][]fact // of each day, as last found
	open  []stretch
	since map[stretchKey]uint64
}

// run goes through the events. A fact that still holds at the last of them has no end.
func (s *sweep) run(g *domain.Group) error {
	s.onDay = make([][]fact, len(s.days))
	s.since = map[stretchKey]uint64{}
	for _, n := range s.numbers {
		if err := s.done(); err != nil {
			return err
		}
		first := 0
		if e := g.Original(n); onwards(e.Act) {
			for first < len(s.days) && s.days[first] < e.Effective.First {
				first++
			}
		}
		for i := first; i < len(s.days); i++ {
			s.onDay[i] = s.factsAt(domain.Pair{At: s.days[i], Known: n})
		}
		s.turn(n)
	}
	for i := range s.open {
		s.close(&s.open[i], 0)
	}
	return nil
}

// factsAt are the facts of a pair.
func (s *sweep) factsAt(q domain.Pair) (all []fact) {
	var room []byte
	s.tell(q, func(id tableID, row ...sqlite.Value) {
		room = sqlite.AppendKey(append(room[:0], byte(id)), row)
		all = append(all, fact{id, row, string(room)})
	})
	return all
}

// turn ends what is not so any more from event n on, and begins what now is.
func (s *sweep) turn(n uint64) {
	now := s.stretches()
	still := make(map[stretchKey]bool, len(now))
	for i := range now {
		still[stretchKey{now[i].key, now[i].from, now[i].until}] = true
	}
	for i := range s.open {
		o := &s.open[i]
		if k := (stretchKey{o.key, o.from, o.until}); !still[k] {
			s.close(o, n)
			delete(s.since, k)
		}
	}
	for i := range now {
		k := stretchKey{now[i].key, now[i].from, now[i].until}
		if _, was := s.since[k]; !was {
			s.since[k] = n
		}
	}
	s.open = now
}

func (s *sweep) close(o *stretch, ended uint64) {
	until := domain.Day(0)
	if o.until < len(s.days) {
		until = s.days[o.until]
	}
	s.emit(o, s.days[o.from], until, s.since[stretchKey{o.key, o.from, o.until}], ended)
}

// stretches joins the days on which the same is so, in the order of the days and of what was told.
func (s *sweep) stretches() (all []stretch) {
	last := map[string]int{} // the stretch of each fact that reaches to the day before
	for i, facts := range s.onDay {
		for _, f := range facts {
			if at, ok := last[f.key]; ok && all[at].until >= i {
				all[at].until = i + 1
				continue
			}
			last[f.key] = len(all)
			all = append(all, stretch{f, i, i + 1})
		}
	}
	return all
}

// onwards reports whether an act changes nothing before its own day, whatever it changes from then on. A correction does, and so
// do a judgment, and what stands in a text.
func onwards(a domain.Act) bool {
	switch a.(type) {
	case *domain.WeightsSet, *domain.MemberJoined, *domain.MemberWithdrew, *domain.MembersSucceeded, *domain.RoleGiven, *domain.RoleEnded,
		*domain.BodyCreated, *domain.BodyRenamed, *domain.BodyReplaced, *domain.BodyDissolved, *domain.VotingRuleSet, *domain.ObligationSet,
		*domain.SchoolOpened, *domain.SchoolDescribed, *domain.SchoolClosed:
		return true
	}
	return false
}
