package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"registre/domain"
	"registre/projections"
)

// rightsKind is the question that only the house register answers.
func rightsKind() kind {
	k := asks("rights", "Of the house register: who could act in the doors on that day, and as what", rightsAsked,
		anID("in", "in one group"), anID("principal", "one principal"), aWord("role", "in one role", domain.PrincipalRoles()...))
	k.ofHouse = true
	return k
}

func rightsAsked(a *asked) (projections.RightsAnswer, error) {
	return projections.Rights(a.state, a.Question, domain.GroupID(a.more["in"]), domain.PrincipalID(a.more["principal"]), a.more["role"]), nil
}

// rightsAnswer is the answer to "rights", as far as it is printed.
type rightsAnswer struct {
	about
	Rights []struct {
		Body, From, Member, Principal, Role, Sitting, Until string
		Event                                               uint64
		Groups                                              []string
		Every                                               bool
	}
}

func (a *app) rightsVerb() *cobra.Command {
	var in, who, role string
	cmd := &cobra.Command{
		Use: "rights [--group GROUP] [--for PSEUDONYM] [--role ROLE]", Short: "Who may act in the doors of the house, or could on a day, and as what", Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(cmd.Context(), a, a.question("rights", string(domain.House), asking("in", in, "principal", who, "role", role)), a.showRights)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&in, "group", "", "in one group")
	flags.StringVar(&who, "for", "", "of one pseudonym")
	flags.StringVar(&role, "role", "", "in one role")
	return cmd
}

func (a *app) showRights(r rightsAnswer) error {
	a.printf("%s\n\n", a.when(r.about))
	t := table{heads: []string{a.tr("droit", "right"), a.tr("pour", "for"), a.tr("comme", "as"), a.tr("où", "where"), a.tr("depuis", "since"), a.tr("jusqu'au", "until")}}
	for _, row := range r.Rights {
		t.add("#"+decimal(row.Event), row.Principal, a.word(row.Role), a.extent(row.Every, row.Groups, row.Member, row.Body, row.Sitting), row.From, row.Until)
	}
	if len(r.Rights) == 0 {
		a.printf("%s\n", a.tr("Personne n'a de droit.", "Nobody has a right."))
	} else {
		t.print(a.out)
	}
	a.close(r.about, "rights")
	return nil
}

// extent says where a right holds.
func (a *app) extent(every bool, groups []string, member, body, sitting string) string {
	where := strings.Join(groups, ", ")
	if every {
		where = a.tr("tous les groupements", "every group")
	}
	for _, of := range [][2]string{{a.tr("membre", "member"), member}, {a.tr("instance", "body"), body}, {a.tr("séance", "sitting"), sitting}} {
		if of[1] != "" {
			where += ", " + of[0] + " " + of[1]
		}
	}
	return where
}

// rightVerb brings rights.
func (a *app) rightVerb() *cobra.Command {
	return under("right", "Say who may act in the doors of the house: grant, end", a.grantVerb(), a.endRightVerb())
}

func (a *app) grantVerb() *cobra.Command {
	var act domain.RightGranted
	var groups []string
	var member, body, sitting, until string
	cmd, b := a.brings("grant PSEUDONYM|me|anonymous --role ROLE (--group GROUP… | --group all) [--member MEMBER | --sitting SITTING | --body BODY] [--until DAY]",
		"A principal may act in a role, from --effective on", 1,
		func(b *bringing, args []string) (_ domain.Act, err error) {
			act.Principal, act.Member, act.Body, act.Sitting = "", domain.MemberID(member), domain.BodyID(body), domain.SittingID(sitting)
			if err := given("--role", act.Role); err != nil {
				return nil, err
			}
			act.Every, act.Groups = groupsNamed(groups)
			if until != "" {
				if act.Until, err = domain.ParseDay(until); err != nil {
					return nil, inFlag("date-unreadable", "--until", until)
				}
			}
			act.Principal, err = a.principalNamed(b.ctx, args[0])
			return &act, err
		})
	b.house = true
	cmd.Long = `A principal (registre people list) may act in the doors of the house, in a role: secretary, member-clerk (with --member), sitting-officer
(with --sitting or --body), auditor, subscriber, operator; or everybody may, as anonymous in the role public. docs/serve.md has the table
of what each may. It counts from --effective on, which is today where it is left out, and ends before --until.`
	flags := cmd.Flags()
	flags.StringVar(&act.Role, "role", "", "what the principal becomes: "+strings.Join(domain.PrincipalRoles(), ", "))
	flags.StringArrayVar(&groups, "group", nil, "a group (repeatable), or all")
	flags.StringVar(&member, "member", "", "of a member's clerk: whose")
	flags.StringVar(&sitting, "sitting", "", "of an officer: of this sitting")
	flags.StringVar(&body, "body", "", "of an officer: of all sittings of this body")
	dayVar(flags, &until, "until", "the first day on which it no longer stands")
	a.completeRights(cmd)
	return cmd
}

// completeRights completes roles and groups.
func (a *app) completeRights(cmd *cobra.Command) {
	for name, completes := range map[string]cobra.CompletionFunc{
		"role": cobra.FixedCompletions(domain.PrincipalRoles(), cobra.ShellCompDirectiveNoFileComp),
		"group": func(cmd *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
			return a.completeGroup(cmd, nil, begun)
		},
	} {
		if err := cmd.RegisterFlagCompletionFunc(name, completes); err != nil {
			panic(err) // there is no such flag
		}
	}
}

// groupsNamed reads --group: all means every.
func groupsNamed(names []string) (every bool, groups []domain.GroupID) {
	for _, g := range names {
		every = every || g == "all"
		groups = append(groups, domain.GroupID(g))
	}
	if every {
		groups = nil
	}
	return every, groups
}

// principalNamed is the principal of a pseudonym, and "me" is whoever runs the program. One that nobody has is refused, since that is most
// often a typing error.
func (a *app) principalNamed(ctx context.Context, name string) (domain.PrincipalID, error) {
	if name == string(domain.Anonymous) {
		return domain.Anonymous, nil
	}
	people, err := a.peopleThere()
	if err != nil {
		return "", err
	}
	if name == "me" {
		name, err = people.me(ctx)
		return domain.PrincipalID(name), err
	}
	return domain.PrincipalID(name), people.knows(name)
}

func (a *app) endRightVerb() *cobra.Command {
	var reason string
	cmd, b := a.brings("end N --reason REASON", "The right that event N granted ends, from --effective on", 1,
		func(_ *bringing, args []string) (domain.Act, error) {
			n, err := readNumber("N", args[0])
			if err != nil {
				return nil, err
			}
			return &domain.RightEnded{Right: n, Reason: nfc(reason)}, given("--reason", reason)
		})
	b.house = true
	cmd.Flags().StringVar(&reason, "reason", "", "why")
	return cmd
}
