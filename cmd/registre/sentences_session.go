package main

import "maps"

func init() {
	maps.Copy(words, sessionWords)
	maps.Copy(faults, sessionFaults)
	maps.Copy(rulesFR, sessionRules)
	maps.Copy(findingsSay, sessionFindings)
}

// sessionFaults are the sentences for what goes wrong when sittings, votes and decisions are written and read.
var sessionFaults = map[string]saying{
	"sitting-unknown":  {"R0561", "Aucune séance ne s'appelle « %[1]s » ce jour-là, à ce qu'on en sait.", "No sitting is called %[1]q on that day, as known.", "« registre sittings » les énumère ; une séance se nomme aussi par le numéro de sa convocation.", "`registre sittings` lists them; the number of the event that convened one is a name of it too."},
	"sitting-like":     {"R0562", "Aucune séance ne s'appelle « %[1]s ». Serait-ce %[2]s ?", "No sitting is called %[1]q. Did you mean %[2]s?", "« registre sittings » les énumère.", "`registre sittings` lists them."},
	"decision-unknown": {"R0563", "L'événement %[1]s n'est pas une décision ce jour-là, à ce qu'on en sait.", "Event %[1]s is no decision on that day, as known.", "« registre decisions » les énumère.", "`registre decisions` lists them."},
	"decision-like":    {"R0564", "L'événement %[1]s est d'un vote ; sa décision est %[2]s.", "Event %[1]s is part of a vote; its decision is %[2]s.", "Demander la décision par ce numéro.", "Ask for the decision by that number."},
	"member-unknown":   {"R0565", "Aucun membre ne s'appelle « %[1]s ».", "No member is called %[1]q.", "« registre members » les énumère.", "`registre members` lists them."},
	"member-like":      {"R0566", "Aucun membre ne s'appelle « %[1]s ». Serait-ce %[2]s ?", "No member is called %[1]q. Did you mean %[2]s?", "« registre members » les énumère.", "`registre members` lists them."},
	"body-unknown":     {"R0567", "Aucune instance ne s'appelle « %[1]s ».", "No body is called %[1]q.", "« registre bodies » les énumère.", "`registre bodies` lists them."},
	"body-like":        {"R0568", "Aucune instance ne s'appelle « %[1]s ». Serait-ce %[2]s ?", "No body is called %[1]q. Did you mean %[2]s?", "« registre bodies » les énumère.", "`registre bodies` lists them."},
	"outcome-unknown":  {"R0569", "Un vote n'a pas ce résultat : %[2]s", "A vote has no such outcome: %[2]s", "L'un de adopted, rejected, unresolved, no-quorum, elected, second-round.", "One of adopted, rejected, unresolved, no-quorum, elected, second-round."},
	"item-form":        {"R0570", "Ce point ne se lit pas : %[2]s", "This item cannot be read: %[2]s", "Écrire POINT=INTITULÉ, comme « 1=Budget 2024 ».", "Write ITEM=TITLE, as \"1=Budget 2024\"."},
	"instant-form":     {"R0571", "Cet instant ne se lit pas : %[2]s", "This instant cannot be read: %[2]s", "Écrire 2023-03-01T09:30:00+01:00, ou le jour seul.", "Write 2023-03-01T09:30:00+01:00, or the day alone."},
	"votes-form":       {"R0572", "Ces suffrages ne se lisent pas : %[2]s", "These votes cannot be read: %[2]s", "Écrire SENS=membre,membre : for=a,b against=c abstain=d ; for=rest pour tous les autres.", "Write SENSE=member,member: for=a,b against=c abstain=d; for=rest for all others."},
	"votes-twice":      {"R0573", "%[1]s vote deux fois sur la ligne.", "%[1]s votes twice on the line.", "Une voix va dans un sens ; --split partage celles d'un membre.", "A member votes in one sense; --split divides its voices."},
	"rest-closed":      {"R0574", "« rest » désigne ceux qui n'ont pas voté, et aucun vote n'est ouvert sur le point %[1]s.", "rest means those who have not voted, and no vote is open on item %[1]s.", "Mettre le point aux voix : « registre vote open ».", "Put the item to vote: `registre vote open`."},
	"rest-nobody":      {"R0575", "« rest » désigne ceux qui n'ont pas voté, et tous ont voté sur le point %[1]s.", "rest means those who have not voted, and all have voted on item %[1]s.", "Clore le vote : « registre vote close ».", "Close the vote: `registre vote close`."},
	"split-form":       {"R0576", "Ce partage ne se lit pas : %[2]s", "This division cannot be read: %[2]s", "Écrire MEMBRE=SENS:VOIX,SENS:VOIX, comme cea=for:1.5,against:0.5.", "Write MEMBER=SENSE:WEIGHT,SENSE:WEIGHT, as cea=for:1.5,against:0.5."},
	"count-form":       {"R0577", "Ce décompte ne se lit pas : %[2]s", "This count cannot be read: %[2]s", "Écrire VOIX:SENS=NOMBRE, comme 1:for=3 ; 0:for=3 où seuls les membres comptent.", "Write WEIGHT:SENSE=NUMBER, as 1:for=3; 0:for=3 where heads alone count."},
	"observer-form":    {"R0578", "Cet observateur ne se lit pas : %[2]s", "This observer cannot be read: %[2]s", "Écrire IDENTIFIANT=NOM, comme « aa-nancy-metz=Académie de Nancy-Metz ».", "Write ID=NAME, as \"aa-nancy-metz=Académie de Nancy-Metz\"."},
	"option-form":      {"R0579", "Cette option ne se lit pas : %[2]s", "This option cannot be read: %[2]s", "Écrire POINT:OPTION=INTITULÉ, comme « 3:blue=Bleu ».", "Write ITEM:OPTION=TITLE, as \"3:blue=Blue\"."},
}

