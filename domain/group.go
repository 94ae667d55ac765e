package domain

import (
	"cmp"
	"slices"
	"sort"
)

// A Group is all that a register tells of one purchasing group, in both times: what counts on any civil day, as the
// register told it after any of its events. The zero Group has no event.
//
// Evolve adds to it; every question names a Pair. What was answered for an earlier known is never touched, so a reader
// that keeps to the knowns it may see can read a Group that has been evolved further. It is not safe for concurrent
// use with Evolve.
type Group struct {
	events     []saying // events[n-1] is event n
	founding   Timeline[*GroupFounded]
	members    registry[MemberID, member]
	bodies     registry[BodyID, body]
	texts      registry[TextID, text]
	roles      map[string]*Timeline[*RoleGiven]
	duties     map[string]*Timeline[*ObligationSet] // by article
	rules      Timeline[*AmendmentRuleSet]
	agreements registry[AgreementID, agreement]
	schools    registry[UAI, school]
	orders     registry[OrderNumber, order]
	sittings   registry[SittingID, sitting]
	decisions  registry[uint64, decision] // by the events that proclaim or assert them
	documents  registry[string, document] // by their hashes
	answers    Timeline[*FindingAnswered]
	counts     lineCounts
	turnover   Timeline[struct{}] // the days on which the membership changes
	doubts     Timeline[Doubt]
	open       []int // texts that wait to enter into force, as known now

	rotations []*KeyRotated                   // of the house register; no correction touches them
	grants    registry[PrincipalID, []uint64] // of it: the events that grant a right, by principal
	endings   registry[uint64, []uint64]      // of it: the events that end a right, by the event that granted it

	subscriptions registry[SubscriptionID, []uint64] // of it: the events that speak of one
}

// A Pair says for when a question is asked: what counted on the day At, as the register told it after its event Known.
type Pair struct {
	At    Day
	Known uint64
}

// Now is day d as known now.
func Now(d Day) Pair { return Pair{At: d, Known: Latest} }

// registry gives ids their places 0, 1, 2 … in order of appearance. A place is for ever: that something was once heard
// of says nothing; its timelines do.
type registry[ID cmp.Ordered, T any] struct {
	place map[ID]int
	all   []*T
	ids   []ID
	order []int // places in the order of their ids
}

func (r *registry[ID, T]) find(id ID) *T {
	if i, ok := r.place[id]; ok {
		return r.all[i]
	}
	return nil
}

func (r *registry[ID, T]) at(id ID) int {
	if i, ok := r.place[id]; ok {
		return i
	}
	if r.place == nil {
		r.place = make(map[ID]int)
	}
	i := len(r.all)
	r.place[id] = i
	r.all = append(r.all, new(T))
	r.ids = append(r.ids, id)
	n := sort.Search(i, func(j int) bool { return r.ids[r.order[j]] > id })
	r.order = slices.Insert(r.order, n, i)
	return i
}

func (r *registry[ID, T]) get(id ID) *T { return r.all[r.at(id)] }

// A saying is one event, as it was recorded and as others have made it since; nil where none has.
type saying struct {
	said Event
	*since
}

// since is what later events have to do with one: few have any.
type since struct {
	corrected   bool // it says what now says, or nothing
	void        bool // it says nothing
	now         Event
	corrections []uint64 // that name it, ascending
	dependents  []uint64 // events whose marks follow from this one's data
}

// now is what the event says as known now; false where it is void.
func (s *saying) now() (Event, bool) {
	if s.since == nil || !s.corrected {
		return s.said, true
	}
	return s.since.now, !s.void
}

// later is s.since, to be written to.
func (s *saying) later() *since {
	if s.since == nil {
		s.since = new(since)
	}
	return s.since
}

// Head is the number of the last event; 0 before the first.
func (g *Group) Head() uint64 { return uint64(len(g.events)) }

