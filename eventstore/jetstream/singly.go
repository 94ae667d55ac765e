package jetstream

import (
	"context"

	"github.com/nats-io/nats.go"
)

// writeSingly publishes appends of one event each to different registers, without waiting in between. Each is guarded by
// the sequence of the last message on its own subject, since others may write to the stream.
func (w *writing) writeSingly(ctx context.Context, indexes []int) {
	var kept []int
	var msgs []*nats.Msg
	for _, i := range indexes {
		a := w.appends[i]
		end, err := w.startAt(a.Group)
		if err == nil && end.number != a.After {
			err = overtaken(a, end.number)
		}
		if w.errs[i] = err; err == nil {
			kept, msgs = append(kept, i), append(msgs, guarded(subjectOf(a.Group), a.Bodies[0], end.seq))
		}
	}
	for n, v := range w.store.publish(ctx, msgs) {
		i := kept[n]
		if v.err != nil {
			w.fail(i, v.err)
			continue
		}
		w.store.places.learn(w.appends[i].Group, place{number: w.appends[i].After + 1, seq: v.seq})
	}
}
