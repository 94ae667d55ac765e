package eventstore

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"registre/domain"
)

// TestThrownAwayWhileWaitedFor: who waits for a book while what was decided on it turns out not to be written sees none of that.
func TestThrownAwayWhileWaitedFor(t *testing.T) {
	for name, spoil := range map[string]func(*book){"failed": func(b *book) { b.failed = true }, "spoilt": func(b *book) { b.spoilt = true }} {
		t.Run(name, func(t *testing.T) {
			l := NewLedger(NewMemory(), LedgerOptions{Shared: true})
			t.Cleanup(func() { require.NoError(t, l.Close()) })
			c := domain.Command{ID: uuid.New(), Group: "g", Effective: domain.OnDay(1), Actor: "a", Act: &domain.GroupFounded{Name: "G", Title: "C", Changes: []domain.Change{
				&domain.MemberJoined{Member: "m", Name: "M"},
				&domain.AmendmentRuleSet{Approval: domain.Quota{Who: domain.EveryMember}, Signature: domain.Quota{Who: domain.EveryMember}, Effect: domain.LastSignature},
			}}}
			_, err := l.Do(t.Context(), c)
			require.NoError(t, err)

			b, err := l.take(t.Context(), "g", true)
			require.NoError(t, err)
			b.flight = newRound()
			next := domain.Command{ID: uuid.New(), Group: "g", Effective: domain.OnDay(2), Actor: "a", Act: &domain.MemberJoined{Basis: "x", Member: "n", Name: "N"}}
			e := NewEnvelope(&next, domain.Event{Effective: next.Effective, Act: next.Act}, 2, uuid.New(), b.last()+1)
			require.NoError(t, b.add(&e)) // decided, and never written
			heads := make(chan uint64, 64)
			for range cap(heads) {
				go func() {
					_ = l.View(t.Context(), "g", func(v *View) error { heads <- v.Head; return nil })
				}()
			}
			time.Sleep(50 * time.Millisecond) // they wait for the book by now; if not, they wait for nothing, and see the same
			b.flight = nil
			spoil(b)
			l.forget(b)
			b.mu.Unlock()
			for range cap(heads) {
				require.EqualValues(t, 1, <-heads)
			}
		})
	}
}
