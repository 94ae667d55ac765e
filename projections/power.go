package projections

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"

	"registre/domain"
	"registre/domain/power"
)

// PowerAsked says under which rule, and on which other day, power is asked for.
type PowerAsked struct {
	Majority    *domain.Threshold // nil: the register's rule, or more than half of the voices where it has none
	Members     *domain.Threshold // of the members that hold a weight, as well; nil for none
	Compare     *domain.Day       // another day; nil for none
	CompareBody domain.BodyID     // the body on that day
	Coalitions  bool              // the minimal winning coalitions and blocking sets too

	rule *domain.VotingRule // supposed whole
}

// PowerAnswer says how often each member of a body decides, under a rule that is supposed: that all are there, and vote for or
// against.
type PowerAnswer struct {
	At           domain.Day     `json:"at"`
	Body         domain.BodyID  `json:"body"`
	Days         []PowerDay     `json:"days"` // the day asked for, then the one that it is compared with
	Doubtful     []Doubt        `json:"doubtful,omitempty"`
	Group        domain.GroupID `json:"group"`
	Hypothetical bool           `json:"hypothetical"` // always
	Known        uint64         `json:"known"`
}

// PowerDay is the power in a body on one day. Where nobody holds a weight it has neither members nor counts. Counts are decimal
// strings: they can have 77 digits.
type PowerDay struct {
	Applied          bool               `json:"applied,omitzero"` // the rule is the register's
	At               domain.Day         `json:"at"`
	Blocking         []domain.Threshold `json:"blocking,omitempty"` // of those outside, each of which blocks
	Body             domain.BodyID      `json:"body"`
	Casting          domain.MemberID    `json:"casting,omitempty"`    // whose side wins a tie
	Coalitions       string             `json:"coalitions,omitempty"` // all, that of nobody among them
	Majority         []domain.Threshold `json:"majority"`             // all of which a coalition must reach
	Members          []PowerEntry       `json:"members"`              // by their ids
	MinimalBlocking  []CoalitionEntry   `json:"minimal_blocking,omitempty"`
	MinimalWinning   []CoalitionEntry   `json:"minimal_winning,omitempty"`
	RuleEvent        uint64             `json:"rule_event,omitzero"`        // that set the body's rule; 0 where it has none
	SmallestBlocking int                `json:"smallest_blocking,omitzero"` // members
	SmallestWinning  int                `json:"smallest_winning,omitzero"`
	Ties             string             `json:"ties,omitempty"` // coalitions that hold exactly half of what the first threshold counts
	Total            OptionalWeight     `json:"total,omitzero"`
	Unlisted         bool               `json:"unlisted,omitzero"` // the minimal ones were asked for, and are too many
	Voters           string             `json:"voters,omitempty"`  // "members" or "these-voters", where others vote than those who hold a weight
	Winning          string             `json:"winning,omitempty"` // coalitions
}

// PowerEntry is the power of one member. An index is a reduced fraction, and beside it the same in percent, rounded to two decimals.
type PowerEntry struct {
	Banzhaf        string          `json:"banzhaf"` // normalised: of the swings of all
	BanzhafPercent string          `json:"banzhaf_percent"`
	Dictator       bool            `json:"dictator,omitzero"`
	Dummy          bool            `json:"dummy,omitzero"` // it never decides
	Member         domain.MemberID `json:"member"`
	Shapley        string          `json:"shapley"` // of all orders
	ShapleyPercent string          `json:"shapley_percent"`
	Swings         string          `json:"swings"`        // coalitions that win with it and not without it
	Veto           bool            `json:"veto,omitzero"` // none wins without it
	Weight         domain.Weight   `json:"weight"`        // 0 where it holds none in the body, or heads alone count
	Why            []uint64        `json:"why,omitempty"` // the events that its weight follows from
}

// CoalitionEntry is the coalitions that have the same parts.
type CoalitionEntry struct {
	Coalitions string      `json:"coalitions"` // how many
	Parts      []PartEntry `json:"parts"`
	Size       int         `json:"size"` // members of such a coalition
}

// PartEntry is any so many of some members that count alike.
type PartEntry struct {
	Choose int               `json:"choose"`
	Of     []domain.MemberID `json:"of"`
}

// An UndeterminedError says that there is no power to speak of, since nobody has said yet what some weights are.
type UndeterminedError struct {
	Body    domain.BodyID
	Day     domain.Day
	Members []domain.MemberID
}

