package projections

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"registre/domain"
	"registre/domain/power"
)

// A Majority is what a coalition must hold of a whole: at least Share of it; more than that where Strict. The share is above 0
// and at most 1; of a strict one, at least 0 and below 1.
type Majority struct {
	Share  domain.Weight
	Strict bool
}

// ParseMajority reads ">1/2" or ">=2/3". Without a sign, 1/2 is more than half, since exactly half is no majority, and any other
// fraction is at least so much. ok is false where it is none that can be asked for.
func ParseMajority(s string) (m Majority, ok bool) {
	fraction, least := strings.CutPrefix(s, ">=")
	if !least {
		fraction, m.Strict = strings.CutPrefix(s, ">")
	}
	num, den, _ := strings.Cut(fraction, "/")
	n, err := strconv.ParseUint(num, 10, 31)
	d, errDen := strconv.ParseUint(den, 10, 31)
	if err != nil || errDen != nil || d == 0 || n > d || strconv.FormatUint(n, 10)+"/"+strconv.FormatUint(d, 10) != fraction {
		return m, false
	}
	if m.Share, err = domain.NewWeight(int64(n), int64(d)); err != nil {
		return m, false
	}
	m.Strict = m.Strict || !least && m.Share.Num() == 1 && m.Share.Den() == 2
	return m, m.Strict && n < d || !m.Strict && n > 0
}

// String is m with its sign, as ParseMajority reads it: >1/2, >=2/3.
func (m Majority) String() string {
	sign := ">="
	if m.Strict {
		sign = ">"
	}
	return fmt.Sprintf("%s%d/%d", sign, m.Share.Num(), m.Share.Den())
}

// PowerAsked says under which rule, and on which other day, power is asked for.
type PowerAsked struct {
	Majority    Majority      // of the total of the weights
	Members     *Majority     // of the members that hold a weight, as well; nil for none
	Compare     *domain.Day   // another day; nil for none
	CompareBody domain.BodyID // the body on that day
	Coalitions  bool          // the minimal winning coalitions and blocking sets too
}

// PowerAnswer says how often each member of a body decides, under a rule that is supposed.
type PowerAnswer struct {
	At              domain.Day     `json:"at"`
	Body            domain.BodyID  `json:"body"`
	Days            []PowerDay     `json:"days"` // the day asked for, then the one that it is compared with
	Doubtful        []Doubt        `json:"doubtful,omitempty"`
	Group           domain.GroupID `json:"group"`
	Hypothetical    bool           `json:"hypothetical"` // always: the rule is the question's
	Known           uint64         `json:"known"`
	Majority        string         `json:"majority"`
	MembersMajority string         `json:"members_majority,omitempty"`
}

// PowerDay is the power in a body on one day. Where nobody holds a weight it has neither members nor counts. Counts are decimal
// strings: they can have 77 digits.
type PowerDay struct {
	At               domain.Day       `json:"at"`
	Body             domain.BodyID    `json:"body"`
	Coalitions       string           `json:"coalitions,omitempty"` // all, that of nobody among them
	Members          []PowerEntry     `json:"members"`              // by their ids
	MinimalBlocking  []CoalitionEntry `json:"minimal_blocking,omitempty"`
	MinimalWinning   []CoalitionEntry `json:"minimal_winning,omitempty"`
	SmallestBlocking int              `json:"smallest_blocking,omitzero"` // members
	SmallestWinning  int              `json:"smallest_winning,omitzero"`
	Ties             string           `json:"ties,omitempty"` // coalitions that hold exactly half of the total
	Total            OptionalWeight   `json:"total,omitzero"`
	Unlisted         bool             `json:"unlisted,omitzero"` // the minimal ones were asked for, and are too many
	Winning          string           `json:"winning,omitempty"` // coalitions
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
	Weight         domain.Weight   `json:"weight"`
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
	a := PowerAnswer{At: q.At, Body: body, Group: q.Group, Known: q.Known, Hypothetical: true, Majority: asked.Majority.String()}
	if asked.Members != nil {
		a.MembersMajority = asked.Members.String()
	}
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
		a.Doubtful = append(a.Doubtful, doubts(g, on.Pair(), domain.TouchWeights|domain.TouchBodies, d.Body)...)
	}
	slices.SortStableFunc(a.Doubtful, func(a, b Doubt) int { return compare(a.Event, b.Event) })
	a.Doubtful = slices.CompactFunc(a.Doubtful, func(a, b Doubt) bool { return a.Event == b.Event })
	return a, nil
}

// fill counts the power in the body on the day.
func (d *PowerDay) fill(g *domain.Group, q Question, asked PowerAsked) error {
	weights, err := Weights(g, q, d.Body, true)
	d.Members = make([]PowerEntry, 0, len(weights.Members))
	if err != nil || len(weights.Members) == 0 {
		return err
	}
	voices, err := d.voices(&weights)
	if err != nil {
		return err
	}
	game, err := gameOf(voices, weights.Total.Weight, asked)
	if err != nil {
		return err
	}
	p, err := game.Power()
	if err != nil {
		return err
	}
	d.Total = weights.Total
	d.Coalitions, d.Winning, d.Ties = p.Coalitions.String(), p.Winning.String(), p.Ties.String()
	d.SmallestWinning, d.SmallestBlocking = p.SmallestWinning, p.SmallestBlocking
	for i, s := range p.Players {
		d.Members = append(d.Members, powerEntry(&weights.Members[i], &s))
	}
	if asked.Coalitions {
		winning, blocking, ok := game.Minimal()
		d.MinimalWinning, d.MinimalBlocking, d.Unlisted = d.coalitions(winning), d.coalitions(blocking), !ok
	}
	return nil
}

// voices are the weights of the members, all of which must be determined.
func (d *PowerDay) voices(weights *WeightsAnswer) (voices []domain.Weight, err error) {
	undetermined := &UndeterminedError{Body: d.Body, Day: d.At}
	for _, m := range weights.Members {
		if m.Undetermined {
			undetermined.Members = append(undetermined.Members, m.Member)
		}
		voices = append(voices, m.Weight.Weight)
	}
	if undetermined.Members != nil {
		return nil, undetermined
	}
	return voices, nil
}

// gameOf is the game of a rule: a majority of the total, and one of the members where that is asked for.
func gameOf(voices []domain.Weight, total domain.Weight, asked PowerAsked) (*power.Game, error) {
	quota, err := total.Mul(asked.Majority.Share)
	if err != nil {
		return nil, err
	}
	conditions := []power.Condition{{Weights: voices, Quota: quota, Strict: asked.Majority.Strict}}
	if asked.Members != nil {
		all, err := domain.NewWeight(int64(len(voices)), 1)
		if err != nil {
			return nil, err
		}
		if quota, err = all.Mul(asked.Members.Share); err != nil {
			return nil, err
		}
		conditions = append(conditions, power.Heads(len(voices), quota, asked.Members.Strict))
	}
	return power.New(len(voices), conditions...)
}

func powerEntry(w *WeightEntry, s *power.Standing) PowerEntry {
	return PowerEntry{
		Banzhaf: s.Banzhaf.RatString(), BanzhafPercent: percent(s.Banzhaf), Dictator: s.Dictator, Dummy: s.Dummy, Member: w.Member,
		Shapley: s.Shapley.RatString(), ShapleyPercent: percent(s.Shapley), Swings: s.Swings.String(), Veto: s.Veto,
		Weight: w.Weight.Weight, Why: w.Why,
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
