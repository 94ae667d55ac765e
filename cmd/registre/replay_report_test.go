package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/replay"
)

// severalFound are findings of a kind, each of an event of its own.
func severalFound(k *replay.FindingKind, n int) (all []replayedFinding) {
	for i := range uint64(n) {
		all = append(all, replayedFinding{
			Finding: replay.Finding{Code: k.Code, Name: k.Name, Severity: k.Severity, Rule: k.Source, Events: []uint64{i + 1}},
			Facts:   []foundEvent{{Effective: "2020-01-01", Number: i + 1, Recorded: "2020-02-02T10:00:00.000000Z", Type: "weights-set"}},
			Says:    inBoth{EN: fmt.Sprintf("%s number %d.", k.Code, i+1)}, Settles: inBoth{EN: k.Settles},
			Documents: []foundDocument{{Event: i + 1, Kind: "minutes", Reference: fmt.Sprintf("M-%d\nof the day", i+1)}},
		})
	}
	return all
}

// TestReportByKind: a report tells what a kind of finding means, its rule and what would settle it once, however many there are of it;
// each finding has a row with its number, an error before all warnings; of very many it lists the first, and says where all are.
func TestReportByKind(t *testing.T) {
	late, asserted, contradiction := severalFound(replay.StatedDayPassed, 2), severalFound(replay.AssertedWithoutDocument, reportRows+7), severalFound(replay.Contradiction, 3)
	for i, rule := range []*domain.Rule{domain.NotMember, domain.NoBody, domain.NotMember} {
		contradiction[i].Rule = rule.Code
	}
	late[1].Answers = []replay.Answer{{Actor: "who", Effective: domain.OnDay(0), Event: 9, Text: "explained"}}
	contradiction[0].Answers = []replay.Answer{{Actor: "who", Earlier: []uint64{7, 8}, Effective: domain.OnDay(0), Event: 10, Text: "before"}}
	late[1].Answered, late[1].Illustrative, late[0].New = true, true, true
	late[0].Facts = append(late[0].Facts, foundEvent{Effective: "2021", Number: 8, Recorded: "2021-02-02T10:00:00.000000Z", Type: "weights-set"})
	answer := &replayAnswer{At: "2026-01-02", Groups: []replayedGroup{{Group: "g", Known: 600, Findings: slices.Concat(late, asserted, contradiction)}}}
	var text bytes.Buffer
	require.NoError(t, (&app{lang: "en"}).writeReport(&text, answer, ""))
	report := text.String()
	for k, want := range map[*replay.FindingKind]string{
		replay.StatedDayPassed: "warning; 2 findings, 1 of them answered", replay.AssertedWithoutDocument: "warning; 507 findings", replay.Contradiction: "error; 3 findings",
	} {
		require.Equal(t, 1, strings.Count(report, "<h3>"+k.Code+" – "+k.Says+"</h3>"), k.Code)
		require.Equal(t, 1, strings.Count(report, "<dd>"+want+"</dd>"), k.Code)
		require.Equal(t, 1, strings.Count(report, k.Settles), k.Code)
	}
	for _, all := range [][]replayedFinding{late, asserted[:reportRows], contradiction} {
		for i := range all {
			require.Equal(t, 1, strings.Count(report, ">"+all[i].Says.EN), all[i].Says.EN)
		}
	}
	require.NotContains(t, report, asserted[reportRows].Says.EN)
	require.Contains(t, report, "<p class=\"small\">The first 500 of 507; all of them are in the table that `registre replay g --at 2026-01-02 --known &#39;#600&#39; --csv FILE` writes.</p>")
	require.Contains(t, report, `<tr><td>F0204</td><td>warning</td><td>`+replay.StatedDayPassed.Says+`</td><td class="r">2</td><td>4–5</td></tr>`)
	require.Contains(t, report, `<tr><td class="r">3</td><td>F0401 number 3. [`+domain.NotMember.Code+`]</td><td>#3 `)
	require.Equal(t, 1, strings.Count(report, "<dd>"+domain.NotMember.Code+" – "))
	require.Equal(t, 1, strings.Count(report, "<dd>"+domain.NoBody.Code+" – "))
	require.Contains(t, report, "F0204 number 1. [new]</td><td>#1 weights set<br>2020-01-01 / 2020-02-02 10:00<br>#8 weights set<br>2021 / 2021-02-02 10:00</td><td>#1 M-1 of the day (no hash)</td>")
	require.Contains(t, report, "F0204 number 2. [illustrative]<br>Answer: explained (#9, ")
	require.Contains(t, report, "Answer: before (#10, "+late[1].Answers[0].Effective.String()+", who; without document) [of an earlier form: #7 #8]")
	require.Equal(t, 1, strings.Count(report, "earlier form"))
	require.Contains(t, report, `<td class="r">6</td><td>F0303 number 1.</td>`)
	require.Contains(t, report, `<p class="stamp"`)
}

