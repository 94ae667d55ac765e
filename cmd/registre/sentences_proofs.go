package main

// proofFaults are the sentences for what is to be proved and cannot be.
var proofFaults = map[string]saying{
	"archive-unkept": {
		"R0060", "Ces registres n'ont pas d'archive ici : il n'y a ni point de contrôle ni reçu.", "No archive of these registers is kept here: there is neither checkpoint nor receipt.",
		"Nommer avec --data un dossier qui en garde une.", "Name with --data a folder in which one is kept.",
	},
	"nats-data": {
		"R0027", "Avec « --nats », le dossier où ce programme garde sa clé et son archive doit être nommé.", "With --nats the folder must be named in which this program keeps its key and its archive.",
		"Ajouter --data DOSSIER : un dossier pour chaque programme qui enregistre. Pour interroger, il n'en faut pas.", "Add --data DIR: one folder for each program that records. Asking needs none.",
	},
	"beside": {
		"R0028", "Les registres de ce dossier sont sur un serveur NATS : %[2]s", "The registers of this folder are on a NATS server: %[2]s",
		"Le nommer avec --nats URL.", "Name it with --nats URL.",
	},
	"not-beside": {
		"R0029", "Ce dossier a ses propres registres : %[2]s", "This folder has registers of its own: %[2]s",
		"Nommer un autre dossier avec --data, ou ôter --nats.", "Name another folder with --data, or leave out --nats.",
	},
	"fenced": {
		"R0045", "Un autre programme signe avec la clé de ce dossier, ou sous le même nom : %[2]s", "Another program signs with this folder's key, or under the same name: %[2]s",
		"Ne rien écrire avec ce dossier. Si c'est une copie, la mettre de côté et en commencer un nouveau, avec --data et un --origin à lui : il reprend tout du flux. Sinon, la clé est volée.",
		"Write nothing with this folder. If it is a copy, put it aside and begin a new one, with --data and an --origin of its own: it takes everything from the stream. Otherwise the key was stolen.",
	},
	"older-archive": {
		"R0046", "Ce dossier est plus ancien que ce qui a été signé avec sa clé : %[2]s", "This folder is older than what was signed with its key: %[2]s",
		"S'il y en a un plus récent, dont celui-ci est une copie, s'en servir. Sinon « registre repair » repart de celui-ci, et le dit.", "If there is a newer one, of which this is a copy, use that. Otherwise `registre repair` goes on from this one, and says so.",
	},
	"stream-lacks": {
		"R0047", "Le flux n'a plus ce qui a été signé : %[1]s (%[2]s). Rien n'est écrit dans ce registre.", "The stream no longer has what was signed for: %[1]s (%[2]s). Nothing is written to this register.",
		"« registre verify --full » dit ce qui manque ; « registre repair » le rend au flux, si rien d'autre n'est à sa place.", "`registre verify --full` says what is missing; `registre repair` gives it back to the stream, where nothing else stands in its place.",
	},
	"restore-server": {
		"R0628", "Ce serveur a déjà des registres : %[1]s", "This server has registers already: %[1]s",
		"Une sauvegarde ne se rend qu'à un serveur qui n'en a pas ; « registre repair --nats » rend ce qui manque à un serveur.",
		"A backup is given only to a server that has none; `registre repair --nats` gives a server what it lacks.",
	}, "evidence-moving": {
		"R0990", "L'archive de %[1]s s'écrit plus vite qu'elle ne se lit : %[2]s", "The archive in %[1]s is written to faster than it can be read: %[2]s",
		"Recommencer dans un moment.", "Try again in a moment.",
	},
	"checkpoint-none": {
		"R0061", "Rien n'a encore été signé : il n'y a pas d'événement.", "Nothing was signed yet: there is no event.",
		"« registre record » enregistre des commandes.", "`registre record` records commands.",
	},
	"receipt-unreadable": {
		"R0062", "Ce n'est pas un reçu : %[1]s (%[2]s)", "This is no receipt: %[1]s (%[2]s)",
		"Donner le fichier tel que « registre receipt » l'a écrit.", "Give the file as `registre receipt` has written it.",
	},
	"receipt-fails": {
		"R0063", "Le reçu ne prouve pas cet événement : %[1]s (%[2]s)", "The receipt does not prove this event: %[1]s (%[2]s)",
		"Est-ce le bon événement, à l'octet près, et la clé de la bonne maison ? Sinon le garder : il montre que quelque chose a été altéré.",
		"Is it the right event, to the byte, and the key of the right house? Otherwise keep it: it shows that something was altered.",
	},
	"public-key-unreadable": {
		"R0064", "Ce n'est pas une clé publique : %[1]s", "This is no public key: %[1]s",
		"Donner archive/key.pub, ou ce qu'il contient : NOM+NUMÉRO+BASE64.", "Give archive/key.pub, or what is in it: NAME+NUMBER+BASE64.",
	},
	"checkpoint-unreadable": {
		"R0065", "Ce n'est pas un point de contrôle : %[1]s (%[2]s)", "This is no checkpoint: %[1]s (%[2]s)",
		"Donner le fichier tel que « registre checkpoint » l'a écrit.", "Give the file as `registre checkpoint` has written it.",
	},
	"backup-other": {
		"R0066", "Il y a là la sauvegarde d'un autre registre, ou d'une autre histoire : %[1]s (%[2]s)", "A backup of another register lies there, or of another history: %[1]s (%[2]s)",
		"Choisir un autre dossier, et garder celui-là.", "Choose another folder, and keep that one.",
	},
	"restore-occupied": {
		"R0067", "Le dossier %[1]s contient autre chose que registre.yaml.", "The folder %[1]s holds something other than registre.yaml.",
		"Le mettre de côté, ou en nommer un autre avec --data : rien n'est écrasé.", "Put it aside, or name another with --data: nothing is overwritten.",
	},
}

