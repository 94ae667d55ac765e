package projections

import (
	"math/big"
	"slices"

	"registre/domain"
)

// An AmountEntry is a number of voices and of members.
type AmountEntry struct {
	Heads  int64         `json:"heads"`
	Weight domain.Weight `json:"weight"`
}

// A MeasureEntry is one threshold and what it was held against: Part of Base, of which Needed is the least that would do, or,
// where Above, less than that. All are voices or members, as the threshold counts.
type MeasureEntry struct {
	Above     bool             `json:"above,omitzero"` // more than needed is asked for
	Base      string           `json:"base"`
	Just      bool             `json:"just,omitzero"`    // the part is exactly the share, where more was asked for
	Needed    string           `json:"needed,omitempty"` // left out where it has no exact spelling
	Part      string           `json:"part"`
	Reached   bool             `json:"reached"`
	Threshold domain.Threshold `json:"threshold"`
}

// An OptionEntry is one of several to choose from.
type OptionEntry struct {
	Amount *AmountEntry    `json:"amount,omitempty"` // that it has, once that is told
	Option domain.OptionID `json:"option"`
	Title  string          `json:"title,omitempty"`
}

// A SeatEntry is one member's line on the roll of a vote, and its vote.
type SeatEntry struct {
	Holder   domain.MemberID `json:"holder,omitempty"` // of its proxy, who votes for it
	Member   domain.MemberID `json:"member"`
	Parts    []PartOfVoices  `json:"parts,omitempty"` // where its voices are divided
	Presence string          `json:"presence"`
	Vote     string          `json:"vote,omitempty"`  // in public
	Voted    bool            `json:"voted,omitzero"`  // in secret
	Weight   OptionalWeight  `json:"weight,omitzero"` // left out where heads alone count
}

// A PartOfVoices is some of a member's voices, cast in one sense.
type PartOfVoices struct {
	Sense  string        `json:"sense"`
	Weight domain.Weight `json:"weight"`
}

// A CountEntry says how many of those who hold one weight voted in one sense, in secret.
type CountEntry struct {
	Sense  string        `json:"sense"`
	Votes  int           `json:"votes"`
	Weight domain.Weight `json:"weight"`
}

// A TallyEntry is what the votes come to: if the vote is closed now, as long as it is open.
type TallyEntry struct {
	Abstain  AmountEntry     `json:"abstain"`
	Against  *AmountEntry    `json:"against,omitempty"` // of a resolution, as For
	Blocking []MeasureEntry  `json:"blocking,omitempty"`
	Cast     AmountEntry     `json:"cast"`
	For      *AmountEntry    `json:"for,omitempty"`
	Majority []MeasureEntry  `json:"majority,omitempty"`
	NotVoted AmountEntry     `json:"not_voted"`
	Option   domain.OptionID `json:"option,omitempty"` // elected
	Outcome  string          `json:"outcome"`
	Present  AmountEntry     `json:"present"`
	Quorum   []MeasureEntry  `json:"quorum,omitempty"`
	Settled  bool            `json:"settled,omitzero"` // of an open vote: whatever is still cast or changed, the outcome stays
	Tie      bool            `json:"tie,omitzero"`
	Total    AmountEntry     `json:"total"`
}

// A VoteEntry is an item put to vote, once: to whom, under which rule, and how they voted.
type VoteEntry struct {
	Cancelled    string            `json:"cancelled,omitempty"` // why it ended without an outcome
	Casting      domain.MemberID   `json:"casting,omitempty"`   // whose vote breaks a tie
	Closed       uint64            `json:"closed,omitzero"`     // the event that closed it, or cancelled it
	Counts       []CountEntry      `json:"counts,omitempty"`    // of a secret ballot, once it is closed
	Event        uint64            `json:"event"`               // that opened it
	Missing      []domain.MemberID `json:"missing,omitempty"`   // who could vote and has not
	Open         bool              `json:"open,omitzero"`
	Options      []OptionEntry     `json:"options,omitempty"`
	Put          uint64            `json:"put"` // the event that put the item to vote
	Roll         []SeatEntry       `json:"roll"`
	Rule         RuleEntry         `json:"rule"`
	RuleSet      uint64            `json:"rule_set"` // the event that set it
	SecondNotice bool              `json:"second_notice,omitzero"`
	SecondRound  bool              `json:"second_round,omitzero"`
	Secret       bool              `json:"secret,omitzero"`
	Tally        *TallyEntry       `json:"tally,omitempty"` // none of a secret ballot before it is closed
	Written      bool              `json:"written,omitzero"`
}

// voteEntry tells of one vote on an item.
func voteEntry(g *domain.Group, known uint64, i *domain.Item, b *domain.Ballot) VoteEntry {
	o := b.Opened
	v := VoteEntry{
		Cancelled: b.Reason, Casting: o.Casting, Closed: b.Closed, Event: b.Event, Open: b.IsOpen(), Put: b.Put, Roll: []SeatEntry{},
		Rule: ruleEntry(&o.Rule), RuleSet: o.RuleSet, SecondNotice: o.SecondNotice, SecondRound: o.SecondRound, Secret: b.Secret(), Written: o.Written,
	}
	set, stands := g.Said(o.RuleSet, known)
	if !stands {
		set = g.Original(o.RuleSet)
	}
	v.Rule.Since, v.Rule.Precision = set.Effective, precision(set.Effective)
	for _, c := range b.Counts {
		v.Counts = append(v.Counts, CountEntry(c))
	}
	weighs := slices.ContainsFunc(b.Poll().Roll, func(s domain.Seat) bool { return !s.Weight.IsZero() })
	for seat := range b.Poll().Roll {
		v.Roll = append(v.Roll, seatEntry(b, seat, weighs))
		if b.TakesPart(seat) && !b.HasVoted(seat) {
			v.Missing = append(v.Missing, b.Poll().Roll[seat].Member)
		}
	}
	t, told := b.Tally()
	v.Options = optionsOf(i, o.Options)
	if told {
		v.Tally = tallyEntry(o, &t)
		v.Tally.Settled = t.Settled && b.IsOpen()
		for n := range v.Options {
			v.Options[n].Amount = amount(t.Options[n])
		}
	}
	return v
}

