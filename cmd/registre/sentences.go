package main

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"registre/domain"
)

// A saying is one sentence in both languages. %s stands for the subject, then the detail, as many as it has.
type saying struct {
	code             string
	fr, en           string // what is wrong
	remedyFR, remedy string // what to do
}

// faults are the sentences for what goes wrong outside the rules of the domain, by name. Codes are for ever.
var faults = map[string]saying{
	"failed":         {"R0001", "Cela n'a pas abouti : %[2]s", "It failed: %[2]s", "", ""},
	"flag":           {"R0002", "Option inconnue ou mal écrite : %[2]s", "An unknown or misspelt flag: %[2]s", "Voir « registre help ».", "See `registre help`."},
	"arguments":      {"R0003", "Le nombre d'arguments ne convient pas.", "The number of arguments does not fit.", "Usage : %[2]s", "Usage: %[2]s"},
	"verb-unknown":   {"R0004", "Verbe inconnu : %[2]s", "Unknown verb: %[2]s", "Voir « registre help ».", "See `registre help`."},
	"lang-unknown":   {"R0005", "Langue inconnue : %[2]s", "Unknown language: %[2]s", "Écrire --lang fr ou --lang en.", "Write --lang fr or --lang en."},
	"day-unreadable": {"R0006", "Ce n'est pas un jour : %[2]s", "This is not a day: %[2]s", "Écrire le jour ainsi : 2021-06-01 ; en ligne de commande, 01/06/2021 convient aussi.", "Write the day as 2021-06-01; on the command line 01/06/2021 will do as well."},
	"known-unreadable": {
		"R0007", "« --known » ne se lit pas : %[2]s", "--known cannot be read: %[2]s",
		"Écrire #12, 2021-06-01 ou 2021-06-01T12:00:00+02:00 ; en ligne de commande, « 01/06/2021 12h00 » convient aussi.", "Write #12, 2021-06-01 or 2021-06-01T12:00:00+02:00; on the command line \"01/06/2021 12h00\" will do as well.",
	},
	"known-ahead":      {"R0008", "Le registre n'a pas encore d'événement %[1]s : il s'arrête à %[2]s.", "The register has no event %[1]s yet: it ends at %[2]s.", "", ""},
	"unknown-group":    {"R0009", "Aucun groupement ne s'appelle « %[1]s » ici.", "No group is called %[1]q here.", "« registre groups » les énumère.", "`registre groups` lists them."},
	"malformed":        {"R0010", "La commande est mal formée : %[2]s", "The command is malformed: %[2]s", "Voir docs/catalogue.md.", "See docs/catalogue.md."},
	"unreadable":       {"R0011", "La commande ne se lit pas : %[2]s", "The command cannot be read: %[2]s", "Voir docs/catalogue.md.", "See docs/catalogue.md."},
	"id-reused":        {"R0012", "L'identifiant %[1]s désigne déjà une autre commande (%[2]s).", "The id %[1]s already stands for another command (%[2]s).", "Donner un identifiant nouveau à toute commande nouvelle.", "Give every new command a new id."},
	"unknown-question": {"R0013", "Question inconnue : %[1]s", "Unknown question: %[1]s", "Les deux programmes sont-ils de la même version ?", "Are both programs of the same version?"},
	"file-unreadable":  {"R0014", "Le fichier %[1]s ne se lit pas : %[2]s", "The file %[1]s cannot be read: %[2]s", "", ""},
	"damaged":          {"R0020", "Le registre est endommagé : %[1]s %[2]s", "The register is damaged: %[1]s %[2]s", "Ne rien écrire ; garder une copie du dossier ; « registre verify --full » dit ce qui l'est, « registre repair » le répare de l'autre copie.", "Write nothing; keep a copy of the folder; `registre verify --full` says what is, and `registre repair` mends it from the other copy."},
	"weakened":         {"R0021", "Quelqu'un a affaibli la configuration du flux : %[2]s", "Somebody has weakened the stream's configuration: %[2]s", "Rétablir la configuration avant de continuer.", "Restore the configuration before going on."},
	"no-archive":       {"R0022", "Il y a des événements, et leur archive manque : %[2]s", "There are events, and their archive is missing: %[2]s", "Ne rien écrire ; la rendre d'une sauvegarde, ou « registre repair » la refait du flux.", "Write nothing; restore it from a backup, or `registre repair` makes it anew from the stream."},
	"other-key":        {"R0023", "L'archive est signée d'une autre clé : %[2]s", "The archive is signed with another key: %[2]s", "Donner la sienne avec --key FICHIER.", "Give its own with --key FILE."},
	"key-missing":      {"R0024", "La clé qui signe le registre manque : %[1]s", "The key that signs the register is missing: %[1]s", "La remettre en place, ou la donner avec --key FICHIER ; vérifier ne la demande pas.", "Put it back, or give it with --key FILE; verifying does not need it."},
	"key-exposed":      {"R0025", "La clé du registre se lit par d'autres que son propriétaire : %[2]s", "The register's key can be read by others than its owner: %[2]s", "« chmod 600 » sur ce fichier ; et si quelqu'un a pu la lire, en changer.", "chmod 600 that file; and if anybody may have read it, change the key."},
	"origin-form":      {"R0026", "Ce nom ne peut pas signer un registre : %[1]s", "This name cannot sign a register: %[1]s", "Écrire --origin registre.example/maison, sans espace ni +.", "Write --origin registre.example/house, without spaces or +."},
	"key-unfinished":   {"R0018", "Le changement de clé n'est pas achevé (%[1]s) : %[2]s", "The rotation of the key is not finished (%[1]s): %[2]s", "Rouvrir le dossier (« registre groups ») : l'ouverture l'achève ; puis « registre key show ».", "Open the folder again (`registre groups`): opening finishes it; then `registre key show`."},
	"key-beside":       {"R0017", "La clé d'un dossier placé à côté d'un serveur NATS ne se change pas ici.", "The key of a folder beside a NATS server is not changed here.", "Commencer un nouveau dossier avec une nouvelle clé : il reprend tout du serveur ; garder l'ancien pour ses reçus.", "Begin a new folder with a new key: it takes up everything from the server; keep the old one for its receipts."},
	"key-by-hand":      {"R0019", "Un changement de clé ne s'enregistre pas à la main.", "A rotation of the key is not recorded by hand.", "« registre key rotate » change la clé, et l'enregistre.", "`registre key rotate` changes the key, and records it."},
	"no-folder":        {"R0030", "Il n'y a pas encore de registre ici : %[2]s", "There is no register here yet: %[2]s", "« registre init » en crée un ; « registre demo » montre un exemple.", "`registre init` makes one; `registre demo` shows an example."},
	"no-stream":        {"R0627", "Ce serveur n'a pas encore de registre : %[1]s", "This server has no register yet: %[1]s", "« registre record » avec --nats et --data en crée un.", "`registre record` with --nats and --data makes one."},
	"server-away":      {"R0629", "Le serveur ne répond pas : %[2]s", "The server does not answer: %[2]s", "Recommencer dans un moment. S'il ne revient pas, voir s'il tourne et si ses voisins l'atteignent.", "Try again in a moment. If it does not come back, see whether it runs, and whether its neighbours reach it."},
	"half-made":        {"R0031", "La création de ce dossier a été interrompue : %[2]s", "The making of this folder was cut short: %[2]s", "« registre init » la termine.", "`registre init` finishes it."},
	"foreign-folder":   {"R0032", "Ce dossier contient autre chose qu'un registre : %[2]s", "This folder holds something other than a register: %[2]s", "Choisir un autre dossier avec --data.", "Choose another folder with --data."},
	"newer-format":     {"R0033", "Ce dossier a été écrit par une version plus récente : %[2]s", "This folder was written by a newer version: %[2]s", "Mettre registre à jour.", "Update registre."},
	"newer-event":      {"R0037", "Le registre contient un événement que cette version ne connaît pas : %[2]s", "The register holds an event that this version does not know: %[2]s", "Mettre registre à jour.", "Update registre."},
	"folder-working":   {"R0049", "« %[1]s » tient ce dossier depuis %[2]s, et finit d'abord.", "“%[1]s” has held this folder since %[2]s, and ends first.", "Attendre qu'il ait fini, puis recommencer ; « registre serve » attend de lui-même.", "Wait until it has ended, and try again; `registre serve` waits by itself."},
	"locked":           {"R0034", "Un autre programme tient ce dossier et ne répond pas : %[2]s", "Another program holds this folder and does not answer: %[2]s", "L'arrêter, ou attendre qu'il ait fini.", "Stop it, or wait until it is done."},
	"read-only":        {"R0035", "On ne peut pas écrire dans ce dossier : %[2]s", "This folder cannot be written to: %[2]s", "Vérifier les droits et le montage.", "Check the permissions and the mount."},
	"server":           {"R0036", "Le serveur embarqué ne démarre pas : %[2]s", "The embedded server does not start: %[2]s", "« registre doctor » en dit plus.", "`registre doctor` tells more."},
	"unknown-outcome":  {"R0040", "On ignore si la commande a été enregistrée : %[2]s", "It is not known whether the command was recorded: %[2]s", "La redonner avec le même identifiant : elle ne comptera qu'une fois.", "Give it again with the same id: it will count once."},
	"not-written":      {"R0041", "Rien n'a été enregistré : %[2]s", "Nothing was recorded: %[2]s", "Libérer de la place ou rétablir l'accès, puis recommencer.", "Free some space, or restore access, and try again."},
	"overflow":         {"R0042", "Ces voix ne s'additionnent pas exactement : %[2]s", "These weights cannot be added up exactly: %[2]s", "", ""},
	"interrupted":      {"R0043", "Interrompu.", "Interrupted.", "Recommencer : rien ne comptera deux fois.", "Start again: nothing will count twice."},
	"unreachable":      {"R0044", "Le programme qui tient le dossier ne répond plus : %[2]s", "The program that holds the folder no longer answers: %[2]s", "Recommencer : rien ne comptera deux fois.", "Start again: nothing will count twice."},
	"holder-unlike":    {"R0994", "Le programme qui tient le dossier ne prend pas cette demande : %[2]s", "The program that holds the folder does not take this request: %[2]s", "Il est plus ancien que celui-ci : l'arrêter, et le relancer dans la même version.", "It is older than this one: stop it, and start it again in the same version."},
}

