package main

import "github.com/spf13/cobra"

// bodiesAnswer is the answer to "bodies", as far as it is printed.
type bodiesAnswer struct {
	about
	Bodies, Ended []bodyRow
}

type bodyRow struct {
	Body, Name, Since, Successor string
	Why                          []uint64
}

func (a *app) bodiesVerb() *cobra.Command {
	var why bool
	cmd := &cobra.Command{
		Use:   "bodies GROUP",
		Short: "Which bodies exist, which have ended, and what took their place",
		Args:  exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return ask(cmd.Context(), a, a.question("bodies", args[0], asking("why", yes(why))), a.showBodies)
		},
	}
	whyFlag(cmd, &why)
	return cmd
}

func (a *app) showBodies(b bodiesAnswer) error {
	a.printf("%s, %s\n\n", b.Group, a.when(b.about))
	if len(b.Bodies) == 0 {
		a.printf("%s\n", a.tr("Il n'y a aucune instance.", "There is no body."))
	}
	a.bodiesTable(b.Bodies, a.tr("depuis", "since"), b.Sources != nil)
	if len(b.Ended) > 0 {
		a.printf("\n%s\n\n", a.tr("Ont pris fin :", "Have ended:"))
		a.bodiesTable(b.Ended, a.tr("fin", "ended"), b.Sources != nil)
	}
	a.close(b.about, "bodies", b.Group)
	return nil
}

func (a *app) bodiesTable(rows []bodyRow, since string, why bool) {
	if len(rows) == 0 {
		return
	}
	t := table{heads: []string{a.tr("instance", "body"), a.tr("nom", "name"), since, a.tr("remplacée par", "replaced by")}}
	if why {
		t.heads = append(t.heads, a.tr("d'après", "follows from"))
	}
	for _, row := range rows {
		cells := []string{row.Body, row.Name, row.Since, row.Successor}
		if why {
			cells = append(cells, numbers(row.Why))
		}
		t.add(cells...)
	}
	t.print(a.out)
}