func seatEntry(b *domain.Ballot, seat int, weighs bool) SeatEntry {
	s := &b.Poll().Roll[seat]
	e := SeatEntry{Holder: s.Holder, Member: s.Member, Presence: s.Presence, Weight: OptionalWeight{Weight: s.Weight, Given: weighs}}
	if b.Secret() {
		e.Voted = b.HasVoted(seat)
		return e
	}
	cast := b.Vote(seat)
	e.Vote = b.Opened.Word(cast.Sense)
	for _, p := range cast.Parts {
		e.Parts = append(e.Parts, PartOfVoices{Sense: b.Opened.Word(p.Sense), Weight: p.Weight})
	}
	return e
}

// optionsOf names the options of a choice, in the order in which they were put to vote.
func optionsOf(i *domain.Item, ids []domain.OptionID) (all []OptionEntry) {
	for _, id := range ids {
		e := OptionEntry{Option: id}
		for _, o := range i.Options {
			if o.Option == id {
				e.Title = o.Title
			}
		}
		all = append(all, e)
	}
	return all
}

func tallyEntry(o *domain.VoteOpened, t *domain.Tally) *TallyEntry {
	e := &TallyEntry{
		Abstain: *amount(t.Abstain), Blocking: measures(t.Blocking), Cast: *amount(t.Cast), Majority: measures(t.Majority), NotVoted: *amount(t.NotVoted),
		Outcome: t.Outcome, Present: *amount(t.Present), Quorum: measures(t.Quorum), Tie: t.Tie, Total: *amount(t.Total),
	}
	switch {
	case len(o.Options) == 0:
		e.For, e.Against = amount(t.Options[0]), amount(t.Options[1])
	case t.Option > 0:
		e.Option = o.Options[t.Option-1]
	}
	return e
}

func amount(a domain.Amount) *AmountEntry { return &AmountEntry{Heads: a.Heads, Weight: a.Weight} }

func measures(all []domain.Measure) (entries []MeasureEntry) {
	for _, m := range all {
		e := MeasureEntry{Base: measured(m.Base, m.Threshold.Of), Just: m.Just, Part: measured(m.Part, m.Threshold.Of), Reached: m.Reached, Threshold: m.Threshold}
		e.Needed, e.Above = needed(&m)
		entries = append(entries, e)
	}
	return entries
}

func measured(a domain.Amount, of string) string {
	if of == domain.Heads {
		return new(big.Int).SetInt64(a.Heads).String()
	}
	return a.Weight.String()
}

// needed is the least that reaches a threshold; of voices, of which there are parts, that which more than is asked for.
func needed(m *domain.Measure) (spelling string, above bool) {
	t := &m.Threshold
	base := new(big.Rat).SetFrac64(m.Base.Weight.Num(), m.Base.Weight.Den())
	if t.Of == domain.Heads {
		base.SetInt64(m.Base.Heads)
	}
	bound := new(big.Rat).Mul(base, big.NewRat(t.Share.Num(), t.Share.Den()))
	least := new(big.Rat).SetFrac64(t.Minimum.Num(), t.Minimum.Den())
	above = t.Strict && bound.Cmp(least) >= 0
	if bound.Cmp(least) < 0 {
		bound = least
	}
	if t.Of == domain.Heads {
		whole, rest := new(big.Int).QuoRem(bound.Num(), bound.Denom(), new(big.Int))
		if above || rest.Sign() > 0 {
			whole.Add(whole, big.NewInt(1))
		}
		return whole.String(), false
	}
	if !bound.Num().IsInt64() || !bound.Denom().IsInt64() {
		return "", above
	}
	w, err := domain.NewWeight(bound.Num().Int64(), bound.Denom().Int64())
	if err != nil {
		return "", above
	}
	return w.String(), above
}

// ofItem reports whether an act is of the votes on an item.
func ofItem(act domain.Act, sitting domain.SittingID, item domain.ItemID) bool {
	switch act := act.(type) {
	case *domain.VotesCast:
		return act.Sitting == sitting && act.Item == item
	case *domain.VotersMarked:
		return act.Sitting == sitting && act.Item == item
	}
	return false
}

// behindVote are the events that a vote follows from, its votes among them.
func behindVote(g *domain.Group, known uint64, sitting domain.SittingID, b *domain.Ballot) []uint64 {
	events := []uint64{b.Opened.Defined, b.Opened.RuleSet, b.Put, b.Event}
	last := max(b.Closed, b.Last)
	if b.IsOpen() {
		last = min(known, g.Head())
	}
	for n := b.Event + 1; n <= last; n++ {
		if said, ok := g.Said(n, known); ok && ofItem(said.Act, sitting, b.Opened.Item) {
			events = append(events, n)
		}
	}
	return append(events, b.Closed, b.Decision)
}
