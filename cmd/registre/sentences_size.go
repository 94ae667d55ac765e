package main

// sizeFaults are the sentences for what goes wrong with large data.
var sizeFaults = map[string]saying{
	"generate-preset": {"R0880", "Il n'y a pas de modèle « %[1]s ».", "There is no preset %[1]q.", "Écrire region ou nation.", "Write region or nation."},
	"generate-few":    {"R0881", "C'est trop peu pour écrire des groupements.", "That is too little to write groups with.", "Donner %[2]s.", "Give %[2]s."},
	"generate-there":  {"R0882", "Le dossier a déjà le groupement %[1]s.", "The folder has the group %[1]s already.", "Sans --direct, ce qui y est compte une fois ; ou choisir un autre dossier avec --data.", "Without --direct what is there counts once; or choose another folder with --data."},
	"generate-direct": {"R0883", "--direct écrit dans un dossier, non dans un serveur NATS.", "--direct writes into a folder, not to a NATS server.", "Le faire sans --direct.", "Do it without --direct."},
	"bench-part":      {"R0884", "La mesure « %[1]s » n'existe pas.", "There is no part of the measurements called %[1]q.", "Il y a : %[2]s.", "There are: %[2]s."},
}
