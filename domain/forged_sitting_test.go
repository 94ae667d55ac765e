package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	. "registre/domain"
	"registre/domain/domaintest"
)

// forger makes acts of sittings that no command could be, of few names, so that they meet.
type forger struct {
	domaintest.Pick
	n uint64 // of some event
}

func any1[T any](f forger, of ...T) T { return of[f.Pick(len(of))] }

func (f forger) member() MemberID   { return any1[MemberID](f, "a", "b", "nobody", "") }
func (f forger) item() ItemID       { return any1[ItemID](f, "1", "1a", "1b", "") }
func (f forger) sitting() SittingID { return any1[SittingID](f, "s-1", "s-2", "") }

func (f forger) sense() string {
	return any1(f, SenseFor, SenseAgainst, SenseAbstain, "metz", "blue", "")
}

func (f forger) weight() Weight {
	w, err := NewWeight(any1[int64](f, 0, 1, 2, 1<<62), any1[int64](f, 1, 2, 3, 1<<61-1))
	if err != nil {
		return Weight{}
	}
	return w
}

func (f forger) agenda() AgendaItem {
	a := AgendaItem{Item: f.item()}
	switch f.Pick(4) {
	case 0:
		a.Options = []AgendaOption{{Option: "metz"}, {Option: "metz"}}
	case 1:
		a.Changes = []Change{&RoleGiven{Member: f.member(), Role: Pilot}, &MemberWithdrew{Member: f.member()}, &BodyDissolved{Body: "ag"}}
	}
	return a
}

func (f forger) opened() *VoteOpened {
	a := &VoteOpened{
		Casting: f.member(), Defined: f.n, Item: f.item(), RuleSet: f.n, Sitting: f.sitting(), SecondNotice: f.Pick(2) == 0,
		SecondRound: f.Pick(2) == 0, Written: f.Pick(2) == 0,
	}
	for range f.Pick(4) {
		a.Roll = append(a.Roll, RollLine{Holder: f.member(), Members: []MemberID{f.member(), f.member()}, Presence: any1(f, Present, Represented, Absent, Recused, ""), Weight: f.weight()})
	}
	if f.Pick(3) > 0 {
		a.Rule = *domaintest.VotingRule(f.Pick)
	}
	for range f.Pick(3) {
		a.Options = append(a.Options, any1[OptionID](f, "metz", "nancy", ""))
	}
	return a
}

func (f forger) cast() *VotesCast {
	a := &VotesCast{Item: f.item(), Sitting: f.sitting()}
	for range f.Pick(4) {
		v := CastVote{Member: f.member(), Sense: f.sense()}
		for range f.Pick(3) {
			v.Parts = append(v.Parts, CastPart{f.sense(), f.weight()})
		}
		a.Votes = append(a.Votes, v)
	}
	return a
}

func (f forger) closed() *VoteClosed {
	a := &VoteClosed{Item: f.item(), Sitting: f.sitting()}
	for range f.Pick(4) {
		a.Counts = append(a.Counts, SecretCount{Sense: f.sense(), Votes: f.Pick(4) - 1, Weight: f.weight()})
	}
	return a
}