func codeOf(name string) string {
	s, _ := sayingOf(name)
	return s.code
}

// rulesFR says the rules of the domain in French, by code; in English they say themselves.
var rulesFR = map[string]string{
	"R0100": "le registre nommé registre tient ce que la maison dit d'elle-même, et rien d'autre ; et cela ne figure nulle part ailleurs",
	"R0101": "un groupement n'est fondé qu'une fois",
	"R0102": "un groupement doit avoir été fondé avant qu'on enregistre quoi que ce soit de lui",
	"R0110": "l'événement désigné doit figurer au registre",
	"R0201": "le membre désigné doit avoir adhéré un jour",
	"R0202": "l'instance désignée doit avoir été créée un jour",
	"R0203": "le texte désigné doit avoir été rédigé",
	"R0204": "seule une délibération en vigueur peut tomber",
	"R0210": "l'accord-cadre désigné doit avoir été lancé",
	"R0211": "l'établissement désigné doit avoir été ouvert un jour, sous ce code UAI",
	"R0212": "le bon de commande désigné doit avoir été émis",
	"R0300": "rien ne prend effet avant la fondation du groupement",
	"R0301": "qui adhère, ou succède, n'est pas déjà membre ce jour-là",
	"R0302": "qui agit, se retire, porte des voix ou un rôle est membre ce jour-là",
	"R0303": "une instance se crée là où il n'en existe pas de ce nom ce jour-là",
	"R0304": "l'instance existe ce jour-là",
	"R0305": "un texte n'est rédigé qu'une fois",
	"R0306": "un texte s'approuve et se signe après sa rédaction",
	"R0307": "un avenant en vigueur, ou abandonné, n'attend plus rien",
	"R0308": "un rôle qui prend fin est tenu par quelqu'un",
	"R0320": "un accord-cadre n'est lancé qu'une fois",
	"R0321": "rien ne se commande sous un accord-cadre, et il ne prend pas fin, hors de sa validité",
	"R0322": "un accord-cadre auquel il n'a pas été mis fin est reconduit du jour où finit sa dernière période",
	"R0323": "un établissement ouvre, ou prend un code, là où aucun n'est ouvert sous ce code ce jour-là",
	"R0324": "l'établissement est ouvert ce jour-là, sous ce code",
	"R0325": "deux bons de commande d'un groupement n'ont pas le même numéro",
	"R0326": "un bon de commande est reçu à partir de son jour, et modifié ou annulé à partir du jour d'où il compte",
	"R0327": "un bon de commande annulé, ou arrivé à son terme, ne change plus",
	"R0401": "un changement hors de la convention et de ses avenants dit son fondement juridique",
	"R0402": "nul ne se succède à soi-même",
	"R0403": "une succession dit, pour chaque instance où un prédécesseur porte des voix, ce qu'elles deviennent",
	"R0404": "une scission donne ses voix ; « keep » nomme un prédécesseur ; les voix vont aux successeurs",
	"R0405": "les voix d'une instance s'additionnent exactement",
	"R0406": "un texte qui prend effet avant sa rédaction le dit, et dit pourquoi",
	"R0410": "la fondation d'un groupement se rectifie, elle ne s'annule pas",
	"R0411": "une rectification redit ce que disait l'événement visé : un acte du même type",
	"R0412": "une rectification garde le nom par lequel d'autres événements désignent l'événement visé",
	"R0413": "une fois la séance levée, un vote qui y fut ouvert et une décision proclamée ne se suppriment pas : une décision s'annule",
	"R0414": "une séance n'a qu'une seconde convocation : une autre ne suit qu'une fois que la séance ainsi convoquée est décommandée, ou qu'elle est finie en laissant des points à traiter",
	"R0420": "une période finit après avoir commencé",
	"R0421": "un accord-cadre lancé depuis le 2022-01-01 a un plafond",
	"R0422": "qui commande est de ceux qui le peuvent sous l'accord-cadre, ou a succédé à l'un d'eux",
	"R0423": "qui a adhéré après le lancement de l'accord-cadre ne commande pas sous lui, sauf s'il a succédé à qui le peut",
	"R0424": "la période d'un bon de commande tient dans la validité de son accord-cadre",
	"R0425": "on commande pour un établissement tant qu'il est ouvert, sous son code ou ceux où il se poursuit",
	"R0426": "une ligne remplacée ou retirée figure au bon de commande",
	"R0427": "une ligne ajoutée ne figure pas déjà au bon de commande",
	"R0428": "les prix unitaires sont dans la monnaie du plafond",
	"R0430": "ce qu'un autre bon de commande couvre déjà (même établissement, même cycle, mêmes jours) ne se commande à nouveau que pour un motif énoncé",
	"R0431": "on ne commande pas, dans une période, plus que son plafond, sauf pour un motif énoncé",
	"R0501": "seule la clé en vigueur se remplace",
	"R0502": "une clé qui figure dans un changement antérieur ne revient jamais en vigueur",
	"R0220": "la séance nommée doit avoir été convoquée",
	"R0221": "le point nommé doit figurer à l'ordre du jour de la séance",
	"R0222": "la décision nommée doit avoir été proclamée, ou affirmée",
	"R0223": "seule l'annulation d'une décision peut être levée",
	"R0340": "une séance n'est convoquée qu'une fois",
	"R0341": "rien ne se passe plus dans une séance close, ajournée ou décommandée",
	"R0342": "une séance s'ouvre, se décommande, et l'on répond à sa convocation, avant qu'elle soit ouverte",
	"R0343": "les arrivées, les départs et les votes s'enregistrent tant que la séance est ouverte et n'est pas suspendue",
	"R0344": "une séance que l'on reprend avait été suspendue",
	"R0345": "le procès-verbal d'une séance s'approuve une fois qu'elle est close ou ajournée",
	"R0346": "une séance est convoquée avant son jour et ouverte ce jour-là ; une consultation écrite, avant son échéance",
	"R0347": "ce qui se passe dans une séance n'est d'aucun jour antérieur à ce qui s'y est passé avant",
	"R0348": "deux points d'une séance n'ont pas le même identifiant",
	"R0349": "un point décidé, retiré, reporté ou scindé est traité",
	"R0350": "tant qu'un vote est ouvert, rien d'autre n'est mis aux voix, le point reste ce qu'il est et la séance continue",
	"R0351": "les voix s'expriment, les votants s'émargent et le vote se clôt tant que le vote est ouvert",
	"R0352": "qui arrive, ou donne pouvoir, n'est pas encore là",
	"R0353": "qui part, ou dont le délégué est remplacé, est là",
	"R0354": "un membre n'a donné aucun autre pouvoir qui tienne",
	"R0355": "un pouvoir que l'on révoque tient encore",
	"R0356": "une décision est publiée, reçue et annulée à partir de son jour",
	"R0440": fmt.Sprintf("la liste des votants d'une instance tient dans l'événement qui ouvre un vote : %d octets, soit au moins 150 votants, et 400 dont l'identifiant a vingt lettres", domain.MaxRollRoom),
	"R0441": "un texte doit avoir dit comment l'instance décide",
	"R0442": "quelqu'un vote dans l'instance ce jour-là",
	"R0443": "personne ne vote avec des voix indéterminées",
	"R0444": "qui est nommé dans une séance est membre ce jour-là, ou convoqué comme observateur ; un observateur ne donne ni ne détient de pouvoir",
	"R0445": "une seconde convocation suit une séance de la même instance ajournée faute de quorum",
	"R0446": "sur seconde convocation, on ne traite que ce qui figurait au premier ordre du jour",
	"R0447": "la règle de l'instance permet de se faire représenter",
	"R0448": "lorsque la règle le veut, un pouvoir se donne avant l'ouverture de la séance",
	"R0449": "nul ne détient plus de pouvoirs que la règle n'en permet",
	"R0450": "un pouvoir ne se transmet pas : qui en détient un n'en donne pas, et qui en a donné un n'en détient pas",
	"R0451": "un point est mis aux voix avec le quorum que la règle demande",
	"R0452": "une séance est ajournée faute de quorum lorsque aucun point restant à traiter ne le réunit",
	"R0453": fmt.Sprintf("au scrutin secret, au moins %d membres votent avec chaque nombre de voix, sinon les voix diraient comment ils ont voté", domain.MinSecretClass),
	"R0454": "en vote public, les voix s'expriment ; au scrutin secret, les votants s'émargent, et les nombres sont donnés à la clôture",
	"R0455": "qui vote figure sur la liste fixée à l'ouverture du vote",
	"R0456": "qui était absent ou déporté à l'ouverture du vote n'y prend pas part",
	"R0457": "on vote pour, contre ou l'on s'abstient ; dans un choix, pour l'une des options, ou l'on s'abstient",
	"R0458": "lorsque la règle le veut, un vote exprimé est définitif",
	"R0459": "sauf si la règle dit autrement, les voix d'un membre forment un bloc",
	"R0460": "les parts de voix divisées font ensemble les voix du membre",
	"R0461": "pour chaque nombre de voix, on compte autant de bulletins que de votants émargés",
	"R0462": "on répond à une consultation écrite avant son échéance",
	"R0463": "une consultation écrite se clôt après son échéance, ou une fois que tous ont répondu",
	"R0901": "ce qui est déjà ainsi ne s'enregistre pas à nouveau",
}

