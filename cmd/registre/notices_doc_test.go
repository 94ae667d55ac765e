package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/projections"
)

// noticesSay is what each kind of notice is about, and what stands in its data beside what any can have.
var noticesSay = map[string][2]string{
	projections.DecisionWasProclaimed: {"a decision is proclaimed", "`decision`: its outcome, with the voices and members for and against"},
	projections.DecisionWasAsserted:   {"a decision is reported, without its votes", "`decision`"},
	projections.DecisionWasAnnulled:   {"a court annuls a decision", "`decision`, `court`"},
	projections.AnnulmentWasLifted:    {"an annulment is lifted", "`decision`, `court`"},
	projections.AvenantWasDrafted:     {"an avenant is drafted", "`avenant`: how many have approved and signed it"},
	projections.AvenantWasApproved:    {"all who must have approved it", "`avenant`"},
	projections.AvenantInForce:        {"its conditions are complete; sent with the event that completes them", "`avenant`, with the `day` on which it enters into force"},
	projections.AvenantWasAbandoned:   {"it is abandoned", "`avenant`"},
	projections.MembersJoined:         {"members join, by the event or by what it puts into force", "`joined`"},
	projections.MembersLeft:           {"members leave", "`left`"},
	projections.MembersMerged:         {"members take the place of others", "`succession`"},
	projections.SittingWasConvened:    {"a sitting is convened", "`sitting`, with its agenda"},
	projections.SittingWasCancelled:   {"it is cancelled", "`sitting`"},
	projections.SittingWasAdjourned:   {"it is adjourned", "`sitting`, with `why`"},
	projections.OrderWasIssued:        {"an order form is issued", "`order`: how many lines it has"},
	projections.OrderWasAmended:       {"its lines are amended", "`order`: how many were added, replaced, removed"},
	projections.OrderWasCancelled:     {"it is cancelled", "`order`"},
	projections.FigureCorrected:       {"a correction changes a figure that was asked for, or could have been", "`correction`: the event corrected, and each figure with what it was and is"},
	projections.FindingRaised:         {"an audit of a past day finds something", "`finding`: its code, subject and events ([findings.md](findings.md))"},
}

// TestNoticesFile keeps the table in docs/notices.md what the code says.
func TestNoticesFile(t *testing.T) {
	const begins, ends = "<!-- kinds -->\n", "<!-- end of kinds -->"
	table := "| kind | what happened | in `data` |\n|---|---|---|\n"
	for _, kind := range projections.NoticeKinds() {
		require.Contains(t, noticesSay, kind)
		table += fmt.Sprintf("| `%s` | %s | %s |\n", kind, noticesSay[kind][0], noticesSay[kind][1])
	}
	require.Len(t, noticesSay, len(projections.NoticeKinds()))
	const path = "../../docs/notices.md"
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	before, rest, _ := strings.Cut(string(text), begins)
	_, after, found := strings.Cut(rest, ends)
	require.True(t, found)
	want := before + begins + table + ends + after
	if *updateFaults {
		require.NoError(t, os.WriteFile(path, []byte(want), 0o644))
		return
	}
	require.Equal(t, want, string(text), "run: go test ./cmd/registre -run TestNoticesFile -registre.update")
}
