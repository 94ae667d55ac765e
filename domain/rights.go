package domain

import (
	"slices"
	"strconv"
)

// RightGranted gives a principal a right in the doors of the house, from its day on. It stands in the house register. Whether the group,
// member, body or sitting exists is none of that register's affair: a right to what is not there gives nothing.
type RightGranted struct {
	Body      BodyID      // of an officer: of all sittings of this body
	Every     bool        // in every group, and in what is asked of the house
	Groups    []GroupID   // in these
	Member    MemberID    // of a member's clerk: whose
	Principal PrincipalID // the pseudonym; Anonymous for everybody
	Role      string
	Sitting   SittingID // of an officer: of this one
	Until     Day       // the first day on which it no longer stands; 0 for an open end
}

// RightEnded ends a right before its time, from its day on.
type RightEnded struct {
	Reason string
	Right  uint64 // the event that granted it
}

// What a right makes of a principal. What each may do is a matter of the doors.
const (
	Secretary      = "secretary"       // of groups: records, and reads
	MemberClerk    = "member-clerk"    // records what is of one member
	SittingOfficer = "sitting-officer" // records what goes on in a sitting, or in those of a body
	Auditor        = "auditor"         // reads all, and records nothing
	Subscriber     = "subscriber"      // has what is published, and the notices
	Operator       = "operator"        // runs the house, and sees nothing of its groups
	Public         = "public"          // everybody: has what is published
)

// Anonymous is the principal that everybody is who does not say who he is.
const Anonymous PrincipalID = "anonymous"

// Principals' roles, in their order.
var principalRoles = []string{Secretary, MemberClerk, SittingOfficer, Auditor, Subscriber, Operator, Public}

// PrincipalRoles are the roles that a right can give.
func PrincipalRoles() []string { return slices.Clone(principalRoles) }

func (a *RightGranted) check(f *form) {
	f.id("principal", string(a.Principal))
	f.oneOf("role", a.Role, principalRoles...)
	distinct(f, "groups", a.Groups, 0, func(g GroupID) GroupID { return g })
	if slices.Contains(a.Groups, House) {
		f.wrong("groups", "%q is no group", string(House))
	}
	if (a.Principal == Anonymous) != (a.Role == Public) {
		f.wrong("principal", "%q has the role %q, and nobody else has", string(Anonymous), Public)
	}
	a.extent(f)
}

// extent checks that what a right extends to goes with its role.
func (a *RightGranted) extent(f *form) {
	for _, only := range []struct {
		field, id, of string
	}{{"body", string(a.Body), SittingOfficer}, {"member", string(a.Member), MemberClerk}, {"sitting", string(a.Sitting), SittingOfficer}} {
		switch {
		case only.id != "" && a.Role != only.of:
			f.wrong(only.field, "goes with the role %q only", only.of)
		case only.id != "":
			f.id(only.field, only.id)
		}
	}
	switch a.Role {
	case Operator:
		if a.Every || len(a.Groups) > 0 {
			f.wrong("groups", "an operator's right is of no group")
		}
		return
	case MemberClerk:
		if a.Member == "" {
			f.wrong("member", "whose clerk it is, is missing")
		}
	case SittingOfficer:
		if (a.Sitting == "") == (a.Body == "") {
			f.wrong("sitting", "an officer's right is of a sitting, or of those of a body")
		}
	default:
		if a.Every != (len(a.Groups) == 0) {
			f.wrong("groups", "a right is in some groups, or in every")
		}
		return
	}
	if a.Every || len(a.Groups) != 1 {
		f.wrong("groups", "such a right is in one group")
	}
}

func (a *RightEnded) check(f *form) {
	f.reason("reason", a.Reason)
	f.number("right", a.Right)
}

func (a *RightGranted) judge(j *judgement) {
	j.unless(a.Until == 0 || a.Until > j.day, PeriodEmpty, string(a.Principal))
	for _, r := range j.g.RightsOf(a.Principal, j.pair()) {
		covered := r.Until == 0 || a.Until != 0 && a.Until <= r.Until
		j.unless(!covered || !a.sameRight(r.RightGranted), NothingChanges, string(a.Principal))
	}
}

// sameRight reports whether two acts give the same right, whatever their days.
func (a *RightGranted) sameRight(b *RightGranted) bool {
	return a.Role == b.Role && a.Member == b.Member && a.Body == b.Body && a.Sitting == b.Sitting && a.Every == b.Every && slices.Equal(a.Groups, b.Groups)
}

func (a *RightEnded) judge(j *judgement) {
	name := strconv.FormatUint(a.Right, 10)
	if a.Right > j.g.Head() {
		j.breaks(UnknownRight, name)
		return
	}
	if _, is := j.g.Original(a.Right).Act.(*RightGranted); !is {
		j.breaks(UnknownRight, name)
		return
	}
	_, stands := j.g.right(a.Right, j.pair())
	j.unless(stands, RightNotStanding, name)
}

// The marks of rights only find events again: what an event says, as known, its corrections tell. So nothing is ever taken off.
func (a *RightGranted) mark(p *pen) { p.find(p.g.grants.get(a.Principal)) }
func (a *RightEnded) mark(p *pen)   { p.find(p.g.endings.get(a.Right)) }

func (p *pen) find(in *[]uint64) {
	if at, there := slices.BinarySearch(*in, p.number); !there && !p.erase {
		*in = slices.Insert(*in, at, p.number)
	}
}

// A RightRow is a right that stands on a day.
type RightRow struct {
	*RightGranted
	Event   uint64 // that granted it
	From    Day
	Until   Day    // the first day on which it no longer stands; 0 for an open end
	EndedBy uint64 // the event that ended it before its time, though not yet on the day; 0 where none has
}

// Rights are the rights that stand at a pair, by principal and number.
func (g *Group) Rights(q Pair) (rows []RightRow) {
	for _, i := range g.grants.order {
		rows = append(rows, g.RightsOf(g.grants.ids[i], q)...)
	}
	return rows
}

// RightsOf are the rights of a principal that stand at a pair, by number.
func (g *Group) RightsOf(principal PrincipalID, q Pair) (rows []RightRow) {
	granted := g.grants.find(principal)
	if granted == nil {
		return nil
	}
	for _, n := range *granted {
		if row, ok := g.right(n, q); ok && row.Principal == principal {
			rows = append(rows, row)
		}
	}
	return rows
}

// right is the right that event n grants, if it stands at a pair.
func (g *Group) right(n uint64, q Pair) (row RightRow, ok bool) {
	said, stands := g.Said(n, q.Known)
	grant, is := said.Act.(*RightGranted)
	if !stands || !is {
		return row, false
	}
	row = RightRow{RightGranted: grant, Event: n, From: said.Effective.First, Until: grant.Until}
	if ends := g.endings.find(n); ends != nil {
		for _, e := range *ends {
			end, stands := g.Said(e, q.Known)
			if stands && (row.Until == 0 || end.Effective.First < row.Until) {
				row.Until, row.EndedBy = end.Effective.First, e
			}
		}
	}
	return row, row.From <= q.At && (row.Until == 0 || q.At < row.Until)
}
