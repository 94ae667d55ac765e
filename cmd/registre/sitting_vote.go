package main

import (
	"cmp"
	"fmt"
	"strings"
	"sync"
	"time"

	"registre/domain"
)

// The parts of a vote, as far as they are printed.
type (
	voteRow struct {
		Cancelled, Casting    string
		Closed, Event, Put    uint64
		Counts                []countRow
		Missing               []string
		Open, Secret, Written bool
		Options               []optionRow
		Roll                  []seatRow
		Rule                  struct{ Sentence map[string]string }
		RuleSet               uint64 `json:"rule_set"`
		SecondNotice          bool   `json:"second_notice"`
		SecondRound           bool   `json:"second_round"`
		Tally                 *tallyRow
	}
	tallyRow struct {
		Abstain, Cast, Present, Total amountRow
		NotVoted                      amountRow `json:"not_voted"`
		For, Against                  *amountRow
		Blocking, Majority, Quorum    []measureRow
		Option, Outcome               string
		Settled, Tie                  bool
	}
	amountRow struct {
		Heads  int64
		Weight string
	}
	measureRow struct {
		Above, Just, Reached          bool
		Base, Needed, Part, Threshold string
	}
	seatRow struct {
		Holder, Member, Presence, Vote, Weight string
		Parts                                  []struct{ Sense, Weight string }
		Voted                                  bool
	}
	countRow struct {
		Sense, Weight string
		Votes         int
	}
	optionRow struct {
		Amount        *amountRow
		Option, Title string
	}
)

// choice is what the options of a vote are called.
func (v *voteRow) choice() []agendaOption {
	if v == nil {
		return nil
	}
	all := make([]agendaOption, len(v.Options))
	for i, o := range v.Options {
		all[i] = agendaOption{Option: o.Option, Title: cmp.Or(o.Title, o.Option)}
	}
	return all
}

// weighs reports whether voices count in a vote, and not heads alone.
func (v *voteRow) weighs() bool {
	for i := range v.Roll {
		if v.Roll[i].Weight != "" {
			return true
		}
	}
	return false
}

// tellVote prints a vote: quorum, tally, what is missing, the roll and the rule.
func (a *app) tellVote(v *voteRow) {
	a.tellTally(v)
	if v.Secret && v.Tally == nil {
		voted := 0
		for i := range v.Roll {
			if v.Roll[i].Voted {
				voted++
			}
		}
		a.prose(fmt.Sprintf(a.tr("  vote secret, votants : %s ; rien d'autre n'en est dit avant la clôture", "  a secret ballot, voters: %s; nothing else is told of it before it is closed"), a.membersCounted(int64(voted))), 4)
	}
	if v.Open && len(v.Missing) > 0 {
		a.prose(fmt.Sprintf(a.tr("  n'ont pas voté (%d) : ", "  have not voted (%d): "), len(v.Missing))+strings.Join(v.Missing, ", "), 4)
	}
	if v.Casting != "" {
		a.prose(a.tr("  voix prépondérante : ", "  casting vote: ")+v.Casting, 4)
	}
	a.printf("\n")
	a.rollTable(v).print(a.out)
	a.printf("\n")
	a.prose(fmt.Sprintf(a.tr("Règle #%d : ", "Rule #%d: "), v.RuleSet)+v.Rule.Sentence[a.tr("fr", "en")], 2)
}

// tellTally prints how the votes stand, or stood when the vote was closed.
func (a *app) tellTally(v *voteRow) {
	t := v.Tally
	if t == nil {
		return
	}
	for i := range t.Quorum {
		a.prose(a.tr("  quorum : ", "  quorum: ")+a.sayMeasure(&t.Quorum[i]), 4)
	}
	a.prose("  "+a.sayTally(v), 4)
	for i := range t.Majority {
		a.prose(a.tr("  majorité : ", "  majority: ")+a.sayMeasure(&t.Majority[i]), 4)
	}
	for i := range t.Blocking {
		a.prose(a.tr("  minorité de blocage : ", "  blocking minority: ")+a.sayMeasure(&t.Blocking[i]), 4)
	}
	if v.Open {
		now := a.tr("  si l'on clôt maintenant : ", "  if it is closed now: ") + a.sayOutcomeOf(ofItem, t.Outcome, optionTitled(v.choice(), t.Option), t.Tie)
		if t.Settled {
			now += a.tr(" ; aucun vote à venir n'y change rien", "; no vote still to come changes that")
		}
		a.prose(now, 4)
	}
}

