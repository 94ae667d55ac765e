package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"registre/cmd/registre/typed"
	"registre/domain"
)

// voteVerb brings a vote on an item: open, cast, mark, close, cancel.
func (a *app) voteVerb() *cobra.Command {
	var reason string
	open, b := a.ofSitting("open GROUP SITTING ITEM", "An item is put to vote: its roll, quorum and rule are fixed", 1,
		func(_ *bringing, id domain.SittingID, rest []string) (domain.Act, error) {
			return &domain.ItemPutToVote{Item: domain.ItemID(rest[0]), Sitting: id}, nil
		}, a.itemsPending, nothingThere)
	b.after = a.sayOpened
	mark, _ := a.ofSitting("mark GROUP SITTING ITEM MEMBER…", "Members have voted in a secret ballot, and nothing is said of how", 2,
		func(b *bringing, id domain.SittingID, rest []string) (domain.Act, error) { return b.marking(id, rest) }, a.itemsVoted, a.missingThere)
	mark.Long = `Members have voted in a secret ballot, and nothing is said of how. A represented member is named itself. rest stands for all who could
vote and are not marked.`
	cancel, _ := a.ofSitting("cancel GROUP SITTING ITEM --reason REASON", "A vote ends without an outcome; the item can be put to vote again", 1,
		func(_ *bringing, id domain.SittingID, rest []string) (domain.Act, error) {
			return &domain.VoteCancelled{Item: domain.ItemID(rest[0]), Reason: nfc(reason), Sitting: id}, given("--reason", reason)
		}, a.itemsVoted, nothingThere)
	cancel.Flags().StringVar(&reason, "reason", "", "why")
	open.ValidArgsFunction = a.completes(a.sittingsOpen, a.itemsPending, nothingThere)
	return under("vote", "Bring a vote on an item: open, cast, mark, close, cancel", open, a.castVerb(), mark, a.closeVoteVerb(), cancel)
}

func (a *app) castVerb() *cobra.Command {
	var splits []string
	cmd, b := a.ofSitting("cast GROUP SITTING ITEM SENSE=MEMBER,… … [--split MEMBER=SENSE:WEIGHT,…]…", "Members vote, in public", 1,
		func(b *bringing, id domain.SittingID, rest []string) (domain.Act, error) {
			act := &domain.VotesCast{Item: domain.ItemID(rest[0]), Sitting: id}
			var err error
			if act.Votes, err = readVotes(rest[1:], splits); err != nil {
				return nil, err
			}
			if len(act.Votes) == 0 {
				return nil, misuse("flag-missing", "SENSE=MEMBER", "")
			}
			if err = b.inSenses(act); err != nil {
				return nil, err
			}
			act.Votes, err = b.others(act)
			return act, err
		}, a.itemsVoted, a.sensesThere)
	cmd.Long = `Members vote, in public: for=a,b against=c abstain=d; in a choice, OPTION=a,b. A represented member is named itself, not the holder of
its proxy. for=rest is for all who have not voted and are not named. In French: pour=a,b contre=c abstention=d, and pour=reste.`
	cmd.Flags().StringArrayVar(&splits, "split", nil, "a member whose voices are divided, as cea=for:1.5,against:0.5 or cea=pour:1,5,contre:0,5, where the rule lets them be; may be repeated")
	b.after = a.sayStanding
	return cmd
}

// everyOther stands for all who have not voted; and, in French, otherFR, unless a member is called so.
const (
	everyOther = "rest"
	otherFR    = "reste"
)

// readVotes reads SENSE=MEMBER,… and MEMBER=SENSE:WEIGHT,….
func readVotes(list, splits []string) (votes []domain.CastVote, err error) {
	for _, s := range list {
		sense, members, ok := strings.Cut(s, "=")
		if !ok || sense == "" || members == "" {
			return nil, inFlag("votes-form", "SENSE=MEMBER", s)
		}
		for _, m := range strings.Split(members, ",") {
			votes = append(votes, domain.CastVote{Member: domain.MemberID(m), Sense: sense})
		}
	}
	for _, s := range splits {
		member, parts, ok := strings.Cut(s, "=")
		if !ok || member == "" || parts == "" {
			return nil, inFlag("split-form", "--split", s)
		}
		v := domain.CastVote{Member: domain.MemberID(member)}
		for _, p := range typed.Apart(parts) {
			sense, weight, ok := strings.Cut(p, ":")
			w, err := typedWeight("--split", weight)
			if !ok || err != nil {
				return nil, unlessTwo(err, inFlag("split-form", "--split", s))
			}
			v.Parts = append(v.Parts, domain.CastPart{Sense: sense, Weight: w})
		}
		votes = append(votes, v)
	}
	seen := map[domain.MemberID]bool{}
	for _, v := range votes {
		if seen[v.Member] {
			return nil, misuse("votes-twice", string(v.Member), "")
		}
		seen[v.Member] = true
	}
	return votes, nil
}

