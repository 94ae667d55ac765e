package main

import (
	"github.com/spf13/cobra"

	"registre/domain"
	"registre/eventstore"
)

// weightsAnswer is the answer to "weights", as far as it is printed.
type weightsAnswer struct {
	about
	Body        string
	Members     []weightRow
	StatedTotal string `json:"stated_total"`
	Total       string
}

type weightRow struct {
	Member, Weight string
	Undetermined   bool
	Why            []uint64
}

// doubt is an event whose day is known only as a month or a year.
type doubt struct {
	Effective string
	Event     uint64
}

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
			return ask(cmd.Context(), a, a.question("weights", args[0], asking("body", body, "why", yes(why))), a.showWeights)
		},
	}
	cmd.Flags().StringVar(&body, "body", "", "the body: ag, cogouv …")
	whyFlag(cmd, &why)
	return cmd
}

func (a *app) showWeights(w weightsAnswer) error {
	a.printf("%s, %s\n\n", w.Body, a.when(w.about))
	if len(w.Members) == 0 {
		a.printf("%s\n", a.tr("Personne n'y porte de voix.", "Nobody holds a weight there."))
	} else {
		a.weightsTable(&w).print(a.out)
	}
	if w.StatedTotal != "" && w.StatedTotal != w.Total {
		a.printf("\n%s\n", format(a.tr("Le document annonce %[1]s ; les voix font %[2]s.", "The document states %[1]s; the weights sum to %[2]s."), a.number(w.StatedTotal), a.number(w.Total)))
	}
	a.close(w.about, "weights", w.Group, "--body", w.Body)
	return nil
}

func (a *app) weightsTable(w *weightsAnswer) *table {
	t := &table{heads: []string{a.tr("membre", "member"), a.tr("voix", "weight")}, right: map[int]bool{1: true}}
	because := w.Sources != nil
	if because {
		t.heads = append(t.heads, a.tr("d'après", "follows from"))
	}
	for _, m := range w.Members {
		row := []string{m.Member, a.weight(m)}
		if because {
			row = append(row, numbers(m.Why))
		}
		t.add(row...)
	}
	if w.Total != "" {
		t.add(append([]string{a.tr("total", "total"), a.number(w.Total)}, make([]string, len(t.heads)-2)...)...)
	}
	return t
}

func (a *app) weight(m weightRow) string {
	if m.Undetermined {
		return a.tr("indéterminé", "undetermined")
	}
	return a.number(m.Weight)
}
