package domain_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	. "registre/domain"
	"registre/domain/domaintest"
)

// The oracle of sittings reads the list of events as somebody would who was in the room: who is there, who has given whom a
// proxy, who takes no part; and then what was said of one vote.

// room is a sitting as it stands.
type room struct {
	convened *SittingConvened
	opened   bool
	there    map[MemberID]bool
	proxies  []pouvoir
	recused  map[ItemID][]MemberID
	partOf   map[ItemID]ItemID
	kinds    map[ItemID]ItemKind
	options  map[ItemID][]OptionID
	rounds   map[ItemID]bool // the next one is a second
	order    []ItemID
}

type pouvoir struct {
	*ProxyGiven
	over, late bool
}

// inRoom is a sitting as the first events tell it.
func inRoom(events []Event, id SittingID) *room {
	r := &room{
		there: map[MemberID]bool{}, recused: map[ItemID][]MemberID{}, partOf: map[ItemID]ItemID{}, kinds: map[ItemID]ItemKind{},
		options: map[ItemID][]OptionID{}, rounds: map[ItemID]bool{},
	}
	second := map[uint64]bool{} // votes that were second rounds
	for _, f := range facts(corrected(events, uint64(len(events)))) {
		if f.rank > 0 || !strings.Contains(plain(f.act)+" ", "Sitting:"+string(id)+" ") {
			continue
		}
		if c, ok := f.act.(*SittingConvened); ok && c.Sitting == id && r.convened == nil {
			r.convened = c
			r.items(c.Agenda, "")
		}
		if v, ok := f.act.(*VoteOpened); ok {
			second[f.number] = v.SecondRound
		}
		if d, ok := f.act.(*DecisionProclaimed); ok && slices.Contains(r.order, d.Item) { // a correction can date it before its item
			r.rounds[d.Item] = d.Outcome == SecondRound || d.Outcome == Unresolved && second[d.Vote]
		}
		if r.convened != nil {
			r.hears(f.act)
		}
	}
	return r
}

func (r *room) items(items []AgendaItem, whole ItemID) {
	for _, i := range items {
		if !slices.Contains(r.order, i.Item) {
			r.order = append(r.order, i.Item)
			if slices.Contains(r.order, whole) {
				r.partOf[i.Item], r.recused[i.Item] = whole, slices.Clone(r.recused[whole])
			}
		}
		r.kinds[i.Item], r.options[i.Item] = i.Kind, nil
		for _, o := range i.Options {
			r.options[i.Item] = append(r.options[i.Item], o.Option)
		}
	}
}

func (r *room) hears(a Act) {
	switch a := a.(type) {
	case *SittingOpened:
		r.opened = true
		r.come(a.Present)
	case *AttendeesArrived:
		r.come(a.Attendees)
	case *AttendeesLeft:
		for _, m := range a.Attendees {
			delete(r.there, m)
		}
	case *ProxyGiven:
		r.proxies = append(r.proxies, pouvoir{a, false, r.opened})
	case *ProxyRevoked:
		r.ends(a.Grantor)
	case *MemberRecused:
		if slices.Contains(r.order, a.Item) {
			r.recused[a.Item] = append(r.recused[a.Item], a.Member)
		}
	case *ItemAdded:
		r.items([]AgendaItem{a.AgendaItem}, "")
	case *ItemAmended:
		r.items([]AgendaItem{a.AgendaItem}, "")
	case *ItemDivided:
		r.items(a.Parts, a.Item)
	}
}

func (r *room) come(who []MemberID) {
	for _, m := range who {
		r.there[m] = true
		r.ends(m)
	}
}

// ends ends the first proxy of a grantor that stands.
func (r *room) ends(grantor MemberID) {
	for i := range r.proxies {
		if r.proxies[i].Grantor == grantor && !r.proxies[i].over {
			r.proxies[i].over = true
			return
		}
	}
}

// rollOf is who votes on an item, member by member: with which weight, and how it is there.
func (r *room) rollOf(s *state, item ItemID, rule VotingRule) (lines []string) {
	weights, holds := map[MemberID]Weight{}, map[MemberID]bool{}
	for _, row := range s.weights(r.convened.Body).Rows {
		weights[row.Member] = row.Weight
		holds[row.Member] = row.Undetermined || !row.Weight.IsZero() // who has voices of which nobody has said how many has some
	}
	voters := map[MemberID]bool{}
	for m, st := range s.members {
		switch {
		case !st.active:
		case rule.Voters.Who == AllMembers,
			rule.Voters.Who == TheseVoters && slices.Contains(rule.Voters.Members, m),
			rule.Voters.Who == Weighted && holds[m]:
			voters[m] = true
		}
	}
	by := r.representatives(item, rule, voters)
	for _, m := range slices.Sorted(maps.Keys(voters)) {
		how := Absent
		switch {
		case slices.Contains(r.recused[item], m):
			how = Recused
		case r.there[m]:
			how = Present
		case by[m] != "":
			how = Represented + " by " + string(by[m])
		}
		weight := weights[m]
		if !strings.Contains(plain(rule), Weights) {
			weight = Weight{}
		}
		lines = append(lines, fmt.Sprintf("%s %v %s", m, weight, how))
	}
	return lines
}

