package domain

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// granting is a right in every group, until a day.
func granting(who PrincipalID, role, until string) *RightGranted {
	a := &RightGranted{Principal: who, Role: role, Every: true}
	if until != "" {
		d, err := ParseDay(until)
		if err != nil {
			panic(err)
		}
		a.Until = d
	}
	return a
}

// inHouse has an act recorded in the house register, and gives its number.
func inHouse(t require.TestingT, g *Group, on string, act Act) uint64 {
	c := anyCommand(t, on, act)
	c.Group = House
	_, err := Enact(g, c)
	require.NoError(t, err)
	return g.Head()
}

// rightsOf are the events whose rights stand for a principal on a day, as known.
func rightsOf(t require.TestingT, g *Group, who PrincipalID, on string, known uint64) (events []uint64) {
	for _, r := range g.RightsOf(who, Pair{At: date(t, on).First, Known: known}) {
		events = append(events, r.Event)
	}
	return events
}

// TestRightsInBothTimes: a right stands from its day until its end, whichever comes first; and whoever asks what was known before it was
// ended, corrected or voided is told what was so then.
func TestRightsInBothTimes(t *testing.T) {
	g := &Group{}
	first := inHouse(t, g, "2026-01-01", granting("p", Auditor, "2026-07-01"))
	second := inHouse(t, g, "2026-03-01", granting("p", Secretary, ""))
	other := inHouse(t, g, "2026-03-01", granting("q", Subscriber, ""))
	ended := inHouse(t, g, "2026-05-10", &RightEnded{Right: second, Reason: "left"})
	sooner := inHouse(t, g, "2026-05-01", &RightEnded{Right: second, Reason: "left before"})
	voided := inHouse(t, g, "2026-06-01", &EventCorrected{Kind: Clerical, Reason: "not she", Target: first})
	renamed := inHouse(t, g, "2026-06-01", &EventCorrected{Kind: Clerical, Reason: "he", Target: other, Replacement: &Event{
		Effective: date(t, "2026-04-01"), Act: granting("r", Subscriber, ""),
	}})
	inHouse(t, g, "2026-06-01", &EventCorrected{Kind: Clerical, Reason: "it was", Target: ended})

	for _, c := range []struct {
		who   PrincipalID
		on    string
		known uint64
		want  []uint64
	}{
		{"p", "2025-12-31", Latest, nil},
		{"p", "2026-01-01", first, []uint64{first}},
		{"p", "2026-06-30", first, []uint64{first}},
		{"p", "2026-07-01", first, nil},
		{"p", "2026-03-01", second, []uint64{first, second}},
		{"p", "2026-03-01", second - 1, []uint64{first}},
		{"p", "2026-05-09", ended, []uint64{first, second}},
		{"p", "2026-05-10", ended, []uint64{first}},
		{"p", "2026-05-09", sooner, []uint64{first}},
		{"p", "2026-04-30", sooner, []uint64{first, second}},
		{"p", "2026-03-01", voided, []uint64{second}},
		{"p", "2026-05-05", Latest, nil},
		{"q", "2026-03-01", voided, []uint64{other}},
		{"q", "2026-05-01", renamed, nil},
		{"r", "2026-05-01", renamed, []uint64{other}},
		{"r", "2026-03-31", renamed, nil},
		{"r", "2026-05-01", voided, nil},
	} {
		require.Equal(t, c.want, rightsOf(t, g, c.who, c.on, c.known), "%s on %s, as known %d", c.who, c.on, c.known)
	}
	rows := g.Rights(Pair{At: date(t, "2026-04-30").First, Known: sooner})
	require.Len(t, rows, 3)
	require.Equal(t, []uint64{first, second, other}, []uint64{rows[0].Event, rows[1].Event, rows[2].Event})
	require.Equal(t, sooner, rows[1].EndedBy)
	require.Equal(t, date(t, "2026-05-01").First, rows[1].Until)
}

