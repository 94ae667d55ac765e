package projections_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/projections"
	"registre/projections/casetest"
)

// ordered is a group that orders, whose members merge, and one of whose schools moves.
func ordered(t require.TestingT) *domain.Group {
	school := func(s string) domain.UAI {
		u, err := domain.ParseUAI(s)
		require.NoError(t, err)
		return u
	}
	line := func(u string, cycle domain.Cycle, pupils int) domain.Line {
		h, err := domain.NewHeadcount(pupils)
		if pupils < 0 {
			h, err = domain.UnknownHeadcount, nil
		}
		require.NoError(t, err)
		return domain.Line{LineKey: domain.LineKey{School: school(u), Cycle: cycle}, Headcount: h, Kind: domain.Forecast, Day: casetest.Day("2020-06-01")}
	}
	packed := func(lines ...domain.Line) domain.Lines {
		p, err := domain.PackLines(lines)
		require.NoError(t, err)
		return p
	}
	price, err := domain.NewMoney(320, "EUR")
	require.NoError(t, err)
	priced := line("0680034T", "lycee", 412)
	priced.UnitPrice = price
	g := &domain.Group{}
	for _, said := range []struct {
		on  string
		act domain.Act
	}{
		{"2017-11-06", &domain.GroupFounded{Name: "G", Title: "Convention", Changes: []domain.Change{
			&domain.MemberJoined{Member: "bas-rhin", Name: "B"}, &domain.MemberJoined{Member: "haut-rhin", Name: "H"}, &domain.MemberJoined{Member: "moselle", Name: "M"},
		}}},
		{"2018-09-01", &domain.AgreementLaunched{Agreement: "ent", Contractor: domain.Contractor{Name: "Editor", SIRET: 73282932000074}, Title: "ENT", Until: casetest.Day("2020-09-01"), Ceiling: domain.Ceiling{Pupils: 90000}}},
		{"2020-09-01", &domain.AgreementRenewed{Agreement: "ent", Until: casetest.Day("2022-09-01")}},
		{"2018-09-01", &domain.SchoolOpened{SchoolFacts: domain.SchoolFacts{Address: "1 rue", Department: "68", Kind: "lycee", Name: "L"}, School: school("0680034T")}},
		{"2018-09-01", &domain.SchoolOpened{SchoolFacts: domain.SchoolFacts{Department: "67", Kind: "college", Name: "C"}, School: school("0670001A")}},
		{"2020-06-15", &domain.OrderIssued{Agreement: "ent", From: casetest.Day("2020-09-01"), Lines: packed(priced, line("0670001A", "college", -1)), Member: "haut-rhin", Number: "BC/20-17", Until: casetest.Day("2021-09-01")}},
		{"2020-06-16", &domain.OrderReceived{Number: "BC/20-17"}},
		{"2020-06-15", &domain.OrderIssued{Agreement: "ent", From: casetest.Day("2020-09-01"), Lines: packed(line("0670001A", "college", 12)), Member: "moselle", Number: "57-1", OverlapReason: "reprise", Until: casetest.Day("2021-09-01")}},
		{"2020-10-01", &domain.OrderAmended{Number: "BC/20-17", OverlapReason: "reprise", Replaced: packed(line("0670001A", "college", 0))}},
		{"2020-12-01", &domain.SchoolMoved{Address: "2 rue", School: school("0680034T"), To: school("0690026D")}},
		{"2021-01-01", &domain.MembersSucceeded{Basis: "loi", Predecessors: []domain.MemberID{"bas-rhin", "haut-rhin"}, Successors: []domain.Named{{Member: "cea", Name: "CeA"}}}},
		{"2021-02-01", &domain.OrderCancelled{Number: "57-1", Reason: "erreur"}},
		{"2021-06-01", &domain.AgreementEnded{Agreement: "ent", Reason: "fin"}},
	} {
		_, err := domain.Enact(g, domain.Command{ID: uuid.UUID{15: 1}, Group: "g", Effective: domain.OnDay(casetest.Day(said.on)), Actor: "s", Act: said.act})
		require.NoError(t, err, "%s", said.on)
	}
	return g
}

// TestOrdering asks what a group orders, and compares the answers, to the byte, with testdata.
func TestOrdering(t *testing.T) {
	g := ordered(t)
	on := func(day string, known uint64) projections.Question {
		return projections.Question{Group: "g", At: casetest.Day(day), Known: known}
	}
	const all = domain.Latest
	for name, answer := range map[string]any{
		"agreements-2017":          projections.Agreements(g, on("2017-12-31", all), false),
		"agreements-2020-why":      projections.Agreements(g, on("2020-10-01", all), true),
		"agreements-2021-ended":    projections.Agreements(g, on("2021-06-01", all), false),
		"schools-2020":             projections.Schools(g, on("2020-06-01", all), false),
		"schools-2021-moved-why":   projections.Schools(g, on("2021-01-01", all), true),
		"orders-2020-08":           projections.Orders(g, on("2020-08-01", all), false),
		"orders-2021-why":          projections.Orders(g, on("2021-02-01", all), true),
		"orders-2021-before-known": projections.Orders(g, on("2021-02-01", 9), false),
		"order-2020-09":            projections.Order(g, on("2020-09-01", all), "BC/20-17", false),
		"order-2021-why":           projections.Order(g, on("2021-01-01", all), "BC/20-17", true),
		"order-none":               projections.Order(g, on("2021-01-01", all), "none", false),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := projections.Encode(answer)
			require.NoError(t, err)
			requireCanonical(t, got)
			file := filepath.Join("testdata", "ordering", name+".json")
			want, err := os.ReadFile(file)
			if os.IsNotExist(err) && *add {
				require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
				require.NoError(t, os.WriteFile(file, append(got, '\n'), 0o644))
				return
			}
			require.NoError(t, err)
			require.Equal(t, string(want), string(got)+"\n")
		})
	}
}
