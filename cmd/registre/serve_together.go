package main

import (
	"context"
	"iter"
	"log/slog"
	"time"

	"registre/domain"
	"registre/notify"
	"registre/web"
)

// othersLag is how long others may take to record something that they have stamped, and how far their clocks may differ, together.
const othersLag = time.Minute

// together gives the notices of all groups.
func (l *local) together() *notify.Together {
	t := &notify.Together{
		Source: l.noticeSource(), Ends: l.ledger.Settled, Origin: l.origin(), Log: slog.New(slog.DiscardHandler),
	}
	t.Lag = l.late()
	return notify.NewTogether(t)
}

// beside reports whether other processes may write to the same registers.
func (l *local) beside() bool { return l.house == nil }

// late is how long after an instant others may yet record what they have stamped before it.
func (l *local) late() time.Duration {
	if l.beside() {
		return othersLag
	}
	return 0
}

// noticeSource makes the notices of all registers.
func (l *local) noticeSource() *notify.Source {
	return &notify.Source{Log: l.ledger, Now: func() domain.Instant { return domain.InstantOf(l.now()) }, Lag: l.late()}
}

// AllNotices implements web.Desk.
func (c *counter) AllNotices(q web.AllNoticesAsked) (func(context.Context) iter.Seq2[web.Item, error], error) {
	want, err := noticeFilterOf(q.Told)
	if err != nil {
		return nil, err
	}
	from, err := c.markOf(q)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) iter.Seq2[web.Item, error] {
		return func(yield func(web.Item, error) bool) {
			for x, err := range c.all.Items(ctx, notify.Wanted{
				From: from, Follow: q.Follow, Takes: want.wants,
				Of: func(g domain.GroupID) bool { return web.MayHear(ctx, string(g)) }, Reach: func() ([]string, bool) { return web.Reach(ctx) },
			}) {
				if !yield(toldItem(&x), err) {
					return
				}
			}
		}
	}, nil
}

// toldItem is a notice of some group as it is sent.
func toldItem(x *notify.Told) web.Item {
	if x.Notice == nil {
		return web.Item{}
	}
	item := web.Item{Kind: "notice", Body: x.Body, Group: string(x.Notice.Group), Round: x.Round, Rests: x.Rests}
	if !x.More {
		item.ID = x.Spelled
	}
	return item
}

// markOf is where somebody who follows all groups wants to go on. Nobody has anything from behind the present.
func (c *counter) markOf(q web.AllNoticesAsked) (notify.Mark, error) {
	now := domain.InstantOf(c.now())
	switch since := q.Told["since"]; {
	case q.Last != "":
		m, err := notify.ParseMark(q.Last)
		if err != nil || m.At > now+1 {
			return m, web.BadLastID(q.Last)
		}
		return m, nil
	case since != "":
		t, err := instant(since)
		if err != nil {
			return notify.Mark{}, inFlag("instant-form", "--since", since)
		}
		return notify.Mark{At: min(t, now) + 1}, nil
	}
	return notify.Mark{At: domain.FirstInstant}, nil
}
