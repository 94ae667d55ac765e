package main

import (
	"fmt"
	"maps"
	"strings"
)

func init() { maps.Copy(faults, whatIfFaults) }

// whatIfFaults are the sentences for what cannot be supposed.
var whatIfFaults = map[string]saying{
	"what-if-nothing":     {"R0926", "Rien n'est supposé autre pour la décision %[1]s.", "Nothing is supposed to be otherwise of decision %[1]s.", "Ajouter --weights-of, --weights, --rule-of, --majority, --quorum, --tie, --present, --absent, --vote, ou --turn.", "Add --weights-of, --weights, --rule-of, --majority, --quorum, --tie, --present, --absent, --vote, or --turn."},
	"what-if-decision":    {"R0927", "L'événement %[1]s ne proclame aucune décision.", "Event %[1]s proclaims no decision.", "Donner le numéro de la décision au registre : « registre timeline » les montre.", "Give the decision's number in the register: `registre timeline` shows them."},
	"what-if-asserted":    {"R0928", "De la décision %[1]s on ne sait que le résultat : ses votes ne sont pas au registre, et rien ne peut en être recompté.", "Of decision %[1]s only the outcome is known: its votes are not in the register, and nothing of it can be counted anew.", "« what-if --body --coalitions » répond pour l'instance elle-même.", "`what-if --body --coalitions` answers for the body itself."},
	"what-if-ballot":      {"R0929", "Le registre ne tient plus les votes de la décision %[1]s.", "The register does not hold the votes of decision %[1]s any more.", "L'ouverture de son vote a été annulée par une rectification ; demander avec --known d'avant elle.", "The opening of its vote was voided by a correction; ask with --known of before it."},
	"what-if-no-rule":     {"R0930", "Aucun texte ne dit comment décide cette instance le %[2]s (%[1]s).", "No text says how that body decides on %[2]s (%[1]s).", "Un autre jour, une autre instance (--body), ou --majority.", "Another day, another body (--body), or --majority."},
	"what-if-nobody":      {"R0931", "Personne ne voterait alors (%[1]s).", "Nobody would vote then (%[1]s).", "L'instance existait-elle ce jour-là, avec des voix ? En nommer une autre avec --body.", "Did the body exist on that day, with weights? Name another with --body."},
	"what-if-member":      {"R0932", "Le registre ne connaît pas de membre « %[1]s ».", "The register knows no member %[1]q.", "Peut-être : %[2]s. « registre members » les énumère.", "Perhaps: %[2]s. `registre members` lists them."},
	"what-if-not-on-roll": {"R0933", "%[1]s ne figure pas parmi les votants (%[2]s).", "%[1]s is not among those who vote (%[2]s).", "Lui donner des voix : --weights MEMBRE=VOIX.", "Give it a weight: --weights MEMBER=WEIGHT."},
	"what-if-no-part":     {"R0934", "%[1]s est absent ou ne prend pas part (%[2]s) : il ne vote pas.", "%[1]s is absent or takes no part (%[2]s): it does not vote.", "Le supposer présent aussi : --present %[1]s.", "Suppose it present too: --present %[1]s."},
	"what-if-sense":       {"R0935", "On ne vote pas ainsi sur ce point (%[1]s, %[2]s).", "The item is not voted on in that sense (%[1]s, %[2]s).", "Écrire for, against ou abstain ; d'un choix, le nom d'une option.", "Write for, against or abstain; of a choice, the name of an option."},
	"what-if-secret":      {"R0936", "Le vote de %[2]s était secret : personne ne sait comment %[1]s a voté, et la réponse en dépendrait.", "The ballot of %[2]s was secret: nobody knows how %[1]s voted, and the answer would depend on it.", "Une autre règle, ou --turn, peuvent être supposés.", "Another rule, or --turn, can be supposed."},
	"what-if-parts":       {"R0937", "%[1]s a partagé ses voix (%[2]s) ; avec d'autres voix, personne ne sait comment.", "%[1]s divided its voices (%[2]s); with another weight nobody knows how.", "Laisser ses voix comme elles étaient : --weights MEMBRE=VOIX.", "Leave its weight as it was: --weights MEMBER=WEIGHT."},
	"what-if-divided":     {"R0938", "Des voix ont été partagées (%[1]s) : une majorité des membres ne s'y compte pas.", "Voices were divided (%[1]s): a majority of members cannot be counted there.", "Supposer une majorité des voix.", "Suppose a majority of voices."},
	"what-if-pair":        {"R0939", "%[1]s ne se lit pas : %[2]s", "%[1]s cannot be read: %[2]s", "Écrire --vote a=for,b=against, --as bas-rhin=cea, --weights a=4.5,b=2 ou un fichier d'un membre et de ses voix par ligne.", "Write --vote a=for,b=against, --as bas-rhin=cea, --weights a=4.5,b=2 or a file of a member and its weight in each row."},
}

// whatIfWords are the codes of votes and outcomes.
var whatIfWords = map[string][2]string{
	"for": {"pour", "for"}, "against": {"contre", "against"}, "abstain": {"abstention", "abstention"},
	"present": {"présent", "present"}, "represented": {"représenté", "represented"}, "absent": {"absent", "absent"}, "recused": {"ne prend pas part", "recused"},
}

func (a *app) whatIfWord(code string) string {
	if w, ok := whatIfWords[code]; ok {
		return a.tr(w[0], w[1])
	}
	return code
}

