package main

import (
	"slices"

	"registre/domain"
)

// A paperRow is a document as the register tells of it. Whether its bytes are at hand is none of the register's.
type paperRow struct {
	Erased     *paperErasedRow `json:"erased,omitempty"`
	Event      uint64          `json:"event"`
	Keeping    string          `json:"keeping"` // domain.KeptForEver …
	Kind       string          `json:"kind"`
	MediaType  string          `json:"media_type"`
	NamedBy    []uint64        `json:"named_by"` // the events that rest on it
	Reference  string          `json:"reference,omitempty"`
	SHA256     string          `json:"sha256"`
	Since      string          `json:"since,omitempty"` // from which day the time runs
	SinceEvent uint64          `json:"since_event,omitzero"`
	Size       int64           `json:"size"`
	Until      string          `json:"until,omitempty"` // the first day on which it need not be kept
}

type paperErasedRow struct {
	Event  uint64     `json:"event"`
	From   domain.Day `json:"from"`
	Order  string     `json:"order,omitempty"`
	Reason string     `json:"reason"`
}

type documentsTold struct {
	toldOf
	Documents []paperRow `json:"documents"`
}

// documentsAsked answers with the documents of a group, in the order of their hashes.
func documentsAsked(a *asked) (documentsTold, error) { return a.documents(a.namedBy()), nil }

// shelfAsked is documentsAsked without the events that rest on each: it needs no event read anew.
func shelfAsked(a *asked) (documentsTold, error) { return a.documents(nil), nil }

func (a *asked) documents(named map[domain.Hash][]uint64) documentsTold {
	return documentsTold{a.toldOf(), paperRowsOf(a.state, a.Pair(), named)}
}

// paperRowsOf are the documents of a group at a pair.
func paperRowsOf(g *domain.Group, q domain.Pair, named map[domain.Hash][]uint64) []paperRow {
	rows := []paperRow{}
	for _, d := range g.Documents(q) {
		how, until := d.Keeping()
		row := paperRow{
			Event: d.Event, Keeping: how, Kind: d.Kind, MediaType: d.MediaType, NamedBy: named[d.SHA256], Reference: d.Reference,
			SHA256: d.SHA256.String(), SinceEvent: d.SinceEvent, Size: d.Size,
		}
		if row.NamedBy == nil {
			row.NamedBy = []uint64{}
		}
		if d.Since != 0 {
			row.Since = d.Since.String()
		}
		if until != 0 {
			row.Until = until.String()
		}
		if d.Erased != nil {
			said, _ := g.Said(d.ErasedBy, q.Known)
			row.Erased = &paperErasedRow{Event: d.ErasedBy, From: said.Effective.First, Order: d.Erased.Order, Reason: d.Erased.Reason}
		}
		rows = append(rows, row)
	}
	return rows
}

// namedBy gives, by its hash, the events that rest on a document.
func (a *asked) namedBy() map[domain.Hash][]uint64 {
	named := map[domain.Hash][]uint64{}
	for e := range a.book.Envelopes(a.Known) {
		for _, d := range e.Evidence {
			if !d.SHA256.IsZero() && !slices.Contains(named[d.SHA256], e.Number) {
				named[d.SHA256] = append(named[d.SHA256], e.Number)
			}
		}
	}
	return named
}
