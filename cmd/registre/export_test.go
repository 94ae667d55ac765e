package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"registre/cmd/registre/orderfile"
	"registre/cmd/registre/sheet"
	"registre/domain"
	"registre/domain/domaintest"
	"registre/projections"
)

// whatIsBought is a group with agreements, schools of ugly names, and what became of its order forms.
const whatIsBought = `{"command":"found-group","group":"ent","effective":"2017-11-06","actor":"a","data":{"name":"ENT","title":"Convention","changes":[{"change":"member-joined","member":"bas-rhin","name":"Bas-Rhin"},{"change":"member-joined","member":"haut-rhin","name":"Haut-Rhin"},{"change":"member-joined","member":"moselle","name":"=Moselle"}]}}
{"command":"launch-agreement","group":"ent","effective":"2018-09-01","actor":"a","data":{"agreement":"ent-2018","ceiling":"550.00 EUR","contractor":{"name":"Éditeur","siret":"73282932000074"},"title":"ENT","until":"2022-09-01"}}
{"command":"launch-agreement","group":"ent","effective":"2018-09-01","actor":"a","data":{"agreement":"pacifique","ceiling":"90000 pupils","contractor":{"name":"Éditeur","siret":"73282932000074"},"title":"Pacifique","until":"2022-09-01"}}
{"command":"open-school","group":"ent","effective":"2018-09-01","actor":"a","data":{"department":"68","kind":"lycee","name":"=1+1 Lycée","school":"0680034T"}}
{"command":"open-school","group":"ent","effective":"2018-09-01","actor":"a","data":{"department":"68","kind":"college","name":"@Collège","school":"0680035U"}}
{"command":"open-school","group":"ent","effective":"2018-09-01","actor":"a","data":{"department":"67","kind":"college","name":"-Collège \"Les Prés\"; l'ancien","school":"0670001A"}}
{"command":"open-school","group":"ent","effective":"2018-09-01","actor":"a","data":{"department":"67","kind":"college","name":"'+33 Collège","school":"0670002B"}}
{"command":"issue-order","group":"ent","effective":"2020-06-15","actor":"a","data":{"agreement":"ent-2018","from":"2020-09-01","lines":[{"cycle":"lycee","day":"2020-06-15","headcounts":"0680034T 412","kind":"forecast","unit_price":"0.07 EUR"}],"member":"haut-rhin","number":"BC-1","until":"2021-09-01"}}
{"command":"issue-order","group":"ent","effective":"2020-06-16","actor":"a","data":{"agreement":"ent-2018","from":"2020-09-01","lines":[{"cycle":"college","day":"2020-06-15","headcounts":"0680034T ?,0680035U 30","kind":"forecast"},{"cycle":"college","day":"2020-06-16","headcounts":"0670001A 0","kind":"live","unit_price":"1234.50 EUR"}],"member":"bas-rhin","number":"BC-2","until":"2021-09-01"}}
{"command":"issue-order","group":"ent","effective":"2020-10-01","actor":"a","data":{"agreement":"ent-2018","from":"2020-11-01","lines":[{"cycle":"college","day":"2020-10-01","headcounts":"0680035U 75","kind":"official","unit_price":"1.10 EUR"}],"member":"moselle","number":"BC-3","overlap_reason":"=transfert","until":"2021-09-01"}}
{"command":"issue-order","group":"ent","effective":"2020-10-02","actor":"a","data":{"agreement":"pacifique","from":"2020-11-01","lines":[{"cycle":"segpa","day":"2020-10-01","headcounts":"0670002B 12","kind":"official","unit_price":"3.20 XPF"}],"member":"moselle","number":"BC-4","until":"2021-09-01"}}
{"command":"amend-order","group":"ent","effective":"2020-10-15","actor":"a","data":{"number":"BC-1","replaced":[{"cycle":"lycee","day":"2020-10-10","headcounts":"0680034T 418","kind":"official","unit_price":"0.07 EUR"}],"added":[{"cycle":"college","day":"2020-10-10","headcounts":"0670001A ?","kind":"official"}],"overlap_reason":"deux fois"}}
{"command":"amend-order","group":"ent","effective":"2020-12-01","actor":"a","data":{"number":"BC-2","removed":[{"cycle":"college","schools":"0680035U"}]}}
{"command":"succeed-members","group":"ent","effective":"2021-01-01","actor":"a","data":{"basis":"loi 2019-816","predecessors":["bas-rhin","haut-rhin"],"successors":[{"member":"cea","name":"CeA"}]}}
{"command":"issue-order","group":"ent","effective":"2021-01-10","actor":"a","data":{"agreement":"ent-2018","from":"2021-02-01","lines":[{"cycle":"college","day":"2021-01-10","headcounts":"0670002B 5","kind":"live"}],"member":"cea","number":"BC-5","until":"2021-09-01"}}
{"command":"move-school","group":"ent","effective":"2021-03-01","actor":"a","data":{"school":"0680034T","to":"0690026D"}}
{"command":"cancel-order","group":"ent","effective":"2021-04-01","actor":"a","data":{"number":"BC-5","reason":"erreur"}}
{"command":"amend-order","group":"ent","effective":"2021-05-01","actor":"a","data":{"number":"BC-1","removed":[{"cycle":"college","schools":"0670001A"}]}}
`

