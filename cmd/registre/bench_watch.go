package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"registre/domain"
)

// A frame is a sitting as it was shown once, on a line of JSON.
type frame struct {
	at    time.Time
	shown []byte
}

// frames takes what is shown, line by line.
type frames []frame

// Write implements io.Writer; each call is a line.
func (f *frames) Write(line []byte) (int, error) {
	*f = append(*f, frame{time.Now(), slices.Clone(line)})
	return len(line), nil
}

// known is as known at which number a frame is, and how many it says are for.
func (f *frame) known() (known uint64, inFavour int64, err error) {
	var s sittingAnswer
	if err := json.Unmarshal(f.shown, &s); err != nil {
		return 0, 0, err
	}
	if len(s.Agenda) == 0 || len(s.Agenda[0].Votes) == 0 || s.Agenda[0].Votes[0].Tally == nil {
		return 0, 0, errors.New("shown without a tally")
	}
	return s.Known, s.Agenda[0].Votes[0].Tally.For.Heads, nil
}

// watched has a sitting watched while ballots are cast into it as fast as can be: each tally that is shown must be that of the
// ballots up to its number, and it is measured how long a ballot that was answered waits to be seen.
func (b *bench) watched(ctx context.Context, dir string, before []castBallot) error {
	d, err := dial(ctx, dir)
	if err != nil {
		return err
	}
	within, stop := context.WithCancel(ctx)
	defer stop()
	var seen frames
	w := &watching{a: &app{out: &seen, asJSON: true}, desk: d, question: Question{Kind: "sitting", Group: ballotGroup, At: ballotDay.String(), More: asking("sitting", ballotSitting)}}
	over := make(chan error, 1)
	go func() { over <- w.watch(within, ballotGroup) }()
	cast, rate, err := b.castAll(ctx, dir, before)
	if err == nil {
		time.Sleep(4 * breath) // the last are shown too
	}
	stop()
	if err := errors.Join(err, <-over, d.Close()); err != nil {
		return err
	}
	latest, err := follow(seen, before, cast)
	b.add(figure{Name: "  beside somebody who watches it", Value: rate, Unit: "/s"})
	b.add(figure{Name: "  shown anew", Value: float64(len(seen)) / b.seconds, Unit: "/s"})
	b.add(figure{Name: "  a ballot that is answered is seen after, at most", Value: float64(latest.Microseconds()) / 1000, Unit: "ms"})
	return err
}

// follow holds what was shown to the ballots, and says how long one waited at most, from its answer until it was seen.
func follow(seen frames, before, cast []castBallot) (latest time.Duration, err error) {
	last := make(map[int]string)
	for _, ballot := range before {
		last[ballot.member] = ballot.sense
	}
	for i := range seen {
		known, inFavour, err := seen[i].known()
		if err != nil {
			return 0, err
		}
		for len(cast) > 0 && cast[0].number <= known {
			last[cast[0].member] = cast[0].sense
			latest = max(latest, seen[i].at.Sub(cast[0].answered))
			cast = cast[1:]
		}
		if are := inSense(last, domain.SenseFor); inFavour != are {
			return 0, fmt.Errorf("shown as known at #%d: %d for, and %d were sent", known, inFavour, are)
		}
	}
	if len(cast) > 0 {
		return 0, fmt.Errorf("%d ballots were never shown", len(cast))
	}
	return latest, nil
}

// inSense counts those who voted in a sense last.
func inSense(last map[int]string, sense string) (n int64) {
	for _, s := range last {
		if s == sense {
			n++
		}
	}
	return n
}
