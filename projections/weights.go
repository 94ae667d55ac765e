package projections

import (
	"fmt"
	"strconv"
	"sync"

	"registre/domain"
	"registre/projections/canonical"
)

// An OptionalWeight is a weight, or none where none can be said. In JSON it is the weight's one spelling, or left out.
type OptionalWeight struct {
	Weight domain.Weight
	Given  bool
}

// IsZero reports whether there is no weight. A weight of 0 is one.
func (w OptionalWeight) IsZero() bool { return !w.Given }

// AppendText appends the weight as domain.Weight spells it.
func (w OptionalWeight) AppendText(b []byte) ([]byte, error) { return w.Weight.AppendText(b) }

// MarshalText is AppendText to nothing.
func (w OptionalWeight) MarshalText() ([]byte, error) { return w.AppendText(nil) }

// UnmarshalText reads a weight as MarshalText spells it.
func (w *OptionalWeight) UnmarshalText(text []byte) error {
	w.Given = true
	return w.Weight.UnmarshalText(text)
}

// WeightsAnswer says who holds how many voices in a body.
type WeightsAnswer struct {
	At          domain.Day     `json:"at"`
	Body        domain.BodyID  `json:"body"`
	Doubtful    []Doubt        `json:"doubtful,omitempty"`
	Group       domain.GroupID `json:"group"`
	Known       uint64         `json:"known"`
	Members     WeightEntries  `json:"members"`               // by their ids; who holds none is not there
	StatedTotal *domain.Weight `json:"stated_total,omitzero"` // a quotation, as long as the weights stand that it was stated with
	Total       OptionalWeight `json:"total,omitzero"`        // computed; none where nobody holds a weight, or one is undetermined
}

// WeightEntry is the weight of one member. Undetermined says that nobody has given it yet.
type WeightEntry struct {
	Member       domain.MemberID `json:"member"`
	Undetermined bool            `json:"undetermined,omitzero"`
	Weight       OptionalWeight  `json:"weight,omitzero"`
	Why          []uint64        `json:"why,omitempty"` // the events that it follows from
}

// WeightEntries are the weights of some members.
type WeightEntries []WeightEntry

// AppendCanonical implements canonical.Appender.
func (all WeightEntries) AppendCanonical(b []byte) (_ []byte, err error) {
	b = append(b, '[')
	for i := range all {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = all[i].append(b); err != nil {
			return b, err
		}
	}
	return append(b, ']'), nil
}

func (e *WeightEntry) append(b []byte) (_ []byte, err error) {
	if b, err = canonical.AppendString(append(b, `{"member":`...), string(e.Member)); err != nil {
		return b, err
	}
	if e.Undetermined {
		b = append(b, `,"undetermined":true`...)
	}
	if e.Weight.Given {
		if b, err = e.Weight.AppendText(append(b, `,"weight":"`...)); err != nil {
			return b, err
		}
		b = append(b, '"')
	}
	for i, n := range e.Why {
		if i == 0 {
			b = append(b, `,"why":[`...)
		} else {
			b = append(b, ',')
		}
		b = strconv.AppendUint(b, n, 10)
	}
	if len(e.Why) > 0 {
		b = append(b, ']')
	}
	return append(b, '}'), nil
}

// weightRows is room for the rows that an answer is made of.
var weightRows = sync.Pool{New: func() any { return new([]domain.WeightRow) }}

// Weights answers: who holds how many voices in the body? A body that does not exist at q has no members and no total,
// and that is no error. Its error matches domain.ErrOverflow: the weights are too fine to be added up.
//
// Without why it takes logarithmic time in the length of the history, and an allocation.
func Weights(g *domain.Group, q Question, body domain.BodyID, why bool) (WeightsAnswer, error) {
	q = q.resolved(g)
	a := WeightsAnswer{At: q.At, Body: body, Group: q.Group, Known: q.Known}
	room := weightRows.Get().(*[]domain.WeightRow)
	defer weightRows.Put(room)
	w, err := g.AppendWeights((*room)[:0], body, q.Pair())
	if err != nil {
		return a, fmt.Errorf("weights of %s in %s on %v: %w", q.Group, body, q.At, err)
	}
	if w.Rows != nil {
		*room = w.Rows
	}
	a.Doubtful = doubts(g, q.Pair(), domain.TouchWeights|domain.TouchBodies, body)
	if w.Stated != nil {
		stated := *w.Stated // whoever has the answer does not have the act
		a.StatedTotal = &stated
	}
	a.Total = OptionalWeight{Weight: w.Total, Given: len(w.Rows) > 0 && !w.Undetermined}
	if !a.Total.Given {
		a.Total.Weight = domain.Weight{}
	}
	a.Members = make([]WeightEntry, len(w.Rows))
	var all, some []uint64 // the events of all rows, in one piece where they fit
	if why {
		all = make([]uint64, 0, 4*len(w.Rows))
	}
	for i := range w.Rows {
		row, entry := &w.Rows[i], &a.Members[i]
		entry.Member, entry.Undetermined = row.Member, row.Undetermined
		if !row.Undetermined {
			entry.Weight = OptionalWeight{Weight: row.Weight, Given: true}
		}
		if why {
			from := len(all)
			some = g.AppendWhyWeight(some[:0], body, row.Member, q.Pair())
			all = appendBecause(all, g, q.Known, some)
			entry.Why = all[from:len(all):len(all)]
		}
	}
	return a, nil
}
