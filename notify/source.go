// Package notify brings notices to whoever subscribed to them: each at least once, in the order of its register.
package notify

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"iter"
	"slices"
	"time"

	"registre/domain"
	"registre/eventstore"
	"registre/projections"
	"registre/replay"
)

// A Log is the ledger, as far as notices need it.
type Log interface {
	Events(ctx context.Context, group domain.GroupID, after uint64) iter.Seq2[eventstore.Envelope, error]
	Heads(ctx context.Context) ([]eventstore.Head, error)
	Known(ctx context.Context, group domain.GroupID, t domain.Instant) (n uint64, provisional bool, err error)
	View(ctx context.Context, group domain.GroupID, look func(*eventstore.View) error) error
}

// A Source makes the notices of the registers of a log.
type Source struct {
	Log  Log
	Now  func() domain.Instant // by the log's own clock
	Page uint64                // events that are gone through in one go; 0 for 256
	Lag  time.Duration         // how long after an instant others may yet record something stamped before it; 0 where nobody else writes
}

// Past is the instant up to which nobody records anything any more, but for what this process itself is writing.
func (s *Source) Past() domain.Instant { return domain.InstantOf(s.Now().Time().Add(-s.Lag)) }

// A Place is how far a register has been gone through: all notices of the events up to Done, of the next event those up to Part,
// and the findings of the days that ended with an event up to Found.
type Place struct {
	Done  uint64 `json:"done"`
	Found uint64 `json:"found,omitzero"`
	Part  string `json:"part,omitempty"` // the id of a notice
}

// A Step is a notice, and the place behind it.
type Step struct {
	Notice *projections.Notice // nil where there is none, and only the place moves
	Behind Place
	audit  bool           // it stands for the findings of a day
	at     domain.Instant // when the event was recorded that it is of
}

// pageSize bounds how many events are gone through in one go.
const pageSize uint64 = 256

// After gives the steps behind a place: the notices of up to some hundred events, with findings also what an audit of each past day
// found. None means that there is nothing yet, as behind a place that the register has not come to. Whatever the size of the steps, together they are the same.
//
// A day's findings are those that an audit finds at the end of the day in Paris on which the last event they follow from was recorded,
// and did not find at the end of the day before on which something was; without what is only worth knowing. They come with the last
// event of the day.
func (s *Source) After(ctx context.Context, group domain.GroupID, p Place, findings bool) (steps []Step, err error) {
	var day *days
	var over domain.Day
	if findings {
		if over, _, err = s.over(ctx, group); err != nil {
			return nil, err
		}
	}
	err = s.Log.View(ctx, group, func(v *eventstore.View) error {
		if p.Done > v.Head {
			return nil // the register was put back to what it was
		}
		to := min(v.Head, p.Done+cmp.Or(s.Page, pageSize))
		var numbers []uint64
		for n := p.Done + 1; n <= to; n++ {
			numbers = append(numbers, n)
		}
		all, err := v.Envelopes(ctx, numbers...)
		if err != nil {
			return err
		}
		if findings {
			day = &days{view: v, over: over}
		}
		at := p
		for i := range all {
			steps = append(steps, day.end(&at)...)
			steps = append(steps, stepsOf(v.State, &all[i], inventions(v, all[i].Number), &at)...)
		}
		steps = append(steps, day.end(&at)...)
		return nil
	})
	if err != nil || day == nil {
		return steps, err
	}
	return s.audited(ctx, group, p.Part, steps)
}

// inventions say what of the events up to one is invented; nil where nothing is.
func inventions(v *eventstore.View, known uint64) func(uint64) string {
	if !v.IsIllustrative(known) {
		return nil
	}
	return v.Illustrative
}

// stepsOf are the steps through one event, the next behind a place.
func stepsOf(g *domain.Group, e *eventstore.Envelope, invented func(uint64) string, at *Place) (steps []Step) {
	all := projections.Notices(g, e, invented)
	first := slices.IndexFunc(all, func(n projections.Notice) bool { return n.ID() == at.Part }) + 1
	for i := first; i < len(all); i++ {
		at.Part = all[i].ID()
		steps = append(steps, Step{Notice: &all[i], Behind: *at, at: e.Recorded})
	}
	at.Done, at.Part = e.Number, ""
	if n := len(steps); n > 0 {
		steps[n-1].Behind = *at
		return steps
	}
	return []Step{{Behind: *at, at: e.Recorded}}
}

