package replay_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/projections/casetest"
	"registre/replay"
)

// A forgery is what somebody did to a register whose every hash and signature he can make again, and what a retrial finds.
type forgery struct {
	kind *replay.FindingKind
	do   func(es []eventstore.Envelope) []eventstore.Envelope
	want replay.Finding // Code, Name, Severity and (unless given) Rule are those of the kind
}

// told is the register that is forged: a vote, events 6 to 10, and a text that enters into force, events 11 to 18.
func told(t *testing.T) []eventstore.Envelope {
	c := founded(t)
	adopted(c)
	c.Tell("2020-05-01", draft(nil), doc)
	carry(c, "2020-06-01")
	require.Equal(t, uint64(18), c.Group.Head())
	for i := range c.Envelopes {
		c.Envelopes[i].ID = madeAt(c.Envelopes[i].Recorded, uint64(i))
	}
	return c.Envelopes
}

// madeAt is an id of version 7.
func madeAt(t domain.Instant, n uint64) (id uuid.UUID) {
	ms := uint64(t) / 1000
	for i := range 6 {
		id[i] = byte(ms >> (40 - 8*i))
	}
	id[6], id[8], id[14], id[15] = 0x70, 0x80, byte(n>>8), byte(n)
	return id
}

// without leaves event n out, and numbers the others anew.
func without(n int) func(es []eventstore.Envelope) []eventstore.Envelope {
	return func(es []eventstore.Envelope) []eventstore.Envelope { return renumbered(slices.Delete(es, n-1, n)) }
}

// with changes event n.
func with(n int, change func(e *eventstore.Envelope)) func(es []eventstore.Envelope) []eventstore.Envelope {
	return func(es []eventstore.Envelope) []eventstore.Envelope {
		change(&es[n-1])
		return es
	}
}

// after puts in a copy of event n, changed, after event at.
func after(at, n int, change func(e *eventstore.Envelope)) func(es []eventstore.Envelope) []eventstore.Envelope {
	return func(es []eventstore.Envelope) []eventstore.Envelope {
		e := es[n-1]
		e.Recorded = es[at-1].Recorded + 1
		e.ID = madeAt(e.Recorded, 999)
		change(&e)
		return renumbered(slices.Insert(es, at, e))
	}
}

func renumbered(es []eventstore.Envelope) []eventstore.Envelope {
	for i := range es {
		es[i].Number = uint64(i) + 1
	}
	return es
}

// another is a copy of an act with a change.
func another[T any](act domain.Act, change func(*T)) domain.Act {
	copied := *any(act).(*T)
	change(&copied)
	return any(&copied).(domain.Act)
}

var otherID = uuid.MustParse("0190a0a0-0000-7000-8000-000000000001")

var forgeries = map[string]forgery{
	"the same votes cast again": {
		kind: replay.AgainstRule, do: after(8, 8, func(e *eventstore.Envelope) { e.Command = otherID }),
		want: replay.Finding{Rule: domain.NothingChanges.Code, Subject: "9", Events: []uint64{9}, Args: args("day", "2020-03-20", "of", "1", "rule", "nothing-changes", "type", "votes-cast")},
	},
	"a command without an actor": {
		kind: replay.AgainstForm, do: with(2, func(e *eventstore.Envelope) { e.Actor = "" }),
		want: replay.Finding{Subject: "2", Events: []uint64{2}, Args: args("field", "actor", "type", "weights-set")},
	},
	"a text enters into force twice": {
		kind: replay.GivenByNothing, do: after(18, 18, func(*eventstore.Envelope) {}),
		want: replay.Finding{Subject: "19", Events: []uint64{19}, Args: args("type", "avenant-entered-into-force")},
	},
	"a decision under another command": {
		kind: replay.OtherCommand, do: with(10, func(e *eventstore.Envelope) { e.Command = otherID }),
		want: replay.Finding{Subject: "10", Events: []uint64{10, 9}, Args: args("type", "decision-proclaimed")},
	},
	"a decision by somebody else": {
		kind: replay.OtherSurroundings, do: with(10, func(e *eventstore.Envelope) { e.Actor = "mallory" }),
		want: replay.Finding{Subject: "10", Events: []uint64{10, 9}, Args: args("type", "decision-proclaimed")},
	},
	"a decision left out": {
		kind: replay.ConsequenceMissing, do: without(10),
		want: replay.Finding{Subject: "s 1", Events: []uint64{9}, Args: args("effective", "2020-03-20", "type", "decision-proclaimed")},
	},
	"an entry into force left out at the end": {
		kind: replay.ConsequenceMissing, do: without(18),
		want: replay.Finding{Subject: "av", Events: []uint64{17}, Args: args("effective", "2020-06-01", "type", "avenant-entered-into-force")},
	},
	"a ballot turned": {
		kind: replay.TallyUnfounded,
		do: with(8, func(e *eventstore.Envelope) {
			e.Act = &domain.VotesCast{Item: "1", Sitting: "s", Votes: slices.Concat(casetest.Votes(domain.SenseAgainst, "a"), casetest.Votes(domain.SenseFor, "b", "c"))}
		}),
		want: replay.Finding{Subject: "s 1", Events: []uint64{10, 9}, Args: args("differs", "against, for, outcome, tie", "outcome", "adopted", "recounted", "rejected", "type", "decision-proclaimed")},
	},
	"a weight on the roll changed": {
		kind: replay.RollUnfounded,
		do: with(7, func(e *eventstore.Envelope) {
			e.Act = another(e.Act, func(a *domain.VoteOpened) {
				a.Roll = slices.Clone(a.Roll)
				a.Roll[0].Weight = casetest.W("3")
			})
		}),
		want: replay.Finding{Subject: "s 1", Events: []uint64{7, 6}, Args: args("differs", "roll", "type", "vote-opened")},
	},
	"an entry into force brought forward": {
		kind: replay.EntryUnfounded, do: with(18, func(e *eventstore.Envelope) { e.Effective = domain.OnDay(casetest.Day("2020-05-15")) }),
		want: replay.Finding{Subject: "av", Events: []uint64{18, 17}, Args: args("differs", "effective", "effective", "2020-05-15", "follows", "2020-06-01", "type", "avenant-entered-into-force")},
	},
	"two commands under one id": {
		kind: replay.CommandTwice, do: func(es []eventstore.Envelope) []eventstore.Envelope {
			es[12].Command = es[11].Command
			return es
		},
	},
	"two events under one id": {
		kind: replay.EventIDTwice, do: func(es []eventstore.Envelope) []eventstore.Envelope {
			es[12].ID = es[2].ID
			return es
		},
	},
	"an instant that goes back": {
		kind: replay.InstantGoesBack, do: func(es []eventstore.Envelope) []eventstore.Envelope {
			es[12].Recorded = es[11].Recorded
			return es
		},
	},
	"an instant to come": {
		kind: replay.InstantAhead, do: with(18, func(e *eventstore.Envelope) {
			e.Recorded = domain.EndOfDay(casetest.Day("2031-01-01"))
			e.ID = madeAt(e.Recorded, 1)
		}),
	},
	"an instant that its id does not know": {
		kind: replay.EventIDTime, do: with(18, func(e *eventstore.Envelope) { e.ID = madeAt(e.Recorded+3600e6, 1) }),
		want: replay.Finding{Subject: "18", Events: []uint64{18}, Args: args("count", "1", "minutes", "59")},
	},
	"ids that tell no time": {
		kind: replay.EventIDOther, do: with(3, func(e *eventstore.Envelope) { e.ID = uuid.NewSHA1(uuid.NameSpaceURL, nil) }),
		want: replay.Finding{Subject: "3", Events: []uint64{3}, Args: args("count", "1")},
	},
}

