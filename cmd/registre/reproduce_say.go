package main

import (
	"maps"
	"slices"
	"strings"

	"registre/eventstore/archive"
)

// say tells what was found, and ends with the exit that goes with it.
func (r *reproducing) say() error {
	if r.a.asJSON {
		if err := r.a.json(r.told); err != nil {
			return err
		}
	} else {
		r.show()
	}
	switch r.told.Verdict {
	case givesSame:
		return nil
	case givesOther, givesPacked, givesForeign, givesEarlier:
		return &exitError{status: exitFindings}
	}
	return &exitError{status: exitDamage}
}

func (r *reproducing) show() {
	a, t := r.a, &r.told
	a.printf("%s\n", plain(t.File))
	a.prose("  "+r.what(), 4)
	a.printf("\n")
	a.prose(a.verdict(t), 2)
	if t.Verdict == givesEarlier {
		a.prose(a.sinceForm(t.Form), 2)
	}
	if t.Differences != nil {
		r.showDifferences(t.Differences)
	}
	if says := a.whose(t); says != "" {
		a.prose(says, 2)
	}
	if t.Today != nil {
		r.showToday(t.Today)
	}
}

// what says what the file is, in its own words.
func (r *reproducing) what() string {
	a, t := r.a, &r.told
	name, _, _ := formOf(t.Form)
	kind := a.tr(formNames[name][0], formNames[name][1])
	if export, ok := strings.CutPrefix(name, "export-"); ok {
		kind = a.tr("export ", "export ") + export
	}
	if r.answer != nil {
		kind += " " + r.asked.Kind
	}
	says := kind + a.tr(" de ", " of ") + t.Group + ", " + a.when(about{At: t.At, Known: t.Known, Meta: meta{Head: t.Head}})
	for _, name := range slices.Sorted(maps.Keys(t.Options)) {
		value := t.Options[name]
		if held, err := archive.UnverifiedCheckpoint([]byte(value)); err == nil { // of an earlier visit
			value = decimal(held.Size)
		}
		says += ", " + name + " " + strings.ReplaceAll(value, "\n", " ")
	}
	return says
}

// formNames are what files are, save exports.
var formNames = map[string][2]string{
	"answer": {"réponse", "answer to"}, "minutes": {"procès-verbal", "minutes"}, "order": {"bon de commande", "order form"},
	"replay": {"contrôle", "audit report"},
}

func (a *app) verdict(t *reproduced) string {
	says := verdicts[t.Verdict]
	return format(a.tr(says[0], says[1]), decimal(t.Known), decimal(t.Head))
}

// sinceForm says what has changed since the version of a form.
func (a *app) sinceForm(form string) string {
	name, version, _ := formOf(form)
	var all []string
	for _, says := range formChanges[name][version-1:] {
		all = append(all, a.tr(says[0], says[1]))
	}
	return format(a.tr("Cette version écrit %[1]s ; depuis : %[2]s. Celle qui a écrit le fichier le redonne.", "This version writes %[1]s; since then: %[2]s. The one that wrote the file gives it again."),
		versioned(name), strings.Join(all, a.tr(" ; ", "; ")))
}

// verdicts are said of a file; %[1]s is the number that it knew, %[2]s the register's last.
var verdicts = map[string][2]string{
	givesSame: {"✓ Le registre redonne ce fichier à l'octet.", "✓ The register gives this file again, to the byte."},
	givesPacked: {
		"! Ce fichier dit la même chose que le registre, dans toutes ses cellules et toutes ses lignes, mais en d'autres octets : un autre programme l'a enregistré, ou une autre version de celui-ci l'a écrit.",
		"! This file says the same as the register, in every cell and line, but in other bytes: another program has saved it, or another version of this one wrote it.",
	},
	givesForeign: {
		"! Le registre redonne ce fichier à l'octet, mais le point de contrôle qui l'accompagne n'est signé d'aucune clé de cette maison : il a été altéré, ou vient d'ailleurs.",
		"! The register gives this file again, to the byte; but the checkpoint that came with it is signed with no key of this house: it was altered, or is from elsewhere.",
	},
	givesOther:   {"✗ Ce fichier n'est pas ce que le registre donne.", "✗ This file is not what the register gives."},
	givesEarlier: {"! Ce fichier est d'une forme antérieure : il ne se compare pas à l'octet.", "! This file is of an earlier form: it is not compared to the byte."},
	givesUnsure:  {"✗ Les %[1]s premiers événements du registre ne sont pas ceux dont ce fichier dit être fait.", "✗ The register's first %[1]s events are not those that this file says it was made of."},
	givesBroken: {
		"✗ Le registre a été réécrit depuis : le point de contrôle de ce fichier, que cette maison a signé, contredit le journal d'aujourd'hui.",
		"✗ The register was rewritten since: the checkpoint of this file, which this house has signed, contradicts the log of today.",
	},
	givesShorter: {"✗ Ce fichier connaissait le registre jusqu'au #%[1]s, et le registre s'arrête au #%[2]s : la fin en manque.", "✗ This file knew the register up to #%[1]s, and the register ends at #%[2]s: its end is missing."},
}

