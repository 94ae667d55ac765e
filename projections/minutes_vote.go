package projections

import (
	"slices"

	"registre/domain"
)

// MinutesVote is an item put to vote, once: to whom, under which rule, how each voted and what came of it. Of a secret ballot it
// tells who voted, and once it is closed how many of each weight in which sense.
type MinutesVote struct {
	Ballot       string            `json:"ballot"`
	Blocking     []MinutesMeasure  `json:"blocking,omitempty"`
	Cancelled    string            `json:"cancelled,omitempty"` // why
	Casting      domain.MemberID   `json:"casting,omitempty"`   // whose vote breaks a tie
	Closed       uint64            `json:"closed,omitzero"`
	ClosedHour   string            `json:"closed_hour,omitempty"`
	Counts       []MinutesCount    `json:"counts,omitempty"` // of a secret ballot
	Decision     uint64            `json:"decision,omitzero"`
	Divided      bool              `json:"divided,omitzero"` // somebody has divided its voices
	Event        uint64            `json:"event"`            // that opened it
	Events       []uint64          `json:"events,omitempty"` // that the decision follows from
	Legal        *MinutesLegal     `json:"legal,omitempty"`  // of the decision
	Majority     []MinutesMeasure  `json:"majority,omitempty"`
	Marked       []domain.MemberID `json:"marked,omitempty"` // who voted in secret
	Option       domain.OptionID   `json:"option,omitempty"` // elected
	Options      []MinutesChoice   `json:"options,omitempty"`
	Outcome      string            `json:"outcome,omitempty"` // as it was proclaimed
	Quorum       []MinutesMeasure  `json:"quorum,omitempty"`
	QuorumCounts string            `json:"quorum_counts,omitempty"` // present, or represented
	Recount      *MinutesRecount   `json:"recount,omitempty"`       // where the votes come to something else today
	Roll         []MinutesSeat     `json:"roll"`                    // by presence, then weight
	RuleSet      uint64            `json:"rule_set"`
	SecondNotice bool              `json:"second_notice,omitzero"`
	SecondRound  bool              `json:"second_round,omitzero"`
	Sentence     SentenceEntry     `json:"sentence"` // of the rule
	Tally        *MinutesTally     `json:"tally,omitempty"`
	Thresholds   MinutesThresholds `json:"thresholds"`
	Tie          bool              `json:"tie,omitzero"`
	Weighed      bool              `json:"weighed,omitzero"` // voices count, not members alone
	Written      bool              `json:"written,omitzero"`
}

// MinutesThresholds are the thresholds of the rule in their one spelling.
type MinutesThresholds struct {
	Blocking []domain.Threshold `json:"blocking,omitempty"`
	Majority []domain.Threshold `json:"majority"`
	Quorum   []domain.Threshold `json:"quorum,omitempty"`
}

// MinutesAmount is a number of members and of voices.
type MinutesAmount struct {
	Members int64         `json:"members"`
	Voices  domain.Weight `json:"voices"`
}

// MinutesTally is what was counted.
type MinutesTally struct {
	Abstain  MinutesAmount `json:"abstain"`
	Against  MinutesAmount `json:"against"`
	Cast     MinutesAmount `json:"cast"`
	For      MinutesAmount `json:"for"`
	NotVoted MinutesAmount `json:"not_voted"`
	Present  MinutesAmount `json:"present"`
	Total    MinutesAmount `json:"total"`
}

// MinutesRecount is what the votes come to as the register tells them at the pair.
type MinutesRecount struct {
	Option  domain.OptionID `json:"option,omitempty"`
	Outcome string          `json:"outcome"`
	Tie     bool            `json:"tie,omitzero"`
}

// MinutesChoice is what was counted for one of several options.
type MinutesChoice struct {
	Members int64           `json:"members"`
	Option  domain.OptionID `json:"option"`
	Voices  domain.Weight   `json:"voices"`
}

// MinutesCount says how many of those with one weight voted in one sense.
type MinutesCount struct {
	Members int           `json:"members"`
	Sense   string        `json:"sense"`
	Weight  domain.Weight `json:"weight"`
}

// MinutesSeat is one line of the roll, and how it voted in public.
type MinutesSeat struct {
	Holder   domain.MemberID  `json:"holder,omitempty"`
	Member   domain.MemberID  `json:"member"`
	Parts    []MinutesDivided `json:"parts,omitempty"` // of divided voices
	Presence string           `json:"presence"`
	Sense    string           `json:"sense,omitempty"` // none: it has not voted, or in secret
	Weight   domain.Weight    `json:"weight"`
}

