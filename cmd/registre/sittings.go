package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"registre/domain"
)

// sittingsAnswer is the answer to "sittings", as far as it is printed; sittingAnswer that to "sitting".
type (
	sittingsAnswer struct {
		about
		Sittings []sittingRow
	}
	sittingRow struct {
		Body, Day, Deadline, Hour, Mode, Place, Sitting, Status string
		SecondOf                                                string `json:"second_of"`
		Decisions                                               []uint64
		Event                                                   uint64
		Items                                                   int
		Why                                                     []uint64
	}
	sittingAnswer struct {
		about
		sittingRow
		Adjourned, Reason string
		Agenda            []itemRow
		Answers           []struct{ Answer, Member string }
		Minutes           *struct {
			Event  uint64
			SHA256 string
		}
		Notices []struct {
			Event          uint64
			Members        []string
			Received, Sent string
		}
		Observers []struct{ Name, Observer string }
		Proxies   []proxyRow
		There     []struct {
			Attendee string
			Observer bool
		}
	}
	itemRow struct {
		Changes                                                int
		Decision                                               uint64
		Item, Kind, Option, Outcome, Reason, Status, Title, To string
		PartOf                                                 string `json:"part_of"`
		Next                                                   *struct {
			About, Broken, Rule string
			Quorum              []measureRow
		}
		Options []agendaOption
		Recused []string
		Tie     bool
		Votes   []voteRow
	}
	proxyRow struct {
		Ended, Event         uint64
		Grantor, Holder, How string
		Items                []string
		Void                 bool
		Body, Day, Sitting   string // where it stands by itself
	}
)

func (a *app) sittingsVerb() *cobra.Command {
	var body string
	var why bool
	cmd := &cobra.Command{
		Use:   "sittings GROUP [--body BODY]",
		Short: "The sittings, past and to come",
		Args:  exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return ask(cmd.Context(), a, a.question("sittings", args[0], asking("body", body, "why", yes(why))), func(s sittingsAnswer) error {
				return a.showSittings(&s, body)
			})
		},
	}
	cmd.Flags().StringVar(&body, "body", "", "this body only")
	a.completeFlag(cmd, "body", a.bodiesThere)
	whyFlag(cmd, &why)
	return cmd
}

func (a *app) showSittings(s *sittingsAnswer, body string) error {
	a.printf("%s, %s\n\n", s.Group, a.when(s.about))
	t := table{heads: []string{a.tr("séance", "sitting"), a.tr("convoquée", "convened"), a.tr("instance", "body"), a.tr("jour", "day"), a.tr("points", "items"), a.tr("décisions", "decisions"), a.tr("état", "state")}, right: map[int]bool{4: true}}
	if s.Sources != nil {
		t.heads = append(t.heads, a.tr("d'après", "follows from"))
	}
	for i := range s.Sittings {
		r := &s.Sittings[i]
		cells := []string{r.Sitting, numbers([]uint64{r.Event}), r.Body, a.sayDay(r), strconv.Itoa(r.Items), numbers(r.Decisions), a.sittingIs(r.Status)}
		if s.Sources != nil {
			cells = append(cells, numbers(r.Why))
		}
		t.add(cells...)
	}
	if len(s.Sittings) == 0 {
		a.printf("%s\n", a.tr("Aucune séance n'est convoquée.", "No sitting is convened."))
	} else {
		t.print(a.out)
	}
	verb := []string{"sittings", s.Group}
	if body != "" {
		verb = append(verb, "--body", body)
	}
	a.close(s.about, verb...)
	return nil
}

// sayDay says when a sitting is, and how it is held.
func (a *app) sayDay(r *sittingRow) string {
	says := r.Day
	if r.Deadline != "" {
		says += a.tr(" au ", " to ") + r.Deadline
	}
	if r.Hour != "" {
		says += " " + r.Hour
	}
	if r.Place != "" {
		says += ", " + r.Place
	}
	if r.Mode != domain.InPerson {
		says += ", " + a.word(r.Mode)
	}
	return says
}

