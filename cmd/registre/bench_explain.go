package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"time"

	"github.com/google/uuid"

	"registre/domain"
	"registre/eventstore"
	"registre/replay"
)

// explainChild explains figures, as the verb does.
const explainChild = "explain"

// explainings measures how long it takes to say how a figure follows: on a register as long as the longest of a nation, on a long
// history of avenants and weights, and on a sitting of 40 members who vote on 30 items.
func (b *bench) explainings(ctx context.Context) error {
	dir := filepath.Join(b.dir, "explain")
	if err := fillOrdering(ctx, dir, b.seed, 1, b.longest()); err != nil {
		return err
	}
	if err := fillOne(ctx, dir, b.seed, min(b.events/4, 10_000)); err != nil {
		return err
	}
	if err := fillSitting(ctx, dir); err != nil {
		return err
	}
	r, err := b.inChild(ctx, explainChild, dir)
	if err != nil {
		return err
	}
	for _, a := range r.Sized.Answers {
		b.addAnswered("how it follows: ", &a)
	}
	return nil
}

// longest is how many lines the longest register of the nation is made of.
func (b *bench) longest() int { return sizes(min(nationGroups, b.lines/1000), b.lines)[0] }

// fillSitting writes a group whose members have voted on every item of a sitting.
func fillSitting(ctx context.Context, dir string) (err error) {
	store, err := house{Data: dir, Create: true}.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	g := &domain.Group{}
	for act := range votedStory() {
		c := ballotCommand(act)
		after := g.Head()
		bodies, err := enactCommand(g, &c, uuid.New)
		if err == nil {
			err = errors.Join(store.Write(ctx, []eventstore.Append{{Group: ballotGroup, After: after, Bodies: bodies}})...)
		}
		if err != nil {
			return err
		}
	}
	return store.Sync(ctx)
}

// votedStory is ballotsStory of 40 members, with their votes on every item.
func votedStory() iter.Seq[domain.Act] {
	return func(yield func(domain.Act) bool) {
		acts := ballotsStory(40, ballotItems)
		for i := range ballotItems {
			cast := &domain.VotesCast{Item: ballotItem(i), Sitting: ballotSitting}
			for m := range 40 {
				cast.Votes = append(cast.Votes, domain.CastVote{Member: ballotMember(m), Sense: []string{domain.SenseFor, domain.SenseAgainst}[(m+i)%3/2]})
			}
			acts = append(acts, &domain.ItemPutToVote{Item: ballotItem(i), Sitting: ballotSitting}, cast, &domain.VoteClosed{Item: ballotItem(i), Sitting: ballotSitting})
		}
		for _, act := range append(acts, &domain.SittingClosed{Sitting: ballotSitting}) {
			if !yield(act) {
				return
			}
		}
	}
}

// An explaining asks how figures of one kind follow.
type explaining struct {
	what  string
	group domain.GroupID
	more  func(r *rand.Rand) map[string]string
}

// explainingsOf are what is asked of the folder that explainings fills.
func (b *bench) explainingsOf() []explaining {
	o := newOrdering(b.seed, 0, b.longest())
	school := func(r *rand.Rand) string { return "school=" + o.schools[r.IntN(len(o.schools))].uai.String() }
	member := func(r *rand.Rand) string { return "member=" + string(o.members[r.IntN(len(o.members))]) }
	enrolled := func(where func(*rand.Rand) string) func(*rand.Rand) map[string]string {
		return func(r *rand.Rand) map[string]string {
			return asking("figure", replay.FigureEnrolment, "where", where(r))
		}
	}
	body := func(r *rand.Rand) string { return string(historyBodies[r.IntN(len(historyBodies))]) }
	return []explaining{
		{"the pupils of the whole group", o.group, enrolled(func(*rand.Rand) string { return "" })},
		{"those of a member", o.group, enrolled(member)},
		{"those of a school", o.group, enrolled(school)},
		{"those of a cycle of a member", o.group, enrolled(func(r *rand.Rand) string { return member(r) + "\ncycle=college" })},
		{"what is ordered under an agreement", o.group, func(*rand.Rand) map[string]string {
			return asking("figure", replay.FigureCeiling, "agreement", "ent-2015")
		}},
		{"a weight", evidenceGroup, func(r *rand.Rand) map[string]string {
			return asking("figure", replay.FigureWeight, "body", body(r), "member", string(historyMembers[r.IntN(len(historyMembers))]))
		}},
		{"a sum of weights", evidenceGroup, func(r *rand.Rand) map[string]string {
			return asking("figure", replay.FigureTotal, "body", body(r))
		}},
	}
}

// explain asks for figures by chance, at pairs by chance.
func (b *bench) explain(ctx context.Context) (r childResult, err error) {
	d, err := b.app.open(ctx, false)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	random := rand.New(rand.NewPCG(b.seed, 20))
	r.Sized = &sized{}
	for _, e := range b.explainingsOf() {
		head, err := answerTo[about](ctx, d, Question{Kind: "members", Group: string(e.group)})
		if err != nil {
			return r, err
		}
		ask := func() Question {
			known := head.Known - random.Uint64N(head.Known/3) // since every school is opened
			return Question{Kind: "explain", Group: string(e.group), At: (on(2016, 1, 5) + domain.Day(random.IntN(3300))).String(), Known: "#" + decimal(known), More: e.more(random)}
		}
		if err := r.Sized.timeExplaining(ctx, d, e.what, 100, ask); err != nil {
			return r, err
		}
	}
	decided := 0
	err = r.Sized.timeExplaining(ctx, d, "the outcome of a vote of 40 members", 100, func() Question {
		decided++
		n := ballotStoryDecision(decided % ballotItems)
		return Question{Kind: "explain", Group: ballotGroup, At: "2024-03-21", More: asking("figure", replay.FigureDecision, "number", decimal(n))}
	})
	return r, err
}

// ballotStoryDecision is the event that proclaims the decision on an item: four of its own are before it, with those on the items
// before, and three in all.
func ballotStoryDecision(item int) uint64 { return 3 + uint64(item+1)*5 }

// timeExplaining times answers as they are printed: long sums cut short.
func (s *sized) timeExplaining(ctx context.Context, d desk, what string, times int, ask func() Question) error {
	each := make([]time.Duration, times)
	for i := range each {
		q := ask()
		q.More["fold"] = fmt.Sprint(foldAt)
		begun := time.Now()
		if _, err := d.Ask(ctx, q); err != nil {
			return fmt.Errorf("%s at %s, as known at %s: %w", what, q.At, q.Known, err)
		}
		each[i] = time.Since(begun)
	}
	slices.Sort(each)
	s.Answers = append(s.Answers, answered{What: what, P50: float64(each[times/2]), P99: float64(each[times*99/100]), Target: 50_000})
	return nil
}
