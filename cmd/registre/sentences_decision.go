package main

import (
	"fmt"
	"strconv"
	"strings"

	"registre/domain"
)

// sayVote makes a sentence of an event about a vote or a decision; "" of any other.
func (a *app) sayVote(kind string, d *actData) string {
	f := func(fr, en string, args ...any) string { return fmt.Sprintf(a.tr(fr, en), args...) }
	switch kind {
	case "vote-opened":
		return f("Vote ouvert : %s ; %s ; règle de vote #%d.", "Vote opened: %s; %s; voting rule #%d.", d.point(), a.sayRoll(d), d.RuleSet)
	case "votes-cast":
		return f("Suffrages : %s ; %s.", "Votes cast: %s; %s.", d.point(), a.sayVotes(d))
	case "voters-marked":
		return f("Ont voté à bulletin secret : %s ; %s.", "Voted in a secret ballot: %s; %s.", d.point(), a.called(d.Members))
	case "vote-cancelled":
		return a.because(f("Vote interrompu sans résultat : %s", "Vote cancelled, without an outcome: %s", d.point()), d.Reason)
	case "vote-closed":
		return f("Vote clos : %s%s.", "Vote closed: %s%s.", d.point(), a.sayCounts(d))
	case "decision-proclaimed":
		return a.sayProclaimed(d)
	case "decision-asserted":
		return a.sayAsserted(d)
	case "decision-published":
		return f("La décision #%d est publiée.", "Decision #%d is published.", d.Decision)
	case "decision-received":
		return f("La préfecture a reçu la décision #%d.", "The prefecture has received decision #%d.", d.Decision)
	case "decision-annulled":
		return a.sayAnnulled(d)
	case "annulment-lifted":
		return a.because(f("L'annulation #%d est levée %s", "Annulment #%d is lifted %s", d.Annulment, a.word(d.How)), d.Reason)
	}
	return ""
}

// sayRoll tells how many of a roll are there.
func (a *app) sayRoll(d *actData) string {
	count := map[string]int{}
	for _, l := range d.Roll {
		count[l.Presence] += len(l.Members)
	}
	var says []string
	for _, presence := range []string{domain.Present, domain.Represented, domain.Absent, domain.Recused} {
		if n := count[presence]; n > 0 {
			says = append(says, a.word(presence)+" "+strconv.Itoa(n))
		}
	}
	return strings.Join(says, ", ")
}

// sayVotes tells votes, those of one sense together.
func (a *app) sayVotes(d *actData) string {
	var order []string
	of := map[string][]string{}
	take := func(sense, who string) {
		if of[sense] == nil {
			order = append(order, sense)
		}
		of[sense] = append(of[sense], who)
	}
	for _, v := range d.Votes {
		if v.Sense != "" {
			take(v.Sense, a.member(v.Member))
		}
		for _, p := range v.Parts {
			take(p.Sense, a.member(v.Member)+" ("+a.number(p.Weight)+")")
		}
	}
	var says []string
	for _, sense := range order {
		says = append(says, a.sense(&d.sittingData, sense)+a.tr(" : ", ": ")+a.list(of[sense]))
	}
	return strings.Join(says, " ; ")
}

// sayCounts tells the counts of a secret ballot, behind a semicolon.
func (a *app) sayCounts(d *actData) string {
	var says []string
	for _, c := range d.Counts {
		says = append(says, fmt.Sprintf(a.tr("%s : %d × %s voix", "%s: %d × %s"), a.sense(&d.sittingData, c.Sense), c.Votes, a.number(c.Weight)))
	}
	if len(says) == 0 {
		return ""
	}
	return a.tr(" ; ", "; ") + strings.Join(says, ", ")
}

func (a *app) sayProclaimed(d *actData) string {
	says := d.point() + a.tr(" : ", ": ") + a.outcomeWord(d.Outcome, ofItem)
	if d.Option != "" {
		says += a.tr(" : ", ": ") + optionTitled(d.choice, d.Option)
	}
	if d.Tie {
		says += a.tr(", à égalité", ", on a tie")
	}
	var figures []string
	tell := func(word string, f votedFigure) {
		figures = append(figures, fmt.Sprintf(a.tr("%s : %s voix (membres : %d)", "%s: %s (members: %d)"), word, a.number(f.Weight), f.Heads))
	}
	options := saidAs[[]votedFigure](d.Options)
	for i, o := range options {
		if i < len(d.choice) {
			tell(d.choice[i].Title, o)
		} else {
			tell("option "+strconv.Itoa(i+1), o)
		}
	}
	if len(options) == 0 {
		tell(a.word(domain.SenseFor), saidAs[votedFigure](d.For))
		tell(a.word(domain.SenseAgainst), saidAs[votedFigure](d.Against))
	}
	tell(a.word(domain.SenseAbstain), saidAs[votedFigure](d.Abstain))
	if d.NotVoted.Heads > 0 {
		tell(a.tr("sans vote", "not voted"), d.NotVoted)
	}
	return says + a.tr(" ; ", "; ") + strings.Join(figures, ", ") + "."
}

