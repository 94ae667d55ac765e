package domain

import (
	"iter"
	"slices"
)

// Decide judges a command against a group as the register tells it now, on the command's effective day, and gives the
// event that records it. It does not modify g. Its error is a *Malformed, or a *Refusal that names the first rule broken, in the
// order of Precedence; nothing else.
//
// What then follows by itself, Follow says; Enact does both.
func Decide(g *Group, c Command) ([]Event, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	if followsOnly(c.Act) {
		return nil, &Malformed{Field: "data", Problem: "follows by itself, and nobody commands it"}
	}
	j := judgement{g: g, day: c.Effective.First}
	c.Act.judge(&j)
	house := ofHouse(c.Act) || c.Group == House && correctsHouse(g, c.Act)
	if house != (c.Group == House) {
		j.breaks(HouseRegister, string(c.Group))
	}
	_, founds := c.Act.(*GroupFounded)
	if g.Head() == 0 && !founds && !house {
		j.breaks(GroupUnknown, "")
	}
	if j.broken != nil {
		return nil, j.broken
	}
	return []Event{{Effective: c.Effective, Act: c.Act}}, nil
}

// followsOnly reports whether an act only follows by itself.
func followsOnly(a Act) bool {
	switch a.(type) {
	case *AvenantEnteredIntoForce, *VoteOpened, *DecisionProclaimed:
		return true
	}
	return false
}

// Enact decides a command, evolves g by its event and by all that follows from it, and returns these events. When it
// fails, as Decide does, g is as it was.
func Enact(g *Group, c Command) ([]Event, error) {
	events, err := Decide(g, c)
	if err != nil {
		return nil, err
	}
	Evolve(g, events[0])
	return append(events, Settle(g)...), nil
}

// Settle evolves g by all that follows by itself from what it holds, and returns it.
func Settle(g *Group) (events []Event) {
	for e, ok := Follow(g); ok; e, ok = Follow(g) {
		Evolve(g, e)
		events = append(events, e)
	}
	return events
}

// Follow gives the next event that follows by itself from what g holds: the roll of an item just put to vote, the outcome of a
// vote just closed, or an avenant that enters into force, since all that the convention asks for is there. It does not modify g.
// ok is false where nothing follows.
func Follow(g *Group) (e Event, ok bool) {
	for e := range Following(g) {
		return e, true
	}
	return Event{}, false
}

// Following gives every event that would follow by itself from what g holds, were it the next: the first is that of Follow. It does
// not modify g, which must not be evolved meanwhile.
func Following(g *Group) iter.Seq[Event] {
	return func(yield func(Event) bool) {
		if e, ok := g.followVote(); ok && !yield(e) {
			return
		}
		for _, i := range g.open {
			if day, ok := g.completed(i); ok && !yield(Event{Effective: day, Act: &AvenantEnteredIntoForce{Avenant: g.texts.ids[i]}}) {
				return
			}
		}
	}
}

// completed gives the day on which an open avenant enters into force: the day it states if the rule lets it, and if that
// is not before its completion or it was said to be retroactive; otherwise the day of its completion.
func (g *Group) completed(i int) (Date, bool) {
	t := g.texts.all[i]
	draft, stands := g.events[t.drafted-1].now()
	d, ok := draft.Act.(*AvenantDrafted)
	if !ok || !stands {
		return Date{}, false
	}
	if !g.canBeFulfilled(t, d, draft.Effective.First) {
		return Date{}, false
	}
	for _, day := range g.turningDays(t, draft.Effective) {
		q := Now(day.First)
		rule := g.Rule(q)
		if !g.fulfilled(t, d, rule, q) {
			continue
		}
		stated := OnDay(d.StatedDay)
		if rule.Effect == StatedDay && d.StatedDay != 0 && (d.StatedDay >= day.First || d.Retroactive != "") {
			return stated, true
		}
		return day, true
	}
	return Date{}, false
}

func (g *Group) fulfilled(t *text, d *AvenantDrafted, rule *AmendmentRuleSet, q Pair) bool {
	p := endOf(q.At)
	return g.reached(rule.Signature, p, q.Known, func(m int) bool { return g.signed(t, m, p, p, q.Known) }) &&
		g.reached(rule.Approval, p, q.Known, func(m int) bool { return g.approved(t, d, m, p, p, q.Known) })
}

// canBeFulfilled reports whether a text drafted on a day is fulfilled on any of its turning days, or there are too many of them to say
// so quickly: most texts that wait go on waiting.
func (g *Group) canBeFulfilled(t *text, d *AvenantDrafted, drafted Day) bool {
	var room [32]Day
	days := append(room[:0], drafted)
	for line := range t.approvals.all() {
		days = appendTurns(days, &line, drafted)
	}
	for line := range t.signatures.all() {
		days = appendTurns(days, &line, drafted)
	}
	days = appendTurns(appendTurns(days, &g.turnover, drafted), &g.rules, drafted)
	if len(days) == len(room) {
		return true
	}
	return slices.ContainsFunc(days, func(day Day) bool {
		q := Now(day)
		return g.fulfilled(t, d, g.Rule(q), q)
	})
}

