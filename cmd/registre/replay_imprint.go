package main

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"registre/domain"
	"registre/eventstore/archive"
)

// What a report's imprint has beside the question: when it was made, and the checkpoint of an earlier visit.
const (
	optionReplayed = "replayed"
	optionFrom     = "from"
)

// imprintOf is the imprint of the report of a replay. A report is dated and tells the signed checkpoint that all of it was held to, so both
// are in it. There is none of several registers, since an imprint is of one, and none where the archive was not what was signed:
// nobody can ask for that again.
func (a *app) imprintOf(answer *replayAnswer, kept []byte) (i imprint, ok bool) {
	if len(answer.Groups) != 1 || answer.Groups[0].Damage != nil || len(answer.Meta.Verification.Findings) > 0 {
		return i, false
	}
	g := &answer.Groups[0]
	i = imprint{
		At: answer.At, Checkpoint: answer.Meta.Checkpoint, Form: versioned("replay"), Format: "html", Group: g.Group, Known: g.Known, Lang: a.lang,
		Options: map[string]string{optionReplayed: answer.Meta.Replayed}, Origin: answer.Meta.Verification.Origin, Root: g.Root,
	}
	if kept != nil {
		i.Options[optionFrom] = string(kept)
	}
	return i, true
}

// publishedReport makes the report of a replay anew, as its imprint says: made when it was made, and held to the checkpoint that it was held to.
func (r *reproducing) publishedReport(ctx context.Context, b *app) (*published, error) {
	i := &r.imprint
	q := b.question("replay", i.Group, asking("checkpoint", i.Options[optionFrom], optionReplayed, i.Options[optionReplayed]))
	raw, err := r.d.Ask(ctx, q)
	if err != nil {
		return nil, err
	}
	var answer replayAnswer
	if err := json.Unmarshal(raw, &answer); err != nil {
		return nil, err
	}
	held, err := archive.UnverifiedCheckpoint([]byte(i.Checkpoint))
	if err != nil {
		return nil, misuse("imprint-unreadable", r.file, err.Error())
	}
	answer.Meta.Checkpoint = i.Checkpoint
	answer.Meta.Verification.Size, answer.Meta.Verification.Root = held.Size, held.Root.String()
	for n := range answer.Groups {
		answer.Groups[n].Root = i.Root
	}
	return &published{
		imprint: *i, inside: true,
		write: func(w io.Writer) error { return b.writeReport(w, &answer, i.canonical()) },
		says:  func() []byte { return timeless(raw) },
	}, nil
}

// clockOf is the clock by which a replay is made: that of the house, or one that stands still where a report is made anew.
func (l *local) clockOf(q Question) (func() time.Time, error) {
	then := q.More[optionReplayed]
	if then == "" {
		return l.now, nil
	}
	at, err := domain.ParseRFC3339(then)
	if err != nil {
		return nil, misuse("known-unreadable", then, err.Error())
	}
	return at.Time, nil
}
