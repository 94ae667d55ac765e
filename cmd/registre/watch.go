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

// breath is how long a sitting that is watched is left alone after it was shown: votes that come meanwhile are shown together.
const breath = 50 * time.Millisecond

// watching shows a sitting anew whenever something changes in it.
type watching struct {
	a           *app
	desk        desk
	question    Question
	shown       []byte // what was shown last, but for what says when
	stirred     chan struct{}
	interrupted chan error
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
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	w := &watching{a: a, desk: d, question: a.question("sitting", group, asking("sitting", sitting)), stirred: make(chan struct{}, 1), interrupted: make(chan error, 1)}
	s, err := w.show(ctx)
	if err != nil || w.over(s) {
		return err
	}
	go w.listen(ctx, domain.GroupID(group), s.Known)
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-w.interrupted:
			return err
		case <-w.stirred:
		}
		if !w.rest(ctx) {
			return nil
		}
		if s, err = w.show(ctx); err != nil || w.over(s) {
			return err
		}
	}
}

// listen tells of each event that is recorded, one at least after the last.
func (w *watching) listen(ctx context.Context, group domain.GroupID, after uint64) {
	for _, err := range w.desk.Records(ctx, group, after, true) {
		switch {
		case err != nil && (ctx.Err() != nil || errors.Is(err, context.Canceled)):
			return
		case err != nil:
			w.interrupted <- err
			return
		}
		select {
		case w.stirred <- struct{}{}:
		case <-ctx.Done():
			return
		}
	}
}

// rest waits for a breath, and takes what comes meanwhile; false where ctx ends.
func (w *watching) rest(ctx context.Context) bool {
	until := time.After(breath)
	for {
		select {
		case <-ctx.Done():
			return false
		case <-w.stirred:
		case <-until:
			return true
		}
	}
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
