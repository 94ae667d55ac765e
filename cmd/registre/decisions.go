package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"registre/domain"
)

// decisionsAnswer is the answer to "decisions", as far as it is printed; decisionAnswer that to "decision".
type (
	decisionsAnswer struct {
		about
		Decisions []decisionRow
	}
	decisionRow struct {
		Against, For                                              *sideRow
		Asserted, Tie                                             bool
		Binds, Body, Condition, Day, Item, Legal, Option, Sitting string
		Outcome, Title, Until                                     string
		Later, Number                                             uint64
		Titled                                                    string `json:"option_title"`
		Why                                                       []uint64
	}
	sideRow struct {
		Heads  *int64
		Weight string
	}
	decisionAnswer struct {
		about
		Decision  decisionRow
		Annulment *struct {
			Condition, Court, Day, From, Reason string
			Event                               uint64
		}
		Effects *struct {
			Changes int
			Count   bool
			Event   uint64
		}
		Lifted              []uint64
		Published, Received string
		Recount             *struct {
			Differs         []string
			Option, Outcome string
			Same, Tie       bool
		}
		Reported *struct {
			Abstain, Against, For, Sitting string
		}
		Vote *voteRow
	}
)

// outcomes are all outcomes that a decision can have.
var outcomes = []string{domain.Adopted, domain.Rejected, domain.Unresolved, domain.NoQuorum, domain.Elected, domain.SecondRound}

func (a *app) decisionsVerb() *cobra.Command {
	var body, from, to, outcome, member, words string
	var why bool
	cmd := &cobra.Command{
		Use:   "decisions GROUP [--body BODY] [--from DAY] [--to DAY] [--outcome OUTCOME] [--member MEMBER] [--words WORDS]",
		Short: "What was decided, and what it is in law",
		Args:  exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if outcome != "" && !slices.Contains(outcomes, outcome) {
				return inFlag("outcome-unknown", "--outcome", outcome)
			}
			flags := []string{"body", body, "from", from, "to", to, "outcome", outcome, "member", member, "words", words}
			return ask(cmd.Context(), a, a.question("decisions", args[0], asking(append(flags, "why", yes(why))...)), func(d decisionsAnswer) error {
				return a.showDecisions(&d, flags)
			})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&body, "body", "", "only those of a body")
	dayVar(flags, &from, "from", "only those of that day on")
	dayVar(flags, &to, "to", "only those up to that day")
	flags.StringVar(&outcome, "outcome", "", "only those that are "+strings.Join(outcomes, ", "))
	flags.StringVar(&member, "member", "", "only those on whose roll a member was")
	flags.StringVar(&words, "words", "", "only those whose title has all these words, whatever their case and accents")
	whyFlag(cmd, &why)
	a.completeFlag(cmd, "body", a.bodiesThere)
	a.completeFlag(cmd, "member", a.membersThere)
	a.completeFlag(cmd, "outcome", func(*cobra.Command, string, ...string) []string { return outcomes })
	return cmd
}

func (a *app) showDecisions(d *decisionsAnswer, flags []string) error {
	a.printf("%s, %s\n\n", d.Group, a.when(d.about))
	t := table{heads: []string{"#", a.tr("jour", "day"), a.tr("instance", "body"), a.tr("objet", "subject"), a.tr("pour", "for"), a.tr("contre", "against"), a.tr("résultat", "outcome"), a.tr("en droit", "in law")}, right: map[int]bool{0: true, 4: true, 5: true}}
	if d.Sources != nil {
		t.heads = append(t.heads, a.tr("d'après", "follows from"))
	}
	for i := range d.Decisions {
		r := &d.Decisions[i]
		cells := []string{decimal(r.Number), r.Day, r.Body, r.Title, a.sideCell(r.For), a.sideCell(r.Against), a.sayDecided(r), a.sayLegal(r)}
		if d.Sources != nil {
			cells = append(cells, numbers(r.Why))
		}
		t.add(cells...)
	}
	if len(d.Decisions) == 0 {
		a.printf("%s\n", a.tr("Aucune décision.", "No decision."))
	} else {
		t.print(a.out)
		n := len(d.Decisions)
		a.printf("\n%s\n", fmt.Sprintf(a.tr("%d décision%s", "%d decision%s"), n, plural(n)))
	}
	verb := []string{"decisions", d.Group}
	for i := 0; i < len(flags); i += 2 {
		if flags[i+1] != "" {
			verb = append(verb, "--"+flags[i], flags[i+1])
		}
	}
	a.close(d.about, verb...)
	return nil
}

