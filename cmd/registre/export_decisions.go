package main

import (
	"context"
	"strconv"
	"strings"

	"registre/cmd/registre/sheet"
	"registre/domain"
	"registre/projections"
)

// deliberationsAnswer is the answer to "deliberations".
type deliberationsAnswer struct {
	projections.DeliberationsAnswer
	Illustrative []remark `json:"illustrative,omitempty"`
}

type deliberationsTold struct {
	projections.DeliberationsAnswer
	behind
}

func deliberationsAsked(a *asked) (told deliberationsTold, err error) {
	told.DeliberationsAnswer = projections.Deliberations(a.state, a.Question)
	var events []uint64
	for i := range told.Decisions {
		events = append(events, told.Decisions[i].Why...)
	}
	told.behind = a.behind(events)
	return told, nil
}

// decisions are what the bodies decided, a row each, with everything in it.
func (e *exporting) decisions(ctx context.Context, d desk) (*extract, error) {
	answer, err := answerTo[deliberationsAnswer](ctx, d, e.a.question("deliberations", e.group, nil))
	if err != nil {
		return nil, err
	}
	x := e.decisionsTable(&answer)
	return x, nil
}

func (e *exporting) decisionsTable(answer *deliberationsAnswer) *extract {
	x := &extract{kinds: map[int]sheet.Kind{}, at: answer.At.String(), known: answer.Known}
	for _, c := range decisionColumns {
		x.add(c.key, c.french, c.kind)
	}
	for i := range answer.Decisions {
		row := make([]string, 0, len(decisionColumns))
		of := &decidedRow{app: e.a, DeliberationEntry: &answer.Decisions[i], answer: answer}
		for _, c := range decisionColumns {
			row = append(row, c.cell(of))
		}
		x.rows = append(x.rows, row)
	}
	return x
}

// A decidedRow is one decision, on its way into a table.
type decidedRow struct {
	*app
	*projections.DeliberationEntry
	answer *deliberationsAnswer
}

// A decisionColumn is a column of the table of decisions.
type decisionColumn struct {
	key, french string
	kind        sheet.Kind
	cell        func(*decidedRow) string
}