func (a *app) sittingVerb() *cobra.Command {
	var why, watch bool
	cmd := &cobra.Command{
		Use:   "sitting GROUP SITTING [--watch]",
		Short: "One sitting: who is there, its agenda, quorum, votes and what is missing; and the verbs of its life",
		Long: `One sitting, named by its id or by the number of the event that convened it: who is there, who votes for whom, what became of each
item, and of the item being voted on the quorum, the tally as it stands and who has not voted.

With --watch it is shown anew whenever something changes, until the sitting is over or Ctrl-C; with --json, one line a change.
A group called as one of the verbs below is named behind --: registre sitting -- open 2023-03-20.`,
		Args: exactly(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if watch {
				return a.watchSitting(cmd.Context(), args[0], args[1])
			}
			return ask(cmd.Context(), a, a.question("sitting", args[0], asking("sitting", args[1], "why", yes(why))), func(s sittingAnswer) error {
				return a.showSitting(&s)
			})
		},
	}
	cmd.Flags().BoolVar(&watch, "watch", false, "show it anew whenever something changes")
	whyFlag(cmd, &why)
	cmd.ValidArgsFunction = a.completes(a.sittingsThere)
	cmd.AddCommand(a.sittingVerbs()...)
	return cmd
}

func (a *app) showSitting(s *sittingAnswer) error {
	a.tellSitting(s)
	a.close(s.about, "sitting", s.Group, s.Sitting)
	return nil
}

// tellSitting prints a sitting, without what every answer ends with.
func (a *app) tellSitting(s *sittingAnswer) {
	a.printf("%s, %s\n", s.Group, a.when(s.about))
	a.prose(fmt.Sprintf(a.tr("%s : séance de %s, %s ; %s", "%s: sitting of %s, %s; %s"), s.Sitting, s.Body, a.sayDay(&s.sittingRow), a.sayStatus(s)), 2)
	if s.SecondOf != "" {
		a.prose("  "+a.tr("sur seconde convocation, après ", "on second notice, after ")+s.SecondOf, 4)
	}
	a.tellNotices(s)
	a.tellRoom(s)
	if len(s.Agenda) > 0 {
		a.printf("\n%s\n", a.tr("Ordre du jour", "Agenda"))
	}
	quorum := "" // said last: items under the same rule have the same
	for i := range s.Agenda {
		a.tellItem(&s.Agenda[i])
		quorum = a.tellNext(&s.Agenda[i], quorum)
	}
	for i := range s.Agenda {
		if item := &s.Agenda[i]; item.Status == domain.Voting && len(item.Votes) > 0 {
			a.printf("\n")
			a.prose(fmt.Sprintf(a.tr("Aux voix : point %s, « %s »", "Being voted on: item %s, “%s”"), item.Item, item.Title), 2)
			a.tellVote(&item.Votes[len(item.Votes)-1])
		}
	}
}

// sittingIs says how a sitting stands. An order form that is cancelled is annulé; a sitting is décommandée.
func (a *app) sittingIs(status string) string {
	if status == domain.Cancelled {
		return a.tr("décommandée", "cancelled")
	}
	return a.word(status)
}

func (a *app) sayStatus(s *sittingAnswer) string {
	says := a.sittingIs(s.Status)
	if s.Adjourned == domain.ForNoQuorum {
		says += " " + a.tr("faute de quorum", "for want of a quorum")
	}
	if s.Reason != "" {
		says += " (" + s.Reason + ")"
	}
	if s.Minutes != nil {
		says += ", " + a.tr("procès-verbal approuvé ", "minutes approved ") + numbers([]uint64{s.Minutes.Event})
	}
	return says
}

func (a *app) tellNotices(s *sittingAnswer) {
	for _, n := range s.Notices {
		to := a.tr("tous", "all")
		if len(n.Members) > 0 {
			to = strings.Join(n.Members, ", ")
		}
		if n.Sent != "" {
			a.prose(fmt.Sprintf(a.tr("  convocation envoyée à %s le %s", "  notice sent to %s on %s"), to, parisClock(n.Sent)), 4)
		} else {
			a.prose(fmt.Sprintf(a.tr("  convocation reçue par %s le %s", "  notice received by %s on %s"), to, parisClock(n.Received)), 4)
		}
	}
	for _, r := range s.Answers {
		a.prose("  "+r.Member+" "+a.word(r.Answer), 4)
	}
}