// sessionFindings are the sentences for what an audit finds in sittings, votes and decisions.
var sessionFindings = map[string][2]string{
	"notice-too-short":      {"{subject} : convocation envoyée {clear} jours francs avant, la règle en demande {days} ({members}).", "{subject}: the notice was sent {clear} clear days before, the rule asks for {days} ({members})."},
	"notice-unrecorded":     {"{subject} : aucune convocation n'est enregistrée pour {members} ; la règle la demande {days} jours francs avant.", "{subject}: no notice is recorded to {members}; the rule asks for one {days} clear days before."},
	"recount-differs":       {"décision #{subject}, {sitting}, point {item} : proclamé « {outcome} », les suffrages donnent « {recounted} » ({differs}) ; la décision reste.", "decision #{subject}, {sitting}, item {item}: proclaimed “{outcome}”, the votes come to “{recounted}” ({differs}); the decision stays."},
	"roll-differs":          {"{subject}, point {item} : les voix de la liste ne sont plus celles que dit le registre ({weights}) ; le résultat reste.", "{subject}, item {item}: the weights on the roll are not those that the register now tells of ({weights}); the result stays."},
	"annulled-still-counts": {"décision #{subject} « {title} » : annulée depuis le {from}, ses changements ({changes}) comptent toujours.", "decision #{subject} “{title}”: annulled from {from}, its changes ({changes}) still count."},
	"decision-asserted":     {"décision #{subject} « {title} » de {body} : rapportée, elle ne peut pas être recalculée.", "decision #{subject} “{title}” of {body}: asserted, it cannot be recomputed."},
}

// sessionWords are the codes that answers about sittings use, in both languages; those of the events stand with these.
var sessionWords = map[string][2]string{
	"convened": {"convoquée", "convened"}, "open": {"ouverte", "open"}, "suspended": {"suspendue", "suspended"}, "adjourned": {"ajournée", "adjourned"}, "closed": {"close", "closed"},
	"pending": {"à traiter", "to be dealt with"}, "voting": {"aux voix", "being voted on"}, "decided": {"décidé", "decided"}, "postponed": {"reporté", "postponed"}, "in-parts": {"divisé", "voted in parts"},
	"stands": {"en vigueur", "stands"}, "annulled-from": {"annulée depuis", "annulled from"},
	"arrived": {"le mandant est arrivé", "its grantor came"}, "revoked": {"retiré", "revoked"},
}

