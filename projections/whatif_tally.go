package projections

import "registre/domain"

// WhatIfTally is what a vote comes to, and the rule by which it does.
type WhatIfTally struct {
	Abstain  WhatIfVoices    `json:"abstain"`
	Against  *WhatIfVoices   `json:"against,omitempty"`
	Blocking []WhatIfMeasure `json:"blocking,omitempty"`
	Casting  domain.MemberID `json:"casting,omitempty"` // whose vote breaks a tie
	For      *WhatIfVoices   `json:"for,omitempty"`
	Majority []WhatIfMeasure `json:"majority,omitempty"`
	NotVoted WhatIfVoices    `json:"not_voted"`
	Option   domain.OptionID `json:"option,omitempty"`  // elected
	Options  []WhatIfOption  `json:"options,omitempty"` // of a choice
	Outcome  string          `json:"outcome"`
	Present  WhatIfVoices    `json:"present"`
	Quorum   []WhatIfMeasure `json:"quorum,omitempty"`
	Rule     SentenceEntry   `json:"rule,omitzero"`
	Tie      bool            `json:"tie,omitzero"`
	Total    WhatIfVoices    `json:"total"`
}

// WhatIfVoices is a number of members and of their voices.
type WhatIfVoices struct {
	Members int64         `json:"members"`
	Voices  domain.Weight `json:"voices"`
}

// WhatIfOption is what one of several options has.
type WhatIfOption struct {
	Members int64           `json:"members"`
	Option  domain.OptionID `json:"option"`
	Voices  domain.Weight   `json:"voices"`
}

// WhatIfMeasure is a threshold, and what it was held against, in what it counts: voices or members.
type WhatIfMeasure struct {
	Base      domain.Weight    `json:"base"`
	Part      domain.Weight    `json:"part"`
	Reached   bool             `json:"reached"`
	Threshold domain.Threshold `json:"threshold"`
}

func whatIfVoices(a domain.Amount) WhatIfVoices {
	return WhatIfVoices{Members: a.Heads, Voices: a.Weight}
}

func (s *supposing) tally(of *domain.Supposed) (WhatIfTally, error) {
	t, err := of.Tally()
	if err != nil {
		return WhatIfTally{}, err
	}
	return whatIfTally(&t, of.Poll, s.b.Opened.Options), nil
}

func whatIfTally(t *domain.Tally, p *domain.Poll, options []domain.OptionID) WhatIfTally {
	e := WhatIfTally{
		Abstain: whatIfVoices(t.Abstain), Blocking: whatIfMeasures(t.Blocking), Majority: whatIfMeasures(t.Majority), NotVoted: whatIfVoices(t.NotVoted),
		Outcome: t.Outcome, Present: whatIfVoices(t.Present), Quorum: whatIfMeasures(t.Quorum), Tie: t.Tie, Total: whatIfVoices(t.Total),
		Rule: SentenceEntry{English: p.Rule.Sentence(domain.English), French: p.Rule.Sentence(domain.French)},
	}
	if p.Rule.Tie.Way == domain.TieCasting {
		e.Casting = p.Casting
	}
	if len(options) == 0 {
		yes, no := whatIfVoices(t.Options[0]), whatIfVoices(t.Options[1])
		e.For, e.Against = &yes, &no
		return e
	}
	for i, o := range options {
		e.Options = append(e.Options, WhatIfOption{Members: t.Options[i].Heads, Option: o, Voices: t.Options[i].Weight})
	}
	if t.Option > 0 {
		e.Option = options[t.Option-1]
	}
	return e
}

func whatIfMeasures(list []domain.Measure) (entries []WhatIfMeasure) {
	for _, m := range list {
		e := WhatIfMeasure{Base: m.Base.Weight, Part: m.Part.Weight, Reached: m.Reached, Threshold: m.Threshold}
		if m.Threshold.Of == domain.Heads {
			e.Base, _ = domain.NewWeight(m.Base.Heads, 1)
			e.Part, _ = domain.NewWeight(m.Part.Heads, 1)
		}
		entries = append(entries, e)
	}
	return entries
}

// TurnEntry is a smallest change of votes that turns a decision.
type TurnEntry struct {
	Exact   bool            `json:"exact"` // fewer members turn nothing
	Least   bool            `json:"least"` // so many of less weight turn nothing
	Members int             `json:"members"`
	More    bool            `json:"more,omitzero"` // there are more ways
	Option  domain.OptionID `json:"option,omitempty"`
	Outcome string          `json:"outcome"`
	Tie     bool            `json:"tie,omitzero"`
	To      string          `json:"to,omitempty"` // how they vote; not at all where it is left out
	Ways    [][]TurnPart    `json:"ways"`
	Weight  domain.Weight   `json:"weight"` // of all who change
}

// TurnPart is any so many of some members that voted alike and have the same weight. In a secret ballot nobody is named.
type TurnPart struct {
	Choose int               `json:"choose"`
	Of     []domain.MemberID `json:"of,omitempty"`
	Voted  string            `json:"voted,omitempty"` // none where they have not, or divided their voices
	Weight domain.Weight     `json:"weight"`
}

func turnEntries(turns []domain.Turn, of *domain.Supposed, opened *domain.VoteOpened, secret bool) (entries []TurnEntry) {
	for _, t := range turns {
		e := TurnEntry{
			Exact: t.Exact, Least: t.Least, Members: t.Members, More: t.More, Outcome: t.Outcome, Tie: t.Tie, To: opened.Word(t.To), Weight: t.Weight,
		}
		if t.Option > 0 {
			e.Option = opened.Options[t.Option-1]
		}
		for _, way := range t.Ways {
			var parts []TurnPart
			for _, p := range way {
				part := TurnPart{Choose: p.Choose, Voted: opened.Word(of.Votes[p.Seats[0]].Sense), Weight: of.Poll.Roll[p.Seats[0]].Weight}
				for _, seat := range p.Seats {
					if !secret {
						part.Of = append(part.Of, of.Poll.Roll[seat].Member)
					}
				}
				parts = append(parts, part)
			}
			e.Ways = append(e.Ways, parts)
		}
		entries = append(entries, e)
	}
	return entries
}
