package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"iter"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
)

// leaving is a desk whose process leaves after so many answers.
type leaving struct {
	answers  int
	recorded *int
	records  []eventstore.Record
	silently bool // what is followed just ends
	closed   bool
}

func (l *leaving) left() error {
	if l.answers--; l.answers < 0 {
		return failure("unreachable", "", io.ErrUnexpectedEOF)
	}
	return nil
}

func (l *leaving) Record(context.Context, []byte) (Recorded, error) {
	if err := l.left(); err != nil {
		return Recorded{}, err
	}
	*l.recorded++
	return Recorded{First: uint64(*l.recorded)}, nil
}

func (l *leaving) Ask(context.Context, Question) (json.RawMessage, error) {
	return json.RawMessage(`{}`), l.left()
}

func (l *leaving) Records(_ context.Context, _ domain.GroupID, after uint64, _ bool) iter.Seq2[eventstore.Record, error] {
	return func(yield func(eventstore.Record, error) bool) {
		for _, r := range l.records {
			if r.Number <= after {
				continue
			}
			if err := l.left(); err != nil {
				if !l.silently {
					yield(eventstore.Record{}, err)
				}
				return
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (l *leaving) Close() error { l.closed = true; return nil }

func someRecords(n int) (all []eventstore.Record) {
	for i := range n {
		all = append(all, eventstore.Record{Group: "g", Number: uint64(i + 1)})
	}
	return all
}

func TestSteadyGoesOn(t *testing.T) {
	for _, silently := range []bool{false, true} {
		for _, group := range []domain.GroupID{"g", ""} {
			recorded, opened := 0, 0
			all := someRecords(20)
			first := &leaving{answers: 3, recorded: &recorded, records: all, silently: silently}
			s := &steady{now: first, reopen: func(context.Context) (desk, error) {
				opened++
				answers := 4
				if opened > 2 {
					answers = 1 << 20 // all groups begin anew each time
				}
				return &leaving{answers: answers, recorded: &recorded, records: all, silently: silently}, nil
			}}
			for i := range 10 {
				done, err := s.Record(t.Context(), nil)
				require.NoError(t, err)
				require.EqualValues(t, i+1, done.First)
			}
			require.True(t, first.closed)
			require.Equal(t, 2, opened)
			s.now.(*leaving).answers = 7
			var got []eventstore.Record
			for r, err := range s.Records(t.Context(), group, 0, true) {
				require.NoError(t, err)
				got = append(got, r)
				if len(got) == len(all) {
					break
				}
			}
			require.Equal(t, all, got)
			require.Equal(t, 3, opened)
		}
	}
}

func TestSteadyGivesUp(t *testing.T) {
	s := &steady{now: &leaving{}, reopen: func(context.Context) (desk, error) { return nil, io.ErrUnexpectedEOF }}
	_, err := s.Record(t.Context(), nil)
	require.Equal(t, "unreachable", faultOf(err).Name)
	refused := &steady{now: &leaving{answers: 1}, reopen: func(context.Context) (desk, error) { panic("nobody has left") }}
	_, err = refused.Ask(t.Context(), Question{})
	require.NoError(t, err)
}

func TestProgress(t *testing.T) {
	var errs bytes.Buffer
	require.Nil(t, newProgress(newApp(nil, io.Discard, &errs), 100), "it is no terminal")
	p := &progress{a: newApp(nil, io.Discard, &errs), size: 200, begun: time.Now()}
	p.at(1, 10)
	require.Empty(t, errs.String(), "it is too early")
	p.begun = time.Now().Add(-3 * time.Second)
	p.at(5, 50)
	p.at(6, 60)
	require.Equal(t, "\r\x1b[K5 (25 %)", errs.String())
	p.end()
	p.end()
	require.Equal(t, "\r\x1b[K5 (25 %)\r\x1b[K", errs.String())
}