// withoutOrders are the commands of a file that are not of order forms.
func withoutOrders(commands string) string {
	var b strings.Builder
	for line := range strings.Lines(commands) {
		if !strings.Contains(line, `-order"`) {
			b.WriteString(line)
		}
	}
	return b.String()
}

// begun is a folder with a register of these commands.
func begun(t *testing.T, commands string) string {
	onOneDay()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "c.jsonl"), []byte(commands), 0o600))
	out, exit := command(t, dir, "record", "c.jsonl")
	require.Zero(t, exit, out)
	return dir
}

// everyDay is what the enrolment of a register is, on every day, by these dimensions.
func everyDay(t *testing.T, dir, by string, more ...string) string {
	out, exit := command(t, dir, append([]string{"enrolment", "ent", "--series", "2018-01-01..2023-12-31", "--by", by, "--json"}, more...)...)
	require.Zero(t, exit, out)
	var answer struct{ Series json.RawMessage }
	require.NoError(t, json.Unmarshal([]byte(out), &answer))
	require.Greater(t, len(answer.Series), 1000)
	return string(answer.Series)
}

// TestExportedLinesImportAgain: the lines of all days, taken into a register without order forms, give the same totals on
// every day, whatever the format, and taken in once more change nothing.
func TestExportedLinesImportAgain(t *testing.T) {
	oneByOne(t)
	from := begun(t, whatIsBought)
	dimensions := []string{"formerly,cycle", "member,agreement", "school,headcount-kind", "school-kind,school-year"}
	for _, c := range [][2]string{{"csv", "fr"}, {"csv", "en"}, {"xlsx", "fr"}, {"ods", "fr"}, {"ods", "en"}, {"jsonl", "fr"}} {
		t.Run(c[0]+" "+c[1], func(t *testing.T) {
			file := filepath.Join(from, c[1]+"."+c[0])
			out, exit := command(t, from, "export", "lines", "ent", file, "--history", "--lang", c[1])
			require.Zero(t, exit, out)
			to := begun(t, withoutOrders(whatIsBought))
			out, exit = command(t, to, "import", "orders", "ent", file, "--lang", "en")
			require.Zero(t, exit, out)
			for _, by := range dimensions {
				assert.Equal(t, everyDay(t, from, by), everyDay(t, to, by), by)
			}
			out, exit = command(t, to, "import", "orders", "ent", file, "--json")
			require.Zero(t, exit, out)
			var again importAnswer
			require.NoError(t, json.Unmarshal([]byte(out), &again))
			require.Len(t, again.Orders, 5)
			for _, o := range again.Orders {
				assert.Equal(t, importUnchanged, o.Status, o.Number)
			}
		})
	}
}

