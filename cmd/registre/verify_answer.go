package main

import (
	"strconv"
	"strings"

	"registre/eventstore/archive"
)

// verifyAnswer is what a verification found.
type verifyAnswer struct {
	Behind   uint64       `json:"behind,omitzero"` // events that others have written and the archive has not taken up yet
	Events   uint64       `json:"events"`
	Findings []foundThing `json:"findings"`
	Full     bool         `json:"full"`
	Groups   int          `json:"groups"`
	Origin   string       `json:"origin"`
	Root     string       `json:"root,omitempty"`
	Size     uint64       `json:"size"`   // of the log of heads
	Stream   string       `json:"stream"` // compared, absent or skipped

	// Unconfirmed is what a crash has left of a commit of which nobody was answered: no damage.
	Unconfirmed []foundThing `json:"unconfirmed,omitempty"`
	Witnessed   *cosigned    `json:"witnessed,omitempty"` // the newest checkpoint that was kept with cosignatures
}

// foundThing is one finding.
type foundThing struct {
	Cause  string `json:"cause,omitempty"` // in the user's language; what was found, before it is told
	Code   string `json:"code"`
	Copy   string `json:"copy"`
	File   string `json:"file,omitempty"`
	Group  string `json:"group,omitempty"`
	Kind   string `json:"kind"`
	Number uint64 `json:"number,omitempty"`
}

func foundOf(f archive.Finding) foundThing {
	return foundThing{
		Cause: f.Cause.Error(), Code: codeOf("found-" + f.Kind()), Copy: f.Copy, File: f.File, Group: string(f.Group), Kind: f.Kind(), Number: f.Number,
	}
}

func answerOf(v *archive.Verification, full bool, stream string) verifyAnswer {
	answer := verifyAnswer{
		Events: v.Events, Findings: []foundThing{}, Full: full, Groups: v.Groups, Origin: v.Key.Name(), Size: v.Newest.Size, Stream: stream,
	}
	if v.Signed != nil {
		answer.Root = v.Newest.Root.String()
	}
	if v.Witnessed != nil {
		answer.Witnessed = &cosigned{Checkpoint: string(v.Witnessed)} // by whom is for who has a policy
	}
	for _, f := range v.Findings {
		answer.Findings = append(answer.Findings, foundOf(f))
	}
	for _, f := range v.Unconfirmed {
		answer.Unconfirmed = append(answer.Unconfirmed, foundOf(f))
	}
	return answer
}

// verdict says what was found.
func (v *verifying) verdict(answer verifyAnswer) error {
	a := v.a
	a.tellFound(answer.Findings)
	a.tellFound(answer.Unconfirmed)
	if a.asJSON {
		if err := a.json(answer); err != nil {
			return err
		}
	} else {
		a.showVerification(answer)
	}
	if len(answer.Findings) > 0 {
		return &exitError{exitDamage}
	}
	return nil
}

// tellFound puts causes into the user's language.
func (a *app) tellFound(all []foundThing) {
	for i, f := range all {
		all[i].Cause = a.told(&Fault{Name: "found-" + f.Kind, Detail: f.Cause}).Cause
	}
}

func (a *app) showVerification(answer verifyAnswer) {
	a.showFound(answer.Findings)
	if len(answer.Unconfirmed) > 0 {
		a.printf("%s\n", a.tr("Une coupure a laissé ce qui suit d'une écriture à laquelle personne n'avait reçu de réponse ; la prochaine ouverture y met fin, rien n'est perdu :",
			"A crash has left what follows of a commit of which nobody was answered; the next opening settles it, nothing is lost:"))
		a.showFound(answer.Unconfirmed)
	}
	how := a.tr("contrôle rapide", "quick check")
	if answer.Full {
		how = a.tr("contrôle complet", "full check")
	}
	a.printf(a.tr("%[1]s : %[2]d événement(s) de %[3]d groupement(s), %[4]s, %[5]s.\n", "%[1]s: %[2]d event(s) of %[3]d group(s), %[4]s, %[5]s.\n"),
		answer.Origin, answer.Events, answer.Groups, how, a.streamWord(answer.Stream))
	if answer.Root != "" {
		a.printf(a.tr("Point de contrôle : taille %d, racine %s.\n", "Checkpoint: size %d, root %s.\n"), answer.Size, answer.Root)
	}
	if answer.Witnessed != nil {
		a.printf("%s\n", a.tellCosigned(answer.Witnessed))
	}
	if answer.Behind > 0 {
		a.printf(a.tr("%d événement(s) du flux n'y sont pas encore repris : d'autres les ont écrits.\n", "%d event(s) of the stream are not taken up yet: others have written them.\n"), answer.Behind)
	}
	if n := len(answer.Findings); n > 0 {
		a.printf(a.tr("%d dommage(s). Ne rien écrire ; « registre repair » répare de l'autre copie ce qui peut l'être.\n",
			"%d finding(s). Write nothing; `registre repair` mends from the other copy what can be mended.\n"), n)
		return
	}
	a.printf("%s\n", a.tr("Rien à signaler.", "Nothing is wrong."))
}

func (a *app) streamWord(stream string) string {
	switch stream {
	case streamCompared:
		return a.tr("comparé au flux", "compared with the stream")
	case streamSkipped:
		return a.tr("sans regarder le flux", "without looking at the stream")
	}
	return a.tr("sans flux auquel la comparer", "with no stream to compare it with")
}

// showFound lists findings: copy, file, place, what is wrong.
func (a *app) showFound(all []foundThing) {
	for _, f := range all {
		name := a.tr("archive", "archive")
		switch f.Copy {
		case archive.InStream:
			name = a.tr("flux", "stream")
		case inWitness:
			name = a.tr("témoin", "witness")
		}
		place := f.Group
		if f.Number > 0 {
			place += " #" + strconv.FormatUint(f.Number, 10)
		}
		words := []string{name}
		for _, word := range []string{f.File, strings.TrimSpace(place)} {
			if word != "" {
				words = append(words, word)
			}
		}
		a.printf("%s%s%s [%s]\n", plain(strings.Join(words, ", ")), a.tr(" : ", ": "), plain(f.Cause), f.Code)
	}
}
