package main

import (
	"strings"

	"github.com/spf13/cobra"

	"registre/domain"
	"registre/projections"
)

// rulesAnswer is the answer to "rules", as far as it is printed.
type rulesAnswer struct {
	about
	Bodies []struct {
		Body  string
		Rules []struct {
			Kind, Since string
			Sentence    map[string]string
			Why         []uint64
		}
	}
}

func (a *app) rulesVerb() *cobra.Command {
	var body string
	var why bool
	cmd := &cobra.Command{
		Use:   "rules GROUP [--body BODY]",
		Short: "How the bodies decide: quorum, majority, ties, proxies, notice",
		Args:  exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return ask(cmd.Context(), a, a.question("rules", args[0], asking("body", body, "why", yes(why))), a.showRules)
		},
	}
	cmd.Flags().StringVar(&body, "body", "", "this body only")
	whyFlag(cmd, &why)
	return cmd
}

func (a *app) showRules(r rulesAnswer) error {
	a.printf("%s, %s\n", r.Group, a.when(r.about))
	for _, b := range r.Bodies {
		if len(b.Rules) == 0 {
			a.printf("\n%s\n", b.Body)
			a.prose("  "+a.tr("Aucun texte ne dit comment elle décide.", "No text says how it decides."), 2)
		}
		for _, rule := range b.Rules {
			head := b.Body
			if rule.Kind != "" {
				head += ", " + a.tr("points de nature ", "items of kind ") + rule.Kind
			}
			a.printf("\n%s (%s%s)\n", head, a.tr("depuis ", "since "), rule.Since)
			a.prose("  "+rule.Sentence[a.tr("fr", "en")], 2)
			if len(rule.Why) > 0 {
				a.prose("  "+a.tr("d'après ", "follows from ")+numbers(rule.Why), 4)
			}
		}
	}
	if len(r.Bodies) == 0 {
		a.printf("\n%s\n", a.tr("Cette instance n'existe pas ce jour-là.", "No such body exists on that day."))
	}
	a.close(r.about, "rules", r.Group)
	return nil
}

type rulesTold struct {
	projections.RulesAnswer
	behind
}

func rulesAsked(a *asked) (told rulesTold, err error) {
	r := projections.Rules(a.state, a.Question, domain.BodyID(a.more["body"]), true)
	var events []uint64
	for i := range r.Bodies {
		for j := range r.Bodies[i].Rules {
			rule := &r.Bodies[i].Rules[j]
			if events = append(events, rule.Why...); !a.why() {
				rule.Why = nil
			}
		}
	}
	return rulesTold{r, a.behind(events)}, nil
}

// votingFlags are the parts of a voting rule, as they are written on the command line.
type votingFlags struct {
	ballot, casting, choice, counts, kind, tie, until, voices, voters string
	blocking, majority, quorum, second                                []string
	days, secondDays, proxies                                         int
}

