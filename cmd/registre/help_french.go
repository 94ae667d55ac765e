package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// frenchHelp makes help speak French to whoever is spoken to in French. What has no French yet stays in English.
func (a *app) frenchHelp(root *cobra.Command) {
	plainHelp := root.HelpFunc()
	root.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		if a.lang == "fr" {
			root.SetUsageTemplate(usageWords.Replace(root.UsageTemplate()))
			inFrench(cmd)
		}
		plainHelp(cmd, args)
	})
}

// usageWords are the headings of help.
var usageWords = strings.NewReplacer("Usage:", "Usage :", "Available Commands:", "Verbes :", "Additional Commands:", "Autres verbes :",
	"Additional help topics:", "Autres sujets :", "Aliases:", "Autres noms :", "Examples:", "Exemples :", "Global Flags:", "Options de tous les verbes :", "Flags:", "Options :",
	`Use "{{.CommandPath}} [command] --help" for more information about a command.`, "« {{.CommandPath}} VERBE --help » en dit plus d'un verbe.",
	"[command]", "VERBE", "{{.UseLine}}", "{{.UseLine | inFrenchUse}}", ".FlagUsages | trim", ".FlagUsages | inFrenchDefaults | trim")

// What stands for something in a usage.
var (
	placeholder = regexp.MustCompile(`\b[A-Z]{2,}\b`)
	placesFR    = map[string]string{
		"ADDRESS": "ADRESSE", "AGREEMENT": "ACCORD", "BASIS": "FONDEMENT", "BODY": "INSTANCE", "BY": "PAR", "CEILING": "PLAFOND", "COUNT": "EFFECTIF", "COURT": "TRIBUNAL", "DAY": "JOUR", "DIR": "DOSSIER",
		"FIGURE": "CHIFFRE", "FILE": "FICHIER", "FROM": "DE", "GRANTOR": "MANDANT", "GROUP": "GROUPE", "HASH": "EMPREINTE", "HOLDER": "MANDATAIRE", "INTO": "EN", "ISSUER": "FOURNISSEUR", "ITEM": "POINT",
		"KEY": "CLÉ", "KIND": "NATURE", "MEMBER": "MEMBRE", "NAME": "NOM", "NOTICE": "AVIS", "NUMBER": "NUMÉRO", "OUTCOME": "RÉSULTAT", "PLACE": "LIEU", "PSEUDONYM": "PSEUDONYME", "REASON": "MOTIF",
		"REFERENCE": "RÉFÉRENCE", "ROLE": "RÔLE", "SENSE": "SENS", "SITTING": "SÉANCE", "STATUS": "STATUT", "SUBJECT": "SUJET", "SUBSCRIPTION": "ABONNEMENT", "TEXT": "TEXTE", "THRESHOLD": "SEUIL",
		"TITLE": "TITRE", "TO": "À", "VALUE": "VALEUR", "VERB": "VERBE", "WAY": "MANIÈRE", "WEIGHT": "VOIX", "WORDS": "MOTS",
	}
)

// usageFR is how a verb is used, in French.
func usageFR(use string) string {
	use = strings.Replace(use, "[flags]", "[options]", 1)
	return placeholder.ReplaceAllStringFunc(use, func(place string) string { return cmp.Or(placesFR[place], place) })
}

func init() {
	cobra.AddTemplateFunc("inFrenchUse", usageFR)
	cobra.AddTemplateFunc("inFrenchDefaults", func(flags string) string { return strings.ReplaceAll(flags, "(default ", "(par défaut ") })
}

// inFrench puts the help of a verb into French: its words, those of the verbs under it, and those of its flags.
func inFrench(cmd *cobra.Command) {
	cmd.Long = inFrenchLong(cmd)
	for _, c := range append(cmd.Commands(), cmd) {
		if says := inFrenchSays(c.Short); says != "" {
			c.Short = says
		}
	}
	translate := func(f *pflag.Flag) {
		if says := inFrenchSays(f.Usage); says != "" {
			f.Usage = says
		}
	}
	cmd.InitDefaultHelpFlag()
	if f := cmd.Flags().Lookup("help"); f != nil {
		f.Usage = "cette aide"
	}
	cmd.LocalFlags().VisitAll(translate)
	cmd.InheritedFlags().VisitAll(translate)
}

