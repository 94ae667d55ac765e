package projections

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"registre/domain"
)

// DecisionsAsked says which decisions are asked for; the zero value asks for all.
type DecisionsAsked struct {
	Body     domain.BodyID
	From, To domain.Day      // the first and the last day; 0 for no bound
	Member   domain.MemberID // who was on the roll
	Outcome  string
	Words    string // all of which stand in the title, whatever their case and accents
}

// DecisionsAnswer lists decisions, those that were annulled too.
type DecisionsAnswer struct {
	At        domain.Day     `json:"at"`
	Decisions []DecisionRow  `json:"decisions"` // by their days and numbers
	Doubtful  []Doubt        `json:"doubtful,omitempty"`
	Group     domain.GroupID `json:"group"`
	Known     uint64         `json:"known"`
}

// DecisionRow is one decision in short.
type DecisionRow struct {
	Against   *SideEntry       `json:"against,omitempty"` // of a choice none, as for
	Asserted  bool             `json:"asserted,omitzero"`
	Binds     domain.Day       `json:"binds,omitzero"` // from when; left out where publication or receipt is not known, and where it never was
	Body      domain.BodyID    `json:"body"`
	Condition string           `json:"condition,omitempty"` // of its annulment: unless which is met
	Day       domain.Date      `json:"day"`
	For       *SideEntry       `json:"for,omitempty"`
	Item      domain.ItemID    `json:"item,omitempty"`
	Later     uint64           `json:"later,omitzero"` // of one without a result: the decision that followed on the same item
	Legal     string           `json:"legal"`
	Number    uint64           `json:"number"`
	Option    domain.OptionID  `json:"option,omitempty"` // elected
	Titled    string           `json:"option_title,omitempty"`
	Outcome   string           `json:"outcome"`
	Precision string           `json:"precision,omitempty"` // of day, where that is no day
	Sitting   domain.SittingID `json:"sitting,omitempty"`
	Tie       bool             `json:"tie,omitzero"`
	Title     string           `json:"title"`
	Until     domain.Day       `json:"until,omitzero"` // from which it is annulled
	Why       []uint64         `json:"why,omitempty"`
}

// A SideEntry is who was for, or against: voices, where voices count, and members, where they are known.
type SideEntry struct {
	Heads  *int64         `json:"heads,omitempty"`
	Weight OptionalWeight `json:"weight,omitzero"`
}

// DecisionAnswer is one decision, with all that recomputes it. One that is asserted has neither vote nor recount.
type DecisionAnswer struct {
	Annulment  *AnnulmentEntry `json:"annulment,omitempty"`
	At         domain.Day      `json:"at"`
	Decision   DecisionRow     `json:"decision"`
	Doubtful   []Doubt         `json:"doubtful,omitempty"`
	Effects    *EffectsEntry   `json:"effects,omitempty"` // where it changes something
	Group      domain.GroupID  `json:"group"`
	Known      uint64          `json:"known"`
	Lifted     []uint64        `json:"lifted,omitempty"` // events that took an annulment away
	Proclaimed *ProclaimedAt   `json:"proclaimed,omitempty"`
	Published  *domain.Date    `json:"published,omitempty"`
	Received   *domain.Date    `json:"received,omitempty"` // by the prefecture
	Recount    *RecountEntry   `json:"recount,omitempty"`
	Reported   *ReportedEntry  `json:"reported,omitempty"` // of an asserted one
	Vote       *VoteEntry      `json:"vote,omitempty"`
	Why        []uint64        `json:"why,omitempty"`
}

// An AnnulmentEntry is a judgment that annuls a decision, and stands.
type AnnulmentEntry struct {
	Condition string      `json:"condition,omitempty"`
	Court     string      `json:"court"`
	Day       domain.Date `json:"day"` // of the judgment
	Event     uint64      `json:"event"`
	From      domain.Day  `json:"from,omitzero"` // left out where the decision never was
	Reason    string      `json:"reason"`
}