// MinutesDivided is a part of a member's voices.
type MinutesDivided struct {
	Sense  string        `json:"sense"`
	Weight domain.Weight `json:"weight"`
}

// MinutesMeasure is a threshold and what it was held against.
type MinutesMeasure struct {
	Base      MinutesAmount    `json:"base"`
	Just      bool             `json:"just,omitzero"` // exactly the share, where more was asked
	Part      MinutesAmount    `json:"part"`
	Reached   bool             `json:"reached"`
	Sentence  SentenceEntry    `json:"sentence"`
	Threshold domain.Threshold `json:"threshold"`
}

// MinutesLegal is what has become of a decision.
type MinutesLegal struct {
	Annulment uint64      `json:"annulment,omitzero"`
	Binds     domain.Day  `json:"binds,omitzero"` // none: a day is missing, or it never was
	Condition string      `json:"condition,omitempty"`
	Court     string      `json:"court,omitempty"`
	Events    []uint64    `json:"events,omitempty"`
	Judged    domain.Date `json:"judged,omitzero"`
	Published domain.Date `json:"published,omitzero"`
	Publisher uint64      `json:"published_by,omitzero"` // the event that says so
	Reason    string      `json:"reason,omitempty"`
	Received  domain.Date `json:"received,omitzero"`
	Receipt   uint64      `json:"received_by,omitzero"` // the event that says so
	State     string      `json:"state"`                // domain.Stands, domain.AnnulledStart or domain.AnnulledFrom
	Until     domain.Day  `json:"until,omitzero"`       // from when it is annulled
}

func amountOf(a domain.Amount) MinutesAmount {
	return MinutesAmount{Members: a.Heads, Voices: a.Weight}
}

// minutesVote is a vote as it stands at q.
func minutesVote(g *domain.Group, q Question, b *domain.Ballot) MinutesVote {
	o := b.Opened
	v := MinutesVote{
		Ballot: o.Rule.Ballot, Cancelled: b.Reason, Casting: o.Casting, Closed: b.Closed, Decision: b.Decision, Event: b.Event, Marked: b.Marked,
		QuorumCounts: o.Rule.Quorum.Counts, RuleSet: o.RuleSet, SecondNotice: o.SecondNotice, SecondRound: o.SecondRound,
		Sentence:   SentenceEntry{English: o.Rule.Sentence(domain.English), French: o.Rule.Sentence(domain.French)},
		Thresholds: MinutesThresholds{Blocking: o.Rule.Blocking, Majority: o.Rule.Majority, Quorum: o.Rule.Quorum.Thresholds}, Written: o.Written,
	}
	if o.SecondNotice && o.Rule.SecondNotice != nil {
		v.QuorumCounts, v.Thresholds.Quorum = o.Rule.SecondNotice.Counts, o.Rule.SecondNotice.Thresholds
	}
	for _, c := range b.Counts {
		v.Counts = append(v.Counts, MinutesCount{Members: c.Votes, Sense: c.Sense, Weight: c.Weight})
	}
	v.seats(b)
	v.counted(b)
	if b.Outcome != nil {
		v.proclaimed(g, q, b)
	}
	return v
}

// seats are the lines of the roll, as it was recorded: by presence, then weight.
func (v *MinutesVote) seats(b *domain.Ballot) {
	roll := b.Poll().Roll
	for _, line := range b.Opened.Roll {
		for _, m := range line.Members {
			s := MinutesSeat{Holder: line.Holder, Member: m, Presence: line.Presence, Weight: line.Weight}
			at := slices.IndexFunc(roll, func(s domain.Seat) bool { return s.Member == m })
			if !b.Secret() {
				vote := b.Vote(at)
				s.Sense = b.Opened.Word(vote.Sense)
				for _, p := range vote.Parts {
					s.Parts = append(s.Parts, MinutesDivided{Sense: b.Opened.Word(p.Sense), Weight: p.Weight})
					v.Divided = true
				}
			}
			v.Weighed = v.Weighed || !line.Weight.IsZero()
			v.Roll = append(v.Roll, s)
		}
	}
}

// counted is what the votes come to: when they were closed, otherwise now.
func (v *MinutesVote) counted(b *domain.Ballot) {
	t, ok := b.Tally()
	if !ok {
		return
	}
	v.Quorum, v.Majority, v.Blocking = minutesMeasures(t.Quorum), minutesMeasures(t.Majority), minutesMeasures(t.Blocking)
	v.Tally = &MinutesTally{Abstain: amountOf(t.Abstain), Cast: amountOf(t.Cast), NotVoted: amountOf(t.NotVoted), Present: amountOf(t.Present), Total: amountOf(t.Total)}
	if len(b.Opened.Options) == 0 {
		v.Tally.For, v.Tally.Against = amountOf(t.Options[0]), amountOf(t.Options[1])
		return
	}
	for i, o := range b.Opened.Options {
		v.Options = append(v.Options, MinutesChoice{Members: t.Options[i].Heads, Option: o, Voices: t.Options[i].Weight})
	}
}

