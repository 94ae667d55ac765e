package projections

import "registre/domain"

// DeliberationsAnswer is all that the bodies of a group have decided, each decision with the vote that it follows from.
type DeliberationsAnswer struct {
	At        domain.Day          `json:"at"`
	Decisions []DeliberationEntry `json:"decisions"` // by their days, then their numbers
	Doubtful  []Doubt             `json:"doubtful,omitempty"`
	Group     domain.GroupID      `json:"group"`
	GroupName string              `json:"group_name"`
	Known     uint64              `json:"known"`
}

// DeliberationEntry is one decision. One that is asserted has no vote: the voices are those that the document states, where it
// does.
type DeliberationEntry struct {
	Abstain     *domain.Weight  `json:"abstain,omitempty"` // of one that is asserted, as the next two
	Against     *domain.Weight  `json:"against,omitempty"`
	Asserted    bool            `json:"asserted,omitzero"`
	Body        domain.BodyID   `json:"body"`
	Day         domain.Date     `json:"day"`
	Event       uint64          `json:"event"` // that proclaims or asserts it
	For         *domain.Weight  `json:"for,omitempty"`
	Item        domain.ItemID   `json:"item,omitempty"`
	Kind        domain.ItemKind `json:"kind,omitempty"` // of the item
	Legal       MinutesLegal    `json:"legal"`
	Option      domain.OptionID `json:"option,omitempty"`
	OptionTitle string          `json:"option_title,omitempty"`
	Outcome     string          `json:"outcome"`
	Precision   string          `json:"precision,omitempty"` // of day, where that is no day
	SHA256      string          `json:"sha256,omitempty"`
	Sitting     string          `json:"sitting,omitempty"` // its id; of one that is asserted, as the document calls it
	Tie         bool            `json:"tie,omitzero"`
	Title       string          `json:"title"`
	Vote        *MinutesVote    `json:"vote,omitempty"`
	Why         []uint64        `json:"why,omitempty"`
}

// Deliberations answers: what have the bodies decided, and by which votes? What was annulled is told too, and says so.
func Deliberations(g *domain.Group, q Question) DeliberationsAnswer {
	q = q.resolved(g)
	a := DeliberationsAnswer{
		At: q.At, Decisions: []DeliberationEntry{}, Doubtful: doubts(g, q.Pair(), domain.TouchSittings, ""), Group: q.Group, GroupName: groupName(g, q.Known), Known: q.Known,
	}
	sittings := map[domain.SittingID]*domain.Sitting{}
	for _, d := range g.Decisions(q.Pair()) {
		e := DeliberationEntry{
			Body: d.Body, Day: d.Day, Event: d.Number, Legal: legalOf(g, q, &d), Outcome: d.Outcome, Precision: precision(d.Day), Title: d.Title, Why: []uint64{d.Number},
		}
		if d.Asserted != nil {
			e.asserted(d.Asserted)
		} else {
			e.proclaimed(g, q, &d, sittings)
		}
		e.Why = because(g, q.Known, append(e.Why, e.Legal.Events...)...)
		a.Decisions = append(a.Decisions, e)
	}
	return a
}

// groupName is the name under which a group was founded; "" before.
func groupName(g *domain.Group, known uint64) string {
	for n := uint64(1); n <= min(known, g.Head()); n++ {
		said, ok := g.Said(n, known)
		if f, is := said.Act.(*domain.GroupFounded); ok && is {
			return f.Name
		}
	}
	return ""
}

func (e *DeliberationEntry) asserted(a *domain.DecisionAsserted) {
	e.Asserted, e.Sitting, e.SHA256 = true, a.Sitting, a.SHA256.String()
	e.For, e.Against, e.Abstain = a.For, a.Against, a.Abstain
}

func (e *DeliberationEntry) proclaimed(g *domain.Group, q Question, d *domain.Decision, sittings map[domain.SittingID]*domain.Sitting) {
	p := d.Proclaimed
	e.Sitting, e.Item, e.Option, e.Tie = string(p.Sitting), p.Item, p.Option, p.Tie
	e.Why = append(e.Why, p.Vote, p.Defined)
	if d.Item != nil {
		e.Kind, e.SHA256 = d.Item.Kind, d.Item.SHA256.String()
		e.OptionTitle = optionTitle(d.Item, p.Option)
	}
	s, ok := sittings[p.Sitting]
	if !ok {
		s, _ = g.Sitting(p.Sitting, q.Pair())
		sittings[p.Sitting] = s
	}
	w := &minuteWriter{g: g, q: q, s: s, m: &Minutes{Sitting: p.Sitting}}
	for _, i := range s.Agenda {
		for _, b := range i.Ballots {
			if b.Event == p.Vote {
				v := minutesVote(g, q, b)
				v.Legal, v.Events = nil, w.votesOn(b)
				e.Vote, e.Why = &v, append(append(e.Why, v.Events...), v.RuleSet)
			}
		}
	}
}