// others puts, where all others are said to vote, those in their place who could and have not.
func (b *bringing) others(act *domain.VotesCast) ([]domain.CastVote, error) {
	called := func(word domain.MemberID) int {
		return slices.IndexFunc(act.Votes, func(v domain.CastVote) bool { return v.Member == word })
	}
	at := called(everyOther)
	if at < 0 {
		at = called(otherFR)
	}
	if at < 0 {
		return act.Votes, nil
	}
	if member, err := b.isMember(act.Votes[at].Member); member || err != nil {
		return act.Votes, err
	}
	votes := slices.Delete(slices.Clone(act.Votes), at, at+1)
	var named []domain.MemberID
	for _, v := range votes {
		named = append(named, v.Member)
	}
	rest, err := b.rest(act.Sitting, act.Item, named)
	for _, m := range rest {
		votes = append(votes, domain.CastVote{Member: m, Sense: act.Votes[at].Sense})
	}
	return votes, err
}

// isMember reports whether a member is called by the French word for all others. The English one never was a member here.
func (b *bringing) isMember(word domain.MemberID) (bool, error) {
	if word != otherFR {
		return false, nil
	}
	d, err := b.a.open(b.ctx, false)
	if err != nil {
		return false, err
	}
	m, err := answerTo[membersAnswer](b.ctx, d, Question{Kind: "members", Group: b.named, At: domain.LastDay.String()})
	for _, r := range m.Members {
		if r.Member == string(word) {
			return true, err
		}
	}
	return false, err
}

// rest are those who could vote on an item and have not, without those who are named.
func (b *bringing) rest(sitting domain.SittingID, item domain.ItemID, named []domain.MemberID) (rest []domain.MemberID, err error) {
	s, err := b.now(b.named, string(sitting))
	if err != nil {
		return nil, err
	}
	v := s.voteOn(string(item))
	if v == nil || !v.Open {
		return nil, misuse("rest-closed", string(item), "")
	}
	for _, m := range v.Missing {
		if !slices.Contains(named, domain.MemberID(m)) {
			rest = append(rest, domain.MemberID(m))
		}
	}
	if len(rest) == 0 {
		return nil, misuse("rest-nobody", string(item), "")
	}
	return rest, nil
}

// marking marks those who are named, and all others where rest is. That somebody would say how they voted is refused before
// anything is recorded of it.
func (b *bringing) marking(id domain.SittingID, args []string) (domain.Act, error) {
	act := &domain.VotersMarked{Item: domain.ItemID(args[0]), Sitting: id}
	others := false
	for _, s := range args[1:] {
		switch {
		case strings.Contains(s, "="):
			return nil, inFlag("mark-form", "MEMBER", s)
		case s == everyOther || s == otherFR:
			member, err := b.isMember(domain.MemberID(s))
			if err != nil {
				return nil, err
			}
			if others = !member; member {
				act.Members = append(act.Members, otherFR)
			}
		default:
			act.Members = append(act.Members, membersOf(strings.Split(s, ","))...)
		}
	}
	if !others {
		return act, nil
	}
	rest, err := b.rest(id, act.Item, act.Members)
	act.Members = append(act.Members, rest...)
	return act, err
}

// voteOn is the last vote on an item; nil where there is none.
func (s *sittingAnswer) voteOn(item string) *voteRow {
	for i := range s.Agenda {
		if votes := s.Agenda[i].Votes; s.Agenda[i].Item == item && len(votes) > 0 {
			return &votes[len(votes)-1]
		}
	}
	return nil
}

