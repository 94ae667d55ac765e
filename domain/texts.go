package domain

import (
	"cmp"
	"slices"
)

// text is the life of the convention or of an avenant.
type text struct {
	drafted    uint64 // the number of the event that drafted it
	drafts     Timeline[*AvenantDrafted]
	approvals  byMember[approval]
	signatures byMember[struct{}]
	ends       Timeline[end]
}

// approval is what a deliberation says; nil where it fell and says nothing.
type approval struct{ by *MemberDeliberated }

func (a approval) fallen() bool { return a.by == nil }

// end is how the waiting ended.
type end struct{ inForce bool }

func (t *text) isOpen() bool { return !t.drafts.empty(Latest) && t.ends.empty(Latest) }

func (a *GroupFounded) mark(p *pen) {
	t := p.g.texts.get(Convention)
	t.drafted = p.number
	mark(p, &p.g.founding, a)
	mark(p, &t.drafts, &AvenantDrafted{Avenant: Convention, Title: a.Title, SHA256: a.SHA256})
	mark(p, &t.ends, end{inForce: true})
	p.doubt(TouchTexts, "")
	p.all(a.Changes)
}

func (a *AvenantDrafted) mark(p *pen) {
	t := p.g.texts.get(a.Avenant)
	t.drafted = p.number
	mark(p, &t.drafts, a)
	p.doubt(TouchTexts, "")
}

func (a *MemberDeliberated) mark(p *pen) {
	t, m := p.g.texts.get(a.Text), p.g.members.at(a.Member)
	t.approvals.mark(p, m, approval{a})
	p.doubt(TouchTexts, "")
}

func (a *DeliberationFell) mark(p *pen) {
	if a.Deliberation == 0 || a.Deliberation > p.g.Head() {
		return
	}
	now, stands := p.g.events[a.Deliberation-1].now()
	d, ok := now.Act.(*MemberDeliberated)
	if !ok || !stands {
		return
	}
	// Right behind the deliberation: another one of the same day still stands.
	p.date, p.number, p.rank = now.Effective, a.Deliberation, uint32(p.number-a.Deliberation)
	t, m := p.g.texts.get(d.Text), p.g.members.at(d.Member)
	t.approvals.mark(p, m, approval{})
}

func (a *MemberSigned) mark(p *pen) {
	t, m := p.g.texts.get(a.Text), p.g.members.at(a.Member)
	t.signatures.mark(p, m, struct{}{})
	p.doubt(TouchTexts, "")
}

func (a *AvenantAbandoned) mark(p *pen) {
	mark(p, &p.g.texts.get(a.Avenant).ends, end{})
	p.doubt(TouchTexts, "")
}

func (a *AvenantEnteredIntoForce) mark(p *pen) {
	t := p.g.texts.get(a.Avenant)
	mark(p, &t.ends, end{inForce: true})
	p.doubt(TouchTexts, "")
	if t.drafted == 0 {
		return
	}
	draft, stands := p.g.events[t.drafted-1].now()
	if d, ok := draft.Act.(*AvenantDrafted); ok && stands {
		p.all(d.Changes)
	}
}

func (c *AmendmentRuleSet) mark(p *pen) {
	mark(p, &p.g.rules, c)
	p.doubt(TouchTexts, "")
}

func (c *ObligationSet) mark(p *pen) {
	if p.g.duties == nil {
		p.g.duties = make(map[string]*Timeline[*ObligationSet])
	}
	t := p.g.duties[c.Article]
	if t == nil {
		t = new(Timeline[*ObligationSet])
		p.g.duties[c.Article] = t
	}
	mark(p, t, c)
	p.doubt(TouchDuties, "")
}

func (a *EventCorrected) mark(*pen) {}

// Obligations quotes the obligations in force at q, in the order of their articles.
func (g *Group) Obligations(q Pair) (found []*ObligationSet) {
	for _, t := range g.duties {
		if e := t.on(q.At, q.Known); e != nil && e.Value.Text != "" {
			found = append(found, e.Value)
		}
	}
	slices.SortFunc(found, func(a, b *ObligationSet) int {
		if a.Article < b.Article {
			return -1
		}
		return 1
	})
	return found
}

// defaultRule holds where the convention sets none.
var defaultRule = &AmendmentRuleSet{Approval: Quota{Who: EveryMember}, Signature: Quota{Who: EveryMember}, Effect: StatedDay}