// foundFaults are the sentences for what verifying finds, by "found-" and the kind of finding. The detail is what was found.
var foundFaults = map[string]saying{
	"found-missing":      {"R0070", "il manque", "it is missing", "", ""},
	"found-stray":        {"R0071", "rien du registre ne s'appelle ainsi", "nothing of the register is called so", "", ""},
	"found-unreadable":   {"R0072", "ne se lit pas : %[2]s", "it cannot be read: %[2]s", "", ""},
	"found-malformed":    {"R0073", "n'a pas la forme prévue : %[2]s", "it does not have its form: %[2]s", "", ""},
	"found-altered":      {"R0074", "d'autres octets que ceux qui ont été signés", "other bytes than those that were signed for", "", ""},
	"found-wrong-root":   {"R0075", "ni les événements ni les tuiles ne donnent la racine signée", "neither events nor tiles give the root that was signed", "", ""},
	"found-not-signed":   {"R0076", "n'est pas signé de la clé du registre : %[2]s", "it is not signed by the register's key: %[2]s", "", ""},
	"found-other-log":    {"R0077", "appartient à un autre registre : %[2]s", "it belongs to another register: %[2]s", "", ""},
	"found-other-key":    {"R0078", "une autre clé publique que celle qui a été donnée", "another public key than the one given", "", ""},
	"found-wrong-head":   {"R0079", "la tête enregistrée n'est l'état d'aucun groupement de cette maison", "the head recorded is no state of a group of this house", "", ""},
	"found-shrunk":       {"R0080", "le groupement a moins d'événements qu'à sa tête précédente", "the group has fewer events than at its head before", "", ""},
	"found-other-state":  {"R0081", "la tête signée a une autre racine que les événements : l'histoire a été réécrite", "the head that was signed has another root than the events: history was rewritten", "", ""},
	"found-no-head":      {"R0082", "aucune tête ne couvre ce qui est publié", "no head covers what is published", "", ""},
	"found-behind":       {"R0083", "des têtes signées nomment des événements qui manquent", "heads that were signed name events that are missing", "", ""},
	"found-torn":         {"R0084", "la file s'arrête au milieu d'un enregistrement : coupure (la prochaine ouverture la répare) ou altération (%[2]s)", "the tail ends within a record: cut off there (the next opening mends it), or altered (%[2]s)", "", ""},
	"found-gap":          {"R0085", "le segment de la file qui précède manque", "the segment of the tail before it is missing", "", ""},
	"found-shortened":    {"R0096", "la fin du journal des têtes manque : %[2]s", "the end of the log of heads is gone: %[2]s", "", ""},
	"found-not-next":     {"R0086", "l'enregistrement ne mène pas à son point de contrôle", "the record does not lead to its checkpoint", "", ""},
	"found-rewritten":    {"R0087", "le registre ne prolonge pas le point de contrôle gardé ailleurs : son histoire a été coupée ou réécrite (%[2]s)", "the register does not continue the checkpoint kept elsewhere: its history was cut off or rewritten (%[2]s)", "", ""},
	"found-only-archive": {"R0088", "le flux n'a pas cet événement, l'archive l'a", "the stream does not have this event, the archive does", "", ""},
	"found-only-stream":  {"R0089", "le flux a cet événement, l'archive ne l'a pas, et aucun point de contrôle ne le couvre", "the stream has this event, the archive does not, and no checkpoint covers it", "", ""},
	"found-replaced-key": {"R0091", "le point de contrôle gardé ailleurs est signé d'une clé qui était alors remplacée : ce n'est plus la maison qui l'a signé (%[2]s)", "the checkpoint kept elsewhere is signed with a key that had been replaced by then: whoever signed it was no longer the house (%[2]s)", "", ""},
	"found-unfinished":   {"R0092", "un changement de clé n'est pas achevé : la prochaine ouverture l'achève ; s'il reste, refaire « registre key rotate »", "a rotation of the key is not finished: the next opening finishes it; if it stays, `registre key rotate` once more", "", ""},
	"found-unlinked":     {"R0093", "ce changement de clé ne suit pas le précédent", "this rotation of the key does not follow the one before", "", ""},
	"found-older":        {"R0094", "plus a été signé avec cette clé que l'archive n'en a : %[2]s", "more was signed with this key than the archive has: %[2]s", "", ""},
	"found-fenced":       {"R0095", "un autre programme a signé une autre histoire avec cette clé : %[2]s", "another program has signed another history with this key: %[2]s", "", ""},
	"found-stream":       {"R0090", "le flux ne se lit pas : %[2]s", "the stream cannot be read: %[2]s", "", ""},
	"found-rolled-back":  {"R0098", "c'est un état plus ancien que celui qui a déjà été montré (%[2]s)", "it is an older state than what was shown before (%[2]s)", "", ""},
	"found-wrong-event":  {"R0099", "signé, mais ce n'est pas l'événement qui doit être là : %[2]s", "signed for, but not the event that must stand there: %[2]s", "", ""},
}