func minutesMeasures(list []domain.Measure) (all []MinutesMeasure) {
	for _, m := range list {
		all = append(all, MinutesMeasure{
			Base: amountOf(m.Base), Just: m.Just, Part: amountOf(m.Part), Reached: m.Reached, Threshold: m.Threshold,
			Sentence: SentenceEntry{English: m.Threshold.Sentence(domain.English), French: m.Threshold.Sentence(domain.French)},
		})
	}
	return all
}

// proclaimed takes the tally that was recorded with the outcome: what was proclaimed stays, whatever is counted today.
func (v *MinutesVote) proclaimed(g *domain.Group, q Question, b *domain.Ballot) {
	p := b.Outcome
	v.Outcome, v.Option, v.Tie = p.Outcome, p.Option, p.Tie
	cast := amountOf(p.For)
	for _, more := range append([]domain.Amount{p.Against}, p.Options...) {
		cast.Members += more.Heads
		cast.Voices, _ = domain.SumWeights(cast.Voices, more.Weight) // they were added up when it was proclaimed
	}
	v.Tally = &MinutesTally{
		Abstain: amountOf(p.Abstain), Against: amountOf(p.Against), Cast: cast, For: amountOf(p.For), NotVoted: amountOf(p.NotVoted),
		Present: amountOf(p.Present), Total: amountOf(p.Total),
	}
	for i := range v.Options {
		if i < len(p.Options) {
			v.Options[i].Members, v.Options[i].Voices = p.Options[i].Heads, p.Options[i].Weight
		}
	}
	if t, ok := g.Recount(b.Decision, q.Known); ok && !sameTally(&t, p, b.Opened.Options) {
		v.Recount = &MinutesRecount{Outcome: t.Outcome, Tie: t.Tie}
		if t.Option > 0 {
			v.Recount.Option = b.Opened.Options[t.Option-1]
		}
	}
	if d, ok := g.Decision(b.Decision, q.Pair()); ok {
		legal := legalOf(g, q, &d)
		v.Legal = &legal
	}
}

// sameTally reports whether a count comes to what was proclaimed.
func sameTally(t *domain.Tally, p *domain.DecisionProclaimed, options []domain.OptionID) bool {
	counted, told := []domain.Amount{t.Abstain, t.NotVoted, t.Present, t.Total}, []domain.Amount{p.Abstain, p.NotVoted, p.Present, p.Total}
	if len(options) == 0 {
		told = append(told, p.For, p.Against)
	} else {
		told = append(told, p.Options...)
	}
	option := domain.OptionID("")
	if t.Option > 0 {
		option = options[t.Option-1]
	}
	return t.Outcome == p.Outcome && t.Tie == p.Tie && option == p.Option && slices.Equal(append(counted, t.Options...), told)
}

// legalOf is what has become of a decision, and by which events.
func legalOf(g *domain.Group, q Question, d *domain.Decision) MinutesLegal {
	l := MinutesLegal{
		Annulment: d.Annulment, Binds: d.Binds, Condition: d.Condition, Published: d.Published, Received: d.Received, State: d.Legal, Until: d.Until,
		Events: slices.Clone(d.Lifted),
	}
	if said, ok := g.Said(d.Annulment, q.Known); ok {
		if a, is := said.Act.(*domain.DecisionAnnulled); is {
			l.Court, l.Reason, l.Judged, l.Condition = a.Court, a.Reason, said.Effective, a.Condition
		}
		l.Events = append(l.Events, d.Annulment)
	}
	l.told(g, q, d.Number)
	slices.Sort(l.Events)
	return l
}

// told finds the events that say that a decision was published and received.
func (l *MinutesLegal) told(g *domain.Group, q Question, decision uint64) {
	for n := decision + 1; n <= q.Known && (!l.Published.IsZero() && l.Publisher == 0 || !l.Received.IsZero() && l.Receipt == 0); n++ {
		said, ok := g.Said(n, q.Known)
		switch a := said.Act.(type) {
		case *domain.DecisionPublished:
			if ok && a.Decision == decision && said.Effective == l.Published {
				l.Publisher, l.Events = n, append(l.Events, n)
			}
		case *domain.DecisionReceived:
			if ok && a.Decision == decision && said.Effective == l.Received {
				l.Receipt, l.Events = n, append(l.Events, n)
			}
		}
	}
}