// Rule is the rule of amendment at q.
func (g *Group) Rule(q Pair) *AmendmentRuleSet { return g.ruleAt(endOf(q.At), q.Known) }

func (g *Group) ruleAt(p Place, known uint64) *AmendmentRuleSet {
	if e := g.rules.floor(p, known); e != nil {
		return e.Value
	}
	return defaultRule
}

// Conditions of a text, in the order in which it passes through them.
const (
	Drafted   = "drafted"
	Approved  = "approved" // by all who must, not yet signed by all
	InForce   = "in-force"
	Abandoned = "abandoned"
)

// TextRow is one text on a day: the row of a board.
type TextRow struct {
	Text     TextID
	Title    string
	SHA256   Hash
	Status   string
	Since    Date   // of the status, where an event made it: drafted, in force, abandoned
	Event    uint64 // that drafted it
	Stated   Day    // the day on which it says it takes effect
	Members  []TextMember
	Approval Quota
	Signing  Quota
	Approved int // of Members
	Signed   int
	Complete bool // all that the rule asks for is there
}

// TextMember is one member's part in a text.
type TextMember struct {
	Member      MemberID
	MustApprove bool // by the rule, its own obligation or that of whom it succeeds
	MustSign    bool
	Approved    bool
	OtherText   bool // it approved a text with another hash
	Fallen      bool // its deliberation was annulled or withdrawn
	Signed      bool
	By          uint64 // the deliberation's event, 0 where there is none of its own
	SignedBy    uint64
}

// Texts gives the board: every text drafted by q.At, the convention first, then in the order in which they were drafted.
func (g *Group) Texts(q Pair) (rows []TextRow) {
	for _, id := range g.TextIDs(q) {
		row, _ := g.Text(id, q)
		rows = append(rows, row)
	}
	return rows
}

// TextIDs are the texts of the board, in its order.
func (g *Group) TextIDs(q Pair) []TextID {
	type drafted struct {
		event uint64
		place int
	}
	var all []drafted
	for i, t := range g.texts.all {
		if d := t.drafts.on(q.At, q.Known); d != nil {
			all = append(all, drafted{d.Number, i})
		}
	}
	slices.SortStableFunc(all, func(a, b drafted) int { return cmp.Compare(a.event, b.event) })
	ids := make([]TextID, len(all))
	for i, d := range all {
		ids[i] = g.texts.ids[d.place]
	}
	return ids
}

// Text gives the row of one text; ok is false where it is not drafted at q.
func (g *Group) Text(id TextID, q Pair) (TextRow, bool) {
	i, ok := g.texts.place[id]
	if !ok {
		return TextRow{}, false
	}
	return g.board(i, q)
}

// Drafted gives the event that drafted a text, and its hash, zero where nobody has it; ok is false where it is not drafted at q. It is
// what Text gives of them, without looking at who has approved and signed.
func (g *Group) Drafted(id TextID, q Pair) (event uint64, sum Hash, ok bool) {
	i, ok := g.texts.place[id]
	if !ok {
		return 0, Hash{}, false
	}
	d := g.texts.all[i].drafts.on(q.At, q.Known)
	if d == nil {
		return 0, Hash{}, false
	}
	return d.Place.Number, d.Value.SHA256, true
}

func (g *Group) board(i int, q Pair) (row TextRow, ok bool) {
	t := g.texts.all[i]
	d := t.drafts.on(q.At, q.Known)
	if d == nil {
		return row, false
	}
	row = TextRow{
		Text: g.texts.ids[i], Title: d.Value.Title, SHA256: d.Value.SHA256, Stated: d.Value.StatedDay,
		Event: d.Place.Number, Since: g.dateOf(d.Place.Number, q.Known), Status: Drafted,
	}
	p := endOf(q.At)
	if e := t.ends.floor(p, q.Known); e != nil {
		row.Status, row.Since = Abandoned, g.dateOf(e.Place.Number, q.Known)
		if e.Value.inForce {
			row.Status = InForce
		}
		p = e.Place // who had to act is judged when it ended
		if p.Number == row.Event {
			p = endOf(q.At)
		}
	}
	rule := g.ruleAt(p, q.Known)
	row.Approval, row.Signing = rule.Approval, rule.Signature
	g.boardMembers(&row, t, d.Value, rule, p, endOf(q.At), q.Known)
	return row, true
}

