package main

import (
	"time"

	"registre/eventstore"
)

// keptOpen is a store that outlives the ledger on it.
type keptOpen struct{ eventstore.Store }

func (keptOpen) Close() error { return nil }

// nowFor is a clock that stands after the last command of a story.
func nowFor(all []toldCommand) func() time.Time {
	return func() time.Time { return all[len(all)-1].at.Add(time.Hour) }
}

// heldHere is the desk of a verb that holds the folder itself.
func heldHere(d desk) *local { return d.(*steady).current().(*guest).held.(*local) }