func (a *app) votingRuleVerb() *cobra.Command {
	var f votingFlags
	cmd, b := a.brings("voting GROUP BODY --majority THRESHOLD … [--quorum THRESHOLD …] --basis BASIS", "How a body decides, on every item or on those of a kind", 2,
		func(b *bringing, args []string) (domain.Act, error) {
			act := &domain.VotingRuleSet{Basis: nfc(b.basis), Body: domain.BodyID(args[1]), Kind: domain.ItemKind(f.kind)}
			var err error
			act.Rule, err = f.rule()
			return act, err
		})
	cmd.Long = `How a body decides, on every item or on those of a kind. The whole rule is given anew each time.

A THRESHOLD says what a part must come to, with its quotes:
  'weights cast >1/2'         more than half of the voices cast
  'weights total >=2/3'       at least two thirds of all voices
  'heads total >1/2 min 4'    more than half of all members, and at least 4
"cast" is for and against; "present" is whoever is there or represented; "total" is the whole roll. Several must all be reached.`
	flags := cmd.Flags()
	flags.StringVar(&f.kind, "kind", "", "of the items that the rule is for (default: all that have none of their own)")
	flags.StringArrayVar(&f.majority, "majority", nil, "what must be for it")
	flags.StringArrayVar(&f.blocking, "blocking", nil, "what must not be against it")
	flags.StringArrayVar(&f.quorum, "quorum", nil, "what must be there (default: none is asked for)")
	flags.StringArrayVar(&f.second, "second-quorum", nil, "the same on second notice; 'none' for none (default: as on the first)")
	flags.StringVar(&f.counts, "quorum-counts", domain.Represented, "who counts as there: present (in person) or represented (by proxy too)")
	flags.StringVar(&f.tie, "tie", domain.TieRejected, "what becomes of a tie: rejected, casting or unresolved")
	flags.StringVar(&f.casting, "casting", domain.Coordinator, "whose vote is the casting one: a role (coordinator, pilot) or member:ID")
	flags.StringVar(&f.choice, "choice", domain.TwoRounds, "how one of several options is chosen: two-rounds or plurality")
	flags.IntVar(&f.proxies, "proxies", 0, "how many proxies one member may hold")
	flags.StringVar(&f.until, "proxies-until", domain.UntilSitting, "until when they may be given: sitting (its opening) or item (the vote on it)")
	flags.IntVar(&f.days, "notice", 0, "clear days between the notice and the sitting")
	flags.IntVar(&f.secondDays, "second-notice", 0, "the same for the second notice")
	flags.StringVar(&f.ballot, "ballot", domain.Final, "final, changeable (until the vote is closed) or secret")
	flags.StringVar(&f.voices, "voices", domain.Undivided, "undivided, or divided where a member may cast its voices in several senses")
	flags.StringVar(&f.voters, "voters", domain.Weighted, "who votes: weighted (whoever has voices), members (all) or these:a,b")
	return b.withBasis(cmd)
}

func (f *votingFlags) rule() (r domain.VotingRule, err error) {
	r = domain.VotingRule{
		Ballot: f.ballot, Choice: f.choice, Notice: domain.Notice{Days: f.days, SecondDays: f.secondDays}, Tie: domain.Tie{Way: f.tie},
		Voices: f.voices, Voters: domain.Voters{Who: f.voters},
	}
	if f.proxies != 0 {
		r.Proxies = domain.Proxies{PerHolder: f.proxies, Until: f.until}
	}
	if f.tie == domain.TieCasting {
		if member, ok := strings.CutPrefix(f.casting, "member:"); ok {
			r.Tie.Member = domain.MemberID(member)
		} else {
			r.Tie.Role = f.casting
		}
	}
	if these, ok := strings.CutPrefix(f.voters, "these:"); ok {
		r.Voters.Who = domain.TheseVoters
		for _, m := range strings.Split(these, ",") {
			r.Voters.Members = append(r.Voters.Members, domain.MemberID(m))
		}
	}
	if r.Majority, err = readThresholds("--majority", f.majority); err != nil {
		return r, err
	}
	if r.Blocking, err = readThresholds("--blocking", f.blocking); err != nil {
		return r, err
	}
	if r.Quorum, err = f.quorumOf("--quorum", f.quorum); err != nil || len(f.second) == 0 {
		return r, err
	}
	q, err := f.quorumOf("--second-quorum", f.second)
	r.SecondNotice = &q
	return r, err
}

func (f *votingFlags) quorumOf(flag string, list []string) (q domain.Quorum, err error) {
	if len(list) == 0 || len(list) == 1 && list[0] == "none" {
		return q, nil
	}
	q.Counts = f.counts
	q.Thresholds, err = readThresholds(flag, list)
	return q, err
}

func readThresholds(flag string, list []string) (all []domain.Threshold, err error) {
	for _, s := range list {
		t, err := domain.ParseThreshold(s)
		if err != nil {
			return nil, inFlag("threshold-form", flag, s)
		}
		all = append(all, t)
	}
	return all, nil
}