// audited is the clock of whoever audits.
var audited = domain.EndOfDay(casetest.Day("2030-01-01"))

// TestRetrial: a register as the ledger makes it is decided again without a finding; each forgery of it is found.
func TestRetrial(t *testing.T) {
	r, err := replay.Retry(events(told(t), nil), audited)
	require.NoError(t, err)
	require.Empty(t, r.Findings, "none is found where nothing was done")
	require.Equal(t, replay.Checked{Events: 18, Commands: 15, Consequences: 3, Rolls: 1, Tallies: 1, Entries: 1}, r.Checked)
	for name, f := range forgeries {
		t.Run(name, func(t *testing.T) {
			r, err := replay.Retry(events(f.do(told(t)), nil), audited)
			require.NoError(t, err)
			found := of(f.kind, r.Findings)
			require.NotEmpty(t, found, "%+v", r.Findings)
			if f.want.Events == nil {
				return
			}
			f.want.Code, f.want.Name, f.want.Severity = f.kind.Code, f.kind.Name, f.kind.Severity
			if f.want.Rule == "" {
				f.want.Rule = f.kind.Source
			}
			require.Equal(t, f.want, found[0])
		})
	}
}

// TestRetrialGoesOn: what was to follow and did not is said once, and hides nothing that comes after.
func TestRetrialGoesOn(t *testing.T) {
	c := founded(t)
	c.Tell("2020-05-01", draft(nil), doc)
	carry(c, "2020-06-01")
	c.Tell("2020-07-01", &domain.AvenantDrafted{Avenant: "second", Title: "Avenant 2", SHA256: casetest.HashOf("second")}, doc)
	for _, m := range []domain.MemberID{"a", "b", "c"} {
		c.Tell("2020-08-01", &domain.MemberDeliberated{Member: m, Text: "second", SHA256: casetest.HashOf("second"), Reference: "D2"}, doc)
		c.Tell("2020-08-01", &domain.MemberSigned{Member: m, Text: "second"}, doc)
	}
	r, err := replay.Retry(events(without(9)(c.Envelopes), nil), audited)
	require.NoError(t, err)
	require.Len(t, of(replay.ConsequenceMissing, r.Findings), 1)
	require.Equal(t, "av", of(replay.ConsequenceMissing, r.Findings)[0].Subject)
	require.Empty(t, of(replay.GivenByNothing, r.Findings))
	require.Equal(t, uint64(1), r.Checked.Entries)
}

// TestRetrialOfDamage: what stands in another's place ends the retrial, and what stands before is kept.
func TestRetrialOfDamage(t *testing.T) {
	es := told(t)
	es[4].ID, es[9].Number = es[1].ID, 12
	r, err := replay.Retry(events(es, nil), audited)
	require.ErrorIs(t, err, eventstore.ErrDamaged)
	require.Equal(t, uint64(9), r.Book.Head())
	require.Len(t, of(replay.EventIDTwice, r.Findings), 1, "an id that stands there twice before is found all the same")
}