var decisionColumns = []decisionColumn{
	{"decision", "décision", sheet.Text, func(d *decidedRow) string { return "#" + decimal(d.Event) }},
	{"group", "groupement", sheet.Text, func(d *decidedRow) string { return string(d.answer.Group) }},
	{"body", "instance", sheet.Text, func(d *decidedRow) string { return string(d.Body) }},
	{"sitting", "séance", sheet.Text, func(d *decidedRow) string { return d.Sitting }},
	{"item", "point", sheet.Text, func(d *decidedRow) string { return string(d.Item) }},
	{"kind", "nature du point", sheet.Text, func(d *decidedRow) string { return string(d.Kind) }},
	{"day", "date", sheet.Day, func(d *decidedRow) string { return d.Day.String() }},
	{"title", "intitulé", sheet.Text, func(d *decidedRow) string { return d.Title }},
	{"sha256", "sha256 du texte", sheet.Text, func(d *decidedRow) string { return d.SHA256 }},
	{"outcome", "résultat", sheet.Text, func(d *decidedRow) string { return d.Outcome }},
	{"option", "option retenue", sheet.Text, func(d *decidedRow) string { return string(d.Option) }},
	{"option_title", "intitulé de l'option", sheet.Text, func(d *decidedRow) string { return d.OptionTitle }},
	{"tie", "égalité", sheet.Text, func(d *decidedRow) string { return yes(d.Tie) }},
	{"asserted", "affirmée sans vote", sheet.Text, func(d *decidedRow) string { return yes(d.Asserted) }},
	{"recount", "recompté autrement", sheet.Text, (*decidedRow).recount},
	{"legal", "état en droit", sheet.Text, func(d *decidedRow) string { return d.Legal.State }},
	{"annulled_from", "annulée à compter du", sheet.Day, func(d *decidedRow) string { return d.Legal.Until.String() }},
	{"annulled_by", "annulée par", sheet.Text, func(d *decidedRow) string { return eventCell(d.Legal.Annulment) }},
	{"court", "juridiction", sheet.Text, func(d *decidedRow) string { return d.Legal.Court }},
	{"annulled_unless", "sauf si", sheet.Text, func(d *decidedRow) string { return d.Legal.Condition }},
	{"published", "publiée le", sheet.Day, func(d *decidedRow) string { return d.Legal.Published.String() }},
	{"received", "reçue en préfecture le", sheet.Day, func(d *decidedRow) string { return d.Legal.Received.String() }},
	{"binds", "exécutoire le", sheet.Day, func(d *decidedRow) string { return d.Legal.Binds.String() }},
	{"ballot", "scrutin", sheet.Text, voteCell(func(v *projections.MinutesVote) string { return v.Ballot })},
	{"written", "par écrit", sheet.Text, voteCell(func(v *projections.MinutesVote) string { return yes(v.Written) })},
	{"second_notice", "seconde convocation", sheet.Text, voteCell(func(v *projections.MinutesVote) string { return yes(v.SecondNotice) })},
	{"second_round", "second tour", sheet.Text, voteCell(func(v *projections.MinutesVote) string { return yes(v.SecondRound) })},
	{"members_total", "membres en tout", sheet.Count, headsCell(inAll)},
	{"members_present", "membres présents ou représentés", sheet.Count, headsCell(inPresence)},
	{"members_for", "membres pour", sheet.Count, headsBySense(inFavour)},
	{"members_against", "membres contre", sheet.Count, headsBySense(inOpposition)},
	{"members_abstain", "membres abstention", sheet.Count, headsBySense(inAbstention)},
	{"members_not_voted", "membres sans vote", sheet.Count, headsCell(inSilence)},
	{"voices_total", "voix en tout", sheet.Decimal, voicesCell(inAll)},
	{"voices_present", "voix présentes ou représentées", sheet.Decimal, voicesCell(inPresence)},
	{"voices_for", "voix pour", sheet.Decimal, statedCell(func(d *decidedRow) *domain.Weight { return d.For }, inFavour)},
	{"voices_against", "voix contre", sheet.Decimal, statedCell(func(d *decidedRow) *domain.Weight { return d.Against }, inOpposition)},
	{"voices_abstain", "voix abstention", sheet.Decimal, statedCell(func(d *decidedRow) *domain.Weight { return d.Abstain }, inAbstention)},
	{"voices_not_voted", "voix sans vote", sheet.Decimal, voicesCell(inSilence)},
	{"options", "options", sheet.Text, voteCell(optionsCell)},
	{"counts", "dépouillement", sheet.Text, voteCell(countsCell)},
	{"rule", "règle", sheet.Text, func(d *decidedRow) string { return d.rule() }},
	{"rule_set", "règle fixée par", sheet.Text, voteCell(func(v *projections.MinutesVote) string { return eventCell(v.RuleSet) })},
	{"quorum", "quorum", sheet.Text, voteCell(func(v *projections.MinutesVote) string { return thresholdsCell(v.Thresholds.Quorum) })},
	{"majority", "majorité", sheet.Text, voteCell(func(v *projections.MinutesVote) string { return thresholdsCell(v.Thresholds.Majority) })},
	{"blocking", "minorité de blocage", sheet.Text, voteCell(func(v *projections.MinutesVote) string { return thresholdsCell(v.Thresholds.Blocking) })},
	{"casting", "voix prépondérante", sheet.Text, voteCell(func(v *projections.MinutesVote) string { return string(v.Casting) })},
	{"for", "pour", sheet.Text, voteCell(byName(domain.SenseFor))},
	{"against", "contre", sheet.Text, voteCell(byName(domain.SenseAgainst))},
	{"abstain", "abstention", sheet.Text, voteCell(byName(domain.SenseAbstain))},
	{"chosen", "pour une option, ou partagé", sheet.Text, voteCell(chosenCell)},
	{"marked", "ont voté au scrutin secret", sheet.Text, voteCell(func(v *projections.MinutesVote) string { return strings.Join(texts(v.Marked), " ") })},
	{"represented", "représentés", sheet.Text, voteCell(byPresence(domain.Represented))},
	{"absent", "absents", sheet.Text, voteCell(byPresence(domain.Absent))},
	{"recused", "ne prennent pas part", sheet.Text, voteCell(byPresence(domain.Recused))},
	{"vote", "vote ouvert par", sheet.Text, voteCell(func(v *projections.MinutesVote) string { return eventCell(v.Event) })},
	{"events", "événements", sheet.Text, func(d *decidedRow) string { return numbers(d.Why) }},
	{"illustrative", "illustratif", sheet.Text, func(d *decidedRow) string { return invented(d.answer.Illustrative, d.Why) }},
}

// eventCell is the number of an event as tables have it; "" for none.
func eventCell(n uint64) string {
	if n == 0 {
		return ""
	}
	return "#" + decimal(n)
}

// voteCell is a cell of the vote; empty where there is none.
func voteCell(cell func(*projections.MinutesVote) string) func(*decidedRow) string {
	return func(d *decidedRow) string {
		if d.Vote == nil {
			return ""
		}
		return cell(d.Vote)
	}
}

type amountIn = func(*projections.MinutesTally) projections.MinutesAmount

func inAll(t *projections.MinutesTally) projections.MinutesAmount        { return t.Total }
func inPresence(t *projections.MinutesTally) projections.MinutesAmount   { return t.Present }
func inFavour(t *projections.MinutesTally) projections.MinutesAmount     { return t.For }
func inOpposition(t *projections.MinutesTally) projections.MinutesAmount { return t.Against }
func inAbstention(t *projections.MinutesTally) projections.MinutesAmount { return t.Abstain }
func inSilence(t *projections.MinutesTally) projections.MinutesAmount    { return t.NotVoted }

