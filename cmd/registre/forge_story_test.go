package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/projections/casetest"
)

var forgedMembers = []domain.MemberID{"a", "b", "c", "d", "e", "f", "g", "h"}

// forgedGroup is the group of the register that is forged.
const forgedGroup = "forged"

// busy is a register in which the same things happen again and again: avenants that all approve and sign, sittings with votes, order
// forms under a ceiling.
type busy struct {
	*casetest.Teller
	random *rand.Rand
}

// busyRegister gives the register of so many rounds, about 53 events each, stamped as a ledger does: ten minutes from command to command.
func busyRegister(t *testing.T, rounds int) []eventstore.Envelope {
	t.Helper()
	b := busy{casetest.New(t, forgedGroup), rand.New(rand.NewPCG(1, 1))}
	b.found(rounds)
	for k := range rounds {
		b.round(k)
	}
	commands := map[uuid.UUID]uuid.UUID{}
	at := domain.EndOfDay(casetest.Day("2022-01-01"))
	for i := range b.Envelopes {
		e := &b.Envelopes[i]
		if eventstore.FollowsByItself(e.Act) {
			at++
		} else {
			at += 600e6
			commands[e.Command] = stampedID(at, 1)
		}
		e.Recorded, e.ID, e.Command = at, stampedID(at, 0), commands[e.Command]
	}
	return b.Envelopes
}

// stampedID is an id of version 7.
func stampedID(at domain.Instant, n byte) (id uuid.UUID) {
	ms := uint64(at) / 1000
	for i := range 6 {
		id[i] = byte(ms >> (40 - 8*i))
	}
	id[6], id[8], id[13], id[14], id[15] = 0x70, 0x80, n, byte(at>>8), byte(at)
	return id
}

var forgedPaper = casetest.Document("test", "a document")

func (b *busy) found(rounds int) {
	changes := []domain.Change{&domain.BodyCreated{Body: "ag", Name: "AG"}}
	table := &domain.WeightsSet{Body: "ag"}
	for i, m := range forgedMembers {
		changes = append(changes, &domain.MemberJoined{Member: m, Name: string(m)})
		table.Weights = append(table.Weights, domain.MemberWeight{Member: m, Weight: casetest.W(fmt.Sprint(1 + i%3))})
	}
	rule := casetest.RuleOfCOGOUV()
	rule.Notice = domain.Notice{}
	changes = append(changes, table)
	b.Tell("2020-01-01", &domain.GroupFounded{Name: "G", Title: "Convention", Changes: changes}, forgedPaper)
	b.Tell("2020-01-01", &domain.VotingRuleSet{Basis: "x", Body: "ag", Rule: rule}, forgedPaper)
	ceiling, err := domain.ParseCeiling(fmt.Sprintf("%d pupils", rounds*2000+5000))
	require.NoError(b.TB, err)
	b.Tell("2020-01-01", &domain.AgreementLaunched{
		Agreement: "ent", Ceiling: ceiling, Contractor: domain.Contractor{Name: "E", SIRET: 73282932000074}, Title: "T", Until: casetest.Day("2029-01-01"),
	}, forgedPaper)
	for i := range forgedMembers {
		b.Tell("2020-01-01", &domain.SchoolOpened{SchoolFacts: domain.SchoolFacts{Department: "68", Kind: "college", Name: "C"}, School: domain.UAI(i + 1)}, forgedPaper)
	}
}

// round tells of five days.
func (b *busy) round(k int) {
	day := casetest.Day("2020-02-01") + domain.Day(5*k)
	b.avenant(k, day.String())
	b.sitting(k, day.String())
	for i, m := range forgedMembers {
		line := domain.Line{LineKey: domain.LineKey{School: domain.UAI(i + 1), Cycle: "college"}, Headcount: domain.Headcount(150 + b.random.IntN(200)), Kind: domain.Live, Day: day}
		packed, err := domain.PackLines([]domain.Line{line})
		require.NoError(b.TB, err)
		b.Tell(day.String(), &domain.OrderIssued{
			Agreement: "ent", From: day, Lines: packed, Member: m, Number: domain.OrderNumber(fmt.Sprintf("O-%d-%s", k, m)), Until: day + 5,
		}, forgedPaper)
	}
}

func (b *busy) avenant(k int, day string) {
	id := domain.TextID(fmt.Sprintf("av-%d", k))
	hash := casetest.HashOf(string(id))
	if k%3 == 1 {
		b.Tell(day, &domain.AvenantAbandoned{Avenant: domain.TextID(fmt.Sprintf("av-%d", k-1)), Reason: "x"}, forgedPaper)
	}
	b.Tell(day, &domain.AvenantDrafted{Avenant: id, Title: "Avenant", SHA256: hash}, forgedPaper)
	for _, m := range forgedMembers[min(k%3, 1)^1:] { // the first member does not approve one in three: it is given up in the next round
		b.Tell(day, &domain.MemberDeliberated{Member: m, Text: id, SHA256: hash, Reference: "D"}, forgedPaper)
	}
	for _, m := range forgedMembers {
		b.Tell(day, &domain.MemberSigned{Member: m, Text: id}, forgedPaper)
	}
}

func (b *busy) sitting(k int, day string) {
	id := domain.SittingID(fmt.Sprintf("s-%d", k))
	convened := &domain.SittingConvened{Body: "ag", Day: casetest.Day(day), Mode: domain.InPerson, Sitting: id}
	for i := range 4 {
		convened.Agenda = append(convened.Agenda, domain.AgendaItem{Item: domain.ItemID(fmt.Sprint(i + 1)), Title: "Point"})
	}
	b.Tell(day, convened, forgedPaper)
	b.Tell(day, &domain.SittingOpened{Sitting: id, Present: slices.Clone(forgedMembers)})
	for _, item := range convened.Agenda {
		n := 1 + b.random.IntN(len(forgedMembers)-1)
		b.Vote(day, id, item.Item, casetest.Votes(domain.SenseFor, forgedMembers[:n]...), casetest.Votes(domain.SenseAgainst, forgedMembers[n:]...))
	}
	b.Tell(day, &domain.SittingClosed{Sitting: id}, forgedPaper)
}