// boardMembers fills in each member's part: the members as of p, what they did by now.
func (g *Group) boardMembers(row *TextRow, t *text, d *AvenantDrafted, rule *AmendmentRuleSet, p, now Place, known uint64) {
	for _, m := range g.members.order {
		if !g.members.all[m].activeAt(p, known) {
			continue
		}
		id := g.members.ids[m]
		part := TextMember{
			Member: id, MustApprove: g.bound(rule.Approval, m, p, known), MustSign: g.bound(rule.Signature, m, p, known),
			Approved: g.approved(t, d, m, p, now, known), Signed: g.signed(t, m, p, now, known),
		}
		if e := t.approvals.floor(m, now, known); e != nil {
			part.By, part.Fallen = e.Place.Number, e.Value.fallen()
			part.OtherText = !e.Value.fallen() && !e.Value.counts(d)
		}
		if e := t.signatures.floor(m, now, known); e != nil {
			part.SignedBy = e.Place.Number
		}
		row.Members = append(row.Members, part)
		if part.Approved {
			row.Approved++
		}
		if part.Signed {
			row.Signed++
		}
	}
	approved := g.reached(rule.Approval, p, known, func(m int) bool { return g.approved(t, d, m, p, now, known) })
	row.Complete = approved && g.reached(rule.Signature, p, known, func(m int) bool { return g.signed(t, m, p, now, known) })
	if approved && row.Status == Drafted {
		row.Status = Approved
	}
}

// counts reports whether an approval is of this text. One that names no hash, or of a text whose hash nobody has, counts.
func (a approval) counts(d *AvenantDrafted) bool {
	return !a.fallen() && (d.SHA256.IsZero() || a.by.SHA256.IsZero() || a.by.SHA256 == d.SHA256)
}

// approved reports whether m, a member as of p, is bound by an approval by now: its own, or those of all whom it succeeded.
func (g *Group) approved(t *text, d *AvenantDrafted, m int, p, now Place, known uint64) bool {
	if e := t.approvals.floor(m, now, known); e != nil {
		return e.Value.counts(d)
	}
	return g.inherited(m, p, known, func(heir int, p Place) bool { return g.approved(t, d, heir, p, p, known) })
}

func (g *Group) signed(t *text, m int, p, now Place, known uint64) bool {
	if e := t.signatures.floor(m, now, known); e != nil {
		return true
	}
	return g.inherited(m, p, known, func(heir int, p Place) bool { return g.signed(t, heir, p, p, known) })
}

// inherited reports whether all whom m succeeded had done it by then.
func (g *Group) inherited(m int, p Place, known uint64, did func(heir int, p Place) bool) bool {
	s := g.members.all[m].standing.floor(p, known)
	if s == nil || !s.Value.active || s.Value.by == nil {
		return false
	}
	for _, id := range s.Value.by.Predecessors {
		if !did(g.members.place[id], s.Place.before()) {
			return false
		}
	}
	return true
}

// bound reports whether a quota asks for the act of m at p. Who succeeds to a listed member takes over its obligations.
func (g *Group) bound(q Quota, m int, p Place, known uint64) bool {
	if q.Who != Listed || slices.Contains(q.Members, g.members.ids[m]) {
		return true
	}
	s := g.members.all[m].standing.floor(p, known)
	if s == nil || !s.Value.active || s.Value.by == nil {
		return false
	}
	return slices.ContainsFunc(s.Value.by.Predecessors, func(id MemberID) bool {
		return g.bound(q, g.members.place[id], s.Place.before(), known)
	})
}

// reached reports whether a quota is reached by the members as of p. Listed members who are none any more need not act.
func (g *Group) reached(quota Quota, p Place, known uint64, did func(m int) bool) bool {
	heads, acted, missing := int64(0), int64(0), false
	for m := range g.members.ids {
		if !g.members.all[m].activeAt(p, known) || !g.bound(quota, m, p, known) {
			continue
		}
		heads++
		if did(m) {
			acted++
		} else if quota.Who != Share {
			missing = true
			break
		}
	}
	if heads == 0 || missing {
		return false
	}
	if quota.Who != Share {
		return true
	}
	share, err := NewWeight(acted, heads)
	return err == nil && share.Cmp(quota.Share) >= 0
}
