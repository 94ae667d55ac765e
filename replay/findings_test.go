package replay_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/domain/domaintest"
	"registre/eventstore"
	"registre/projections/casetest"
	"registre/replay"
)

// A sighting is how one kind of finding comes about, and how it does not.
type sighting struct {
	kind    *replay.FindingKind
	with    func(*casetest.Teller)
	want    replay.Finding // Code, Name, Severity and (unless given) Rule are those of the kind
	without func(*casetest.Teller)
}

// founded tells of a group of three, quietly: nothing of it is a finding.
func founded(t *testing.T, more ...domain.Change) *casetest.Teller {
	c := casetest.New(t, "g")
	changes := append([]domain.Change{
		&domain.MemberJoined{Member: "a", Name: "A"}, &domain.MemberJoined{Member: "b", Name: "B"}, &domain.MemberJoined{Member: "c", Name: "C"},
		&domain.BodyCreated{Body: "ag", Name: "AG"},
	}, more...)
	c.Tell("2020-01-01", &domain.GroupFounded{Name: "G", Title: "Convention", Changes: changes}, doc)
	return c
}

var doc = casetest.Document("test", "a document")

func table(stated string, weights ...string) *domain.WeightsSet {
	set := &domain.WeightsSet{Basis: "x", Body: "ag"}
	for i, w := range weights {
		set.Weights = append(set.Weights, domain.MemberWeight{Member: domain.MemberID("abc"[i : i+1]), Weight: casetest.W(w)})
	}
	if stated != "" {
		w := casetest.W(stated)
		set.StatedTotal = &w
	}
	return set
}

var school = domain.SchoolFacts{Department: "68", Kind: "college", Name: "C"}

func linesFor(schools ...domain.UAI) domain.Lines {
	var lines []domain.Line
	for _, u := range schools {
		lines = append(lines, domain.Line{LineKey: domain.LineKey{School: u, Cycle: "college"}, Headcount: 8, Kind: domain.Live, Day: casetest.Day("2020-01-01")})
	}
	packed, err := domain.PackLines(lines)
	if err != nil {
		panic(err)
	}
	return packed
}

// orders tells of an agreement, a school, and b's order form O-1 from 2020-03-01 until 2020-06-01.
func orders(c *casetest.Teller) {
	c.Tell("2020-01-01", &domain.AgreementLaunched{Agreement: "ent", Contractor: domain.Contractor{Name: "E", SIRET: 73282932000074}, Title: "T", Until: casetest.Day("2021-01-01")}, doc)
	c.Tell("2020-01-01", &domain.SchoolOpened{SchoolFacts: school, School: 1}, doc)
	lines := domain.Line{LineKey: domain.LineKey{School: 1, Cycle: "college"}, Kind: domain.Forecast, Day: casetest.Day("2020-01-01")}
	packed, err := domain.PackLines([]domain.Line{lines})
	if err != nil {
		panic(err)
	}
	c.Tell("2020-03-01", &domain.OrderIssued{Agreement: "ent", From: casetest.Day("2020-03-01"), Lines: packed, Member: "b", Number: "O-1", Until: casetest.Day("2020-06-01")}, doc)
}

func draft(change func(*domain.AvenantDrafted)) *domain.AvenantDrafted {
	d := &domain.AvenantDrafted{Avenant: "av", Title: "Avenant", SHA256: casetest.HashOf("av")}
	if change != nil {
		change(d)
	}
	return d
}

func stating(day, retroactive string) func(*domain.AvenantDrafted) {
	return func(d *domain.AvenantDrafted) { d.StatedDay, d.Retroactive = casetest.Day(day), retroactive }
}

func approve(m domain.MemberID, hash domain.Hash) *domain.MemberDeliberated {
	return &domain.MemberDeliberated{Member: m, Text: "av", SHA256: hash, Reference: "D1"}
}

// carry has all three approve and sign on a day.
func carry(c *casetest.Teller, day string, options ...casetest.Option) {
	options = append(options, doc)
	for _, m := range []domain.MemberID{"a", "b", "c"} {
		c.Tell(day, approve(m, casetest.HashOf("av")), options...)
	}
	for _, m := range []domain.MemberID{"a", "b", "c"} {
		c.Tell(day, &domain.MemberSigned{Member: m, Text: "av"}, options...)
	}
}

