package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"registre/domain"
	"registre/eventstore"
)

// Of the sitting into which ballots are cast.
const (
	ballotGroup   = "g"
	ballotSitting = "s"
	ballotVoters  = 64
	ballotItems   = 30
)

var ballotDay = on(2024, 3, 20)

func ballotMember(i int) domain.MemberID { return domain.MemberID(fmt.Sprintf("m%03d", i)) }

// ballotsStory is a body of some members, each with a voice and a half, and a sitting with some items, all of them there.
func ballotsStory(voters, items int) []domain.Act {
	half, _ := domain.NewFraction(1, 2)
	weight, _ := domain.NewWeight(3, 2)
	majority := []domain.Threshold{{Base: domain.Total, Of: domain.Weights, Share: half, Strict: true}}
	founded := &domain.GroupFounded{Name: "G", Title: "T", Changes: []domain.Change{&domain.BodyCreated{Body: "ag", Name: "AG"}}}
	table, opened := &domain.WeightsSet{Body: "ag"}, &domain.SittingOpened{Sitting: ballotSitting}
	for i := range voters {
		m := ballotMember(i)
		founded.Changes = append(founded.Changes, &domain.MemberJoined{Member: m, Name: string(m)})
		table.Weights = append(table.Weights, domain.MemberWeight{Member: m, Weight: weight})
		opened.Present = append(opened.Present, m)
	}
	founded.Changes = append(founded.Changes, table, &domain.VotingRuleSet{Body: "ag", Rule: domain.VotingRule{
		Ballot: domain.Changeable, Choice: domain.Plurality, Majority: majority, Tie: domain.Tie{Way: domain.TieRejected},
		Voices: domain.Undivided, Voters: domain.Voters{Who: domain.Weighted}, Quorum: domain.Quorum{Counts: domain.Present, Thresholds: majority},
	}})
	convened := &domain.SittingConvened{Body: "ag", Day: on(2024, 3, 20), Mode: domain.InPerson, Sitting: ballotSitting}
	for i := range items {
		convened.Agenda = append(convened.Agenda, domain.AgendaItem{Item: ballotItem(i), Title: fmt.Sprint("Point ", i+1)})
	}
	return []domain.Act{founded, convened, opened}
}

func ballotItem(i int) domain.ItemID { return domain.ItemID(fmt.Sprint(i + 1)) }

func ballotCommand(act domain.Act) domain.Command {
	day := on(2024, 3, 20)
	if _, ok := act.(*domain.GroupFounded); ok {
		day = on(2024, 1, 1)
	}
	return domain.Command{ID: uuid.New(), Group: ballotGroup, Effective: domain.OnDay(day), Actor: "secretariat", Act: act}
}

// A castBallot is one that was answered.
type castBallot struct {
	number   uint64
	member   int
	sense    string
	answered time.Time
}

// ballots measures how fast ballots are cast into one sitting, through the folder's socket, and how fast they are counted.
func (b *bench) ballots(ctx context.Context) error {
	if err := b.countings(); err != nil {
		return err
	}
	dir := filepath.Join(b.dir, "ballots")
	l, err := openDesk(ctx, deskOptions{house: house{Data: dir, Create: true}, Now: time.Now})
	if err != nil {
		return err
	}
	for _, act := range append(ballotsStory(ballotVoters, 1), &domain.ItemPutToVote{Item: "1", Sitting: ballotSitting}) {
		if err := record(ctx, l, act); err != nil {
			return errors.Join(err, l.Close())
		}
	}
	bare, err := b.roundTrips(ctx, dir)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	cast, rate, err := b.castAll(ctx, dir, nil)
	if err == nil {
		err = b.recount(ctx, l.(*local).ledger, cast)
	}
	if err == nil {
		err = b.watched(ctx, dir, cast)
	}
	b.add(beside(figure{Name: "ballots into one sitting, 64 connections", Value: rate, Unit: "/s"}, bare, "questions through the socket that nobody answers"))
	b.add(figure{Name: "  of these, at least", Value: rate, Unit: "/s", Target: 10_000})
	return errors.Join(err, l.Close())
}

func record(ctx context.Context, d desk, act domain.Act) error {
	c := ballotCommand(act)
	body, err := eventstore.AppendCommand(nil, &c)
	if err == nil {
		_, err = d.Record(ctx, body)
	}
	return err
}

