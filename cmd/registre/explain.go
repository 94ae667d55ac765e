package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"registre/replay"
)

// explainAnswer is the answer to "explain", as far as it is printed.
type explainAnswer struct {
	about
	Because []replay.Cause
	Figure  string
	From    *struct {
		At    string
		Known uint64
		Tree  replay.Node
	}
	Named calledBy
	Tree  replay.Node
}

// explainFlags are the flags of every verb under "explain".
type explainFlags struct {
	all             bool
	from, fromKnown string
	svg             string
	force           bool
	where           []string
}

// foldAt is how many terms of one sum are printed, unless all are wanted.
const foldAt = 20

func (a *app) explainVerb() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain FIGURE GROUP …",
		Short: "How a figure follows: by which rules, from which events and documents; and why another day, or knowledge, gives another",
		Long: `How a figure follows, as a tree: by which rules, from which events and documents. With --from or --from-known, also what it is at
that other pair of times, and the events between, as "registre diff" has them.

With --svg FILE the tree is drawn as well. Sums of more than ` + fmt.Sprint(foldAt) + ` terms are cut short; --all prints them whole, as --json has them.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownVerb(cmd, args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return misuse("arguments", "", cmd.UseLine()) },
	}
	cmd.AddCommand(
		a.explains(replay.FigureWeight, "weight GROUP BODY MEMBER", "The weight of a member in a body", 3, []string{"body", "member"}, a.bodiesThere, a.membersThere),
		a.explains(replay.FigureTotal, "total GROUP BODY", "The sum of the weights in a body", 2, []string{"body"}, a.bodiesThere),
		a.explains(replay.FigureDecision, "decision GROUP N", "An outcome: quorum, majority and every vote", 2, []string{"number"}, a.decisionsThere),
		a.explains(replay.FigureEnrolment, "enrolment GROUP [--where X=VALUE]", "A number of pupils: gross, distinct, unknown", 1, nil),
		a.explains(replay.FigureCeiling, "ceiling GROUP AGREEMENT", "What is ordered under a framework agreement, against its ceiling", 2, []string{"agreement"}, a.agreementsThere),
	)
	return cmd
}

// explains is a verb for one kind of figure: names are those of its arguments behind the group.
func (a *app) explains(figure, use, short string, args int, names []string, there ...lister) *cobra.Command {
	var f explainFlags
	cmd := &cobra.Command{
		Use: use, Short: short, Args: exactly(args), PreRun: a.orDemo,
		RunE: func(cmd *cobra.Command, args []string) error {
			more := asking("figure", figure, "from", f.from, "from_known", f.fromKnown, "where", strings.Join(f.where, "\n"))
			for i, name := range names {
				more[name] = args[i+1]
			}
			if figure == replay.FigureDecision {
				n, err := readNumber("N", args[1])
				if err != nil {
					return err
				}
				more["number"] = decimal(n)
			}
			if !f.all && !a.asJSON {
				more["fold"] = fmt.Sprint(foldAt)
			}
			if f.svg != "" {
				if err := mayWrite(f.svg, f.force); err != nil {
					return err
				}
			}
			return a.explain(cmd.Context(), a.question("explain", args[0], more), &f, append([]string{"explain", figure}, args...))
		},
	}
	flags := cmd.Flags()
	dayVar(flags, &f.from, "from", "another day to compare with")
	typedVar(flags, &f.fromKnown, "from-known", "another knowledge to compare with, as --known", typedInstant)
	flags.StringVar(&f.svg, "svg", "", "draw the tree into this file")
	flags.BoolVar(&f.force, "force", false, "replace a file that exists")
	flags.BoolVar(&f.all, "all", false, "print long sums whole")
	if figure == replay.FigureEnrolment {
		flags.StringArrayVar(&f.where, "where", nil, "only the lines with a value, as cycle=college (repeatable)")
		a.completeWhere(cmd)
	}
	cmd.ValidArgsFunction = a.completes(append(there, func(*cobra.Command, string, ...string) []string { return nil })...)
	return cmd
}

// explain asks, prints the answer, and draws it where that is wanted.
func (a *app) explain(ctx context.Context, q Question, f *explainFlags, verb []string) error {
	d, err := a.open(ctx, false)
	if err != nil {
		return err
	}
	raw, err := d.Ask(ctx, q)
	if err != nil {
		return err
	}
	var e explainAnswer
	if err := json.Unmarshal(raw, &e); err != nil {
		return err
	}
	a.cast = e.Named.cast()
	if f.svg != "" {
		err := replaceFile(f.svg, f.force, func(w io.Writer) error { return a.drawExplained(w, cmp.Or(e.Named.Group, e.Group), &e) })
		if err != nil {
			return err
		}
	}
	if a.asJSON {
		_, err := fmt.Fprintf(a.out, "%s\n", raw)
		return err
	}
	for _, w := range f.where {
		verb = append(verb, "--where", w)
	}
	if e.From != nil {
		verb = append(verb, "--from", e.From.At, "--from-known", "#"+decimal(e.From.Known))
	}
	a.showExplained(&e, verb)
	if f.svg != "" {
		a.printf("%s %s\n", a.tr("Dessiné :", "Drawn:"), f.svg)
	}
	return nil
}

func (a *app) showExplained(e *explainAnswer, verb []string) {
	a.printf("%s, %s\n", e.Group, a.when(e.about))
	if e.From != nil {
		a.showVersus(e)
	}
	a.printf("\n")
	top := a.step(&e.Tree, nil)
	a.printStep(&top, "", "")
	a.close(e.about, verb...)
}

// showVersus says both figures, and what lies between.
func (a *app) showVersus(e *explainAnswer) {
	before := a.step(&e.From.Tree, nil)
	after := a.step(&e.Tree, nil)
	a.printf("\n")
	for _, side := range []struct{ head, when, says string }{
		{a.tr("avant :", "before:"), a.when(about{At: e.From.At, Known: e.From.Known}), before.says()},
		{a.tr("après :", "after: "), a.when(about{At: e.At, Known: e.Known}), after.says()},
	} {
		a.prose("  "+side.head+" "+side.when+a.tr(" : ", ": ")+side.says, 10)
	}
	causes := a.causes(e)
	if len(causes) == 0 {
		a.prose("  "+a.noCause(e), 4)
	}
	for _, says := range causes {
		a.prose("  "+says, 4)
	}
}

// printStep prints a step, and those below it, with the lines that lead to them.
func (a *app) printStep(s *derived, first, rest string) {
	in := len([]rune(rest))
	a.prose(first+s.line(), in+4)
	below := "    "
	if len(s.below) > 0 {
		below = "│   "
	}
	for _, note := range s.notes {
		a.proseBehind(rest+below, note)
	}
	for i := range s.below {
		if i == len(s.below)-1 {
			a.printStep(&s.below[i], rest+"└─ ", rest+"   ")
		} else {
			a.printStep(&s.below[i], rest+"├─ ", rest+"│  ")
		}
	}
}
