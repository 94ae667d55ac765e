package main

import (
	"strings"

	"github.com/spf13/cobra"

	"registre/cmd/registre/typed"
	"registre/domain"
)

// under makes a verb that only holds others.
func under(use, short string, verbs ...*cobra.Command) *cobra.Command {
	verb := &cobra.Command{Use: use, Short: short}
	verb.AddCommand(verbs...)
	return verb
}

func (a *app) memberVerb() *cobra.Command {
	return under("member", "Bring a membership: join, withdraw, succeed", a.joinVerb(), a.withdrawVerb(), a.succeedVerb())
}

func (a *app) joinVerb() *cobra.Command {
	var name string
	var weights []string
	cmd, b := a.brings("join GROUP MEMBER --name NAME --basis BASIS [--weight BODY=WEIGHT]…", "A public body becomes a member", 2,
		func(b *bringing, args []string) (domain.Act, error) {
			if name == "" {
				return nil, misuse("flag-missing", "--name", "")
			}
			act := &domain.MemberJoined{Member: domain.MemberID(args[1]), Name: nfc(name), Basis: nfc(b.basis)}
			for _, s := range weights {
				body, w, err := readPair("--weight", s, typedWeight)
				if err != nil {
					return nil, err
				}
				act.Weights = append(act.Weights, domain.BodyWeight{Body: domain.BodyID(body), Weight: w})
			}
			return act, nil
		})
	cmd.Flags().StringVar(&name, "name", "", "its name")
	cmd.Flags().StringArrayVar(&weights, "weight", nil, "its weight in a body, as cogouv=4.5 or cogouv=4,5; may be repeated")
	return b.withBasis(cmd)
}

func (a *app) withdrawVerb() *cobra.Command {
	cmd, b := a.brings("withdraw GROUP MEMBER --basis BASIS", "A membership ends without a successor", 2,
		func(b *bringing, args []string) (domain.Act, error) {
			return &domain.MemberWithdrew{Member: domain.MemberID(args[1]), Basis: nfc(b.basis)}, nil
		})
	return b.withBasis(cmd)
}

func (a *app) succeedVerb() *cobra.Command {
	var from, to, names, policies []string
	cmd, b := a.brings("succeed GROUP --from MEMBER[,MEMBER]… --to MEMBER --to-name NAME --policy BODY=WAY… --basis BASIS",
		"One member takes the place of several, or several of one", 1,
		func(b *bringing, _ []string) (domain.Act, error) {
			switch {
			case len(from) == 0:
				return nil, misuse("flag-missing", "--from", "")
			case len(to) == 0:
				return nil, misuse("flag-missing", "--to", "")
			case len(names) != len(to):
				return nil, misuse("flag-missing", "--to-name", "")
			}
			act := &domain.MembersSucceeded{Basis: nfc(b.basis)}
			for _, m := range from {
				act.Predecessors = append(act.Predecessors, domain.MemberID(m))
			}
			for i, m := range to {
				act.Successors = append(act.Successors, domain.Named{Member: domain.MemberID(m), Name: nfc(names[i])})
			}
			for _, s := range policies {
				p, err := readPolicy(s)
				if err != nil {
					return nil, err
				}
				act.Policies = append(act.Policies, p)
			}
			return act, nil
		})
	flags := cmd.Flags()
	flags.StringSliceVar(&from, "from", nil, "the members that end, as bas-rhin,haut-rhin")
	flags.StringSliceVar(&to, "to", nil, "the members that take their place")
	flags.StringArrayVar(&names, "to-name", nil, "the name of each, in the same order; may be repeated")
	flags.StringArrayVar(&policies, "policy", nil, "what becomes of the weights in a body: ag=sum, cogouv=keep:MEMBER or cst=set:MEMBER=3,MEMBER=1; may be repeated")
	return b.withBasis(cmd)
}

// readPolicy reads BODY=sum, BODY=keep:MEMBER, BODY=set or BODY=set:MEMBER=WEIGHT,….
func readPolicy(s string) (domain.Policy, error) {
	body, rest, ok := strings.Cut(s, "=")
	way, of, given := strings.Cut(rest, ":")
	p := domain.Policy{Body: domain.BodyID(body), Way: way}
	bad := inFlag("policy-form", "--policy", s)
	switch {
	case !ok || body == "":
		return p, bad
	case way == domain.Sum && !given, way == domain.Set && !given:
		return p, nil
	case way == domain.Keep && of != "":
		p.Of = domain.MemberID(of)
		return p, nil
	case way == domain.Set && of != "":
		var err error
		p.Weights, err = readMemberWeights("--policy", typed.Apart(of), typedWeight)
		return p, err
	}
	return p, bad
}

