package replay

import (
	"reflect"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"registre/domain"
	"registre/eventstore"
)

// consequenceOf tells apart what follows by itself: a text enters into force once, and a vote is opened or decided once at a time.
func consequenceOf(act domain.Act) string { return typeOf(act) + " " + consequenceAbout(act) }

// consequenceAbout is the text, or the sitting and item, that an event which follows by itself is about.
func consequenceAbout(act domain.Act) string {
	switch act := act.(type) {
	case *domain.AvenantEnteredIntoForce:
		return string(act.Avenant)
	case *domain.VoteOpened:
		return string(act.Sitting) + " " + string(act.Item)
	case *domain.DecisionProclaimed:
		return string(act.Sitting) + " " + string(act.Item)
	}
	return ""
}

// typeOf names an act as its event is named.
func typeOf(act domain.Act) string {
	e := eventstore.NewEnvelope(&domain.Command{}, domain.Event{Act: act}, 1, [16]byte{}, 0)
	return e.Type
}

// compare holds an event to what follows by itself.
func (r *Retrial) compare(e *eventstore.Envelope, due domain.Event) {
	differs := differences(e, due)
	if len(differs) == 0 {
		return
	}
	kind := EntryUnfounded
	switch e.Act.(type) {
	case *domain.VoteOpened:
		kind = RollUnfounded
	case *domain.DecisionProclaimed:
		kind = TallyUnfounded
	}
	args := []string{"differs", strings.Join(differs, ", "), "type", e.Type}
	if said, ok := e.Act.(*domain.DecisionProclaimed); ok {
		is := due.Act.(*domain.DecisionProclaimed)
		args = append(args, "outcome", said.Outcome, "recounted", is.Outcome)
	}
	if kind == EntryUnfounded {
		args = append(args, "effective", e.Effective.String(), "follows", due.Effective.String())
	}
	r.find(kind, consequenceAbout(e.Act), []uint64{e.Number, r.Book.Head()}, args...)
}

// differences are the fields in which an event is otherwise than what follows; nil where it is the same.
func differences(e *eventstore.Envelope, due domain.Event) (fields []string) {
	if e.Effective == due.Effective && reflect.DeepEqual(e.Act, due.Act) {
		return nil // what is the same is written the same
	}
	was, errWas := dataOf(e, e.Event())
	is, errIs := dataOf(e, due)
	if errWas != nil || errIs != nil {
		return []string{"data"} // what follows has no form: it cannot be what stands there
	}
	if e.Effective != due.Effective {
		fields = append(fields, "effective")
	}
	if string(was) == string(is) {
		return fields
	}
	one, other := fieldsOf(was), fieldsOf(is)
	for key, value := range one {
		if string(other[key]) != string(value) {
			fields = append(fields, key)
		}
	}
	for key := range other {
		if _, ok := one[key]; !ok {
			fields = append(fields, key)
		}
	}
	slices.Sort(fields)
	return fields
}

// fieldsOf are the fields of an object in its one form.
func fieldsOf(object []byte) map[string]jsontext.Value {
	fields := map[string]jsontext.Value{}
	d := jsontext.NewDecoder(strings.NewReader(string(object)))
	if _, err := d.ReadToken(); err != nil {
		return fields
	}
	for d.PeekKind() == '"' {
		name, err := d.ReadToken()
		if err != nil {
			return fields
		}
		key := name.String()
		value, err := d.ReadValue()
		if err != nil {
			return fields
		}
		fields[key] = slices.Clone(value)
	}
	return fields
}

func sameEvidence(a, b []domain.Evidence) bool { return slices.Equal(a, b) }

// count counts what an act has judged.
func (c *Checked) count(act domain.Act) {
	if eventstore.FollowsByItself(act) {
		c.Consequences++
	} else {
		c.Commands++
	}
	switch act := act.(type) {
	case *domain.VoteOpened:
		c.Rolls++
	case *domain.DecisionProclaimed:
		c.Tallies++
	case *domain.AvenantEnteredIntoForce:
		c.Entries++
	case *domain.OrderIssued, *domain.OrderAmended:
		c.Ceilings++
	case *domain.WeightsSet:
		c.stated(act)
	case *domain.GroupFounded:
		c.statedIn(act.Changes)
	case *domain.AvenantDrafted:
		c.statedIn(act.Changes)
	}
}

func (c *Checked) statedIn(changes []domain.Change) {
	for _, change := range changes {
		if set, ok := change.(*domain.WeightsSet); ok {
			c.stated(set)
		}
	}
}

func (c *Checked) stated(set *domain.WeightsSet) {
	if set.StatedTotal != nil {
		c.StatedTotals++
	}
}
