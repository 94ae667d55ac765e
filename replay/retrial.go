package replay

import (
	"fmt"
	"iter"

	"registre/domain"
	"registre/eventstore"
)

// A Retrial decides a register again. Of each command that its events tell of it asks the rules that were in force then, as they
// were known then, whether they let it pass; and each event that follows by itself it holds to what does follow. So the roll of
// every vote, the tally of every decision, with its quorum and its majority, the day of every text in force and the ceiling of every
// order form are reckoned anew.
//
// It goes on after what it finds, from the register as it stands: what contradicts a rule counts from then on, as it did.
//
// It keeps of each event what a Book keeps, and not its body. It is not for several goroutines at once.
type Retrial struct {
	Book     *Book
	Checked  Checked
	Findings []Finding // in the order of the events; those of ids that occur twice, once it is closed, behind

	clock    domain.Instant
	commands seenIDs
	ids      seenIDs
	owed     map[string]bool     // what should have followed and does not stand there
	command  eventstore.Envelope // the event of the command whose events are read
	recorded domain.Instant      // of the last event, as it says
	strange  strangeIDs
}

// Checked says how much was decided again.
type Checked struct {
	Events       uint64 `json:"events"`
	Commands     uint64 `json:"commands"`      // judged by the rules of their moment
	Consequences uint64 `json:"consequences"`  // events that follow by themselves, made again and compared
	Rolls        uint64 `json:"rolls"`         // of these, the rolls of votes: who votes, with which weight, under which rule
	Tallies      uint64 `json:"tallies"`       // the decisions: their counts, quorum, majority and outcome
	Entries      uint64 `json:"entries"`       // the texts in force: on which day, by whose approvals and signatures
	StatedTotals uint64 `json:"stated_totals"` // quoted in a document, and added up again
	Ceilings     uint64 `json:"ceilings"`      // of the commands, those that a ceiling bounds
}

// NewRetrial begins one, at the instant that whoever audits takes for now; 0 for none, and then nothing lies in the future.
func NewRetrial(now domain.Instant) *Retrial {
	return &Retrial{Book: &Book{Group: &domain.Group{}}, Findings: []Finding{}, clock: now, owed: map[string]bool{}}
}

// Expect makes room for so many events. There may be more, or fewer.
func (r *Retrial) Expect(events uint64) {
	r.Book.Group.Expect(int(events))
}

// Retry decides all of a register again. Its error is that of the reading, or a *eventstore.DamageError where an event is of another
// group or number than its place: then the retrial is of what stands before.
func Retry(events iter.Seq2[eventstore.Envelope, error], now domain.Instant) (*Retrial, error) {
	r := NewRetrial(now)
	return r, r.Read(events)
}

// Read applies events to the last, and closes the retrial. It fails as Retry does.
func (r *Retrial) Read(events iter.Seq2[eventstore.Envelope, error]) error {
	for e, err := range events {
		if err == nil {
			err = r.Apply(e)
		}
		if err != nil {
			r.again()
			return err
		}
	}
	r.Close()
	return nil
}

// Apply decides the next event again. It fails with a *eventstore.DamageError, and leaves r as it was, where the event is of another
// group or number than its place.
func (r *Retrial) Apply(e eventstore.Envelope) error {
	b := r.Book
	if n := b.Head() + 1; e.Number != n || n > 1 && e.Group != b.ID() {
		return &eventstore.DamageError{Group: e.Group, Number: n, Cause: fmt.Errorf("event %d of %s stands there", e.Number, e.Group)}
	}
	r.Checked.Events++
	if eventstore.FollowsByItself(e.Act) {
		r.followed(&e)
	} else {
		r.settled()
		r.commanded(&e)
	}
	r.stamped(&e)
	b.Group = domain.Evolve(b.Group, e.Event())
	b.around.add(&e)
	r.recorded = e.Recorded
	return r.register(e)
}

