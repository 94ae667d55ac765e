package projections

import "registre/domain"

// RulesAnswer says how the bodies of a group decide.
type RulesAnswer struct {
	At       domain.Day     `json:"at"`
	Bodies   []BodyRules    `json:"bodies"` // by their ids
	Doubtful []Doubt        `json:"doubtful,omitempty"`
	Group    domain.GroupID `json:"group"`
	Known    uint64         `json:"known"`
}

// BodyRules are the rules of one body; none where no text says how it decides.
type BodyRules struct {
	Body  domain.BodyID `json:"body"`
	Rules []RuleEntry   `json:"rules"` // that of all items first, then by the kinds of item
}

// RuleEntry is one rule, and what it says. A threshold has its one spelling: "weights cast >1/2".
type RuleEntry struct {
	Ballot       string             `json:"ballot"`
	Blocking     []domain.Threshold `json:"blocking,omitempty"`
	Choice       string             `json:"choice"`
	Kind         domain.ItemKind    `json:"kind,omitempty"` // of item; "" for all that have no rule of their own
	Majority     []domain.Threshold `json:"majority"`
	Notice       NoticeEntry        `json:"notice"`
	Precision    string             `json:"precision,omitempty"` // of since, where that is no day
	Proxies      ProxiesEntry       `json:"proxies"`
	Quorum       QuorumEntry        `json:"quorum"`
	SecondNotice *QuorumEntry       `json:"second_notice,omitempty"` // the quorum on second notice, where it is another
	Sentence     SentenceEntry      `json:"sentence"`
	Since        domain.Date        `json:"since"`
	Tie          TieEntry           `json:"tie"`
	Voices       string             `json:"voices"`
	Voters       VotersEntry        `json:"voters"`
	Why          []uint64           `json:"why,omitempty"`
}

// NoticeEntry is a notice period, in clear days.
type NoticeEntry struct {
	Days       int `json:"days"`
	SecondDays int `json:"second_days"`
}

// ProxiesEntry says how many proxies one holder may hold, and until when they may be given.
type ProxiesEntry struct {
	PerHolder int    `json:"per_holder"`
	Until     string `json:"until,omitempty"`
}

// QuorumEntry is a quorum: none where it has no threshold.
type QuorumEntry struct {
	Counts     string             `json:"counts,omitempty"`
	Thresholds []domain.Threshold `json:"thresholds,omitempty"`
}

// SentenceEntry is a rule in words.
type SentenceEntry struct {
	English string `json:"en"`
	French  string `json:"fr"`
}

// TieEntry says what becomes of a tie.
type TieEntry struct {
	Member domain.MemberID `json:"member,omitempty"`
	Role   string          `json:"role,omitempty"`
	Way    string          `json:"way"`
}

// VotersEntry says who votes.
type VotersEntry struct {
	Members []domain.MemberID `json:"members,omitempty"`
	Who     string            `json:"who"`
}

// Rules answers: how do the bodies decide? Of all bodies that exist at q, or of one.
func Rules(g *domain.Group, q Question, only domain.BodyID, why bool) RulesAnswer {
	q = q.resolved(g)
	a := RulesAnswer{
		At: q.At, Bodies: []BodyRules{}, Doubtful: doubts(g, q.Pair(), domain.TouchVoting|domain.TouchBodies, only), Group: q.Group, Known: q.Known,
	}
	for _, row := range g.Bodies(q.Pair()) {
		if !row.Exists || only != "" && row.Body != only {
			continue
		}
		b := BodyRules{Body: row.Body, Rules: []RuleEntry{}}
		for _, r := range g.VotingRules(row.Body, q.Pair()) {
			e := ruleEntry(r.Rule)
			e.Kind, e.Since, e.Precision = r.Kind, r.Since, precision(r.Since)
			if why {
				e.Why = because(g, q.Known, r.Event)
			}
			b.Rules = append(b.Rules, e)
		}
		a.Bodies = append(a.Bodies, b)
	}
	return a
}

func ruleEntry(r *domain.VotingRule) RuleEntry {
	e := RuleEntry{
		Ballot: r.Ballot, Blocking: r.Blocking, Choice: r.Choice, Majority: r.Majority, Notice: NoticeEntry(r.Notice), Proxies: ProxiesEntry(r.Proxies),
		Quorum: QuorumEntry(r.Quorum), Sentence: SentenceEntry{English: r.Sentence(domain.English), French: r.Sentence(domain.French)},
		Tie: TieEntry(r.Tie), Voices: r.Voices, Voters: VotersEntry(r.Voters),
	}
	if r.SecondNotice != nil {
		second := QuorumEntry(*r.SecondNotice)
		e.SecondNotice = &second
	}
	return e
}