// Said is what event n says, as known: its own words, or those of the correction that then held. ok is false where it is
// void, or not yet there.
func (g *Group) Said(n, known uint64) (e Event, ok bool) {
	if n == 0 || n > g.Head() || n > known {
		return Event{}, false
	}
	s := &g.events[n-1]
	if s.since == nil {
		return s.said, true
	}
	for _, c := range slices.Backward(s.corrections) {
		e, ok := g.Said(c, known)
		correction, is := e.Act.(*EventCorrected)
		switch {
		case !ok || !is:
			continue
		case correction.Replacement == nil:
			return Event{}, false
		}
		return *correction.Replacement, true
	}
	return s.said, true
}

// CorrectedBy is the number of the correction that decides what event n says, as known; 0 where its own words stand.
func (g *Group) CorrectedBy(n, known uint64) uint64 {
	if n == 0 || n > g.Head() || g.events[n-1].since == nil {
		return 0
	}
	for _, c := range slices.Backward(g.events[n-1].corrections) {
		if _, ok := g.Said(c, known); ok {
			return c
		}
	}
	return 0
}

// CorrectionsNaming are the numbers of all corrections that name event n, as known, whether they stand or not.
func (g *Group) CorrectionsNaming(n, known uint64) []uint64 {
	if g.events[n-1].since == nil {
		return nil
	}
	all := g.events[n-1].corrections
	later, _ := slices.BinarySearch(all, known+1)
	return slices.Clone(all[:later])
}

// Original is what event n said when it was recorded.
func (g *Group) Original(n uint64) Event { return g.events[n-1].said }

// Expect makes room for so many more events. There may be more, or fewer.
func (g *Group) Expect(events int) { g.events = slices.Grow(g.events, events) }

// Evolve adds one event, the next in the register, and returns g, changed. It never fails and never judges.
func Evolve(g *Group, e Event) *Group {
	n := g.Head() + 1
	g.events = append(roomy(g.events), saying{said: e})
	if c, ok := e.Act.(*EventCorrected); ok {
		g.correct(n, c)
	} else {
		g.depend(n, e.Act)
		g.write(n, n, false)
	}
	return g
}

// depend notes whose data the marks of event n also follow from.
func (g *Group) depend(n uint64, a Act) {
	var on uint64
	switch a := a.(type) {
	case *AvenantEnteredIntoForce:
		on = g.texts.get(a.Avenant).drafted
	case *DeliberationFell:
		on = a.Deliberation
	case *DecisionProclaimed:
		on = a.Defined
	}
	if on > 0 && on < n {
		if l := g.events[on-1].later(); !slices.Contains(l.dependents, n) {
			l.dependents = append(l.dependents, n)
		}
	}
}

// correct takes the marks of the corrected event off, and of all that follows from it, and writes them anew.
func (g *Group) correct(n uint64, c *EventCorrected) {
	if c.Target == 0 || c.Target >= n {
		return // no command that was judged says so
	}
	target := g.events[c.Target-1].later()
	target.corrections = append(target.corrections, n)
	number := g.rootOf(c.Target)
	root := g.events[number-1].later()
	affected := append([]uint64{number}, root.dependents...)
	waits := false // whether a text may wait now that did not, or did and does not any more
	for _, a := range slices.Backward(affected) {
		waits = g.bearsOnWaiting(a) || waits
		g.write(a, n, true)
	}
	now, ok := g.Said(number, Latest)
	root.corrected, root.now, root.void = true, now, !ok
	if ok {
		g.depend(number, now.Act)
	}
	for _, a := range affected {
		waits = g.bearsOnWaiting(a) || waits
		g.write(a, n, false)
	}
	if waits {
		g.reopen()
	}
	slices.Sort(g.open)
}

// bearsOnWaiting reports whether event n, as it stands, says that a text waits to enter into force, or that it does not any more.
func (g *Group) bearsOnWaiting(n uint64) bool {
	now, _ := g.events[n-1].now()
	switch now.Act.(type) {
	case *GroupFounded, *AvenantDrafted, *AvenantAbandoned, *AvenantEnteredIntoForce:
		return true
	}
	return false
}