func (e *UndeterminedError) Error() string {
	return fmt.Sprintf("%s on %v: the weights of %v are undetermined", e.Body, e.Day, e.Members)
}

// Power answers: how often does each member of the body decide? A body that does not exist at q has no members, and that is no
// error. Its error is an *UndeterminedError, a *power.TooLargeError, or matches one of package power or domain.ErrOverflow.
func Power(g *domain.Group, q Question, body domain.BodyID, asked PowerAsked) (PowerAnswer, error) {
	q = q.resolved(g)
	a := PowerAnswer{At: q.At, Body: body, Group: q.Group, Known: q.Known, Hypothetical: true}
	days := []PowerDay{{At: q.At, Body: body}}
	if asked.Compare != nil {
		days = append(days, PowerDay{At: *asked.Compare, Body: asked.CompareBody})
	}
	for _, d := range days {
		on := q.On(d.At)
		if err := d.fill(g, on, asked); err != nil {
			return a, err
		}
		a.Days = append(a.Days, d)
		a.Doubtful = append(a.Doubtful, doubts(g, on.Pair(), domain.TouchWeights|domain.TouchBodies|domain.TouchVoting|domain.TouchRoles, d.Body)...)
	}
	slices.SortStableFunc(a.Doubtful, func(a, b Doubt) int { return compare(a.Event, b.Event) })
	a.Doubtful = slices.CompactFunc(a.Doubtful, func(a, b Doubt) bool { return a.Event == b.Event })
	return a, nil
}

// fill counts the power in the body on the day.
func (d *PowerDay) fill(g *domain.Group, q Question, asked PowerAsked) error {
	rule := d.rule(g, q, asked)
	rows, err := d.voters(g, q, rule)
	d.Members = make([]PowerEntry, 0, len(rows))
	if err != nil || len(rows) == 0 {
		return err
	}
	if c := g.CastingMember(&rule.Tie, q.Pair()); slices.ContainsFunc(rows, func(r domain.WeightRow) bool { return r.Member == c }) {
		d.Casting = c
	}
	voices := make([]domain.Weight, len(rows))
	for i, row := range rows {
		voices[i] = row.Weight
	}
	total, err := domain.SumWeights(voices...)
	if err != nil {
		return err
	}
	game, err := d.game(rows, total)
	if err != nil {
		return err
	}
	p, err := game.Power()
	if err != nil {
		return err
	}
	d.Total = OptionalWeight{Weight: total, Given: true}
	d.Coalitions, d.Winning, d.Ties = p.Coalitions.String(), p.Winning.String(), p.Ties.String()
	d.SmallestWinning, d.SmallestBlocking = p.SmallestWinning, p.SmallestBlocking
	for i, s := range p.Players {
		why := because(g, q.Known, g.WhyWeight(d.Body, rows[i].Member, q.Pair())...)
		d.Members = append(d.Members, powerEntry(&rows[i], &s, why))
	}
	if asked.Coalitions {
		winning, blocking, ok := game.Minimal()
		d.MinimalWinning, d.MinimalBlocking, d.Unlisted = d.coalitions(winning), d.coalitions(blocking), !ok
	}
	return nil
}

func powerEntry(row *domain.WeightRow, s *power.Standing, why []uint64) PowerEntry {
	return PowerEntry{
		Banzhaf: s.Banzhaf.RatString(), BanzhafPercent: percent(s.Banzhaf), Dictator: s.Dictator, Dummy: s.Dummy, Member: row.Member,
		Shapley: s.Shapley.RatString(), ShapleyPercent: percent(s.Shapley), Swings: s.Swings.String(), Veto: s.Veto,
		Weight: row.Weight, Why: why,
	}
}

// percent is a part of the whole in percent, to two decimals.
func percent(r *big.Rat) string { return new(big.Rat).Mul(r, big.NewRat(100, 1)).FloatString(2) }

func (d *PowerDay) coalitions(patterns []power.Pattern) (entries []CoalitionEntry) {
	for _, p := range patterns {
		e := CoalitionEntry{Coalitions: strconv.FormatUint(p.Coalitions, 10), Size: p.Size}
		for _, part := range p.Parts {
			named := PartEntry{Choose: part.Choose}
			for _, player := range part.Of {
				named.Of = append(named.Of, d.Members[player].Member)
			}
			e.Parts = append(e.Parts, named)
		}
		entries = append(entries, e)
	}
	return entries
}
