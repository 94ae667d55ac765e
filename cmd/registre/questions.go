package main

import (
	"context"
	"encoding/json"

	"registre/eventstore"
	"registre/projections"
)

// kinds is the table of all questions. The command line asks by these names; so does the socket.
var kinds = map[string]kind{
	"weights": {answer: func(a *asked) (any, error) {
		return projections.Weights(a.view.State, a.Question, bodyID(a), a.more["why"] != "")
	}},
}

// groupsAnswer lists the registers there are.
type groupsAnswer struct {
	Groups []groupRow `json:"groups"`
}

type groupRow struct {
	Group string `json:"group"`
	Head  uint64 `json:"head"` // its last number
	Name  string `json:"name"`
}

// groups answers "groups", the one question that belongs to no group.
func (l *local) groups(ctx context.Context) (json.RawMessage, error) {
	heads, err := l.ledger.Heads(ctx)
	if err != nil {
		return nil, err
	}
	answer := groupsAnswer{Groups: []groupRow{}}
	for _, h := range heads {
		row := groupRow{Group: string(h.Group), Head: h.Number}
		for e, err := range l.ledger.Events(ctx, h.Group, 0) {
			if err != nil {
				return nil, err
			}
			row.Name = nameIn(&e)
			break
		}
		answer.Groups = append(answer.Groups, row)
	}
	return encode(answer, nil)
}

var _ = eventstore.Envelope{}