// headsCell is a number of members.
func headsCell(of amountIn) func(*decidedRow) string {
	return voteCell(func(v *projections.MinutesVote) string {
		if v.Tally == nil {
			return ""
		}
		return strconv.FormatInt(of(v.Tally).Members, 10)
	})
}

// headsBySense is a number of members that voted in a sense; of divided voices, and of a choice, there is none.
func headsBySense(of amountIn) func(*decidedRow) string {
	return voteCell(func(v *projections.MinutesVote) string {
		if v.Tally == nil || v.Divided || len(v.Options) > 0 {
			return ""
		}
		return strconv.FormatInt(of(v.Tally).Members, 10)
	})
}

// voicesCell is a number of voices; empty where members alone count.
func voicesCell(of amountIn) func(*decidedRow) string {
	return voteCell(func(v *projections.MinutesVote) string {
		if v.Tally == nil || !v.Weighed {
			return ""
		}
		return of(v.Tally).Voices.String()
	})
}

// statedCell is a number of voices; of a decision that is asserted, as the document states it.
func statedCell(asserted func(*decidedRow) *domain.Weight, of amountIn) func(*decidedRow) string {
	counted := voicesCell(of)
	return func(d *decidedRow) string {
		if w := asserted(d); w != nil {
			return w.String()
		}
		return counted(d)
	}
}

// recount is what the votes come to today, where that is another outcome than the one proclaimed, or the same by another tally.
func (d *decidedRow) recount() string {
	if d.Vote == nil || d.Vote.Recount == nil {
		return ""
	}
	return strings.TrimSpace(d.Vote.Recount.Outcome + " " + string(d.Vote.Recount.Option))
}

func (d *decidedRow) rule() string {
	if d.Vote == nil {
		return ""
	}
	return d.tr(d.Vote.Sentence.French, d.Vote.Sentence.English)
}

func thresholdsCell(list []domain.Threshold) string {
	var s []string
	for _, t := range list {
		s = append(s, t.String())
	}
	return strings.Join(s, " ; ")
}

// optionsCell tells what each option has: metz=8 (3), its voices and members.
func optionsCell(v *projections.MinutesVote) string {
	var s []string
	for _, o := range v.Options {
		s = append(s, string(o.Option)+"="+o.Voices.String()+" ("+strconv.FormatInt(o.Members, 10)+")")
	}
	return strings.Join(s, " ")
}

// countsCell tells a secret ballot by weight: 4.5:for=3, three of those with 4.5 voices for it.
func countsCell(v *projections.MinutesVote) string {
	var s []string
	for _, c := range v.Counts {
		s = append(s, c.Weight.String()+":"+c.Sense+"="+strconv.Itoa(c.Members))
	}
	return strings.Join(s, " ")
}

// weighed names a member with its weight: region=4.5; without, where members alone count.
func weighed(v *projections.MinutesVote, m domain.MemberID, w domain.Weight) string {
	if !v.Weighed {
		return string(m)
	}
	return string(m) + "=" + w.String()
}

// byName names those who voted in a sense, in public.
func byName(sense string) func(*projections.MinutesVote) string {
	return seatsCell(func(s *projections.MinutesSeat) bool { return s.Sense == sense })
}

func byPresence(presence string) func(*projections.MinutesVote) string {
	return seatsCell(func(s *projections.MinutesSeat) bool { return s.Presence == presence })
}

func seatsCell(which func(*projections.MinutesSeat) bool) func(*projections.MinutesVote) string {
	return func(v *projections.MinutesVote) string {
		var names []string
		for i := range v.Roll {
			if which(&v.Roll[i]) {
				names = append(names, weighed(v, v.Roll[i].Member, v.Roll[i].Weight))
			}
		}
		return strings.Join(names, " ")
	}
}

// chosenCell tells who voted for which option, and how voices were divided: region:metz cea:for=0.5+against=1.5.
func chosenCell(v *projections.MinutesVote) string {
	var s []string
	for i := range v.Roll {
		seat := &v.Roll[i]
		var parts []string
		for _, p := range seat.Parts {
			parts = append(parts, p.Sense+"="+p.Weight.String())
		}
		switch {
		case parts != nil:
			s = append(s, string(seat.Member)+":"+strings.Join(parts, "+"))
		case len(v.Options) > 0 && seat.Sense != "" && seat.Sense != domain.SenseAbstain:
			s = append(s, weighed(v, seat.Member, seat.Weight)+":"+seat.Sense)
		}
	}
	return strings.Join(s, " ")
}

func texts[T ~string](ids []T) []string {
	s := make([]string, len(ids))
	for i, id := range ids {
		s[i] = string(id)
	}
	return s
}
