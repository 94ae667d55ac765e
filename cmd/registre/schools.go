package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// schoolsAnswer is the answer to "schools", as far as it is printed.
type schoolsAnswer struct {
	about
	Schools, Ended []schoolRow
}

type schoolRow struct {
	Address, Department, Kind, Letter, Name, School, Since, Successor string
	Formerly                                                          []string
	Merged                                                            bool
	Why                                                               []uint64
}

func (a *app) schoolsVerb() *cobra.Command {
	var why bool
	var kind, department string
	cmd := &cobra.Command{
		Use:   "schools GROUP [--kind KIND] [--department NUMBER]",
		Short: "Which schools are open, which have ended, and under which code they go on",
		Args:  exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			more := asking("kind", kind, "department", department, "why", yes(why))
			return ask(cmd.Context(), a, a.question("schools", args[0], more), func(s schoolsAnswer) error {
				return a.showSchools(&s, kind, department)
			})
		},
	}
	cmd.Flags().StringVar(&kind, "kind", "", "only schools of this kind, as college")
	cmd.Flags().StringVar(&department, "department", "", "only schools of this département, as 67")
	whyFlag(cmd, &why)
	return cmd
}

func (a *app) showSchools(s *schoolsAnswer, kind, department string) error {
	a.printf("%s, %s\n\n", s.Group, a.when(s.about))
	if len(s.Schools) == 0 {
		a.printf("%s\n", a.tr("Aucun établissement n'est ouvert.", "No school is open."))
	} else {
		a.schoolsTable(s.Schools, s.Sources != nil, a.tr("depuis", "since"), a.tr("anciennement", "formerly"), func(r *schoolRow) string { return strings.Join(r.Formerly, ", ") })
		a.printf("\n%d %s%s\n", len(s.Schools), a.tr("établissement", "school"), plural(len(s.Schools)))
	}
	if len(s.Ended) > 0 {
		a.printf("\n%s\n\n", a.tr("Ont pris fin :", "Have ended:"))
		a.schoolsTable(s.Ended, s.Sources != nil, a.tr("fin", "ended"), a.tr("se poursuit en", "goes on as"), func(r *schoolRow) string { return r.Successor })
	}
	a.showLetters(append(s.Schools, s.Ended...))
	verb := []string{"schools", s.Group}
	for _, f := range [][2]string{{"--kind", kind}, {"--department", department}} {
		if f[1] != "" {
			verb = append(verb, f[0], f[1])
		}
	}
	a.close(s.about, verb...)
	return nil
}

func (a *app) schoolsTable(rows []schoolRow, why bool, since, other string, of func(*schoolRow) string) {
	t := table{heads: []string{"UAI", a.tr("nom", "name"), a.tr("type", "kind"), a.tr("dép.", "dép."), since, other}}
	if why {
		t.heads = append(t.heads, a.tr("d'après", "follows from"))
	}
	for i := range rows {
		r := &rows[i]
		cells := []string{r.School, r.Name, r.Kind, r.Department, r.Since, of(r)}
		if why {
			cells = append(cells, numbers(r.Why))
		}
		t.add(cells...)
	}
	t.print(a.out)
}

// showLetters warns of codes whose letter is not the one that their digits ask for.
func (a *app) showLetters(rows []schoolRow) {
	gap := "\n"
	for _, r := range rows {
		if r.Letter != "" {
			a.printf("%s%s\n", gap, fmt.Sprintf(a.tr("À vérifier : %s finit d'ordinaire par %s.", "To be checked: %s would usually end in %s."), r.School, r.Letter))
			gap = ""
		}
	}
}