func (a *app) roleVerb() *cobra.Command {
	give, b := a.brings("give GROUP ROLE MEMBER --basis BASIS", "A member takes a role, from whoever held it", 3,
		func(b *bringing, args []string) (domain.Act, error) {
			return &domain.RoleGiven{Role: args[1], Member: domain.MemberID(args[2]), Basis: nfc(b.basis)}, nil
		})
	b.withBasis(give)
	end, b := a.brings("end GROUP ROLE --basis BASIS", "A role becomes vacant", 2,
		func(b *bringing, args []string) (domain.Act, error) {
			return &domain.RoleEnded{Role: args[1], Basis: nfc(b.basis)}, nil
		})
	b.withBasis(end)
	return under("role", "Bring a role: coordinator or pilot", give, end)
}

func (a *app) bodyVerb() *cobra.Command {
	return under("body", "Bring a body: create, rename, replace, dissolve",
		a.oneBodyVerb("create GROUP BODY --name NAME --basis BASIS", "A body begins", true, func(id domain.BodyID, name, basis string) domain.Act {
			return &domain.BodyCreated{Body: id, Name: name, Basis: basis}
		}),
		a.oneBodyVerb("rename GROUP BODY --name NAME --basis BASIS", "A body has another name", true, func(id domain.BodyID, name, basis string) domain.Act {
			return &domain.BodyRenamed{Body: id, Name: name, Basis: basis}
		}),
		a.replaceVerb(),
		a.oneBodyVerb("dissolve GROUP BODY --basis BASIS", "A body ends", false, func(id domain.BodyID, _, basis string) domain.Act {
			return &domain.BodyDissolved{Body: id, Basis: basis}
		}))
}

func (a *app) oneBodyVerb(use, short string, named bool, act func(id domain.BodyID, name, basis string) domain.Act) *cobra.Command {
	var name string
	cmd, b := a.brings(use, short, 2, func(b *bringing, args []string) (domain.Act, error) {
		if named && name == "" {
			return nil, misuse("flag-missing", "--name", "")
		}
		return act(domain.BodyID(args[1]), nfc(name), nfc(b.basis)), nil
	})
	if named {
		cmd.Flags().StringVar(&name, "name", "", "its name")
	}
	return b.withBasis(cmd)
}

func (a *app) replaceVerb() *cobra.Command {
	var name string
	cmd, b := a.brings("replace GROUP BODY BY --name NAME --basis BASIS", "A body ends in favour of a new one; weights do not pass", 3,
		func(b *bringing, args []string) (domain.Act, error) {
			if name == "" {
				return nil, misuse("flag-missing", "--name", "")
			}
			return &domain.BodyReplaced{Body: domain.BodyID(args[1]), By: domain.BodyID(args[2]), Name: nfc(name), Basis: nfc(b.basis)}, nil
		})
	cmd.Flags().StringVar(&name, "name", "", "the name of the new one")
	return b.withBasis(cmd)
}

func (a *app) weightVerb() *cobra.Command {
	var stated string
	cmd, b := a.brings("set GROUP BODY MEMBER=WEIGHT… --basis BASIS", "The whole table of weights in a body: who is not in it holds none", 0,
		func(b *bringing, args []string) (domain.Act, error) {
			weights, err := readMemberWeights("MEMBER=WEIGHT", args[2:], typedWeight)
			if err != nil {
				return nil, err
			}
			act := &domain.WeightsSet{Body: domain.BodyID(args[1]), Weights: weights, Basis: nfc(b.basis)}
			if stated != "" {
				w, err := typedWeight("--stated-total", stated)
				if err != nil {
					return nil, err
				}
				act.StatedTotal = &w
			}
			return act, nil
		})
	cmd.Args = atLeast(3)
	cmd.Flags().StringVar(&stated, "stated-total", "", "the total that the document states, as a quotation")
	return under("weight", "Bring the weights of a body", b.withBasis(cmd))
}

// atLeast is the rule for a number of arguments that may be more.
func atLeast(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < n {
			return misuse("arguments", "", cmd.UseLine())
		}
		return nil
	}
}