// An EffectsEntry says what an adopted decision changes in the group: how many changes the event that says what its item is holds.
// They count unless the decision never was; that it is annulled from a day on does not undo them.
type EffectsEntry struct {
	Changes int    `json:"changes"`
	Count   bool   `json:"count"` // they count
	Event   uint64 `json:"event"`
}

// ProclaimedAt is the tally that was proclaimed.
type ProclaimedAt struct {
	Abstain  AmountEntry   `json:"abstain"`
	Against  *AmountEntry  `json:"against,omitempty"`
	For      *AmountEntry  `json:"for,omitempty"`
	NotVoted AmountEntry   `json:"not_voted"`
	Options  []AmountEntry `json:"options,omitempty"`
	Present  AmountEntry   `json:"present"`
	Total    AmountEntry   `json:"total"`
}

// A RecountEntry is what the votes come to when they are counted anew, as they are now known. Same says whether that is what was
// proclaimed; Differs names what is not.
type RecountEntry struct {
	Differs []string        `json:"differs,omitempty"`
	Option  domain.OptionID `json:"option,omitempty"`
	Outcome string          `json:"outcome"`
	Same    bool            `json:"same"`
	Tie     bool            `json:"tie,omitzero"`
}

// A ReportedEntry is what a report says of a decision that nobody can recompute.
type ReportedEntry struct {
	Abstain      OptionalWeight `json:"abstain,omitzero"` // voices, as the next two, where they are known
	Against      OptionalWeight `json:"against,omitzero"`
	For          OptionalWeight `json:"for,omitzero"`
	Recomputable bool           `json:"recomputable"` // never
	SHA256       string         `json:"sha256,omitempty"`
	Sitting      string         `json:"sitting,omitempty"` // as the document calls it
}

// Decisions answers: what was decided?
func Decisions(g *domain.Group, q Question, asked DecisionsAsked, why bool) DecisionsAnswer {
	q = q.resolved(g)
	a := DecisionsAnswer{At: q.At, Decisions: []DecisionRow{}, Doubtful: doubts(g, q.Pair(), domain.TouchSittings, ""), Group: q.Group, Known: q.Known}
	var votes map[uint64]Vote
	if why {
		votes = VotesIn(g.SittingsInShort(q.Pair())...)
	}
	for _, d := range g.Decisions(q.Pair()) {
		if asked.wants(g, q, &d) {
			row := decisionRow(&d)
			if v := votes[d.Number]; why {
				row.Why = because(g, q.Known, behindDecision(g, q.Known, &d, &v)...)
			}
			a.Decisions = append(a.Decisions, row)
		}
	}
	return a
}

func (w *DecisionsAsked) wants(g *domain.Group, q Question, d *domain.Decision) bool {
	switch {
	case w.Body != "" && d.Body != w.Body, w.Outcome != "" && d.Outcome != w.Outcome:
		return false
	case w.From > 0 && d.Day.End() <= w.From, w.To > 0 && d.Day.First > w.To:
		return false
	case !hasWords(d.Title, w.Words):
		return false
	}
	return w.Member == "" || onRoll(g, q, d, w.Member)
}

// onRoll reports whether a member was on the roll of a decision.
func onRoll(g *domain.Group, q Question, d *domain.Decision, m domain.MemberID) bool {
	if d.Proclaimed == nil {
		return false
	}
	said, _ := g.Said(d.Proclaimed.Vote, q.Known)
	opened, ok := said.Act.(*domain.VoteOpened)
	return ok && slices.ContainsFunc(opened.Roll, func(l domain.RollLine) bool { return slices.Contains(l.Members, m) })
}

// hasWords reports whether all words stand in a text, whatever their case and accents.
func hasWords(text, words string) bool {
	folded := bare(text)
	for _, w := range strings.Fields(bare(words)) {
		if !strings.Contains(folded, w) {
			return false
		}
	}
	return true
}