func split(set ...domain.MemberWeight) *domain.MembersSucceeded {
	return &domain.MembersSucceeded{
		Basis: "law", Predecessors: []domain.MemberID{"a"}, Successors: []domain.Named{{Member: "d", Name: "D"}, {Member: "e", Name: "E"}},
		Policies: []domain.Policy{{Body: "ag", Way: domain.Set, Weights: set}},
	}
}

func corrected(target uint64, kind, day string, act domain.Act) *domain.EventCorrected {
	c := &domain.EventCorrected{Target: target, Kind: kind, Reason: "a slip"}
	if act != nil {
		c.Replacement = &domain.Event{Effective: domain.OnDay(casetest.Day(day)), Act: act}
	}
	return c
}

func args(kv ...string) map[string]string {
	m := map[string]string{}
	for i := 0; i+1 < len(kv); i += 2 {
		m[kv[i]] = kv[i+1]
	}
	return m
}

var sightings = map[string]sighting{
	"a stated total of 4 against 3": {
		kind:    replay.StatedTotalMismatch,
		with:    func(c *casetest.Teller) { c.Tell("2020-02-01", table("4", "1", "1", "1"), doc) },
		want:    replay.Finding{Subject: "ag", Events: []uint64{2}, Args: args("computed", "3", "stated", "4")},
		without: func(c *casetest.Teller) { c.Tell("2020-02-01", table("3", "1", "1", "1"), doc) },
	},
	"a stated total in a draft": {
		kind: replay.StatedTotalMismatch,
		with: func(c *casetest.Teller) {
			c.Tell("2020-02-01", draft(func(d *domain.AvenantDrafted) {
				set := table("4", "1", "1", "1")
				set.Basis, d.Changes = "", []domain.Change{set}
			}), doc)
		},
		want:    replay.Finding{Subject: "ag", Events: []uint64{2}, Args: args("computed", "3", "stated", "4")},
		without: func(c *casetest.Teller) { c.Tell("2020-02-01", draft(nil), doc) },
	},
	"a split without weights": {
		kind: replay.WeightUndetermined,
		with: func(c *casetest.Teller) {
			c.Tell("2020-02-01", table("", "1", "1", "1"), doc)
			c.Tell("2020-03-01", split(domain.MemberWeight{Member: "d", Weight: casetest.W("1")}), doc)
		},
		want: replay.Finding{Subject: "e", Events: []uint64{1, 3}, Args: args("body", "ag")},
		without: func(c *casetest.Teller) {
			c.Tell("2020-02-01", table("", "1", "1", "1"), doc)
			c.Tell("2020-03-01", split(domain.MemberWeight{Member: "d", Weight: casetest.W("1")}, domain.MemberWeight{Member: "e", Weight: casetest.W("0")}), doc)
		},
	},
	"weights that do not add up": {
		kind: replay.WeightsTooFine,
		with: func(c *casetest.Teller) {
			c.Tell("2020-02-01", table("", "1", "1", "1"), doc)
			c.Tell("2020-03-01", corrected(2, domain.Clerical, "2020-02-01", table("", "1/9223372036854775783", "1/9223372036854775643")), doc)
		},
		want: replay.Finding{Subject: "ag", Events: []uint64{1}},
		without: func(c *casetest.Teller) {
			c.Tell("2020-02-01", table("", "1", "1", "1"), doc)
			c.Tell("2020-03-01", corrected(2, domain.Clerical, "2020-02-01", table("", "1/3", "1/3")), doc)
		},
	},
	"another text approved": {
		kind: replay.OtherTextApproved,
		with: func(c *casetest.Teller) {
			c.Tell("2020-02-01", draft(nil), doc)
			c.Tell("2020-03-01", approve("b", casetest.HashOf("other")), doc)
		},
		want: replay.Finding{Subject: "b", Events: []uint64{3, 2}, Args: args("reference", "D1", "text", "av",
			"approved", casetest.HashOf("other").String(), "wanted", casetest.HashOf("av").String())},
		without: func(c *casetest.Teller) {
			c.Tell("2020-02-01", draft(func(d *domain.AvenantDrafted) { d.SHA256 = domain.Hash{} }), doc)
			c.Tell("2020-03-01", approve("b", casetest.HashOf("other")), doc)
		},
	},
	"an approval without hash": {
		kind: replay.ApprovalWithoutHash,
		with: func(c *casetest.Teller) {
			c.Tell("2020-02-01", draft(nil), doc)
			c.Tell("2020-03-01", approve("b", domain.Hash{}), doc)
		},
		want: replay.Finding{Subject: "b", Events: []uint64{3, 2}, Args: args("reference", "D1", "text", "av")},
		without: func(c *casetest.Teller) {
			c.Tell("2020-02-01", draft(func(d *domain.AvenantDrafted) { d.SHA256 = domain.Hash{} }), doc)
			c.Tell("2020-03-01", approve("b", domain.Hash{}), doc)
			c.Tell("2020-03-02", approve("c", casetest.HashOf("av")), doc)
		},
	},
	"an approval that fell too late": {
		kind: replay.ApprovalFellAfterForce,
		with: func(c *casetest.Teller) {
			c.Tell("2020-02-01", draft(nil), doc)
			carry(c, "2020-03-01") // 3 to 8; in force by 9
			c.Tell("2020-04-01", &domain.DeliberationFell{Deliberation: 4, How: domain.Annulled, Reason: "the court"}, doc)
		},
		want: replay.Finding{Subject: "b", Events: []uint64{10, 4, 9}, Args: args("how", "annulled", "reason", "the court", "text", "av")},
		without: func(c *casetest.Teller) {
			c.Tell("2020-02-01", draft(nil), doc)
			c.Tell("2020-02-10", approve("b", casetest.HashOf("av")), doc)
			c.Tell("2020-02-20", &domain.DeliberationFell{Deliberation: 3, How: domain.Annulled, Reason: "the court"}, doc)
			carry(c, "2020-03-01")
		},
	},
	"a stated day that had passed": {
		kind: replay.StatedDayPassed,
		with: func(c *casetest.Teller) {
			c.Tell("2020-02-01", draft(stating("2020-02-15", "")), doc)
			carry(c, "2020-03-01")
		},
		want: replay.Finding{Subject: "av", Events: []uint64{9, 2}, Args: args("effective", "2020-03-01", "stated", "2020-02-15")},
		without: func(c *casetest.Teller) {
			c.Tell("2020-02-01", draft(stating("2020-03-02", "")), doc)
			carry(c, "2020-03-01")
		},
	},
	"a retroactive avenant": {
		kind: replay.Retroactive,
		with: func(c *casetest.Teller) {
			c.Tell("2020-02-01", draft(stating("2020-02-15", "agreed")), doc)
			carry(c, "2020-03-01")
		},
		want: replay.Finding{Subject: "av", Events: []uint64{9, 8}, Args: args("effective", "2020-02-15", "last_signature", "2020-03-01", "reason", "agreed")},
		without: func(c *casetest.Teller) {
			c.Tell("2020-02-01", draft(stating("2020-03-01", "agreed")), doc)
			carry(c, "2020-03-01")
		},
	},
	"a late record": {
		kind: replay.Late,
		with: func(c *casetest.Teller) { c.Tell("2020-02-01", table("", "1"), doc, casetest.RecordedOn("2020-02-02")) },
		want: replay.Finding{Subject: "2", Events: []uint64{2}, Args: args("effective", "2020-02-01", "recorded", "2020-02-02T21:59:59.999999Z", "type", "weights-set")},
		without: func(c *casetest.Teller) {
			c.Tell("2020-02-01", table("", "1"), doc)
			c.Tell("2020-03", table("", "2"), doc, casetest.RecordedOn("2020-03-31"))
		},
	},
	"a day known as a month": {
		kind:    replay.DoubtfulDate,
		with:    func(c *casetest.Teller) { c.Tell("2020-02", table("", "1"), doc) },
		want:    replay.Finding{Subject: "2", Events: []uint64{2}, Args: args("effective", "2020-02", "precision", "month", "type", "weights-set")},
		without: func(c *casetest.Teller) { c.Tell("2020-02-01", table("", "1"), doc) },
	},
	"no document": {
		kind: replay.AssertedWithoutDocument,
		with: func(c *casetest.Teller) { c.Tell("2020-02-01", table("", "1")) },
		want: replay.Finding{Subject: "2", Events: []uint64{2}, Args: args("type", "weights-set")},
		without: func(c *casetest.Teller) {
			n := c.Tell("2020-02-01", table("", "1"))
			c.Tell("2020-02-02", corrected(n, domain.Clerical, "", nil), doc) // void: it says nothing any more
		},
	},
	"a last signature without document, from which an entry into force follows": {
		kind: replay.AssertedWithoutDocument,
		with: func(c *casetest.Teller) {
			c.Tell("2020-02-01", draft(nil), doc)
			for _, m := range []domain.MemberID{"a", "b", "c"} {
				c.Tell("2020-03-01", approve(m, casetest.HashOf("av")), doc)
			}
			c.Tell("2020-03-01", &domain.MemberSigned{Member: "a", Text: "av"}, doc)
			c.Tell("2020-03-01", &domain.MemberSigned{Member: "b", Text: "av"}, doc)
			c.Tell("2020-03-01", &domain.MemberSigned{Member: "c", Text: "av"})
			require.EqualValues(c.TB, 9, c.Group.Head())
		},
		want: replay.Finding{Subject: "8", Events: []uint64{8}, Args: args("type", "member-signed")},
		without: func(c *casetest.Teller) {
			c.Tell("2020-02-01", draft(nil), doc)
			carry(c, "2020-03-01")
		},
	},
	"a document not at hand": {
		kind:    replay.DocumentWithoutHash,
		with:    func(c *casetest.Teller) { c.Tell("2020-02-01", table("", "1"), doc, casetest.Reference("law", "L1")) },
		want:    replay.Finding{Subject: "2", Events: []uint64{2}, Args: args("kind", "law", "reference", "L1")},
		without: func(c *casetest.Teller) { c.Tell("2020-02-01", table("", "1"), doc) },
	},
	"an act of one who had left": {
		kind: replay.Contradiction,
		with: func(c *casetest.Teller) {
			c.Tell("2020-02-01", draft(nil), doc)
			c.Tell("2020-03-01", approve("b", casetest.HashOf("av")), doc)
			c.Tell("2020-02-15", &domain.MemberWithdrew{Basis: "x", Member: "b"}, doc)
		},
		want: replay.Finding{Rule: "R0302", Subject: "b", Events: []uint64{3}, Args: args("day", "2020-03-01", "rule", "not-a-member", "text", "av", "type", "member-deliberated")},
		without: func(c *casetest.Teller) {
			c.Tell("2020-02-01", draft(nil), doc)
			c.Tell("2020-03-01", approve("b", casetest.HashOf("av")), doc)
			c.Tell("2020-03-15", &domain.MemberWithdrew{Basis: "x", Member: "b"}, doc)
		},
	},
	"a weight of one who had left": {
		kind: replay.Contradiction,
		with: func(c *casetest.Teller) {
			c.Tell("2020-03-01", table("", "1", "1"), doc)
			c.Tell("2020-02-15", &domain.MemberWithdrew{Basis: "x", Member: "b"}, doc)
		},
		want:    replay.Finding{Rule: "R0302", Subject: "b", Events: []uint64{2}, Args: args("body", "ag", "day", "2020-03-01", "rule", "not-a-member", "type", "weights-set")},
		without: func(c *casetest.Teller) { c.Tell("2020-03-01", table("", "1", "1"), doc) },
	},
	"a role of one who had left": {
		kind: replay.Contradiction,
		with: func(c *casetest.Teller) {
			c.Tell("2020-03-01", &domain.RoleGiven{Basis: "x", Member: "b", Role: domain.Pilot}, doc)
			c.Tell("2020-02-15", &domain.MemberWithdrew{Basis: "x", Member: "b"}, doc)
		},
		want: replay.Finding{Rule: "R0302", Subject: "b", Events: []uint64{2}, Args: args("day", "2020-03-01", "role", "pilot", "rule", "not-a-member", "type", "role-given")},
		without: func(c *casetest.Teller) {
			c.Tell("2020-03-01", &domain.RoleGiven{Basis: "x", Member: "b", Role: domain.Pilot}, doc)
		},
	},
	"an order form of one who had left": {
		kind: replay.Contradiction,
		with: func(c *casetest.Teller) {
			orders(c)
			c.Tell("2020-02-15", &domain.MemberWithdrew{Basis: "x", Member: "b"}, doc)
		},
		want:    replay.Finding{Rule: "R0302", Subject: "b", Events: []uint64{4}, Args: args("day", "2020-03-01", "order", "O-1", "rule", "not-a-member", "type", "order-issued")},
		without: orders,
	},
	"an order form under an agreement that had ended": {
		kind: replay.Contradiction,
		with: func(c *casetest.Teller) {
			orders(c)
			c.Tell("2020-02-15", &domain.AgreementEnded{Agreement: "ent", Reason: "r"}, doc)
		},
		want: replay.Finding{Rule: "R0321", Subject: "ent", Events: []uint64{4}, Args: args("day", "2020-03-01", "order", "O-1", "rule", "agreement-not-valid", "type", "order-issued")},
		without: func(c *casetest.Teller) {
			orders(c)
			c.Tell("2020-03-02", &domain.AgreementEnded{Agreement: "ent", Reason: "r"}, doc)
		},
	},
	"an order form for a school that closes": {
		kind: replay.Contradiction,
		with: func(c *casetest.Teller) {
			orders(c)
			c.Tell("2020-05-31", &domain.SchoolClosed{School: 1}, doc)
		},
		want: replay.Finding{Rule: "R0425", Subject: "0000000A", Events: []uint64{4}, Args: args("day", "2020-03-01", "order", "O-1", "rule", "school-closed", "type", "order-issued")},
		without: func(c *casetest.Teller) {
			orders(c)
			c.Tell("2020-06-01", &domain.SchoolClosed{School: 1}, doc)
		},
	},
	"an amendment for a school that closes": {
		kind: replay.Contradiction,
		with: func(c *casetest.Teller) {
			orders(c)
			c.Tell("2020-01-01", &domain.SchoolOpened{SchoolFacts: school, School: 2}, doc)
			c.Tell("2020-04-01", &domain.OrderAmended{Number: "O-1", Added: linesFor(2)}, doc)
			c.Tell("2020-05-31", &domain.SchoolClosed{School: 2}, doc)
		},
		want: replay.Finding{Rule: "R0425", Subject: "0000000B", Events: []uint64{6}, Args: args("day", "2020-04-01", "order", "O-1", "rule", "school-closed", "type", "order-amended")},
		without: func(c *casetest.Teller) {
			orders(c)
			c.Tell("2020-01-01", &domain.SchoolOpened{SchoolFacts: school, School: 2}, doc)
			c.Tell("2020-04-01", &domain.OrderAmended{Number: "O-1", Added: linesFor(2)}, doc)
		},
	},
	"an amendment of what was never ordered": {
		kind: replay.Contradiction,
		with: func(c *casetest.Teller) {
			orders(c)
			c.Tell("2020-04-01", &domain.OrderAmended{Number: "O-1", Replaced: linesFor(1)}, doc)
			c.Tell("2020-04-01", &domain.EventCorrected{Kind: domain.Clerical, Reason: "r", Target: 4}, doc)
		},
		want: replay.Finding{Rule: "R0326", Subject: "O-1", Events: []uint64{5}, Args: args("day", "2020-04-01", "rule", "not-yet-ordered", "type", "order-amended")},
		without: func(c *casetest.Teller) {
			orders(c)
			c.Tell("2020-04-01", &domain.OrderAmended{Number: "O-1", Replaced: linesFor(1)}, doc)
		},
	},
	"leaving twice": {
		kind: replay.Contradiction,
		with: func(c *casetest.Teller) {
			c.Tell("2020-03-01", &domain.MemberWithdrew{Basis: "x", Member: "b"}, doc)
			c.Tell("2020-02-15", &domain.MemberWithdrew{Basis: "x", Member: "b"}, doc)
		},
		want: replay.Finding{Rule: "R0302", Subject: "b", Events: []uint64{2}, Args: args("day", "2020-03-01", "rule", "not-a-member", "type", "member-withdrew")},
		without: func(c *casetest.Teller) {
			c.Tell("2020-03-01", &domain.MemberJoined{Basis: "x", Member: "n", Name: "N"}, doc)
			c.Tell("2020-03-01", &domain.MemberWithdrew{Basis: "x", Member: "n"}, doc)
			c.Tell("2020-03-01", &domain.MemberJoined{Basis: "x", Member: "n", Name: "N"}, doc)
		},
	},
	"joining twice": {
		kind: replay.Contradiction,
		with: func(c *casetest.Teller) {
			c.Tell("2020-03-01", &domain.MemberJoined{Basis: "x", Member: "n", Name: "N"}, doc)
			c.Tell("2020-02-15", &domain.MemberJoined{Basis: "x", Member: "n", Name: "N"}, doc)
		},
		want: replay.Finding{Rule: "R0301", Subject: "n", Events: []uint64{2}, Args: args("day", "2020-03-01", "rule", "already-member", "type", "member-joined")},
		without: func(c *casetest.Teller) {
			c.Tell("2020-02-15", &domain.MembersSucceeded{
				Basis: "x", Predecessors: []domain.MemberID{"a"}, Successors: []domain.Named{{Member: "n", Name: "N"}},
			}, doc)
		},
	},
	"weights in a body that was no more": {
		kind: replay.Contradiction,
		with: func(c *casetest.Teller) {
			c.Tell("2020-03-01", table("", "1"), doc)
			c.Tell("2020-02-15", &domain.BodyDissolved{Basis: "x", Body: "ag"}, doc)
		},
		want:    replay.Finding{Rule: "R0304", Subject: "ag", Events: []uint64{2}, Args: args("day", "2020-03-01", "rule", "no-such-body", "type", "weights-set")},
		without: func(c *casetest.Teller) { c.Tell("2020-03-01", table("", "1"), doc) },
	},
	"an avenant that lets in one who came in the meantime": {
		kind: replay.Contradiction,
		with: func(c *casetest.Teller) {
			c.Tell("2020-02-01", draft(func(d *domain.AvenantDrafted) {
				d.Changes = []domain.Change{&domain.MemberJoined{Member: "n", Name: "N"}}
			}), doc)
			carry(c, "2020-03-01")
			c.Tell("2020-02-15", &domain.MemberJoined{Basis: "x", Member: "n", Name: "N"}, doc)
		},
		want: replay.Finding{Rule: "R0301", Subject: "n", Events: []uint64{9}, Args: args("day", "2020-03-01", "rule", "already-member", "type", "avenant-entered-into-force")},
		without: func(c *casetest.Teller) { // in the order of its own changes
			c.Tell("2020-02-01", draft(func(d *domain.AvenantDrafted) {
				d.Changes = []domain.Change{
					&domain.MemberJoined{Member: "n", Name: "N"}, &domain.MemberWithdrew{Member: "n"}, &domain.MemberJoined{Member: "n", Name: "N"},
				}
			}), doc)
			carry(c, "2020-03-01")
		},
	},
	"a substantive correction": {
		kind: replay.SubstantiveCorrection,
		with: func(c *casetest.Teller) {
			n := c.Tell("2020-02-01", table("", "1"), doc)
			c.Tell("2020-02-02", corrected(n, domain.Substantive, "2020-02-01", table("", "2")), doc)
		},
		want: replay.Finding{Subject: "2", Events: []uint64{3, 2}, Args: args("reason", "a slip", "voids", "false")},
		without: func(c *casetest.Teller) {
			n := c.Tell("2020-02-01", table("", "1"), doc)
			c.Tell("2020-02-02", corrected(n, domain.Clerical, "2020-02-01", table("", "2")), doc)
		},
	},
	"an invention": {
		kind:    replay.Illustrative,
		with:    func(c *casetest.Teller) { c.Tell("2020-02-01", table("", "1"), doc, casetest.Invented("the weight")) },
		want:    replay.Finding{Subject: "2", Events: []uint64{2}, Args: args("illustrative", "the weight", "type", "weights-set")},
		without: func(c *casetest.Teller) { c.Tell("2020-02-01", table("", "1"), doc) },
	},
}