// sessionRules say the rules of sittings and votes in French.
var sessionRules = map[string]string{
	"R0220": "la séance désignée doit avoir été convoquée",
	"R0221": "le point désigné doit figurer à l'ordre du jour de la séance",
	"R0222": "la décision désignée doit avoir été proclamée, ou rapportée",
	"R0223": "seule l'annulation d'une décision peut être levée",
	"R0340": "une séance n'est convoquée qu'une fois",
	"R0341": "rien ne se passe plus dans une séance close, ajournée ou décommandée",
	"R0342": "une séance s'ouvre, se décommande, et sa convocation reçoit réponse, avant qu'elle soit ouverte",
	"R0343": "qui vient et part, et ce qui est mis aux voix, s'enregistre tant que la séance est ouverte et n'est pas suspendue",
	"R0344": "une séance qui reprend était suspendue",
	"R0345": "le procès-verbal d'une séance s'approuve une fois la séance close ou ajournée",
	"R0346": "une séance se convoque avant son jour, et s'ouvre ce jour-là ; une consultation écrite, avant son terme",
	"R0347": "ce qui se passe en séance n'est pas d'un jour antérieur à ce qui s'y est passé avant",
	"R0348": "deux points d'une séance n'ont pas le même identifiant",
	"R0349": "un point décidé, retiré, reporté ou divisé est traité",
	"R0350": "tant qu'un vote est ouvert, rien d'autre n'est mis aux voix, le point reste ce qu'il est, et la séance continue",
	"R0351": "les suffrages se recueillent, les votants se marquent, et le vote se clôt tant qu'il est ouvert",
	"R0352": "qui arrive, ou donne pouvoir, n'est pas encore là",
	"R0353": "qui part, ou dont le délégué est remplacé, est là",
	"R0354": "un membre n'a pas donné d'autre pouvoir qui tienne",
	"R0355": "un pouvoir retiré tenait",
	"R0356": "une décision se publie, se reçoit et s'annule à partir de son jour",
	"R0440": "la liste des votants d'une instance tient dans l'événement qui ouvre un vote : au moins 150 votants, et 400 dont l'identifiant a vingt lettres",
	"R0441": "un texte doit avoir dit comment l'instance décide",
	"R0442": "quelqu'un vote dans l'instance ce jour-là",
	"R0443": "nul ne vote avec des voix indéterminées",
	"R0444": "qui est nommé dans une séance est membre ce jour-là, ou convoqué comme observateur ; les observateurs ne donnent ni ne détiennent de pouvoir",
	"R0445": "une seconde convocation suit une séance de la même instance, ajournée faute de quorum",
	"R0446": "sur seconde convocation on ne traite que ce qui figurait au premier ordre du jour",
	"R0447": "la règle de l'instance permet qu'un membre soit représenté",
	"R0448": "où la règle le dit, un pouvoir se donne avant l'ouverture de la séance",
	"R0449": "nul ne détient plus de pouvoirs que la règle ne le permet",
	"R0450": "un pouvoir ne se transmet pas : qui en détient un n'en donne pas, et qui en a donné un n'en détient pas",
	"R0451": "un point est mis aux voix avec le quorum que la règle demande",
	"R0452": "une séance s'ajourne faute de quorum quand aucun point restant ne l'atteint",
	"R0453": "dans un vote secret, au moins 3 membres votent avec les mêmes voix, sans quoi leurs voix diraient leur vote",
	"R0454": "les suffrages se recueillent dans un vote public ; dans un vote secret, les votants se marquent et le décompte se donne à la clôture",
	"R0455": "qui vote figure sur la liste fixée à l'ouverture du vote",
	"R0456": "qui était absent ou déporté à l'ouverture du vote n'y prend pas part",
	"R0457": "on vote pour, contre, ou s'abstient ; dans un choix, pour l'une des options, ou l'on s'abstient",
	"R0458": "où la règle le dit, un vote émis est définitif",
	"R0459": "sauf si la règle en dispose autrement, les voix d'un membre forment un bloc",
	"R0460": "les parts de voix partagées font ensemble les voix du membre",
	"R0461": "pour chaque nombre de voix, on compte autant de bulletins secrets que de votants marqués",
	"R0462": "une consultation écrite reçoit réponse jusqu'à son terme",
	"R0463": "une consultation écrite se clôt après son terme, ou dès que tous ont répondu",
}
