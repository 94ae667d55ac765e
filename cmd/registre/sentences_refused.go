package main

import (
	"fmt"
	"strings"
)

// ruleRemedies say what to do about a refusal, by the rule's code, where there is more to say than where the rule stands. %[1]s is
// the group and the sitting, or their places in a command; %[2]s what the verb found out.
var ruleRemedies = map[string][2]string{
	"R0220": {"« registre sittings » les énumère.%[2]s", "`registre sittings` lists them.%[2]s"},
	"R0343": {"Pour l'ouvrir : « registre sitting open %[1]s … » ; suspendue, elle reprend par « registre sitting resume %[1]s ».", "To open it: `registre sitting open %[1]s …`; where it is suspended, `registre sitting resume %[1]s`."},
	"R0346": {"Le jour où c'est arrivé se donne par --effective ; sans lui, c'est aujourd'hui.", "--effective says on which day it happened; without it, it is today."},
	"R0351": {
		"Si le vote est clos, son résultat demeure, et « registre decisions » le donne ; si le point n'a pas encore été mis aux voix : « registre vote open %[1]s POINT ».",
		"Where the vote is closed its outcome stands, and `registre decisions` tells it; where the item was not put to vote yet: `registre vote open %[1]s ITEM`.",
	},
	"R0349": {"Il revient par « registre item add », sous un autre numéro.", "It comes back by `registre item add`, under another number."},
	"R0354": {"Pour mettre fin à celui qu'il a donné : « registre sitting revoke %[1]s MEMBRE ».", "To end the one that it has given: `registre sitting revoke %[1]s MEMBER`."},
	"R0401": {"Le donner avec --basis, comme « convention, article 4 ».", "Give it with --basis, as \"convention, article 4\"."},
	"R0414": {"Si cette séance-là n'aura pas lieu : « registre sitting cancel GROUPE SÉANCE --reason … ».", "If that sitting will not be held: `registre sitting cancel GROUP SITTING --reason …`."},
	"R0441": {"Pour dire comment : « registre rule voting ».", "To say how: `registre rule voting`."},
	"R0451": {
		"Attendre une arrivée ou un pouvoir ; sinon ajourner, « registre sitting adjourn %[1]s --no-quorum », puis convoquer à nouveau, « registre sitting convene … --second-of SÉANCE ».",
		"Wait for somebody to arrive, or for a proxy; otherwise adjourn, `registre sitting adjourn %[1]s --no-quorum`, then convene on second notice with `registre sitting convene … --second-of SITTING`.",
	},
	"R0453": {"Voter en public, ou attendre que trois membres au moins aient chaque nombre de voix ; où seuls les membres comptent, tous en ont autant. Un vote déjà ouvert s'arrête sans résultat par « registre vote cancel %[1]s POINT --reason … ».", "Vote in public, or wait until at least three members hold each weight; where heads alone count, all count the same. A vote that is open ends without an outcome by `registre vote cancel %[1]s ITEM --reason …`."},
	"R0457": {"Écrire for=MEMBRE,… against=MEMBRE,… abstain=MEMBRE,… ; dans un choix, OPTION=MEMBRE,….", "Write for=MEMBER,… against=MEMBER,… abstain=MEMBER,…; in a choice, OPTION=MEMBER,…."},
	"R0454": {"Vote public : « registre vote cast » ; vote secret : « registre vote mark », puis « registre vote close --count VOIX:SENS=NOMBRE ».", "In public: `registre vote cast`; in secret: `registre vote mark`, then `registre vote close --count WEIGHT:SENSE=NUMBER`."},
}

// remedyOfRule says what to do about a refusal.
func (a *app) remedyOfRule(f *Fault) string {
	remedy, ok := ruleRemedies[f.Code]
	if !ok {
		return a.tr("Voir docs/refusals.md.", "See docs/refusals.md.")
	}
	where, found, _ := strings.Cut(f.Detail, "\x00")
	if where == "" {
		where = a.tr("GROUPE SÉANCE", "GROUP SITTING")
	}
	if found != "" {
		found = " " + fmt.Sprintf(a.tr("Serait-ce %s ?", "Did you mean %s?"), found)
	}
	return format(a.tr(remedy[0], remedy[1]), where, found)
}

// refusedOf is what a refusal is about, in words where it is numbers.
func (a *app) refusedOf(code, subject string) string {
	switch code {
	case "R0451":
		if part, base, ok := strings.Cut(subject, " / "); ok {
			return fmt.Sprintf(a.tr("%s sur %s sont là", "%s of %s are there"), a.number(part), a.number(base))
		}
	case "R0453":
		var says []string
		for _, class := range strings.Split(subject, ", ") {
			if weight, n, ok := strings.Cut(class, ": "); ok {
				says = append(says, fmt.Sprintf(a.tr("voix %s : %s membre%s", "weight %s: %s member%s"), a.number(weight), n, plural(len(n)-1+int(n[0]-'0'))))
			}
		}
		return strings.Join(says, a.tr(" ; ", "; "))
	}
	return subject
}