// whatIfOutcome is an outcome, with the option elected or the tie.
func (a *app) whatIfOutcome(t *whatIfTally) string {
	word := a.outcomeWord(t.Outcome, ofDecision)
	switch {
	case t.Option != "":
		return t.Option
	case t.Tie:
		return word + a.tr(" (égalité)", " (a tie)")
	}
	return word
}

// sayWhatIf says what is supposed.
func (a *app) sayWhatIf(w *whatIfAnswer, f *whatIfFlags) string {
	var says []string
	say := func(given, fr, en string) {
		if given != "" {
			says = append(says, fmt.Sprintf(a.tr(fr, en), given))
		}
	}
	body := f.body
	if body == "" {
		body = w.Body
	}
	if f.weightsOf != "" {
		says = append(says, fmt.Sprintf(a.tr("les voix de %s le %s", "the weights of %s on %s"), body, f.weightsOf))
	}
	say(f.weights, "ces voix : %s", "these weights: %s")
	if f.ruleOf != "" {
		says = append(says, fmt.Sprintf(a.tr("la règle de %s le %s", "the rule of %s on %s"), body, f.ruleOf))
	}
	for _, part := range []struct {
		list   []string
		fr, en string
	}{{f.majority, "majorité %s", "majority %s"}, {f.blocking, "blocage %s", "blocking %s"}, {f.quorum, "quorum %s", "quorum %s"}} {
		say(strings.Join(part.list, ", "), part.fr, part.en)
	}
	say(f.tie, "à égalité %s", "on a tie %s")
	for _, l := range w.As {
		says = append(says, fmt.Sprintf(a.tr("%s vote comme %s", "%s votes as %s did"), l.Member, l.Like))
	}
	say(f.present, "présents : %s", "present: %s")
	say(f.absent, "absents : %s", "absent: %s")
	say(f.votes, "ces votes : %s", "these votes: %s")
	if says == nil {
		return a.tr("Hypothèse, rien n'est enregistré : d'autres votes, le reste étant comme il était.", "Hypothetical, nothing is recorded: other votes, all else being as it was.")
	}
	return a.tr("Hypothèse, rien n'est enregistré : ", "Hypothetical, nothing is recorded: ") + strings.Join(says, a.tr(" ; ", "; ")) + a.tr(". Le reste est comme il était.", ". All else is as it was.")
}

// sayComings says who comes, who goes, and what succession offers.
func (a *app) sayComings(w *whatIfAnswer) {
	for _, g := range w.Gone {
		says := a.tr("%s n'y porte pas de voix : son vote ne compte pas.", "%s holds no weight there: its vote does not count.")
		if g.Unknown {
			says = a.tr("%s n'était pas membre ce jour-là : son vote ne compte pas.", "%s was no member on that day: its vote does not count.")
		}
		a.prose(fmt.Sprintf(says, g.Member), 0)
	}
	if len(w.New) > 0 {
		a.prose(fmt.Sprintf(a.tr("N'ont pas voté, et comptent comme absents : %s.", "Did not vote, and are counted as absent: %s."), strings.Join(w.New, ", ")), 0)
	}
	if len(w.Fallen) > 0 {
		a.prose(fmt.Sprintf(a.tr("Leur mandataire n'étant plus là, ne sont plus représentés : %s.", "Their proxy being gone, are represented no more: %s."), strings.Join(w.Fallen, ", ")), 0)
	}
	if len(w.Offers) > 0 {
		var pairs []string
		for _, l := range w.Offers {
			pairs = append(pairs, l.Member+"="+l.Like)
		}
		a.prose(fmt.Sprintf(a.tr("L'un succède à l'autre : --as %s les ferait voter de même.", "One succeeded to the other: --as %s would let them vote alike."), strings.Join(pairs, ",")), 0)
	}
}

// sayWhatIfOutcome says whether the outcome would have been another.
func (a *app) sayWhatIfOutcome(w *whatIfAnswer) {
	if w.Changed {
		a.prose(fmt.Sprintf(a.tr("Le résultat aurait été un autre : %s, au lieu de %s.", "The outcome would have been another: %s, in place of %s."), a.whatIfOutcome(w.Would), a.whatIfOutcome(w.Was)), 0)
		return
	}
	a.prose(fmt.Sprintf(a.tr("Le résultat aurait été le même : %s.", "The outcome would have been the same: %s."), a.whatIfOutcome(w.Would)), 0)
}

// sayTurn says how small a change is, and how well that is known.
func (a *app) sayTurn(t *whatIfTurn, what string) string {
	how := a.tr("ne répondant pas", "not answering")
	if t.To != "" {
		how = fmt.Sprintf(a.tr("votant « %s »", "voting “%s”"), a.whatIfWord(t.To))
	}
	outcome := a.whatIfOutcome(&whatIfTally{Outcome: t.Outcome, Option: t.Option, Tie: t.Tie})
	says := fmt.Sprintf(a.tr("Il suffit de %s (%s) %s pour %s (%s) :", "Enough to %[4]s (%[5]s): %[1]s (%[2]s) %[3]s:"), a.membersSaid(t.Members), a.voicesSaid(t.Weight), how, what, outcome)
	switch {
	case !t.Exact:
		says += a.tr(" (peut-être moins : trop de cas pour les essayer tous)", " (perhaps fewer: too many cases to try them all)")
	case !t.Least:
		says += a.tr(" (pas moins de membres ; peut-être moins de voix)", " (no fewer members; perhaps fewer voices)")
	}
	return says
}