// told is a fault with its cause and remedy in the user's language.
func (a *app) told(f *Fault) *Fault {
	told := *f
	s, ok := sayingOf(f.Name)
	switch {
	case !ok:
		told.Cause, told.Remedy = a.rule(f), a.remedyOfRule(f)
	default:
		detail := f.Detail
		if f.tellsCause() {
			detail = a.cause(detail)
		}
		if f.Name == "arguments" && a.lang == "fr" {
			detail = usageFR(detail)
		}
		subject := cmp.Or(f.Subject, f.Field)
		told.Cause = format(a.tr(s.fr, s.en), subject, detail)
		told.Remedy = format(a.tr(s.remedyFR, s.remedy), subject, detail)
	}
	return &told
}

// ruleSays is a rule of the domain in words.
func (a *app) ruleSays(r *domain.Rule) string {
	return cmp.Or(a.tr(rulesFR[r.Code], r.Says), r.Says)
}

// ruleNamed is the rule of some name in words, with what it refuses, where that is said; the name where there is none.
func (a *app) ruleNamed(name, of string) string {
	says := name
	for _, r := range domain.Precedence() {
		if r.Name == name {
			says, of = a.ruleSays(r), a.refusedOf(r.Code, of)
		}
	}
	if of == "" {
		return says
	}
	return says + " (" + of + ")"
}

