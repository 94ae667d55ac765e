package domain_test

import (
	"fmt"
	"testing"

	. "registre/domain"
)

// manyVotes are a poll of n members, all with another weight, and their votes, in as many senses as there are.
func manyVotes(n, options int) (*Poll, []Vote) {
	rule := moreThanHalf()
	rule.Choice = TwoRounds
	rule.Majority = append(rule.Majority, Threshold{Base: Total, Of: Heads, Share: fraction("1/2"), Strict: true})
	p, votes := &Poll{Rule: rule, Options: options}, []Vote(nil)
	for i := range n {
		w, _ := NewWeight(int64(i*i%997+1), 2)
		p.Roll = append(p.Roll, Seat{Member: MemberID(fmt.Sprintf("m%03d", i)), Presence: Present, Weight: w})
		votes = append(votes, Vote{Sense: Sense(i % (max(options, 2) + 2))})
	}
	return p, votes
}

func BenchmarkTurns(b *testing.B) {
	for _, size := range []struct{ members, options int }{{20, 0}, {400, 0}, {20, 5}, {400, 5}, {400, 50}} {
		p, votes := manyVotes(size.members, size.options)
		b.Run(fmt.Sprintf("members=%d/options=%d", size.members, size.options), func(b *testing.B) {
			for b.Loop() {
				turnsOf(b, p, votes)
			}
		})
	}
}
