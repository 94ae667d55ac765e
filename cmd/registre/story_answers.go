package main

import (
	"fmt"
	"time"

	"registre/domain"
	"registre/replay"
)

// answers is what follows the sittings: the secretariat answers one of the findings. It is the same for ever.
func answers() []toldCommand {
	c := domain.Command{
		Group: demoGroup, Effective: domain.OnDay(on(2024, 12, 2)), Actor: "secretariat", OnBehalfOf: "aube", Illustrative: inventedOrders,
		Evidence: []domain.Evidence{{Kind: "demonstration", Reference: "pièce fictive"}}, ID: storyID([]byte("answer 0")),
		Act: &domain.FindingAnswered{
			Events: []uint64{sentTwice()}, Finding: replay.OverlapAccepted.Code, Subject: secondSent,
			Text: "le bon n'a été exécuté qu'une fois : le second est annulé depuis le 3 octobre 2022, deux jours après sa prise d'effet",
		},
	}
	return []toldCommand{{time.Date(2024, 12, 2, 9, 0, 0, 0, time.UTC), c}}
}

// secondSent is the order form that was sent a second time by mistake.
const secondSent = "2022-10-B"

// sentTwice is the number of its event.
func sentTwice() uint64 {
	for i, t := range orders() {
		if o, ok := t.command.Act.(*domain.OrderIssued); ok && o.Number == secondSent {
			return ordersAfter + uint64(i) + 1
		}
	}
	panic(fmt.Sprintf("nobody orders by %s", secondSent))
}
