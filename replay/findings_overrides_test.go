package replay_test

import (
	"registre/domain"
	"registre/projections/casetest"
	"registre/replay"
)

// weighed tells of an agreement with a ceiling of 17 pupils, two schools, and b's order form O-1 of so many schools, 7 pupils each,
// for a reason.
func weighed(ceiling string, schools ...domain.UAI) func(*casetest.Teller) {
	return func(c *casetest.Teller) {
		c.Tell("2020-01-01", &domain.AgreementLaunched{
			Agreement: "ent", Ceiling: domain.Ceiling{Pupils: 17}, Contractor: domain.Contractor{Name: "E", SIRET: 73282932000074}, Title: "T", Until: casetest.Day("2021-01-01"),
		}, doc)
		for _, u := range schools {
			c.Tell("2020-01-01", &domain.SchoolOpened{SchoolFacts: school, School: u}, doc)
		}
		c.Tell("2020-03-01", orderOf("O-1", "", ceiling, schools...), doc)
	}
}

func orderOf(n domain.OrderNumber, overlap, ceiling string, schools ...domain.UAI) *domain.OrderIssued {
	return &domain.OrderIssued{
		Agreement: "ent", From: casetest.Day("2020-03-01"), Lines: linesFor(schools...), Member: "b", Number: n, Until: casetest.Day("2020-06-01"), OverlapReason: overlap, CeilingReason: ceiling,
	}
}

func u(s string) domain.UAI {
	u, err := domain.ParseUAI(s)
	if err != nil {
		panic(err)
	}
	return u
}

// three are schools whose letters check.
var three = []domain.UAI{u("0350122T"), u("0680034T"), u("0750655E")}

// opensLate opens a school on a day on which the group is there already.
func opensLate(s string) func(*casetest.Teller) {
	return func(c *casetest.Teller) {
		c.Tell("2020-03-01", &domain.SchoolOpened{SchoolFacts: school, School: u(s)}, doc)
	}
}

func init() {
	ceiling := map[string]string{"ceiling": "17 pupils", "from": "2020-01-01", "percent": "82", "until": "2021-01-01"}
	past := map[string]string{"ceiling": "17 pupils", "from": "2020-01-01", "percent": "123", "until": "2021-01-01"}
	overlapping := func(c *casetest.Teller) {
		orders(c)
		c.Tell("2020-03-02", orderOf("O-2", "so agreed", "", 1), doc)
	}
	sightings["a letter that does not check"] = sighting{
		replay.UAILetter, opensLate("0680034A"), replay.Finding{Args: map[string]string{"letter": "T"}, Events: []uint64{2}, Subject: "0680034A"}, opensLate("0680034T"),
	}
	sightings["a school that moves to a code whose letter does not check"] = sighting{
		replay.UAILetter, func(c *casetest.Teller) {
			opensLate("0680034T")(c)
			c.Tell("2020-04-01", &domain.SchoolMoved{School: u("0680034T"), To: u("0350122A")}, doc)
		}, replay.Finding{Args: map[string]string{"letter": "T"}, Events: []uint64{3}, Subject: "0350122A"}, opensLate("0680034T"),
	}
	sightings["pupils ordered for twice"] = sighting{
		replay.OverlapAccepted, overlapping, replay.Finding{Args: map[string]string{"reason": "so agreed"}, Events: []uint64{5}, Subject: "O-2"}, orders,
	}
	sightings["a ceiling set aside"] = sighting{
		replay.CeilingOverridden, weighed("so agreed", three...), replay.Finding{Args: map[string]string{"reason": "so agreed"}, Events: []uint64{6}, Subject: "O-1"}, weighed("", three[:2]...),
	}
	sightings["a ceiling passed"] = sighting{
		replay.CeilingPassed, weighed("so agreed", three...), replay.Finding{Args: past, Events: []uint64{2}, Subject: "ent"}, weighed("", three[:2]...),
	}
	sightings["a ceiling that is near"] = sighting{
		replay.CeilingNear, weighed("", three[:2]...), replay.Finding{Args: ceiling, Events: []uint64{2}, Subject: "ent"}, weighed("so agreed", three...),
	}
}
