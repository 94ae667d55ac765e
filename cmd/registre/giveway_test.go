package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"iter"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"registre/domain"
	"registre/eventstore"
	"registre/eventstore/jetstream"
	"registre/web"
)

// slow is a desk that answers a question when it is let, and gives records until it is told to stop.
type slow struct {
	answer   chan struct{}
	recorded chan struct{} // a command is carried through when it is closed
	closed   bool
}

func (s *slow) Record(context.Context, []byte) (Recorded, error) {
	<-s.recorded
	return Recorded{First: 1}, nil
}

func (s *slow) Ask(ctx context.Context, _ Question) (json.RawMessage, error) {
	select {
	case <-s.answer:
		return json.RawMessage(`{}`), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *slow) Records(ctx context.Context, _ domain.GroupID, after uint64, follow bool) iter.Seq2[eventstore.Record, error] {
	return func(yield func(eventstore.Record, error) bool) {
		for n := after + 1; ctx.Err() == nil; n++ {
			if !yield(eventstore.Record{Group: "g", Number: n}, nil) {
				return
			}
			time.Sleep(time.Millisecond)
		}
		if !follow {
			yield(eventstore.Record{}, ctx.Err())
		}
	}
}

// TellAll implements allNoticing; where it is cut short it just ends.
func (s *slow) TellAll(ctx context.Context, q web.AllNoticesAsked) iter.Seq2[web.Item, error] {
	return func(yield func(web.Item, error) bool) {
		for r := range s.Records(ctx, "", 0, true) {
			if !yield(web.Item{Body: []byte(decimal(r.Number)), ID: decimal(r.Number)}, nil) {
				return
			}
		}
	}
}

func (s *slow) Close() error { s.closed = true; return nil }

// TestGuestLeaves: whoever gives way carries through what he records, gives what is asked its time, ends what is followed, and only then
// gives the folder back; from then on he sends everybody to the next one, also who asks within what he is given.
func TestGuestLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		held := &slow{answer: make(chan struct{}), recorded: make(chan struct{})}
		g := newGuest(held, "")
		begun := time.Now()
		outcome := make(chan error, 5)
		recorded := false
		go func() {
			_, err := g.Record(t.Context(), nil)
			recorded = true
			outcome <- err
		}()
		lost := func(err error) { outcome <- err }
		go func() { _, err := g.Ask(t.Context(), Question{}); lost(err) }()
		for _, follow := range []bool{false, true} {
			go func() {
				for _, err := range g.Records(t.Context(), "g", 0, follow) {
					if err != nil {
						lost(err)
						return
					}
					if g.staying.Err() != nil { // what comes of asking now it is told when the folder is free
						_, err := g.Ask(t.Context(), Question{})
						lost(err)
						return
					}
				}
				lost(nil)
			}()
		}
		time.Sleep(10 * time.Millisecond)
		g.giveWay()
		g.giveWay()
		time.Sleep(2 * patience)
		synctest.Wait()
		require.False(t, held.closed, "a command is not carried through")
		close(held.recorded)
		require.NoError(t, <-outcome)
		require.True(t, recorded)
		for range 3 {
			require.Equal(t, "unreachable", faultOf(<-outcome).Name)
		}
		require.True(t, held.closed)
		require.NoError(t, g.Close())
		require.InDelta(t, 2*patience, time.Since(begun), float64(time.Second))
		_, err := g.Record(t.Context(), nil)
		require.Equal(t, "unreachable", faultOf(err).Name)
		for _, err := range g.TellAll(t.Context(), web.AllNoticesAsked{}) {
			require.Error(t, err)
			require.Equal(t, "unreachable", faultOf(err).Name)
		}
	})
}

// TestWorkingGuestStays: a verb that works on the state itself ends before the folder is given back; who has begun to leave gives it to
// nobody any more.
func TestWorkingGuestStays(t *testing.T) {
	t.Parallel()
	d := demoDesk(t)
	g := d.(*steady).current().(*guest)
	l := localOf(d)
	require.NotNil(t, l)
	g.giveWay()
	require.NoError(t, g.staying.Err())
	n := 0
	for _, err := range d.Records(t.Context(), demoGroup, 0, false) {
		require.NoError(t, err)
		n++
	}
	require.Greater(t, n, 1000)
	require.Same(t, l, localOf(d))
	require.NoError(t, g.Close())
	require.Error(t, g.staying.Err())
	require.Nil(t, localOf(g))

	other := demoDesk(t).(*steady).current().(*guest)
	other.giveWay()
	require.Nil(t, localOf(other))
	<-other.gone
}

