package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"path/filepath"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/web"
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

// TellAll implements allNoticing, with the records as notices.
func (l *leaving) TellAll(ctx context.Context, q web.AllNoticesAsked) iter.Seq2[web.Item, error] {
	after, _ := strconv.ParseUint(q.Last, 10, 64)
	return func(yield func(web.Item, error) bool) {
		for r, err := range l.Records(ctx, "", after, q.Follow) {
			if !yield(web.Item{Body: r.Body, ID: decimal(r.Number)}, err) {
				return
			}
		}
	}
}

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

// TestSteadyEndsWhatIsLostAgain: a process that is there, and loses everybody who asks, is asked again with longer and longer pauses, and
// no more than mostLost times in a row; whatever came of it, or a connection that held, begins the count anew.
func TestSteadyEndsWhatIsLostAgain(t *testing.T) {
	ask := map[string]func(*testing.T, *steady) (int, error){
		"record": func(t *testing.T, s *steady) (int, error) { _, err := s.Record(t.Context(), nil); return 0, err },
		"ask":    func(t *testing.T, s *steady) (int, error) { _, err := s.Ask(t.Context(), Question{}); return 0, err },
		"records": func(t *testing.T, s *steady) (n int, err error) {
			for _, err = range s.Records(t.Context(), "g", 0, true) {
				n++
			}
			return n - 1, err
		},
		"notices": func(t *testing.T, s *steady) (n int, err error) {
			for _, err = range s.TellAll(t.Context(), web.AllNoticesAsked{Follow: true}) {
				n++
			}
			return n - 1, err
		},
	}
	for name, asked := range ask {
		for _, silently := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				opened, begun, all := 0, time.Now(), someRecords(20)
				next := func(answers int) desk { return &leaving{answers: answers, records: all, silently: silently} }
				s := &steady{now: next(0), reopen: func(context.Context) (desk, error) {
					opened++
					require.LessOrEqual(t, opened, 3*mostLost, "it is asked for ever")
					return next(0), nil
				}}
				_, err := asked(t, s)
				require.Equal(t, "unreachable", faultOf(err).Name, name)
				require.Equal(t, mostLost, opened, name)
				require.InDelta(t, patience, time.Since(begun), float64(time.Second), name)
				if name == "record" || name == "ask" {
					return // one answer ends it
				}
				opened, s.now = 0, next(0)
				s.reopen = func(context.Context) (desk, error) {
					if opened++; opened == mostLost {
						return next(1), nil
					}
					return next(0), nil
				}
				got, err := asked(t, s)
				require.Equal(t, "unreachable", faultOf(err).Name, name)
				require.Equal(t, 1, got, name)
				require.Equal(t, 2*mostLost, opened, name)
			})
		}
	}
	lost := losses(mostLost)
	lost.held(time.Now())
	require.False(t, lost.pause(t.Context()))
	lost.held(time.Now().Add(-patience))
	require.True(t, lost.pause(t.Context()))
	ended, end := context.WithCancel(t.Context())
	end()
	require.False(t, new(losses).pause(ended))
}

// TestHolderUnlike: a process that holds the folder and does not take what is asked is older, and says so with every word; nobody waits for
// another.
func TestHolderUnlike(t *testing.T) {
	data := t.TempDir()
	older := struct{ desk }{&leaving{answers: 1 << 20}} // it tells no notices of all groups
	socket, err := listen(filepath.Join(data, socketName), older, nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, socket.Close()) })
	d, err := dial(t.Context(), data)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	s := &steady{now: d, reopen: func(context.Context) (desk, error) { return nil, errors.New("nobody has left") }}
	unlike := func(err error) {
		t.Helper()
		f := faultOf(err)
		require.Equal(t, "holder-unlike", f.Name)
		require.Equal(t, exitFailed, f.Exit)
		require.Contains(t, newApp(nil, io.Discard, io.Discard).sentence(f), "404 Not Found")
	}
	for _, follow := range []bool{false, true} {
		told := 0
		for _, err := range s.TellAll(t.Context(), web.AllNoticesAsked{Follow: follow}) {
			unlike(err)
			told++
		}
		require.Equal(t, 1, told)
	}
	unlike(d.post(t.Context(), "/elsewhere", nil, nil))
}

// partTold is a desk whose process leaves after so many notices; those of an event have one place, which comes with its last.
type partTold struct {
	leaving
	told int
}

// TellAll implements allNoticing: three notices of each event.
func (p *partTold) TellAll(_ context.Context, q web.AllNoticesAsked) iter.Seq2[web.Item, error] {
	after, _ := strconv.ParseUint(q.Last, 10, 64)
	return func(yield func(web.Item, error) bool) {
		for n := after*3 + 1; n <= 30; n++ {
			if p.told--; p.told < 0 {
				yield(web.Item{}, failure("unreachable", "", io.ErrUnexpectedEOF))
				return
			}
			item := web.Item{Body: []byte(decimal(n))}
			if n%3 == 0 {
				item.ID = decimal(n / 3)
			}
			if !yield(item, nil) || !yield(web.Item{}, nil) { // and that somebody is there
				return
			}
		}
	}
}

// TestSteadyTellsNothingTwice: where the process that holds the folder leaves within the notices of one event, those that were told are
// not told again by the next one.
func TestSteadyTellsNothingTwice(t *testing.T) {
	for first := range 12 {
		s := &steady{now: &partTold{told: first}}
		s.reopen = func(context.Context) (desk, error) { return &partTold{told: 5}, nil }
		var got, want []string
		for item, err := range s.TellAll(t.Context(), web.AllNoticesAsked{}) {
			require.NoError(t, err)
			if item.Body != nil {
				got = append(got, string(item.Body))
			}
		}
		for n := range 30 {
			want = append(want, decimal(uint64(n+1)))
		}
		require.Equal(t, want, got)
	}
	known := repeats{anew: true}
	for n := range maxRepeats + 100 {
		require.False(t, known.knows([]byte(decimal(uint64(n)))))
	}
	require.Len(t, known.seen, maxRepeats)
	require.True(t, known.knows([]byte("100")))
	require.False(t, known.knows([]byte("99")), "it is long ago")
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