func (a *app) closeVoteVerb() *cobra.Command {
	var counts []string
	cmd, b := a.ofSitting("close GROUP SITTING ITEM [--count WEIGHT:SENSE=NUMBER]…", "A vote is closed; the decision with its tally follows by itself", 1,
		func(b *bringing, id domain.SittingID, rest []string) (domain.Act, error) {
			act := &domain.VoteClosed{Item: domain.ItemID(rest[0]), Sitting: id}
			options := b.optionsOf(id, act.Item)
			for _, s := range counts {
				c, err := readCount(s)
				if err != nil {
					return nil, err
				}
				if c.Sense, err = typedSense("--count", c.Sense, options); err != nil {
					return nil, err
				}
				act.Counts = append(act.Counts, c)
			}
			return act, nil
		}, a.itemsVoted, nothingThere)
	cmd.Args = exactly(3)
	cmd.Flags().StringArrayVar(&counts, "count", nil, "of a secret ballot: how many of those with a weight voted in a sense, as 1:for=3 or 4,5:pour=1, or 0:for=3 where heads alone count; may be repeated")
	b.after = a.sayClosed
	return cmd
}

// readCount reads WEIGHT:SENSE=NUMBER.
func readCount(s string) (c domain.SecretCount, err error) {
	bad := inFlag("count-form", "--count", s)
	class, number, ok := strings.Cut(s, "=")
	weight, sense, also := strings.Cut(class, ":")
	if !ok || !also || sense == "" {
		return c, bad
	}
	if c.Weight, err = typedWeight("--count", weight); err != nil {
		return c, unlessTwo(err, bad)
	}
	c.Sense = sense
	if c.Votes, err = strconv.Atoi(number); err != nil || strconv.Itoa(c.Votes) != number {
		return c, bad
	}
	return c, nil
}

// voteOf is the vote of which a command spoke, as it stands after it, with its sitting.
func (b *workbench) voteOf(ctx context.Context, o *outcome) (*sittingAnswer, *voteRow, error) {
	e, err := b.envelope(ctx, o.Group, o.First)
	if err != nil {
		return nil, nil, err
	}
	var sitting domain.SittingID
	var item domain.ItemID
	switch act := e.Act.(type) {
	case *domain.ItemPutToVote:
		sitting, item = act.Sitting, act.Item
	case *domain.VotesCast:
		sitting, item = act.Sitting, act.Item
	}
	s, err := sittingNow(ctx, b.at(), string(o.Group), string(sitting), "#"+decimal(o.Last))
	if err != nil {
		return nil, nil, err
	}
	return s, s.voteOn(string(item)), nil
}

// sayOpened prints to whom, and under which rule, an item was put to vote.
func (a *app) sayOpened(ctx context.Context, on *workbench, o *outcome) error {
	_, v, err := on.voteOf(ctx, o)
	if err != nil || v == nil {
		return err
	}
	a.printf("\n")
	a.tellVote(v)
	return nil
}

// sayStanding prints how an open vote stands after the last votes.
func (a *app) sayStanding(ctx context.Context, on *workbench, o *outcome) error {
	_, v, err := on.voteOf(ctx, o)
	if err != nil || v == nil || v.Tally == nil {
		return err
	}
	t := v.Tally
	now := a.tr("Si l'on clôt maintenant : ", "If it is closed now: ") + a.sayOutcomeOf(ofItem, t.Outcome, optionTitled(v.choice(), t.Option), t.Tie) + " (" + a.sayTally(v) + ")."
	if t.Settled {
		now += a.tr(" Aucun vote à venir n'y change rien.", " No vote still to come changes that.")
	}
	a.prose(now, 2)
	return nil
}

// sayClosed prints the outcome with its tally in one sentence.
func (a *app) sayClosed(ctx context.Context, on *workbench, o *outcome) error {
	raw, err := on.at().Ask(ctx, Question{Kind: "decision", Group: string(o.Group), At: domain.LastDay.String(), Known: "#" + decimal(o.Last), More: asking("number", decimal(o.Last))})
	if err != nil {
		return err
	}
	var d decisionAnswer
	if err := json.Unmarshal(raw, &d); err != nil || d.Vote == nil || d.Vote.Tally == nil {
		return err
	}
	r := &d.Decision
	a.prose(fmt.Sprintf(a.tr("Décision #%d, point %s, « %s » : %s ; %s.", "Decision #%d, item %s, “%s”: %s; %s."), r.Number, r.Item, r.Title, a.sayOutcomeOf(ofDecision, r.Outcome, cmp.Or(r.Titled, r.Option), r.Tie), a.sayTally(d.Vote)), 2)
	return nil
}

// missingThere are those who could vote and have not.
func (a *app) missingThere(cmd *cobra.Command, group string, before ...string) []string {
	if len(before) < 2 {
		return nil
	}
	s, _ := quickly[sittingAnswer](a, cmd, "sitting", group, asking("sitting", before[0]))
	if v := s.voteOn(before[1]); v != nil {
		return v.Missing
	}
	return nil
}
