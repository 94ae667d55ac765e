package domain

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

func compareIDs[ID ~string](a, b ID) int { return strings.Compare(string(a), string(b)) }

// MinSecretClass is how many must vote with one weight for a secret ballot to be one: of two, each would know the other's vote.
const MinSecretClass = 3

// MaxRollRoom bounds what a roll takes in the event that opens a vote, in bytes, whoever will be represented by whom. Four hundred
// members with ids of twenty letters have room, and a hundred and fifty whose ids and weights are as long as can be.
const MaxRollRoom = 52_000

// fitsRoll reports whether the roll of some voters has room in an event, whoever is represented by whom. Without a rule, any may be.
func fitsRoll(rows []WeightRow, rule *VotingRule) bool {
	const line = len(`{"holder":"","members":[],"presence":"represented","weight":""},`)
	room, longest, widest := 0, 0, 0
	classes := make(map[Weight]bool)
	for i := range rows {
		id := len(`"",`) + len(rows[i].Member)
		room, longest, widest = room+id, max(longest, id), max(widest, len(rows[i].Weight.String()))
		classes[rows[i].Weight] = true
	}
	represented := len(rows) / 2
	if rule != nil {
		represented = min(represented, len(rows)*rule.Proxies.PerHolder)
		for _, m := range rule.Voters.Members {
			room += len(`"",`) + len(m)
		}
	}
	if len(classes) > 1 && (rule == nil || rule.Proxies.PerHolder > 1) {
		represented = len(rows) // each with a weight of its own
	}
	lines := min(len(rows), 3*len(classes)+represented) // of each weight who is there, absent and recused
	return len(rows) <= MaxItems && room+lines*(line+widest)+represented*longest <= MaxRollRoom
}

// openVote is the vote on an item as it is put to vote on a day: to whom and under which rule. It gives what stands in the way
// of it, and of what; nil where nothing does.
func (g *Group) openVote(s *Sitting, i *Item, q Pair) (*VoteOpened, *Rule, string) {
	rule, set := g.VotingRule(s.Convened.Body, i.Kind, q)
	if rule == nil {
		return nil, RuleMissing, string(s.Convened.Body)
	}
	a := &VoteOpened{
		Defined: i.Defined, Item: i.Item, Rule: *rule, RuleSet: set, Sitting: s.Convened.Sitting, SecondNotice: s.Convened.SecondOf != "",
		Written: s.IsWritten(), Casting: g.castingVote(s, &rule.Tie, q), SecondRound: i.second,
	}
	for _, o := range i.Options {
		a.Options = append(a.Options, o.Option)
	}
	rows, broken, of := g.voters(s.Convened.Body, rule, q)
	switch {
	case broken != nil:
		return nil, broken, of
	case !fitsRoll(rows, rule):
		return nil, RollTooLong, strconv.Itoa(len(rows))
	}
	a.Roll = s.roll(i, rule, rows)
	broken, of = a.stands()
	return a, broken, of
}

// stands reports what stands in the way of a vote that has its roll.
func (a *VoteOpened) stands() (*Rule, string) {
	c, err := NewCount(a.Poll())
	if err != nil {
		return TooFine, string(a.Item)
	}
	if !a.Written {
		if t, part, base := c.missed(); t != nil {
			return QuorumMissing, part + " / " + base
		}
	}
	if a.Rule.Ballot == Secret {
		return a.givenAway(c.poll)
	}
	return nil, ""
}

// missed is the first threshold of the quorum that is not reached, and the two numbers; nil where all are.
func (c *Count) missed() (t *Threshold, part, base string) {
	s := c.state()
	for i, list := 0, c.quorum().Thresholds; i < len(list); i++ {
		t := &list[i]
		if reached, _ := s.holds(t, s.there(), s.roll); !reached {
			return t, c.shown(s.there()).text(t.Of), c.shown(s.roll).text(t.Of)
		}
	}
	return nil, "", ""
}

func (a Amount) text(of string) string {
	if of == Heads {
		return strconv.FormatInt(a.Heads, 10)
	}
	return a.Weight.String()
}

// givenAway reports whether the weights would tell how somebody voted in secret, and of which weight there are how many.
func (a *VoteOpened) givenAway(p *Poll) (*Rule, string) {
	classes := make(map[Weight]int)
	for _, s := range p.Roll {
		if s.Presence == Present || s.Presence == Represented || s.Presence == Absent && a.Written {
			classes[s.Weight]++
		}
	}
	if few := tooFew(classes); few != "" {
		return SecretGivenAway, few
	}
	return nil, ""
}

// tooFew says with which weights fewer vote than keep a secret, and how many; "" where there are none.
func tooFew(classes map[Weight]int) string {
	var few []string
	for w, n := range classes {
		if n < MinSecretClass {
			few = append(few, w.String()+": "+strconv.Itoa(n))
		}
	}
	slices.Sort(few)
	return strings.Join(few, ", ")
}