// whose says whether it was the file or the register that was altered.
func (a *app) whose(t *reproduced) string {
	switch {
	case t.Verdict == givesSame || t.Verdict == givesPacked || t.Verdict == givesForeign || t.Verdict == givesBroken:
		return ""
	case t.Verdict == givesShorter:
		return a.tr("Ou bien ce numéro a été changé dans le fichier, ou bien un dossier plus ancien a été remis en place. Un point de contrôle signé, gardé ailleurs, départage : « registre verify --checkpoint ».",
			"Either that number was changed in the file, or an older folder was put back. A signed checkpoint that was kept elsewhere decides: `registre verify --checkpoint`.")
	case t.Verdict == givesUnsure:
		return a.tr("Ou bien l'empreinte a été changée dans le fichier, ou bien le registre a été réécrit. Un point de contrôle signé, gardé ailleurs, départage : « registre verify --checkpoint ».",
			"Either the fingerprint was changed in the file, or the register was rewritten. A signed checkpoint that was kept elsewhere decides: `registre verify --checkpoint`.")
	case t.Verdict == givesEarlier && t.Root == "" && t.Checkpoint != checkpointCovers:
		return ""
	case t.Verdict == givesEarlier && t.Checkpoint == checkpointUnsigned:
		return a.tr("Le point de contrôle qui l'accompagne n'est signé d'aucune clé de cette maison.", "The checkpoint that came with it is signed with no key of this house.")
	case t.Verdict == givesEarlier:
		return format(a.tr("Les %[1]s premiers événements du registre sont ceux dont il dit être fait.", "The register's first %[1]s events are those that it says it was made of."), decimal(t.Known), "")
	case t.Checkpoint == checkpointUnsigned:
		return a.tr("C'est le fichier qui a été altéré ; et le point de contrôle qui l'accompagne n'est signé d'aucune clé de cette maison.", "It is the file that was altered; and the checkpoint that came with it is signed with no key of this house.")
	}
	return format(a.tr("Les %[1]s premiers événements du registre sont ceux dont il a été fait : c'est le fichier qui a été altéré, non le registre.",
		"The register's first %[1]s events are those that it was made of: it is the file that was altered, not the register."), decimal(t.Known), "")
}

func (r *reproducing) showDifferences(d *differences) {
	a := r.a
	a.printf("%s\n", format(a.tr("%[1]s différence%[2]s :", "%[1]s difference%[2]s:"), decimal(uint64(d.Count)), plural(d.Count)))
	for i := range d.First {
		a.prose("  "+a.sayPlaced(&d.First[i]), 4)
	}
	if rest := d.Count - len(d.First); rest > 0 {
		a.printf("  %s\n", format(a.tr("… et %[1]s de plus.", "… and %[1]s more."), decimal(uint64(rest)), ""))
	}
}

// sayPlaced says where a difference is, and what stands there.
func (a *app) sayPlaced(p *placed) string {
	where := a.place(p)
	switch p.Kind {
	case lineMissing:
		return format(a.tr("%[1]s : manque dans le fichier : %[2]s", "%[1]s: missing from the file: %[2]s"), where, briefly(p.Gives))
	case lineMore:
		return format(a.tr("%[1]s : le registre ne la donne pas : %[2]s", "%[1]s: the register does not give it: %[2]s"), where, briefly(p.Says))
	}
	return where + a.tr(" : le fichier porte ", ": the file has ") + a.quote(p.Says) + a.tr(", le registre donne ", ", the register gives ") + a.quote(p.Gives) + "."
}

func (a *app) place(p *placed) string {
	line := decimal(uint64(p.Line))
	switch {
	case p.Path != "":
		return p.Path
	case p.Cell != "" && p.Column != "":
		return a.tr("ligne ", "row ") + line + a.tr(", colonne « ", ", column “") + p.Column + a.tr(" » (", "” (") + p.Cell + ")"
	case p.Cell != "":
		return a.tr("cellule ", "cell ") + p.Cell
	case p.Page > 0:
		return a.tr("page ", "page ") + decimal(uint64(p.Page)) + a.tr(", ligne ", ", line ") + line
	}
	return a.tr("ligne ", "line ") + line
}

func (a *app) quote(text string) string {
	if text == "" {
		return a.tr("rien", "nothing")
	}
	return a.tr("« ", "“") + briefly(text) + a.tr(" »", "”")
}

// briefly cuts a long text.
func briefly(text string) string {
	const most = 120
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
