package eventstore

import "registre/domain"

var (
	itemKinds  = idForm[domain.ItemKind]("the kind of an item on an agenda: a-z, 0-9 and -")
	thresholds = &form[domain.Threshold]{
		shape: shape{
			kind: "string", what: "what a part must come to: of what, a share of what, and at least how much: weights cast >1/2, heads total >=2/3 min 4",
			pattern: `^(weights|heads) (cast|present|total)( >=?[1-9][0-9]*/[1-9][0-9]*)?( min [0-9][0-9./]*)?$`,
		},
		parse: domain.ParseThreshold, append: domain.Threshold.AppendText,
	}
)

func votingRuleSet(c *coder, a *domain.VotingRuleSet) {
	value(c, "basis", optional, &a.Basis, texts)
	value(c, "body", required, &a.Body, bodies)
	value(c, "kind", optional, &a.Kind, itemKinds)
	within(c, "rule", required, &a.Rule, votingRule)
}

func votingRule(c *coder, r *domain.VotingRule) {
	value(c, "ballot", required, &r.Ballot, texts)
	values(c, "blocking", optional, &r.Blocking, thresholds)
	value(c, "choice", required, &r.Choice, texts)
	values(c, "majority", required, &r.Majority, thresholds)
	within(c, "notice", required, &r.Notice, notice)
	within(c, "proxies", required, &r.Proxies, proxies)
	within(c, "quorum", required, &r.Quorum, quorum)
	maybe(c, "second_notice", &r.SecondNotice, quorum)
	within(c, "tie", required, &r.Tie, tie)
	value(c, "voices", required, &r.Voices, texts)
	within(c, "voters", required, &r.Voters, voters)
}

func notice(c *coder, n *domain.Notice) {
	whole(c, "days", optional, &n.Days)
	whole(c, "second_days", optional, &n.SecondDays)
}

func proxies(c *coder, p *domain.Proxies) {
	whole(c, "per_holder", optional, &p.PerHolder)
	value(c, "until", optional, &p.Until, texts)
}

func quorum(c *coder, q *domain.Quorum) {
	value(c, "counts", optional, &q.Counts, texts)
	values(c, "thresholds", optional, &q.Thresholds, thresholds)
}

func tie(c *coder, t *domain.Tie) {
	value(c, "member", optional, &t.Member, members)
	value(c, "role", optional, &t.Role, texts)
	value(c, "way", required, &t.Way, texts)
}

func voters(c *coder, v *domain.Voters) {
	values(c, "members", optional, &v.Members, members)
	value(c, "who", required, &v.Who, texts)
}
