package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"registre/domain"
	"registre/replay"
)

func init() { maps.Copy(faults, explainFaults) }

// explainFaults are the sentences for figures that are not there.
var explainFaults = map[string]saying{
	"agreement-unknown": {"R0970", "Aucun accord-cadre ne s'appelle « %[1]s ».", "No framework agreement is called %[1]q.", "« registre agreements » les énumère.", "`registre agreements` lists them."},
	"agreement-like":    {"R0971", "Aucun accord-cadre ne s'appelle « %[1]s ». Serait-ce %[2]s ?", "No framework agreement is called %[1]q. Did you mean %[2]s?", "« registre agreements » les énumère.", "`registre agreements` lists them."},
	"school-unknown":    {"R0972", "Le registre ne parle d'aucun établissement « %[1]s ».", "The register speaks of no school %[1]q.", "« registre schools » les énumère.", "`registre schools` lists them."},
}

// headOf says what a node is of; in is its parent.
func (a *app) headOf(n, in *replay.Node) string {
	f := func(fr, en string, args ...any) string { return fmt.Sprintf(a.tr(fr, en), args...) }
	switch n.What {
	case replay.WhatWeight:
		return a.headOfWeight(n, in)
	case replay.WhatTotal:
		return f("Total des voix dans %s", "Sum of the weights in %s", a.quoted(a.body(string(n.Body))))
	case replay.WhatDecision:
		return f("Décision de %s du %s, « %s »", "Decision of %s on %s, “%s”", a.quoted(a.body(string(n.Body))), n.At, n.Title)
	case replay.WhatEnrolment:
		return a.tr("Élèves", "Pupils")
	case replay.WhatOrder:
		return a.headOfOrder(n)
	case replay.WhatLine:
		return strings.TrimSpace(n.School.String() + " " + string(n.Cycle))
	case replay.WhatCeiling:
		if n.From == 0 {
			return f("Commandé sous %s", "Ordered under %s", n.Agreement)
		}
		return f("Commandé sous %s, ", "Ordered under %s, ", n.Agreement) + a.span(n.From.String(), n.Until.String())
	case replay.WhatSeat:
		return a.ofWhom(n)
	case replay.WhatOption:
		return f("Pour l'option %s", "For the option %s", n.Title)
	case replay.WhatBallots:
		return f("Bulletins de %s voix", "Ballots with a weight of %s", a.number(n.Base))
	}
	if w, ok := stepWords[n.What]; ok {
		return a.tr(w[0], w[1])
	}
	return n.What
}

// stepWords say what the nodes of a decision are.
var stepWords = map[string][2]string{
	replay.WhatQuorum: {"Quorum", "Quorum"}, replay.WhatMajority: {"Majorité", "Majority"}, replay.WhatBlocking: {"Minorité de blocage", "Blocking minority"},
	replay.WhatTie: {"Égalité", "Tie"}, replay.WhatPresent: {"Présents ou représentés, qui prennent part", "Present or represented, taking part"},
	replay.WhatMarked: {"Ont voté", "Have voted"}, replay.WhatFor: {"Pour", "For"}, replay.WhatAgainst: {"Contre", "Against"},
	replay.WhatAbstain: {"Abstention", "Abstaining"}, replay.WhatNotVoted: {"N'ont pas voté", "Have not voted"},
	replay.WhatRoll: {"Liste des votants", "Roll"}, replay.WhatProclaimed: {"Proclamé", "Proclaimed"}, replay.WhatInLaw: {"En droit", "In law"},
}

func (a *app) headOfWeight(n, in *replay.Node) string {
	switch {
	case in == nil:
		return fmt.Sprintf(a.tr("Voix de %s dans %s", "Weight of %s in %s"), a.quoted(a.member(string(n.Member))), a.quoted(a.body(string(n.Body))))
	case n.As == replay.Ground:
		return a.tr("d'après le registre d'alors", "by the register as known then")
	case n.At != 0:
		return fmt.Sprintf(a.tr("%s, juste avant le %s", "%s, just before %s"), a.member(string(n.Member)), n.At)
	}
	return a.member(string(n.Member))
}

func (a *app) headOfOrder(n *replay.Node) string {
	head := fmt.Sprintf(a.tr("Bon de commande %s (%s", "Order form %s (%s"), n.Order, a.ofWhom(n))
	if n.Formerly != "" {
		head += a.tr(", commandé par ", ", ordered by ") + a.member(string(n.Formerly))
	}
	return head + ")"
}

