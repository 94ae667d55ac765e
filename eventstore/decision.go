package eventstore

import "registre/domain"

// The forms of what votes and decisions are made of.
var (
	presences        = wordForm[string]("present, represented, absent or recused")
	senses           = idForm[string]("for, against, abstain, or the id of an option")
	outcomes         = wordForm[string]("adopted, rejected, unresolved, no-quorum, elected or second-round")
	assertedOutcomes = wordForm[string]("adopted or rejected")
	annulmentEnds    = wordForm[string]("on-appeal or condition-met")
)

func itemPutToVote(c *coder, a *domain.ItemPutToVote) {
	value(c, "item", required, &a.Item, items)
	value(c, "sitting", required, &a.Sitting, sittings)
}

func voteOpened(c *coder, a *domain.VoteOpened) {
	value(c, "casting", optional, &a.Casting, members)
	number(c, "defined", &a.Defined)
	value(c, "item", required, &a.Item, items)
	values(c, "options", optional, &a.Options, options)
	objects(c, "roll", required, &a.Roll, rollLine)
	within(c, "rule", required, &a.Rule, votingRule)
	number(c, "rule_set", &a.RuleSet)
	whether(c, "second_notice", &a.SecondNotice)
	whether(c, "second_round", &a.SecondRound)
	value(c, "sitting", required, &a.Sitting, sittings)
	whether(c, "written", &a.Written)
}

func rollLine(c *coder, l *domain.RollLine) {
	value(c, "holder", optional, &l.Holder, members)
	values(c, "members", required, &l.Members, members)
	value(c, "presence", required, &l.Presence, presences)
	value(c, "weight", required, &l.Weight, weights)
}

func votesCast(c *coder, a *domain.VotesCast) {
	value(c, "item", required, &a.Item, items)
	value(c, "sitting", required, &a.Sitting, sittings)
	objects(c, "votes", required, &a.Votes, castVote)
}

func castVote(c *coder, v *domain.CastVote) {
	value(c, "member", required, &v.Member, members)
	objects(c, "parts", optional, &v.Parts, castPart)
	value(c, "sense", optional, &v.Sense, senses)
}

func castPart(c *coder, p *domain.CastPart) {
	value(c, "sense", required, &p.Sense, senses)
	value(c, "weight", required, &p.Weight, weights)
}

func votersMarked(c *coder, a *domain.VotersMarked) {
	value(c, "item", required, &a.Item, items)
	values(c, "members", required, &a.Members, members)
	value(c, "sitting", required, &a.Sitting, sittings)
}

func voteCancelled(c *coder, a *domain.VoteCancelled) {
	value(c, "item", required, &a.Item, items)
	value(c, "reason", required, &a.Reason, texts)
	value(c, "sitting", required, &a.Sitting, sittings)
}

func voteClosed(c *coder, a *domain.VoteClosed) {
	objects(c, "counts", optional, &a.Counts, secretCount)
	value(c, "item", required, &a.Item, items)
	value(c, "sitting", required, &a.Sitting, sittings)
}

func secretCount(c *coder, s *domain.SecretCount) {
	value(c, "sense", required, &s.Sense, senses)
	number(c, "votes", &s.Votes)
	value(c, "weight", required, &s.Weight, weights)
}

func decisionProclaimed(c *coder, a *domain.DecisionProclaimed) {
	within(c, "abstain", required, &a.Abstain, counted)
	within(c, "against", required, &a.Against, counted)
	value(c, "body", required, &a.Body, bodies)
	number(c, "defined", &a.Defined)
	within(c, "for", required, &a.For, counted)
	value(c, "item", required, &a.Item, items)
	within(c, "not_voted", required, &a.NotVoted, counted)
	value(c, "option", optional, &a.Option, options)
	objects(c, "options", optional, &a.Options, counted)
	value(c, "outcome", required, &a.Outcome, outcomes)
	within(c, "present", required, &a.Present, counted)
	value(c, "sitting", required, &a.Sitting, sittings)
	whether(c, "tie", &a.Tie)
	within(c, "total", required, &a.Total, counted)
	number(c, "vote", &a.Vote)
}

// counted visits a number of members and of voices: also of none.
func counted(c *coder, a *domain.Amount) {
	count(c, "heads", &a.Heads)
	value(c, "weight", required, &a.Weight, weights)
}

func decisionAsserted(c *coder, a *domain.DecisionAsserted) {
	pointed(c, "abstain", &a.Abstain, weights)
	pointed(c, "against", &a.Against, weights)
	value(c, "body", required, &a.Body, bodies)
	pointed(c, "for", &a.For, weights)
	value(c, "outcome", required, &a.Outcome, assertedOutcomes)
	value(c, "sha256", optional, &a.SHA256, hashes)
	value(c, "sitting", optional, &a.Sitting, texts)
	value(c, "title", required, &a.Title, texts)
}

func decisionPublished(c *coder, a *domain.DecisionPublished) { number(c, "decision", &a.Decision) }

func decisionReceived(c *coder, a *domain.DecisionReceived) { number(c, "decision", &a.Decision) }

func decisionAnnulled(c *coder, a *domain.DecisionAnnulled) {
	value(c, "condition", optional, &a.Condition, texts)
	value(c, "court", required, &a.Court, texts)
	number(c, "decision", &a.Decision)
	value(c, "from", optional, &a.From, days)
	value(c, "reason", required, &a.Reason, texts)
}

func annulmentLifted(c *coder, a *domain.AnnulmentLifted) {
	number(c, "annulment", &a.Annulment)
	value(c, "how", required, &a.How, annulmentEnds)
	value(c, "reason", required, &a.Reason, texts)
}