// sayTally tells the votes in one line: for, against and abstentions; of a choice, each option.
func (a *app) sayTally(v *voteRow) string {
	t, weighs := v.Tally, v.weighs()
	var says []string
	if t.For != nil {
		says = append(says, a.tr("pour ", "for ")+a.sayAmount(t.For, weighs), a.tr("contre ", "against ")+a.sayAmount(t.Against, weighs))
	}
	for _, o := range v.Options {
		if o.Amount != nil {
			says = append(says, optionTitled(v.choice(), o.Option)+" "+a.sayAmount(o.Amount, weighs))
		}
	}
	says = append(says, a.tr("abstention ", "abstaining ")+a.sayAmount(&t.Abstain, weighs))
	if t.NotVoted.Heads > 0 {
		says = append(says, a.tr("sans vote ", "not voted ")+a.sayAmount(&t.NotVoted, weighs))
	}
	return strings.Join(says, ", ")
}

// sayAmount tells voices and members; members alone where voices do not count.
func (a *app) sayAmount(n *amountRow, weighs bool) string {
	members := a.membersCounted(n.Heads)
	if !weighs {
		return members
	}
	return fmt.Sprintf("%s (%s)", a.number(n.Weight), members)
}

// membersCounted says how many members; none are several in English, and one in French.
func (a *app) membersCounted(n int64) string {
	several := plural(int(n))
	if n == 0 {
		several = a.tr("", "s")
	}
	return fmt.Sprintf(a.tr("%d membre%s", "%d member%s"), n, several)
}

// sayMeasure tells a threshold: what there is, of how many, what is needed, and whether that is reached.
func (a *app) sayMeasure(m *measureRow) string {
	unit := a.tr("voix", "voices")
	if strings.HasPrefix(m.Threshold, domain.Heads) {
		unit = a.tr("membres", "members")
	}
	says := fmt.Sprintf(a.tr("%s sur %s %s", "%s of %s %s"), a.number(m.Part), a.number(m.Base), unit)
	switch {
	case m.Needed == "0" && !m.Reached: // of no votes at all: nothing is for it
	case m.Needed != "" && m.Above:
		says += fmt.Sprintf(a.tr(", il en faut plus de %s", ", more than %s are needed"), a.number(m.Needed))
	case m.Needed != "":
		says += fmt.Sprintf(a.tr(", il en faut %s", ", %s are needed"), a.number(m.Needed))
	}
	if m.Reached {
		return says + a.tr(" : c'est atteint", ": reached")
	}
	return says + a.tr(" : ce n'est pas atteint", ": not reached")
}

func (a *app) rollTable(v *voteRow) *table {
	t := &table{heads: []string{a.tr("membre", "member"), a.tr("voix", "voices"), a.tr("présence", "presence"), a.tr("vote", "vote")}, right: map[int]bool{1: true}}
	for i := range v.Roll {
		s := &v.Roll[i]
		presence := a.sayPresence(s)
		if v.Written && s.Presence == domain.Absent {
			presence = a.tr("consulté", "consulted")
		}
		t.add(s.Member, a.number(s.Weight), presence, a.saySeatVote(s, v.choice()))
	}
	return t
}

// presences are how one member is to a vote.
var presences = map[string][2]string{
	domain.Present: {"présent", "present"}, domain.Represented: {"représenté par %s", "represented by %s"}, domain.Absent: {"absent", "absent"}, domain.Recused: {"déporté", "recused"},
}

func (a *app) sayPresence(s *seatRow) string {
	p := presences[s.Presence]
	if s.Presence == domain.Absent && s.hasVoted() {
		return a.tr("par écrit", "in writing")
	}
	if s.Holder != "" {
		return fmt.Sprintf(a.tr(p[0], p[1]), s.Holder)
	}
	return a.tr(p[0], p[1])
}

func (s *seatRow) hasVoted() bool { return s.Voted || s.Vote != "" || len(s.Parts) > 0 }

// saySeatVote tells how one member votes, among the options of a choice.
func (a *app) saySeatVote(s *seatRow, choice []agendaOption) string {
	if s.Voted {
		return a.tr("a voté", "has voted")
	}
	if len(s.Parts) == 0 {
		return a.senseAmong(choice, s.Vote)
	}
	var parts []string
	for _, p := range s.Parts {
		parts = append(parts, a.senseAmong(choice, p.Sense)+" "+a.number(p.Weight))
	}
	return strings.Join(parts, ", ")
}

// inParis is the time zone of the house.
var inParis = sync.OnceValue(func() *time.Location {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		return time.UTC // it is compiled in: domain asks for it
	}
	return zone
})

// parisClock is an instant as a clock in Paris shows it, to the minute; a day, where nothing but the day was given.
func parisClock(instant string) string {
	t, err := domain.ParseRFC3339(instant)
	if err != nil {
		return instant
	}
	if t == domain.EndOfDay(t.Day()) {
		return t.Day().String()
	}
	return t.Time().In(inParis()).Format("2006-01-02 15:04")
}
