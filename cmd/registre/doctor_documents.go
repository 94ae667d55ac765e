package main

import (
	"context"
	"fmt"
)

// documents counts the documents by presence and size; `document verify` hashes them.
func (x *examination) documents(ctx context.Context) {
	const name = "documents"
	tr := x.a.tr
	if x.a.nats != "" && !x.a.dataNamed {
		return
	}
	groups, err := x.a.groupNames(ctx)
	counts := map[string]int{}
	for _, group := range groups {
		held, lost := x.a.held(ctx, group)
		if lost != nil {
			err = lost
			break
		}
		for _, state := range held {
			counts[state]++
		}
	}
	found := fmt.Sprintf(tr("%d présente(s), %d effacée(s)", "%d at hand, %d erased"), counts[paperAtHand], counts[paperErased])
	switch {
	case err != nil:
		x.fault(name, err)
	case counts[paperMissing]+counts[paperAltered] > 0:
		x.add(check{
			Name: name, Damage: true,
			Found:  fmt.Sprintf(tr("%d manquante(s), %d altérée(s) ; ", "%d missing, %d altered; "), counts[paperMissing], counts[paperAltered]) + found + ".",
			Remedy: tr("« registre document verify » les nomme.", "`registre document verify` names them."),
		})
	case counts[paperUnerased] > 0:
		x.bad(name, fmt.Sprintf(tr("%s ; %d effacement(s) inachevé(s).", "%s; %d erasure(s) not finished."), found, counts[paperUnerased]), tr("« registre document verify » les achève.", "`registre document verify` finishes them."))
	default:
		x.ok(name, found)
	}
}