// sideCell is who was for, or against: voices, or members where voices do not count.
func (a *app) sideCell(s *sideRow) string {
	switch {
	case s == nil:
		return ""
	case s.Weight == "" && s.Heads != nil:
		return a.membersCounted(*s.Heads)
	}
	return a.number(s.Weight)
}

func (a *app) sayDecided(r *decisionRow) string {
	says := a.sayOutcomeOf(ofDecision, r.Outcome, cmp.Or(r.Titled, r.Option), r.Tie)
	if r.Asserted {
		says += a.tr(", affirmée sans vote", ", asserted")
	}
	return says
}

// sayLegal tells what a decision is in law.
func (a *app) sayLegal(r *decisionRow) string {
	says := a.word(r.Legal)
	switch {
	case r.Legal == domain.NoResult && r.Outcome == domain.SecondRound && r.Later > 0:
		says = fmt.Sprintf(a.tr("premier tour, sans effet par lui-même ; la décision du second est #%d", "a first round, nothing by itself; the decision of the second is #%d"), r.Later)
	case r.Legal == domain.NoResult && r.Outcome == domain.SecondRound:
		says = a.tr("premier tour, sans effet par lui-même", "a first round, nothing by itself")
	case r.Legal == domain.NoResult && r.Later > 0:
		says += fmt.Sprintf(a.tr(" ; remis aux voix : #%d", "; put to vote again: #%d"), r.Later)
	case r.Legal == domain.AnnulledFrom:
		says += " " + r.Until
	case r.Until != "":
		says = fmt.Sprintf(a.tr("valable jusqu'à son annulation au %s", "stands until it is annulled from %s on"), r.Until)
	}
	if r.Condition != "" {
		says += a.tr(", sauf si ", ", unless ") + r.Condition
	}
	return says
}

func (a *app) decisionVerb() *cobra.Command {
	var why bool
	cmd := &cobra.Command{
		Use:   "decision GROUP N",
		Short: "One decision, with all that recomputes it; and the verbs of what becomes of one",
		Args:  exactly(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := readNumber("N", args[1])
			if err != nil {
				return err
			}
			return ask(cmd.Context(), a, a.question("decision", args[0], asking("number", decimal(n), "why", yes(why))), func(d decisionAnswer) error {
				a.tellDecision(&d)
				a.close(d.about, "decision", d.Group, decimal(n))
				return nil
			})
		},
	}
	whyFlag(cmd, &why)
	cmd.ValidArgsFunction = a.completes(a.decisionsThere)
	cmd.AddCommand(a.decisionVerbs()...)
	return cmd
}

func (a *app) tellDecision(d *decisionAnswer) {
	r := &d.Decision
	a.printf("%s, %s\n", d.Group, a.when(d.about))
	a.prose(fmt.Sprintf(a.tr("Décision #%d de %s, %s : « %s »", "Decision #%d of %s, %s: “%s”"), r.Number, r.Body, r.Day, r.Title), 2)
	a.prose("  "+a.sayDecided(r), 4)
	if r.Sitting != "" {
		a.prose(fmt.Sprintf(a.tr("  séance %s, point %s", "  sitting %s, item %s"), r.Sitting, r.Item), 4)
	}
	a.tellFate(d)
	switch {
	case d.Reported != nil:
		a.tellReported(d)
	case d.Vote == nil:
		a.prose("  "+a.tr("le vote dont elle résulte ne figure plus au registre : elle ne peut pas être recalculée", "the vote that it follows from no longer stands in the register: it cannot be recomputed"), 4)
	default:
		a.printf("\n%s\n", a.tr("Vote", "Vote"))
		a.tellVote(d.Vote)
		a.tellCounts(d.Vote)
		a.tellRecount(d)
	}
}

