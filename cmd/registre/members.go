package main

import (
	"strings"

	"github.com/spf13/cobra"
)

// membersAnswer is the answer to "members", as far as it is printed.
type membersAnswer struct {
	about
	Members []struct {
		Formerly            []string
		Member, Name, Since string
		Roles               []string
		Why                 []uint64
	}
}

func (a *app) membersVerb() *cobra.Command {
	var why bool
	cmd := &cobra.Command{
		Use:   "members GROUP",
		Short: "Who is a member, since when, formerly whom, and in which role",
		Args:  exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return ask(cmd.Context(), a, a.question("members", args[0], asking("why", yes(why))), a.showMembers)
		},
	}
	whyFlag(cmd, &why)
	return cmd
}

func (a *app) showMembers(m membersAnswer) error {
	a.printf("%s, %s\n\n", m.Group, a.when(m.about))
	t := table{heads: []string{a.tr("membre", "member"), a.tr("nom", "name"), a.tr("depuis", "since"), a.tr("rôle", "role"), a.tr("anciennement", "formerly")}}
	if m.Sources != nil {
		t.heads = append(t.heads, a.tr("d'après", "follows from"))
	}
	for _, row := range m.Members {
		var roles []string
		for _, r := range row.Roles {
			roles = append(roles, a.word(r))
		}
		cells := []string{row.Member, row.Name, row.Since, strings.Join(roles, ", "), strings.Join(row.Formerly, ", ")}
		if m.Sources != nil {
			cells = append(cells, numbers(row.Why))
		}
		t.add(cells...)
	}
	if len(m.Members) == 0 {
		a.printf("%s\n", a.tr("Personne n'est membre.", "Nobody is a member."))
	} else {
		t.print(a.out)
		a.printf("\n%d %s\n", len(m.Members), a.tr("membres", "members"))
	}
	a.close(m.about, "members", m.Group)
	return nil
}