// register keeps the instants ascending, whatever the event says.
func (r *Retrial) register(e eventstore.Envelope) error {
	if last, ok := r.Book.Register.Recorded(e.Number - 1); ok {
		e.Recorded = max(e.Recorded, last+1)
	}
	return r.Book.Register.Apply(&e)
}

// Close ends the retrial: what should have followed on the last event does not any more.
func (r *Retrial) Close() {
	r.settled()
	r.again()
	r.strange.end(r)
}

// commanded judges a command that nobody was told of before.
func (r *Retrial) commanded(e *eventstore.Envelope) {
	r.commands.note(e.Command)
	r.command = *e
	c, ok := eventstore.CommandOf(e)
	if !ok {
		r.find(GivenByNothing, number(e.Number), []uint64{e.Number}, "type", e.Type)
		return
	}
	r.Checked.count(e.Act)
	events, err := domain.Decide(r.Book.Group, c)
	switch {
	case err != nil:
		r.refused(e, err)
	case len(events) != 1 || events[0].Act != e.Act || events[0].Effective != e.Effective:
		r.find(GivenByNothing, number(e.Number), []uint64{e.Number}, "type", e.Type)
	}
}

// refused finds a command that was taken though a rule refuses it.
func (r *Retrial) refused(e *eventstore.Envelope, err error) {
	switch err := err.(type) {
	case *domain.Refusal:
		r.find(AgainstRule, number(e.Number), []uint64{e.Number}, "day", err.Day.String(), "of", err.Subject, "rule", err.Rule.Name, "type", e.Type).Rule = err.Rule.Code
	case *domain.Malformed:
		r.find(AgainstForm, number(e.Number), []uint64{e.Number}, "field", err.Field, "type", e.Type)
	}
}

// settled finds what follows by itself from what stands, and has not followed.
func (r *Retrial) settled() {
	for e := range domain.Following(r.Book.Group) {
		key := consequenceOf(e.Act)
		if r.owed[key] {
			continue
		}
		r.owed[key] = true
		r.find(ConsequenceMissing, consequenceAbout(e.Act), []uint64{r.Book.Head()}, "effective", e.Effective.String(), "type", typeOf(e.Act))
	}
}

// followed holds an event that follows by itself to what follows.
func (r *Retrial) followed(e *eventstore.Envelope) {
	r.Checked.count(e.Act)
	key := consequenceOf(e.Act)
	for due := range domain.Following(r.Book.Group) {
		if consequenceOf(due.Act) == key {
			delete(r.owed, key)
			r.compare(e, due)
			r.carried(e)
			return
		}
	}
	r.find(GivenByNothing, number(e.Number), []uint64{e.Number}, "type", e.Type)
}

// carried wants an event that follows by itself to say of whom and of which documents it comes as its command does.
func (r *Retrial) carried(e *eventstore.Envelope) {
	c := &r.command
	switch {
	case c.Command != e.Command:
		r.find(OtherCommand, number(e.Number), []uint64{e.Number, r.Book.Head()}, "type", e.Type)
	case c.Actor != e.Actor || c.OnBehalfOf != e.OnBehalfOf || c.Illustrative != e.Illustrative || !sameEvidence(c.Evidence, e.Evidence):
		r.find(OtherSurroundings, number(e.Number), []uint64{e.Number, c.Number}, "type", e.Type)
	}
}

func (r *Retrial) find(k *FindingKind, subject string, events []uint64, args ...string) *Finding {
	r.Findings = append(r.Findings, findingOf(k, subject, events, args...))
	return &r.Findings[len(r.Findings)-1]
}

// All is what the retrial has found, and what Findings does for p, in the order of Findings.
func (r *Retrial) All(p domain.Pair) []Finding { return together(r.Each(p)) }

// Before is what All was at an earlier end of the register, p.Known: of the retrial, what it had found up to there.
func (r *Retrial) Before(p domain.Pair) []Finding { return together(r.EachBefore(p)) }
