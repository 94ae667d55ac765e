package main

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"registre/domain"
	"registre/replay"
)

// diffAnswer is the answer to "diff", as far as it is printed.
type diffAnswer struct {
	about
	Differences []difference
	From        struct {
		At    string
		Known uint64
	}
}

type difference struct {
	Article, Body, Code, From, Member, Role, Text, To string
	Events                                            []uint64
}

// from is the pair that a difference is counted from, where the question names one: otherwise to.
func (l *local) from(ctx context.Context, q Question, to domain.Pair) (domain.Pair, error) {
	from := to
	var err error
	if day := q.More["from"]; day != "" {
		if from.At, err = l.day(day); err != nil {
			return from, err
		}
	}
	if known := q.More["from_known"]; known != "" {
		from.Known, _, err = l.known(ctx, domain.GroupID(q.Group), known)
	}
	return from, err
}

// pairTold is a pair of times.
type pairTold struct {
	At    domain.Day `json:"at"`
	Known uint64     `json:"known"`
}

type diffTold struct {
	toldOf
	Differences []replay.Difference `json:"differences"`
	From        pairTold            `json:"from"`
	behind
}

// diffAsked answers with what differs between two pairs.
func diffAsked(a *asked) (told diffTold, err error) {
	found, err := replay.Diff(a.book, a.from, a.Pair())
	if err != nil {
		return told, err
	}
	var events []uint64
	for _, d := range found {
		events = append(events, d.Events...)
	}
	return diffTold{a.toldOf(), found, pairTold(a.from), a.behind(events)}, nil
}

func (a *app) diffVerb() *cobra.Command {
	var from, to, fromKnown, toKnown string
	cmd := &cobra.Command{
		Use:   "diff GROUP (--from DAY [--to DAY] | --from-known K [--to-known K])",
		Short: "What two days, or two knowledges, make different, and the events that explain it",
		Args:  exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if from == "" && fromKnown == "" {
				return misuse("arguments", "", cmd.UseLine())
			}
			q := a.question("diff", args[0], asking("from", from, "from_known", fromKnown))
			if to != "" {
				q.At = to
			}
			if toKnown != "" {
				q.Known = toKnown
			}
			return ask(cmd.Context(), a, q, a.showDiff)
		},
	}
	flags := cmd.Flags()
	dayVar(flags, &from, "from", "the earlier day")
	dayVar(flags, &to, "to", "the later day (default: --at)")
	typedVar(flags, &fromKnown, "from-known", "the earlier knowledge, as --known", typedInstant)
	typedVar(flags, &toKnown, "to-known", "the later knowledge (default: --known)", typedInstant)
	return cmd
}

func (a *app) showDiff(d diffAnswer) error {
	a.printf("%s\n  %s %s\n  %s %s\n\n", d.Group, a.tr("avant :", "before:"), a.when(about{At: d.From.At, Known: d.From.Known}), a.tr("après :", "after: "), a.when(d.about))
	if len(d.Differences) == 0 {
		a.printf("%s\n", a.tr("Rien n'est différent.", "Nothing is different."))
	} else {
		t := table{heads: []string{a.tr("quoi", "what"), a.tr("avant", "before"), a.tr("après", "after"), a.tr("événements", "events")}}
		for i := range d.Differences {
			x := &d.Differences[i]
			t.add(a.differs(x), a.value(x, x.From), a.value(x, x.To), numbers(x.Events))
		}
		t.print(a.out)
	}
	d.Meta = meta{Provisional: d.Meta.Provisional}
	at := d.At
	d.At = ""
	a.close(d.about, "diff", d.Group, "--from", d.From.At, "--to", at, "--from-known", "#"+strconv.FormatUint(d.From.Known, 10))
	return nil
}

// differs says what is different.
func (a *app) differs(d *difference) string {
	subject := d.Member
	switch d.Code {
	case replay.WeightChanged:
		subject = d.Member + a.tr(" dans ", " in ") + d.Body
	case replay.TotalChanged, replay.StatedTotalChanged, replay.BodyGained, replay.BodyLost, replay.BodyRenamed:
		subject = d.Body
	case replay.RoleChanged:
		subject = a.word(d.Role)
	case replay.TextChanged:
		subject = d.Text
	case replay.ObligationChanged:
		subject = d.Article
	}
	return a.word(d.Code) + " " + subject
}

// value is what one side says.
func (a *app) value(d *difference, v string) string {
	switch d.Code {
	case replay.WeightChanged, replay.TotalChanged, replay.StatedTotalChanged:
		if v == replay.Undetermined {
			return a.tr("indéterminé", "undetermined")
		}
		v = a.number(v)
	case replay.TextChanged:
		v = a.word(v)
	}
	if v == "" {
		return "–"
	}
	return v
}