func TestFindings(t *testing.T) {
	now := domain.Pair{At: casetest.Day("2021-01-01"), Known: domain.Latest}
	for name, s := range sightings {
		t.Run(name, func(t *testing.T) {
			c := founded(t)
			require.Empty(t, replay.Findings(fold(t, c), now), "the founding is quiet")
			s.with(c)
			want := s.want
			want.Code, want.Name, want.Severity = s.kind.Code, s.kind.Name, s.kind.Severity
			if want.Rule == "" {
				want.Rule = s.kind.Source
			}
			b := fold(t, c)
			require.Equal(t, []replay.Finding{want}, of(s.kind, replay.Findings(b, now)))
			require.NotEmpty(t, of(s.kind, replay.Findings(b, domain.Pair{Known: domain.Latest})), "without a day")
			require.Empty(t, of(s.kind, replay.Findings(b, domain.Pair{At: now.At, Known: 1})), "not yet known")
			require.Empty(t, of(s.kind, replay.Findings(b, domain.Pair{At: casetest.Day("2020-01-31"), Known: domain.Latest})), "not yet effective")

			c = founded(t)
			s.without(c)
			require.Greater(t, c.Group.Head(), uint64(1))
			require.Empty(t, of(s.kind, replay.Findings(fold(t, c), now)))
		})
	}
}