// TestReportMarksRemarks: the first remark of a kind bears its marks, the new ones are counted, and where events are cut off it is said
// where they all are.
func TestReportMarksRemarks(t *testing.T) {
	few, many := severalFound(replay.CeilingNear, 3), severalFound(replay.Late, 400)
	few[0].Illustrative, few[1].New, few[2].New = true, true, true
	group := replayedGroup{Group: "g", Known: 600, Findings: few, Count: severities{Infos: len(few)}}
	report := func() string {
		var text bytes.Buffer
		require.NoError(t, (&app{lang: "en"}).writeReport(&text, &replayAnswer{At: "2026-01-02", Groups: []replayedGroup{group}}, ""))
		return text.String()
	}
	const cut = "<p class=\"small\">Of many events the first stand here; all are in the table that `registre replay g --at 2026-01-02 --known &#39;#600&#39; --csv FILE` writes.</p>"
	code := few[0].Code
	require.Contains(t, report(), `<tr><td>`+code+`</td><td class="r">3, 2 new</td><td>`+code+` number 1. [illustrative]</td><td>#1–#3</td></tr>`)
	require.NotContains(t, report(), cut)
	few[1].New, few[2].New = false, false
	require.Contains(t, report(), `<td class="r">3</td>`)
	for i := range many {
		many[i].Events[0] *= 7
	}
	group.Findings, group.Count.Infos = many, len(many)
	require.Contains(t, report(), "#182 #189 …</td></tr>")
	require.Contains(t, report(), cut)
	group.Since = &sinceKept{Known: 500}
	require.Contains(t, report(), strings.Replace(cut, " --csv", " --from CHECKPOINT --csv", 1))
}

// TestReportSaysWhyItEnds: where what lies aside cannot be read, there is no report.
func TestReportSaysWhyItEnds(t *testing.T) {
	dir := t.TempDir()
	aside := newReplayAside(dir)
	defer aside.remove()
	g := replayedGroup{aside: aside.of(0)}
	for i := range 30_000 {
		f := severalFound(replay.AssertedWithoutDocument, 1)[0]
		f.Events[0] = uint64(i + 1)
		require.NoError(t, g.aside.lay(foundNow, &f))
		g.count(&f)
	}
	answer := &replayAnswer{Groups: []replayedGroup{g}}
	var text bytes.Buffer
	require.NoError(t, (&app{lang: "fr"}).writeReport(&text, answer, ""))
	require.NotEmpty(t, text.String())
	require.NoError(t, answer.writeJSON(&text))
	cutAside(t, dir)
	for _, err := range []error{(&app{lang: "fr"}).writeReport(&text, answer, ""), answer.writeJSON(&text), (&app{lang: "fr", out: &text}).showReplay(answer, true)} {
		require.Error(t, err)
		require.Equal(t, "aside-unwritable", faultOf(err).Name)
	}
}

// cutAside cuts off what lies aside in a folder, where it has no name.
func cutAside(t *testing.T, dir string) {
	const open = "/proc/self/fd"
	files, err := os.ReadDir(open)
	require.NoError(t, err)
	cut := 0
	for _, f := range files {
		if to, err := os.Readlink(filepath.Join(open, f.Name())); err == nil && strings.HasPrefix(to, dir) {
			require.NoError(t, os.Truncate(filepath.Join(open, f.Name()), 0))
			cut++
		}
	}
	require.Positive(t, cut, "nothing lies aside: the test sees nothing of it")
}
