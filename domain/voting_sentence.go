package domain

import (
	"fmt"
	"strconv"
	"strings"
)

// A Language is one in which a rule can be said.
type Language string

// The languages of sentences.
const (
	French  Language = "fr"
	English Language = "en"
)

// Sentence says the rule in full. Two rules have the same sentence only if they are the same.
func (r *VotingRule) Sentence(l Language) string {
	s := sentence{l: l}
	s.voters(&r.Voters)
	s.quorum(s.tr("Quorum : ", "Quorum: "), &r.Quorum)
	if r.SecondNotice != nil {
		s.quorum(s.tr("Sur seconde convocation : ", "On second notice: "), r.SecondNotice)
	}
	s.say(s.tr("Majorité : ", "Majority: ")+s.all(r.Majority), "")
	for i := range r.Blocking {
		s.say(s.tr("Minorité de blocage : ", "Blocking minority: ")+s.threshold(&r.Blocking[i]), s.tr(" contre", " against"))
	}
	s.tie(&r.Tie)
	s.say(map[string]string{
		Plurality: s.tr("Entre plusieurs options, celle qui a le plus de voix l'emporte", "Of several options, the one with the most is chosen"),
		TwoRounds: s.tr("Entre plusieurs options, la majorité l'emporte ; au second tour, celle qui a le plus de voix", "Of several options, the majority chooses; in a second round, the one with the most is chosen"),
	}[r.Choice], "")
	s.proxies(&r.Proxies)
	s.notice(&r.Notice)
	s.manner(r)
	return strings.Join(s.said, " ")
}

// Sentence says what a threshold asks for.
func (t *Threshold) Sentence(l Language) string { s := sentence{l: l}; return s.threshold(t) }

type sentence struct {
	l    Language
	said []string
}

func (s *sentence) tr(french, english string) string {
	if s.l == French {
		return french
	}
	return english
}

// say adds one sentence.
func (s *sentence) say(text, end string) { s.said = append(s.said, text+end+".") }

func (s *sentence) voters(v *Voters) {
	switch v.Who {
	case Weighted:
		s.say(s.tr("Votent les membres qui ont des voix dans l'instance", "The members with voices in the body vote"), "")
	case AllMembers:
		s.say(s.tr("Votent tous les membres du groupement", "All members of the group vote"), "")
	case TheseVoters:
		ids := make([]string, len(v.Members))
		for i, m := range v.Members {
			ids[i] = string(m)
		}
		s.say(s.tr("Votent ", "Those who vote are ")+strings.Join(ids, ", "), "")
	}
}

func (s *sentence) quorum(head string, q *Quorum) {
	switch {
	case len(q.Thresholds) == 0:
		s.say(head+s.tr("aucun", "none"), "")
	case q.Counts == Represented:
		s.say(head+s.all(q.Thresholds), s.tr(", présents ou représentés", ", present or represented"))
	default:
		s.say(head+s.all(q.Thresholds), s.tr(", présents en personne", ", present in person"))
	}
}

func (s *sentence) all(list []Threshold) string {
	parts := make([]string, len(list))
	for i := range list {
		parts[i] = s.threshold(&list[i])
	}
	return strings.Join(parts, s.tr(", et ", ", and "))
}

func (s *sentence) threshold(t *Threshold) string {
	least := ""
	if !t.Minimum.IsZero() {
		least = s.tr("au moins ", "at least ") + s.amount(t)
	}
	if t.Share.IsZero() {
		return least + s.tr(" parmi ", " among ") + s.base(t, "")
	}
	share := s.tr("au moins ", "at least ") + s.fraction(t.Share)
	switch {
	case t.Strict:
		share = s.tr("plus de ", "more than ") + s.fraction(t.Share)
	case t.Share == whole:
		share = s.tr("la totalité", "the whole")
	}
	share += s.base(t, s.tr(" de", " of"))
	if least == "" {
		return share
	}
	return share + s.tr(" (et ", " (and ") + least + ")"
}

// amount is a number of voices or members.
func (s *sentence) amount(t *Threshold) string {
	n := t.Minimum.String()
	if s.l == French {
		n = strings.Replace(n, ".", ",", 1)
	}
	switch {
	case t.Of == Weights && s.l == French:
		return n + " voix"
	case t.Minimum.Cmp(Weight{num: 1}) > 0:
		return n + " " + s.tr("membres", map[string]string{Weights: "voices", Heads: "members"}[t.Of])
	}
	return n + " " + s.tr("membre", map[string]string{Weights: "voice", Heads: "member"}[t.Of])
}