var ligatures = strings.NewReplacer("œ", "oe", "æ", "ae", "’", "'")

// bare is a text in small letters without accents.
func bare(s string) string {
	return ligatures.Replace(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(s)))
}

func decisionRow(d *domain.Decision) DecisionRow {
	row := DecisionRow{
		Asserted: d.Asserted != nil, Binds: d.Binds, Body: d.Body, Condition: d.Condition, Day: d.Day, Later: d.Later, Legal: d.Legal, Number: d.Number, Outcome: d.Outcome,
		Precision: precision(d.Day), Title: d.Title, Until: d.Until,
	}
	if p := d.Proclaimed; p != nil {
		row.Item, row.Option, row.Sitting, row.Tie = p.Item, p.Option, p.Sitting, p.Tie
		row.Titled = optionTitle(d.Item, p.Option)
		if len(p.Options) == 0 {
			weighs := !p.Total.Weight.IsZero()
			row.For, row.Against = side(p.For, weighs), side(p.Against, weighs)
		}
		return row
	}
	row.For, row.Against = reportedSide(d.Asserted.For), reportedSide(d.Asserted.Against)
	return row
}

// optionTitle is what an option of an item is called; "" where there is none.
func optionTitle(i *domain.AgendaItem, id domain.OptionID) string {
	if i != nil {
		for _, o := range i.Options {
			if o.Option == id {
				return o.Title
			}
		}
	}
	return ""
}

func side(a domain.Amount, weighs bool) *SideEntry {
	return &SideEntry{Heads: &a.Heads, Weight: OptionalWeight{a.Weight, weighs}}
}

func reportedSide(w *domain.Weight) *SideEntry {
	if w == nil {
		return nil
	}
	return &SideEntry{Weight: OptionalWeight{*w, true}}
}

func optional(w *domain.Weight) OptionalWeight {
	if w == nil {
		return OptionalWeight{}
	}
	return OptionalWeight{*w, true}
}

// DecisionOf answers: what is decision n, and what recomputes it? ok is false where event n decides nothing at q.
func DecisionOf(g *domain.Group, q Question, n uint64, why bool) (a DecisionAnswer, ok bool) {
	q = q.resolved(g)
	d, ok := g.Decision(n, q.Pair())
	if !ok {
		return a, false
	}
	a = DecisionAnswer{At: q.At, Decision: decisionRow(&d), Doubtful: doubts(g, q.Pair(), domain.TouchSittings, ""), Group: q.Group, Known: q.Known, Lifted: d.Lifted}
	a.fillFate(g, q, &d)
	if d.Asserted != nil {
		r := d.Asserted
		a.Reported = &ReportedEntry{Abstain: optional(r.Abstain), Against: optional(r.Against), For: optional(r.For), SHA256: hashText(r.SHA256), Sitting: r.Sitting}
	} else {
		a.Proclaimed = proclaimedAt(d.Proclaimed)
		if d.Item != nil && len(d.Item.Changes) > 0 && d.Outcome == domain.Adopted {
			a.Effects = &EffectsEntry{Changes: len(d.Item.Changes), Count: d.Legal != domain.AnnulledStart, Event: d.Proclaimed.Defined}
		}
	}
	v, made := VoteOn(g, q, &d)
	if made {
		vote := voteEntry(g, q.Known, v.Item, v.Ballot)
		a.Vote, a.Recount = &vote, Recount(g, q.Known, n)
	}
	if why {
		a.Why = because(g, q.Known, behindDecision(g, q.Known, &d, &v)...)
	}
	return a, true
}

func (a *DecisionAnswer) fillFate(g *domain.Group, q Question, d *domain.Decision) {
	if !d.Published.IsZero() {
		a.Published = &d.Published
	}
	if !d.Received.IsZero() {
		a.Received = &d.Received
	}
	if said, ok := g.Said(d.Annulment, q.Known); ok && d.Annulment > 0 {
		if r, ok := said.Act.(*domain.DecisionAnnulled); ok {
			a.Annulment = &AnnulmentEntry{Condition: r.Condition, Court: r.Court, Day: said.Effective, Event: d.Annulment, From: r.From, Reason: r.Reason}
		}
	}
}

