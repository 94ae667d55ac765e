package main

import (
	"context"
	"encoding/json"
	"fmt"
)

// witnesses looks at what the witnesses say of the register, where there is a policy.
func (x *examination) witnesses(ctx context.Context, d desk) {
	raw, err := d.Ask(ctx, Question{Kind: "witnesses"})
	var answer witnessesAnswer
	if err == nil {
		err = json.Unmarshal(raw, &answer)
	}
	if err != nil {
		x.fault("quorum", err)
		return
	}
	if answer.Quorum == "" {
		return
	}
	for _, w := range answer.Witnesses {
		x.witness(w)
	}
	x.quorum(answer)
}

// witness looks at one.
func (x *examination) witness(w witnessReport) {
	const name = "witness"
	tr := x.a.tr
	found := fmt.Sprintf(tr("%s : %d états cosignés", "%s: %d states cosigned"), w.Name, w.Size)
	if w.At != "" {
		found += tr(", le ", ", at ") + w.At
	}
	switch {
	case w.Alarm != "":
		x.add(check{Name: name, Damage: true, Found: found + tr(" ; il contredit ce registre", "; it contradicts this register") + " [" + w.Alarm + "]"})
	case w.Error != "":
		x.bad(name, found+" ; "+w.Error, tr("Il est redemandé sans cesse.", "It is asked again and again."))
	case w.URL == "":
		x.ok(name, found+tr(" (sans adresse : on ne lui demande rien)", " (without a URL: it is not asked)"))
	default:
		x.ok(name, found)
	}
}

// quorum looks at up to where there is one.
func (x *examination) quorum(answer witnessesAnswer) {
	const name = "quorum"
	tr := x.a.tr
	missing := answer.Newest - min(answer.Newest, answer.Satisfied)
	found := fmt.Sprintf(tr("%s, jusqu'à l'état %d de %d", "%s, up to state %d of %d"), answer.Quorum, answer.Satisfied, answer.Newest)
	if missing == 0 {
		x.ok(name, found)
		return
	}
	x.bad(name, found, tr("Ce qui manque est enregistré, et n'est pas encore attesté.", "What is missing is recorded, and not yet witnessed."))
}