// TestRightsAreCorrectedInTheHouse: what the house says of rights can be corrected there, but for the event that one ends.
func TestRightsAreCorrectedInTheHouse(t *testing.T) {
	g := rotated(t, aKey(1), aKey(2))
	n := inHouse(t, g, "2026-01-01", granting("p", Auditor, ""))
	m := inHouse(t, g, "2026-01-02", granting("p", Secretary, ""))
	end := inHouse(t, g, "2026-02-01", &RightEnded{Right: n, Reason: "r"})
	for _, c := range []struct {
		target uint64
		with   Act
		rule   *Rule
	}{
		{end, &RightEnded{Right: m, Reason: "r"}, CorrectionName},
		{end, granting("p", Auditor, ""), CorrectionType},
		{99, nil, UnknownEvent},
		{1, nil, HouseRegister},
	} {
		act := &EventCorrected{Kind: Clerical, Reason: "r", Target: c.target}
		if c.with != nil {
			act.Replacement = &Event{Effective: date(t, "2026-02-01"), Act: c.with}
		}
		command := anyCommand(t, "2026-03-01", act)
		command.Group = House
		_, err := Decide(g, command)
		require.ErrorIs(t, err, &Refusal{Rule: c.rule}, "%d: %v", c.target, err)
	}
	inHouse(t, g, "2026-03-01", &EventCorrected{Kind: Clerical, Reason: "r", Target: end})
	require.Equal(t, []uint64{n, m}, rightsOf(t, g, "p", "2026-03-01", Latest))
}

// TestRightForms: what a right extends to goes with its role.
func TestRightForms(t *testing.T) {
	here := []GroupID{"g"}
	for _, a := range []*RightGranted{
		{Principal: "p", Role: Secretary, Groups: here},
		{Principal: "p", Role: Auditor, Every: true},
		{Principal: "p", Role: Subscriber, Groups: []GroupID{"g", "h"}},
		{Principal: "p", Role: MemberClerk, Groups: here, Member: "m"},
		{Principal: "p", Role: SittingOfficer, Groups: here, Sitting: "s"},
		{Principal: "p", Role: SittingOfficer, Groups: here, Body: "b"},
		{Principal: "p", Role: Operator},
		{Principal: Anonymous, Role: Public, Groups: here},
	} {
		require.NoError(t, formOfRight(t, a), "%+v", a)
	}
	for _, c := range []struct {
		field string
		act   *RightGranted
	}{
		{"principal", &RightGranted{Principal: "P", Role: Secretary, Every: true}},
		{"role", &RightGranted{Principal: "p", Role: "king", Every: true}},
		{"groups", &RightGranted{Principal: "p", Role: Secretary}},
		{"groups", &RightGranted{Principal: "p", Role: Secretary, Every: true, Groups: here}},
		{"groups", &RightGranted{Principal: "p", Role: Secretary, Groups: []GroupID{House}}},
		{"groups[1]", &RightGranted{Principal: "p", Role: Secretary, Groups: []GroupID{"g", "g"}}},
		{"groups", &RightGranted{Principal: "p", Role: Operator, Every: true}},
		{"groups", &RightGranted{Principal: "p", Role: Operator, Groups: here}},
		{"principal", &RightGranted{Principal: "p", Role: Public, Every: true}},
		{"principal", &RightGranted{Principal: Anonymous, Role: Secretary, Every: true}},
		{"member", &RightGranted{Principal: "p", Role: MemberClerk, Groups: here}},
		{"member", &RightGranted{Principal: "p", Role: Auditor, Groups: here, Member: "m"}},
		{"member", &RightGranted{Principal: "p", Role: MemberClerk, Groups: here, Member: "M"}},
		{"groups", &RightGranted{Principal: "p", Role: MemberClerk, Every: true, Member: "m"}},
		{"groups", &RightGranted{Principal: "p", Role: MemberClerk, Groups: []GroupID{"g", "h"}, Member: "m"}},
		{"sitting", &RightGranted{Principal: "p", Role: SittingOfficer, Groups: here}},
		{"sitting", &RightGranted{Principal: "p", Role: SittingOfficer, Groups: here, Sitting: "s", Body: "b"}},
		{"sitting", &RightGranted{Principal: "p", Role: Secretary, Groups: here, Sitting: "s"}},
		{"body", &RightGranted{Principal: "p", Role: MemberClerk, Groups: here, Member: "m", Body: "b"}},
		{"groups", &RightGranted{Principal: "p", Role: SittingOfficer, Every: true, Body: "b"}},
	} {
		var malformed *Malformed
		require.ErrorAs(t, formOfRight(t, c.act), &malformed, "%+v", c.act)
		require.Equal(t, "data."+c.field, malformed.Field, "%+v", c.act)
	}
}

func formOfRight(t require.TestingT, a *RightGranted) error {
	c := anyCommand(t, "2026-01-01", a)
	c.Group = House
	return c.Check()
}
