package main

import (
	"slices"
	"strings"

	"registre/cmd/registre/paper"
	"registre/domain"
	"registre/projections"
)

// vote tells one vote: under which rule, with which quorum, by whom, and what came of it.
func (t *minuteTaker) vote(p *projections.MinutesPassage) {
	v := p.Vote
	t.say(t.put(p))
	t.add(paper.Part{Small: true, Text: t.f("Règle (n° %d) : %s", "Rule (number %d): %s", v.RuleSet, t.tr(v.Sentence.French, v.Sentence.English))})
	if v.Closed > 0 && v.Outcome == "" {
		t.add(paper.Part{Bold: true, Text: t.f("Ce vote est interrompu, sans résultat (n° %d) : %s.", "This vote is cancelled without an outcome (number %d): %s.", v.Closed, strings.TrimSuffix(v.Cancelled, "."))})
		return
	}
	for i := range v.Quorum {
		t.say(t.quorum(v, &v.Quorum[i]))
	}
	t.add(paper.Part{Lead: true, Text: t.tr("Appel nominal, arrêté à l'ouverture du vote :", "The roll, fixed as the vote was opened:")}, paper.Part{Table: t.roll(p.Item, v)})
	if v.Tally == nil {
		t.say(t.tr("Le vote est ouvert ; d'un scrutin secret rien n'est dit avant sa clôture.", "The vote is open; of a secret ballot nothing is told before it is closed."))
		return
	}
	if len(v.Counts) > 0 {
		t.add(paper.Part{Lead: true, Text: t.tr("Dépouillement :", "The count:")}, paper.Part{Table: t.counts(p.Item, v)})
	}
	t.add(paper.Part{Lead: true, Text: t.closing(v)}, paper.Part{Table: t.tally(p.Item, v)})
	if v.Divided {
		t.say(t.tr("Des voix ont été partagées : les membres ne se comptent pas par sens.", "Voices were divided: members are not counted by sense."))
	}
	t.recounted(p.Item, v)
	for i := range v.Majority {
		t.say(t.measured(t.tr("Majorité", "Majority"), &v.Majority[i], t.tr("atteinte", "reached"), t.tr("non atteinte", "not reached")))
	}
	for i := range v.Blocking {
		t.say(t.measured(t.tr("Minorité de blocage (contre)", "Blocking minority (against)"), &v.Blocking[i], t.tr("atteinte : le texte est bloqué", "reached: the text is blocked"), t.tr("non atteinte", "not reached")))
	}
	t.decided(p.Item, v)
}

// put says how an item was put to vote.
func (t *minuteTaker) put(p *projections.MinutesPassage) string {
	v := p.Vote
	says := t.tr("Le point est mis aux voix", "The item is put to vote") + t.at(p.Hour)
	if p.Hour == "" && p.Day.First != t.Day {
		says += t.tr(" le ", " on ") + t.date(p.Day)
	}
	if v.SecondNotice {
		says += t.tr(", sur seconde convocation", ", on second notice")
	}
	if v.SecondRound {
		says += t.tr(", au second tour", ", in the second round")
	}
	if v.Ballot == domain.Secret {
		says += t.tr(", au scrutin secret", ", by secret ballot")
	} else {
		says += t.tr(", au scrutin public", ", in public")
	}
	return says + t.f(". (n° %d)", ". (number %d)", v.Event)
}

// quorum says one threshold of the quorum, and what was there.
func (t *minuteTaker) quorum(v *projections.MinutesVote, m *projections.MinutesMeasure) string {
	how := map[string]string{domain.Present: t.tr(", présents en personne", ", present in person"), domain.Represented: t.tr(", présents ou représentés", ", present or represented")}[v.QuorumCounts]
	if v.Written {
		how = t.tr(", qui répondent", ", who answer")
	}
	reached := t.tr("atteint", "reached")
	if !m.Reached {
		reached = t.tr("NON ATTEINT", "NOT REACHED")
	}
	return t.f("Quorum : %s%s. Constaté : %s sur %s : %s.", "Quorum: %s%s. Found: %s of %s: %s.", t.tr(m.Sentence.French, m.Sentence.English), how, t.of(m, m.Part), t.bare(m, m.Base), reached)
}

