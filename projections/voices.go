package projections

import (
	"cmp"
	"slices"

	"registre/domain"
)

// VoicesAnswer says what one member has to say: its weight in each body, the proxies that it gave or holds, and how it voted.
type VoicesAnswer struct {
	At        domain.Day      `json:"at"`
	Bodies    []VoiceEntry    `json:"bodies"` // that exist, by their ids
	Decisions []VoteOfEntry   `json:"decisions"`
	Doubtful  []Doubt         `json:"doubtful,omitempty"`
	From      domain.Day      `json:"from,omitzero"` // the decisions are those of that day on
	Group     domain.GroupID  `json:"group"`
	IsMember  bool            `json:"is_member"` // on the day
	Known     uint64          `json:"known"`
	Member    domain.MemberID `json:"member"`
	Name      string          `json:"name"`
	Proxies   []ProxyOfEntry  `json:"proxies"` // in sittings to come, or open
}

// VoiceEntry is a member's weight in a body.
type VoiceEntry struct {
	Body         domain.BodyID  `json:"body"`
	Name         string         `json:"name"`
	Total        OptionalWeight `json:"total,omitzero"` // of all members
	Undetermined bool           `json:"undetermined,omitzero"`
	Weight       OptionalWeight `json:"weight,omitzero"` // left out where it holds none, or nobody has given it
	Why          []uint64       `json:"why,omitempty"`
}

// ProxyOfEntry is a proxy that a member gave or holds.
type ProxyOfEntry struct {
	Body    domain.BodyID    `json:"body"`
	Day     domain.Day       `json:"day"`
	Event   uint64           `json:"event"`
	Grantor domain.MemberID  `json:"grantor"`
	Holder  domain.MemberID  `json:"holder"`
	Items   []domain.ItemID  `json:"items,omitempty"` // none means all
	Sitting domain.SittingID `json:"sitting"`
	Void    bool             `json:"void,omitzero"` // its holder is not there
}

// VoteOfEntry is how a member voted on a decision.
type VoteOfEntry struct {
	Decision DecisionRow `json:"decision"`
	Seat     *SeatEntry  `json:"seat,omitempty"` // left out where it was not on the roll, or nobody knows
}

// Voices answers: what are a member's voices, its proxies, its votes? Of the decisions of bodies that it has a weight in, or was on
// the roll of, since from.
func Voices(g *domain.Group, q Question, m domain.MemberID, from domain.Day, why bool) (VoicesAnswer, error) {
	q = q.resolved(g)
	a := VoicesAnswer{
		At: q.At, Bodies: []VoiceEntry{}, Decisions: []VoteOfEntry{}, From: from, Group: q.Group, IsMember: g.IsMember(m, q.Pair()), Known: q.Known, Member: m,
		Name: g.MemberName(m, q.Known), Proxies: []ProxyOfEntry{},
		Doubtful: doubts(g, q.Pair(), domain.TouchWeights|domain.TouchBodies|domain.TouchSittings, ""),
	}
	if err := a.fillBodies(g, q, why); err != nil {
		return a, err
	}
	sittings := g.SittingsFor(m, q.Pair())
	for _, s := range sittings {
		a.fillProxies(s)
	}
	votes := VotesIn(sittings...)
	for _, d := range g.Decisions(q.Pair()) {
		if v := votes[d.Number]; d.Day.End() > from {
			a.fillDecision(g, &d, &v, why)
		}
	}
	return a, nil
}

func (a *VoicesAnswer) fillBodies(g *domain.Group, q Question, why bool) error {
	for _, body := range g.Bodies(q.Pair()) {
		if !body.Exists {
			continue
		}
		w, err := Weights(g, q, body.Body, false)
		if err != nil {
			return err
		}
		e := VoiceEntry{Body: body.Body, Name: body.Name, Total: w.Total}
		i := slices.IndexFunc(w.Members, func(e WeightEntry) bool { return e.Member == a.Member })
		if i >= 0 {
			e.Weight, e.Undetermined = w.Members[i].Weight, w.Members[i].Undetermined
			if why {
				e.Why = because(g, q.Known, g.WhyWeight(body.Body, a.Member, q.Pair())...)
			}
		}
		a.Bodies = append(a.Bodies, e)
	}
	return nil
}

// fillProxies adds the proxies that stand in a sitting to come, or open.
func (a *VoicesAnswer) fillProxies(s *domain.Sitting) {
	if !slices.Contains([]string{domain.Convened, domain.Open, domain.Suspended}, s.Status) {
		return
	}
	for _, p := range s.Proxies {
		if e := proxyEntry(s, &p); e.Ended == 0 && (p.Grantor == a.Member || p.Holder == a.Member) {
			a.Proxies = append(a.Proxies, ProxyOfEntry{
				Body: s.Convened.Body, Day: s.Convened.Day, Event: p.Event, Grantor: p.Grantor, Holder: p.Holder, Items: p.Items, Sitting: s.Convened.Sitting, Void: e.Void,
			})
		}
	}
}

func (a *VoicesAnswer) fillDecision(g *domain.Group, d *domain.Decision, v *Vote, why bool) {
	e := VoteOfEntry{Decision: decisionRow(d)}
	if b := v.Ballot; b != nil {
		weighs := slices.ContainsFunc(b.Opened.Roll, func(l domain.RollLine) bool { return !l.Weight.IsZero() && len(l.Members) > 0 })
		if i, found := seatIn(b, a.Member); found {
			seat := seatEntry(b, i, weighs)
			e.Seat = &seat
		}
	}
	if e.Seat == nil && !slices.ContainsFunc(a.Bodies, func(v VoiceEntry) bool { return v.Body == d.Body && v.Weight.Given }) {
		return
	}
	if why {
		e.Decision.Why = because(g, a.Known, behindDecision(g, a.Known, d, v)...)
	}
	a.Decisions = append(a.Decisions, e)
}

// seatIn is the place of a member on the roll of a ballot.
func seatIn(b *domain.Ballot, m domain.MemberID) (place int, found bool) {
	if b.Poll() == nil {
		return 0, false
	}
	return slices.BinarySearchFunc(b.Poll().Roll, m, func(s domain.Seat, m domain.MemberID) int { return cmp.Compare(s.Member, m) })
}
