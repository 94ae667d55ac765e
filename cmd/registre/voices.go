package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// voicesAnswer is the answer to "voices", as far as it is printed.
type voicesAnswer struct {
	about
	Bodies []struct {
		Body, Name, Total, Weight string
		Undetermined              bool
		Why                       []uint64
	}
	Decisions []struct {
		Decision decisionRow
		Seat     *seatRow
	}
	IsMember     bool `json:"is_member"`
	Member, Name string
	Proxies      []proxyRow
}

func (a *app) voicesVerb() *cobra.Command {
	var from string
	var why bool
	cmd := &cobra.Command{
		Use:   "voices GROUP MEMBER [--from DAY]",
		Short: "What one member has to say: its weights, its proxies, how it voted",
		Args:  exactly(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return ask(cmd.Context(), a, a.question("voices", args[0], asking("member", args[1], "from", from, "why", yes(why))), func(v voicesAnswer) error {
				return a.showVoices(&v, from)
			})
		},
	}
	dayVar(cmd.Flags(), &from, "from", "only the decisions of that day on")
	whyFlag(cmd, &why)
	cmd.ValidArgsFunction = a.completes(a.membersThere)
	return cmd
}

func (a *app) showVoices(v *voicesAnswer, from string) error {
	a.printf("%s (%s), %s\n", v.Member, plain(v.Name), a.when(v.about))
	if !v.IsMember {
		a.printf("%s\n", a.tr("Ce n'est pas un membre ce jour-là.", "It is no member on that day."))
	}
	a.printf("\n")
	a.voicesTable(v).print(a.out)
	if len(v.Proxies) > 0 {
		a.printf("\n")
	}
	for _, p := range v.Proxies {
		a.prose(fmt.Sprintf(a.tr("Pouvoir, %s (%s) : %s", "Proxy, %s (%s): %s"), p.Sitting, p.Day, a.sayProxy(&p)), 2)
	}
	a.printf("\n")
	if len(v.Decisions) == 0 {
		a.printf("%s\n", a.tr("Aucune décision.", "No decision."))
	} else {
		a.votesTable(v).print(a.out)
	}
	verb := []string{"voices", v.Group, v.Member}
	if from != "" {
		verb = append(verb, "--from", from)
	}
	a.close(v.about, verb...)
	return nil
}

func (a *app) voicesTable(v *voicesAnswer) *table {
	t := &table{heads: []string{a.tr("instance", "body"), a.tr("nom", "name"), a.tr("voix", "voices"), a.tr("de", "of")}, right: map[int]bool{2: true, 3: true}}
	if v.Sources != nil {
		t.heads = append(t.heads, a.tr("d'après", "follows from"))
	}
	for _, b := range v.Bodies {
		weight := a.number(b.Weight)
		switch {
		case b.Undetermined:
			weight = a.tr("indéterminées", "undetermined")
		case weight == "":
			weight = "–"
		}
		cells := []string{b.Body, b.Name, weight, a.number(b.Total)}
		if v.Sources != nil {
			cells = append(cells, numbers(b.Why))
		}
		t.add(cells...)
	}
	return t
}

func (a *app) votesTable(v *voicesAnswer) *table {
	t := &table{heads: []string{"#", a.tr("jour", "day"), a.tr("instance", "body"), a.tr("objet", "subject"), a.tr("voix", "voices"), a.tr("présence", "presence"), a.tr("vote", "vote"), a.tr("résultat", "outcome"), a.tr("en droit", "in law")}, right: map[int]bool{0: true, 4: true}}
	for i := range v.Decisions {
		d, seat := &v.Decisions[i].Decision, v.Decisions[i].Seat
		weight, presence, vote := "", a.tr("hors liste", "not on the roll"), ""
		switch {
		case seat != nil:
			weight, presence, vote = a.number(seat.Weight), a.sayPresence(seat), a.saySeatVote(seat, nil)
		case d.Asserted:
			presence = a.tr("inconnue", "unknown")
		}
		t.add(decimal(d.Number), d.Day, d.Body, d.Title, weight, presence, vote, a.sayDecided(d), a.sayLegal(d))
	}
	return t
}
