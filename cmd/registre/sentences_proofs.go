package main

// proofFaults are the sentences for what is to be proved and cannot be.
var proofFaults = map[string]saying{
	"archive-unkept": {
		"R0060", "Ces registres n'ont pas d'archive ici : il n'y a ni point de contrôle ni reçu.", "No archive of these registers is kept here: there is neither checkpoint nor receipt.",
		"Les demander au programme qui tient le dossier.", "Ask the program that holds the folder.",
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
}
