package main

import (
	"context"
	"encoding/hex"
	"slices"

	"registre/cmd/registre/sheet"
	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/archive"
	"registre/replay/evidence"
)

// logs writes the register, the log of heads, and what is read of the events on the way: the tables of events and of documents,
// which lie aside until it is their turn.
func (f *takenEvidence) logs(ctx context.Context, w *evidence.Writer) error {
	bar := newProgress(f.a, int64(f.extract.Entries()))
	defer bar.end()
	r, err := f.readEvents(ctx)
	if err != nil {
		return err
	}
	defer r.remove()
	err = w.PutLogs(ctx, f.extract, r.add, func(n uint64) { bar.at(int(n), int64(n)) })
	if err := r.end(err); err != nil {
		return err
	}
	if f.policy != nil {
		if err := w.Put("witnesses", witnessKeys(f.policy)); err != nil {
			return err
		}
	}
	root := f.extract.Group.Root
	if f.known < f.extract.Group.Size {
		root = r.tree.Root()
	}
	f.root = hex.EncodeToString(root[:])
	if err := w.PutTable("tables/events.csv", r.events.Table); err != nil {
		return err
	}
	return w.WaitAfter(w.PutTable("tables/documents.csv", r.documents.Table))
}

func witnessKeys(p *archive.Policy) (keys []byte) {
	for _, w := range p.Witnesses {
		keys = append(append(keys, archive.FormatCosignPublicKey(w.Key)...), '\n')
	}
	return keys
}

var (
	eventColumns = []sheet.Column{
		{Key: "number", Title: "événement", Kind: sheet.Integer},
		{Key: "type", Title: "acte"},
		{Key: "version", Title: "version", Kind: sheet.Integer},
		{Key: "effective", Title: "effet"},
		{Key: "recorded", Title: "enregistré le"},
		{Key: "actor", Title: "auteur"},
		{Key: "on_behalf_of", Title: "pour le compte de"},
		{Key: "documents", Title: "pièces", Kind: sheet.Integer},
		{Key: "corrects", Title: "rectifie", Kind: sheet.Integer},
		{Key: "illustrative", Title: "illustratif"},
		{Key: "command", Title: "commande"},
		{Key: "id", Title: "identifiant"},
	}
	documentColumns = []sheet.Column{
		{Key: "event", Title: "événement", Kind: sheet.Integer}, {Key: "kind", Title: "nature"}, {Key: "reference", Title: "référence"}, {Key: "sha256", Title: "sha256"}, {Key: "file", Title: "fichier"},
	}
)

func addEvent(events, documents sheet.Writer, e *eventstore.Envelope, files map[domain.Hash]string) error {
	corrects := ""
	if c, ok := e.Act.(*domain.EventCorrected); ok {
		corrects = decimal(c.Target)
	}
	number := decimal(e.Number)
	for _, d := range e.Evidence {
		if err := documents.Write([]string{number, d.Kind, d.Reference, d.SHA256.String(), files[d.SHA256]}); err != nil {
			return err
		}
	}
	return events.Write([]string{
		number, e.Type, decimal(uint64(e.Version)), e.Effective.String(), e.Recorded.String(), e.Actor, string(e.OnBehalfOf), decimal(uint64(len(e.Evidence))), corrects, e.Illustrative,
		e.Command.String(), e.ID.String(),
	})
}

// tables writes what the register answers at the pair, as export does.
func (f *takenEvidence) tables(ctx context.Context, w *evidence.Writer) error {
	byMember := *f.exporting
	byMember.by = "member"
	all := []struct {
		name    string
		extract func(context.Context, desk) (*extract, error)
	}{
		{"weights", f.weights},
		{"members", f.members},
		{"avenants", f.texts},
		{"enrolment", f.totals},
		{"enrolment-by-member", byMember.totals},
		{"lines", f.orderLines},
		{"decisions", f.coded},
		{"findings", f.findings},
	}
	for _, t := range all {
		x, err := t.extract(ctx, f.desk)
		if err != nil {
			return err
		}
		x.root = f.root
		f.index.take(t.name, x)
		if err := f.putTable(ctx, w, t.name, x); err != nil {
			return err
		}
	}
	return nil
}

// coded are the decisions, each outcome also by its code, which is the same in every language.
func (f *takenEvidence) coded(ctx context.Context, d desk) (*extract, error) {
	x, err := f.decisions(ctx, d)
	if err != nil {
		return nil, err
	}
	outcome := slices.Index(x.columns, "outcome")
	x.add("outcome_code", "code du résultat", sheet.Text)
	for i, row := range x.rows {
		x.rows[i] = append(row, row[outcome])
	}
	return x, nil
}
