package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"registre/domain"
)

// breath is how long a sitting that is watched is left alone after it was looked at: what comes meanwhile is shown together.
const breath = 50 * time.Millisecond

// watching shows a sitting anew whenever something changes in it.
type watching struct {
	a        *app
	desk     desk
	question Question
	shown    []byte // what was shown last, but for what says when
}

// watchSitting shows a sitting until it is over, or ctx ends.
func (a *app) watchSitting(ctx context.Context, group, sitting string) error {
	if a.known != "" {
		return misuse("flags-exclusive", "--watch, --known", "")
	}
	d, err := a.open(ctx, false)
	if err != nil {
		return err
	}
	w := &watching{a: a, desk: d, question: a.question("sitting", group, asking("sitting", sitting))}
	return w.watch(ctx, domain.GroupID(group))
}

func (w *watching) watch(ctx context.Context, group domain.GroupID) error {
	for before := uint64(0); ; {
		s, err := w.show(ctx)
		if err != nil || w.over(s) {
			return err
		}
		if s.Known == before {
			if err := w.await(ctx, group, before); err != nil {
				return err
			}
		}
		before = s.Known
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(breath):
		}
	}
}

// await waits until something is recorded after an event, or ctx ends. As long as much is recorded nobody waits: then it is enough
// to ask once a breath, and the events need not be sent.
func (w *watching) await(ctx context.Context, group domain.GroupID, after uint64) error {
	within, done := context.WithCancel(ctx)
	defer done()
	for _, err := range w.desk.Records(within, group, after, true) {
		if ctx.Err() != nil || errors.Is(err, context.Canceled) {
			return nil
		}
		return err
	}
	return nil
}

// show asks, and shows the answer where it is another.
func (w *watching) show(ctx context.Context) (s *sittingAnswer, err error) {
	raw, err := w.desk.Ask(ctx, w.question)
	if err != nil {
		if ctx.Err() != nil {
			err = nil
		}
		return nil, err
	}
	s = new(sittingAnswer)
	if err := json.Unmarshal(raw, s); err != nil {
		return nil, err
	}
	said, err := essence(raw)
	if err != nil || bytes.Equal(said, w.shown) {
		return s, err
	}
	w.shown = said
	if w.a.asJSON {
		_, err := fmt.Fprintf(w.a.out, "%s\n", raw)
		return s, err
	}
	w.draw(s)
	return s, nil
}

// draw shows a sitting on a clear screen; where there is none, below what was shown before.
func (w *watching) draw(s *sittingAnswer) {
	live := terminalWidth(w.a.out) > 0
	if live {
		steer(w.a.out, "\x1b[H\x1b[2J")
	}
	w.a.tellSitting(s)
	w.a.showIllustrative(s.Illustrative)
	if live && !w.over(s) {
		w.a.printf("\n%s\n", w.a.tr("Ctrl-C pour quitter.", "Ctrl-C to leave."))
	} else {
		w.a.printf("\n")
	}
}

// over reports whether nothing more goes on, or nobody watches any more.
func (w *watching) over(s *sittingAnswer) bool {
	return s == nil || slices.Contains([]string{domain.Closed, domain.Adjourned, domain.Cancelled}, s.Status)
}

// essence is an answer without what says when: as known at which number, of how many.
func essence(raw []byte) ([]byte, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return nil, err
	}
	for _, name := range []string{"known", "meta", "at"} {
		delete(fields, name)
	}
	return json.Marshal(fields)
}
