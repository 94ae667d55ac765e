package main

import "github.com/spf13/cobra"

// obligationsAnswer is the answer to "obligations", as far as it is printed.
type obligationsAnswer struct {
	about
	Obligations []struct{ Article, Text string }
}

func (a *app) obligationsVerb() *cobra.Command {
	return &cobra.Command{
		Use:   "obligations GROUP",
		Short: "What the texts in force oblige the members to, in their words",
		Args:  exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return ask(cmd.Context(), a, a.question("obligations", args[0], nil), a.showObligations)
		},
	}
}

func (a *app) showObligations(o obligationsAnswer) error {
	a.printf("%s, %s\n", o.Group, a.when(o.about))
	if len(o.Obligations) == 0 {
		a.printf("\n%s\n", a.tr("Aucune obligation n'est citée.", "No obligation is quoted."))
	}
	for _, d := range o.Obligations {
		a.printf("\n%s %s\n", a.tr("article", "article"), plain(d.Article))
		a.prose("  "+a.tr("« ", "“")+d.Text+a.tr(" »", "”"), 2)
	}
	a.close(o.about, "obligations", o.Group)
	return nil
}