func (a *app) sayAsserted(d *actData) string {
	says := a.body(d.Body)
	if d.Sitting != "" {
		says += " (" + d.Sitting + ")"
	}
	says += fmt.Sprintf(a.tr(" : « %s » %s, affirmée sans les votes", ": “%s” %s, asserted without the votes"), d.Title, a.outcomeWord(d.Outcome, ofDecision))
	var figures []string
	for _, sense := range []string{domain.SenseFor, domain.SenseAgainst, domain.SenseAbstain} {
		if w := saidAs[string](d.of(sense)); w != "" {
			figures = append(figures, fmt.Sprintf(a.tr("%s : %s voix", "%s: %s"), a.word(sense), a.number(w)))
		}
	}
	if len(figures) > 0 {
		says += a.tr(" ; ", "; ") + strings.Join(figures, ", ")
	}
	return says + "."
}

// of is what an event says of one sense.
func (d *sittingData) of(sense string) []byte {
	switch sense {
	case domain.SenseFor:
		return d.For
	case domain.SenseAgainst:
		return d.Against
	}
	return d.Abstain
}

func (a *app) sayAnnulled(d *actData) string {
	says := fmt.Sprintf(a.tr("%s annule la décision #%d", "%s annuls decision #%d"), d.Court, d.Decision)
	if d.From != "" {
		says += a.tr(" à compter du ", " from ") + d.From + a.tr("", " on")
	}
	if d.Condition != "" {
		says += a.tr(", sauf si ", ", unless ") + d.Condition
	}
	return a.because(says, d.Reason)
}

// subjectOfSitting is what an act about a sitting, a vote or a decision is about.
func subjectOfSitting(act domain.Act) string {
	switch act := act.(type) {
	case *domain.SittingConvened:
		return string(act.Body) + " " + string(act.Sitting)
	case *domain.NoticeSent:
		return string(act.Sitting)
	case *domain.NoticeReceived:
		return string(act.Sitting)
	case *domain.NoticeAnswered:
		return string(act.Sitting) + " " + string(act.Member)
	case *domain.SittingOpened:
		return string(act.Sitting)
	case *domain.AttendeesArrived:
		return string(act.Sitting)
	case *domain.AttendeesLeft:
		return string(act.Sitting)
	case *domain.DelegateReplaced:
		return string(act.Sitting) + " " + string(act.Member)
	case *domain.ProxyGiven:
		return string(act.Sitting) + " " + string(act.Grantor) + " → " + string(act.Holder)
	case *domain.ProxyRevoked:
		return string(act.Sitting) + " " + string(act.Grantor)
	case *domain.SittingSuspended:
		return string(act.Sitting)
	case *domain.SittingResumed:
		return string(act.Sitting)
	case *domain.SittingAdjourned:
		return string(act.Sitting)
	case *domain.SittingClosed:
		return string(act.Sitting)
	case *domain.SittingCancelled:
		return string(act.Sitting)
	case *domain.MinutesApproved:
		return string(act.Sitting)
	}
	return subjectOfItem(act)
}

func subjectOfItem(act domain.Act) string {
	point := func(sitting domain.SittingID, item domain.ItemID) string { return string(sitting) + " " + string(item) }
	switch act := act.(type) {
	case *domain.MemberRecused:
		return point(act.Sitting, act.Item) + " " + string(act.Member)
	case *domain.ItemAdded:
		return point(act.Sitting, act.Item)
	case *domain.ItemAmended:
		return point(act.Sitting, act.Item)
	case *domain.ItemWithdrawn:
		return point(act.Sitting, act.Item)
	case *domain.ItemPostponed:
		return point(act.Sitting, act.Item)
	case *domain.ItemDivided:
		return point(act.Sitting, act.Item)
	case *domain.ItemPutToVote:
		return point(act.Sitting, act.Item)
	case *domain.VoteOpened:
		return point(act.Sitting, act.Item)
	case *domain.VotesCast:
		return point(act.Sitting, act.Item)
	case *domain.VotersMarked:
		return point(act.Sitting, act.Item)
	case *domain.VoteCancelled:
		return point(act.Sitting, act.Item)
	case *domain.VoteClosed:
		return point(act.Sitting, act.Item)
	}
	return subjectOfDecision(act)
}

func subjectOfDecision(act domain.Act) string {
	number := func(n uint64) string { return "#" + decimal(n) }
	switch act := act.(type) {
	case *domain.DecisionProclaimed:
		return string(act.Sitting) + " " + string(act.Item) + " " + act.Outcome
	case *domain.DecisionAsserted:
		return string(act.Body) + " " + act.Title
	case *domain.DecisionPublished:
		return number(act.Decision)
	case *domain.DecisionReceived:
		return number(act.Decision)
	case *domain.DecisionAnnulled:
		return number(act.Decision)
	case *domain.AnnulmentLifted:
		return number(act.Annulment)
	}
	return subjectOfPaper(act)
}
