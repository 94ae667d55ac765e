package main

// reproduceFaults are the sentences for what goes wrong with a published file that is asked for again.
var reproduceFaults = map[string]saying{
	"imprint-none":       {"R0980", "Le fichier %[1]s ne dit pas de quelle question il est : ce n'est pas une publication de ce programme, ou le fichier qui l'accompagnait manque (%[2]s).", "The file %[1]s does not say of which question it is: it was not published by this program, or the file that stood beside it is missing (%[2]s).", "D'un tableau saisi depuis un rapport : registre reproduce --table weights --body INSTANCE GROUPE FICHIER.", "Of a table typed from a report: registre reproduce --table weights --body BODY GROUP FILE."},
	"imprint-unreadable": {"R0981", "L'origine que dit %[1]s ne se lit pas : %[2]s", "The imprint of %[1]s cannot be read: %[2]s", "A-t-il été altéré, ou écrit par une version plus récente ?", "Was it altered, or written by a newer version?"},
	"imprint-other":      {"R0982", "%[2]s n'accompagne pas %[1]s : ils ne sont pas de la même question.", "%[2]s does not go with %[1]s: they are not of the same question.", "Retirer celui qui n'est pas à sa place.", "Take away the one that is not in its place."},
	"imprint-house":      {"R0983", "Ce fichier est d'une autre maison (%[1]s) ; celle-ci est %[2]s.", "This file is of another house (%[1]s); this one is %[2]s.", "Nommer son dossier avec --data.", "Name its folder with --data."},
	"imprint-form":       {"R0984", "Cette version n'écrit pas la forme %[2]s, qui est celle de %[1]s.", "This version does not write the form %[2]s, which is that of %[1]s.", "La version de registre qui l'a écrit la redonne.", "The version of registre that wrote it gives it again."},
	"table-kind":         {"R0985", "On ne compare pas de tableau « %[2]s ».", "No table called %[2]q is compared.", "Écrire --table weights (avec --body) ou --table enrolment.", "Write --table weights (with --body) or --table enrolment."},
	"table-columns":      {"R0986", "Aucune des premières lignes de %[1]s ne nomme une colonne de membres et une de %[2]s.", "None of the first rows of %[1]s names a column of members and one of %[2]s.", "Nommer les colonnes : « membre » et « voix », ou « membre » et « effectif ».", "Name the columns: member and weight, or member and headcount."},
	"table-body":         {"R0987", "Un tableau de voix est celui d'une instance.", "A table of weights is that of a body.", "Ajouter --body INSTANCE.", "Add --body BODY."},
}

func init() { sayings = append(sayings, reproduceFaults) }