// over is the day of a register's last event, if nothing of that day can come any more, and 0 otherwise; settled is false where it has passed,
// and an append of it may yet be written of which nobody knows what became.
func (s *Source) over(ctx context.Context, group domain.GroupID) (day domain.Day, settled bool, err error) {
	last := domain.LastDay
	err = s.Log.View(ctx, group, func(v *eventstore.View) error {
		if v.Head > 0 {
			last = v.Recorded(v.Head).Day()
		}
		return nil
	})
	if err != nil || last >= s.Past().Day() {
		return 0, true, err
	}
	_, doubtful, err := s.Log.Known(ctx, group, domain.EndOfDay(last)) // which waits for what is being written
	if err != nil || doubtful {
		return 0, false, err
	}
	return last, true, nil
}

// Settled reports whether the findings of every day that has passed can be told of a register: where not, it is asked again.
func (s *Source) Settled(ctx context.Context, group domain.GroupID) (bool, error) {
	_, settled, err := s.over(ctx, group)
	return settled, err
}

// days knows which events are the last of their days in Paris.
type days struct {
	view *eventstore.View
	over domain.Day // up to which nothing more comes; 0 where that is not known
}

// end is a step that stands for the findings of the day that ended with the event before a place, if it did and they are still to come.
func (d *days) end(at *Place) []Step {
	if d == nil || at.Done == 0 || at.Found >= at.Done {
		return nil
	}
	day := d.view.Recorded(at.Done).Day()
	over := day <= d.over
	if at.Done < d.view.Head {
		over = day < d.view.Recorded(at.Done+1).Day()
	}
	if !over {
		return nil
	}
	at.Found, at.Part = at.Done, ""
	return []Step{{Behind: *at, audit: true}}
}

// errCutOff says that a register ended before its end: whoever asked has left meanwhile.
var errCutOff = errors.New("the register was not read to its end")

// audited puts the findings of each day in the place of the step that stands for them, behind the one named.
func (s *Source) audited(ctx context.Context, group domain.GroupID, part string, steps []Step) (all []Step, err error) {
	var book *replay.Book
	for i := range steps {
		if !steps[i].audit {
			all = append(all, steps[i])
			continue
		}
		if book == nil {
			book, err = replay.Fold(s.Log.Events(ctx, group, 0))
			if err == nil && book.Head() < steps[i].Behind.Done {
				err = errors.Join(errCutOff, ctx.Err())
			}
			if err != nil {
				return nil, err
			}
		}
		behind := steps[i].Behind
		raised := raisedOn(book, behind.Done)
		raised = raised[slices.IndexFunc(raised, func(n projections.Notice) bool { return n.ID() == part })+1:]
		for j := range raised {
			at := Place{Done: behind.Done, Found: behind.Found - 1, Part: raised[j].ID()}
			if j == len(raised)-1 {
				at = behind
			}
			all = append(all, Step{Notice: &raised[j], Behind: at})
		}
		if len(raised) == 0 {
			all = append(all, Step{Behind: behind})
		}
	}
	return all, nil
}

// raisedOn are the findings that an audit makes with event n, and did not make with the last event of an earlier day.
func raisedOn(b *replay.Book, n uint64) (raised []projections.Notice) {
	last, _ := b.Register.Recorded(n)
	before := n - 1
	for ; before > 0; before-- {
		if at, _ := b.Register.Recorded(before); at.Day() < last.Day() {
			break
		}
	}
	had := map[string]bool{}
	for _, f := range replay.Findings(b, domain.Pair{Known: before}) {
		had[f.Identity()] = true
	}
	e := b.Envelope(n)
	for _, f := range replay.Findings(b, domain.Pair{Known: n}) {
		if f.Severity == replay.Info || had[f.Identity()] {
			continue
		}
		had[f.Identity()] = true
		raised = append(raised, projections.Notice{
			Data: projections.NoticeData{Effective: e.Effective, Finding: &projections.FindingNotice{
				Args: f.Args, Code: f.Code, Events: f.Events, Identity: identity(&f), Name: f.Name, Severity: f.Severity, Subject: f.Subject,
			}},
			Group: e.Group, Illustrative: invented(b, f.Events), Kind: projections.FindingRaised, Number: n, Recorded: e.Recorded,
		})
	}
	slices.SortFunc(raised, func(x, y projections.Notice) int { return x.Compare(&y) })
	return raised
}

// invented says what of some events is.
func invented(b *replay.Book, events []uint64) string {
	for _, n := range events {
		if what := b.Illustrative(n); what != "" {
			return what
		}
	}
	return ""
}

// identity tells a finding from every other of its register, in few letters.
func identity(f *replay.Finding) string {
	sum := sha256.Sum256([]byte(f.Identity()))
	return hex.EncodeToString(sum[:8])
}
