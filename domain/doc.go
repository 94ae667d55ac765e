// Package domain is the law of the ledger: what can be recorded of a purchasing group, when it is refused, and what holds
// on any day, as known at any point of the register. It is pure: no clock, no input or output, nothing but the standard
// library and uuid.
//
// # Two times
//
// Every fact counts from a civil day on (Event.Effective) and is known from its number in the register on. A Group keeps
// both. A question names a Pair of them, and for all pairs q and all events e numbered above q.Known:
//
//	answer(Evolve(g, e), q) = answer(g, q)
//
// # Three functions
//
//	Decide(group, command) → events, or a *Refusal     judges; pure
//	Follow(group)          → an event, or none         what follows by itself; pure
//	Evolve(group, event)   → group                     records; never fails, never judges
//
// Enact puts them together. A rule is judged on the effective day, on the timelines as known now: a late fact that
// contradicts something later is accepted, and an audit reports it.
//
// # Corrections
//
// An event is never changed. A correction names it and says it anew, or voids it: for every known from the correction's
// number on, history folds as if the event had said so. What was decided in the meantime is not decided again.
//
// # What takes effect
//
// Facts lie on timelines, in the order of their Places: by day, then number, then rank within the event. A day known as
// a month or a year counts from its first day; inside the doubtful interval Group.Doubts says so. A weight is evaluated
// when asked: the table last set in the body, or the member's own weight if it is younger, and a weight by succession
// sums those of the predecessors just before it. So a fact that arrives late touches its own timeline alone.
package domain
