package main

// minutesFaults are the sentences of minutes, and of what is exported of decisions.
var minutesFaults = map[string]saying{
	"minutes-format": {"R0580", "Format de procès-verbal inconnu : %[2]s", "Unknown format of minutes: %[2]s", "Donner un fichier .pdf, .html ou .md, ou --format.", "Give a .pdf, .html or .md file, or --format."},
	"minutes-absent": {"R0581", "Aucune séance ne s'appelle « %[1]s » à cette date.", "No sitting is called %[1]q then.", "Il y a, la dernière d'abord : %[2]s.", "There are, the last first: %[2]s."},
	"minutes-none":   {"R0582", "Aucune séance ne s'appelle « %[1]s » : à cette date, %[2]s n'en a aucune.", "No sitting is called %[1]q: then, %[2]s has none.", "", ""},
	"siret-missing":  {"R0584", "Un groupement n'a pas de SIRET à lui, et le registre n'en tient pas de ses membres.", "A group has no SIRET of its own, and the register keeps none of its members.", "Donner celui du coordonnateur avec --siret.", "Give the coordinator's with --siret."},
	"matter-form":    {"R0585", "Cette matière ne se lit pas : %[2]s", "This matter cannot be read: %[2]s", "Écrire un code de la nomenclature ACTES, comme --matter 1.7, ou un par nature de point : --matter budget=7.1.", "Write a code of the ACTES nomenclature, as --matter 1.7, or one for a kind of item: --matter budget=7.1."},
	"matter-missing": {"R0586", "Le schéma demande une matière pour chaque délibération, et il en manque une pour : %[2]s", "The schema asks a matter of every deliberation, and there is none for: %[2]s", "La donner avec --matter, comme --matter 1.7 (docs/scdl.md les énumère).", "Give it with --matter, as --matter 1.7 (docs/scdl.md lists them)."},
	"pref-form":      {"R0587", "Ce n'est pas l'identifiant d'une préfecture : %[2]s", "This is not the id of a prefecture: %[2]s", "Écrire PREF067, SPREF0671 ou SGAR067.", "Write PREF067, SPREF0671 or SGAR067."},
	"two-files":      {"R0588", "Cet export écrit deux fichiers : la sortie ne les tient pas.", "This export writes two files: the output does not hold them.", "Nommer un fichier ; l'autre prend son nom et « -voix ».", "Name a file; the other takes its name and \"-voix\"."},
}