// base is what a threshold is a part of; the word for "of" melts with it in French.
func (s *sentence) base(t *Threshold, of string) string {
	french := map[string]string{
		Weights + Cast: "les voix exprimées", Weights + Present: "les voix présentes ou représentées", Weights + Total: "l'ensemble des voix",
		Heads + Cast: "les membres qui s'expriment", Heads + Present: "les membres présents ou représentés", Heads + Total: "l'ensemble des membres",
	}
	english := map[string]string{
		Weights + Cast: "the voices cast", Weights + Present: "the voices present or represented", Weights + Total: "all voices",
		Heads + Cast: "the members whose vote is cast", Heads + Present: "the members present or represented", Heads + Total: "all members",
	}
	if s.l != French {
		return strings.TrimPrefix(of+" "+english[t.Of+t.Base], map[bool]string{true: " ", false: ""}[of == ""])
	}
	base := french[t.Of+t.Base]
	if plural, ok := strings.CutPrefix(base, "les "); ok && of != "" {
		return " des " + plural
	}
	return strings.TrimPrefix(of+" "+base, map[bool]string{true: " ", false: ""}[of == ""])
}

func (s *sentence) fraction(f Fraction) string {
	if f == half {
		return s.tr("la moitié", "half")
	}
	french := map[int64][2]string{3: {"un tiers", "tiers"}, 4: {"un quart", "quarts"}, 5: {"un cinquième", "cinquièmes"}}
	english := map[int64][2]string{3: {"one third", "thirds"}, 4: {"one quarter", "quarters"}, 5: {"one fifth", "fifths"}}
	numbers := map[Language][]string{French: {2: "deux", 3: "trois", 4: "quatre"}, English: {2: "two", 3: "three", 4: "four"}}
	words, ok := english[f.Den()]
	if s.l == French {
		words, ok = french[f.Den()]
	}
	switch {
	case !ok || f == whole:
		return f.String()
	case f.Num() == 1:
		return words[0]
	}
	return numbers[s.l][f.Num()] + " " + words[1]
}

func (s *sentence) tie(t *Tie) {
	switch {
	case t.Way == TieRejected:
		s.say(s.tr("À égalité, rien n'est adopté", "On a tie nothing is adopted"), "")
	case t.Way == TieUnresolved:
		s.say(s.tr("À égalité, le vote reste sans résultat", "On a tie the vote stays without a result"), "")
	case t.Member != "":
		s.say(s.tr("À égalité, le vote de ", "On a tie the vote of ")+string(t.Member), s.tr(" est prépondérant", " is the casting one"))
	case t.Role == Coordinator:
		s.say(s.tr("À égalité, le vote du coordonnateur est prépondérant", "On a tie the vote of the coordinator is the casting one"), "")
	default:
		s.say(s.tr("À égalité, le vote du pilote est prépondérant", "On a tie the vote of the pilot is the casting one"), "")
	}
}

func (s *sentence) proxies(p *Proxies) {
	if p.PerHolder == 0 {
		s.say(s.tr("Nul ne vote par procuration", "Nobody votes by proxy"), "")
		return
	}
	until := map[string]string{
		UntilSitting: s.tr("avant l'ouverture de la séance", "before the sitting is opened"),
		UntilItem:    s.tr("avant la mise aux voix du point", "before the item is put to vote"),
	}[p.Until]
	how := s.tr("Un membre présent détient au plus un pouvoir, donné par écrit ", "A member who is present holds at most one proxy, given in writing ")
	if p.PerHolder > 1 {
		how = fmt.Sprintf(s.tr("Un membre présent détient au plus %d pouvoirs, donnés par écrit ", "A member who is present holds at most %d proxies, given in writing "), p.PerHolder)
	}
	s.say(how+until, "")
}

func (s *sentence) notice(n *Notice) {
	days := func(n int) string {
		switch n {
		case 0:
			return s.tr("sans délai", "at any time")
		case 1:
			return s.tr("un jour franc", "one clear day before")
		}
		return strconv.Itoa(n) + s.tr(" jours francs", " clear days before")
	}
	s.say(s.tr("Convocation : ", "Notice: ")+days(n.Days)+s.tr(" ; la seconde : ", "; the second: ")+days(n.SecondDays), "")
}

// manner says how votes are cast.
func (s *sentence) manner(r *VotingRule) {
	switch {
	case r.Ballot == Secret:
		s.say(s.tr("Le vote est secret", "The ballot is secret"), "")
	case r.Ballot == Changeable:
		s.say(s.tr("Le vote est public et peut être changé jusqu'à sa clôture", "Votes are public and may be changed until the vote is closed"), "")
	default:
		s.say(s.tr("Le vote est public et définitif", "Votes are public and final"), "")
	}
	if r.Voices == Divided {
		s.say(s.tr("Un membre peut partager ses voix", "A member may divide its voices"), "")
	} else {
		s.say(s.tr("Les voix d'un membre ne se partagent pas", "A member's voices are not divided"), "")
	}
}
