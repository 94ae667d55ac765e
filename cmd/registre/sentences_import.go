package main

import "registre/cmd/registre/orderfile"

// importFaults are the sentences for what is wrong with tables that others send.
var importFaults = map[string]saying{
	"sheet-empty":         {"R0800", "Le fichier %[1]s est vide.", "The file %[1]s is empty.", "Demander le fichier à son auteur.", "Ask its author for the file."},
	"sheet-not-a-sheet":   {"R0801", "Le fichier %[1]s n'est pas un tableau : c'est du %[2]s, quel que soit son nom.", "The file %[1]s is no table: it is %[2]s, whatever its name.", "Demander le tableau lui-même : CSV, XLSX ou ODS.", "Ask for the table itself: CSV, XLSX or ODS."},
	"sheet-old-excel":     {"R0802", "Le fichier %[1]s est d'un Excel d'avant 2007.", "The file %[1]s is of an Excel of before 2007.", "L'ouvrir, et l'enregistrer en .xlsx ou .ods.", "Open it, and save it as .xlsx or .ods."},
	"sheet-locked":        {"R0803", "Le fichier %[1]s est protégé par un mot de passe.", "The file %[1]s is protected by a password.", "L'ouvrir, et l'enregistrer sans mot de passe.", "Open it, and save it without a password."},
	"sheet-not-text":      {"R0804", "Le fichier %[1]s n'est pas du texte.", "The file %[1]s is no text.", "L'enregistrer en CSV UTF-8, XLSX ou ODS.", "Save it as CSV in UTF-8, XLSX or ODS."},
	"sheet-bad-quotes":    {"R0805", "Une cellule entre guillemets ne finit pas comme il faut.", "A cell in quotes does not end as it should.", "Doubler les guillemets dans une cellule : \"Collège \"\"Les Prés\"\"\".", "Double the quotes within a cell: \"Collège \"\"Les Prés\"\"\"."},
	"sheet-bad-json":      {"R0860", "Ce n'est pas une ligne de JSON Lines : %[2]s", "This is no line of JSON Lines: %[2]s", "Un objet par ligne, dont les valeurs sont des textes ou des nombres.", "An object a line, whose values are texts or numbers."},
	"sheet-broken":        {"R0806", "Le fichier %[1]s est abîmé ou coupé : %[2]s", "The file %[1]s is broken or cut off: %[2]s", "L'ouvrir et l'enregistrer de nouveau, ou le redemander.", "Open and save it again, or ask for it again."},
	"sheet-no-such-sheet": {"R0807", "Le fichier %[1]s n'a pas de feuille visible « %[2]s ».", "The file %[1]s has no table %[2]q that is shown.", "La nommer avec --sheet.", "Name it with --sheet."},
	"sheet-too-large":     {"R0808", "Le fichier %[1]s passe une limite : %[2]s", "The file %[1]s is beyond a limit: %[2]s", "Le partager, ou retirer ce qui n'est pas du tableau.", "Split it, or take away what is no part of the table."},

	"mapping-form":     {"R0810", "Cette ligne ne se lit pas : %[2]s", "This line cannot be read: %[2]s", "Écrire CHAMP = COLONNE, ou CHAMP := VALEUR ; les champs : order, member, agreement, day, from, until, through, uai, school, school_kind, address, cycle, headcount, headcount:CYCLE, headcount_kind, headcount_day, unit_price, remark.", "Write FIELD = COLUMN, or FIELD := VALUE; the fields: order, member, agreement, day, from, until, through, uai, school, school_kind, address, cycle, headcount, headcount:CYCLE, headcount_kind, headcount_day, unit_price, remark."},
	"import-no-header": {"R0811", "Aucune des premières lignes de %[1]s ne nomme un code UAI et un effectif ; on y lit : %[2]s.", "None of the first rows of %[1]s names a code of schools (UAI) and a headcount; there stands: %[2]s.", "Nommer les colonnes, ou dire lesquelles avec --mapping.", "Name the columns, or say which they are with --mapping."},
	"import-no-lines":  {"R0812", "Le tableau %[1]s n'a aucune ligne de commande.", "The table %[1]s has no line of an order.", "", ""},

	"import-bad-headcount":        {"R0820", "« %[1]s » n'est pas un effectif ; est-ce %[2]s ?", "%[1]q is no headcount; is it %[2]s?", "Écrire un nombre entier ; laisser vide, ou n.d., ce qu'on ignore.", "Write a whole number; leave empty, or n.d., what is not known."},
	"import-bad-headcount-plain":  {"R0820", "« %[1]s » n'est pas un effectif.", "%[1]q is no headcount.", "Écrire un nombre entier ; laisser vide, ou n.d., ce qu'on ignore.", "Write a whole number; leave empty, or n.d., what is not known."},
	"import-bad-day":              {"R0821", "« %[1]s » n'est pas un jour ; est-ce %[2]s ?", "%[1]q is no day; is it %[2]s?", "Écrire 01/09/2022, ou mettre la cellule au format date.", "Write 01/09/2022, or format the cell as a date."},
	"import-bad-day-plain":        {"R0821", "« %[1]s » n'est pas un jour.", "%[1]q is no day.", "Écrire 01/09/2022, ou mettre la cellule au format date.", "Write 01/09/2022, or format the cell as a date."},
	"import-two-digit-year":       {"R0822", "« %[1]s » n'a que deux chiffres d'année ; est-ce %[2]s ?", "%[1]q has a year of two digits; is it %[2]s?", "Écrire l'année entière.", "Write the whole year."},
	"import-two-digit-year-plain": {"R0822", "« %[1]s » n'a que deux chiffres d'année.", "%[1]q has a year of two digits.", "Écrire l'année entière.", "Write the whole year."},
	"import-bad-amount":           {"R0823", "« %[1]s » n'est pas un prix.", "%[1]q is no price.", "Écrire 3,25 : en euros, à deux décimales.", "Write 3.25: in euros, with two decimals."},
	"import-too-much":             {"R0840", "À « %[1]s » l'élève, cette ligne passe 40 millions : rien n'est si cher.", "At %[1]q a pupil, this row comes to more than 40 million: nothing is so dear.", "Écrire le prix d'un seul élève, non celui de tous.", "Write the price of one pupil, not that of all."},
	"import-no-column":            {"R0841", "Aucune colonne ne dit ceci : %[1]s.", "No column says this: %[1]s.", "Ajouter la colonne, la désigner avec --mapping, ou donner %[2]s pour toutes les lignes.", "Add the column, say which it is with --mapping, or give %[2]s for all rows."},
	"import-bad-uai-plain":        {"R0824", "« %[1]s » n'est pas un code UAI.", "%[1]q is no UAI.", "Sept chiffres et une lettre : 0680034T.", "Seven digits and a letter: 0680034T."},
	"import-bad-uai":              {"R0824", "« %[1]s » n'est pas un code UAI ; est-ce %[2]s ?", "%[1]q is no UAI; is it %[2]s?", "Sept chiffres et une lettre : 0680034T. Mettre la colonne au format texte.", "Seven digits and a letter: 0680034T. Format the column as text."},
	"import-bad-kind":             {"R0825", "« %[1]s » n'est pas une nature d'effectif.", "%[1]q is no kind of headcount.", "Écrire prévisionnel, constaté ou comptes.", "Write forecast, official or live."},
	"import-bad-id":               {"R0826", "Le registre ne connaît pas « %[1]s » ; est-ce %[2]s ?", "The register does not know %[1]q; is it %[2]s?", "Écrire l'identifiant, ou le nom du registre.", "Write the id, or the name that the register has."},
	"import-bad-id-plain":         {"R0826", "« %[1]s » ne convient pas, ou le registre ne le connaît pas.", "%[1]q will not do, or the register does not know it.", "Écrire l'identifiant, ou le nom du registre.", "Write the id, or the name that the register has."},
	"import-uncomputed":           {"R0827", "La cellule est une formule que personne n'a calculée.", "The cell is a formula that nobody has computed.", "Ouvrir le fichier et l'enregistrer de nouveau, ou y mettre la valeur.", "Open the file and save it again, or put the value there."},
	"import-required":             {"R0828", "Rien n'est dit ici, et il le faut.", "Nothing is said here, and it must be.", "Remplir la cellule, ou donner l'option du même nom pour toutes.", "Fill the cell, or give the flag of that name for all rows."},
	"import-contradicts":          {"R0829", "La ligne %[2]s dit autre chose du même bon de commande.", "Row %[2]s says something else of the same order form.", "Les accorder, ou donner un autre numéro.", "Make them agree, or give another number."},
	"import-twice":                {"R0830", "La ligne %[2]s a déjà cet établissement et ce cycle, dans le même bon de commande.", "Row %[2]s has this school and cycle already, in the same order form.", "N'en garder qu'une.", "Keep one of them."},
	"import-column-twice":         {"R0835", "Deux colonnes disent la même chose : « %[2]s » et « %[1]s ».", "Two columns say the same: %[2]q and %[1]q.", "Renommer celle qui ne compte pas, ou --mapping : remark = SON NOM.", "Rename the one that does not count, or --mapping: remark = ITS NAME."},
	"import-in-merged":            {"R0834", "L'effectif est dans une cellule fusionnée : on ne sait à quelle ligne il revient.", "The headcount is in a merged cell: whose it is cannot be told.", "Défusionner, et écrire l'effectif de chaque ligne.", "Take the cells apart, and write the headcount of each row."},
	"import-school":               {"R0831", "L'établissement %[1]s est à ouvrir, et le tableau n'en dit pas le nom et la nature.", "The school %[1]s is to be opened, and the table does not say its name and kind.", "Ajouter les colonnes Établissement et Type d'établissement, ou --school-kind.", "Add columns for its name and kind, or --school-kind."},
	"import-order-differs":        {"R0832", "Le registre a ce bon de commande avec un autre membre, accord-cadre ou période (%[2]s).", "The register has this order form with another member, agreement or period (%[2]s).", "Un bon émis ne se modifie pas : l'annuler, ou donner un autre numéro.", "An order form that was issued is not changed: cancel it, or give another number."},
	"import-order-begins":         {"R0861", "Le bon de commande %[1]s n'a aucune ligne le jour où il commence, %[2]s.", "The order form %[1]s has no line on the day on which it begins, %[2]s.", "Ajouter celles de ce jour (registre export lines --history les a toutes), ou retirer la colonne « Compte à partir du ».", "Add those of that day (registre export lines --history has all), or take the column counts_from away."},
	"import-outside":              {"R0862", "La ligne compterait un jour que son bon de commande ne couvre pas.", "The line would count on a day that its order form does not cover.", "Accorder ce jour et la période du bon.", "Make that day and the order form's period agree."},
	"import-line-differs":         {"R0833", "Le registre dit autre chose de %[1]s : %[2]s.", "The register says something else of %[1]s: %[2]s.", "Si l'effectif a changé : « registre order amend » ; s'il était faux : « registre correct ».", "If the headcount has changed: `registre order amend`; if it was wrong: `registre correct`."},
}

// fieldWords are what people call what a table says, and the flag that says it for all rows.
var fieldWords = map[orderfile.Field][3]string{
	orderfile.Order: {"le numéro du bon de commande", "the number of the order form", "--order"}, orderfile.Member: {"le membre qui commande", "the member that orders", "--member"},
	orderfile.Agreement: {"l'accord-cadre", "the framework agreement", "--agreement"}, orderfile.Day: {"la date du bon de commande", "the day of the order form", "--day"},
	orderfile.From: {"le début de la période", "the first day of the period", "--from"}, orderfile.Until: {"la fin de la période", "the end of the period", "--through"},
	orderfile.Through: {"la fin de la période", "the end of the period", "--through"}, orderfile.Cycle: {"le cycle (collège, lycée …)", "the cycle (collège, lycée …)", "--cycle"},
	orderfile.CountKind: {"la nature de l'effectif (prévisionnel, constaté ou comptes)", "the kind of headcount (forecast, official or live)", "--headcount-kind"},
}
