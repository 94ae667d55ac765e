package projections

import (
	"fmt"
	"slices"
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
func (d *PowerDay) rule(g *domain.Group, q Question, asked PowerAsked) *domain.VotingRule {
	rule, event := g.VotingRule(d.Body, "", q.Pair())
	d.RuleEvent = event
	supposed := &domain.VotingRule{Voters: domain.Voters{Who: domain.Weighted}}
	switch {
	case asked.rule != nil:
		d.Majority, d.Blocking, d.Voters = asked.rule.Majority, asked.rule.Blocking, otherVoters(asked.rule)
		return asked.rule
	case asked.Majority != nil:
		supposed.Majority = append(supposed.Majority, *asked.Majority)
	case asked.Members == nil && rule != nil:
		d.Applied, d.Majority, d.Blocking, d.Voters = true, rule.Majority, rule.Blocking, otherVoters(rule)
		return rule
	default:
		supposed.Majority = append(supposed.Majority, moreThanHalf())
	}
	if asked.Members != nil {
		supposed.Majority = append(supposed.Majority, *asked.Members)
	}
	d.Majority = supposed.Majority
	return supposed
}

// otherVoters says who votes under a rule, where others do than those who hold a weight.
func otherVoters(rule *domain.VotingRule) string {
	if rule.Voters.Who == domain.Weighted {
		return ""
	}
	return rule.Voters.Who
}

// voters are those who vote by a rule, with the weight that each of them holds in the body, if any.
func (d *PowerDay) voters(g *domain.Group, q Question, rule *domain.VotingRule) ([]domain.WeightRow, error) {
	weights, err := g.Weights(d.Body, q.Pair())
	if err != nil || !g.HasBody(d.Body, q.Pair()) {
		return nil, err
	}
	rows, broken, _ := g.Voters(d.Body, rule, q.Pair())
	switch broken {
	case nil:
	case domain.NobodyVotes:
		if len(weights.Rows) > 0 {
			return nil, errAllZero
		}
		return nil, nil
	case domain.WeightUndetermined:
		undetermined := &UndeterminedError{Body: d.Body, Day: d.At}
		for _, row := range weights.Rows {
			if row.Undetermined && (rule.Voters.Who != domain.TheseVoters || slices.Contains(rule.Voters.Members, row.Member)) {
				undetermined.Members = append(undetermined.Members, row.Member)
			}
		}
		return nil, undetermined
	default:
		return nil, fmt.Errorf("%s on %v: %w", d.Body, d.At, domain.ErrOverflow)
	}
	return rows, nil
}

var errAllZero = fmt.Errorf("all weights are 0: %w", power.ErrNobodyWins)

// game is the game of the day's rule, in which all are there and vote for or against: so votes cast, those present and the whole
// roll are the same.
func (d *PowerDay) game(rows []domain.WeightRow, total domain.Weight) (*power.Game, error) {
	heads, voices := power.Heads(len(rows), domain.Weight{}, false).Weights, make([]domain.Weight, len(rows))
	for i, row := range rows {
		voices[i] = row.Weight
	}
	all, err := domain.NewWeight(int64(len(rows)), 1)
	if err != nil {
		return nil, err
	}
	casting := slices.IndexFunc(rows, func(r domain.WeightRow) bool { return r.Member == d.Casting })
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
		switch {
		case i >= len(d.Majority):
			if condition, err = power.Unblocked(weights, quota, more); err != nil {
				return nil, err
			}
		case i == 0 && casting >= 0 && t.Strict && t.Share == oneHalf:
			condition = condition.BrokenBy(casting)
		}
		conditions = append(conditions, condition)
	}
	return power.New(len(rows), conditions...)
}

var oneHalf, _ = domain.NewFraction(1, 2)

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
