package replay

import (
	"registre/domain"
	"registre/eventstore"
)

// A Source is one event and what it rests on, for "who says so?".
type Source struct {
	Actor        string          `json:"actor"`
	CorrectedBy  uint64          `json:"corrected_by,omitzero"`
	Documents    []Document      `json:"documents"` // none: asserted without document
	Effective    domain.Date     `json:"effective"` // as its words now stand
	Illustrative string          `json:"illustrative,omitempty"`
	InMinutes    bool            `json:"in_minutes,omitzero"` // the minutes of its sitting are its document
	Number       uint64          `json:"number"`
	OnBehalfOf   domain.MemberID `json:"on_behalf_of,omitempty"`
	Precision    string          `json:"precision,omitempty"` // of effective: "month" or "year"; left out for a day
	Recorded     domain.Instant  `json:"recorded"`
	Type         string          `json:"type"`
	Void         bool            `json:"void,omitzero"`
}

// A Document is the evidence that an event names.
type Document struct {
	Kind      string `json:"kind"`
	Reference string `json:"reference"`
	SHA256    string `json:"sha256,omitempty"` // left out where the document was not at hand
}

// SourceOf is one event of a group and what it rests on, as known. What its act says is the group's to tell: e needs none.
func SourceOf(g *domain.Group, known uint64, e *eventstore.Envelope) Source {
	said, stands := said(g, e.Number, known)
	return Source{
		Actor: e.Actor, CorrectedBy: g.CorrectedBy(e.Number, known), Documents: documents(e), Effective: said.Effective,
		Illustrative: e.Illustrative, InMinutes: domain.InMinutes(g.Original(e.Number).Act), Number: e.Number, OnBehalfOf: e.OnBehalfOf, Precision: precision(said.Effective),
		Recorded: e.Recorded, Type: e.Type, Void: !stands,
	}
}

func documents(e *eventstore.Envelope) []Document {
	found := make([]Document, len(e.Evidence))
	for i, d := range e.Evidence {
		found[i] = Document{Kind: d.Kind, Reference: d.Reference, SHA256: d.SHA256.String()}
	}
	return found
}

// said is what event n says, as known; where it is void, what it said when it was recorded, and false.
func (b *Book) said(n, known uint64) (e domain.Event, stands bool) { return said(b.Group, n, known) }

func said(g *domain.Group, n, known uint64) (e domain.Event, stands bool) {
	if e, stands = g.Said(n, known); !stands {
		e = g.Original(n)
	}
	return e, stands
}

// precision is how well a date is known, "" where to the day.
func precision(d domain.Date) string {
	if d.Precision == domain.PrecisionDay {
		return ""
	}
	return d.Precision.String()
}
