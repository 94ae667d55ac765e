package main

// witnessFaults are the sentences for what goes wrong with witnesses, on either side.
var witnessFaults = map[string]saying{
	"not-witnessed": {
		"R0600", "C'est enregistré (%[1]s %[2]s), mais pas encore attesté : le quorum des témoins manque.", "It is recorded (%[1]s %[2]s), and not yet witnessed: the quorum of witnesses is missing.",
		"Rien n'est perdu : redonner la même commande avec le même identifiant attend à nouveau ; « registre doctor » dit quel témoin ne répond pas.",
		"Nothing is lost: give the same command again, with the same id, to wait again; `registre doctor` says which witness does not answer.",
	},
	"older-copy": {
		"R0601", "Le témoin %[1]s a déjà cosigné plus que ce registre ne contient (%[2]s états) : une copie plus ancienne du dossier a été remise en place.", "The witness %[1]s has cosigned more than this register holds (%[2]s states): an older copy of the folder was put back.",
		"Ne rien écrire ; remettre la copie la plus récente ; garder celle-ci. Le témoin peut montrer ce qu'il a cosigné.",
		"Write nothing; put the newest copy back; keep this one. The witness can show what it has cosigned.",
	},
	"contradicted": {
		"R0602", "Le témoin %[1]s a cosigné une autre histoire que celle de ce registre : elle a été réécrite, ou la clé est en d'autres mains.", "The witness %[1]s has cosigned another history than this register has: it was rewritten, or somebody else has the key.",
		"Ne rien écrire ; garder le dossier ; demander au témoin ce qu'il a cosigné et ce qu'il a gardé comme preuve.",
		"Write nothing; keep the folder; ask the witness what it has cosigned, and what it has kept as evidence.",
	},
	"witness-policy-form": {
		"R0603", "Cette politique de témoins ne se lit pas : %[2]s", "This policy of witnesses cannot be read: %[2]s",
		"Une ligne par règle : « log CLÉ », « witness NOM CLÉ URL », « group NOM K NOM… », « quorum NOM » ou « quorum none ».",
		"One rule a line: `log KEY`, `witness NAME KEY URL`, `group NAME K NAME…`, `quorum NAME` or `quorum none`.",
	},
	"witness-policy-other": {
		"R0604", "Cette politique de témoins est celle d'un autre registre, non de %[1]s.", "This policy of witnesses is of another register, not of %[1]s.",
		"Y écrire « log » et la clé publique d'ici (archive/key.pub), ou n'y nommer aucun registre.",
		"Write `log` and the public key of this one (archive/key.pub) into it, or name no log there.",
	},
	"receipt-unwitnessed": {
		"R0605", "Le reçu tient, mais le quorum des témoins n'y est pas : %[1]s (%[2]s)", "The receipt holds, and the quorum of witnesses is not under it: %[1]s (%[2]s)",
		"En demander un nouveau : « registre receipt » le fait au point de contrôle attesté. Si le quorum n'y vient pas, le garder : le registre a pu être réécrit.",
		"Ask for a new one: `registre receipt` makes it at the witnessed checkpoint. If the quorum never comes, keep it: the register may have been rewritten.",
	},
	"checkpoint-unwitnessed": {
		"R0606", "Ce point de contrôle n'a pas le quorum des témoins : %[2]s", "This checkpoint does not have the quorum of witnesses: %[2]s",
		"« registre checkpoint --witnessed » donne le dernier qui a été cosigné.", "`registre checkpoint --witnessed` gives the newest that was cosigned.",
	},
	"checkpoint-never-witnessed": {
		"R0607", "Aucun témoin n'a encore cosigné ici.", "No witness has cosigned anything here yet.",
		"Écrire une politique (docs/operations.md, « Witnesses ») et enregistrer, ou attendre les témoins.", "Write a policy (docs/operations.md, Witnesses) and record something, or wait for the witnesses.",
	},
	"witness-missing": {
		"R0610", "Il n'y a pas de témoin dans ce dossier : %[1]s", "There is no witness in this folder: %[1]s",
		"« registre witness init %[1]s --name NOM » en fait un.", "`registre witness init %[1]s --name NAME` makes one.",
	},
	"witness-there": {
		"R0611", "Il y a déjà un témoin dans ce dossier : %[1]s", "There is a witness in this folder already: %[1]s",
		"Une clé est pour un témoin : choisir un autre dossier.", "One key is for one witness: choose another folder.",
	},
	"witness-locked": {
		"R0612", "Un autre programme tient ce témoin : %[1]s", "Another program holds this witness: %[1]s",
		"Un témoin ne sert que d'un seul programme : arrêter l'autre.", "A witness is served by one program alone: stop the other.",
	},
	"witness-damaged": {
		"R0613", "Les fichiers du témoin ne sont plus comme il les a écrits : %[2]s", "The witness's files are not as it has written them: %[2]s",
		"Il ne peut plus savoir ce qu'il a cosigné : ne plus s'en servir, le dire aux maisons, en faire un nouveau sous une autre clé.",
		"It cannot tell any more what it has cosigned: stop using it, tell the houses, make a new one with another key.",
	},
	"witness-name": {
		"R0614", "Ce nom ne peut pas être celui d'un témoin : %[1]s", "This name cannot be a witness's: %[1]s",
		"Écrire --name temoin.example/w1, sans espace ni +.", "Write --name witness.example/w1, without spaces or +.",
	},
	"witness-listen": {
		"R0615", "On ne peut pas écouter sur %[1]s : %[2]s", "It cannot listen on %[1]s: %[2]s",
		"Choisir une autre adresse avec --listen.", "Choose another address with --listen.",
	},
	"found-contradicted": {"R0621", "un témoin contredit ce registre : %[2]s", "a witness contradicts this register: %[2]s", "", ""},
	"found-no-quorum":    {"R0622", "le quorum des témoins manque : %[2]s", "the quorum of witnesses is missing: %[2]s", "", ""},
	"found-no-cosign":    {"R0623", "la cosignature d'un témoin ne tient pas : %[2]s", "a witness's cosignature does not hold: %[2]s", "", ""},
}
