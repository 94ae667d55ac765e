package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

// avenantsAnswer is the answer to "avenants", as far as it is printed.
type avenantsAnswer struct {
	about
	Members []part
	Texts   []textRow
}

type textRow struct {
	Approved, Signed tally
	Fallen           []string
	MissingApproval  []string `json:"missing_approval"`
	MissingSignature []string `json:"missing_signature"`
	OtherText        []string `json:"other_text"`
	SHA256           string
	Since            string
	StatedDay        string `json:"stated_day"`
	Status, Text     string
	Title            string
	WaitsFor         []string `json:"waits_for"`
	Why              []uint64
}

type tally struct {
	Count, Of int
	Share     string
}

func (a *app) avenantsVerb() *cobra.Command {
	var why bool
	var text string
	cmd := &cobra.Command{
		Use:   "avenants GROUP [--text TEXT]",
		Short: "Where each text stands, and what it waits for",
		Args:  exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return ask(cmd.Context(), a, a.question("avenants", args[0], asking("text", text, "why", yes(why))), func(b avenantsAnswer) error {
				return a.showAvenants(&b, text)
			})
		},
	}
	cmd.Flags().StringVar(&text, "text", "", "one text, with the part of every member in it: convention, avenant-1 …")
	whyFlag(cmd, &why)
	return cmd
}

func (a *app) showAvenants(b *avenantsAnswer, only string) error {
	a.printf("%s, %s\n", b.Group, a.when(b.about))
	if len(b.Texts) == 0 {
		a.printf("\n%s\n", a.tr("Aucun texte n'est rédigé.", "No text is drafted."))
	}
	for i := range b.Texts {
		a.printf("\n")
		a.showText(&b.Texts[i])
	}
	if len(b.Members) > 0 {
		a.printf("\n")
		a.showParts(b.Members)
	}
	verb := []string{"avenants", b.Group}
	if only != "" {
		verb = append(verb, "--text", only)
	}
	a.close(b.about, verb...)
	return nil
}

// showText is one text on the board: its state, how far it is, and what is missing.
func (a *app) showText(t *textRow) {
	a.prose(fmt.Sprintf("%s — %s", t.Text, t.Title), 2)
	state := "  " + a.word(t.Status) + a.tr(", depuis ", ", since ") + t.Since
	if t.StatedDay != "" {
		state += a.tr(", effet annoncé le ", ", stated to take effect on ") + t.StatedDay
	}
	a.prose(state, 4)
	a.prose("  "+a.tally(&t.Approved, a.tr("approbations", "approved"))+", "+a.tally(&t.Signed, a.tr("signatures", "signed")), 4)
	for _, line := range []struct {
		says  string
		about []string
	}{
		{a.tr("n'ont pas approuvé :", "have not approved:"), t.MissingApproval},
		{a.tr("n'ont pas signé :", "have not signed:"), t.MissingSignature},
		{a.tr("ont approuvé un autre texte :", "approved another text:"), t.OtherText},
		{a.tr("délibération tombée :", "deliberation fallen:"), t.Fallen},
	} {
		if len(line.about) > 0 {
			a.prose("  "+line.says+" "+strings.Join(line.about, ", "), 4)
		}
	}
	if len(t.WaitsFor) > 0 {
		var waits []string
		for _, w := range t.WaitsFor {
			waits = append(waits, a.word("waits-"+w))
		}
		a.prose("  "+a.tr("attend : ", "waits for: ")+strings.Join(waits, ", "), 4)
	}
	if len(t.Why) > 0 {
		a.prose("  "+a.tr("d'après ", "follows from ")+numbers(t.Why), 4)
	}
}

// tally says how many of how many: 7 of 10 approved.
func (a *app) tally(p *tally, done string) string {
	s := fmt.Sprintf(a.tr("%[1]d %[3]s sur %[2]d", "%[1]d of %[2]d %[3]s"), p.Count, p.Of, done)
	if p.Share != "" {
		s += fmt.Sprintf(a.tr(" (il en faut %s)", " (%s are needed)"), p.Share)
	}
	return s
}

func (a *app) showParts(parts []part) {
	t := table{heads: []string{a.tr("membre", "member"), a.tr("délibération", "deliberation"), a.tr("signature", "signature")}}
	for _, p := range parts {
		approved, signed := a.tr("attendue", "missing"), a.tr("attendue", "missing")
		switch {
		case p.Approved:
			approved = a.tr("approuvé", "approved")
		case p.OtherText:
			approved = a.tr("autre texte", "another text")
		case p.Fallen:
			approved = a.tr("tombée", "fallen")
		case !p.MustApprove:
			approved = "–"
		}
		switch {
		case p.Signed:
			signed = a.tr("signé", "signed")
		case !p.MustSign:
			signed = "–"
		}
		t.add(string(p.Member), event(approved, p.Deliberation), event(signed, p.Signature))
	}
	t.print(a.out)
}

// event is a word with the number of the event that it follows from.
func event(word string, n uint64) string {
	if n == 0 {
		return word
	}
	return word + " #" + strconv.FormatUint(n, 10)
}