func (a *app) tellRoom(s *sittingAnswer) {
	var members, observers []string
	for _, t := range s.There {
		if t.Observer {
			observers = append(observers, t.Attendee)
		} else {
			members = append(members, t.Attendee)
		}
	}
	if len(s.There) > 0 {
		a.printf("\n")
	}
	head := a.tr("Présents : ", "There: ")
	switch {
	case s.Mode == domain.Written:
		head = a.tr("Nommés à l'ouverture : ", "Named at the opening: ")
	case s.Status == domain.Closed || s.Status == domain.Adjourned:
		head = a.tr("Présents à la fin : ", "There at the end: ")
	}
	a.listed(head, members)
	a.listed(a.tr("Observateurs : ", "Observers: "), observers)
	for _, p := range s.Proxies {
		a.prose(a.tr("Pouvoir : ", "Proxy: ")+a.sayProxy(&p), 2)
	}
}

func (a *app) listed(head string, names []string) {
	if len(names) > 0 {
		a.prose(fmt.Sprintf("%s%s (%d)", head, strings.Join(names, ", "), len(names)), 2)
	}
}

// sayProxy tells who votes for whom, and whether that still holds.
func (a *app) sayProxy(p *proxyRow) string {
	says := p.Grantor + " → " + p.Holder
	if len(p.Items) > 0 {
		says += a.tr(", points ", ", items ") + strings.Join(p.Items, ", ")
	}
	switch {
	case p.Ended > 0:
		says += fmt.Sprintf(a.tr(" ; terminé (%s, #%d)", "; ended (%s, #%d)"), a.word(p.How), p.Ended)
	case p.Void:
		says += a.tr(" ; sans effet, le mandataire n'étant pas là", "; void, since its holder is not there")
	}
	return says
}

func (a *app) tellItem(i *itemRow) {
	says := fmt.Sprintf("  %s  %s", i.Item, i.Title)
	if i.PartOf != "" {
		says += fmt.Sprintf(a.tr(" (partie de %s)", " (part of %s)"), i.PartOf)
	}
	says += a.tr(" : ", ": ") + a.sayBecame(i)
	if len(i.Recused) > 0 {
		says += a.tr(" ; déport de ", "; recused: ") + strings.Join(i.Recused, ", ")
	}
	a.prose(says, 6)
}

// tellNext tells whether an item still to be dealt with could be put to vote now: its quorum, where it was not said of the item
// before, and what else stands in the way. It gives the quorum said last.
func (a *app) tellNext(i *itemRow, before string) string {
	if i.Next == nil {
		return before
	}
	var says []string
	for n := range i.Next.Quorum {
		says = append(says, a.tr("quorum : ", "quorum: ")+a.sayMeasure(&i.Next.Quorum[n]))
	}
	if now := strings.Join(says, "\n"); now != before {
		for _, line := range says {
			a.prose("     "+line, 7)
		}
		before = now
	}
	if i.Next.Rule != "" && i.Next.Broken != domain.QuorumMissing.Name {
		a.prose("     "+a.rule(&Fault{Code: i.Next.Rule, Subject: i.Next.About}), 7)
	}
	return before
}

// sayBecame tells what has become of an item.
func (a *app) sayBecame(i *itemRow) string {
	says := a.itemIs(i.Status)
	switch {
	case i.Outcome != "":
		says = a.sayOutcomeOf(ofItem, i.Outcome, optionTitled(i.Options, i.Option), i.Tie) + " (#" + decimal(i.Decision) + ")"
		if i.Status != domain.Decided {
			says += ", " + a.itemIs(i.Status)
		}
	case i.To != "":
		says += a.tr(" à ", " to ") + i.To
	}
	if i.Reason != "" {
		says += " (" + i.Reason + ")"
	}
	return says
}

// itemIs is where an item stands. A point is masculine in French; of a deliberation, the same word is feminine.
func (a *app) itemIs(status string) string {
	if status == domain.Withdrawn {
		return a.tr("retiré", "withdrawn")
	}
	return a.word(status)
}

// sayOutcomeOf tells an outcome, and whether it was a tie.
func (a *app) sayOutcomeOf(of agreement, outcome, option string, tie bool) string {
	says := a.outcomeWord(outcome, of)
	if option != "" {
		says += a.tr(" : ", ": ") + option
	}
	if tie {
		says += a.tr(", à égalité", ", a tie")
	}
	return says
}