// castingVote is the member whose vote breaks a tie; "" where nobody is there who could.
func (g *Group) castingVote(s *Sitting, t *Tie, q Pair) MemberID {
	m := t.Member
	if t.Role != "" {
		m, _ = g.Holder(t.Role, q)
	}
	if t.Way != TieCasting || !s.IsThere(m) && !s.IsWritten() {
		return ""
	}
	return m
}

// weighs reports whether weights count under a rule, and not heads alone.
func (r *VotingRule) weighs() bool {
	lists := [][]Threshold{r.Majority, r.Blocking, r.Quorum.Thresholds}
	if r.SecondNotice != nil {
		lists = append(lists, r.SecondNotice.Thresholds)
	}
	return slices.ContainsFunc(lists, func(l []Threshold) bool {
		return slices.ContainsFunc(l, func(t Threshold) bool { return t.Of == Weights })
	})
}

// voters gives who votes in a body under a rule, and with which weight, in the order of their ids.
func (g *Group) voters(id BodyID, rule *VotingRule, q Pair) (rows []WeightRow, broken *Rule, of string) {
	w, err := g.Weights(id, q)
	if err != nil {
		return nil, TooFine, string(id)
	}
	weighs := rule.weighs()
	weight := func(m MemberID) WeightRow {
		row := WeightRow{Member: m}
		if j, ok := slices.BinarySearchFunc(w.Rows, m, func(r WeightRow, m MemberID) int { return compareIDs(r.Member, m) }); ok && weighs {
			row = w.Rows[j]
		}
		return row
	}
	switch rule.Voters.Who {
	case AllMembers:
		for _, m := range g.members.order {
			if g.members.all[m].activeAt(endOf(q.At), q.Known) {
				rows = append(rows, weight(g.members.ids[m]))
			}
		}
	case TheseVoters:
		for _, m := range slices.Sorted(slices.Values(rule.Voters.Members)) {
			if g.IsMember(m, q) {
				rows = append(rows, weight(m))
			}
		}
	default:
		for _, row := range w.Rows {
			if row.Undetermined || !row.Weight.IsZero() {
				rows = append(rows, weight(row.Member))
			}
		}
	}
	for _, row := range rows {
		if row.Undetermined {
			return nil, WeightUndetermined, string(row.Member)
		}
	}
	if len(rows) == 0 {
		return nil, NobodyVotes, string(id)
	}
	return rows, nil, ""
}

// roll is who votes on an item, as they sit there now.
func (s *Sitting) roll(i *Item, rule *VotingRule, rows []WeightRow) (roll []RollLine) {
	holders := s.represented(i, rule, rows)
	for _, row := range rows {
		line := RollLine{Members: []MemberID{row.Member}, Presence: Absent, Weight: row.Weight}
		switch {
		case slices.Contains(i.Recused, row.Member):
			line.Presence = Recused
		case s.IsThere(row.Member):
			line.Presence = Present
		case holders[row.Member] != "":
			line.Presence, line.Holder = Represented, holders[row.Member]
		}
		same := slices.IndexFunc(roll, func(l RollLine) bool {
			return l.Presence == line.Presence && l.Holder == line.Holder && l.Weight == line.Weight
		})
		if same < 0 {
			roll = append(roll, line)
		} else {
			roll[same].Members = append(roll[same].Members, row.Member)
		}
	}
	order := []string{Present, Represented, Absent, Recused}
	slices.SortStableFunc(roll, func(a, b RollLine) int {
		return cmp.Or(slices.Index(order, a.Presence)-slices.Index(order, b.Presence), b.Weight.Cmp(a.Weight), compareIDs(a.Holder, b.Holder))
	})
	return roll
}

// represented says by whom the grantors of proxies are represented on an item: by a holder who is there, votes in the body and
// is not recused, for no more than the rule lets one hold; of those that count, the ones given first.
func (s *Sitting) represented(i *Item, rule *VotingRule, rows []WeightRow) map[MemberID]MemberID {
	by, held := make(map[MemberID]MemberID), make(map[MemberID]int)
	for _, p := range s.Proxies {
		takesPart := func(m MemberID) bool {
			return slices.ContainsFunc(rows, func(r WeightRow) bool { return r.Member == m }) && !slices.Contains(i.Recused, m)
		}
		void := p.Ended != 0 || !s.covers(&p, i) || p.late && rule.Proxies.Until == UntilSitting || !s.IsThere(p.Holder) || s.IsThere(p.Grantor)
		if !void && takesPart(p.Holder) && takesPart(p.Grantor) && held[p.Holder] < rule.Proxies.PerHolder {
			by[p.Grantor] = p.Holder
			held[p.Holder]++
		}
	}
	return by
}

// covers reports whether a proxy is for an item, or for what it is a part of.
func (s *Sitting) covers(p *Proxy, i *Item) bool {
	for len(p.Items) > 0 && i != nil && !slices.Contains(p.Items, i.Item) {
		i = s.Item(i.PartOf)
	}
	return i != nil
}
