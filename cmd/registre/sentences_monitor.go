package main

// monitorFaults are the sentences for following the archive of another house, and for serving one's own.
var monitorFaults = map[string]saying{
	"monitor-address": {
		"R0651", "Ce n'est pas l'adresse d'une archive : %[1]s (%[2]s)", "This is no address of an archive: %[1]s (%[2]s)",
		"Écrire https://registre.example/archive/, ou le chemin d'un dossier.", "Write https://registre.example/archive/, or the path of a folder.",
	},
	"monitor-unreachable": {
		"R0652", "L'archive n'a pas pu être lue : %[2]s", "The archive could not be had: %[2]s",
		"Rien n'a changé dans la copie ; réessayer.", "Nothing has changed in the copy; try again.",
	},
	"monitor-nothing": {
		"R0653", "Rien n'est encore publié à cette adresse : %[1]s", "Nothing is published at this address yet: %[1]s",
		"Est-ce bien là que se trouve heads/checkpoint ? Sinon réessayer quand la maison aura enregistré.", "Is heads/checkpoint below it? Otherwise try again once the house has recorded something.",
	},
	"monitor-damaged": {
		"R0654", "La copie gardée ici est endommagée, sans que la maison y soit pour rien : %[2]s", "The copy that is kept here is damaged, which says nothing of the house: %[2]s",
		"« registre monitor … --once --full » relit tout et remet la copie en état ; garder le dossier evidence.", "`registre monitor … --once --full` fetches everything again and puts the copy right; keep the folder evidence.",
	},
	"monitor-stale": {
		"R0655", "Rien de nouveau depuis trop longtemps : %[2]s", "Nothing new for too long: since %[2]s",
		"Demander à la maison si elle enregistre encore, et si cette adresse est toujours la sienne.", "Ask the house whether it still records, and whether this address is still its own.",
	},
	"monitor-unwitnessed": {
		"R0626", "Les témoins que demande la règle n'ont pas cosigné ce qui est montré : %[2]s", "The witnesses that the policy asks for have not cosigned what is shown: %[2]s",
		"Demander aux témoins ce qu'ils ont cosigné en dernier, et à la maison pourquoi cela diffère.", "Ask the witnesses what they have cosigned last, and the house why that differs.",
	},
	"monitor-foreign": {
		"R0656", "Ce dossier contient autre chose que ce qu'y met la surveillance : %[2]s", "This folder holds something else than what a monitor puts there: %[2]s",
		"Choisir un autre dossier avec --data.", "Choose another folder with --data.",
	},
	"monitor-locked": {
		"R0657", "Une autre surveillance tient déjà le dossier %[1]s.", "Another monitor holds the folder %[1]s already.",
		"Une seule suffit ; sinon choisir un autre dossier avec --data.", "One is enough; otherwise choose another folder with --data.",
	},
	"monitor-other-key": {
		"R0658", "Ce dossier fait confiance à une autre clé : %[2]s", "This folder trusts another key: %[2]s",
		"Il suit une autre maison : choisir un autre dossier avec --data.", "It follows another house: choose another folder with --data.",
	},
	"monitor-known-good": {
		"R0659", "Ce point de contrôle n'est pas de cette maison : %[1]s (%[2]s)", "This checkpoint is not of this house: %[1]s (%[2]s)",
		"Donner un point de contrôle que sa clé a signé (« registre checkpoint »).", "Give a checkpoint that its key has signed (`registre checkpoint`).",
	},
	"monitor-no-key": {
		"R0660", "Il n'y a pas de clé publique à cette adresse : %[1]s", "There is no public key at this address: %[1]s",
		"La donner avec --public-key, ou vérifier l'adresse : key.pub doit s'y trouver.", "Give it with --public-key, or check the address: key.pub is to be found below it.",
	},
	"monitor-lost": {
		"R0662", "Les preuves n'ont pas pu être gardées dans %[1]s : %[2]s", "The evidence could not be kept in %[1]s: %[2]s",
		"Faire de la place, et relancer : elles seront prises à nouveau.", "Make room, and start again: it will be taken anew.",
	},
	"publish-listen": {
		"R0661", "On ne peut pas écouter à l'adresse %[1]s : %[2]s", "It is not possible to listen at %[1]s: %[2]s",
		"En donner une autre avec --listen.", "Give another one with --listen.",
	},
}
