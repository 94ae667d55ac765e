package casetest

import (
	"fmt"

	"pgregory.net/rapid"

	"registre/domain"
)

// DrawDate draws a day around the case.
func DrawDate(r *rapid.T) string {
	return Day("2017-01-01").AddDays(rapid.IntRange(0, 2800).Draw(r, "day")).String()
}

// DrawDoubtful draws a date that may be known only as a month or a year.
func DrawDoubtful(r *rapid.T) string {
	return DrawDate(r)[:rapid.SampledFrom([]int{4, 7, 10, 10, 10}).Draw(r, "precision")]
}

// Draw draws an act on the case that may be accepted, or refused.
func Draw(r *rapid.T, t *Teller) domain.Act {
	members := append([]domain.MemberID{BasRhin, HautRhin, "new-0", "new-1"}, Ten...)
	member := func() domain.MemberID { return rapid.SampledFrom(members).Draw(r, "member") }
	body := func() domain.BodyID {
		return rapid.SampledFrom([]domain.BodyID{AG, COPIL, COGOUV, "new-0"}).Draw(r, "body")
	}
	text := func() domain.TextID {
		return rapid.SampledFrom([]domain.TextID{domain.Convention, Avenant1, "avenant-2", "avenant-2"}).Draw(r, "text")
	}
	weight := func() domain.Weight {
		return rapid.SampledFrom([]domain.Weight{W("0"), W("1"), W("4.5"), W("1/3")}).Draw(r, "weight")
	}
	hash := func() domain.Hash {
		return rapid.SampledFrom([]domain.Hash{{}, HashOf("avenant n°1"), HashOf("another")}).Draw(r, "hash")
	}
	target := func() uint64 { return rapid.Uint64Range(1, t.Group.Head()).Draw(r, "target") }
	quota := func() domain.Quota {
		return rapid.SampledFrom([]domain.Quota{
			{Who: domain.EveryMember}, {Who: domain.Share, Share: W("0.1")}, {Who: domain.Listed, Members: []domain.MemberID{Region}},
		}).Draw(r, "quota")
	}
	set := func() *domain.WeightsSet {
		s := &domain.WeightsSet{Basis: "draw", Body: body(), Weights: []domain.MemberWeight{{Member: Region, Weight: weight()}}}
		if m := member(); m != Region {
			s.Weights = append(s.Weights, domain.MemberWeight{Member: m, Weight: weight()})
		}
		return s
	}
	effective := func() domain.Date { return must(domain.ParseDate(DrawDoubtful(r))) }
	return rapid.Custom(func(r *rapid.T) domain.Act {
		switch rapid.IntRange(0, 15).Draw(r, "act") {
		case 0:
			return &domain.MemberJoined{Basis: "draw", Member: member(), Name: "New", Weights: []domain.BodyWeight{{Body: body(), Weight: weight()}}}
		case 1:
			return &domain.MemberWithdrew{Basis: "draw", Member: member()}
		case 2:
			p, s := member(), domain.MemberID(fmt.Sprintf("new-%d", rapid.IntRange(0, 1).Draw(r, "successor")))
			return &domain.MembersSucceeded{
				Basis: "draw", Predecessors: []domain.MemberID{p}, Successors: []domain.Named{{Member: s, Name: "New"}},
				Policies: []domain.Policy{{Body: AG, Way: domain.Sum}, {Body: COGOUV, Way: domain.Keep, Of: p}},
			}
		case 3:
			return &domain.RoleGiven{Basis: "draw", Member: member(), Role: rapid.SampledFrom(domain.Roles).Draw(r, "role")}
		case 4:
			return &domain.RoleEnded{Basis: "draw", Role: rapid.SampledFrom(domain.Roles).Draw(r, "role")}
		case 5:
			return rapid.SampledFrom([]domain.Act{
				&domain.BodyCreated{Basis: "draw", Body: "new-0", Name: "New"}, &domain.BodyDissolved{Basis: "draw", Body: body()},
				&domain.BodyRenamed{Basis: "draw", Body: body(), Name: "Renamed"}, &domain.BodyReplaced{Basis: "draw", Body: body(), By: "new-0", Name: "New"},
			}).Draw(r, "life")
		case 6, 7:
			return set()
		case 8:
			return &domain.ObligationSet{Basis: "draw", Article: rapid.SampledFrom([]string{"8", "9"}).Draw(r, "article"), Text: rapid.SampledFrom([]string{"", "Do.", "Do <more> & \u2028."}).Draw(r, "says")}
		case 9:
			return &domain.AmendmentRuleSet{Basis: "draw", Approval: quota(), Signature: quota(), Effect: domain.StatedDay}
		case 10:
			return &domain.AvenantDrafted{
				Avenant: "avenant-2", Title: "Avenant n°2", SHA256: hash(), StatedDay: Day(DrawDate(r)), Retroactive: "drawn",
				Changes: []domain.Change{&domain.WeightsSet{Body: AG, Weights: []domain.MemberWeight{{Member: Region, Weight: weight()}}}},
			}
		case 11:
			return &domain.MemberDeliberated{Member: member(), Text: text(), SHA256: hash()}
		case 12:
			return &domain.DeliberationFell{Deliberation: target(), How: domain.Annulled, Reason: "drawn"}
		case 13:
			return &domain.MemberSigned{Member: member(), Text: text()}
		case 14:
			return &domain.AvenantAbandoned{Avenant: "avenant-2", Reason: "drawn"}
		default:
			c := &domain.EventCorrected{Target: target(), Kind: domain.Substantive, Reason: "drawn"}
			said := t.Group.Original(c.Target)
			if rapid.Bool().Draw(r, "void") {
				return c
			}
			c.Replacement = &domain.Event{Effective: effective(), Act: said.Act}
			if _, ok := said.Act.(*domain.WeightsSet); ok {
				c.Replacement.Act = set()
			}
			return c
		}
	}).Draw(r, "command")
}
