package main

import (
	"regexp"
	"strings"
	"sync"
)

// malformedFR are the domain's words for what is wrong with the form of a command, and the same in French: $1 and $2 are what it names.
var malformedFR = map[string]string{
	"%.20q is no time of day such as 14:30":                       "« $1 » n'est pas une heure, comme 14:30",
	"%.80q is no id of a notice: group/number/kind":               "« $1 » n'est pas l'identifiant d'un avis : groupement/numéro/nature",
	"%.80q is no media type, as in application/pdf":               "« $1 » n'est pas un type de média, comme application/pdf",
	"%.80q is not NAME+NUMBER+BASE64 of an Ed25519 key":           "« $1 » n'est pas une clé Ed25519, NOM+NUMÉRO+BASE64",
	"%.80q is not an id: 1 to %d of a-z, 0-9 and -":               "« $1 » n'est pas un identifiant : de 1 à $2 caractères parmi a-z, 0-9 et -",
	"%.80q is not one of %s":                                      "« $1 » n'est pas l'un de : $2",
	"%.80q is not one of forecast, official, live":                "« $1 » n'est pas l'un de : forecast, official, live",
	"%.80q is not the code of a finding, as in F0101":             "« $1 » n'est pas le code d'un constat, comme F0101",
	"%.80q is not the number of a département: 67, 2A, 974":       "« $1 » n'est pas le numéro d'un département : 67, 2A, 974",
	"%d stands there twice":                                       "$1 y figure deux fois",
	"%q goes with a public vote only":                             "« $1 » ne va qu'avec un vote public",
	"%q has the role %q, and nobody else has":                     "« $1 » a le rôle « $2 », et personne d'autre",
	"%q is a sense of its own":                                    "« $1 » est déjà un sens de vote",
	"%q is no group":                                              "« $1 » n'est pas un groupement",
	"%q is the id of the convention itself":                       "« $1 » est l'identifiant de la convention elle-même",
	"%q stands there twice":                                       "« $1 » y figure deux fois",
	"%v goes on, so it is not one of those that end":              "$1 subsiste : il n'est pas de ceux qui finissent",
	"%v stands there twice":                                       "$1 y figure deux fois",
	"%v stands there twice for %q":                                "$1 y figure deux fois pour « $2 »",
	"%v stands there twice: a line is added, replaced or removed": "$1 y figure deux fois : une ligne est ajoutée, remplacée ou retirée",
	"%v: the schools ascend, and none stands there twice":         "$1 : les établissements vont en croissant, chacun une fois",
	"%.80q is not the number of an order form: 1 to %d letters and digits, and between them . / _ and -": "« $1 » n'est pas le numéro d'un bon de commande : de 1 à $2 lettres et chiffres, et entre eux . / _ et -",
	"a body does not replace itself":                                                "une instance ne se remplace pas elle-même",
	"a casting vote goes with %q only":                                              "une voix prépondérante ne va qu'avec « $1 »",
	"a casting vote is either that of a member or that of a role's holder":          "la voix prépondérante est celle d'un membre, ou de qui tient un rôle",
	"a head is not divided: %q goes with weights only":                              "un membre ne se partage pas : « $1 » ne va qu'avec des voix",
	"a quorum is a part of the whole: base %q":                                      "un quorum est une part du tout : base « $1 »",
	"a right is in some groups, or in every":                                        "un droit vaut dans des groupements, ou dans tous",
	"a school that keeps its code is described anew":                                "un établissement qui garde son code se décrit à nouveau",
	"a subscription is of some groups, or of every":                                 "un abonnement est à des groupements, ou à tous",
	"a written consultation is on nobody's second notice":                           "une consultation écrite n'est sur seconde convocation de rien",
	"an amendment adds, replaces or removes a line":                                 "un avenant au bon ajoute, remplace ou retire une ligne",
	"an officer's right is of a sitting, or of those of a body":                     "le droit d'un secrétaire est d'une séance, ou de celles d'une instance",
	"an operator's right is of no group":                                            "le droit d'un exploitant n'est d'aucun groupement",
	"blocks ascend by cycle, day, kind and unit price, and none stands there twice": "les blocs vont en croissant par cycle, jour, nature et prix unitaire, chacun une fois",
	"cycles ascend, and none stands there twice":                                    "les cycles vont en croissant, chacun une fois",
	"for %d pupils comes to more than %d.00":                                        "pour $1 élèves, cela passe $2,00",
	"go with %q only":                                                               "ne vont qu'avec « $1 »",
	"go with a resolution only":                                                     "ne vont qu'avec une résolution",
	"go with the way %q only":                                                       "ne vont qu'avec la manière « $1 »",
	"goes with a share only":                                                        "ne va qu'avec une part",
	"goes with a threshold only":                                                    "ne va qu'avec un seuil",
	"goes with proxies only":                                                        "ne va qu'avec des pouvoirs",
	"goes with the kinds %q and %q only":                                            "ne va qu'avec les natures « $1 » et « $2 »",
	"goes with the role %q only":                                                    "ne va qu'avec le rôle « $1 »",
	"goes with the way %q only":                                                     "ne va qu'avec la manière « $1 »",
	"has %d bytes, more than %d":                                                    "a $1 octets, plus de $2",
	"has %d entries, more than %d":                                                  "a $1 éléments, plus de $2",
	"has %d keys, more than %d":                                                     "a $1 clés, plus de $2",
	"has %d lines, more than %d":                                                    "a $1 lignes, plus de $2",
	"has %d options, more than %d":                                                  "a $1 options, plus de $2",
	"has %d parts, more than %d":                                                    "a $1 parties, plus de $2",
	"has %d thresholds, more than %d":                                               "a $1 seuils, plus de $2",
	"holds a control character":                                                     "contient un caractère de contrôle",
	"in a secret ballot nobody's vote is known, so none can be the casting one":     "au scrutin secret le vote de personne n'est connu : aucun ne peut être prépondérant",
	"is %d, not 0 to %d":                                                            "vaut $1, et non de 0 à $2",
	"is %d, not 1 to %d":                                                            "vaut $1, et non de 1 à $2",
	"is a number in the register of one group, and not beside all the past":         "est un numéro du registre d'un seul groupement, et ne va pas avec tout le passé",
	"is a number of bytes, from 0 on":                                               "est un nombre d'octets, à partir de 0",
	"is above 0 and at most 1, and goes with %q only":                               "est au-dessus de 0 et au plus 1, et ne va qu'avec « $1 »",
	"is before the first day":                                                       "est avant le premier jour",
	"is missing":                                                                    "manque",
	"is more than %d.00":                                                            "passe $1,00",
	"is that of a proxy, and goes with %q":                                          "est celle d'un pouvoir, et va avec « $1 »",
	"is that of a written consultation, which has one":                              "est celle d'une consultation écrite, qui en a une",
	"is the number of an event, from 1 on":                                          "est le numéro d'un événement, à partir de 1",
	"is the one elected":                                                            "est ce qui est élu",
	"must have at least %d":                                                         "en demande au moins $1",
	"must have at least 1":                                                          "en demande au moins 1",
	"must not be empty":                                                             "ne doit pas être vide",
	"names %d, and %d are the most":                                                 "en nomme $1, et $2 est le plus",
	"needs the day on which the avenant takes effect":                               "demande le jour où l'avenant prend effet",
	"nobody is its own proxy":                                                       "nul ne se représente lui-même",
	"nothing is more than the whole":                                                "rien ne passe le tout",
	"of heads is a whole number":                                                    "en membres, c'est un nombre entier",
	"of the sitting is missing":                                                     "celui de la séance manque",
	"one alone is no choice":                                                        "un seul n'est pas un choix",
	"or a minimum must be given":                                                    "ou un minimum se donne",
	"or parts: one of both is given":                                                "ou des parts : on donne l'un des deux",
	"several succeed to one, or one to several":                                     "plusieurs succèdent à un, ou un à plusieurs",
	"signs %.80q, and the old one %.80q":                                            "signe « $1 », et l'ancienne « $2 »",
	"such a right is in one group":                                                  "un tel droit vaut dans un groupement",
	"the code of a school is missing":                                               "le code d'un établissement manque",
	"the day after the last is missing":                                             "le jour d'après le dernier manque",
	"the day of the headcounts is missing":                                          "le jour des effectifs manque",
	"the day on which it counts is missing":                                         "le jour où cela compte manque",
	"the day on which the time begins is missing":                                   "le jour où commence le délai manque",
	"the first day is missing":                                                      "le premier jour manque",
	"the hash of the document is missing":                                           "l'empreinte de la pièce manque",
	"the text that holds the change is its basis":                                   "le texte qui porte le changement en est le fondement",
	"whose clerk it is, is missing":                                                 "de qui c'est l'agent, cela manque",
}