// representatives says who votes for whom: first come, first served.
func (r *room) representatives(item ItemID, rule VotingRule, voters map[MemberID]bool) map[MemberID]MemberID {
	by, holds := map[MemberID]MemberID{}, map[MemberID]int{}
	for _, p := range r.proxies {
		meant := len(p.Items) == 0
		for i := item; i != ""; i = r.partOf[i] {
			meant = meant || slices.Contains(p.Items, i)
		}
		takePart := true
		for _, m := range []MemberID{p.Grantor, p.Holder} {
			takePart = takePart && voters[m] && !slices.Contains(r.recused[item], m)
		}
		tooLate := rule.Proxies.Until == UntilSitting && p.late
		if !p.over && meant && takePart && !tooLate && r.there[p.Holder] && !r.there[p.Grantor] && holds[p.Holder] < rule.Proxies.PerHolder {
			by[p.Grantor] = p.Holder
			holds[p.Holder]++
		}
	}
	return by
}

// checkOpened holds what a vote was opened with to what the events before it tell.
func checkOpened(t require.TestingT, events []Event, n int, a *VoteOpened) {
	before, day := events[:n-1], events[n-1].Effective.First
	s, r := stateAt(before, Pair{day, uint64(n - 1)}), inRoom(before, a.Sitting)
	v, ok := s.voting[r.convened.Body][r.kinds[a.Item]]
	if !ok {
		v = s.voting[r.convened.Body][""]
	}
	require.Equal(t, v.number, a.RuleSet)
	require.Equal(t, v.rule, a.Rule)
	casting := v.rule.Tie.Member
	if h, ok := s.roles[v.rule.Tie.Role]; ok && s.members[h.member].active {
		casting = h.member
	}
	if v.rule.Tie.Way != TieCasting || !r.there[casting] && r.convened.Mode != Written {
		casting = ""
	}
	require.Equal(t, casting, a.Casting)
	require.Equal(t, r.options[a.Item], a.Options)
	require.Equal(t, []bool{r.convened.Mode == Written, r.convened.SecondOf != "", r.rounds[a.Item]}, []bool{a.Written, a.SecondNotice, a.SecondRound})
	var got []string
	for _, seat := range a.Poll().Roll {
		how := seat.Presence
		if seat.Holder != "" {
			how += " by " + string(seat.Holder)
		}
		got = append(got, fmt.Sprintf("%s %v %s", seat.Member, seat.Weight, how))
	}
	require.Equal(t, r.rollOf(s, a.Item, a.Rule), got, "event %d", n)
}

// cast is how each member of a roll has voted in the end, as the first events tell it.
func castIn(events []Event, opened uint64, a *VoteOpened, poll *Poll) (votes []Vote, marked map[MemberID]bool) {
	votes, marked = make([]Vote, len(poll.Roll)), map[MemberID]bool{}
	senses := map[string]Sense{SenseAbstain: Abstain, SenseFor: For, SenseAgainst: Against}
	for i, o := range a.Options {
		senses[string(o)] = Option(i + 1)
	}
	open := false
	for _, f := range facts(corrected(events, uint64(len(events)))) {
		if f.number == opened && f.rank == 0 {
			open = true
		}
		switch x := f.act.(type) {
		case *VotesCast:
			if open && x.Sitting == a.Sitting && x.Item == a.Item {
				takeVotes(poll, votes, x.Votes, senses)
			}
		case *VotersMarked:
			for _, m := range x.Members {
				marked[m] = marked[m] || open && x.Sitting == a.Sitting && x.Item == a.Item
			}
		case *VoteClosed:
			if open && x.Sitting == a.Sitting && x.Item == a.Item {
				open = false
				takeCounts(poll, votes, x.Counts, marked, senses)
			}
		}
	}
	return votes, marked
}

func takeVotes(poll *Poll, votes []Vote, cast []CastVote, senses map[string]Sense) {
	for _, c := range cast {
		v := Vote{Sense: senses[c.Sense]}
		for _, p := range c.Parts {
			v.Parts = append(v.Parts, Part{Sense: senses[p.Sense], Weight: p.Weight})
		}
		for i, seat := range poll.Roll {
			voted := votes[i].Sense != NoVote || len(votes[i].Parts) > 0
			if seat.Member == c.Member && (!voted || poll.Rule.Ballot == Changeable) && counts(poll, seat, v) {
				votes[i] = v
			}
		}
	}
}