// TestHistoriesReadAgain: what random order forms ever said is the same once it was written to a file and read from it, in
// each format.
func TestHistoriesReadAgain(t *testing.T) {
	oneByOne(t)
	changed, removed := 0, 0
	for seed := range uint64(120) {
		g := new(domain.Group)
		for _, e := range domaintest.Events(domaintest.Seeded(seed), 160) {
			g = domain.Evolve(g, e)
		}
		answer := projections.LineHistory(g, projections.Question{Group: "g", At: domaintest.First, Known: domain.Latest}, nil)
		raw, err := json.Marshal(answer)
		require.NoError(t, err)
		var lines linesAnswer
		require.NoError(t, json.Unmarshal(raw, &lines))
		if len(lines.Lines) == 0 {
			continue
		}
		a := newApp(nil, nil, nil)
		a.lang = []string{"fr", "en"}[seed%2]
		e := exporting{a: a, group: "g", history: true}
		x := e.linesTable(&lines)
		format := []sheet.Format{sheet.CSV, sheet.XLSX, sheet.ODS, sheet.JSONLines}[seed%4]
		forms := formsOf(t, a, x, format)
		require.Len(t, forms, len(slices.Compact(slices.Sorted(func(yield func(string) bool) {
			for _, l := range lines.Lines {
				yield(l.Order)
			}
		}))))
		for _, form := range forms {
			says := map[domain.LineKey]domain.Line{}
			day := form.From
			for c := -1; c < len(form.Changes); c++ {
				if c < 0 {
					for _, l := range form.Lines {
						says[l.LineKey] = l
					}
				} else {
					day = form.Changes[c].Day
					for _, l := range slices.Concat(form.Changes[c].Added, form.Changes[c].Replaced) {
						says[l.LineKey] = l
					}
					for _, k := range form.Changes[c].Removed {
						require.Contains(t, says, k)
						delete(says, k)
						removed++
					}
					changed++
				}
				until := form.Until
				if c+1 < len(form.Changes) {
					until = form.Changes[c+1].Day
				}
				for ; day < until; day++ {
					require.Equal(t, linesOn(g, form.Number, day), says, "%s on %v", form.Number, day)
				}
			}
		}
	}
	require.Greater(t, changed, 50)
	require.Greater(t, removed, 50)
}

// linesOn are the lines of an order form that count on a day.
func linesOn(g *domain.Group, n domain.OrderNumber, day domain.Day) map[domain.LineKey]domain.Line {
	all := map[domain.LineKey]domain.Line{}
	for _, l := range g.EnrolledLines(domain.Now(day), nil) {
		if l.Order == n {
			all[l.LineKey] = l.Line
		}
	}
	return all
}

// formsOf writes an extract to a file, and reads order forms from it.
func formsOf(t *testing.T, a *app, x *extract, format sheet.Format) []orderfile.Form {
	path := filepath.Join(t.TempDir(), "x")
	text, err := a.written(x, "g", format)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, text, 0o600))
	f, err := sheet.Open(path)
	require.NoError(t, err)
	defer f.Close()
	s, err := f.Sheet("")
	require.NoError(t, err)
	table, err := orderfile.Read(f, s, orderfile.Mapping{}, orderfile.Names{
		Member:    func(text string) (domain.MemberID, string, bool) { return domain.MemberID(text), "", true },
		Agreement: func(text string) (domain.AgreementID, string, bool) { return domain.AgreementID(text), "", true },
	}, func(int) {})
	require.NoError(t, err)
	require.Empty(t, table.Faults)
	return table.Forms
}

// TestExportedLinesOpenTheirSchools: the lines of a day name their schools, so that a register can be begun with them.
func TestExportedLinesOpenTheirSchools(t *testing.T) {
	oneByOne(t)
	from := begun(t, whatIsBought)
	var noSchools strings.Builder
	for line := range strings.Lines(withoutOrders(whatIsBought)) {
		if !strings.Contains(line, `-school"`) {
			noSchools.WriteString(line)
		}
	}
	names := func(dir string) (all []string) {
		out, exit := command(t, dir, "schools", "ent", "--at", "2020-11-15", "--json")
		require.Zero(t, exit, out)
		var answer schoolsAnswer
		require.NoError(t, json.Unmarshal([]byte(out), &answer))
		for _, s := range answer.Schools {
			all = append(all, s.School+" "+s.Kind+" "+s.Name)
		}
		return all
	}
	for _, format := range []string{"csv", "xlsx", "ods", "jsonl"} {
		file := filepath.Join(from, "day."+format)
		out, exit := command(t, from, "export", "lines", "ent", file, "--at", "2020-11-15")
		require.Zero(t, exit, out)
		to := begun(t, noSchools.String())
		out, exit = command(t, to, "import", "orders", "ent", file, "--open-schools", "--overlap-reason", "as it was on that day", "--lang", "en")
		require.Zero(t, exit, out)
		require.Len(t, names(from), 4)
		assert.Equal(t, names(from), names(to), format)
		total := func(dir string) string {
			out, exit := command(t, dir, "enrolment", "ent", "--at", "2020-11-15", "--by", "formerly,school", "--json")
			require.Zero(t, exit, out)
			var answer struct {
				counted
				Rows json.RawMessage
			}
			require.NoError(t, json.Unmarshal([]byte(out), &answer))
			return fmt.Sprintf("%+v %s", answer.counted, answer.Rows)
		}
		require.Contains(t, total(from), "{Distinct:505 Gross:535 Lines:7 Unknown:1}")
		assert.Equal(t, total(from), total(to), format)
	}
}
