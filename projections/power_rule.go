package projections

import (
	"strings"

	"registre/domain"
	"registre/domain/power"
)

// ParseMajority reads ">1/2" or ">=2/3", of the total of the weights or of the heads. Without a sign, 1/2 is more than half, since
// exactly half is no majority, and any other fraction is at least so much. ok is false where it is none that can be asked for.
func ParseMajority(s, of string) (t domain.Threshold, ok bool) {
	if s == "1/2" {
		s = ">1/2"
	} else if !strings.HasPrefix(s, ">") {
		s = ">=" + s
	}
	t, err := domain.ParseThreshold(of + " " + domain.Total + " " + s)
	return t, err == nil && !t.Share.IsZero() && t.Minimum.IsZero()
}

// moreThanHalf is supposed where neither the question nor the register says what wins.
func moreThanHalf() domain.Threshold {
	t, _ := ParseMajority(">1/2", domain.Weights)
	return t
}

// rule settles under which rule power is counted on the day: the one that is asked for, otherwise the register's, otherwise more
// than half of the voices.
func (d *PowerDay) rule(g *domain.Group, q Question, asked PowerAsked) {
	rule, event := g.VotingRule(d.Body, "", q.Pair())
	d.RuleEvent = event
	switch {
	case asked.Majority != nil:
		d.Majority = append(d.Majority, *asked.Majority)
	case asked.Members == nil && rule != nil && rule.Voters.Who == domain.Weighted:
		d.Applied, d.Casting = true, rule.Tie.Way == domain.TieCasting
		d.Majority, d.Blocking = rule.Majority, rule.Blocking
		return
	default:
		d.Majority = append(d.Majority, moreThanHalf())
	}
	if asked.Members != nil {
		d.Majority = append(d.Majority, *asked.Members)
	}
}

// game is the game of the day's rule, in which all are there and vote for or against: so votes cast, those present and the whole
// roll are the same.
func (d *PowerDay) game(voices []domain.Weight, total domain.Weight) (*power.Game, error) {
	heads := power.Heads(len(voices), domain.Weight{}, false).Weights
	all, err := domain.NewWeight(int64(len(voices)), 1)
	if err != nil {
		return nil, err
	}
	var conditions []power.Condition
	for i, t := range append(d.Majority[:len(d.Majority):len(d.Majority)], d.Blocking...) {
		weights, whole := voices, total
		if t.Of == domain.Heads {
			weights, whole = heads, all
		}
		quota, more, err := comesTo(&t, whole)
		if err != nil {
			return nil, err
		}
		condition := power.Condition{Weights: weights, Quota: quota, Strict: more}
		if i >= len(d.Majority) {
			if condition, err = power.Unblocked(weights, quota, more); err != nil {
				return nil, err
			}
		}
		conditions = append(conditions, condition)
	}
	return power.New(len(voices), conditions...)
}

// comesTo is what reaches a threshold of a whole: so much, or more than it.
func comesTo(t *domain.Threshold, whole domain.Weight) (quota domain.Weight, more bool, err error) {
	if t.Share.IsZero() {
		return t.Minimum, false, nil
	}
	share, err := domain.NewWeight(t.Share.Num(), t.Share.Den())
	if err != nil {
		return quota, false, err
	}
	if quota, err = whole.Mul(share); err != nil {
		return quota, false, err
	}
	if t.Minimum.Cmp(quota) > 0 {
		return t.Minimum, false, nil
	}
	return quota, t.Strict, nil
}
