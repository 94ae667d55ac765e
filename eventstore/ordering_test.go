package eventstore

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
)

// TestOrderFormOf2000Lines: an order form is one event, whatever its size, and takes about 14 bytes a line.
func TestOrderFormOf2000Lines(t *testing.T) {
	var lines []domain.Line
	for i := range 2000 {
		lines = append(lines, domain.Line{
			LineKey: domain.LineKey{School: domain.UAI(1 + 26*(680000+i)), Cycle: []domain.Cycle{"college", "lycee", "lycee-professionnel"}[i%3]},
			Kind:    domain.HeadcountKinds[i%3], Day: day("2022-10-01"), UnitPrice: amount("3.20 EUR"), Headcount: must(domain.NewHeadcount(1000 + i)),
		})
	}
	act := &domain.OrderIssued{
		Agreement: "ent-2022", CeilingReason: strings.Repeat("é", 100), From: day("2022-09-01"), Lines: must(domain.PackLines(lines)),
		Member: domain.MemberID(strings.Repeat("m", domain.MaxIDLength)), Number: "BC/2022-17", Until: day("2023-09-01"),
	}
	e := example("order-issued", act)
	body, err := e.Append(nil)
	require.NoError(t, err)
	require.Less(t, len(body), MaxBody/2)
	back, err := Decode(body)
	require.NoError(t, err)
	require.Equal(t, e, back)
	t.Logf("%d bytes", len(body))
}

// TestLinesHaveOneForm: the same lines written otherwise are no event.
func TestLinesHaveOneForm(t *testing.T) {
	e := example("order-issued", &domain.OrderIssued{Agreement: "a", From: day("2022-09-01"), Lines: someLines(), Member: "m", Number: "1", Until: day("2023-09-01")})
	body := string(must(e.Append(nil)))
	first := `{"cycle":"college","day":"2022-06-01","headcounts":"0350122T 0,0680034T 412","kind":"forecast"}`
	require.Contains(t, body, first)
	for _, c := range []struct{ was, is, path string }{
		{"0350122T 0,0680034T 412", "0680034T 412,0350122T 0", "data.lines.0.headcounts"},
		{"0350122T 0,0680034T 412", "0350122T 0,0350122T 0", "data.lines.0.headcounts"},
		{"0350122T 0,0680034T 412", "0350122T 00,0680034T 412", "data.lines.0.headcounts"},
		{"0350122T 0,0680034T 412", "0350122T 0, 0680034T 412", "data.lines.0.headcounts"},
		{"0350122T 0,0680034T 412", "", "data.lines.0.headcounts"},
		{"3.20 EUR", "3.2 EUR", "data.lines.1.unit_price"},
		{`"kind":"forecast"`, `"kind":"guess"`, "data.lines.0.kind"},
		{first, first + "," + first, "data.lines.1"},                                                              // twice
		{first, first + "," + strings.ReplaceAll(first, "0350122T 0,0680034T 412", "0690026D 1"), "data.lines.1"}, // that belong together
		{first, first + "," + strings.ReplaceAll(first, "forecast", "live"), "data.lines"},                        // the same keys
	} {
		require.Contains(t, body, c.was)
		_, err := Decode([]byte(strings.Replace(body, c.was, c.is, 1)))
		requireWireError(t, err, BadValue, c.path)
	}
	_, err := Decode([]byte(strings.Replace(body, "0350122T 0", `0350122T\u00200`, 1)))
	require.Error(t, err)
}

// TestRemovedKeysHaveOneForm: so too the lines that an amendment removes.
func TestRemovedKeysHaveOneForm(t *testing.T) {
	e := example("order-amended", examples()["order-amended"])
	body := string(must(e.Append(nil)))
	for _, c := range []struct{ was, is, path string }{
		{"0350122T,0680034T", "0680034T,0350122T", "data.removed.0.schools"},
		{"0350122T,0680034T", "0350122T,,0680034T", "data.removed.0.schools"},
		{`{"cycle":"lycee","schools":"0750655E"}`, `{"cycle":"college","schools":"0750655E"}`, "data.removed.1"},
	} {
		require.Contains(t, body, c.was)
		_, err := Decode([]byte(strings.Replace(body, c.was, c.is, 1)))
		requireWireError(t, err, BadValue, c.path)
	}
}

// TestCommandOfLines: a command's fields come in any order; its lines as an event has them.
func TestCommandOfLines(t *testing.T) {
	command := func(headcounts string) []byte {
		return fmt.Appendf(nil, `{"group":"g","command":"issue-order","id":"0192f0a4-0000-7000-8000-000000000001","actor":"s","effective":"2022-09-01","data":{
			"number":"1","member":"m","agreement":"a","until":"2023-09-01","from":"2022-09-01",
			"lines":[{"kind":"forecast","headcounts":%q,"day":"2022-06-01","cycle":"college"}]}}`, headcounts)
	}
	c, err := DecodeCommand(command("0350122T ?,0680034T 412"))
	require.NoError(t, err)
	require.NoError(t, c.Check())
	require.Equal(t, 2, c.Act.(*domain.OrderIssued).Lines.Len())
	_, err = DecodeCommand(command("0680034T 412,0350122T ?"))
	requireWireError(t, err, BadValue, "data.lines.0.headcounts")
}

// BenchmarkDecodeOrderForm tells what a line costs when it is read back.
func BenchmarkDecodeOrderForm(b *testing.B) {
	var all []domain.Line
	for i := range 2000 {
		all = append(all, domain.Line{LineKey: domain.LineKey{School: domain.UAI(1 + 26*i), Cycle: "college"}, Kind: domain.Official, Day: day("2022-10-01"), Headcount: must(domain.NewHeadcount(i))})
	}
	e := example("order-issued", &domain.OrderIssued{Agreement: "a", From: day("2022-09-01"), Lines: must(domain.PackLines(all)), Member: "m", Number: "1", Until: day("2023-09-01")})
	body := must(e.Append(nil))
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if _, err := Decode(body); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/2000, "ns/line")
}