type malformedForm struct {
	of *regexp.Regexp
	fr string
}

// malformedForms are the same, ready to be compared.
var malformedForms = sync.OnceValue(func() (all []malformedForm) {
	named := regexp.MustCompile(`%(?:\\\.\d+)?q|%d|%v|%s`)
	for english, french := range malformedFR {
		pattern := named.ReplaceAllStringFunc(regexp.QuoteMeta(english), func(verb string) string {
			switch verb[len(verb)-1] {
			case 'q':
				return `"((?:[^"\\]|\\.)*)"`
			case 'd':
				return `(\d+)`
			}
			return `(.+)`
		})
		all = append(all, malformedForm{regexp.MustCompile("^" + pattern + "$"), french})
	}
	return all
})

// malformedIn says in French what is wrong with the form of a command; false where it is not known. What fits the most names least.
func malformedIn(says string) (best string, known bool) {
	named := -1
	for _, f := range malformedForms() {
		at := f.of.FindStringSubmatchIndex(says)
		if at == nil {
			continue
		}
		size := 0
		for i := 2; i < len(at); i += 2 {
			size += at[i+1] - at[i]
		}
		if said := string(f.of.ExpandString(nil, f.fr, says, at)); !known || size < named || size == named && strings.Compare(said, best) < 0 {
			best, named, known = said, size, true
		}
	}
	return best, known
}