// appendTurns appends the days from a day on, as known now, that are not there yet, as far as there is room.
func appendTurns[V any](days []Day, t *Timeline[V], from Day) []Day {
	if t.tree == nil && len(t.entries) == 0 {
		return days
	}
	for e := range t.from(from, Latest) {
		if len(days) == cap(days) {
			break
		}
		if day := e.Place.Day; day != days[len(days)-1] && !slices.Contains(days, day) {
			days = append(days, day)
		}
	}
	return days
}

// turningDays are the days on which the state of a text drafted on a day can change: that one and later ones, ascending.
func (g *Group) turningDays(t *text, drafted Date) []Date {
	days, from := make([]Date, 1, 16), drafted.First
	days[0] = drafted
	for line := range t.approvals.all() {
		days = appendDays(g, days, &line, from)
	}
	for line := range t.signatures.all() {
		days = appendDays(g, days, &line, from)
	}
	days = appendDays(g, days, &g.turnover, from)
	days = appendDays(g, days, &g.rules, from)
	slices.SortFunc(days, func(a, b Date) int { return int(a.First - b.First) })
	return slices.CompactFunc(days, func(a, b Date) bool { return a.First == b.First })
}

func appendDays[V any](g *Group, days []Date, t *Timeline[V], from Day) []Date {
	if t.tree == nil && len(t.entries) == 0 {
		return days
	}
	for e := range t.from(from, Latest) {
		date := OnDay(e.Place.Day)
		if said := g.dateOf(e.Place.Number, Latest); said.First == e.Place.Day {
			date = said
		}
		if date != days[len(days)-1] { // most that is done on one day is done by several
			days = append(days, date)
		}
	}
	return days
}

// A judgement finds the first rule that an act breaks.
type judgement struct {
	g      *Group
	day    Day
	broken *Refusal
	text   *scope // within a text: what its changes have made so far; nil for an act that stands alone
}

// scope is what the changes of one text have done to members and bodies before the one that is judged.
type scope struct {
	founding bool
	members  map[MemberID]bool
	bodies   map[BodyID]bool
}

func (j *judgement) breaks(r *Rule, subject string) {
	if j.broken == nil || r.Code < j.broken.Rule.Code {
		j.broken = &Refusal{Rule: r, Subject: subject, Day: j.day}
	}
}

func (j *judgement) unless(ok bool, r *Rule, subject string) bool {
	if !ok {
		j.breaks(r, subject)
	}
	return ok
}

func (j *judgement) pair() Pair { return Now(j.day) }

// alone judges what every change outside a text needs.
func (j *judgement) alone(basis string) {
	if j.text == nil {
		j.founded()
		j.unless(basis != "", BasisMissing, "")
	}
}

func (j *judgement) founded() {
	if j.g.Head() > 0 {
		j.unless(j.g.founding.on(j.day, Latest) != nil, BeforeFounding, "")
	}
}

// isMember, and the methods after it, see the changes that the same text made before.
func (j *judgement) isMember(id MemberID) bool {
	if j.text != nil {
		if active, ok := j.text.members[id]; ok {
			return active
		}
	}
	return j.g.IsMember(id, j.pair())
}

// members are the members on the day.
func (j *judgement) members() (rows []WeightRow) {
	for _, m := range j.g.Members(j.pair()) {
		if j.isMember(m.Member) {
			rows = append(rows, WeightRow{Member: m.Member})
		}
	}
	if j.text != nil {
		for m, active := range j.text.members {
			if active && !j.g.IsMember(m, j.pair()) {
				rows = append(rows, WeightRow{Member: m})
			}
		}
	}
	return rows
}

func (j *judgement) hasBody(id BodyID) bool {
	if j.text != nil {
		if exists, ok := j.text.bodies[id]; ok {
			return exists
		}
	}
	return j.g.HasBody(id, j.pair())
}

func (j *judgement) member(id MemberID) bool {
	if j.isMember(id) {
		return true
	}
	if m := j.g.members.find(id); m == nil || m.standing.empty(Latest) {
		if j.text == nil || !hasKey(j.text.members, id) {
			j.breaks(UnknownMember, string(id))
			return false
		}
	}
	j.breaks(NotMember, string(id))
	return false
}

func hasKey[K comparable, V any](m map[K]V, k K) bool { _, ok := m[k]; return ok }

func (j *judgement) body(id BodyID) bool {
	if j.hasBody(id) {
		return true
	}
	if !j.g.HeardOfBody(id, Latest) && (j.text == nil || !hasKey(j.text.bodies, id)) {
		j.breaks(UnknownBody, string(id))
	} else {
		j.breaks(NoBody, string(id))
	}
	return false
}

func (j *judgement) turns(id MemberID, active bool) {
	if j.text != nil {
		j.text.members[id] = active
	}
}

func (j *judgement) lives(id BodyID, exists bool) {
	if j.text != nil {
		j.text.bodies[id] = exists
	}
}

// changes judges a list of changes on a day, each as the ones before have left the group.
func (j *judgement) changes(changes []Change, day Day, founding bool) {
	inner := judgement{g: j.g, day: day, broken: j.broken}
	inner.text = &scope{founding: founding, members: map[MemberID]bool{}, bodies: map[BodyID]bool{}}
	for _, c := range changes {
		c.judge(&inner)
	}
	j.broken = inner.broken
}
