package main

import (
	"github.com/spf13/cobra"

	"registre/domain"
	"registre/eventstore"
)

// weightsAnswer is the answer to "weights", as far as it is printed.
type weightsAnswer struct {
	At      string
	Body    string
	Known   uint64
	Members []struct {
		Member, Weight string
		Undetermined   bool
		Why            []uint64
	}
	StatedTotal string `json:"stated_total"`
	Total       string
	Doubtful    []doubt
}

// doubt is an event whose day is known only as a month or a year.
type doubt struct {
	Effective string
	Event     uint64
}

func bodyID(a *asked) domain.BodyID { return domain.BodyID(a.more["body"]) }

func nameIn(e *eventstore.Envelope) string {
	if f, ok := e.Act.(*domain.GroupFounded); ok {
		return f.Name
	}
	return ""
}

func (a *app) weightsVerb() *cobra.Command {
	var body string
	var why bool
	cmd := &cobra.Command{
		Use:   "weights GROUP --body BODY",
		Short: "Who holds how many voices in a body",
		Args:  exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if body == "" {
				return misuse("arguments", "", cmd.UseLine())
			}
			more := map[string]string{"body": body}
			if why {
				more["why"] = "yes"
			}
			return ask(cmd.Context(), a, a.question("weights", args[0], more), a.showWeights)
		},
	}
	cmd.Flags().StringVar(&body, "body", "", "the body: ag, cogouv …")
	cmd.Flags().BoolVar(&why, "why", false, "name the events that each figure follows from")
	return cmd
}

func (a *app) showWeights(w weightsAnswer) error {
	a.printf("%s, %s, %s #%d\n\n", w.Body, a.on(w.At), a.tr("connu au", "as known at"), w.Known)
	if len(w.Members) == 0 {
		a.printf("%s\n", a.tr("Personne n'y porte de voix.", "Nobody holds a weight there."))
	}
	t := table{heads: []string{a.tr("membre", "member"), a.tr("voix", "weight")}, right: map[int]bool{1: true}}
	because := false
	for _, m := range w.Members {
		because = because || m.Why != nil
	}
	if because {
		t.heads = append(t.heads, a.tr("d'après", "follows from"))
	}
	for _, m := range w.Members {
		weight := a.number(m.Weight)
		if m.Undetermined {
			weight = a.tr("indéterminé", "undetermined")
		}
		row := []string{m.Member, weight}
		if because {
			row = append(row, numbers(m.Why))
		}
		t.add(row...)
	}
	if w.Total != "" {
		t.add(append([]string{a.tr("total", "total"), a.number(w.Total)}, make([]string, len(t.heads)-2)...)...)
	}
	if len(w.Members) > 0 {
		t.print(a.out)
	}
	if w.StatedTotal != "" && w.StatedTotal != w.Total {
		a.printf("\n%s\n", format(a.tr("Le document annonce %[1]s ; les voix font %[2]s.", "The document states %[1]s; the weights sum to %[2]s."), a.number(w.StatedTotal), a.number(w.Total)))
	}
	a.showDoubts(w.Doubtful)
	return nil
}
