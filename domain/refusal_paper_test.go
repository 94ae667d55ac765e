package domain

import "github.com/stretchr/testify/require"

// addPapers adds three documents, of which the first is of an award notified on 2019-05-02, the second to be kept for ever, and the
// third erased; and an answer to a finding.
func addPapers(t require.TestingT, g *Group) {
	for _, c := range []Command{
		anyCommand(t, "2020-06-01", paper(1, AwardPaper, "2019-05-02")),
		anyCommand(t, "2020-06-01", paper(2, DeliberationPaper, "")),
		anyCommand(t, "2020-06-01", paper(3, "law", "")),
		anyCommand(t, "2020-06-02", &DocumentErased{Reason: "r", SHA256: Hash{3}}),
		anyCommand(t, "2020-06-02", answering("F0303", 9)),
	} {
		_, err := Enact(g, c)
		require.NoError(t, err, "%+v", c.Act)
	}
}

func paper(n byte, kind, from string) *DocumentAdded {
	return &DocumentAdded{From: dayOf(from), Kind: kind, MediaType: "text/plain", SHA256: Hash{n}, Size: 3}
}

func answering(code string, events ...uint64) *FindingAnswered {
	return &FindingAnswered{Events: events, Finding: code, Text: "it is so"}
}

// dayOf is a day; none for "".
func dayOf(s string) Day {
	if s == "" {
		return 0
	}
	d, err := ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}