// TestWhoLeavesSendsOn: what somebody asked through the socket of a process that leaves, and did not get whole, he is told to ask the
// next one; it is never taken for all there is.
func TestWhoLeavesSendsOn(t *testing.T) {
	data := t.TempDir()
	s, err := listen(filepath.Join(data, socketName), &slow{answer: make(chan struct{})}, nil)
	require.NoError(t, err)
	r := remoteOf(data)
	t.Cleanup(func() { require.NoError(t, r.Close()) })
	outcome := make(chan error, 5)
	go func() { _, err := r.Ask(t.Context(), Question{}); outcome <- err }()
	for _, follow := range []bool{false, true} {
		go func() {
			last := error(nil)
			for _, last = range r.Records(t.Context(), "g", 0, follow) {
			}
			if follow && last == nil {
				last = failure("unreachable", "", nil) // what is followed may just end
			}
			outcome <- last
		}()
		go func() {
			last := error(nil)
			for _, last = range r.TellAll(t.Context(), web.AllNoticesAsked{Follow: follow}) {
			}
			outcome <- last
		}()
	}
	time.Sleep(100 * time.Millisecond)
	require.NoError(t, s.Close())
	for range cap(outcome) {
		err := <-outcome
		require.Error(t, err)
		require.Equal(t, "unreachable", faultOf(err).Name, err)
	}
}

// TestServeHeld: who does not know how to give way, a server or an older program, keeps the folder.
func TestServeHeld(t *testing.T) {
	data := groupsJoined(t, 1)
	held, err := openDesk(t.Context(), deskOptions{house: house{Data: data}, Now: time.Now})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, held.Close()) })
	for lang, sentence := range map[string]string{"en": "does not give way: stop it first. [R0858]", "fr": "l'arrêter d'abord. [R0858]"} {
		var out, errs bytes.Buffer
		exit := run(t.Context(), []string{"serve", "--data", data, "--listen", "127.0.0.1:0", "--lang", lang}, nil, &out, &errs)
		require.Equal(t, exitMisused, exit)
		require.Contains(t, errs.String(), sentence)
	}
	require.False(t, jetstream.Claimed(data), "whoever does not get the folder claims it no more")
}

// TestNextIsWaitedFor: nobody takes a folder up that a server is about to hold. Who has given way waits for it, however long it takes;
// others are told after a while that nobody answers.
func TestNextIsWaitedFor(t *testing.T) {
	t.Parallel()
	oneByOne(t)
	data := filepath.Join(t.TempDir(), "d")
	require.Zero(t, run(t.Context(), []string{"found", "g", "--name", "G", "--title", "C", "--data", data}, nil, &bytes.Buffer{}, &bytes.Buffer{}))
	release, err := jetstream.Claim(data)
	require.NoError(t, err)
	opened := make(chan error, 1)
	go func() {
		d, err := openDesk(t.Context(), deskOptions{house: house{Data: data}, Now: time.Now, Guest: true, Next: true})
		if err == nil {
			err = d.Close()
		}
		opened <- err
	}()
	begun := time.Now()
	_, err = openDesk(t.Context(), deskOptions{house: house{Data: data}, Now: time.Now, Guest: true})
	require.ErrorIs(t, err, jetstream.ErrLocked)
	require.GreaterOrEqual(t, time.Since(begun), patience)
	time.Sleep(time.Second) // whoever is told so has been by now
	require.Empty(t, opened)
	require.NoError(t, release())
	require.NoError(t, <-opened)
}

// TestNobodyWaitsForWhoWaits: a server whose registers lie on another that is away leaves the folder to others until that is back.
func TestNobodyWaitsForWhoWaits(t *testing.T) {
	t.Parallel()
	host, err := jetstream.Open(t.Context(), t.TempDir(), jetstream.Options{Create: true, Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	data, url := filepath.Join(t.TempDir(), "d"), host.URL()
	do := func(args ...string) (said string, took time.Duration) {
		var out, errs bytes.Buffer
		begun := time.Now()
		exit := run(t.Context(), append(args, "--data", data, "--lang", "en"), nil, &out, &errs)
		require.Equal(t, exitDone, exit, out.String()+errs.String())
		return out.String(), time.Since(begun)
	}
	do("found", "g", "--name", "G", "--title", "C", "--nats", url)
	require.NoError(t, host.Close())
	ctx, stop := context.WithCancel(t.Context())
	log, ended := &safeBuffer{}, make(chan struct{})
	a := newApp(nil, io.Discard, io.Discard)
	a.data, a.dataNamed, a.nats, a.recording = data, true, url, true
	go func() {
		defer close(ended)
		_, _ = a.openPatiently(ctx, slog.New(slog.NewJSONHandler(log, nil)))
	}()
	require.Eventually(t, func() bool { return strings.Contains(log.String(), "it is tried again") }, untilGivenUp, time.Millisecond)
	said, took := do("verify")
	require.Contains(t, said, "Nothing is wrong")
	require.Less(t, took, patience)
	stop()
	<-ended
	require.False(t, jetstream.Claimed(data))
}