// rule says which rule of the domain refused.
func (a *app) rule(f *Fault) string {
	says := ""
	for _, r := range domain.Precedence() {
		if r.Code == f.Code {
			says = a.ruleSays(r)
		}
	}
	about := strings.TrimSpace(a.refusedOf(f.Code, f.Subject) + " " + a.on(f.Day))
	if about != "" {
		about = " (" + about + ")"
	}
	return a.tr("Refusé", "Refused") + about + a.tr(" : ", ": ") + says + "."
}

func (a *app) on(day string) string {
	if day == "" {
		return ""
	}
	return a.tr("le ", "on ") + day
}

// sentence is a fault in one line for people: where, what, what to do, and the code to look up.
func (a *app) sentence(f *Fault) string {
	told := a.told(f)
	where := f.File
	if f.Line > 0 {
		where += fmt.Sprintf(":%d", f.Line)
	}
	if f.Field != "" {
		where = strings.TrimPrefix(where+": "+f.Field, ": ")
	}
	if where != "" {
		where += ": "
	}
	cause := told.Cause
	where, cause, told.Remedy = plain(where), plain(cause), plain(told.Remedy)
	if told.Remedy != "" && !strings.ContainsAny(cause[len(cause)-1:], ".!?:") {
		cause += "."
	}
	return strings.TrimSpace(fmt.Sprintf("%s%s %s [%s]", where, cause, told.Remedy, f.Code))
}

// tr chooses between the two languages.
func (a *app) tr(fr, en string) string {
	if a.lang == "fr" {
		return fr
	}
	return en
}

// format is Sprintf for sentences that may use their arguments or not.
func format(sentence string, args ...any) string {
	if !strings.Contains(sentence, "%") {
		return sentence
	}
	return fmt.Sprintf(sentence+"%["+strconv.Itoa(len(args)+1)+"]s", append(args, "")...)
}
