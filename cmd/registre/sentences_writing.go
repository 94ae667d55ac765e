package main

// writingFaults are the sentences for what goes wrong in what the user writes: files of commands, flags, names.
var writingFaults = map[string]saying{
	"line-too-long":   {"R0530", "La ligne est trop longue : %[2]s octets au plus.", "The line is too long: %[2]s bytes are the most.", "Une commande tient sur une ligne ; un texte cité se donne par son SHA-256.", "A command is one line; a long text is given by its SHA-256."},
	"line-nul":        {"R0531", "La ligne contient des octets nuls.", "The line holds NUL bytes.", "L'enregistrer en UTF-8 ; après une coupure, reprendre le fichier d'origine.", "Save it as UTF-8; after a power cut, take the original file."},
	"line-cut":        {"R0532", "La dernière ligne est coupée avant sa fin.", "The last line is cut before its end.", "Compléter le fichier puis recommencer : rien ne comptera deux fois.", "Complete the file and start again: nothing will count twice."},
	"file-missing":    {"R0533", "Le fichier %[1]s n'existe pas.", "The file %[1]s does not exist.", "Vérifier le chemin ; « - » désigne l'entrée standard.", "Check the path; - stands for the standard input."},
	"file-too-long":   {"R0534", "Le fichier %[1]s est trop long : %[2]s octets au plus.", "The file %[1]s is too long: %[2]s bytes are the most.", "Vérifier que c'est bien le fichier voulu ; docs/bounds.md donne toutes les limites.", "See whether it is the file that was meant; docs/bounds.md lists all limits."},
	"not-a-file":      {"R0015", "%[1]s n'est pas un fichier : d'un dossier, d'un tube ou d'un appareil personne ne connaît la fin.", "%[1]s is no file: of a folder, a pipe or a device nobody knows where it ends.", "En faire d'abord un fichier, et donner celui-ci.", "Make a file of it first, and give that."},
	"line-endless":    {"R0016", "La ligne n'a pas de fin : aucune après %[2]s octets.", "The line has no end: none after %[2]s bytes.", "Une commande tient sur une ligne de 1 Mo au plus ; est-ce bien un fichier de commandes ?", "A command is one line of 1 MB at most; is it a file of commands?"},
	"changes-form":    {"R0535", "Ce n'est pas une liste de changements : %[2]s", "This is not a list of changes: %[2]s", "Écrire [{\"change\":\"weights-set\",…},…], selon docs/catalogue.md.", "Write [{\"change\":\"weights-set\",…},…], as in docs/catalogue.md."},
	"data-form":       {"R0536", "« --fields » n'est pas un objet JSON : %[2]s", "--fields is not a JSON object: %[2]s", "Donner les champs à remplacer : {\"name\":\"…\"} ; null en retire un.", "Give the fields to replace: {\"name\":\"…\"}; null takes one away."},
	"flag-missing":    {"R0537", "Il manque l'option %[1]s.", "The flag %[1]s is missing.", "Voir « registre help ».", "See `registre help`."},
	"flag-unknown":    {"R0538", "Aucune option ne s'appelle %[1]s.", "There is no flag %[1]s.", "Voir « %[2]s --help ».", "See `%[2]s --help`."},
	"flag-bare":       {"R0539", "L'option %[1]s attend une valeur.", "The flag %[1]s wants a value.", "Voir « %[2]s --help ».", "See `%[2]s --help`."},
	"flag-value":      {"R0540", "L'option %[1]s ne prend pas cette valeur : %[2]s", "The flag %[1]s does not take this value: %[2]s", "Voir « registre help ».", "See `registre help`."},
	"group-wanted":    {"R0993", "%[1]s : chacune de ces options est d'un seul groupement.", "%[1]s: each of these flags is of one group.", "Nommer le groupement, ou laisser l'option.", "Name the group, or leave the flag out."},
	"place-form":      {"R0995", "Ce n'est pas une place d'où reprendre (%[1]s) : %[2]s", "This is no place to go on from (%[1]s): %[2]s", "Donner l'instant, le groupement et le numéro du dernier avis reçu, ainsi : 2026-11-24T09:30:00.123456Z/ent-grand-est/1058.", "Give the instant, the group and the number of the last notice that came, as 2026-11-24T09:30:00.123456Z/ent-grand-est/1058."},
	"flags-exclusive": {"R0541", "Les options %[1]s s'excluent.", "The flags %[1]s exclude each other.", "N'en garder qu'une.", "Keep one of them."},
	"verb-missing":    {"R0542", "« %[1]s » attend un verbe : %[2]s.", "`%[1]s` wants a verb: %[2]s.", "Voir « %[1]s --help ».", "See `%[1]s --help`."},
	"verb-like":       {"R0543", "Verbe inconnu : %[1]s. Serait-ce %[2]s ?", "Unknown verb: %[1]s. Did you mean %[2]s?", "Voir « registre help ».", "See `registre help`."},
	"date-unreadable": {"R0544", "Ce n'est pas une date : %[2]s", "This is not a date: %[2]s", "Écrire 2021-06-01 ou 01/06/2021, ou 2021-06, ou 2021 si l'on n'en sait pas plus.", "Write 2021-06-01 or 01/06/2021, or 2021-06 or 2021 where no more is known."},
	"weight-form":     {"R0545", "Ces voix ne se lisent pas : %[2]s", "This weight cannot be read: %[2]s", "Écrire 15, 4.5 ou 1/3 ; en ligne de commande, 4,5 convient aussi.", "Write 15, 4.5 or 1/3; on the command line 4,5 will do as well."},
	"pair-form":       {"R0546", "On attend NOM=VOIX, non « %[2]s ».", "Want NAME=WEIGHT, not %[2]q.", "Par exemple cogouv=4.5.", "For example cogouv=4.5."},
	"policy-form":     {"R0547", "Cette règle de succession ne se lit pas : %[2]s", "This policy of succession cannot be read: %[2]s", "Écrire ag=sum, cogouv=keep:bas-rhin ou cst=set:cea=3,moselle=1.", "Write ag=sum, cogouv=keep:bas-rhin or cst=set:cea=3,moselle=1."},
	"evidence-form":   {"R0548", "Cette pièce ne se lit pas : %[2]s", "This piece of evidence cannot be read: %[2]s", "Écrire NATURE:RÉFÉRENCE ou NATURE:RÉFÉRENCE:FICHIER.", "Write KIND:REFERENCE or KIND:REFERENCE:FILE."},
	"hash-form":       {"R0549", "Ce n'est pas un SHA-256 : %[2]s", "This is not a SHA-256: %[2]s", "Soixante-quatre chiffres hexadécimaux en minuscules ; ou donner le document avec --text FICHIER.", "Sixty-four hexadecimal digits in lower case; or give the document with --text FILE."},
	"uuid-form":       {"R0550", "Ce n'est pas un UUID : %[2]s", "This is not a UUID: %[2]s", "L'écrire en minuscules, ou le laisser choisir.", "Write it in lower case, or leave it out."},
	"number-form":     {"R0551", "Ce n'est pas un numéro d'événement : %[2]s", "This is not the number of an event: %[2]s", "Écrire 12 ou #12.", "Write 12 or #12."},
	"event-unknown":   {"R0552", "Le registre %[1]s n'a pas d'événement %[2]s.", "The register %[1]s has no event %[2]s.", "« registre timeline » les énumère.", "`registre timeline` lists them."},
	"quota-form":      {"R0553", "Cette règle d'accord ne se lit pas : %[2]s", "This quota cannot be read: %[2]s", "Écrire every-member, listed:a,b ou share:2/3.", "Write every-member, listed:a,b or share:2/3."},
	"name-form":       {"R0554", "Ce nom ne convient pas : %[2]s", "This name will not do: %[2]s", "Une ligne de 1 à 300 octets, sans caractère de contrôle.", "One line of 1 to 300 bytes, without control characters."},
	"person-unknown":  {"R0555", "Personne n'est connu ici sous %[1]s.", "Nobody is known here as %[1]s.", "« registre people list » les énumère.", "`registre people list` lists them."},
	"people-broken":   {"R0556", "Le fichier des noms ne se lit pas : %[2]s", "The file of names cannot be read: %[2]s", "Le réparer ou l'écarter : aucun événement n'en dépend.", "Repair it or put it aside: no event depends on it."},
	"people-locked":   {"R0557", "Un autre programme tient le fichier des noms : %[1]s", "Another program holds the file of names: %[1]s", "Réessayer.", "Try again."},
	"follow-from":     {"R0558", "« --from » demande un groupement.", "--from needs a group.", "Tous les registres ensemble se suivent depuis leur début.", "All registers together are followed from their beginning."},
	"id-form":         {"R0559", "« %[2]s » n'est pas un identifiant.", "%[2]q is not an id.", "De 1 à 64 caractères parmi a-z, 0-9 et -.", "1 to 64 of a-z, 0-9 and -."},
	"hour-form":       {"R0594", "Ce n'est pas une heure : %[2]s", "This is not a time of day: %[2]s", "Écrire 14:30 ou 14h30.", "Write 14:30 or 14h30."},
	"two-readings":    {"R0595", "« %[1]s » se lit de deux façons : %[2]s.", "%[1]q can be read in two ways: %[2]s.", "Écrire l'une ou l'autre.", "Write one or the other."},
	"short-year":      {"R0596", "L'année de « %[1]s » n'a que deux chiffres.", "The year of %[1]q has two digits only.", "L'écrire en quatre : %[2]s.", "Write it in four: %[2]s."},
	"threshold-form":  {"R0560", "Ce seuil ne se lit pas : %[2]s", "This threshold cannot be read: %[2]s", "Écrire 'weights cast >1/2', 'heads total >=2/3 min 4' ou 'weights total min 7.5'.", "Write 'weights cast >1/2', 'heads total >=2/3 min 4' or 'weights total min 7.5'."},

	"unreadable-bad-number":      {"R0510", "Le nombre ne convient pas : %[2]s", "The number will not do: %[2]s", "Des entiers seulement ; les voix s'écrivent entre guillemets.", "Whole numbers only; weights are written in quotes."},
	"unreadable-bad-utf8":        {"R0511", "Le texte n'est pas de l'UTF-8 valide (ou une moitié de caractère « \\ud800 »).", "The text is not valid UTF-8 (or half of a surrogate pair).", "Enregistrer le fichier en UTF-8.", "Save the file as UTF-8."},
	"unreadable-bad-value":       {"R0512", "La valeur ne se lit pas : %[2]s", "The value cannot be read: %[2]s", "Voir docs/catalogue.md.", "See docs/catalogue.md."},
	"unreadable-duplicate-key":   {"R0513", "Une clé figure deux fois dans le même objet.", "A key stands twice in one object.", "N'en garder qu'une.", "Keep one of them."},
	"unreadable-empty-field":     {"R0514", "Un champ facultatif qui ne dit rien s'omet.", "An optional field that says nothing is left out.", "Le retirer.", "Take it away."},
	"unreadable-missing-field":   {"R0515", "Il manque un champ.", "A field is missing.", "Voir docs/catalogue.md.", "See docs/catalogue.md."},
	"unreadable-not-an-object":   {"R0516", "Une commande est un objet JSON.", "A command is one JSON object.", "Écrire {\"command\":…} sur une ligne.", "Write {\"command\":…} on one line."},
	"unreadable-not-nfc":         {"R0517", "Le texte n'est pas sous la forme normale C d'Unicode : %[2]s", "The text is not in Unicode normalisation form C: %[2]s", "", ""},
	"unreadable-syntax":          {"R0518", "Ce n'est pas du JSON : %[2]s", "This is not JSON: %[2]s", "", ""},
	"unreadable-too-deep":        {"R0519", "Objets et listes sont trop imbriqués : %[2]s", "Objects and lists are nested too deep: %[2]s", "Voir docs/catalogue.md : aucune commande n'en demande autant.", "See docs/catalogue.md: no command needs as much."},
	"unreadable-too-long":        {"R0520", "C'est trop long : %[2]s", "It is too long: %[2]s", "Partager la commande ; un texte cité se donne par son SHA-256.", "Split the command; a long text is given by its SHA-256."},
	"unreadable-unknown-command": {"R0521", "Commande inconnue : %[2]s", "Unknown command: %[2]s", "Voir docs/catalogue.md.", "See docs/catalogue.md."},
	"unreadable-unknown-field":   {"R0522", "Champ inconnu, ou qui ne va pas ici.", "An unknown field, or one that does not go here.", "Voir docs/catalogue.md.", "See docs/catalogue.md."},
	"unreadable-unknown-type":    {"R0523", "Type inconnu : %[2]s", "Unknown type: %[2]s", "Voir docs/catalogue.md.", "See docs/catalogue.md."},
	"unreadable-unknown-version": {"R0524", "Version inconnue : %[2]s", "Unknown version: %[2]s", "Mettre registre à jour.", "Update registre."},
	"unreadable-wrong-kind":      {"R0525", "La valeur n'est pas de la bonne sorte : %[2]s", "The value is of the wrong kind: %[2]s", "Voir docs/catalogue.md.", "See docs/catalogue.md."},
}

// sayings are the sentences of all faults.
var sayings = []map[string]saying{faults, writingFaults, readingFaults, proofFaults, foundFaults, monitorFaults, witnessFaults, importFaults, sizeFaults, minutesFaults}

// sayingOf finds the sentences of a fault.
func sayingOf(name string) (saying, bool) {
	for _, some := range sayings {
		if s, ok := some[name]; ok {
			return s, true
		}
	}
	return saying{}, false
}