// tellFate tells what a decision is in law, from when it binds, and what it changes.
func (a *app) tellFate(d *decisionAnswer) {
	r := &d.Decision
	a.prose(a.tr("  en droit : ", "  in law: ")+a.sayLegal(r), 4)
	if n := d.Annulment; n != nil {
		a.prose(fmt.Sprintf(a.tr("  annulée par %s le %s (#%d) : %s", "  annulled by %s on %s (#%d): %s"), n.Court, n.Day, n.Event, n.Reason), 4)
	}
	if len(d.Lifted) > 0 {
		a.prose(a.tr("  annulation levée : ", "  annulment lifted: ")+numbers(d.Lifted), 4)
	}
	switch {
	case r.Binds != "":
		a.prose(fmt.Sprintf(a.tr("  publiée le %s, reçue en préfecture le %s : exécutoire à partir du %s", "  published on %s, received by the prefecture on %s: binds from %s on"), d.Published, d.Received, r.Binds), 4)
	case d.Published != "" && d.Received != "": // it never was
		a.prose(fmt.Sprintf(a.tr("  publiée le %s, reçue en préfecture le %s", "  published on %s, received by the prefecture on %s"), d.Published, d.Received), 4)
	case d.Published != "":
		a.prose(a.tr("  publiée le ", "  published on ")+d.Published+a.tr(" ; pas de réception connue", "; no receipt known"), 4)
	case d.Received != "":
		a.prose(a.tr("  reçue en préfecture le ", "  received by the prefecture on ")+d.Received+a.tr(" ; pas de publication connue", "; no publication known"), 4)
	default:
		a.prose(a.tr("  ni publication ni réception connues", "  neither publication nor receipt known"), 4)
	}
	if e := d.Effects; e != nil {
		says := fmt.Sprintf(a.tr("  porte %d changement%s (#%d)", "  makes %d change%s (#%d)"), e.Changes, plural(e.Changes), e.Event)
		if !e.Count {
			says += map[bool]string{true: a.tr(", qui ne compte pas", ", which does not count"), false: a.tr(", qui ne comptent pas", ", which do not count")}[e.Changes == 1]
		}
		a.prose(says, 4)
	}
}

func (a *app) tellReported(d *decisionAnswer) {
	r := d.Reported
	a.prose("  "+a.tr("affirmée sans vote : les suffrages ne sont pas connus, elle ne peut pas être recalculée", "asserted: its votes are not known, so it cannot be recomputed"), 4)
	if r.Sitting != "" {
		a.prose(a.tr("  séance selon le document : ", "  sitting, as the document calls it: ")+r.Sitting, 4)
	}
	for _, side := range [][2]string{{a.tr("pour", "for"), r.For}, {a.tr("contre", "against"), r.Against}, {a.tr("abstention", "abstaining"), r.Abstain}} {
		if side[1] != "" {
			a.prose("  "+side[0]+" "+a.number(side[1]), 4)
		}
	}
}

// tellCounts tells of a secret ballot how those with one weight voted.
func (a *app) tellCounts(v *voteRow) {
	for _, c := range v.Counts {
		line := a.senseAmong(v.choice(), c.Sense) + a.tr(" : ", ": ") + strconv.Itoa(c.Votes)
		if v.weighs() {
			line = a.tr("voix ", "voices ") + a.number(c.Weight) + ", " + line
		}
		a.prose("  "+line, 4)
	}
}

func (a *app) tellRecount(d *decisionAnswer) {
	r := d.Recount
	if r == nil {
		a.prose(a.tr("Elle ne peut pas être recalculée.", "It cannot be recomputed."), 2)
		return
	}
	says := a.tr("Recalculée : ", "Recomputed: ") + a.sayOutcomeOf(ofDecision, r.Outcome, optionTitled(d.Vote.choice(), r.Option), r.Tie)
	if r.Same {
		says += a.tr(", comme proclamé.", ", as proclaimed.")
	} else {
		says += fmt.Sprintf(a.tr(" ; ce n'est PAS ce qui a été proclamé (%s).", "; that is NOT what was proclaimed (%s)."), a.differing(r.Differs))
	}
	a.prose(says, 2)
}
