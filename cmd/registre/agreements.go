package main

import (
	"strings"

	"github.com/spf13/cobra"
)

// agreementsAnswer is the answer to "agreements", as far as it is printed.
type agreementsAnswer struct {
	about
	Agreements []struct {
		Agreement, Launched, Reason, Title string
		Contractor                         struct{ Name, SIRET string }
		Orderers                           []string
		Periods                            []struct{ Ceiling, From, Until string }
		Valid                              bool
		Why                                []uint64
	}
}

func (a *app) agreementsVerb() *cobra.Command {
	var why bool
	cmd := &cobra.Command{
		Use:   "agreements GROUP",
		Short: "Which framework agreements there are, with whom, valid when, and up to which ceiling",
		Args:  exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return ask(cmd.Context(), a, a.question("agreements", args[0], asking("why", yes(why))), a.showAgreements)
		},
	}
	whyFlag(cmd, &why)
	return cmd
}

func (a *app) showAgreements(answer agreementsAnswer) error {
	a.printf("%s, %s\n", answer.Group, a.when(answer.about))
	if len(answer.Agreements) == 0 {
		a.printf("\n%s\n", a.tr("Il n'y a aucun accord-cadre.", "There is no framework agreement."))
	}
	for _, row := range answer.Agreements {
		a.printf("\n")
		a.prose(row.Agreement+" — "+row.Title, 2)
		a.prose("  "+a.tr("titulaire : ", "contractor: ")+row.Contractor.Name+", SIRET "+row.Contractor.SIRET, 4)
		who := strings.Join(row.Orderers, ", ")
		if who == "" {
			who = a.tr("tous les membres", "every member")
		}
		a.prose("  "+a.tr("commandent : ", "may order: ")+who, 4)
		for _, p := range row.Periods {
			a.prose("  "+a.span(p.From, p.Until)+a.sayCeiling(p.Ceiling), 4)
		}
		switch {
		case row.Reason != "":
			a.prose("  "+a.tr("il y a été mis fin : ", "was ended: ")+row.Reason, 4)
		case !row.Valid:
			a.prose("  "+a.tr("n'est pas valide ce jour-là", "is not valid on that day"), 4)
		}
		if len(row.Why) > 0 {
			a.prose("  "+a.tr("d'après ", "follows from ")+numbers(row.Why), 4)
		}
	}
	a.close(answer.about, "agreements", answer.Group)
	return nil
}

// span is the days from one on and before another.
func (a *app) span(from, until string) string {
	return a.tr("du ", "from ") + from + a.tr(" au ", " until ") + until + a.tr(" exclu", "")
}
