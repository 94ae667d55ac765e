package main

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"registre/domain"
)

// findingVerb brings answers to findings.
func (a *app) findingVerb() *cobra.Command {
	var text, subject string
	cmd, _ := a.brings("answer GROUP CODE N… --explain TEXT [--subject SUBJECT]", "A finding, by its code and its events, is explained: it is then answered, and never gone", 0,
		func(b *bringing, args []string) (domain.Act, error) {
			act := &domain.FindingAnswered{Finding: args[1], Subject: nfc(subject), Text: nfc(text)}
			if err := given("--explain", text); err != nil {
				return nil, err
			}
			for _, s := range args[2:] {
				n, err := readNumber("N", s)
				if err != nil {
					return nil, err
				}
				act.Events = append(act.Events, n)
			}
			return act, a.meaning(b.ctx, args[0], act)
		})
	cmd.Args = atLeast(3)
	cmd.Long = "A finding is explained, with --evidence where there is a document. It is named by its code and the first of its events, or all of them; by --subject as well, where there are several."
	cmd.Flags().StringVar(&text, "explain", "", "the explanation")
	cmd.Flags().StringVar(&subject, "subject", "", "the member, body, text or event concerned, as `findings` names it")
	cmd.ValidArgsFunction = a.completes(a.findingsThere, a.findingEvents)
	return under("finding", "Answer what an audit found", cmd)
}

// meaning makes an answer one of a finding that there is: of the one that its code, its numbers and its subject mean. What only
// `replay` finds is taken as it is given.
func (a *app) meaning(ctx context.Context, group string, act *domain.FindingAnswered) error {
	if strings.HasPrefix(act.Finding, "F08") && act.Finding < "F0850" {
		return nil
	}
	found, err := a.found(ctx, group)
	if err != nil {
		return err
	}
	meant := slices.DeleteFunc(found, func(f finding) bool {
		missing := slices.ContainsFunc(act.Events, func(n uint64) bool { return !slices.Contains(f.Events, n) })
		return f.Code != act.Finding || missing || act.Subject != "" && act.Subject != f.Subject
	})
	if exact := slices.DeleteFunc(slices.Clone(meant), func(f finding) bool { return len(f.Events) != len(act.Events) }); len(exact) > 0 {
		meant = exact
	}
	switch len(meant) {
	case 0:
		return misuse("finding-unknown", group, act.Finding+" "+numbers(act.Events))
	case 1:
		act.Events, act.Subject = meant[0].Events, meant[0].Subject
		return nil
	}
	var which []string
	for _, f := range meant {
		which = append(which, strings.TrimSpace(f.Subject+" "+numbers(f.Events)))
	}
	return misuse("finding-unclear", act.Finding, strings.Join(which, "; "))
}

// found are the findings of a group, as it stands.
func (a *app) found(ctx context.Context, group string) ([]finding, error) {
	d, err := a.open(ctx, false)
	if err != nil {
		return nil, err
	}
	answer, err := answerTo[findingsAnswer](ctx, d, Question{Kind: "findings", Group: group, At: a.at})
	return answer.Findings, err
}

// findingsThere and findingEvents complete the code of a finding, and the first of its events.
func (a *app) findingsThere(cmd *cobra.Command, group string, _ ...string) (codes []string) {
	found, _ := a.found(cmd.Context(), group)
	for _, f := range found {
		if !slices.Contains(codes, f.Code) {
			codes = append(codes, f.Code)
		}
	}
	return codes
}

func (a *app) findingEvents(cmd *cobra.Command, group string, before ...string) (events []string) {
	found, _ := a.found(cmd.Context(), group)
	for _, f := range found {
		if len(before) > 0 && f.Code == before[0] {
			events = append(events, decimal(f.Events[0]))
		}
	}
	return events
}
