package replay

import (
	"strconv"

	"registre/domain"
	"registre/eventstore"
)

// records finds what strikes in how an event was recorded.
func (a *Audit) records(f *fact) {
	event := []uint64{f.number}
	subject := strconv.FormatUint(f.number, 10)
	date := f.said.Effective
	if late(f.envelope, date) {
		a.find(Late, subject, event, "effective", date.String(), "recorded", f.envelope.Recorded.String(), "type", f.envelope.Type)
	}
	if date.Precision != domain.PrecisionDay {
		a.find(DoubtfulDate, subject, event, "effective", date.String(), "precision", date.Precision.String(), "type", f.envelope.Type)
	}
	derived := eventstore.FollowsByItself(f.said.Act)
	if len(f.envelope.Evidence) == 0 && !derived && !a.minuted(f.said.Act) && !isItsDocument(f.said.Act) {
		a.find(AssertedWithoutDocument, subject, event, "type", f.envelope.Type)
	}
	for _, d := range f.envelope.Evidence {
		if d.SHA256.IsZero() && !derived {
			a.find(DocumentWithoutHash, subject, event, "kind", d.Kind, "reference", d.Reference)
		}
	}
	if f.envelope.Illustrative != "" {
		a.find(Illustrative, subject, event, "illustrative", f.envelope.Illustrative, "type", f.envelope.Type)
	}
	if c, ok := f.said.Act.(*domain.EventCorrected); ok && c.Kind == domain.Substantive {
		a.find(SubstantiveCorrection, strconv.FormatUint(c.Target, 10), []uint64{f.number, c.Target}, "reason", c.Reason, "voids", strconv.FormatBool(c.Replacement == nil))
	}
}

// isItsDocument reports whether an act says that a document is at hand: it needs no other.
func isItsDocument(act domain.Act) bool {
	_, ok := act.(*domain.DocumentAdded)
	return ok
}

// minuted reports whether the document of an act is the minutes of its sitting. One that is over wants these: its end counts as
// asserted until they are approved.
func (a *Audit) minuted(act domain.Act) bool {
	switch act := act.(type) {
	case *domain.SittingClosed:
		return a.approved(act.Sitting)
	case *domain.SittingAdjourned:
		return a.approved(act.Sitting)
	}
	return domain.InMinutes(act)
}

func (a *Audit) approved(id domain.SittingID) bool {
	s := a.sitting(id)
	return s != nil && s.Approved > 0
}