// counts: a vote that a correction made impossible is none.
func counts(poll *Poll, seat Seat, v Vote) bool {
	sum, known := Weight{}, true
	for _, p := range v.Parts {
		sum, _ = sum.Add(p.Weight)
		known = known && p.Sense != NoVote && int(p.Sense) < int(Abstain)+1+max(poll.Options, 2)
	}
	if len(v.Parts) > 0 {
		return known && poll.Rule.Voices == Divided && sum == seat.Weight
	}
	return v.Sense != NoVote && int(v.Sense) < int(Abstain)+1+max(poll.Options, 2) && (seat.Presence == Present || seat.Presence == Represented || seat.Presence == Absent && poll.Written)
}

// takeCounts lets any of those who were marked have voted in any of the senses that were counted with their weight.
func takeCounts(poll *Poll, votes []Vote, list []SecretCount, marked map[MemberID]bool, senses map[string]Sense) {
	for _, c := range list {
		for i, seat := range poll.Roll {
			if c.Votes > 0 && marked[seat.Member] && votes[i].Sense == NoVote && seat.Weight == c.Weight {
				votes[i].Sense = senses[c.Sense]
				c.Votes--
			}
		}
	}
}

// checkProclaimed holds a decision to what a lawyer makes of the votes.
func checkProclaimed(t require.TestingT, events []Event, n int, d *DecisionProclaimed) {
	before := events[:n-1]
	opened := corrected(before, uint64(n-1))[d.Vote-1].Act.(*VoteOpened)
	poll := opened.Poll()
	votes, _ := castIn(before, d.Vote, opened, poll)
	outcome, option, tie := judged(poll, votes)
	elected := OptionID("")
	if option > 0 {
		elected = opened.Options[option-1]
	}
	require.Equal(t, []any{outcome, elected, tie}, []any{d.Outcome, d.Option, d.Tie}, "event %d", n)
	h := hear(poll, votes)
	if len(opened.Options) == 0 {
		require.Equal(t, []string{h.sides[0].voices.RatString(), h.sides[1].voices.RatString()}, []string{ratOf(d.For.Weight).RatString(), ratOf(d.Against.Weight).RatString()})
		require.Equal(t, []int64{h.sides[0].heads, h.sides[1].heads}, []int64{d.For.Heads, d.Against.Heads})
	}
	require.Equal(t, h.waiting.heads, d.NotVoted.Heads)
	require.Equal(t, ratOf(d.Total.Weight).RatString(), h.roll.voices.RatString())
}

// checkSittings holds all votes and decisions of a history to the oracle, and counts them.
func checkSittings(t require.TestingT, events []Event) (votes, decisions int) {
	for i, e := range events {
		switch a := e.Act.(type) {
		case *VoteOpened:
			votes++
			checkOpened(t, events, i+1, a)
		case *DecisionProclaimed:
			decisions++
			checkProclaimed(t, events, i+1, a)
		}
	}
	return votes, decisions
}

func TestRollsAndDecisionsAreThoseOfTheOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkSittings(t, domaintest.Events(domaintest.Rapid(t), 60)) })
}

func TestRollsAndDecisionsAreThoseOfTheOracleFromSeeds(t *testing.T) {
	votes, decisions := 0, 0
	for seed := range uint64(300) {
		v, d := checkSittings(t, domaintest.Events(domaintest.Seeded(seed), 100))
		votes, decisions = votes+v, decisions+d
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	assert.Greater(t, votes, 300)
	assert.Greater(t, decisions, 200)
}

// A ballot that is recounted from its own events comes to what it comes to in its sitting, whatever was corrected since.
func TestARecountIsThatOfTheSitting(t *testing.T) {
	seen := 0
	for seed := range uint64(300) {
		pick := domaintest.Seeded(seed)
		g := folded(domaintest.Events(pick, 100))
		for range 5 {
			known := uint64(pick(int(g.Head()) + 1))
			for _, s := range g.Sittings(Pair{LastDay, known}) {
				for _, i := range s.Agenda {
					for _, b := range i.Ballots {
						if b.Decision != 0 {
							seen++
							want, counted := b.Tally()
							got, ok := g.Recount(b.Decision, known)
							require.Equal(t, counted, ok, "seed %d, event %d", seed, b.Decision)
							require.Equal(t, want, got, "seed %d, event %d", seed, b.Decision)
						}
					}
				}
			}
		}
	}
	require.Greater(t, seen, 200)
}