// inFrenchSays is a text of help in French; "" where nobody says it.
func inFrenchSays(text string) string {
	return cmp.Or(helpFR[text], helpVerbsFR[text], helpFlagsFR[text])
}

// inFrenchLong is what is said of a verb at length; its English where nobody says it in French, or of another English.
func inFrenchLong(cmd *cobra.Command) string {
	_, verb, _ := strings.Cut(cmd.CommandPath(), " ")
	if long := helpLongFR[verb]; long.fr != "" && long.of == printOf(cmd.Long) {
		return long.fr
	}
	return cmp.Or(inFrenchSays(cmd.Long), cmd.Long)
}

// printOf recognises a text.
func printOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:4])
}

// helpFR is what help says in French, by what it says in English.
var helpFR = map[string]string{
	"A ledger of the decisions that public bodies take together": "Le registre des décisions que des collectivités prennent ensemble",
	`A ledger of the decisions that public bodies take together.

A day is typed 2021-06-01 or 01/06/2021 (the day first, never the month), a time of day 14:30 or 14h30, a number 4.5 or 4,5. What can
be read in two ways, such as 01/06/21 or 1,125, is refused.`: `Le registre des décisions que des collectivités prennent ensemble.

Un jour s'écrit 2021-06-01 ou 01/06/2021, une heure 14:30 ou 14h30, un nombre 4.5 ou 4,5. Ce qui se lit de deux façons, comme
01/06/21 ou 1,125, est refusé.`,

	// the global flags
	"the day asked about, as 2021-06-01 or 01/06/2021 (default: today)": "le jour sur lequel porte la question, comme 2021-06-01 ou 01/06/2021 (sans elle : aujourd'hui)",
	"the credentials file for --nats":                                   "le fichier d'accès pour --nats",
	"the data folder":                                                   "le dossier des données",
	"answer in JSON":                                                    "répondre en JSON",
	"the file of the key that signs the register (default: key in the data folder)": "le fichier de la clé qui signe le registre (sans elle : key dans le dossier des données)",
	"fr or en": "fr ou en",
	"keep the registers on the NATS server or cluster at this URL; recording also needs --data, for key and archive":                                           "tenir les registres sur le serveur NATS à cette adresse ; pour enregistrer, il faut aussi --data, pour la clé et l'archive",
	"the name under which a new register is signed, as registre.example/house (default: one by chance)":                                                        "le nom sous lequel un nouveau registre est signé, comme registre.example/maison (sans elle : un nom au hasard)",
	"how long a recording waits for the quorum of witnesses, where the policy has one":                                                                         "combien de temps un enregistrement attend le quorum des témoins, où la politique en a un",
	"what may be known: #N, a day (its end in Paris), a day with its hour in Paris, as \"01/06/2021 14h30\", or an RFC 3339 instant (default: all)":            "ce qui peut être connu : #N, un jour (sa fin à Paris), un jour et son heure à Paris, comme « 01/06/2021 14h30 », ou un instant RFC 3339 (sans elle : tout)",
	"the policy of witnesses, a C2SP tlog-policy: whose cosignatures are asked for, and which are needed (default: policy in the data folder, if it is there)": "la politique des témoins, une « tlog-policy » C2SP : à qui demander de cosigner, et ce qu'il en faut (sans elle : policy dans le dossier des données, s'il y est)",

	// the flags of every verb that records
	"the day from which it counts: 2021-06-01 or 01/06/2021, or 2021-06 or 2021 where no more is known (default: today in Paris)":                   "le jour dont cela compte : 2021-06-01 ou 01/06/2021, ou 2021-06 ou 2021 si l'on n'en sait pas plus (sans elle : aujourd'hui à Paris)",
	"a document it rests on, KIND:REFERENCE[:FILE]; of a file the SHA-256 alone is kept, and registre document add keeps the file; may be repeated": "une pièce à l'appui, NATURE:RÉFÉRENCE[:FICHIER] ; d'un fichier, seul le SHA-256 est gardé, et « registre document add » garde le fichier ; se répète",
	"what of it is invented, for a demonstration":                                               "ce qui en est inventé, pour une démonstration",
	"the pseudonym of whoever records it (default: yours)":                                      "le pseudonyme de qui l'enregistre (sans elle : le vôtre)",
	"the member for whom it is recorded":                                                        "le membre pour lequel on l'enregistre",
	"the UUID of the command, which counts once however often it is given (default: a new one)": "l'UUID de la commande, qui ne compte qu'une fois (sans elle : un nouveau)",
	"say what would be recorded, and record nothing":                                            "dire ce qui serait enregistré, sans rien enregistrer",

	// the verbs
	"Bring a framework agreement: launch, renew, end":                                                      "Un accord-cadre : le lancer, le reconduire, y mettre fin",
	"Which framework agreements there are, with whom, valid when, and up to which ceiling":                 "Les accords-cadres : avec qui, valides quand, et jusqu'à quel plafond",
	"Bring a step in the life of an avenant: draft, approve, sign, abandon":                                "Un avenant : le rédiger, l'approuver, le signer, l'abandonner",
	"Where each text stands, and what it waits for":                                                        "Où en est chaque texte, et ce qu'il attend",
	"Copy the archive and the documents to another folder, what is new alone, and read it back":            "Copier l'archive et les pièces dans un autre dossier, le nouveau seulement, et les relire",
	"Measure commits, replay, questions, opening and size, each beside its limit in the same run":          "Mesurer l'enregistrement, la relecture, les questions, l'ouverture et la taille, chacun à côté de sa limite",
	"Which bodies exist, which have ended, and what took their place":                                      "Les instances : celles qui existent, celles qui ont pris fin, et ce qui leur a succédé",
	"Bring a body: create, rename, replace, dissolve":                                                      "Une instance : la créer, la renommer, la remplacer, la dissoudre",
	"How much of each framework agreement's ceiling is ordered":                                            "Combien est commandé du plafond de chaque accord-cadre",
	"The newest signed checkpoint, to be kept elsewhere: whoever has it sees any later change to the past": "Le dernier point de contrôle signé, à garder ailleurs : qui l'a voit tout changement ultérieur du passé",
	"Generate the autocompletion script for the specified shell":                                           "Le script qui complète les commandes dans un interpréteur",
	"Generate the autocompletion script for bash":                                                          "Le script pour bash",
	"Generate the autocompletion script for zsh":                                                           "Le script pour zsh",
	"Generate the autocompletion script for fish":                                                          "Le script pour fish",
	"Generate the autocompletion script for powershell":                                                    "Le script pour PowerShell",
	"disable completion descriptions":                                                                      "sans dire de chaque verbe à quoi il sert",
	"What an event says is replaced, or voided; what it said stays":                                        "Ce que dit un événement est remplacé, ou annulé ; ce qu'il disait demeure",
	"One decision, with all that recomputes it; and the verbs of what becomes of one":                      "Une décision, avec tout ce qui la recalcule ; et les verbes de ce qu'elle devient",
	"What was decided, and what it is in law":                                                              "Ce qui a été décidé, et ce que cela vaut en droit",
	"Bring the end of a deliberation":                                                                      "La fin d'une délibération",
	"Begin a register with nothing in it, where there is none yet":                                         "Commencer un registre vide, là où il n'y en a pas encore",
	`Begin a register with nothing in it in the data folder, and make its key, so that rights can be granted and "registre serve" can be
started before the first group is founded. Where there is a register already, it is left as it is. What registre.yaml in the folder says
of all verbs, such as the origin, counts here as it does for "registre serve".`: `Commencer un registre vide dans le dossier de données, et faire sa clé, pour que des droits puissent être donnés et « registre serve »
lancé avant que le premier groupement soit fondé. Là où il y a déjà un registre, il reste comme il est. Ce que registre.yaml, dans ce
dossier, dit des options de tous les verbes, comme l'origine, compte ici comme pour « registre serve ».`,
	"Write the history of the Grand Est group into a folder of its own, and show what can be asked of it":                     "Écrire l'histoire du groupement Grand Est dans un dossier à part, et montrer ce qu'on peut en demander",
	"What two days, or two knowledges, make different, and the events that explain it":                                        "Ce qui diffère entre deux jours, ou entre deux états connus, et les événements qui l'expliquent",
	"Look the data folder over, step by step (exit 5 for damage, 1 for other problems)":                                       "Examiner le dossier des données, pas à pas (sortie 5 s'il est endommagé, 1 pour le reste)",
	"Add a document, date, erase, verify it, or get it back":                                                                  "Une pièce : l'ajouter, la dater, l'effacer, la vérifier, la retrouver",
	"Which documents there are, at hand or not, until when they are kept, and which events rest on them":                      "Les pièces, disponibles ou non, jusqu'à quand on les garde, et les événements qu'elles appuient",
	"Which pupils are counted twice, and by which order forms":                                                                "Quels élèves sont comptés deux fois, et par quels bons de commande",
	"How many pupils are enrolled, under which order forms":                                                                   "Combien d'élèves, et sous quels bons de commande",
	"A file to take away: the register, all that proves it, and two programs that check and recount it without this one":      "Un fichier à emporter : le registre, ce qui le prouve, et deux programmes qui le vérifient et le recomptent sans celui-ci",
	"How a figure follows: by which rules, from which events and documents; and why another day, or knowledge, gives another": "D'où vient un chiffre : par quelles règles, de quels événements et de quelles pièces ; et pourquoi un autre jour en donne un autre",
	"Write what the register answers to a file that other programs open (- for the output)":                                   "Écrire une réponse du registre dans un fichier que d'autres programmes ouvrent (- pour la sortie)",

	"Answer what an audit found": "Répondre à un constat",
	"What an audit of the register finds (exit 4 on a warning or an error that is not answered; 0 otherwise)": "Les constats du contrôle du registre (sortie 4 pour un avertissement ou une erreur sans réponse, sinon 0)",
	"Events as they come, until Ctrl-C: one line each":                                                        "Les événements à mesure qu'ils arrivent, une ligne chacun, jusqu'à Ctrl-C",
	"A group is founded by its convention":                                                                    "Un groupement est fondé par sa convention",
	"Write groups that order for ten school years; everything in them is invented":                            "Écrire des groupements qui commandent pendant dix années scolaires ; tout y est inventé",
	"The groups there are":              "Les groupements",
	"Help about a verb":                 "L'aide sur un verbe",
	"Record what others send as tables": "Enregistrer ce que d'autres envoient en tableaux",
	"Bring what becomes of an item: add, amend, withdraw, postpone, divide":                                                         "Un point : l'ajouter, l'amender, le retirer, le reporter, le scinder",
	"The key that signs the registers, and its rotation":                                                                            "La clé qui signe les registres, et son remplacement",
	"Who signs in by a browser, with which account of an identity provider":                                                         "Qui se connecte par un navigateur, avec quel compte de quel fournisseur d'identité",
	"Bring a membership: join, withdraw, succeed":                                                                                   "Un membre : adhésion, retrait, succession",
	"Who is a member, since when, formerly whom, and in which role":                                                                 "Qui est membre, depuis quand, à la suite de qui, et dans quel rôle",
	"The minutes of a sitting: as Markdown, HTML or PDF":                                                                            "Le procès-verbal d'une séance, en Markdown, HTML ou PDF",
	"Follow the archive of a house from outside: copy it, check it, give the alarm (exit 5)":                                        "Suivre de l'extérieur l'archive d'une maison : la copier, la vérifier, donner l'alarme (sortie 5)",
	"What subscribers are told: a line a notice; with --follow those to come as well":                                               "Ce qui est annoncé aux abonnés, une ligne par avis ; avec --follow, aussi ceux à venir",
	"Bring an obligation of the members: set, lift":                                                                                 "Une obligation des membres : la fixer, la lever",
	"What the texts in force oblige the members to, in their words":                                                                 "Ce à quoi les textes en vigueur obligent les membres, dans leurs termes",
	"Bring an order form: issue, amend, cancel, receive":                                                                            "Un bon de commande : l'émettre, le modifier, l'annuler, le recevoir",
	"Which order forms there are, of whom, and for when; or one with its lines":                                                     "Les bons de commande, de qui, et pour quand ; ou l'un d'eux avec ses lignes",
	"The names behind the pseudonyms, which can be erased":                                                                          "Les noms derrière les pseudonymes, qui peuvent être effacés",
	"How often each member of a body decides, if all vote (Banzhaf, Shapley-Shubik)":                                                "Combien souvent chaque membre d'une instance décide, si tous votent (Banzhaf, Shapley-Shubik)",
	"Serve the archive to anybody's monitor, as static files, until Ctrl-C":                                                         "Publier l'archive, en fichiers statiques, pour qui veut la surveiller, jusqu'à Ctrl-C",
	"A receipt of one event, which anybody can check years later":                                                                   "Le reçu d'un événement, que chacun peut vérifier des années après",
	"Record a file of commands, one JSON object a line":                                                                             "Enregistrer un fichier de commandes, un objet JSON par ligne",
	"Mend what `verify --full` finds, each copy from the other (exit 5 for what cannot be mended)":                                  "Réparer ce que trouve « verify --full », chaque copie par l'autre (sortie 5 pour ce qui ne peut l'être)",
	"Audit a register: verify it, decide every command again, and report what does not follow (exit 4 with findings, 5 for damage)": "Contrôler un registre : le vérifier, redécider chaque commande, et dire ce qui n'en découle pas (sortie 4 avec des constats, 5 s'il est endommagé)",
	"Whether the register still gives a published file, to the byte; or a table typed from a report, cell by cell":                  "Si le registre donne encore un fichier publié, à l'octet ; ou un tableau recopié d'un rapport, case par case",
	"Make a register anew from a backup, verified first, in a folder or on a server":                                                "Refaire un registre d'une sauvegarde, d'abord vérifiée, dans un dossier ou sur un serveur",
	"Say who may act in the doors of the house: grant, end":                                                                         "Qui peut agir aux portes de la maison : donner un droit, y mettre fin",
	"Who may act in the doors of the house, or could on a day, and as what":                                                         "Qui peut agir aux portes de la maison, ou le pouvait un jour, et comme quoi",
	"Bring a role: coordinator or pilot":                                                                                            "Un rôle : coordonnateur ou pilote",
	"Bring a rule: by which avenants are made, or by which a body decides":                                                          "Une règle : comment se font les avenants, ou comment décide une instance",
	"How the bodies decide: quorum, majority, ties, proxies, notice":                                                                "Comment décident les instances : quorum, majorité, égalités, pouvoirs, convocation",
	"Bring a school: open, describe, close, merge, move":                                                                            "Un établissement : ouverture, description, fermeture, fusion, changement de code",
	"Which schools are open, which have ended, and under which code they go on":                                                     "Les établissements ouverts, ceux qui ont fermé, et sous quel code ils se poursuivent",
	"Let programs ask, record and follow over HTTP":                                                                                 "Laisser des programmes interroger, enregistrer et suivre par HTTP",
	"One event, whole: as it was recorded, and as corrections made it since":                                                        "Un événement entier : tel qu'il fut enregistré, et tel que les rectifications l'ont fait",
	"One sitting: who is there, its agenda, quorum, votes and what is missing; and the verbs of its life":                           "Une séance : qui est là, l'ordre du jour, le quorum, les votes et ce qui manque ; et les verbes de sa vie",
	"The sittings, past and to come":                                                                                                "Les séances, passées et à venir",
	"Who is told of what happens, and how: webhook and mail make one; end, rotate, resume, skip; list and deliveries show":          "Qui est averti, et comment : webhook et mail abonnent ; end, rotate, resume, skip ; list et deliveries montrent",
	"What happened, by effective day, up to --at":                                                                                   "Ce qui s'est passé, par jour d'effet, jusqu'à --at",
	"Who may ask and record over HTTP":                                                                                              "Qui peut interroger et enregistrer par HTTP",
	"Check what is kept against what was signed, by public key alone (exit 5 for damage)":                                           "Vérifier ce qui est gardé d'après ce qui fut signé, par la seule clé publique (sortie 5 si c'est endommagé)",
	"Check a receipt by public key alone (exit 5 when it does not hold)":                                                            "Vérifier un reçu par la seule clé publique (sortie 5 s'il ne tient pas)",
	"Which program this is": "De quel programme il s'agit",
	"What one member has to say: its weights, its proxies, how it voted":                                          "Ce qui revient à un membre : ses voix, ses pouvoirs, ses votes",
	"Bring a vote on an item: open, cast, mark, close, cancel":                                                    "Le vote d'un point : open l'ouvre, cast exprime, mark émarge, close clôt, cancel arrête",
	"Bring the weights of a body":                                                                                 "Les voix dans une instance",
	"Who holds how many voices in a body":                                                                         "Qui porte combien de voix dans une instance",
	"What a decision would have been under other weights, another rule or roll; which coalitions can pass a text": "Ce qu'eût été une décision avec d'autres voix, une autre règle ou d'autres votants ; quelles coalitions peuvent l'emporter",
	"Cosign the checkpoints of other people's registers, so that none of them can show two histories":             "Cosigner les points de contrôle d'autres maisons, pour qu'aucune ne puisse montrer deux histoires",

	// a sitting, its items and its votes
	"A body is convened for a day, with its agenda":                                        "Convoquer une instance pour un jour, avec son ordre du jour",
	"The notice of a sitting was sent to members (default: to all), or those named had it": "La convocation a été envoyée à des membres (sinon à tous), ou ceux qui sont nommés l'ont reçue",
	"A member answers the notice":                                                          "Un membre répond à la convocation",
	"A sitting is opened: who is there":                                                    "La séance est ouverte : qui est là",
	"Members or observers arrive; where a grantor does, its proxy ends":                    "Des membres ou des observateurs arrivent ; le pouvoir d'un mandant qui arrive prend fin",
	"Members or observers leave":                                                           "Des membres ou des observateurs partent",
	"Another person sits for a member; presence, voices and votes stay":                    "Une autre personne siège pour un membre ; présence, voix et votes demeurent",
	"A member that is not there lets another vote for it":                                  "Un membre absent donne pouvoir à un autre",
	"A member ends the proxy that it gave":                                                 "Un membre met fin au pouvoir qu'il a donné",
	"A member takes no part in an item":                                                    "Un membre ne prend pas part à un point",
	"A sitting is suspended":                                                               "La séance est suspendue",
	"A sitting that was suspended goes on":                                                 "La séance suspendue reprend",
	"A sitting ends before its agenda is dealt with":                                       "La séance est ajournée avant que son ordre du jour soit traité",
	"A sitting is closed; told is which items were not dealt with":                         "La séance est levée ; les points non traités sont dits",
	"A sitting that was not opened will not be":                                            "Une séance qui n'a pas été ouverte est décommandée",
	"The body has approved the minutes of a sitting":                                       "L'instance a approuvé le procès-verbal d'une séance",
	"An item comes on the agenda":                                                          "Un point est ajouté à l'ordre du jour",
	"An item is put otherwise; what is not named stays":                                    "Un point est amendé ; ce qui n'est pas nommé demeure",
	"An item is taken off the agenda":                                                      "Un point est retiré de l'ordre du jour",
	"An item is left for a later sitting":                                                  "Un point est reporté à une séance ultérieure",
	"An item is voted on in parts, each as an item of its own":                             "Un point est scindé, et chaque partie votée à part",
	"An item is put to vote: its roll, quorum and rule are fixed":                          "Un point est mis aux voix : votants, quorum et règle sont arrêtés",
	"Members vote, in public":                                                              "Des membres votent, en public",
	"Members have voted in a secret ballot, and nothing is said of how":                    "Des membres ont voté au scrutin secret, sans qu'on dise comment",
	"A vote is closed; the decision with its tally follows by itself":                      "Le vote est clos ; la décision et son décompte en découlent",
	"A vote ends without an outcome; the item can be put to vote again":                    "Le vote s'arrête sans résultat ; le point peut être remis aux voix",
	`Members vote, in public: for=a,b against=c abstain=d; in a choice, OPTION=a,b. A represented member is named itself, not the holder of
its proxy. for=rest is for all who have not voted and are not named. In French: pour=a,b contre=c abstention=d, and pour=reste.`: `Des membres votent, en public : pour=a,b contre=c abstention=d ; dans un choix, OPTION=a,b. Un membre représenté est nommé lui-même, et
non le porteur de son pouvoir. pour=reste vaut pour tous ceux qui n'ont pas voté et ne sont pas nommés.`,
	`Members have voted in a secret ballot, and nothing is said of how. A represented member is named itself. rest stands for all who could
vote and are not marked.`: `Des membres ont voté au scrutin secret, sans qu'on dise comment. Un membre représenté est nommé lui-même. reste désigne tous ceux
qui pouvaient voter et ne sont pas émargés.`,
	`A body is convened for a day, with its agenda. The sitting is called BODY-DAY, as cogouv-2023-03-20, unless --sitting says otherwise.
--effective is the day on which it is convened, not that of the sitting.

A written consultation has --mode written, DAY as its first day and --deadline as its last. On second notice, after a sitting that
was adjourned for want of a quorum, the items of that one which were not dealt with are taken over where none is named, and so are its
observers.`: `Convoquer une instance pour un jour, avec son ordre du jour. La séance s'appelle INSTANCE-JOUR, comme cogouv-2023-03-20, sauf si
--sitting en dit autrement. --effective est le jour de la convocation, non celui de la séance.

Une consultation écrite a --mode written, JOUR pour premier jour et --deadline pour dernier. Sur seconde convocation, après une séance
ajournée faute de quorum, les points non traités sont repris si l'on n'en nomme aucun, et de même les observateurs.`,
	"all who vote in the body, and all observers, are there": "tous ceux qui votent dans l'instance, et tous les observateurs, sont là",
	"of a secret ballot: how many of those with a weight voted in a sense, as 1:for=3 or 4,5:pour=1, or 0:for=3 where heads alone count; may be repeated": "d'un scrutin secret : combien de ceux qui ont tant de voix ont voté en un sens, comme 1:pour=3, ou 0:pour=3 où seuls les membres comptent ; se répète",
	"of a written consultation: the last day for answers":                                                                "d'une consultation écrite : le dernier jour des réponses",
	"its hour in Paris, as 14:30 or 14h30":                                                                               "son heure à Paris, comme 14:30 ou 14h30",
	"an item and its title, as \"1=Budget 2024\"; may be repeated":                                                       "un point et son titre, comme « 1=Budget 2024 » ; se répète",
	"an item that it is for (default: all); may be repeated":                                                             "un point pour lequel il vaut (sans elle : tous) ; se répète",
	"the kind of item, whose rule holds for it":                                                                          "la nature du point, dont la règle vaut pour lui",
	"ITEM=KIND: the kind of an item, whose rule holds for it; may be repeated":                                           "POINT=NATURE : la nature d'un point, dont la règle vaut pour lui ; se répète",
	"ITEM:OPTION=TITLE: one of several options to choose from; may be repeated":                                          "POINT:OPTION=TITRE : l'une des options entre lesquelles choisir ; se répète",
	"OPTION=TITLE, all of them anew; may be repeated":                                                                    "OPTION=TITRE, toutes à nouveau ; se répète",
	"a JSON file with the changes that it makes once it is adopted (docs/catalogue.md)":                                  "un fichier JSON des changements qu'il fait une fois adopté (docs/catalogue.md)",
	"ITEM=FILE: a JSON file with the changes that an item makes once it is adopted (docs/catalogue.md); may be repeated": "POINT=FICHIER : un fichier JSON des changements que fait un point une fois adopté (docs/catalogue.md) ; se répète",
	"ITEM=FILE: the text put to vote, of which the SHA-256 is kept; may be repeated":                                     "POINT=FICHIER : le texte mis aux voix, dont le SHA-256 est gardé ; se répète",
	"how it is held: in-person, remote or written (a consultation)":                                                      "comment elle se tient : in-person (en présence), remote (à distance) ou written (consultation écrite)",
	"for want of a quorum: it can be convened on second notice":                                                          "faute de quorum : elle peut être convoquée une seconde fois",
	"who is convened without a vote, as \"aa-nancy-metz=Académie de Nancy-Metz\"; may be repeated":                       "qui est convoqué sans voter, comme « aa-nancy-metz=Académie de Nancy-Metz » ; se répète",
	"where it is":      "où elle se tient",
	"why":              "pourquoi",
	"when they had it": "quand ils l'ont reçue",
	"the sitting, adjourned for want of a quorum, of which this is the second notice":                                                        "la séance, ajournée faute de quorum, dont c'est la seconde convocation",
	"when it was sent: 2023-03-01T09:30:00+01:00, \"01/03/2023 9h30\" by the clock in Paris, or the day, which means its end there":          "quand elle fut envoyée : 2023-03-01T09:30:00+01:00, « 01/03/2023 9h30 » à l'heure de Paris, ou le jour seul, c'est-à-dire sa fin",
	"the SHA-256 of the document, where it is not at hand":                                                                                   "le SHA-256 du document, s'il n'est pas disponible",
	"the id of the sitting (default: BODY-DAY)":                                                                                              "l'identifiant de la séance (sans elle : INSTANCE-JOUR)",
	"a member whose voices are divided, as cea=for:1.5,against:0.5 or cea=pour:1,5,contre:0,5, where the rule lets them be; may be repeated": "un membre dont les voix se partagent, comme cea=pour:1,5,contre:0,5, où la règle le permet ; se répète",
	"the document, of which the SHA-256 is kept":                                                                                             "le document, dont le SHA-256 est gardé",
	"its title": "son titre",
	"the sitting that it is left for, if it is convened": "la séance à laquelle il est reporté, si elle est convoquée",
	"show it anew whenever something changes":            "la montrer à nouveau dès que quelque chose change",
	"name the events and documents that it follows from": "nommer les événements et les pièces dont cela découle",

	// what is read most
	"the body: ag, cogouv …":                "l'instance : ag, cogouv…",
	"this body only":                        "cette instance seulement",
	"only those of a body":                  "seulement celles d'une instance",
	"only those of that day on":             "seulement celles de ce jour et après",
	"only those up to that day":             "seulement celles jusqu'à ce jour",
	"only those on whose roll a member was": "seulement celles dont un membre était votant",
	"only those that are adopted, rejected, unresolved, no-quorum, elected, second-round": "seulement celles qui sont : adopted (adoptées), rejected (rejetées), unresolved (sans résultat), no-quorum (sans quorum), elected (option choisie), second-round (second tour)",
	"only those whose title has all these words, whatever their case and accents":         "seulement celles dont le titre a tous ces mots, quels que soient casse et accents",
	"only the decisions of that day on":                                                   "seulement les décisions de ce jour et après",
	"also what is only worth knowing":                                                     "aussi les remarques pour information",
	"replace a file that exists":                                                          "remplacer un fichier qui existe",
	"md, html or pdf (default: by the file's ending; md for the output)":                  "md, html ou pdf (sans elle : d'après la fin du nom ; md pour la sortie)",
	"write FILE.registre.json, with the newest signed checkpoint, beside it":              "écrire à côté FICHIER.registre.json, avec le dernier point de contrôle signé",
	"A decision was published, on its effective day":                                      "Une décision a été publiée, à son jour d'effet",
	"The prefecture received a decision, on its effective day":                            "La préfecture a reçu une décision, à son jour d'effet",
	"A court annuls a decision: from its beginning, or from a day on":                     "Un tribunal annule une décision : dès l'origine, ou à partir d'un jour",
	"What a body decided, as a document reports it: nobody can recompute it":              "Ce qu'une instance a décidé, selon une pièce : nul ne peut le recalculer",
	"An annulment, the event N, is lifted":                                                "Une annulation, l'événement N, est levée",
	"what was decided on":                                                                 "ce dont il fut décidé",
	"the sitting, as the document calls it":                                               "la séance, comme la pièce l'appelle",
	"the voices for it, where they are known":                                             "les voix pour, si on les connaît",
	"the voices against it":                                                               "les voix contre",
	"the voices that abstained":                                                           "les voix qui se sont abstenues",
	"which court":                                                                         "quel tribunal",
	"the day from which it is annulled (default: it never was)":                           "le jour dont elle est annulée (sans elle : elle n'a jamais été)",
	"unless which is met":                                                                 "la condition sous laquelle elle ne le serait pas",
	"on-appeal or condition-met":                                                          "on-appeal (en appel) ou condition-met (condition remplie)",
}