// rootOf is the event that event n speaks of in the end, through however many corrections.
func (g *Group) rootOf(n uint64) uint64 {
	for {
		up, ok := g.events[n-1].said.Act.(*EventCorrected)
		if !ok || up.Target == 0 || up.Target >= n {
			return n
		}
		n = up.Target
	}
}

// write puts the marks of event n on the timelines, or takes them off, for every known from the given one on.
func (g *Group) write(n, known uint64, erase bool) {
	now, ok := g.events[n-1].now()
	if !ok {
		return
	}
	p := pen{g: g, known: known, number: n, date: now.Effective, erase: erase}
	now.Act.mark(&p)
	if !erase {
		g.watch(now.Act)
	}
}

// watch keeps the list of open texts.
func (g *Group) watch(a Act) {
	switch a := a.(type) {
	case *AvenantDrafted:
		if i := g.texts.at(a.Avenant); !slices.Contains(g.open, i) {
			g.open = append(g.open, i)
		}
	case *AvenantAbandoned, *AvenantEnteredIntoForce:
		g.open = slices.DeleteFunc(g.open, func(i int) bool { return !g.texts.all[i].isOpen() })
	}
}

// reopen makes the list of open texts anew.
func (g *Group) reopen() {
	g.open = g.open[:0]
	for i, t := range g.texts.all {
		if t.isOpen() {
			g.open = append(g.open, i)
		}
	}
}

// A pen marks timelines with what one event says, or erases it.
type pen struct {
	g      *Group
	known  uint64 // from which on the mark holds
	number uint64 // of the event that says it
	rank   uint32 // within the event
	date   Date
	erase  bool
}

func mark[V any](p *pen, t *Timeline[V], v V) {
	if p.erase {
		t.drop(p.known, p.place())
	} else {
		t.set(p.known, p.place(), v)
	}
}

// place is where p marks.
func (p *pen) place() Place { return Place{Day: p.date.First, Number: p.number, Rank: p.rank} }

// all marks a list of changes, each with its rank.
func (p *pen) all(changes []Change) {
	for i, c := range changes {
		p.rank = uint32(i + 1)
		c.mark(p)
	}
}

// A Doubt is a day known only as a month or a year. Its event is counted from the first day on.
type Doubt struct {
	Event uint64
	Date  Date
	Of    Touch
	Body  BodyID // where Of is TouchBody or TouchWeights
}

// Touch says which answers a doubtful day concerns.
type Touch uint16

// What can be doubtful.
const (
	TouchMembers Touch = 1 << iota
	TouchBodies
	TouchWeights
	TouchRoles
	TouchTexts
	TouchDuties
	TouchAgreements
	TouchSchools
	TouchOrders
	TouchVoting
	TouchSittings
)

// doubt notes that p's day is not known exactly, and what that concerns.
func (p *pen) doubt(of Touch, b BodyID) {
	if p.date.Precision != PrecisionDay {
		mark(p, &p.g.doubts, Doubt{Event: p.number, Date: p.date, Of: of, Body: b})
	}
}

// longestDoubt is the length in days of the widest interval in which a date can lie.
const longestDoubt = 366

// Doubts gives the days that are not known exactly and could fall on either side of q.At, for answers of a kind; body ""
// means every body. It is nil where there is none.
func (g *Group) Doubts(q Pair, of Touch, b BodyID) (found []Doubt) {
	if g.doubts.empty(q.Known) {
		return nil
	}
	for e := range g.doubts.from(max(q.At-longestDoubt, 1), q.Known) {
		if e.Place.Day > q.At {
			break
		}
		d := e.Value
		if d.Of&of != 0 && (d.Body == "" || b == "" || d.Body == b) && d.Date.Doubtful(q.At) {
			found = append(found, d)
		}
	}
	return found
}
