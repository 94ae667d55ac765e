package replay

import (
	"slices"
	"strconv"

	"registre/domain"
	"registre/eventstore"
)

// An Answer to a finding explains it: who says so, when, and with which documents. It is no less a finding for that.
type Answer struct {
	Actor      string          `json:"actor"`
	Documents  []Document      `json:"documents"`         // none: the explanation is asserted
	Earlier    []uint64        `json:"earlier,omitempty"` // the events of the finding as it was answered, where they are others now
	Effective  domain.Date     `json:"effective"`
	Event      uint64          `json:"event"` // that is the answer
	OnBehalfOf domain.MemberID `json:"on_behalf_of,omitempty"`
	Recorded   domain.Instant  `json:"recorded"`
	Text       string          `json:"text"`
}

// Open reports whether the finding is still open: nobody has answered it as it now is; or it is an error of a replay, that the
// register is not one that the program can have written, which no words of whoever kept it can settle.
func (f *Finding) Open() bool { return !f.Answered || f.Severity == Error && ofReplay(f.Code) }

// AnswerThem gives the findings the answers that were recorded of them, as known at p, given on p.At or before (0: whenever). An
// answer is of a finding with its code, its events, in whatever order, and its subject; where it names no subject, of any. One whose
// finding rests on other events now, though on the same first one, answers an earlier form of it: the finding stays open.
//
// It returns the answers that are of none of the findings.
func AnswerThem(b *Book, p domain.Pair, found []Finding) (left []domain.AnswerRow) {
	if p.At == 0 {
		p.At = domain.LastDay
	}
	return answerThem(b.Group.Answers(p), b.envelope, found)
}

func (b *Book) envelope(n uint64) *eventstore.Envelope {
	e := b.Envelope(n)
	return &e
}

func answerThem(answers []domain.AnswerRow, envelope func(uint64) *eventstore.Envelope, found []Finding) (left []domain.AnswerRow) {
	for _, row := range answers {
		met := false
		for i := range found {
			if f := &found[i]; f.meant(row.FindingAnswered) {
				met = true
				f.answer(envelope(row.Event), &row)
			}
		}
		if !met {
			left = append(left, row)
		}
	}
	return left
}

// meant reports whether an answer is of the finding, or of an earlier form of it.
func (f *Finding) meant(a *domain.FindingAnswered) bool {
	return a.Finding == f.Code && (a.Subject == "" || a.Subject == f.Subject) && (a.Events[0] == f.Events[0] || sameNumbers(a.Events, f.Events))
}

func (f *Finding) answer(e *eventstore.Envelope, row *domain.AnswerRow) {
	said := Answer{
		Actor: e.Actor, Documents: documents(e), Effective: domain.OnDay(row.Day), Event: row.Event, OnBehalfOf: e.OnBehalfOf, Recorded: e.Recorded, Text: row.Text,
	}
	if sameNumbers(row.Events, f.Events) {
		f.Answered = true
	} else {
		said.Earlier = row.Events
	}
	f.Answers = append(f.Answers, said)
}

func sameNumbers(a, b []uint64) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// ofReplay reports whether a finding with a code is one of a replay alone: what answers it is no concern of Findings.
func ofReplay(code string) bool { return "F0800" <= code && code < "F0850" }

// answers gives the findings their answers, and finds the answers that are of none.
func (a *Audit) answers() {
	for _, row := range answerThem(a.answer, func(n uint64) *eventstore.Envelope { return a.wanted[n] }, a.found) {
		a.left(row)
	}
}

// left finds an answer that is of none of the findings.
func (a *Audit) left(row domain.AnswerRow) {
	if !ofReplay(row.Finding) && a.inSight(row.Events) {
		a.find(AnswerLeft, row.Subject, append([]uint64{row.Event}, row.Events...), "finding", row.Finding)
	}
}

// inSight reports whether what these events say counts by the day that is asked of, or is void.
func (a *Audit) inSight(numbers []uint64) bool {
	for _, n := range numbers {
		if said, stands := a.g.Said(n, a.known); stands && said.Effective.First > a.at {
			return false
		}
	}
	return true
}

// erased finds the documents of an event that were erased.
func (a *Audit) erased(f *fact) {
	for _, d := range f.envelope.Evidence {
		if row, ok := a.g.Document(d.SHA256, a.on(a.at)); ok && row.ErasedBy > 0 {
			a.find(EvidenceErased, strconv.FormatUint(f.number, 10), []uint64{f.number, row.ErasedBy}, "kind", d.Kind, "reason", row.Erased.Reason, "reference", d.Reference)
		}
	}
}