func forgedInSitting(pick domaintest.Pick, n uint64) Act {
	f := forger{pick, n}
	switch pick(4) {
	case 0:
		return any1[Act](f, f.opened(), f.cast(), f.closed(), &ItemPutToVote{Item: f.item(), Sitting: f.sitting()})
	case 1:
		return any1[Act](
			f, &SittingOpened{Present: []MemberID{f.member(), f.member()}, Sitting: f.sitting()},
			&SittingConvened{Agenda: []AgendaItem{f.agenda(), f.agenda()}, Body: any1[BodyID](f, "ag", "nowhere"), Mode: any1(f, InPerson, Written, ""), SecondOf: f.sitting(), Sitting: f.sitting()},
		)
	case 2:
		return any1[Act](
			f, &VotersMarked{Item: f.item(), Members: []MemberID{f.member(), f.member()}, Sitting: f.sitting()},
			&VoteCancelled{Item: f.item(), Sitting: f.sitting()},
			&DecisionProclaimed{Body: "ag", Defined: f.n, Item: f.item(), Outcome: any1(f, Adopted, SecondRound, ""), Sitting: f.sitting(), Vote: any1(f, f.n, 0, 1<<60)},
			&DecisionAsserted{}, &DecisionPublished{f.n}, &DecisionReceived{f.n}, &DecisionAnnulled{Decision: f.n, From: Day(pick(2)) * 737430},
			&AnnulmentLifted{Annulment: f.n}, &DecisionAnnulled{Decision: 1 << 60}, &AnnulmentLifted{Annulment: 1 << 60},
		)
	}
	return any1[Act](
		f, &NoticeSent{Sitting: f.sitting()}, &NoticeReceived{Sitting: f.sitting()}, &NoticeAnswered{Member: f.member(), Sitting: f.sitting()},
		&AttendeesArrived{Attendees: []MemberID{f.member()}, Sitting: f.sitting()}, &AttendeesLeft{Attendees: []MemberID{f.member()}, Sitting: f.sitting()},
		&DelegateReplaced{Member: f.member(), Sitting: f.sitting()}, &ProxyGiven{Grantor: f.member(), Holder: f.member(), Items: []ItemID{f.item()}, Sitting: f.sitting()},
		&ProxyRevoked{Grantor: f.member(), Sitting: f.sitting()}, &MemberRecused{Item: f.item(), Member: f.member(), Sitting: f.sitting()},
		&SittingSuspended{Sitting: f.sitting()}, &SittingResumed{Sitting: f.sitting()}, &SittingAdjourned{Sitting: f.sitting(), Why: ForNoQuorum},
		&SittingClosed{Sitting: f.sitting()}, &SittingCancelled{Sitting: f.sitting()}, &ItemAdded{f.agenda(), f.sitting()}, &ItemAmended{f.agenda(), f.sitting()},
		&ItemWithdrawn{Item: f.item(), Sitting: f.sitting()}, &ItemPostponed{Item: f.item(), Sitting: f.sitting(), To: f.sitting()},
		&ItemDivided{Item: f.item(), Parts: []AgendaItem{f.agenda(), f.agenda()}, Sitting: f.sitting()}, &MinutesApproved{Sitting: f.sitting()},
	)
}

// takesForged evolves a group by forged acts of sittings, and by what follows from them, and asks it everything.
func takesForged(t require.TestingT, pick domaintest.Pick, many int) {
	command := domaintest.History(domaintest.Seeded(1), 5)[0]
	g := folded(domaintest.Events(pick, 3))
	for range many {
		n := uint64(pick(int(g.Head()) + 3))
		e := Event{Effective: OnDay(domaintest.First + Day(pick(3))), Act: forgedInSitting(pick, n)}
		if pick(6) == 0 {
			other := e
			e.Act = &EventCorrected{Target: n, Replacement: any1(forger{pick, n}, nil, &other)}
		}
		Evolve(g, e)
		require.LessOrEqual(t, len(Settle(g)), 5)
		_, follows := Follow(g)
		require.False(t, follows)
		c := command
		c.Act, c.Effective = forgedInSitting(pick, n), e.Effective
		_, err := Decide(g, c)
		_ = err // any; it must come back
	}
	q := Now(domaintest.First + 2)
	loaded := reloaded(t, g)
	require.Equal(t, string(render(g, q)), string(render(loaded, q)))
}

func FuzzEvolveTakesForgedSittings(f *testing.F) {
	for seed := range uint64(6) {
		pick, b := domaintest.Seeded(seed), make([]byte, 600)
		for i := range b {
			b[i] = byte(pick(256))
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) { takesForged(t, domaintest.Bytes(b), min(len(b)/8, 60)) })
}

func TestEvolveTakesForgedSittings(t *testing.T) {
	for seed := range uint64(100) {
		takesForged(t, domaintest.Seeded(seed), 60)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}
