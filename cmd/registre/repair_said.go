package main

import (
	"context"
	"strconv"
	"strings"

	"registre/eventstore/archive"
)

// verdict says what is left.
func (r *repairing) verdict(found *archive.Verification) error {
	if found != nil && r.dryRun {
		if err := r.compare(context.Background(), found); err != nil {
			return err
		}
	}
	return r.sayVerdict(found)
}

// sayVerdict says what stands in the findings.
func (r *repairing) sayVerdict(found *archive.Verification) error {
	a := r.a
	r.sayVain(found)
	r.answer.DryRun = r.dryRun
	if found != nil {
		for _, f := range found.Findings {
			thing := foundOf(f)
			thing.Cause = a.told(&Fault{Name: "found-" + thing.Kind, Detail: thing.Cause}).Cause
			r.answer.Left = append(r.answer.Left, thing)
		}
	}
	left := len(r.answer.Left) > 0 || found == nil
	if a.asJSON {
		if err := a.json(r.answer); err != nil {
			return err
		}
	} else {
		r.showLeft(left)
	}
	if left {
		return &exitError{exitDamage}
	}
	return nil
}

func (r *repairing) showLeft(left bool) {
	a := r.a
	a.showFound(r.answer.Left)
	switch {
	case r.dryRun:
		a.printf("%s\n", a.tr("Rien n'a été changé.", "Nothing was changed."))
	case left:
		a.printf("%s\n", a.tr("Ce qui précède n'a pas pu être réparé : restaurer une sauvegarde.", "What stands above could not be mended: restore a backup."))
	case len(r.answer.Steps) == 0:
		a.printf("%s\n", a.tr("Rien à réparer : les deux copies sont intactes.", "Nothing to mend: both copies are whole."))
	default:
		a.printf("%s\n", a.tr("Les deux copies sont intactes.", "Both copies are whole."))
	}
}

// stepsSaid are the sentences for what a repair does, French before English.
var stepsSaid = map[string][2]string{
	archive.MendedFiles:      {"réparé, après vérification", "mended, having been verified"},
	archive.MendedCheckpoint: {"point de contrôle signé à nouveau, au même état", "checkpoint signed again, at the same state"},
	archive.MendedTail:       {"file remise en ordre", "tail put right"},
	archive.RechainedTail:    {"enregistrements perdus de la file refaits du flux, sous les mêmes signatures", "lost records of the tail made anew from the stream, under the same signatures"},
	archive.MendedNewest:     {"dernier point de contrôle noté à nouveau", "newest checkpoint noted anew"},
	archive.MendedKey:        {"clé réécrite", "key written anew"},
	archive.MendedWitnessed:  {"point de contrôle attesté, illisible, écarté : les témoins le cosigneront à nouveau", "the witnessed checkpoint could not be read and was taken away: the witnesses will cosign it again"},
	archive.NotMended:        {"NE PEUT PAS être réparé", "CANNOT be mended"},
	archiveBegun: {
		"archive perdue, refaite du flux sous la même clé : un NOUVEAU journal des têtes commence, qui ne prolonge aucun point de contrôle gardé ailleurs",
		"archive gone, made anew from the stream under the same key: a NEW log of heads begins, which continues no checkpoint kept elsewhere",
	},
	streamRebuilt: {"flux endommagé, refait de l'archive ; l'ancien est gardé à côté", "damaged stream, made anew from the archive; the old one is kept aside"},
	fenceTaken: {
		"l'archive est plus ancienne que ce que sa clé a signé : la barrière y est ramenée, et le point de contrôle cité n'a plus de suite ; qui le garde le verra",
		"the archive is older than what its key has signed: the fence is moved back to it, and the checkpoint quoted has no successor any more; whoever keeps it will see that",
	},
	streamBegun:    {"flux perdu, refait, vide", "stream gone, made anew, empty"},
	streamRestored: {"ce que le flux avait perdu lui est rendu, de l'archive", "what the stream had lost is given back to it, from the archive"},
	formatMended:   {"format du dossier réécrit", "the folder's format written anew"},
	copiesMatched:  {"ce qui manquait à la fin d'une copie est repris de l'autre", "what one copy lacked at its end is taken from the other"},
}

func (a *app) showStep(s repairStep, dryRun bool) {
	said := stepsSaid[s.What]
	line := strings.TrimSpace(strings.Join(s.Files, ", "))
	if s.Number > 0 {
		line += ", " + s.Group + " #" + strconv.FormatUint(s.Number, 10)
	}
	if line != "" {
		line += a.tr(" : ", ": ")
	}
	line += a.tr(said[0], said[1])
	if s.Cause != "" {
		line += " (" + strings.ReplaceAll(s.Cause, "\n", "; ") + ")"
	}
	if dryRun {
		line = a.tr("à faire : ", "to do: ") + line
	}
	a.printf("%s\n", plain(line))
}