func proclaimedAt(p *domain.DecisionProclaimed) *ProclaimedAt {
	e := &ProclaimedAt{Abstain: *amount(p.Abstain), NotVoted: *amount(p.NotVoted), Present: *amount(p.Present), Total: *amount(p.Total)}
	for _, o := range p.Options {
		e.Options = append(e.Options, *amount(o))
	}
	if len(p.Options) == 0 {
		e.For, e.Against = amount(p.For), amount(p.Against)
	}
	return e
}

// A Vote is the vote by which a decision was made.
type Vote struct {
	Item    *domain.Item
	Ballot  *domain.Ballot
	Sitting *domain.Sitting
}

// VoteOn is the vote by which a decision was made, as known at q; ok is false where it was asserted, or its vote no longer stands.
func VoteOn(g *domain.Group, q Question, d *domain.Decision) (Vote, bool) {
	if d.Proclaimed == nil {
		return Vote{}, false
	}
	s, ok := g.Sitting(d.Proclaimed.Sitting, q.Pair())
	if !ok {
		return Vote{}, false
	}
	v, ok := VotesIn(s)[d.Number]
	return v, ok
}

// VotesIn gives the votes of sittings that made a decision, by its number.
func VotesIn(sittings ...*domain.Sitting) map[uint64]Vote {
	made := make(map[uint64]Vote)
	for _, s := range sittings {
		for _, i := range s.Agenda {
			for _, b := range i.Ballots {
				if b.Decision > 0 {
					made[b.Decision] = Vote{Item: i, Ballot: b, Sitting: s}
				}
			}
		}
	}
	return made
}

// Recount counts the votes of decision n anew, as they are known, and compares; nil where they cannot be counted.
func Recount(g *domain.Group, known, n uint64) *RecountEntry {
	t, ok := g.Recount(n, known)
	said, _ := g.Said(n, known)
	p, proclaimed := said.Act.(*domain.DecisionProclaimed)
	if !ok || !proclaimed {
		return nil
	}
	vote, _ := g.Said(p.Vote, known)
	opened, ok := vote.Act.(*domain.VoteOpened)
	if !ok {
		return nil
	}
	e := &RecountEntry{Outcome: t.Outcome, Tie: t.Tie}
	if t.Option > 0 && t.Option <= len(opened.Options) {
		e.Option = opened.Options[t.Option-1]
	}
	columns, were := t.Options, p.Options
	if len(opened.Options) == 0 {
		were = []domain.Amount{p.For, p.Against}
	}
	for _, c := range []struct {
		name string
		is   bool
	}{
		{"abstain", t.Abstain == p.Abstain},
		{"not_voted", t.NotVoted == p.NotVoted},
		{"option", e.Option == p.Option},
		{"outcome", t.Outcome == p.Outcome},
		{"present", t.Present == p.Present},
		{"tie", t.Tie == p.Tie},
		{"total", t.Total == p.Total},
		{"votes", slices.Equal(columns, were)},
	} {
		if !c.is {
			e.Differs = append(e.Differs, c.name)
		}
	}
	e.Same = e.Differs == nil
	return e
}

// behindDecision are the events that a decision, and the vote that made it, follow from, and what became of it.
func behindDecision(g *domain.Group, known uint64, d *domain.Decision, v *Vote) []uint64 {
	events := append([]uint64{d.Number, d.Annulment, d.PublishedBy, d.ReceivedBy}, d.Lifted...)
	if v.Ballot != nil {
		events = append(append(events, v.Sitting.Event), behindVote(g, known, v.Sitting.Convened.Sitting, v.Ballot)...)
	}
	return events
}