// measured says a threshold of the majority, and what it was held against.
func (t *minuteTaker) measured(what string, m *projections.MinutesMeasure, yes, no string) string {
	end := yes
	if !m.Reached {
		end = no
	}
	if m.Just {
		end += t.tr(" : c'est exactement la part, et il fallait plus", ": it is exactly the share, and more was asked")
	}
	return t.f("%s : %s. Obtenu : %s sur %s : %s.", "%s: %s. Obtained: %s of %s: %s.", what, t.tr(m.Sentence.French, m.Sentence.English), t.of(m, m.Part), t.bare(m, m.Base), end)
}

// of is an amount by the measure of a threshold.
func (t *minuteTaker) of(m *projections.MinutesMeasure, a projections.MinutesAmount) string {
	if m.Threshold.Of == domain.Heads {
		return t.f("%d membre%s", "%d member%s", a.Members, plural(int(a.Members)))
	}
	return t.voices(a.Voices)
}

// bare is an amount without its unit.
func (t *minuteTaker) bare(m *projections.MinutesMeasure, a projections.MinutesAmount) string {
	if m.Threshold.Of == domain.Heads {
		return decimal(uint64(a.Members))
	}
	return t.number(a.Voices.String())
}

// voices are so many voices, in words.
func (t *minuteTaker) voices(w domain.Weight) string {
	if t.lang == "fr" {
		return t.number(w.String()) + " voix"
	}
	if w.String() == "1" {
		return "1 voice"
	}
	return w.String() + " voices"
}

// roll is the roll with each vote.
func (t *minuteTaker) roll(item domain.ItemID, v *projections.MinutesVote) *paper.Table {
	table := &paper.Table{
		Heads:  []string{t.tr("Membre", "Member"), t.tr("Voix", "Voices"), t.tr("Présence", "Presence"), t.tr("Vote", "Vote")},
		Widths: []float64{68, 18, 56, 38}, Right: map[int]bool{1: true}, Wrap: true,
	}
	for i := range v.Roll {
		s := &v.Roll[i]
		table.Rows = append(table.Rows, []string{t.name(s.Member), t.number(s.Weight.String()), t.seated(v, s), t.voted(item, v, s)})
	}
	if !v.Weighed {
		without(table, 1)
	}
	return table
}

// seated says how a seat of the roll is there; in a written consultation nobody is, and all are asked.
func (t *minuteTaker) seated(v *projections.MinutesVote, s *projections.MinutesSeat) string {
	if v.Written && (s.Presence == domain.Present || s.Presence == domain.Absent) {
		return t.tr("consulté", "consulted")
	}
	return t.presence(s.Presence, s.Holder)
}

// voted says how a seat of the roll voted.
func (t *minuteTaker) voted(item domain.ItemID, v *projections.MinutesVote, s *projections.MinutesSeat) string {
	takesPart := s.Presence == domain.Present || s.Presence == domain.Represented || s.Presence == domain.Absent && v.Written
	switch {
	case !takesPart:
		return "–"
	case v.Ballot == domain.Secret && slices.Contains(v.Marked, s.Member):
		return t.tr("a voté", "has voted")
	case len(s.Parts) > 0:
		var parts []string
		for _, p := range s.Parts {
			parts = append(parts, t.sense(item, p.Sense)+" "+t.number(p.Weight.String()))
		}
		return strings.Join(parts, t.tr(" ; ", "; "))
	case s.Sense != "":
		return t.sense(item, s.Sense)
	case v.Written:
		return t.tr("sans réponse", "no answer")
	}
	return t.tr("n'a pas voté", "has not voted")
}

// sense says a sense of a vote: for, against, abstention, or the title of an option.
func (t *minuteTaker) sense(item domain.ItemID, sense string) string {
	switch sense {
	case domain.SenseFor:
		return t.tr("pour", "for")
	case domain.SenseAgainst:
		return t.tr("contre", "against")
	case domain.SenseAbstain:
		return t.tr("abstention", "abstention")
	}
	return t.option(item, domain.OptionID(sense))
}