// castAll has each member change its mind as often as it can, after what was cast before.
func (b *bench) castAll(ctx context.Context, dir string, before []castBallot) (all []castBallot, rate float64, err error) {
	each, earlier := make([][]castBallot, ballotVoters), make([]int, ballotVoters)
	for _, ballot := range before {
		earlier[ballot.member]++
	}
	took, err := b.connections(ctx, dir, func(ctx context.Context, d desk, i, n int) error {
		sense := []string{domain.SenseFor, domain.SenseAgainst, domain.SenseAbstain}[(earlier[i]+n+i)%3]
		c := ballotCommand(&domain.VotesCast{Item: "1", Sitting: ballotSitting, Votes: []domain.CastVote{{Member: ballotMember(i), Sense: sense}}})
		body, err := eventstore.AppendCommand(nil, &c)
		if err != nil {
			return err
		}
		done, err := d.Record(ctx, body)
		each[i] = append(each[i], castBallot{done.First, i, sense, time.Now()})
		return err
	})
	all = slices.Concat(each...)
	slices.SortFunc(all, func(a, b castBallot) int { return cmp.Compare(a.number, b.number) })
	return all, float64(len(all)) / took.Seconds(), err
}

// roundTrips is how many questions of an unknown kind are answered in a second.
func (b *bench) roundTrips(ctx context.Context, dir string) (rate float64, err error) {
	var asked atomic.Int64
	took, err := b.connections(ctx, dir, func(ctx context.Context, d desk, _, _ int) error {
		_, _ = d.Ask(ctx, Question{Kind: "none", Group: ballotGroup})
		asked.Add(1)
		return nil
	})
	return float64(asked.Load()) / took.Seconds(), err
}

// connections does something from 64 connections at a time, for as long as a rate is measured.
func (b *bench) connections(ctx context.Context, dir string, do func(ctx context.Context, d desk, i, n int) error) (took time.Duration, err error) {
	var busy sync.WaitGroup
	errs := make([]error, ballotVoters)
	begun := time.Now()
	end := begun.Add(time.Duration(b.seconds * float64(time.Second)))
	for i := range ballotVoters {
		busy.Go(func() {
			d, err := dial(ctx, dir)
			for n := 0; err == nil && time.Now().Before(end); n++ {
				err = do(ctx, d, i, n)
			}
			errs[i] = err
			if d != nil {
				errs[i] = errors.Join(err, d.Close())
			}
		})
	}
	busy.Wait()
	return time.Since(begun), errors.Join(errs...)
}

// recount tells the tally as it was known after many of the ballots, and compares it with what those sent until then come to.
func (b *bench) recount(ctx context.Context, l *eventstore.Ledger, cast []castBallot) error {
	return l.View(ctx, ballotGroup, func(v *eventstore.View) error {
		last := make(map[int]string)
		step := max(len(cast)/200, 1)
		for i, ballot := range cast {
			last[ballot.member] = ballot.sense
			if i%step != 0 && i != len(cast)-1 {
				continue
			}
			for_ := inSense(last, domain.SenseFor)
			s, ok := v.State.Sitting(ballotSitting, domain.Pair{At: ballotDay, Known: ballot.number})
			if !ok {
				return errors.New("no sitting")
			}
			t, ok := s.Item("1").Ballots[0].Tally()
			if !ok || t.Options[0].Heads != for_ {
				return fmt.Errorf("known at #%d: %d for, and %d were sent", ballot.number, t.Options[0].Heads, for_)
			}
		}
		return nil
	})
}

// countings measures the count alone, and what it takes to recompute a decision of the past.
func (b *bench) countings() error {
	g := &domain.Group{}
	for act := range votedStory() {
		if _, err := domain.Enact(g, ballotCommand(act)); err != nil {
			return err
		}
	}
	decisions := g.Decisions(domain.Now(on(2024, 3, 20)))
	nanos, _ := timed(1000, func(i int) {
		d := &decisions[i%len(decisions)]
		if t, ok := g.Recount(d.Number, domain.Latest); !ok || t.Outcome != d.Outcome {
			panic("another outcome")
		}
	})
	b.add(figure{Name: "a decision of 40 members recomputed, of 30 in its sitting", Value: nanos / 1000, Unit: "µs", Target: 50, AtMost: true})
	p := &domain.Poll{Rule: &domain.VotingRule{Ballot: domain.Final, Choice: domain.Plurality, Majority: []domain.Threshold{{Base: domain.Cast, Of: domain.Weights, Share: must(domain.NewFraction(2, 3))}}, Tie: domain.Tie{Way: domain.TieRejected}, Voices: domain.Undivided}}
	votes := make([]domain.Vote, 10_000)
	for i := range votes {
		p.Roll = append(p.Roll, domain.Seat{Member: ballotMember(i), Presence: domain.Present, Weight: must(domain.NewWeight(int64(i%9+1), 2))})
		votes[i].Sense = domain.Abstain + domain.Sense(i%3)
	}
	nanos, _ = timed(20, func(int) { _ = must(domain.TallyOf(p, votes)) })
	b.add(figure{Name: "tally of 10,000 members", Value: nanos / 1e6, Unit: "ms", Target: 1, AtMost: true})
	return nil
}