func of(k *replay.FindingKind, found []replay.Finding) (those []replay.Finding) {
	for _, f := range found {
		if f.Code == k.Code {
			those = append(those, f)
		}
	}
	return those
}

// TestFindingKinds: every kind is sighted above, its code and its name are its own, and the codes ascend.
func TestFindingKinds(t *testing.T) {
	kinds := replay.FindingKinds()
	require.NotEmpty(t, kinds)
	names := map[string]bool{}
	for i, k := range kinds {
		require.Regexp(t, `^F0[1-9][0-9]{2}$`, k.Code)
		require.True(t, i == 0 || kinds[i-1].Code < k.Code, k.Code)
		require.False(t, names[k.Name])
		names[k.Name] = true
		require.Contains(t, []string{replay.Info, replay.Warning, replay.Error}, k.Severity)
		require.NotEmpty(t, k.Says)
		require.NotEmpty(t, k.Source)
		sighted := false
		for _, s := range sightings {
			sighted = sighted || s.kind == k
		}
		for _, f := range forgeries {
			sighted = sighted || f.kind == k
		}
		require.True(t, sighted, "nothing produces %s", k.Name)
	}
}

// TestFindingsOrder: by code, then by event.
func TestFindingsOrder(t *testing.T) {
	found := replay.Findings(fold(t, casetest.GrandEst(t)), domain.Pair{Known: domain.Latest})
	require.Equal(t, replay.StatedTotalMismatch.Code, found[0].Code)
	require.Equal(t, map[string]string{"computed": "15", "stated": "16"}, found[0].Args)
	require.True(t, slices.IsSortedFunc(found, func(a, b replay.Finding) int {
		if a.Code != b.Code {
			return slices.Compare([]byte(a.Code), []byte(b.Code))
		}
		return slices.Compare(a.Events, b.Events)
	}))
}

// TestFindingsAreEachOnce: no finding is there twice, so that its identity names it.
func TestFindingsAreEachOnce(t *testing.T) {
	all := 0
	for seed := range uint64(400) {
		b := &replay.Book{Group: &domain.Group{}}
		c := domain.Command{Group: "g", Actor: "a"}
		for i, e := range domaintest.Events(domaintest.Seeded(seed), 50) {
			require.NoError(t, b.Apply(eventstore.NewEnvelope(&c, e, uint64(i)+1, uuid.Nil, domain.Instant(i+1)*1e6)))
		}
		seen := map[string]bool{}
		for _, f := range replay.Findings(b, domain.Pair{Known: b.Head()}) {
			require.False(t, seen[f.Identity()], f.Identity())
			seen[f.Identity()] = true
			all++
		}
	}
	require.Greater(t, all, 1000)
}
