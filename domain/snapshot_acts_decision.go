package domain

func (s *scribe) itemPutToVote(a *ItemPutToVote) {
	words(s, &a.Item)
	words(s, &a.Sitting)
}

func (s *scribe) voteOpened(a *VoteOpened) {
	words(s, &a.Casting)
	natural(s, &a.Defined)
	words(s, &a.Item)
	list(s, &a.Options, words)
	list(s, &a.Roll, func(s *scribe, l *RollLine) {
		words(s, &l.Holder)
		list(s, &l.Members, words)
		words(s, &l.Presence)
		s.weight(&l.Weight)
	})
	s.votingRule(&a.Rule)
	natural(s, &a.RuleSet)
	s.flag(&a.SecondNotice)
	s.flag(&a.SecondRound)
	words(s, &a.Sitting)
	s.flag(&a.Written)
}

func (s *scribe) votesCast(a *VotesCast) {
	words(s, &a.Item)
	words(s, &a.Sitting)
	list(s, &a.Votes, func(s *scribe, v *CastVote) {
		words(s, &v.Member)
		list(s, &v.Parts, func(s *scribe, p *CastPart) {
			words(s, &p.Sense)
			s.weight(&p.Weight)
		})
		words(s, &v.Sense)
	})
}

func (s *scribe) votersMarked(a *VotersMarked) {
	words(s, &a.Item)
	list(s, &a.Members, words)
	words(s, &a.Sitting)
}

func (s *scribe) voteCancelled(a *VoteCancelled) {
	words(s, &a.Item)
	words(s, &a.Reason)
	words(s, &a.Sitting)
}

func (s *scribe) voteClosed(a *VoteClosed) {
	list(s, &a.Counts, func(s *scribe, c *SecretCount) {
		words(s, &c.Sense)
		signed(s, &c.Votes)
		s.weight(&c.Weight)
	})
	words(s, &a.Item)
	words(s, &a.Sitting)
}

func (s *scribe) decisionProclaimed(a *DecisionProclaimed) {
	s.amount(&a.Abstain)
	s.amount(&a.Against)
	words(s, &a.Body)
	natural(s, &a.Defined)
	s.amount(&a.For)
	words(s, &a.Item)
	s.amount(&a.NotVoted)
	words(s, &a.Option)
	list(s, &a.Options, (*scribe).amount)
	words(s, &a.Outcome)
	s.amount(&a.Present)
	words(s, &a.Sitting)
	s.flag(&a.Tie)
	s.amount(&a.Total)
	natural(s, &a.Vote)
}

// amount is a number of members and of voices.
func (s *scribe) amount(a *Amount) {
	signed(s, &a.Heads)
	s.weight(&a.Weight)
}

func (s *scribe) decisionAsserted(a *DecisionAsserted) {
	optional(s, &a.Abstain, (*scribe).weight)
	optional(s, &a.Against, (*scribe).weight)
	words(s, &a.Body)
	optional(s, &a.For, (*scribe).weight)
	words(s, &a.Outcome)
	s.bytes(a.SHA256[:])
	words(s, &a.Sitting)
	words(s, &a.Title)
}

func (s *scribe) decisionPublished(a *DecisionPublished) { natural(s, &a.Decision) }

func (s *scribe) decisionReceived(a *DecisionReceived) { natural(s, &a.Decision) }

func (s *scribe) decisionAnnulled(a *DecisionAnnulled) {
	words(s, &a.Condition)
	words(s, &a.Court)
	natural(s, &a.Decision)
	signed(s, &a.From)
	words(s, &a.Reason)
}

func (s *scribe) annulmentLifted(a *AnnulmentLifted) {
	natural(s, &a.Annulment)
	words(s, &a.How)
	words(s, &a.Reason)
}
