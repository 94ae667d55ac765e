package main

import (
	"github.com/spf13/cobra"

	"registre/domain"
)

// decisionVerbs bring what becomes of a decision, and decisions of which only the result is known.
func (a *app) decisionVerbs() []*cobra.Command {
	return []*cobra.Command{
		a.assertVerb(),
		a.ofDecision("publish GROUP N", "A decision was published, on its effective day", func(n uint64) domain.Act { return &domain.DecisionPublished{Decision: n} }),
		a.ofDecision("receive GROUP N", "The prefecture received a decision, on its effective day", func(n uint64) domain.Act { return &domain.DecisionReceived{Decision: n} }),
		a.annulVerb(), a.liftVerb(),
	}
}

func (a *app) ofDecision(use, short string, act func(n uint64) domain.Act) *cobra.Command {
	cmd, _ := a.brings(use, short, 2, func(_ *bringing, args []string) (domain.Act, error) {
		n, err := readNumber("N", args[1])
		return act(n), err
	})
	cmd.ValidArgsFunction = a.completes(a.decisionsThere, nothingThere)
	return cmd
}

func (a *app) assertVerb() *cobra.Command {
	var title, sitting, yes, no, abstain string
	var doc document
	cmd, _ := a.brings("assert GROUP BODY adopted|rejected --title TITLE [--called SITTING] [--for WEIGHT] [--against WEIGHT] [--abstain WEIGHT]",
		"What a body decided, as a document reports it: nobody can recompute it", 3,
		func(_ *bringing, args []string) (domain.Act, error) {
			act := &domain.DecisionAsserted{Body: domain.BodyID(args[1]), Outcome: args[2], Sitting: nfc(sitting), Title: nfc(title)}
			var err error
			if act.SHA256, err = doc.hash(); err != nil {
				return nil, err
			}
			return act, firstOf(given("--title", title),
				reported("--for", yes, &act.For), reported("--against", no, &act.Against), reported("--abstain", abstain, &act.Abstain))
		})
	doc.flags(cmd)
	flags := cmd.Flags()
	flags.StringVar(&title, "title", "", "what was decided on")
	flags.StringVar(&sitting, "called", "", "the sitting, as the document calls it")
	flags.StringVar(&yes, "for", "", "the voices for it, where they are known")
	flags.StringVar(&no, "against", "", "the voices against it")
	flags.StringVar(&abstain, "abstain", "", "the voices that abstained")
	cmd.ValidArgsFunction = a.completes(a.bodiesThere, func(*cobra.Command, string, ...string) []string { return []string{domain.Adopted, domain.Rejected} })
	return cmd
}

// reported reads voices that a document reports, where it does.
func reported(flag, s string, into **domain.Weight) error {
	if s == "" {
		return nil
	}
	w, err := typedWeight(flag, s)
	if err == nil {
		*into = &w
	}
	return err
}

func (a *app) annulVerb() *cobra.Command {
	var court, reason, from, condition string
	cmd, _ := a.brings("annul GROUP N --court COURT --reason REASON [--from DAY] [--condition CONDITION]", "A court annuls a decision: from its beginning, or from a day on", 2,
		func(_ *bringing, args []string) (domain.Act, error) {
			act := &domain.DecisionAnnulled{Condition: nfc(condition), Court: nfc(court), Reason: nfc(reason)}
			var err error
			if act.Decision, err = readNumber("N", args[1]); err != nil {
				return nil, err
			}
			return act, firstOf(given("--court", court), given("--reason", reason), maybe("day-unreadable", "--from", from, &act.From, domain.ParseDay))
		})
	cmd.Long = "A court annuls a decision: it never was, or, with --from, it was until that day. --effective is the day of the judgment."
	flags := cmd.Flags()
	flags.StringVar(&court, "court", "", "which court")
	flags.StringVar(&reason, "reason", "", "why")
	dayVar(flags, &from, "from", "the day from which it is annulled (default: it never was)")
	flags.StringVar(&condition, "condition", "", "unless which is met")
	cmd.ValidArgsFunction = a.completes(a.decisionsThere, nothingThere)
	return cmd
}

func (a *app) liftVerb() *cobra.Command {
	var how, reason string
	cmd, _ := a.brings("lift GROUP N --how on-appeal|condition-met --reason REASON", "An annulment, the event N, is lifted", 2,
		func(_ *bringing, args []string) (domain.Act, error) {
			act := &domain.AnnulmentLifted{How: how, Reason: nfc(reason)}
			var err error
			if act.Annulment, err = readNumber("N", args[1]); err != nil {
				return nil, err
			}
			return act, firstOf(given("--how", how), given("--reason", reason))
		})
	cmd.Flags().StringVar(&how, "how", "", "on-appeal or condition-met")
	cmd.Flags().StringVar(&reason, "reason", "", "why")
	return cmd
}