// counts are those of a secret ballot.
func (t *minuteTaker) counts(item domain.ItemID, v *projections.MinutesVote) *paper.Table {
	table := &paper.Table{
		Heads:  []string{t.tr("Voix de chacun", "Voices of each"), t.tr("Sens", "Sense"), t.tr("Bulletins", "Ballots")},
		Widths: []float64{40, 100, 40}, Right: map[int]bool{0: true, 2: true}, Wrap: true,
	}
	for _, c := range v.Counts {
		table.Rows = append(table.Rows, []string{t.number(c.Weight.String()), t.sense(item, c.Sense), decimal(uint64(c.Members))})
	}
	if !v.Weighed {
		without(table, 0)
	}
	return table
}

// closing says that the vote was closed, and what follows.
func (t *minuteTaker) closing(v *projections.MinutesVote) string {
	if v.Closed == 0 {
		return t.tr("Le vote est encore ouvert ; il en est à :", "The vote is still open; it stands at:")
	}
	return t.tr("Le vote est clos", "The vote is closed") + t.at(v.ClosedHour) + t.f(" (n° %d). Résultat :", " (number %d). The tally:", v.Closed)
}

// tally is what was counted.
func (t *minuteTaker) tally(item domain.ItemID, v *projections.MinutesVote) *paper.Table {
	table := &paper.Table{
		Heads:  []string{t.tr("Sens", "Sense"), t.tr("Membres", "Members"), t.tr("Voix", "Voices")},
		Widths: []float64{110, 35, 35}, Right: map[int]bool{1: true, 2: true}, Wrap: true,
	}
	line := func(what string, a projections.MinutesAmount, bySense bool) []string {
		members, voices := decimal(uint64(a.Members)), t.number(a.Voices.String())
		if v.Divided && bySense {
			members = "–"
		}
		return []string{what, members, voices}
	}
	add := func(what string, a projections.MinutesAmount) { table.Rows = append(table.Rows, line(what, a, true)) }
	for _, o := range v.Options {
		add(t.option(item, o.Option), projections.MinutesAmount{Members: o.Members, Voices: o.Voices})
	}
	if len(v.Options) == 0 {
		add(t.tr("Pour", "For"), v.Tally.For)
		add(t.tr("Contre", "Against"), v.Tally.Against)
	}
	add(t.tr("Abstention", "Abstention"), v.Tally.Abstain)
	if v.Written {
		table.Sum = line(t.tr("Ont répondu", "Have answered"), v.Tally.Present, false)
	} else {
		table.Rows = append(table.Rows, line(t.tr("N'ont pas voté", "Have not voted"), v.Tally.NotVoted, false))
		table.Sum = line(t.tr("Présents ou représentés", "Present or represented"), v.Tally.Present, false)
	}
	if !v.Weighed {
		without(table, 2)
	}
	return table
}

// without takes a column out of a table, and gives its room to the first of the others.
func without(t *paper.Table, column int) {
	width := t.Widths[column]
	t.Heads, t.Widths = slices.Delete(t.Heads, column, column+1), slices.Delete(t.Widths, column, column+1)
	t.Widths[0] += width
	for i := range t.Rows {
		t.Rows[i] = slices.Delete(t.Rows[i], column, column+1)
	}
	if t.Sum != nil {
		t.Sum = slices.Delete(t.Sum, column, column+1)
	}
	right := map[int]bool{}
	for i := range t.Right {
		switch {
		case i < column:
			right[i] = true
		case i > column:
			right[i-1] = true
		}
	}
	t.Right = right
}

// decided says the decision, what it follows from and what has become of it.
func (t *minuteTaker) decided(item domain.ItemID, v *projections.MinutesVote) {
	if v.Outcome == "" {
		return
	}
	t.add(paper.Part{Bold: true, Text: t.proclaimed(item, v)})
	what := t.tr("Décision", "Decision")
	if v.Outcome == domain.SecondRound || v.Outcome == domain.Unresolved || v.Outcome == domain.NoQuorum {
		what = t.tr("Proclamation", "Proclamation")
	}
	t.say(t.f("%s n° %d du registre ; elle découle de la règle n° %d et des événements %s.", "%s number %d of the register; it follows from the rule number %d and the events %s.",
		what, v.Decision, v.RuleSet, strings.TrimPrefix(t.events(v.Events), t.tr("", "number "))))
	if v.Legal != nil {
		t.legal(v.Legal)
	}
}

