package main

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"
)

// ceilingAnswer is the answer to "ceiling", as far as it is printed.
type ceilingAnswer struct {
	about
	Ceilings []ceilingRow
}

type ceilingRow struct {
	Agreement, Amount, Ceiling, From, Until string
	Lines, Warning                          int
	Past                                    bool
	Percent                                 *int64
	Pupils                                  int64
	UnknownAmount                           int `json:"unknown_amount"`
	UnknownPupils                           int `json:"unknown_pupils"`
}

func (a *app) ceilingVerb() *cobra.Command {
	var why bool
	cmd := &cobra.Command{
		Use:   "ceiling GROUP",
		Short: "How much of each framework agreement's ceiling is ordered",
		Args:  exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return ask(cmd.Context(), a, a.question("ceiling", args[0], asking("why", yes(why))), a.showCeilings)
		},
	}
	whyFlag(cmd, &why)
	return cmd
}

func (a *app) showCeilings(c ceilingAnswer) error {
	a.printf("%s, %s\n\n", c.Group, a.when(c.about))
	t := table{
		heads: []string{a.tr("accord-cadre", "agreement"), a.tr("du", "from"), a.tr("au (exclu)", "until"), a.tr("plafond", "ceiling"), a.tr("montant", "amount"), a.tr("élèves", "pupils"), "%", ""},
		right: map[int]bool{3: true, 4: true, 5: true, 6: true},
	}
	for i := range c.Ceilings {
		r := &c.Ceilings[i]
		ceiling, percent := "–", ""
		if r.Ceiling != "" {
			ceiling = a.ceiling(r.Ceiling)
		}
		if r.Percent != nil {
			percent = strconv.FormatInt(*r.Percent, 10)
		}
		amount := "–"
		if r.Amount != "" {
			amount = known(a.number(r.Amount), r.UnknownAmount)
		}
		t.add(r.Agreement, r.From, r.Until, ceiling, amount, known(strconv.FormatInt(r.Pupils, 10), r.UnknownPupils), percent, a.alarm(r))
	}
	if len(c.Ceilings) == 0 {
		a.printf("%s\n", a.tr("Aucun accord-cadre n'est valide ce jour-là.", "No framework agreement is valid on that day."))
	} else {
		t.print(a.out)
	}
	a.close(c.about, "ceiling", c.Group)
	return nil
}

// known is a sum, "≥" where something of it is unknown.
func known(sum string, unknown int) string {
	if unknown > 0 {
		return "≥ " + sum
	}
	return sum
}

// alarm says how near the ceiling is.
func (a *app) alarm(r *ceilingRow) string {
	switch {
	case r.Past:
		return a.tr("dépassé", "passed")
	case r.Warning > 0:
		return fmt.Sprintf(a.tr("%d %% atteints", "%d %% reached"), r.Warning)
	}
	return ""
}