// reason says why there is no value, or what it is a case of.
func (a *app) reason(n *replay.Node) string {
	switch n.Reason {
	case domain.WithoutBody:
		return fmt.Sprintf(a.tr("aucune : l'instance %s n'existe pas ce jour-là", "none: the body %s does not exist on that day"), a.quoted(a.body(string(n.Body))))
	case domain.WithoutMember:
		return fmt.Sprintf(a.tr("aucune : %s n'est pas membre ce jour-là", "none: %s is no member on that day"), a.quoted(a.member(string(n.Member))))
	case domain.WithoutWeight:
		return a.tr("aucune : rien ne lui en donne", "none: nothing gives any")
	case replay.Unheard:
		return a.tr("le registre n'en parlait pas encore", "the register did not speak of it yet")
	case replay.Asserted:
		return a.tr("affirmée sans vote : elle ne peut pas être recalculée", "asserted without its vote: it cannot be recomputed")
	case replay.VoteAway:
		return a.tr("le registre ne contient plus le vote dont elle résulte : elle ne peut pas être recalculée", "the register no longer holds its vote: it cannot be recomputed")
	case replay.NotAsked:
		return a.tr("aucun n'est demandé", "none is asked for")
	case replay.JustShare:
		return a.tr("exactement cette part, et il en faut davantage", "exactly that share, and more is asked for")
	case replay.WhyCancelled:
		return fmt.Sprintf(a.tr("ne compte pas : annulé (%s)", "does not count: cancelled (%s)"), numbers(n.Events))
	case replay.WithoutPeriod:
		return a.tr("l'accord-cadre n'est pas valide ce jour-là", "the framework agreement is not valid on that day")
	case replay.WithoutCeiling:
		return a.tr("aucun plafond n'est fixé", "no ceiling is set")
	case replay.PastCeiling:
		return a.tr("plafond dépassé", "past the ceiling")
	case domain.TieCasting:
		return fmt.Sprintf(a.tr("la voix prépondérante de %s tranche (%s)", "the casting vote of %s breaks it (%s)"), a.quoted(a.member(string(n.Member))), numbers(n.Events))
	case domain.TieRejected:
		return a.tr("à égalité, rien n'est adopté", "on a tie nothing is adopted")
	case domain.TieUnresolved:
		return a.tr("à égalité, le vote reste sans résultat", "on a tie the vote stays without a result")
	}
	return ""
}

// ruleOf says by which rule a node follows, what set it, and from which events.
func (a *app) ruleOf(n *replay.Node) string {
	if n.Rule == nil {
		if len(n.Events) == 0 || n.As == replay.LeftOut || n.What == replay.WhatTie {
			return ""
		}
		return a.tr("d'après ", "follows from ") + numbers(n.Events)
	}
	r := n.Rule
	if says := r.Sentence[domain.Language(a.lang)]; says != "" {
		if n.Reached != nil {
			says += a.reachedBy(n)
		}
		return a.tr("règle : ", "rule: ") + says + a.by(r)
	}
	says, ok := ruleWords[r.Code]
	switch {
	case !ok:
		return r.Code + a.by(r)
	case r.Code == replay.RuleOrdered, r.Code == replay.RuleAmended, r.Code == replay.RuleIssued:
		if events := eventsBehind(n); len(events) > 0 {
			return a.tr(says[0], says[1]) + " (" + numbers(events) + ")"
		}
		return a.tr(says[0], says[1])
	case r.Code == replay.RuleRoll:
		return fmt.Sprintf(a.tr(says[0], says[1]), n.At, "#"+decimal(r.Event), "#"+decimal(n.Known))
	}
	return a.tr(says[0], says[1]) + a.by(r)
}

// eventsBehind are the events of a node, and that of its rule.
func eventsBehind(n *replay.Node) []uint64 {
	if n.Rule.Event == 0 || slices.Contains(n.Events, n.Rule.Event) {
		return n.Events
	}
	return append(slices.Clone(n.Events), n.Rule.Event)
}

// ruleWords say the rules of figures.
var ruleWords = map[string][2]string{
	domain.Tabled:      {"le tableau des voix les fixe", "the table of weights gives it"},
	domain.Joined:      {"donnée avec l'adhésion", "given as the member joined"},
	domain.Sum:         {"succession : somme des voix des prédécesseurs", "succession: the sum of the predecessors' weights"},
	domain.Keep:        {"succession : les voix du prédécesseur désigné", "succession: the weight of the predecessor that is named"},
	domain.Set:         {"succession : fixées avec elle", "succession: set with it"},
	replay.RuleSum:     {"la somme des voix de tous", "the sum of all weights"},
	replay.RuleInForce: {"les lignes des bons de commande en vigueur ce jour-là ; d'un établissement dans un cycle, celles du dernier bon seulement", "the lines of the order forms in force on that day; of a school in a cycle, those of the latest order form alone"},
	replay.RuleIssued:  {"lignes du bon", "lines as issued"},
	replay.RuleAmended: {"lignes du bon, modifiées", "lines as amended"},
	replay.RuleOrdered: {"les lignes des bons de la période, jusqu'à ce qu'elles soient retirées ou leur bon annulé", "the lines of the order forms of the period, until they are taken out or their order form is cancelled"},
	replay.RuleRoll:    {"fixée à l'ouverture du vote le %s (%s), telle que le registre la connaissait au %s", "fixed at the opening of the vote on %s (%s), as the register knew it at %s"},
}

