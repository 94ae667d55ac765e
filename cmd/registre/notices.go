package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"registre/domain"
	"registre/projections"
)

// noticesAsking is what the verb notices is told.
type noticesAsking struct {
	after          uint64
	since, behind  string // of all groups
	body, member   string
	kinds          []string
	findings, goOn bool
}

func (a *app) noticesVerb() *cobra.Command {
	var f noticesAsking
	cmd := &cobra.Command{
		Use: "notices [GROUP]", Short: "What subscribers are told: a line a notice; with --follow those to come as well",
		Long: `Tell the notices of a group, in the order of its register: the day, the number of the event, and what happened. With --json each
is a CloudEvent on a line of its own. --findings also tells what an audit of each past day found.

Without a group, those of all groups, in the order in which their events were recorded; --behind goes on where one ended: at the
time, the group and the number of its last notice.`,
		Example: "registre notices ent-grand-est --kind decision-proclaimed --body cogouv\nregistre notices ent-grand-est --after 900 --follow\nregistre notices --follow --since 2026-11-01",
		Args:    between(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.allNotices(cmd.Context(), &f)
			}
			if f.since != "" || f.behind != "" {
				return misuse("flags-exclusive", "GROUP, --since, --behind", "")
			}
			return a.notices(cmd.Context(), args[0], &f)
		},
	}
	flags := cmd.Flags()
	flags.Uint64Var(&f.after, "after", 0, "only those of the events behind this number")
	flags.StringVar(&f.since, "since", "", "of all groups: only those of what was recorded behind a day, or an instant")
	flags.StringVar(&f.behind, "behind", "", "of all groups: only those behind a place, as 2026-11-24T09:30:00.123456Z/ent-grand-est/1058")
	flags.StringVar(&f.body, "body", "", "only those that concern this body")
	flags.StringVar(&f.member, "member", "", "only those that are above all this member's affair")
	flags.StringArrayVar(&f.kinds, "kind", nil, "only those of this kind, as decision-proclaimed; several times for several")
	flags.BoolVar(&f.findings, "findings", false, "also what an audit of each past day found")
	flags.BoolVar(&f.goOn, "follow", false, "go on with those to come, until Ctrl-C")
	return cmd
}

// verb is the command that tells the same again.
func (f *noticesAsking) verb(group string) []string {
	verb := []string{"notices"}
	if group != "" {
		verb = append(verb, group)
	}
	for _, kind := range f.kinds {
		verb = append(verb, "--kind", kind)
	}
	for _, of := range [][2]string{{"--body", f.body}, {"--member", f.member}, {"--behind", f.behind}} {
		if of[1] != "" {
			verb = append(verb, of[0], of[1])
		}
	}
	if f.after > 0 {
		verb = append(verb, "--after", decimal(f.after))
	}
	if f.findings {
		verb = append(verb, "--findings")
	}
	return verb
}

func (a *app) notices(ctx context.Context, group string, f *noticesAsking) error {
	if f.goOn && a.known != "" {
		return misuse("flags-exclusive", "--follow, --known", "")
	}
	d, err := a.open(ctx, false)
	if err != nil {
		return err
	}
	known, err := a.noticesAfter(ctx, d, group, f, f.after)
	if err == nil && !f.goOn && !a.asJSON {
		a.again(about{Known: known}, f.verb(group)...)
	}
	for err == nil && f.goOn {
		if err = awaitRecord(ctx, d, domain.GroupID(group), known); err == nil && ctx.Err() == nil {
			known, err = a.noticesAfter(ctx, d, group, f, known)
		}
		if ctx.Err() != nil {
			return nil
		}
	}
	return err
}

// awaitRecord waits until something is recorded behind an event, or ctx ends.
func awaitRecord(ctx context.Context, d desk, group domain.GroupID, after uint64) error {
	within, done := context.WithCancel(ctx)
	defer done()
	for _, err := range d.Records(within, group, after, true) {
		if ctx.Err() != nil || errors.Is(err, context.Canceled) {
			return nil
		}
		return err
	}
	return nil
}

// noticesAfter tells those behind an event, page by page, and says up to which one that was.
func (a *app) noticesAfter(ctx context.Context, d desk, group string, f *noticesAsking, after uint64) (known uint64, err error) {
	q := a.question("notices", group, asking("body", f.body, "findings", yes(f.findings), "kind", strings.Join(f.kinds, "\n"), "member", f.member))
	if q.More == nil {
		q.More = map[string]string{}
	}
	for next := after; ; {
		q.More["after"] = decimal(next)
		page, err := answerTo[noticesTold](ctx, d, q)
		if err != nil {
			return known, err
		}
		q.Known, known = "#"+decimal(page.Known), page.Known
		for i := range page.Notices {
			if err := a.sayNotice(&page.Notices[i]); err != nil {
				return known, err
			}
		}
		if next = page.Next; next == 0 {
			return known, nil
		}
	}
}

// sayNotice prints one notice.
func (a *app) sayNotice(e *projections.CloudEvent) error {
	if a.asJSON {
		line, err := projections.Encode(e)
		if err == nil {
			_, err = fmt.Fprintf(a.out, "%s\n", line)
		}
		return err
	}
	n := e.Notice()
	_, text := a.tellNotice(&n)
	a.prose(fmt.Sprintf("%-10s %5s  %s", n.Data.Effective.String(), "#"+decimal(n.Number), text), 18)
	return nil
}