// recounted says what the votes come to as the register tells them now, where that is not what was proclaimed.
func (t *minuteTaker) recounted(item domain.ItemID, v *projections.MinutesVote) {
	if v.Recount != nil {
		t.add(paper.Part{Bold: true, Text: t.f("Le résultat ci-dessus est celui qui fut proclamé, et il demeure. Recompté d'après ce que dit aujourd'hui le registre, comme ci-dessous, le vote donnerait : %s.",
			"The tally above is the one that was proclaimed, and it stays. Counted anew from what the register says today, as below, the vote would give: %s.", t.outcome(v.Recount.Outcome, t.option(item, v.Recount.Option), v.Recount.Tie))})
	}
}

func (t *minuteTaker) proclaimed(item domain.ItemID, v *projections.MinutesVote) string {
	says := map[string]string{
		domain.Adopted: t.tr("Le point est ADOPTÉ.", "The item is ADOPTED."), domain.Rejected: t.tr("Le point est REJETÉ.", "The item is REJECTED."),
		domain.Unresolved: t.tr("Le vote reste SANS RÉSULTAT.", "The vote stays WITHOUT A RESULT."), domain.NoQuorum: t.tr("Le QUORUM n'est PAS ATTEINT : il n'y a pas de décision.", "There is NO QUORUM: nothing is decided."),
		domain.Elected:     t.f("Est RETENU : %s.", "CHOSEN: %s.", t.option(item, v.Option)),
		domain.SecondRound: t.tr("Aucune option n'a la majorité : un SECOND TOUR est nécessaire.", "No option has the majority: a SECOND ROUND is needed."),
	}[v.Outcome]
	if v.Tie {
		says += t.tr(" Il y a égalité", " There is a tie")
		switch {
		case v.Casting == "":
		case v.Outcome == domain.Adopted || v.Outcome == domain.Elected:
			says += t.f(" ; la voix prépondérante, celle de %s, l'emporte", "; the casting vote, that of %s, decides", t.name(v.Casting))
		default:
			says += t.f(" ; la voix prépondérante, celle de %s, n'y donne pas la majorité", "; the casting vote, that of %s, gives no majority", t.name(v.Casting))
		}
		says += "."
	}
	return says
}

// legal says what has become of a decision.
func (t *minuteTaker) legal(l *projections.MinutesLegal) {
	by := t.f("par %s, jugement du %s (n° %d) : %s", "by %s, judgment of %s (number %d): %s", l.Court, t.date(l.Judged), l.Annulment, strings.TrimSuffix(l.Reason, "."))
	if l.Condition != "" {
		by += t.tr(" ; sauf si : ", "; unless: ") + strings.TrimSuffix(l.Condition, ".")
	}
	switch {
	case l.State == domain.AnnulledStart:
		t.add(paper.Part{Bold: true, Text: t.f("Cette décision est ANNULÉE depuis l'origine, %s.", "This decision is ANNULLED from its beginning, %s.", by)})
	case l.Annulment > 0:
		t.add(paper.Part{Bold: true, Text: t.f("Cette décision est ANNULÉE à compter du %s, %s.", "This decision is ANNULLED from %s, %s.", t.day(l.Until), by)})
	}
	var says []string
	if !l.Published.IsZero() {
		says = append(says, t.tr("publiée le ", "published on ")+t.date(l.Published)+t.f(" (n° %d)", " (number %d)", l.Publisher))
	}
	if !l.Received.IsZero() {
		says = append(says, t.tr("reçue par le représentant de l'État le ", "received by the State's representative on ")+t.date(l.Received)+t.f(" (n° %d)", " (number %d)", l.Receipt))
	}
	if l.Binds != 0 {
		says = append(says, t.tr("exécutoire depuis le ", "binding since ")+t.day(l.Binds))
	}
	if len(says) > 0 {
		t.say(t.tr("Décision ", "Decision ") + strings.Join(says, t.tr(" ; ", "; ")) + ".")
	}
}
