package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/replay"
)

// TestEvidenceFromElsewhere: the file is the same where the state is this process's, and its findings are made while the events are
// read, as where another process holds the folder and is asked for them.
func TestEvidenceFromElsewhere(t *testing.T) {
	t.Parallel()
	here := demoDesk(t)
	a := newApp(strings.NewReader(""), &bytes.Buffer{}, &bytes.Buffer{})
	a.data = heldHere(here).house.Data
	there, err := a.open(t.Context(), false)
	require.NoError(t, err)
	require.Nil(t, localOf(there))
	require.NotNil(t, localOf(here))
	group := "ent-grand-est"
	for _, known := range []string{"", "#40", "#1"} {
		a.at, a.known = "2024-06-01", known
		var files [2]bytes.Buffer
		for i, d := range []desk{here, there} {
			f, err := a.takeEvidence(t.Context(), d, group)
			require.NoError(t, err)
			require.NoError(t, f.takePapers(t.Context(), false))
			require.NoError(t, f.write(t.Context(), &files[i]))
		}
		require.True(t, bytes.Equal(files[0].Bytes(), files[1].Bytes()), "known %s", known)
	}
}

// TestFindingsPassingBy: the question has what is found in the register read whole.
func TestFindingsPassingBy(t *testing.T) {
	t.Parallel()
	l := heldHere(demoDesk(t))
	book, err := replay.Fold(l.ledger.Events(t.Context(), "ent-grand-est", 0))
	require.NoError(t, err)
	seen := 0
	for known := uint64(1); known <= book.Head(); known += 7 {
		p := domain.Pair{At: on(2024, 6, 1), Known: known}
		raw, err := l.Ask(t.Context(), Question{Kind: "findings", Group: "ent-grand-est", At: p.At.String(), Known: "#" + decimal(known)})
		require.NoError(t, err)
		var answer struct{ Findings json.RawMessage }
		require.NoError(t, json.Unmarshal(raw, &answer))
		a := &asked{Question: book.Question(p), ctx: t.Context(), state: book.Group, head: book.Head(), margin: bookMargin{book}}
		want, err := encode(a.findingsTold(replay.Findings(book, p)).Findings)
		require.NoError(t, err)
		require.JSONEq(t, string(want), string(answer.Findings))
		seen += len(a.findingsTold(replay.Findings(book, p)).Findings)
	}
	require.Greater(t, seen, 100)
}