// by says what set a rule: the text or the law, and the event.
func (a *app) by(r *replay.Rule) string {
	if r.Event == 0 {
		return ""
	}
	if r.Basis == "" {
		return " (#" + decimal(r.Event) + ")"
	}
	return " (" + r.Basis + ", #" + decimal(r.Event) + ")"
}

// reachedBy says whether a threshold is reached.
func (a *app) reachedBy(n *replay.Node) string {
	if *n.Reached {
		return a.tr(" : c'est atteint", ": that is reached")
	}
	return a.tr(" : ce n'est pas atteint", ": that is not reached")
}

// ground says in a note what a node rests on; n is what rests on it.
func (a *app) ground(c, n *replay.Node) string {
	on := " " + numbers(c.Events)
	switch c.What {
	case replay.WhatMembership:
		if n.Reason == domain.WithoutMember {
			return a.tr("fin de l'adhésion", "membership ended") + on
		}
		return a.tr("membre", "member") + on
	case replay.WhatBody:
		return a.tr("instance", "body") + on
	case replay.WhatTable:
		return a.tr("le tableau ne lui en donne pas", "the table gives none") + on
	case replay.WhatSuccession:
		return a.tr("succession", "succession") + on
	case replay.WhatGoneOn:
		return fmt.Sprintf(a.tr("compté sous %s", "counts as %s"), c.School) + on
	case replay.WhatFacts:
		return strings.TrimSpace(a.tr("établissement ", "school ")+c.Title) + on
	case replay.WhatTaken:
		return fmt.Sprintf(a.tr("déjà compté par le bon postérieur %s", "counted by the later order form %s"), c.Order) + on
	case replay.WhatPeriod:
		return a.tr("période", "period") + on
	case replay.WhatValid:
		return a.tr("accord-cadre", "agreement") + on
	case replay.WhatStatedTotal:
		return fmt.Sprintf(a.tr("le document annonce %s", "the document states %s"), a.number(c.Value)) + a.differently(c, n) + on
	}
	return c.What + on
}

// differently marks what is stated otherwise than computed.
func (a *app) differently(c, n *replay.Node) string {
	if c.Value == n.Value {
		return ""
	}
	return fmt.Sprintf(a.tr(" : ce n'est PAS %s", ": that is NOT %s"), a.valueOf(n))
}

// causes say what lies between two pairs.
func (a *app) causes(e *explainAnswer) (says []string) {
	sources := map[uint64]*source{}
	for i := range e.Sources {
		sources[e.Sources[i].Number] = &e.Sources[i]
	}
	for i, c := range e.Because {
		if i == mostCauses && len(e.Because) > mostCauses+1 {
			return append(says, fmt.Sprintf(a.tr("… et %d autres événements (--json les donne tous)", "… and %d more events (--json gives them all)"), len(e.Because)-i))
		}
		what, of := "#"+decimal(c.Event), "#"+decimal(c.Of)
		recorded, effective := "", ""
		if s := sources[c.Event]; s != nil {
			what += " (" + a.word(s.Type) + ")"
			recorded, effective = parisDay(s.Recorded), s.Effective
		}
		if s := sources[c.Of]; s != nil {
			of += " (" + a.word(s.Type) + ")"
		}
		w := causeWords[c.How]
		when := recorded
		if c.How == replay.Effective {
			when = effective
		}
		says = append(says, fmt.Sprintf(a.tr(w[0], w[1])+"%[4]s", what, when, of, ""))
	}
	return says
}

// mostCauses is how many events between are printed.
const mostCauses = 20

// causeWords say how an event tells two pairs apart: what it is, when, and of which other it speaks.
var causeWords = map[string][2]string{
	replay.Corrects:   {"parce que %[1]s, enregistré le %[2]s, rectifie %[3]s", "because %[1]s, recorded on %[2]s, corrects %[3]s"},
	replay.Voids:      {"parce que %[1]s, enregistré le %[2]s, dit que %[3]s n'a jamais été", "because %[1]s, recorded on %[2]s, says that %[3]s never was"},
	replay.Uncorrects: {"parce que %[1]s, enregistré le %[2]s, revient sur %[3]s", "because %[1]s, recorded on %[2]s, takes back %[3]s"},
	replay.Recorded:   {"parce que %[1]s n'a été enregistré que le %[2]s", "because %[1]s was only recorded on %[2]s"},
	replay.Effective:  {"parce que %[1]s prend effet le %[2]s", "because %[1]s takes effect on %[2]s"},
	replay.OnlyBefore: {"%[1]s compte avant, et plus après", "%[1]s counts before, and not after"},
	replay.OnlyAfter:  {"%[1]s compte après, et pas avant", "%[1]s counts after, and not before"},
}

// noCause says why no event is named.
func (a *app) noCause(e *explainAnswer) string {
	if e.Tree.Value == e.From.Tree.Value && e.Tree.Reason == e.From.Tree.Reason {
		return a.tr("C'est le même chiffre, pour les mêmes raisons.", "It is the same figure, for the same reasons.")
	}
	return a.tr("Aucun événement ne les sépare : une période a commencé ou fini entre les deux jours.", "No event lies between: a period has begun, or is over, between the two days.")
}
